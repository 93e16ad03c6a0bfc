//! Answers as Parquet, in a build without it: refused.

use std::path::Path;

use mercato::runtime::exit::{Exit, Failure};
use mercato::truth::answer::{AnswerColumn, Window};

use super::place::RunName;

/// An answer that cannot be written.
pub(super) enum ColumnFile {}

impl ColumnFile {
    pub(super) fn create(_: &Path, _: &[AnswerColumn], _: &RunName) -> Result<Self, Failure> {
        Err(Failure::new(Exit::Usage, "this program was built without Parquet")
            .advise("write .ndjson, .csv or .slt, or build with `--features parquet`"))
    }

    pub(super) fn window(&mut self, _: &Window) -> Result<(), Failure> {
        match *self {}
    }

    pub(super) fn finish(self) -> Result<(), Failure> {
        match self {}
    }
}
