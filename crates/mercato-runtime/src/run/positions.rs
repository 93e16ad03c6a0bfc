//! Where records of a run have arrived that somebody asks for.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The place of a record in its topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// The partition.
    pub partition: i32,
    /// The offset in it; none where only the broker knows it.
    pub offset: Option<i64>,
}

/// The positions of records that are asked for, by their numbers among all that the sink was given,
/// from 0; shared with whoever hears of deliveries.
#[derive(Debug, Clone, Default)]
pub struct Positions(Arc<Mutex<BTreeMap<u64, Option<Position>>>>);

impl Positions {
    /// Notes that a record has arrived; of no effect for records that nobody asks for.
    pub fn arrived(&self, number: u64, position: Position) {
        if let Some(wanted) = self.lock().get_mut(&number) {
            *wanted = Some(position);
        }
    }

    /// Asks for the position of a record that has not left yet.
    pub(super) fn expect(&self, number: u64) {
        self.lock().insert(number, None);
    }

    /// The position of a record, once it has arrived.
    pub(super) fn find(&self, number: u64) -> Option<Position> {
        self.lock().get(&number).copied().flatten()
    }

    /// Asks no more for the records before this number.
    pub(super) fn forget_before(&self, number: u64) {
        let mut wanted = self.lock();
        *wanted = wanted.split_off(&number);
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<u64, Option<Position>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
