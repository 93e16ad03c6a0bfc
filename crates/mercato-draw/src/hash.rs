//! The counter hash: a draw from an address instead of from a place in a stream.

/// An odd constant with balanced bits (the fraction of the golden ratio), the usual Weyl increment.
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// A keyed hash of up to two words, for draws that cannot have a fixed place in a block's stream:
/// open-ended walks, attributes of a customer, faults.
///
/// Two folded 128-bit multiplications and a finalizer: under a nanosecond, and every input bit
/// flips every output bit with a probability near one half (a test says so).
/// It is no cryptographic hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CounterHash {
    low: u64,
    high: u64,
}

impl CounterHash {
    /// The hash keyed by `key` and `label`.
    pub fn new(key: u64, label: u64) -> Self {
        let low = finalize(key ^ finalize(label.wrapping_add(GOLDEN)));
        Self { low, high: finalize(low.wrapping_add(GOLDEN)) }
    }

    /// The word at address `a`, `b`.
    #[inline]
    pub fn at(self, a: u64, b: u64) -> u64 {
        let first = fold(a ^ self.low, b.wrapping_add(GOLDEN) ^ self.high);
        finalize(first ^ a.wrapping_mul(GOLDEN) ^ b.rotate_left(32))
    }

    /// A hash of its own for everything that belongs to `a`, such as one customer.
    #[inline]
    #[must_use]
    pub fn child(self, a: u64) -> Self {
        let low = self.at(a, GOLDEN);
        Self { low, high: finalize(low.wrapping_add(GOLDEN)) }
    }
}

/// Multiplies to 128 bits and folds the halves together.
#[inline]
fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    product as u64 ^ (product >> 64) as u64
}

/// Stafford's thirteenth variant of the murmur finalizer, the one `SplitMix64` uses.
#[inline]
fn finalize(word: u64) -> u64 {
    let word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_input_bit_moves_each_output_bit_half_of_the_time() {
        let hash = CounterHash::new(7, 1);
        let trials = 4_000u32;
        for input in 0..128 {
            let mut flips = [0u32; 64];
            for trial in 0..u64::from(trials) {
                let (a, b) = (finalize(trial), finalize(trial ^ GOLDEN) & 0xffff_ffff);
                let (c, d) =
                    if input < 64 { (a ^ 1 << input, b) } else { (a, b ^ 1 << (input - 64)) };
                let difference = hash.at(a, b) ^ hash.at(c, d);
                for (bit, count) in flips.iter_mut().enumerate() {
                    *count += (difference >> bit & 1) as u32;
                }
            }
            // Eight standard deviations (31.6) of a fair coin: 8,192 comparisons stay well inside.
            for (bit, count) in flips.iter().enumerate() {
                assert!(
                    count.abs_diff(trials / 2) < 253,
                    "input bit {input} flips bit {bit} {count} times"
                );
            }
        }
    }

    #[test]
    fn counters_give_distinct_words() {
        let hash = CounterHash::new(1, 2);
        let mut words: Vec<u64> = (0..100_000).map(|i| hash.at(i / 300, i % 300)).collect();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), 100_000);
    }
}
