//! The part of a run that is wanted.

use mercato_units::{Moment, Shard, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{Counted, RunSpec};

/// The part of a run that is wanted, as a summary records it under `part`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunRange {
    /// Arrivals before the end.
    pub count: Option<u64>,
    /// Records before the end.
    #[serde(default)]
    pub records: Option<u64>,
    /// The topics whose records are wanted; none for all.
    #[serde(default)]
    pub topics: Option<Vec<String>>,
    /// Event time before the end, in microseconds.
    pub duration_micros: Option<i64>,
    /// Event time between the origin and the start, in microseconds.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub warm_up_micros: i64,
    /// Start of the window.
    pub from: Option<Timestamp>,
    /// End of the window, excluded.
    pub to: Option<Timestamp>,
    /// The shard.
    pub shard: Shard,
    /// Lets open entities finish after the end.
    pub drain: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(micros: &i64) -> bool {
    *micros == 0
}

impl RunSpec {
    /// The part of the run that is wanted.
    pub fn range(&self) -> RunRange {
        let fixed = |moment: Moment| Timestamp::new(moment.micros(self.start.value)).ok();
        let count =
            |what| self.count.as_ref().filter(|_| self.counted == what).map(|count| count.value);
        let warm_up = self.warm_up_micros();
        // Records before the start are not emitted.
        let from = self.from.as_ref().and_then(|from| fixed(from.value));
        let from = if warm_up > 0 { from.max(Some(self.start.value)) } else { from };
        RunRange {
            count: count(Counted::Arrivals),
            records: count(Counted::Records),
            topics: self.topics.clone(),
            duration_micros: self
                .duration
                .as_ref()
                .map(|duration| duration.value.saturating_add(warm_up)),
            warm_up_micros: warm_up,
            from,
            to: self.to.as_ref().and_then(|to| fixed(to.value)),
            shard: self.shard.value,
            drain: self.drain.value,
        }
    }
}
