//! A table as Parquet's schema: the tree of its fields, and its leaves, which are the columns.

use mercato_schema::{Field, Kind};

use crate::column::Column;
use crate::thrift::Structure;

/// How values of a column are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Physical {
    Boolean,
    Int32,
    Int64,
    Double,
    Text,
}

impl Physical {
    /// The format's number of the type.
    pub(crate) fn code(self) -> i32 {
        match self {
            Self::Boolean => 0,
            Self::Int32 => 1,
            Self::Int64 => 2,
            Self::Double => 5,
            Self::Text => 6,
        }
    }
}

/// What values of a column mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Logical {
    None,
    Text,
    Money,
    Millis,
    List,
    Map,
}

/// Digits of an amount of money before and behind the point: all amounts below 10^15 cents.
pub(crate) const MONEY: (i32, i32) = (15, 2);

/// How often a field is there in the one around it.
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

/// A leaf of the schema's tree.
#[derive(Debug)]
pub(crate) struct Leaf {
    pub(crate) path: Vec<String>,
    pub(crate) physical: Physical,
    repeats: bool,
    definition: u8,
    repeated: bool,
}

impl Leaf {
    /// An empty column of the leaf.
    pub(crate) fn column(&self) -> Column {
        Column::new(self.physical, self.repeats, self.definition, self.repeated)
    }
}

/// A table's tree and leaves.
#[derive(Debug)]
pub(crate) struct Schema {
    nodes: Vec<Node>,
    pub(crate) leaves: Vec<Leaf>,
}

/// The fields of the objects in a list.
pub(crate) fn fields_of(element: &Kind) -> &[Field] {
    if let Kind::Struct(fields) = element { fields } else { &[] }
}

/// What the fields around a field add to its levels.
#[derive(Debug, Clone, Copy, Default)]
struct Around {
    definition: u8,
    repeated: bool,
}

impl Schema {
    pub(crate) fn new(table: &[Field]) -> Self {
        let mut schema = Self { nodes: Vec::new(), leaves: Vec::new() };
        schema.node("record", None, None, Logical::None, table.len());
        schema.fields(table, &mut Vec::new(), Around::default());
        schema
    }

    fn fields(&mut self, fields: &[Field], path: &mut Vec<String>, around: Around) {
        for field in fields {
            path.push(field.name.to_string());
            self.field(field, path, around);
            path.pop();
        }
    }

    fn field(&mut self, field: &Field, path: &mut Vec<String>, around: Around) {
        let repetition = if field.nullable { Repetition::Optional } else { Repetition::Required };
        let inner = Around { definition: around.definition + 1, repeated: true };
        match &field.kind {
            Kind::Struct(fields) => {
                self.node(&field.name, repetition, None, Logical::None, fields.len());
                self.fields(fields, path, around);
            }
            // The three levels that the format asks of lists, and its names for them.
            Kind::List(element) => {
                let fields = fields_of(element);
                self.node(&field.name, repetition, None, Logical::List, 1);
                self.node("list", Repetition::Repeated, None, Logical::None, 1);
                self.node("element", Repetition::Required, None, Logical::None, fields.len());
                path.extend(["list", "element"].map(str::to_owned));
                self.fields(fields, path, inner);
                path.truncate(path.len() - 2);
            }
            Kind::Map(value) => {
                self.node(&field.name, repetition, None, Logical::Map, 1);
                self.node("key_value", Repetition::Repeated, None, Logical::None, 2);
                for (name, kind) in [("key", &Kind::Text), ("value", &**value)] {
                    path.extend(["key_value", name].map(str::to_owned));
                    self.leaf(name, kind, Repetition::Required, path, inner);
                    path.truncate(path.len() - 2);
                }
            }
            kind => self.leaf(&field.name, kind, repetition, path, around),
        }
    }

    fn leaf(
        &mut self,
        name: &str,
        kind: &Kind,
        repetition: Repetition,
        path: &[String],
        around: Around,
    ) {
        let (physical, logical, repeats) = match kind {
            Kind::Boolean => (Physical::Boolean, Logical::None, false),
            Kind::Integer => (Physical::Int32, Logical::None, true),
            Kind::Long => (Physical::Int64, Logical::None, true),
            Kind::Decimal { .. } => (Physical::Int64, Logical::Money, true),
            Kind::Number { .. } => (Physical::Double, Logical::None, true),
            Kind::Instant(_) => (Physical::Int64, Logical::Millis, false),
            Kind::Identifier => (Physical::Text, Logical::Text, false),
            _ => (Physical::Text, Logical::Text, true),
        };
        self.node(name, repetition, Some(physical), logical, 0);
        let definition = around.definition + u8::from(repetition == Repetition::Optional);
        self.leaves.push(Leaf {
            path: path.to_vec(),
            physical,
            repeats,
            definition,
            repeated: around.repeated,
        });
    }

    fn node(
        &mut self,
        name: &str,
        repetition: impl Into<Option<Repetition>>,
        physical: Option<Physical>,
        logical: Logical,
        children: usize,
    ) {
        let repetition = repetition.into();
        self.nodes.push(Node { name: name.to_owned(), repetition, physical, logical, children });
    }

    /// Writes the tree as the footer has it: every node before its children.
    pub(crate) fn write(&self, footer: &mut Structure<'_>, field: i16) {
        let (precision, scale) = MONEY;
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
            // The older names of the same, for readers that know no others.
            match node.logical {
                Logical::None => {}
                Logical::Text => element.i32(6, 0),
                Logical::Map => element.i32(6, 1),
                Logical::List => element.i32(6, 3),
                Logical::Millis => element.i32(6, 9),
                Logical::Money => {
                    element.i32(6, 5);
                    element.i32(7, scale);
                    element.i32(8, precision);
                }
            }
            let meaning = |union: &mut Structure<'_>| match node.logical {
                Logical::None => {}
                Logical::Text => union.unit(1),
                Logical::Map => union.unit(2),
                Logical::List => union.unit(3),
                Logical::Money => union.structure(5, |decimal| {
                    decimal.i32(1, scale);
                    decimal.i32(2, precision);
                }),
                Logical::Millis => union.structure(8, |timestamp| {
                    timestamp.boolean(1, true);
                    timestamp.structure(2, |unit| unit.unit(1));
                }),
            };
            if node.logical != Logical::None {
                element.structure(10, meaning);
            }
        });
    }
}
