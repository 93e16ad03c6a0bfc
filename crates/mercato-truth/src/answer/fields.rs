//! The fields that can be queried: those of a record, and those of the elements of its lists.

use mercato_encode::{Layout, Part};
use mercato_schema::{Description, InstantForm, Kind};

use super::QueryError;

/// The kind of a field's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    /// Text.
    Text,
    /// `true` or `false`.
    Boolean,
    /// An instant of event time.
    Instant(InstantForm),
    /// A whole number.
    Integer,
    /// A number with this many digits after the point.
    Decimal(u32),
}

impl FieldKind {
    /// Returns true if records show a number, which can be folded.
    pub fn is_number(self) -> bool {
        match self {
            Self::Text | Self::Boolean => false,
            Self::Instant(form) => form.is_number(),
            Self::Integer | Self::Decimal(_) => true,
        }
    }

    /// Digits after the point.
    pub fn digits(self) -> u32 {
        if let Self::Decimal(digits) = self { digits } else { 0 }
    }

    fn of(kind: &Kind) -> Option<Self> {
        Some(match kind {
            Kind::Identifier | Kind::Text => Self::Text,
            Kind::Boolean => Self::Boolean,
            Kind::Instant(form) => Self::Instant(*form),
            Kind::Integer | Kind::Long => Self::Integer,
            Kind::Decimal { scale, .. } | Kind::Number { scale } => {
                Self::Decimal(u32::from(*scale))
            }
            Kind::Struct(_) | Kind::List(_) | Kind::Map(_) => return None,
        })
    }
}

/// A field that can be queried, by the name that it has as a CSV column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// The name, with dots for nested fields and for those of a list's elements.
    pub name: String,
    /// The kind of its values.
    pub kind: FieldKind,
    /// Index among the [leaves](Description::leaves) of the description.
    pub leaf: usize,
    /// Index among the leaves of the elements, if it is a field of a list's elements; `leaf` is the
    /// list then.
    pub element: Option<usize>,
}

/// Returns the fields of a record that can be queried: all but maps, and those of the elements of its
/// lists behind them.
pub fn fields(layout: &Layout) -> Vec<Field> {
    let mut found = single(layout.description());
    let leaves = layout.description().leaves();
    for slot in layout.slots() {
        let Part::List(item) = &slot.part else { continue };
        let (leaf, list) = (slot.leaves.start, &leaves[slot.leaves.start].path);
        found.extend(single(item.description()).into_iter().map(|field| {
            let name =
                if field.name.is_empty() { list.clone() } else { format!("{list}.{}", field.name) };
            Field { name, leaf, element: Some(field.leaf), ..field }
        }));
    }
    found
}

fn single(description: &Description) -> Vec<Field> {
    let leaves = description.leaves().into_iter().enumerate();
    let field = |(leaf, found): (usize, mercato_schema::Leaf<'_>)| {
        let kind = FieldKind::of(&found.field.kind)?;
        Some(Field { name: found.path, kind, leaf, element: None })
    };
    leaves.filter_map(field).collect()
}

/// The field of this name.
pub(super) fn find<'a>(fields: &'a [Field], name: &str) -> Result<&'a Field, QueryError> {
    fields.iter().find(|field| field.name == name).ok_or_else(|| QueryError::UnknownField {
        field: name.to_owned(),
        nearest: nearest(fields, name),
        known: names(fields.iter()),
    })
}

/// The field of this name, which must hold numbers.
pub(super) fn number<'a>(fields: &'a [Field], name: &str) -> Result<&'a Field, QueryError> {
    let found = find(fields, name)?;
    if found.kind.is_number() {
        return Ok(found);
    }
    let numbers = names(fields.iter().filter(|field| field.kind.is_number()));
    Err(QueryError::NoNumber { field: name.to_owned(), numbers })
}

fn names<'a>(fields: impl Iterator<Item = &'a Field>) -> String {
    fields.map(|field| field.name.as_str()).collect::<Vec<_>>().join(", ")
}

/// Names are long where structs are nested, so the last part alone may match as well.
fn nearest(fields: &[Field], name: &str) -> Option<String> {
    let last = |name: &str| name.rsplit('.').next().unwrap_or_default().to_lowercase();
    let distance = |field: &&Field| {
        let whole = strsim::osa_distance(&field.name.to_lowercase(), &name.to_lowercase());
        whole.min(strsim::osa_distance(&last(&field.name), &last(name)))
    };
    let close = fields.iter().min_by_key(distance);
    close.filter(|field| distance(field) <= name.len() / 3).map(|field| field.name.clone())
}
