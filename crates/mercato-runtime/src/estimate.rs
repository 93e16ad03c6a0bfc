//! Estimates the size of a run before it is generated.
//!
//! What the records of a topic come to is measured on a sample, encoded and compressed as the run
//! will be; how many there will be says the caller, who knows what drives them.

use std::fmt;
use std::ops::AddAssign;

use indicatif::{HumanBytes, HumanCount};
use mercato_encode::Batch;
use mercato_engine::Run;

use crate::session::{Packing, SessionError};

/// Records and bytes of a run, to within a few per cent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Estimate {
    /// Records.
    pub records: u64,
    /// Bytes as stored.
    pub bytes: u64,
}

impl Estimate {
    /// Arrivals that say enough of all.
    pub const SAMPLE: u64 = 8_192;

    /// What the records of each topic of `sample` come to.
    ///
    /// Fails when a stream panics, and when its records have no place in such files.
    pub fn measured(sample: &Run, packing: &Packing) -> Result<Vec<(String, Self)>, SessionError> {
        let mut made = Vec::new();
        let mut batches = sample.batches().map_err(SessionError::Stream)?;
        while let Some(batch) = batches.try_next().map_err(SessionError::Stream)? {
            made.push(batch);
        }
        let measure = |(index, topic): (u16, &String)| {
            let spans = made.iter().flat_map(Batch::spans);
            let records = spans.filter(|span| span.stamp.topic == index).count() as u64;
            let bytes = packing.file_len(sample, index, &made)?;
            Ok((topic.clone(), Self { records, bytes }))
        };
        (0..).zip(sample.topics()).map(measure).collect()
    }

    /// The same kind of records, so many of them.
    #[must_use]
    pub fn scaled_to(self, records: u64) -> Self {
        let bytes = u128::from(self.bytes) * u128::from(records) / u128::from(self.records.max(1));
        Self { records, bytes: u64::try_from(bytes).unwrap_or(u64::MAX) }
    }
}

impl AddAssign for Estimate {
    fn add_assign(&mut self, other: Self) {
        self.records = self.records.saturating_add(other.records);
        self.bytes = self.bytes.saturating_add(other.bytes);
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
