//! Counting what has left.

use std::ops::Range;

use mercato_encode::{Batch, Dropped, Fault, FaultKind, Flaw};

/// Counts of the records sent so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// Records by topic, in the order of the run's topics.
    pub by_topic: Vec<u64>,
    /// Records by kind, in the order of the run's kinds.
    pub by_kind: Vec<u64>,
    /// Entities whose first record has left.
    pub entered: u64,
    /// Entities whose last record has left.
    pub completed: u64,
    /// Faults made on purpose, by [`FaultKind::ALL`]; a dropped record is in no other count of
    /// records.
    pub faults: [u64; FaultKind::ALL.len()],
    /// Records that were not sent because they were too late; they are in no other count.
    pub shed: u64,
    /// Records that were not sent because their stream broke them, by [`Flaw::ALL`]; they are in no
    /// other count.
    pub rejected: [u64; Flaw::ALL.len()],
    /// Bytes of the records, line feeds included.
    pub bytes: u64,
}

impl Counts {
    pub(crate) fn new(topics: usize, kinds: usize) -> Self {
        Self { by_topic: vec![0; topics], by_kind: vec![0; kinds], ..Self::default() }
    }

    /// All records.
    pub fn records(&self) -> u64 {
        self.by_topic.iter().sum()
    }

    /// All records that were not sent because their stream broke them.
    pub(crate) fn all_rejected(&self) -> u64 {
        self.rejected.iter().sum()
    }

    /// Counts a record that was not sent; whether it is the first with its flaw.
    pub(crate) fn reject(&mut self, flaw: Flaw) -> bool {
        let count = &mut self.rejected[flaw as usize];
        *count += 1;
        *count == 1
    }

    /// Counts records that were left out on purpose: their entities have come this far without them.
    pub(crate) fn drop_all(&mut self, dropped: &[Dropped]) {
        for Dropped { stamp, .. } in dropped {
            self.faults[FaultKind::Drop as usize] += 1;
            self.entered += u64::from(stamp.first);
            self.completed += u64::from(stamp.last);
        }
    }

    pub(crate) fn add(&mut self, batch: &Batch, range: &Range<usize>) {
        // One counter that every record adds to makes each wait for the one before.
        let several = self.by_topic.len() != 1;
        if let [only] = self.by_topic.as_mut_slice() {
            *only += range.len() as u64;
        }
        for span in &batch.spans()[range.clone()] {
            let stamp = &span.stamp;
            if several && let Some(count) = self.by_topic.get_mut(usize::from(stamp.topic)) {
                *count += 1;
            }
            if let Some(count) = self.by_kind.get_mut(usize::from(stamp.kind)) {
                *count += 1;
            }
            self.entered += u64::from(stamp.first);
            self.completed += u64::from(stamp.last);
        }
        for fault in faults_in(batch, range) {
            self.faults[fault.kind as usize] += 1;
        }
        self.drop_all(batch.dropped(range));
        self.bytes += batch.size(range.clone()) as u64;
    }
}

/// The faults among the records of `range`.
pub(crate) fn faults_in<'a>(
    batch: &'a Batch,
    range: &Range<usize>,
) -> impl Iterator<Item = &'a Fault> {
    let range = range.start as u32..range.end as u32;
    batch.faults.iter().filter(move |fault| range.contains(&fault.span))
}
