//! The final table: the last record of each key, or the rows that are left when every change of a
//! run has been made.
//!
//! Memory is that table: the last row of each key.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use mercato_encode::csv;
use mercato_engine::{EngineError, Run};

use super::AnswerFormat;

/// The last row of each key, in the order of the keys; deleted rows are left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    columns: Vec<String>,
    rows: BTreeMap<Box<[u8]>, Box<[u8]>>,
}

impl Table {
    /// The table that the records of `run` make, which has one topic and writes records as JSON or
    /// rows as [`Upsert`](mercato_schema::ChangeForm::Upsert).
    ///
    /// `going` says whether to go on, as in [`answer`](super::answer); if not, there is no table.
    pub fn of(
        run: &Run,
        mut going: impl FnMut(u64, i64) -> ControlFlow<()>,
    ) -> Result<Option<Self>, EngineError> {
        let mut table = Self { columns: run.columns(0).to_vec(), rows: BTreeMap::new() };
        let mut records = 0;
        let mut batches = run.batches()?;
        while let Some(batch) = batches.try_next()? {
            for index in 0..batch.len() {
                let (key, row) = (batch.key(index), batch.value(index));
                if row.is_empty() {
                    table.rows.remove(key);
                } else {
                    table.rows.insert(key.into(), row.into());
                }
            }
            records += batch.len() as u64;
            let reached = batch.spans().last().map_or(i64::MIN, |span| span.stamp.event_time);
            if going(records, reached).is_break() {
                return Ok(None);
            }
            batches.recycle(batch);
        }
        Ok(Some(table))
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Returns true if there are no rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The first line as CSV, without a line feed.
    pub fn header(&self) -> Vec<u8> {
        let mut line = Vec::new();
        csv::header(&mut line, &self.columns);
        line
    }

    /// Hands each row to `each` as a line without a line feed, until that says not to go on.
    pub fn rows(&self, format: AnswerFormat, mut each: impl FnMut(&[u8]) -> bool) {
        let mut line = Vec::new();
        for row in self.rows.values() {
            line.clear();
            match format {
                AnswerFormat::Json => line.extend_from_slice(row),
                // The run's own writers have made the row, so it is JSON.
                AnswerFormat::Csv => {
                    csv::flatten(&mut line, &serde_json::from_slice(row).unwrap_or_default());
                }
            }
            if !each(&line) {
                return;
            }
        }
    }
}
