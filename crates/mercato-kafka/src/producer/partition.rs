//! Which partition a key belongs to: the placement of Java's default partitioner.
//!
//! librdkafka's own default is CRC32, which puts keys where no Java or Flink job joins them.

/// The partition of `key` among `partitions`, as Java's default partitioner chooses it.
///
/// `partitions` must not be 0.
pub fn partition_of(key: &[u8], partitions: u32) -> u32 {
    // Java's `toPositive` drops the sign bit; it does not negate.
    (murmur2(key) & 0x7fff_ffff) % partitions
}

/// Murmur2 with Kafka's seed, as `org.apache.kafka.common.utils.Utils.murmur2` computes it.
fn murmur2(data: &[u8]) -> u32 {
    const SEED: u32 = 0x9747_b28c;
    const MULTIPLIER: u32 = 0x5bd1_e995;
    const SHIFT: u32 = 24;

    let mut hash = SEED ^ data.len() as u32;
    let (words, rest) = data.as_chunks::<4>();
    for word in words {
        let mut mixed = u32::from_le_bytes(*word).wrapping_mul(MULTIPLIER);
        mixed ^= mixed >> SHIFT;
        hash = hash.wrapping_mul(MULTIPLIER) ^ mixed.wrapping_mul(MULTIPLIER);
    }
    if !rest.is_empty() {
        let tail = rest.iter().rev().fold(0, |tail, byte| tail << 8 | u32::from(*byte));
        hash = (hash ^ tail).wrapping_mul(MULTIPLIER);
    }
    hash ^= hash >> 13;
    hash = hash.wrapping_mul(MULTIPLIER);
    hash ^ hash >> 15
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The values of Kafka's own `UtilsTest.testMurmur2`, and one of each length of tail.
    #[test]
    fn hashes_are_javas() {
        let frozen: [(&str, i32); 6] = [
            ("21", -973_932_308),
            ("foobar", -790_332_482),
            ("a-little-bit-long-string", -985_981_536),
            ("a-little-bit-longer-string", -1_486_304_829),
            ("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58_897_971),
            ("abc", 479_470_107),
        ];
        for (key, hash) in frozen {
            assert_eq!(murmur2(key.as_bytes()) as i32, hash, "{key}");
        }
    }

    #[test]
    fn a_negative_hash_loses_its_sign_and_is_not_negated() {
        // -973,932,308 without its sign bit is 1,173,551,340.
        assert_eq!(partition_of(b"21", 1000), 340);
        assert_eq!(partition_of(b"anything", 1), 0);
    }
}
