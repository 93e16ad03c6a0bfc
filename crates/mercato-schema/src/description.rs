//! Descriptions of records: the names, kinds and meanings of their fields.
//!
//! A [`Description`] says once what every format has to know about a record.
//! The header of a CSV file, the columns of a Parquet file, the fields that an answer reads and the
//! schemas that are printed all follow from it.
//! The built-in records describe themselves through [`Described`]; a record whose fields are only
//! known at run time builds its description then, so a description may own its texts.
//!
//! A description knows no values and no format, and nothing here reads or writes a record.

use std::borrow::Cow;

/// The fields of a record in the order in which it is written.
///
/// ```
/// use mercato_schema::{Description, Field, Kind};
///
/// let field = |name: &'static str, kind| Field {
///     name: name.into(),
///     doc: "".into(),
///     kind,
///     nullable: false,
/// };
/// let place = Kind::Struct(vec![field("city", Kind::Text), field("area", Kind::Long)]);
/// let description = Description {
///     name: "Visit".into(),
///     doc: "A visit to a place.".into(),
///     key: "place.city".into(),
///     fields: vec![field("id", Kind::Identifier), field("place", place)],
/// };
/// assert_eq!(description.columns(), ["id", "place.city", "place.area"]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Description {
    /// The name of the record type in upper camel case, such as `Transaction`.
    pub name: Cow<'static, str>,
    /// One sentence about the record.
    pub doc: Cow<'static, str>,
    /// The dotted path of the field that is the Kafka key; empty if the key is not a field.
    pub key: Cow<'static, str>,
    /// The fields in order.
    pub fields: Vec<Field>,
}

/// A field of a record or of a struct inside one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// The name as JSON has it.
    pub name: Cow<'static, str>,
    /// The meaning in one sentence, with unit, range or form.
    pub doc: Cow<'static, str>,
    /// The kind of value.
    pub kind: Kind,
    /// True if the value may be `null`.
    pub nullable: bool,
}

/// The kind of value that a field has.
///
/// Matches on it are meant to be exhaustive, so that a new kind shows every writer that has to
/// learn it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Text that hardly any other record has.
    Identifier,
    /// Text that many records share.
    Text,
    /// `true` or `false`.
    Boolean,
    /// A signed whole number of 32 bits.
    Integer,
    /// A signed whole number of 64 bits.
    Long,
    /// An exact decimal number.
    Decimal {
        /// The largest number of digits, those after the point included.
        precision: u8,
        /// The number of digits after the point.
        scale: u8,
    },
    /// A number that is read as the nearest double, such as degrees, a score or a measure.
    Number {
        /// The largest number of digits after the point.
        scale: u8,
    },
    /// An instant of event time.
    Instant(InstantForm),
    /// A fixed sequence of fields.
    Struct(Vec<Field>),
    /// Any number of values of one kind, in order.
    List(Box<Kind>),
    /// Values of one kind under names that are known only from the record.
    Map(Box<Kind>),
}

/// The form in which JSON and CSV write an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InstantForm {
    /// RFC 3339 text in UTC with three decimals: `2024-07-18T14:30:45.123Z`.
    Millis,
    /// RFC 3339 text in UTC with six decimals: `2025-11-09T15:55:40.669190Z`.
    Micros,
    /// The whole number of milliseconds since 1970-01-01T00:00:00Z.
    EpochMillis,
    /// The whole number of microseconds since 1970-01-01T00:00:00Z.
    EpochMicros,
}

/// A field that is a column of its own: any but a struct, whose fields are columns instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaf<'a> {
    /// The names from the record down to the field, joined by dots; the name of its CSV column.
    pub path: String,
    /// The field itself.
    pub field: &'a Field,
    /// True if the field or a struct around it may be `null`.
    pub nullable: bool,
}

/// A record type that describes itself.
pub trait Described {
    /// Returns the description of every record of this type.
    fn description() -> Description;
}

impl Field {
    /// A field that is in every record.
    pub fn new(
        name: impl Into<Cow<'static, str>>,
        doc: impl Into<Cow<'static, str>>,
        kind: Kind,
    ) -> Self {
        Self { name: name.into(), doc: doc.into(), kind, nullable: false }
    }
}

impl Kind {
    /// An amount of money: exact, with two digits after the point and fewer than 10^15 cents.
    pub const MONEY: Self = Self::Decimal { precision: 15, scale: 2 };
}

impl InstantForm {
    /// Returns true if JSON and CSV write a number.
    pub fn is_number(self) -> bool {
        matches!(self, Self::EpochMillis | Self::EpochMicros)
    }

    /// Returns true if whoever reads the instant sees its microseconds.
    pub fn has_micros(self) -> bool {
        matches!(self, Self::Micros | Self::EpochMicros)
    }
}

impl Description {
    /// Returns the field at a dotted path, with the names down to it; none for lists, maps, structs
    /// and what is in lists and maps.
    ///
    /// ```
    /// use mercato_schema::{Described, Sale};
    ///
    /// let description = Sale::description();
    /// let (names, field) = description.value_at("shipping_address.city").unwrap();
    /// assert_eq!((names, &*field.name), (vec!["shipping_address", "city"], "city"));
    /// assert!(description.value_at("shipping_address").is_none());
    /// ```
    pub fn value_at(&self, path: &str) -> Option<(Vec<&str>, &Field)> {
        value_at(&self.fields, path)
    }

    /// Returns the fields that are columns, in order.
    ///
    /// The fields of a struct take its place; a list or a map is one column.
    pub fn leaves(&self) -> Vec<Leaf<'_>> {
        let mut leaves = Vec::new();
        flatten(&self.fields, "", false, &mut leaves);
        leaves
    }

    /// Returns the names of the columns of a CSV file, in order.
    pub fn columns(&self) -> Vec<String> {
        self.leaves().into_iter().map(|leaf| leaf.path).collect()
    }
}

fn value_at<'a>(fields: &'a [Field], path: &str) -> Option<(Vec<&'a str>, &'a Field)> {
    // A name may have dots of its own.
    fields.iter().find_map(|field| match &field.kind {
        Kind::Struct(inner) => {
            let rest = path.strip_prefix(&*field.name)?.strip_prefix('.')?;
            let (mut names, found) = value_at(inner, rest)?;
            names.insert(0, &field.name);
            Some((names, found))
        }
        Kind::List(_) | Kind::Map(_) => None,
        _ => (field.name == path).then(|| (vec![&*field.name], field)),
    })
}

fn flatten<'a>(fields: &'a [Field], prefix: &str, nullable: bool, leaves: &mut Vec<Leaf<'a>>) {
    for field in fields {
        let path = format!("{prefix}{}", field.name);
        let nullable = nullable || field.nullable;
        match &field.kind {
            Kind::Struct(inner) => flatten(inner, &format!("{path}."), nullable, leaves),
            _ => leaves.push(Leaf { path, field, nullable }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(name: &'static str, kind: Kind, nullable: bool) -> Field {
        Field { name: name.into(), doc: "A field.".into(), kind, nullable }
    }

    fn description() -> Description {
        let city = field("city", Kind::Text, false);
        let zone =
            Kind::Struct(vec![field("name", Kind::Text, false), field("at", Kind::Long, true)]);
        let address = Kind::Struct(vec![city.clone(), field("zone", zone, true)]);
        let fields = vec![
            field("id", Kind::Identifier, false),
            field("address", address, false),
            field("visited", Kind::List(Box::new(Kind::Struct(vec![city]))), false),
            field("prices", Kind::Map(Box::new(Kind::MONEY)), false),
            // Known only at run time, so it owns its name.
            Field { name: Cow::Owned(String::from("last")), ..field("", Kind::Boolean, true) },
        ];
        Description { name: "Person".into(), doc: "A person.".into(), key: "id".into(), fields }
    }

    #[test]
    fn structs_are_flattened_and_lists_and_maps_are_one_column() {
        let columns = [
            "id",
            "address.city",
            "address.zone.name",
            "address.zone.at",
            "visited",
            "prices",
            "last",
        ];
        assert_eq!(description().columns(), columns);
    }

    #[test]
    fn a_leaf_is_nullable_if_it_or_a_struct_around_it_is() {
        let description = description();
        let leaves = description.leaves();
        let nullable: Vec<_> =
            leaves.iter().filter(|leaf| leaf.nullable).map(|leaf| &*leaf.path).collect();
        assert_eq!(nullable, ["address.zone.name", "address.zone.at", "last"]);
        let name = leaves.iter().find(|leaf| leaf.path == "address.zone.name").unwrap();
        assert!(!name.field.nullable, "the field is as it was described");
        assert_eq!(name.field.kind, Kind::Text);
    }
}
