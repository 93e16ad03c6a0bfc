//! Descriptions as Parquet schemas: the tree of fields, and its leaves, which are the columns.

use mercato_schema::{Field, InstantForm, Kind};

use crate::ParquetError;
use crate::column::Column;
use crate::physical::Physical;
use crate::thrift::Structure;

/// The meaning of the values of a column, or the form of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Logical {
    None,
    Text,
    Decimal { precision: u8, scale: u8 },
    Millis,
    Micros,
    List,
    Map,
}

/// The number of times a field occurs in the one around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Repetition {
    Required = 0,
    Optional = 1,
    Repeated = 2,
}

/// A node of the schema's tree, before its children.
#[derive(Debug)]
struct Node {
    name: String,
    /// None for the root.
    repetition: Option<Repetition>,
    physical: Option<Physical>,
    logical: Logical,
    children: usize,
}

/// A leaf of the schema's tree: a column.
#[derive(Debug)]
pub(crate) struct Leaf {
    pub(crate) path: Vec<String>,
    pub(crate) kind: Kind,
    pub(crate) physical: Physical,
    nullable: bool,
    repeated: bool,
}

impl Leaf {
    /// An empty column of the leaf.
    pub(crate) fn column(&self) -> Column {
        Column::new(self.physical, has_dictionary(&self.kind), self.nullable, self.repeated)
    }
}

/// The tree and the leaves of a description.
#[derive(Debug)]
pub(crate) struct Schema {
    nodes: Vec<Node>,
    pub(crate) leaves: Vec<Leaf>,
}

impl Schema {
    /// The schema of records with these fields.
    ///
    /// Fails with [`ParquetError::Field`] on fields of a form that is not written yet.
    pub(crate) fn new(fields: &[Field]) -> Result<Self, ParquetError> {
        let mut schema = Self { nodes: Vec::new(), leaves: Vec::new() };
        schema.node("record", None, Logical::None, fields.len());
        schema.fields(fields, &mut Vec::new(), false)?;
        Ok(schema)
    }

    fn fields(
        &mut self,
        fields: &[Field],
        path: &mut Vec<String>,
        repeated: bool,
    ) -> Result<(), ParquetError> {
        fields.iter().try_for_each(|field| {
            path.push(field.name.to_string());
            let result = self.field(field, path, repeated);
            path.pop();
            result
        })
    }

    fn field(
        &mut self,
        field: &Field,
        path: &mut Vec<String>,
        repeated: bool,
    ) -> Result<(), ParquetError> {
        let is_many = matches!(field.kind, Kind::List(_) | Kind::Map(_));
        let refused = |reason| Err(ParquetError::Field { path: path.join("."), reason });
        if field.nullable && (is_many || matches!(field.kind, Kind::Struct(_))) {
            return refused("a struct, list or map that may be null as a whole");
        }
        if repeated && is_many {
            return refused("a list or map inside a list");
        }
        match &field.kind {
            Kind::Struct(inner) => {
                self.node(&field.name, Repetition::Required, Logical::None, inner.len());
                self.fields(inner, path, repeated)
            }
            Kind::List(item) => self.list(&field.name, item, path),
            Kind::Map(value) => self.map(&field.name, value, path),
            kind => {
                self.leaf(&field.name, kind, field.nullable, path, repeated);
                Ok(())
            }
        }
    }

    /// The three levels that the format asks of lists, and its names for them.
    fn list(
        &mut self,
        name: &str,
        item: &Kind,
        path: &mut Vec<String>,
    ) -> Result<(), ParquetError> {
        self.node(name, Repetition::Required, Logical::List, 1);
        self.node("list", Repetition::Repeated, Logical::None, 1);
        path.push("list".to_owned());
        let element =
            Field { name: "element".into(), doc: "".into(), kind: item.clone(), nullable: false };
        let result = self.fields(&[element], path, true);
        path.pop();
        result
    }

    fn map(
        &mut self,
        name: &str,
        value: &Kind,
        path: &mut Vec<String>,
    ) -> Result<(), ParquetError> {
        use Kind::{Decimal, Integer, Long, Number};
        if !matches!(value, Integer | Long | Decimal { .. } | Number { .. }) {
            let reason = "a map of anything but numbers";
            return Err(ParquetError::Field { path: path.join("."), reason });
        }
        self.node(name, Repetition::Required, Logical::Map, 1);
        self.node("key_value", Repetition::Repeated, Logical::None, 2);
        for (name, kind) in [("key", &Kind::Text), ("value", value)] {
            path.extend(["key_value".to_owned(), name.to_owned()]);
            self.leaf(name, kind, false, path, true);
            path.truncate(path.len() - 2);
        }
        Ok(())
    }

    fn leaf(&mut self, name: &str, kind: &Kind, nullable: bool, path: &[String], repeated: bool) {
        let repetition = if nullable { Repetition::Optional } else { Repetition::Required };
        let (physical, logical) = stored(kind);
        self.node(name, repetition, logical, 0);
        if let Some(node) = self.nodes.last_mut() {
            node.physical = Some(physical);
        }
        let (path, kind) = (path.to_vec(), kind.clone());
        self.leaves.push(Leaf { path, kind, physical, nullable, repeated });
    }

    fn node(
        &mut self,
        name: &str,
        repetition: impl Into<Option<Repetition>>,
        logical: Logical,
        children: usize,
    ) {
        let (name, repetition) = (name.to_owned(), repetition.into());
        self.nodes.push(Node { name, repetition, physical: None, logical, children });
    }

    /// Writes the tree as the footer has it: every node before its children.
    pub(crate) fn write(&self, footer: &mut Structure<'_>, field: i16) {
        footer.structures(field, &self.nodes, |element, node| {
            if let Some(physical) = node.physical {
                element.i32(1, physical.code());
            }
            if let Some(repetition) = node.repetition {
                element.i32(3, repetition as i32);
            }
            element.binary(4, node.name.as_bytes());
            if node.children > 0 {
                element.i32(5, node.children as i32);
            }
            node.logical.write_converted(element);
            if node.logical != Logical::None {
                element.structure(10, |union| node.logical.write(union));
            }
        });
    }
}

impl Logical {
    /// Writes the older name of the same type, for readers that know no others.
    fn write_converted(self, element: &mut Structure<'_>) {
        match self {
            Self::None => {}
            Self::Text => element.i32(6, 0),
            Self::Map => element.i32(6, 1),
            Self::List => element.i32(6, 3),
            Self::Millis => element.i32(6, 9),
            Self::Micros => element.i32(6, 10),
            Self::Decimal { precision, scale } => {
                element.i32(6, 5);
                element.i32(7, scale.into());
                element.i32(8, precision.into());
            }
        }
    }

    fn write(self, union: &mut Structure<'_>) {
        let instant = |union: &mut Structure<'_>, which| {
            union.structure(8, |timestamp| {
                timestamp.boolean(1, true);
                timestamp.structure(2, |unit| unit.unit(which));
            });
        };
        match self {
            Self::None => {}
            Self::Text => union.unit(1),
            Self::Map => union.unit(2),
            Self::List => union.unit(3),
            Self::Decimal { precision, scale } => union.structure(5, |decimal| {
                decimal.i32(1, scale.into());
                decimal.i32(2, precision.into());
            }),
            Self::Millis => instant(union, 1),
            Self::Micros => instant(union, 2),
        }
    }
}

fn stored(kind: &Kind) -> (Physical, Logical) {
    match *kind {
        Kind::Boolean => (Physical::Boolean, Logical::None),
        Kind::Integer => (Physical::Int32, Logical::None),
        Kind::Decimal { precision, scale } => {
            (Physical::Int64, Logical::Decimal { precision, scale })
        }
        Kind::Number { .. } => (Physical::Double, Logical::None),
        Kind::Instant(InstantForm::Micros | InstantForm::EpochMicros) => {
            (Physical::Int64, Logical::Micros)
        }
        Kind::Instant(InstantForm::Millis | InstantForm::EpochMillis) => {
            (Physical::Int64, Logical::Millis)
        }
        Kind::Identifier | Kind::Text => (Physical::Text, Logical::Text),
        // Structs, lists and maps are nodes of the tree and never leaves.
        Kind::Long | Kind::Struct(_) | Kind::List(_) | Kind::Map(_) => {
            (Physical::Int64, Logical::None)
        }
    }
}

/// Returns whether values are expected to be shared by many records, so that a dictionary makes
/// them shorter.
fn has_dictionary(kind: &Kind) -> bool {
    use Kind::{Decimal, Integer, Long, Number, Text};
    matches!(kind, Text | Integer | Long | Decimal { .. } | Number { .. })
}
