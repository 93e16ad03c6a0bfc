//! The law of arrival that a configuration states: delays, or a rate that replaces them.

use mercato_engine::{Arrivals, Delays, Rate, Schedule};
use mercato_schema::Duration;

use crate::ParamsError;
use crate::error::out_of_range;

/// Delays or a rate, known to be possible, still without the schedule that a run adds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ArrivalLaw {
    Delays { min_micros: i64, max_micros: i64 },
    Rate { millionths_per_hour: u64 },
}

impl ArrivalLaw {
    /// The law of the keys `min_delay`, `max_delay` and `rate` under `prefix`.
    pub(crate) fn new(
        prefix: &str,
        min_delay: Duration,
        max_delay: Duration,
        rate: Option<mercato_schema::Rate>,
    ) -> Result<Self, ParamsError> {
        if rate.is_none() && min_delay > max_delay {
            return Err(ParamsError::Crossed {
                key: format!("{prefix}.min_delay"),
                low: min_delay.to_string(),
                high: max_delay.to_string(),
            });
        }
        let delays =
            Self::Delays { min_micros: min_delay.micros(), max_micros: max_delay.micros() };
        Self::rate_or(prefix, rate, "max_delay", delays)
    }

    /// The law of the keys `interval` and `rate` under `prefix`.
    pub(crate) fn every(
        prefix: &str,
        interval: Duration,
        rate: Option<mercato_schema::Rate>,
    ) -> Result<Self, ParamsError> {
        let interval = interval.micros();
        Self::rate_or(
            prefix,
            rate,
            "interval",
            Self::Delays { min_micros: interval, max_micros: interval },
        )
    }

    /// The rate if there is one, else the delays, which `key` bounds.
    fn rate_or(
        prefix: &str,
        rate: Option<mercato_schema::Rate>,
        key: &str,
        delays: Self,
    ) -> Result<Self, ParamsError> {
        let (key, law) = match rate {
            Some(rate) => ("rate", Self::Rate { millionths_per_hour: rate.millionths_per_hour() }),
            None => (key, delays),
        };
        // Said here in the units of a configuration; the engine counts microseconds.
        if let Self::Delays { max_micros, .. } = law
            && !(1..=Delays::MAX_MICROS).contains(&max_micros)
        {
            let shown = |micros| {
                Duration::from_micros(micros)
                    .map(|duration| duration.to_string())
                    .unwrap_or_default()
            };
            let (key, max) = (format!("{prefix}.{key}"), shown(Delays::MAX_MICROS));
            return Err(out_of_range(key, shown(max_micros), "1us", max));
        }
        law.under(Schedule::default())
            .map_err(|source| ParamsError::Arrivals { key: format!("{prefix}.{key}"), source })?;
        Ok(law)
    }

    /// The engine's form of the law.
    pub(crate) fn arrivals(self, schedule: Schedule) -> Arrivals {
        #[expect(
            clippy::expect_used,
            reason = "`new` has built the same law, and a schedule cannot make it impossible"
        )]
        self.under(schedule).expect("a law that was checked")
    }

    fn under(self, schedule: Schedule) -> Result<Arrivals, mercato_engine::EngineError> {
        match self {
            Self::Delays { min_micros, max_micros } => {
                Delays::new(min_micros, max_micros, schedule).map(Arrivals::Delays)
            }
            Self::Rate { millionths_per_hour } => {
                Rate::new(millionths_per_hour, schedule).map(Arrivals::Rate)
            }
        }
    }
}
