//! Owners of a shard.

use mercato_draw::partition_of;
use mercato_units::Shard;

/// Returns true if `owner` belongs to `shard`.
///
/// By the hash with which Kafka's Java clients place keys, so that with as many partitions as
/// shards each shard writes one partition.
pub(crate) fn owns(shard: Shard, owner: &[u8]) -> bool {
    partition_of(owner, shard.count()) == shard.index()
}
