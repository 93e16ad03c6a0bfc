//! What a run does, for `-v`: the first records of each second, then how many there were.
//!
//! Nothing of it is worked out unless somebody listens at the level `debug`.

use std::collections::BTreeMap;
use std::ops::Range;

use mercato_encode::{Batch, Coordinates, Stamp};
use mercato_units::Timestamp;
use tracing::{Level, debug, enabled};

use crate::clock::WallClock;
use crate::counts::Counts;

/// Records logged one by one in a second of wall time; `-vv` logs all.
const RECORDS_A_SECOND: u64 = 10;

/// Open orders and sessions whose last record is remembered; beyond it the memory begins anew, and
/// a record may be logged without the one it follows.
const REMEMBERED: usize = 65_536;

const SECOND: i64 = 1_000_000;

/// Logs records and batches.
#[derive(Debug)]
pub(super) struct DebugLog {
    kinds: Vec<String>,
    /// Beginning of the current second of wall time.
    second: i64,
    batches: u64,
    records: u64,
    /// Records by kind before the current second.
    before: Vec<u64>,
    /// The kind of the last record of what is open, so that a transition can be logged as one.
    open: BTreeMap<Coordinates, u16>,
}

impl DebugLog {
    /// A log of records of these kinds, if the level `debug` is wanted.
    pub(super) fn wanted(kinds: &[String]) -> Option<Self> {
        let log = || Self {
            kinds: kinds.to_vec(),
            second: i64::MIN,
            batches: 0,
            records: 0,
            before: vec![0; kinds.len()],
            open: BTreeMap::new(),
        };
        enabled!(Level::DEBUG).then(log)
    }

    /// Logs the records of `range`, which were just given to the sink and added to `counts`.
    pub(super) fn passed(
        &mut self,
        batch: &Batch,
        range: &Range<usize>,
        counts: &Counts,
        clock: &WallClock,
    ) {
        let now = clock.now();
        if now >= self.second.saturating_add(SECOND) {
            self.summarize(counts);
            (self.second, self.batches, self.records) = (now, 0, 0);
        }
        self.batches += 1;
        for index in range.clone() {
            let stamp = &batch.spans()[index].stamp;
            let before = self.follow(stamp);
            self.records += 1;
            if self.records > RECORDS_A_SECOND && !enabled!(Level::TRACE) {
                continue;
            }
            let after =
                before.map_or_else(String::new, |kind| format!(" after {}", self.kind(kind)));
            let key = String::from_utf8_lossy(batch.key(index));
            let (kind, time) = (self.kind(stamp.kind), shown(stamp.event_time));
            debug!("sent {kind}{after} of key {key}, event time {time}");
        }
        debug_batch(range.len(), self.batches, counts);
    }

    /// Returns the kind of the record before this one of the same order or session, if there was one
    /// and it is remembered.
    fn follow(&mut self, stamp: &Stamp) -> Option<u16> {
        if stamp.coordinates.copy > 0 || (stamp.first && stamp.last) {
            return None;
        }
        let entity = Coordinates { step: 0, ..stamp.coordinates };
        if stamp.last {
            return self.open.remove(&entity);
        }
        if self.open.len() >= REMEMBERED {
            self.open.clear();
        }
        self.open.insert(entity, stamp.kind)
    }

    fn kind(&self, kind: u16) -> &str {
        self.kinds.get(usize::from(kind)).map_or("record", String::as_str)
    }

    /// Logs the number of records since the last summary by kind, and what is open.
    fn summarize(&mut self, counts: &Counts) {
        if self.records > 0 {
            let added = self.kinds.iter().zip(counts.by_kind.iter().zip(&self.before));
            let kinds: Vec<String> = added
                .filter(|(_, (now, before))| now > before)
                .map(|(kind, (now, before))| format!("{} {kind}", now - before))
                .collect();
            debug!(
                "{} records in {} batches: {}; {} open of {} started",
                self.records,
                self.batches,
                kinds.join(", "),
                counts.entered.saturating_sub(counts.completed),
                counts.entered
            );
        }
        self.before.clone_from(&counts.by_kind);
    }
}

/// Logs one batch, the first few of each second.
fn debug_batch(records: usize, batches: u64, counts: &Counts) {
    if batches <= RECORDS_A_SECOND {
        debug!("batch of {records} records sent, {} bytes in all", counts.bytes);
    }
}

fn shown(micros: i64) -> String {
    Timestamp::new(micros).map_or_else(|_| micros.to_string(), |time| time.to_string())
}
