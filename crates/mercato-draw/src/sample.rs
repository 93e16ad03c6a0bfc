//! Uniform integers and events of a fixed probability, each from one word.

use crate::DrawError;

/// A uniform integer below `bound`, from one word.
///
/// The word is multiplied into the range and the upper half kept.
/// Some outcomes are more likely than others by at most `bound` / 2^64,
/// which no test can see; in exchange a draw always takes one word.
#[inline]
pub fn below(word: u64, bound: u64) -> u64 {
    ((u128::from(word) * u128::from(bound)) >> 64) as u64
}

/// Returns the result of [`below`] and the rest of the word, which serves the next draw.
///
/// The outcome is the upper half of the product and the rest the lower: whatever the outcome, the
/// rest takes evenly spaced values over the whole range. It is coarser than the word by a factor of
/// `bound`, so draws may share a word as long as the product of their bounds stays small: an
/// outcome's share is wrong by that product / 2^64 of itself at most.
///
/// ```
/// use mercato_draw::split;
///
/// let (die, rest) = split(1 << 63, 6);
/// let (coin, _) = split(rest, 2);
/// assert_eq!((die, coin), (3, 0));
/// ```
#[inline]
pub fn split(word: u64, bound: u64) -> (u64, u64) {
    let product = u128::from(word) * u128::from(bound);
    ((product >> 64) as u64, product as u64)
}

/// The uniform distribution on the integers from `low` to `high`, both included.
///
/// ```
/// use mercato_draw::UniformInt;
///
/// let quantity = UniformInt::new(1, 5)?;
/// assert_eq!(quantity.pick(0), 1);
/// assert_eq!(quantity.pick(u64::MAX), 5);
/// # Ok::<(), mercato_draw::DrawError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UniformInt {
    low: i64,
    count: u64,
}

impl UniformInt {
    /// Refuses bounds that cross.
    pub fn new(low: i64, high: i64) -> Result<Self, DrawError> {
        if low > high {
            return Err(DrawError::BoundsCrossed { low, high });
        }
        // The whole of i64 has 2^64 values; one fewer is as good and fits.
        Ok(Self { low, count: (high.wrapping_sub(low) as u64).saturating_add(1) })
    }

    /// Smallest outcome.
    pub fn low(&self) -> i64 {
        self.low
    }

    /// Largest outcome.
    pub fn high(&self) -> i64 {
        self.low.wrapping_add((self.count - 1) as i64)
    }

    /// The outcome of one word.
    #[inline]
    pub fn pick(&self, word: u64) -> i64 {
        self.low.wrapping_add(below(word, self.count) as i64)
    }

    /// The outcome of one word, and the rest of the word: see [`split`].
    #[inline]
    pub fn split(&self, word: u64) -> (i64, u64) {
        let (outcome, rest) = split(word, self.count);
        (self.low.wrapping_add(outcome as i64), rest)
    }
}

/// The probability of an event, as a threshold for one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Probability(u64);

impl Probability {
    /// The event that never happens.
    pub const NEVER: Self = Self(0);

    /// The probability `numerator` / `denominator`, exact to 2^-64; refuses what is not between 0
    /// and 1.
    pub fn ratio(numerator: u64, denominator: u64) -> Result<Self, DrawError> {
        if denominator == 0 || numerator > denominator {
            return Err(DrawError::Probability { numerator, denominator });
        }
        let threshold = (u128::from(numerator) << 64) / u128::from(denominator);
        Ok(Self(u64::try_from(threshold).unwrap_or(u64::MAX)))
    }

    /// Returns whether the event happens; certainty includes every word but the largest.
    #[inline]
    pub fn hits(self, word: u64) -> bool {
        word < self.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn outcomes_stay_between_the_bounds(low in any::<i64>(), high in any::<i64>(), word in any::<u64>()) {
            let (low, high) = (low.min(high), low.max(high));
            let uniform = UniformInt::new(low, high).unwrap();
            let outcome = uniform.pick(word);
            prop_assert!((low..=high).contains(&outcome));
        }

        #[test]
        fn crossed_bounds_are_refused(low in any::<i64>(), high in any::<i64>()) {
            prop_assume!(low > high);
            prop_assert_eq!(UniformInt::new(low, high), Err(DrawError::BoundsCrossed { low, high }));
        }
    }

    #[test]
    fn draws_that_share_a_word_are_independent() {
        let sides = [6u64, 4, 10];
        let mut counts = [0u64; 240];
        let words = 1u64 << 16;
        for word in 0..words {
            let (mut rest, mut cell) = (word << 48 | 1 << 47, 0);
            for bound in sides {
                let (outcome, left) = split(rest, bound);
                assert_eq!(outcome, below(rest, bound));
                (cell, rest) = (cell * bound + outcome, left);
            }
            counts[cell as usize] += 1;
        }
        // Evenly spaced words fall into each combination equally often, up to the one on a border.
        assert!(counts.iter().all(|count| count.abs_diff(words / 240) <= 1), "{counts:?}");
    }

    #[test]
    fn bounds_are_what_was_asked_for() {
        let uniform = UniformInt::new(-3, 12).unwrap();
        assert_eq!((uniform.low(), uniform.high()), (-3, 12));
    }

    #[test]
    fn a_ratio_hits_its_share_of_the_words() {
        let third = Probability::ratio(1, 3).unwrap();
        assert!(third.hits(u64::MAX / 3 - 1));
        assert!(!third.hits(u64::MAX / 3 + 1));
        assert!(!Probability::NEVER.hits(0));
        assert!(Probability::ratio(1, 1).unwrap().hits(u64::MAX - 1));
        assert_eq!(
            Probability::ratio(3, 2),
            Err(DrawError::Probability { numerator: 3, denominator: 2 })
        );
    }
}
