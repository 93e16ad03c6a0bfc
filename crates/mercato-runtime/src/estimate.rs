//! Estimates the size of a run before it is generated.
//!
//! How many entities arrive follows from rates, hours and seasons without drawing one; what an
//! arrival comes to is measured on the run's first arrivals, encoded and compressed as the run will
//! be.

use std::fmt;

use indicatif::{HumanBytes, HumanCount};
use mercato_engine::Run;

use crate::session::{Packing, SessionError};

/// Records and bytes of a run, to within a few per cent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Estimate {
    /// Records.
    pub records: u64,
    /// Bytes as stored.
    pub bytes: u64,
}

impl Estimate {
    /// Arrivals that say enough of all.
    pub const SAMPLE: u64 = 8_192;

    /// The estimate of `run`, which ends by time, from all records of `sample`: the same run with
    /// an earlier end.
    ///
    /// Fails when a stream panics, and when its records have no place in such files.
    pub fn of(run: &Run, sample: &Run, packing: &Packing) -> Result<Self, SessionError> {
        let mut made = Vec::new();
        let mut batches = sample.batches().map_err(SessionError::Stream)?;
        while let Some(batch) = batches.try_next().map_err(SessionError::Stream)? {
            made.push(batch);
        }
        let records = made.iter().map(|batch| batch.len() as u64).sum();
        let topics = 0..sample.topics().len() as u16;
        let packed = topics.map(|topic| packing.file_len(sample, topic, &made));
        let bytes = packed.sum::<Result<u64, SessionError>>()?;
        let (all, measured) =
            (run.expected_arrivals().unwrap_or(0), sample.expected_arrivals().unwrap_or(0));
        let scaled = |count: u64| {
            let scaled = u128::from(count) * u128::from(all) / u128::from(measured.max(1));
            u64::try_from(scaled).unwrap_or(u64::MAX)
        };
        Ok(Self { records: scaled(records), bytes: scaled(bytes) })
    }
}

impl fmt::Display for Estimate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "about {} records, {}", HumanCount(self.records), HumanBytes(self.bytes))
    }
}

/// Bytes as people read them: `25.10 GiB`.
pub fn human_bytes(bytes: u64) -> String {
    HumanBytes(bytes).to_string()
}
