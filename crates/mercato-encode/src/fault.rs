//! Faults: what was done to records on purpose, each labelled.

use crate::Stamp;

mercato_units::enumerated! {
    /// A fault made in a record on purpose.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    pub enum FaultKind {
        /// The JSON text ends before its closing brace.
        TruncatedJson,
        /// A field's value has another JSON type than the record's schema says.
        WrongType,
        /// A field is absent.
        MissingField,
        /// A field that the schema does not know is present.
        UnknownField,
        /// The record is released after its event time.
        Late,
        /// The record is released a little after its event time, behind some that come later.
        Reorder,
        /// The record is there a second time.
        Duplicate,
        /// The record is not there.
        Drop,
        /// The record says that it happens later than it does.
        Future,
    }
}

impl FaultKind {
    /// The kinds of malformed text.
    pub const MALFORMED: [Self; 4] =
        [Self::TruncatedJson, Self::WrongType, Self::MissingField, Self::UnknownField];

    /// The kind's name in a configuration and in a ledger.
    pub fn name(self) -> &'static str {
        match self {
            Self::TruncatedJson => "truncated_json",
            Self::WrongType => "wrong_type",
            Self::MissingField => "missing_field",
            Self::UnknownField => "unknown_field",
            Self::Late => "late",
            Self::Reorder => "reorder",
            Self::Duplicate => "duplicate",
            Self::Drop => "drop",
            Self::Future => "future",
        }
    }
}

/// A ledger entry: the record at `span` was changed on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// Index of the changed record in its batch.
    pub span: u32,
    /// The kind of fault.
    pub kind: FaultKind,
    /// The event time that the record was meant to have, in microseconds since the Unix epoch.
    pub event_time: i64,
    /// Microseconds by which the record is late, behind the one it repeats, or ahead of its time;
    /// 0 for other faults.
    pub micros: i64,
}

/// A record that was left out on purpose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dropped {
    /// Number of records of the batch before it.
    pub before: usize,
    /// The metadata that it would have had.
    pub stamp: Stamp,
    /// Its key.
    pub key: Vec<u8>,
}
