//! Physical types: how the values of a column are stored.

/// The physical type of a column.
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
