//! What a topic refuses, and when none of its records are acknowledged.

use super::{PartitionState, TopicSetting};

/// The limits of a topic.
///
/// ```
/// use mercato_kafka::admin::{Limits, TopicSetting};
///
/// let hour = TopicSetting {
///     name: "message.timestamp.before.max.ms".into(),
///     value: "3600000".into(),
///     set_here: true,
/// };
/// let limits = Limits::of(&[hour]);
/// assert_eq!(limits.oldest_millis, Some(3_600_000));
/// assert!(limits.rejects(3_600_001) && !limits.rejects(3_600_000));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Age in milliseconds from which records are refused by their event times; none for no limit.
    pub oldest_millis: Option<i64>,
    /// Bytes of the largest batch, as far as that is known.
    pub largest_batch: Option<u64>,
    /// Replicas that must have a record before it is acknowledged to a producer with `acks=all`.
    pub in_sync: usize,
}

impl Limits {
    /// Derives the limits from a topic's settings; what is missing sets none.
    pub fn of(settings: &[TopicSetting]) -> Self {
        let setting = |name: &str| {
            settings.iter().find(|setting| setting.name == name).map(|setting| &*setting.value)
        };
        let number = |name| setting(name).and_then(|value| value.parse::<i64>().ok());
        let is_event_time = setting("message.timestamp.type") != Some("LogAppendTime");
        let oldest = number("message.timestamp.before.max.ms").filter(|_| is_event_time);
        let largest = number("max.message.bytes").and_then(|bytes| u64::try_from(bytes).ok());
        let in_sync = number("min.insync.replicas").and_then(|least| usize::try_from(least).ok());
        Self {
            oldest_millis: oldest.filter(|millis| *millis < i64::MAX),
            largest_batch: largest,
            in_sync: in_sync.unwrap_or(1),
        }
    }

    /// Returns whether a record of this age, in milliseconds, is refused.
    pub fn rejects(&self, age_millis: i64) -> bool {
        self.oldest_millis.is_some_and(|oldest| age_millis > oldest)
    }

    /// The number of in-sync replicas that `partition` lacks; 0 if records are acknowledged.
    ///
    /// Brokers never ask for more than a partition has.
    pub fn lacking(&self, partition: &PartitionState) -> usize {
        self.in_sync.min(partition.replicas.len()).saturating_sub(partition.in_sync.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(settings: &[(&str, &str)]) -> Limits {
        let setting = |(name, value): &(&str, &str)| TopicSetting {
            name: (*name).into(),
            value: (*value).into(),
            set_here: true,
        };
        Limits::of(&settings.iter().map(setting).collect::<Vec<_>>())
    }

    #[test]
    fn only_event_times_are_too_old() {
        let hour = ("message.timestamp.before.max.ms", "3600000");
        assert!(limits(&[hour]).rejects(3_600_001));
        assert!(!limits(&[hour, ("message.timestamp.type", "LogAppendTime")]).rejects(i64::MAX));
        let none = ("message.timestamp.before.max.ms", "9223372036854775807");
        assert!(!limits(&[none]).rejects(i64::MAX) && !limits(&[]).rejects(i64::MAX));
    }

    #[test]
    fn a_partition_lacks_replicas_up_to_those_it_has() {
        let partition = |replicas: &[i32], in_sync: &[i32]| PartitionState {
            partition: 0,
            leader: Some(1),
            replicas: replicas.to_vec(),
            in_sync: in_sync.to_vec(),
            offsets: None,
        };
        let two = limits(&[("min.insync.replicas", "2")]);
        assert_eq!(two.lacking(&partition(&[1, 2, 3], &[1])), 1);
        assert_eq!(two.lacking(&partition(&[1, 2, 3], &[1, 3])), 0);
        assert_eq!(two.lacking(&partition(&[1], &[1])), 0);
        assert_eq!(limits(&[]).lacking(&partition(&[1, 2], &[1])), 0);
    }
}
