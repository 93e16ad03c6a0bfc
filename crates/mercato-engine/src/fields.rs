//! Reading a record's fields without encoding it, for folds over a stream.

use std::borrow::Cow;

use crate::{Step, Stream};

/// What the values of a field are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    /// Text, to group by.
    Text,
    /// A whole number.
    Integer,
    /// A number with so many digits behind the point, at most nine.
    Decimal(u32),
}

/// A field by the name it has as a CSV column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// The name, with dots for nested fields.
    pub name: String,
    /// What its values are.
    pub kind: FieldKind,
}

impl Field {
    /// A field of text.
    pub fn text(name: impl Into<String>) -> Self {
        Self { name: name.into(), kind: FieldKind::Text }
    }

    /// A field of whole numbers.
    pub fn integer(name: impl Into<String>) -> Self {
        Self { name: name.into(), kind: FieldKind::Integer }
    }

    /// A field of numbers with `digits` behind the point.
    pub fn decimal(name: impl Into<String>, digits: u32) -> Self {
        Self { name: name.into(), kind: FieldKind::Decimal(digits) }
    }
}

/// The value of a field in one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldValue<'a> {
    /// Text as it stands in the record, unescaped.
    Text(Cow<'a, str>),
    /// A number in units of its last digit: cents for an amount of money.
    Number(i64),
    /// The record has `null` there, or has no such field.
    Absent,
}

/// A stream whose records can be folded without being encoded.
///
/// [`Fields::field`] must say what the encoded record says.
pub trait Fields: Stream {
    /// The fields, in the order of [`Stream::columns`].
    fn fields(&self) -> Vec<Field>;

    /// The value of the field at `index` of [`Fields::fields`] in the record of `step`.
    fn field<'a>(&'a self, entity: &Self::Entity, step: Step, index: usize) -> FieldValue<'a>;
}
