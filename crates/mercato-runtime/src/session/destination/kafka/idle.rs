//! Warns of partitions that no record can ever reach.
//!
//! A consumer of an idle partition waits for ever, and an event-time job that reads one holds its
//! watermark back.

use std::collections::BTreeSet;

use mercato_engine::Run;
use mercato_kafka::partition_of;

/// Warns if the keys of `topic` are few, and do not fill its partitions.
pub(super) fn warn(run: &Run, topic: &str, partitions: u32) {
    let Some(number) = run.topics().iter().position(|name| name == topic) else { return };
    let layout = run.layout(number as u16);
    let Some(keys) = layout.and_then(|layout| layout.known_keys()) else { return };
    let filled = filled(&keys, partitions);
    if filled == partitions {
        return;
    }
    let fits = (1..partitions).rev().find(|count| self::filled(&keys, *count) == *count);
    tracing::warn!(
        "topic {topic} has {partitions} partitions, but its {} keys reach only {filled} of them: \
         consumers of the others wait for ever and hold back watermarks; {} would all be reached",
        keys.len(),
        fits.unwrap_or(1)
    );
}

/// Number of partitions that the keys reach.
fn filled(keys: &[Vec<u8>], partitions: u32) -> u32 {
    let reached: BTreeSet<_> = keys.iter().map(|key| partition_of(key, partitions)).collect();
    reached.len() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_keys_reach_few_partitions() {
        let keys: Vec<Vec<u8>> = ["a", "b", "c"].map(|key| key.as_bytes().to_vec()).into();
        assert_eq!(filled(&keys, 1), 1);
        assert!((1..=3).contains(&filled(&keys, 100)));
    }
}
