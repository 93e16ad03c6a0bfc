//! Records as they were left behind: what every room of this crate reads.
//!
//! [`Actual`] is any source of them, [`Lines`] those of a file or a pipe, [`cells()`] a row of CSV.
//! Nothing here knows what the records should be; the rooms know that, each for itself.

mod actual;
mod cells;
mod lines;

pub use actual::{Actual, Found, Layout};
pub use cells::cells;
pub use lines::{Lines, LinesError};
