//! The result of a pipeline against the answer: both are tables with a row for each group.
//!
//! An [`Answer`] is what `answer` has written, and a [`Comparison`] takes the rows of a result in
//! the order in which they were found.
//! Rows are found again by the columns that the answer groups by; the other columns are compared by
//! value: numbers exactly and by their digits, instants however they are spelled.
//! What differs has a [`Verdict`].
//!
//! Memory is the answer and the rows of the result.

mod answer;
mod cell;
mod comparison;
mod junit;
mod report;

pub use answer::{Answer, AnswerError};
pub use cell::Tolerance;
pub use comparison::{Columns, Comparison, Mode, RowError};
pub use junit::junit_error;
pub use report::{Difference, ResultReport, Verdict};
