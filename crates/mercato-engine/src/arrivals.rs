//! The laws by which entities arrive: by delay or at a rate, both under a schedule of factors.

use std::fmt;
use std::sync::Arc;

use mercato_draw::UniformInt;

use crate::error::EngineError;
use crate::schedule::Schedule;

/// The law by which the entities of one substream arrive.
#[derive(Debug, Clone)]
pub enum Arrivals {
    /// One after the other, with independent uniform delays; the first at the origin.
    Delays(Delays),
    /// At a rate that is met exactly in every block.
    Rate(Rate),
}

/// Uniform delays between consecutive arrivals.
#[derive(Debug, Clone)]
pub struct Delays {
    pub(crate) law: UniformInt,
    pub(crate) schedule: Schedule,
}

impl Delays {
    /// Delays from `min_micros` to `max_micros`, both included, divided by the schedule's factor.
    ///
    /// Refuses negative delays, bounds that cross and a maximum of zero or above a hundred days.
    pub fn new(min_micros: i64, max_micros: i64, schedule: Schedule) -> Result<Self, EngineError> {
        let refused = EngineError::Delays { min_micros, max_micros, limit: Self::MAX_MICROS };
        if !(0..=max_micros).contains(&min_micros) || !(1..=Self::MAX_MICROS).contains(&max_micros)
        {
            return Err(refused);
        }
        let law = UniformInt::new(min_micros, max_micros).map_err(|_| refused)?;
        Ok(Self { law, schedule })
    }

    /// The longest delay that is allowed: a hundred days.
    pub const MAX_MICROS: i64 = mercato_units::Delay::MAX.micros();
}

/// A factor on the rate of arrivals that changes with event time, by steps: hours of the day, days
/// of the week, seasons.
pub trait Curve: fmt::Debug + Send + Sync {
    /// The factor at `at` in millionths, and the first microsecond since the Unix epoch at which it
    /// may be another.
    ///
    /// The factor must be positive again and again, or arrivals never end and never come.
    fn piece(&self, at: i64) -> (u64, i64);
}

/// Arrivals an hour, times the schedule's factor and a curve's.
#[derive(Debug, Clone)]
pub struct Rate {
    pub(crate) millionths_per_hour: u64,
    pub(crate) schedule: Schedule,
    pub(crate) curve: Option<Arc<dyn Curve>>,
    pub(crate) spread: Option<u16>,
}

impl Rate {
    /// `millionths_per_hour` / 10^6 arrivals an hour wherever the factors are 1.
    ///
    /// Refuses zero and more than 3.6 * 10^12 an hour (a thousand million a second).
    pub fn new(millionths_per_hour: u64, schedule: Schedule) -> Result<Self, EngineError> {
        if !(1..=Self::MAX).contains(&millionths_per_hour) {
            return Err(EngineError::Rate { millionths_per_hour, max: Self::MAX });
        }
        Ok(Self { millionths_per_hour, schedule, curve: None, spread: None })
    }

    /// Multiplies the rate by `curve` as well.
    #[must_use]
    pub fn with_curve(mut self, curve: Arc<dyn Curve>) -> Self {
        self.curve = Some(curve);
        self
    }

    /// Lets every `count` arrivals come within the time in which as many are expected: at least 1,
    /// at most a block.
    ///
    /// The fewer, the more even: 1 lets each arrival come in the first half of a stretch of its
    /// own.
    /// So the arrival that is `n` after another is never much closer than `n` expected ones,
    /// and a trace can be made to end before it; see
    /// [`Trace::end_before`](crate::Trace::end_before).
    #[must_use]
    pub fn spread_by(mut self, count: u16) -> Self {
        self.spread = Some(count.max(1));
        self
    }

    /// The highest rate that is allowed, in millionths of an arrival an hour.
    pub const MAX: u64 = mercato_units::Rate::MAX_MILLIONTHS_PER_HOUR;
}
