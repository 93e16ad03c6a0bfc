//! What the columns of a record hold, for formats whose columns have types.
//!
//! A record's serde type says how it is read and written as JSON; its table says the same to a
//! columnar format:
//! which field is money, which an instant, which text repeats from record to record.
//! Each table stands beside its type, and tests hold the two together.

use crate::{AnalyticsResult, Chargeback, FraudAlert, ProductUpdate, Purchase, SessionEvent};

/// A field of a record, in the order in which JSON has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// The field's name.
    pub name: &'static str,
    /// What it holds.
    pub kind: ColumnKind,
    /// Whether it may be `null`.
    pub nullable: bool,
}

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ColumnKind {
    /// Text that no or hardly any other record has.
    Identifier,
    /// Text that many records have.
    Text,
    /// `true` or `false`.
    Boolean,
    /// A whole number of 32 bits with sign.
    Integer,
    /// A whole number of 64 bits with sign.
    Long,
    /// An amount of money: whole units with at most two decimals, below 10^15 cents.
    Money,
    /// A number with at most so many decimals, read as the nearest double.
    Number(u32),
    /// An instant as RFC 3339 text in UTC with three decimals.
    Millis,
    /// An object with these fields.
    Group(&'static [Column]),
    /// An array of objects with these fields; it may be empty.
    List(&'static [Column]),
    /// An object with any names, each with such a value.
    Map(&'static ColumnKind),
}

impl Column {
    /// A field that is there in every record.
    pub const fn new(name: &'static str, kind: ColumnKind) -> Self {
        Self { name, kind, nullable: false }
    }

    /// A field that may be `null`.
    pub const fn nullable(name: &'static str, kind: ColumnKind) -> Self {
        Self { name, kind, nullable: true }
    }
}

/// The table of every record that has one.
pub const TABLES: [&[Column]; 6] = [
    &Purchase::TABLE,
    &SessionEvent::TABLE,
    &ProductUpdate::TABLE,
    &FraudAlert::TABLE,
    &AnalyticsResult::TABLE,
    &Chargeback::TABLE,
];

/// The table of the records whose CSV file has the columns `names`, if they have one.
///
/// ```
/// use mercato_schema::{Purchase, table};
///
/// assert_eq!(table::with_columns(&Purchase::COLUMNS), Some(&Purchase::TABLE[..]));
/// assert_eq!(table::with_columns(&["anything", "else"]), None);
/// ```
pub fn with_columns(names: &[impl AsRef<str>]) -> Option<&'static [Column]> {
    let is_of = |table: &&&'static [Column]| {
        let own = csv_names(table);
        own.len() == names.len() && own.iter().zip(names).all(|(own, name)| own == name.as_ref())
    };
    TABLES.iter().find(is_of).copied()
}

/// The columns of a CSV file with the fields of `table`: those of a group with its name and a dot
/// before theirs.
pub fn csv_names(table: &[Column]) -> Vec<String> {
    let of = |column: &Column| match column.kind {
        ColumnKind::Group(inner) => {
            csv_names(inner).iter().map(|name| format!("{}.{name}", column.name)).collect()
        }
        _ => vec![column.name.to_owned()],
    };
    table.iter().flat_map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_have_the_columns_of_the_csv_files() {
        assert_eq!(csv_names(&Purchase::TABLE), Purchase::COLUMNS);
        assert_eq!(csv_names(&SessionEvent::TABLE), SessionEvent::COLUMNS);
        assert_eq!(csv_names(&ProductUpdate::TABLE), ProductUpdate::COLUMNS);
        assert_eq!(csv_names(&FraudAlert::TABLE), FraudAlert::COLUMNS);
        assert_eq!(csv_names(&Chargeback::TABLE), Chargeback::COLUMNS);
        assert_eq!(csv_names(&AnalyticsResult::TABLE), AnalyticsResult::COLUMNS);
        let found: Vec<_> = TABLES.iter().map(|table| with_columns(&csv_names(table))).collect();
        assert!(
            found.iter().zip(&TABLES).all(|(found, table)| *found == Some(*table)),
            "each is found by its own"
        );
    }
}
