//! The one walk over a description from which every dialect gets its types.

use crate::{Field, InstantForm, Kind};

use super::names::camel;

/// A value that has no parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scalar {
    Text,
    Boolean,
    /// 32 bits with sign.
    Integer,
    /// 64 bits with sign.
    Long,
    Decimal {
        precision: u8,
        scale: u8,
    },
    /// The nearest double.
    Number,
    Instant(InstantForm),
}

/// The name that a struct has in dialects in which types have names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TypeName {
    /// Unique within the record: `SaleShippingAddress`.
    pub(super) full: String,
    /// Unique within the struct around it: `ShippingAddress`.
    pub(super) own: String,
}

impl TypeName {
    pub(super) fn of_record(name: &str) -> Self {
        Self { full: name.to_owned(), own: name.to_owned() }
    }

    fn of_field(&self, field: &str) -> Self {
        let own = camel(field);
        Self { full: format!("{}{own}", self.full), own }
    }

    fn part(&self, part: &str) -> Self {
        Self { full: format!("{}{part}", self.full), own: format!("{}{part}", self.own) }
    }
}

/// A field and its type in a dialect.
#[derive(Debug)]
pub(super) struct Member<'a, T> {
    pub(super) field: &'a Field,
    pub(super) of: T,
}

/// The types of a dialect, from those of a value's parts.
///
/// A type leaves out whether the value may be `null`: the field around it says so.
pub(super) trait Types {
    /// A type as far as it is written.
    type Type;

    fn scalar(&self, scalar: Scalar) -> Self::Type;

    fn structure(&self, name: &TypeName, members: &[Member<'_, Self::Type>]) -> Self::Type;

    /// A list, whose `name` is that of its items.
    fn list(&self, name: &TypeName, item: Self::Type) -> Self::Type;

    /// A map from text, whose `name` is that of its values.
    fn map(&self, name: &TypeName, value: Self::Type) -> Self::Type;
}

/// Returns the fields with their types, in order.
pub(super) fn members<'a, T: Types>(
    types: &T,
    name: &TypeName,
    fields: &'a [Field],
) -> Vec<Member<'a, T::Type>> {
    fields
        .iter()
        .map(|field| Member { field, of: type_of(types, &name.of_field(&field.name), &field.kind) })
        .collect()
}

/// Returns the type of a value of `kind`.
pub(super) fn type_of<T: Types>(types: &T, name: &TypeName, kind: &Kind) -> T::Type {
    let scalar = match kind {
        Kind::Struct(fields) => return types.structure(name, &members(types, name, fields)),
        Kind::List(item) => {
            let name = name.part("Item");
            return types.list(&name, type_of(types, &name, item));
        }
        Kind::Map(value) => {
            let name = name.part("Value");
            return types.map(&name, type_of(types, &name, value));
        }
        Kind::Identifier | Kind::Text => Scalar::Text,
        Kind::Boolean => Scalar::Boolean,
        Kind::Integer => Scalar::Integer,
        Kind::Long => Scalar::Long,
        Kind::Decimal { precision, scale } => {
            Scalar::Decimal { precision: *precision, scale: *scale }
        }
        Kind::Number { .. } => Scalar::Number,
        Kind::Instant(form) => Scalar::Instant(*form),
    };
    types.scalar(scalar)
}
