//! A keyed bijection on so few numbers that one is made for each use.

use crate::CounterHash;

/// A bijection of the numbers 0 to 2^bits − 1 onto themselves, decided by a key.
///
/// Two rounds of an odd multiplication and a shift: made and applied in a few nanoseconds, so that
/// every block, cycle or day can have its own.
/// It strews; where no test may find a pattern, take a [`Permutation`](crate::Permutation).
///
/// ```
/// use mercato_draw::{Label, Seed, Shuffle};
///
/// let shuffle = Shuffle::new(Seed::new(42).hash(Label::new(1, 0)), 10);
/// let image = shuffle.apply(7);
/// assert!(image < 1024);
/// assert_eq!(shuffle.invert(image), 7);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shuffle {
    mask: u64,
    shift: u32,
    factors: [u64; ROUNDS],
    terms: [u64; ROUNDS],
}

const ROUNDS: usize = 2;

impl Shuffle {
    /// The bijection of 2^`bits` numbers under the key of `hash`; more than 32 bits are cut to 32.
    #[inline]
    pub fn new(hash: CounterHash, bits: u32) -> Self {
        let bits = bits.min(32);
        let words = [hash.at(0, 0), hash.at(1, 0)];
        Self {
            mask: (1 << bits) - 1,
            shift: bits.div_ceil(2),
            factors: words.map(|word| word | 1),
            terms: words.map(|word| word >> 32),
        }
    }

    /// The image of `value`, which must be below 2^bits.
    #[inline]
    pub fn apply(&self, value: u64) -> u64 {
        debug_assert!(value <= self.mask, "{value} is above {}", self.mask);
        let mut value = value;
        for round in 0..ROUNDS {
            value =
                value.wrapping_mul(self.factors[round]).wrapping_add(self.terms[round]) & self.mask;
            // Of a half or more of the bits, so doing it twice undoes it.
            value ^= value >> self.shift;
        }
        value
    }

    /// The value whose image is `image`, which must be below 2^bits.
    #[inline]
    pub fn invert(&self, image: u64) -> u64 {
        debug_assert!(image <= self.mask, "{image} is above {}", self.mask);
        let mut value = image;
        for round in (0..ROUNDS).rev() {
            value ^= value >> self.shift;
            value =
                value.wrapping_sub(self.terms[round]).wrapping_mul(inverse(self.factors[round]))
                    & self.mask;
        }
        value
    }
}

/// The number that an odd one must be multiplied with to give 1 in 64 bits: each step of Newton
/// doubles the bits that are right.
#[inline]
fn inverse(odd: u64) -> u64 {
    let mut inverse = odd;
    for _ in 0..5 {
        inverse = inverse.wrapping_mul(2u64.wrapping_sub(odd.wrapping_mul(inverse)));
    }
    inverse
}

#[cfg(test)]
mod tests {
    use mercato_test_support::statistics::follows;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn inverting_brings_back_what_was_applied(key: u64, bits in 0u32..=32, value: u64) {
            let shuffle = Shuffle::new(CounterHash::new(key, 0), bits);
            let value = value & ((1 << bits) - 1);
            prop_assert!(shuffle.apply(value) < 1 << bits);
            prop_assert_eq!(shuffle.invert(shuffle.apply(value)), value);
        }
    }

    /// Over many keys each value lands everywhere equally often.
    #[test]
    fn every_value_lands_everywhere() {
        for value in 0..16 {
            let place = |key| Shuffle::new(CounterHash::new(key, 1), 4).apply(value) as usize;
            assert!(follows((0..16_000).map(place), &[1; 16]), "{value}");
        }
    }
}
