//! Columns that do not fit a file.

/// A reason for which columns cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Misfit {
    /// They are not those of the layout.
    Columns,
    /// A text of a column is not UTF-8.
    Text { column: usize },
    /// A value is out of the range of a column.
    Value { column: usize, value: i64, allowed: &'static str },
}
