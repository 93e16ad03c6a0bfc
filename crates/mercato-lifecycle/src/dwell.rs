//! Dwell times of a state: distributions truncated on both sides and drawn from one word.

use mercato_draw::UniformInt;

use crate::quantiles::Quantiles;

/// A law of duration in whole microseconds, with a shortest and a longest outcome.
///
/// ```
/// use mercato_lifecycle::Dwell;
///
/// let dwell = Dwell::uniform(10_000_000, 30_000_000)?;
/// assert_eq!(dwell.pick(0), 10_000_000);
/// assert_eq!(dwell.pick(u64::MAX), dwell.longest());
/// # Ok::<(), mercato_lifecycle::DwellError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Dwell(Law);

#[derive(Debug, Clone, PartialEq)]
enum Law {
    Fixed(i64),
    Uniform(UniformInt),
    /// Anything with a shape: its quantiles, tabulated once.
    Shaped(Box<Quantiles>),
}

/// Why parameters are no law of duration.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DwellError {
    /// The shortest duration is above the longest.
    #[error("the minimum duration of {min} us is above the maximum of {max} us")]
    Crossed {
        /// Shortest duration as given, in microseconds.
        min: i64,
        /// Longest duration as given, in microseconds.
        max: i64,
    },
    /// A duration that is too short or too long.
    #[error(
        "a duration of {micros} us is not between {} us and {} us",
        Dwell::SHORTEST,
        Dwell::LONGEST
    )]
    OutOfRange {
        /// The duration as given, in microseconds.
        micros: i64,
    },
    /// A spread that is no positive number of reasonable size.
    #[error("sigma {sigma} is out of range (above 0, at most {})", Dwell::LARGEST_SIGMA)]
    Sigma {
        /// The spread as given.
        sigma: f64,
    },
    /// The law lies nearly all outside its bounds.
    #[error("less than a thousandth of the distribution lies between {min} us and {max} us")]
    Empty {
        /// Shortest duration as given, in microseconds.
        min: i64,
        /// Longest duration as given, in microseconds.
        max: i64,
    },
}

impl Dwell {
    /// The shortest duration of any state in microseconds: 1 ms, so that an effect is always later
    /// than its cause in records that show milliseconds.
    pub const SHORTEST: i64 = 1_000;
    /// The longest duration of any state in microseconds: a thousand days.
    pub const LONGEST: i64 = 86_400_000_000_000;
    /// The largest spread of a lognormal law.
    pub const LARGEST_SIGMA: f64 = 5.0;

    /// Always `micros`.
    pub fn fixed(micros: i64) -> Result<Self, DwellError> {
        in_range(micros, micros)?;
        Ok(Self(Law::Fixed(micros)))
    }

    /// Every whole number of microseconds from `min` to `max` with the same probability.
    pub fn uniform(min: i64, max: i64) -> Result<Self, DwellError> {
        in_range(min, max)?;
        let law = UniformInt::new(min, max).map_err(|_| DwellError::Crossed { min, max })?;
        Ok(Self(Law::Uniform(law)))
    }

    /// The exponential law of mean `mean`, given that the outcome lies from `min` to `max`.
    ///
    /// `mean` is that of the law before it is truncated.
    pub fn exponential(mean: i64, min: i64, max: i64) -> Result<Self, DwellError> {
        in_range(mean, mean)?;
        in_range(min, max)?;
        Quantiles::exponential(mean, min, max)
            .map_or(Err(DwellError::Empty { min, max }), Self::shaped)
    }

    /// The lognormal law of median `median`, whose logarithm has the standard deviation `sigma`,
    /// given that the outcome lies from `min` to `max`.
    pub fn lognormal(median: i64, sigma: f64, min: i64, max: i64) -> Result<Self, DwellError> {
        in_range(median, median)?;
        in_range(min, max)?;
        if !(sigma > 0.0 && sigma <= Self::LARGEST_SIGMA) {
            return Err(DwellError::Sigma { sigma });
        }
        Quantiles::lognormal(median, sigma, min, max)
            .map_or(Err(DwellError::Empty { min, max }), Self::shaped)
    }

    #[expect(
        clippy::unnecessary_wraps,
        reason = "the last step of two constructors that can fail before"
    )]
    fn shaped(quantiles: Quantiles) -> Result<Self, DwellError> {
        Ok(Self(Law::Shaped(Box::new(quantiles))))
    }

    /// The duration of one word, in microseconds.
    #[inline]
    pub fn pick(&self, word: u64) -> i64 {
        match &self.0 {
            Law::Fixed(micros) => *micros,
            Law::Uniform(law) => law.pick(word),
            Law::Shaped(quantiles) => quantiles.pick(word),
        }
    }

    /// The longest duration that can be drawn, in microseconds.
    pub fn longest(&self) -> i64 {
        self.pick(u64::MAX)
    }

    /// The shortest duration that can be drawn, in microseconds.
    pub fn shortest(&self) -> i64 {
        self.pick(0)
    }
}

fn in_range(min: i64, max: i64) -> Result<(), DwellError> {
    for micros in [min, max] {
        if !(Dwell::SHORTEST..=Dwell::LONGEST).contains(&micros) {
            return Err(DwellError::OutOfRange { micros });
        }
    }
    if min > max { Err(DwellError::Crossed { min, max }) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_word_leaves_the_bounds(
            mean in Dwell::SHORTEST..1_000_000_000,
            (low, width) in (Dwell::SHORTEST..10_000_000, 1..10_000_000_000i64),
            sigma in 0.01..5.0,
            words in prop::collection::vec(any::<u64>(), 50),
        ) {
            let high = low + width;
            let laws = [
                Dwell::uniform(low, high),
                Dwell::exponential(mean, low, high),
                Dwell::lognormal(mean, sigma, low, high),
            ];
            for dwell in laws.into_iter().flatten() {
                prop_assert_eq!((dwell.shortest(), dwell.longest()), (low, high));
                for word in &words {
                    prop_assert!((low..=high).contains(&dwell.pick(*word)));
                }
            }
        }

        #[test]
        fn a_larger_word_never_gives_a_shorter_duration(a in any::<u64>(), b in any::<u64>()) {
            let laws = [
                Dwell::uniform(1_000, 1_000_000),
                Dwell::exponential(20_000_000, 1_000, 600_000_000),
                Dwell::lognormal(20_000_000, 1.2, 1_000, 6_000_000_000),
            ];
            for dwell in laws {
                let dwell = dwell.unwrap();
                prop_assert!(dwell.pick(a.min(b)) <= dwell.pick(a.max(b)));
            }
        }
    }

    #[test]
    fn impossible_parameters_are_named() {
        let second = 1_000_000;
        assert_eq!(
            Dwell::uniform(2 * second, second),
            Err(DwellError::Crossed { min: 2 * second, max: second })
        );
        assert_eq!(Dwell::fixed(999), Err(DwellError::OutOfRange { micros: 999 }));
        assert_eq!(Dwell::fixed(i64::MAX), Err(DwellError::OutOfRange { micros: i64::MAX }));
        assert_eq!(
            Dwell::lognormal(second, 0.0, 1_000, second),
            Err(DwellError::Sigma { sigma: 0.0 })
        );
        assert!(Dwell::lognormal(second, f64::NAN, 1_000, second).is_err());
        assert_eq!(
            Dwell::exponential(second, 20 * second, 30 * second),
            Err(DwellError::Empty { min: 20 * second, max: 30 * second })
        );
        assert!(Dwell::lognormal(second, 0.1, 20 * second, 30 * second).is_err());
    }
}
