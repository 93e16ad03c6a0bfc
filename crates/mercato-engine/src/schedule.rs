//! Factors on the rate of arrivals that hold for a stretch of event time: flash sales, quiet
//! nights.

use crate::burst::Burst;
use crate::error::EngineError;

/// Bursts in order of time, none overlapping another; the factor is 1 wherever there is none, or
/// what [`Schedule::elsewhere`] says.
///
/// Appending a burst changes nothing before it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    bursts: Vec<Burst>,
    elsewhere: u64,
}

impl Default for Schedule {
    fn default() -> Self {
        Self { bursts: Vec::new(), elsewhere: UNIT }
    }
}

/// The factor that leaves arrivals as they are.
pub(crate) const UNIT: u64 = 1_000_000;

impl Schedule {
    /// The highest factor: a thousand times as often.
    pub const MAX_FACTOR_MILLIONTHS: u64 = mercato_units::Factor::MAX.millionths();

    /// Sorts the bursts; refuses one that ends before it begins, has too high a factor or overlaps
    /// another.
    pub fn new(mut bursts: Vec<Burst>) -> Result<Self, EngineError> {
        bursts.sort_by_key(|burst| burst.from);
        for burst in &bursts {
            if burst.from >= burst.to || burst.factor_millionths > Self::MAX_FACTOR_MILLIONTHS {
                return Err(EngineError::Burst { burst: *burst, max: Self::MAX_FACTOR_MILLIONTHS });
            }
        }
        if let Some(pair) = bursts.windows(2).find(|pair| pair[1].from < pair[0].to) {
            return Err(EngineError::Overlap { first: pair[0], second: pair[1] });
        }
        Ok(Self { bursts, elsewhere: UNIT })
    }

    /// The same bursts with another factor where there is none, in millionths; 0 lets nothing
    /// arrive there.
    ///
    /// Refuses a factor above [`Schedule::MAX_FACTOR_MILLIONTHS`].
    ///
    /// ```
    /// use mercato_engine::{EngineError, Schedule};
    ///
    /// let thrice = Schedule::default().elsewhere(3_000_000)?;
    /// assert_ne!(thrice, Schedule::default());
    /// assert!(Schedule::default().elsewhere(1_000_000_001).is_err());
    /// # Ok::<(), EngineError>(())
    /// ```
    pub fn elsewhere(self, factor_millionths: u64) -> Result<Self, EngineError> {
        if factor_millionths > Self::MAX_FACTOR_MILLIONTHS {
            return Err(EngineError::Factor {
                factor_millionths,
                max: Self::MAX_FACTOR_MILLIONTHS,
            });
        }
        Ok(Self { elsewhere: factor_millionths, ..self })
    }

    /// The factor at `at` in millionths, and until when it holds.
    pub fn piece(&self, at: i64) -> (u64, i64) {
        let next = self.bursts.partition_point(|burst| burst.to <= at);
        match self.bursts.get(next) {
            None => (self.elsewhere, i64::MAX),
            Some(burst) if burst.from <= at => (burst.factor_millionths, burst.to),
            Some(burst) => (self.elsewhere, burst.from),
        }
    }
}
