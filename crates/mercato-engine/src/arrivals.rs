//! The laws by which entities arrive: by delay or at a rate, both under a schedule of factors.

use mercato_draw::UniformInt;

use crate::{EngineError, Schedule};

/// How the entities of one lane arrive.
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
        if !(0..=max_micros).contains(&min_micros) || !(1..=Self::MAX_MICROS).contains(&max_micros) {
            return Err(EngineError::Delays { min_micros, max_micros });
        }
        let law = UniformInt::new(min_micros, max_micros).map_err(|_| EngineError::Delays { min_micros, max_micros })?;
        Ok(Self { law, schedule })
    }

    /// The longest delay that is allowed: a hundred days.
    pub const MAX_MICROS: i64 = 8_640_000_000_000;
}

/// Arrivals an hour, times the schedule's factor.
#[derive(Debug, Clone)]
pub struct Rate {
    pub(crate) millionths_per_hour: u64,
    pub(crate) schedule: Schedule,
}

impl Rate {
    /// `millionths_per_hour` / 10^6 arrivals an hour wherever the schedule's factor is 1.
    ///
    /// Refuses zero and more than 3.6 * 10^12 an hour (a thousand million a second).
    pub fn new(millionths_per_hour: u64, schedule: Schedule) -> Result<Self, EngineError> {
        if !(1..=Self::MAX).contains(&millionths_per_hour) {
            return Err(EngineError::Rate { millionths_per_hour, max: Self::MAX });
        }
        Ok(Self { millionths_per_hour, schedule })
    }

    /// The highest rate that is allowed, in millionths of an arrival an hour.
    pub const MAX: u64 = 3_600_000_000_000_000_000;
}
