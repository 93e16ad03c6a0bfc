//! murmur2, the hash by which Kafka's Java clients place keys.
//!
//! Shards are cut by the same hash, so that a shard's keys are a union of partitions
//! whenever one count divides the other.

const MULTIPLIER: u32 = 0x5bd1_e995;
const SEED: u32 = 0x9747_b28c;

/// The 32-bit murmur2 of `key`, as `org.apache.kafka.common.utils.Utils.murmur2` computes it.
pub fn murmur2(key: &[u8]) -> u32 {
    let mut hash = SEED ^ key.len() as u32;
    let (words, tail) = key.as_chunks::<4>();
    for word in words {
        let mixed = u32::from_le_bytes(*word).wrapping_mul(MULTIPLIER);
        let mixed = (mixed ^ mixed >> 24).wrapping_mul(MULTIPLIER);
        hash = hash.wrapping_mul(MULTIPLIER) ^ mixed;
    }
    for (place, byte) in tail.iter().enumerate().rev() {
        hash ^= u32::from(*byte) << (8 * place);
    }
    if !tail.is_empty() {
        hash = hash.wrapping_mul(MULTIPLIER);
    }
    hash = (hash ^ hash >> 13).wrapping_mul(MULTIPLIER);
    hash ^ hash >> 15
}

/// Returns the partition of `key` among `count`, as chosen by the default partitioner of the Java
/// clients.
///
/// `count` must not be 0.
pub fn partition_of(key: &[u8], count: u32) -> u32 {
    // Java's `toPositive` drops the sign bit; it does not negate.
    (murmur2(key) & 0x7fff_ffff) % count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_those_of_kafkas_own_test() {
        // UtilsTest.testMurmur2 of Apache Kafka.
        let cases: [(&str, i32); 6] = [
            ("21", -973_932_308),
            ("foobar", -790_332_482),
            ("a-little-bit-long-string", -985_981_536),
            ("a-little-bit-longer-string", -1_486_304_829),
            ("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58_897_971),
            ("abc", 479_470_107),
        ];
        for (key, expected) in cases {
            assert_eq!(murmur2(key.as_bytes()) as i32, expected, "{key}");
        }
    }

    #[test]
    fn a_negative_hash_loses_its_sign_and_is_not_negated() {
        // -973,932,308 without its sign bit is 1,173,551,340.
        assert_eq!(partition_of(b"21", 1000), 340);
        assert_eq!(partition_of(b"anything", 1), 0);
    }
}
