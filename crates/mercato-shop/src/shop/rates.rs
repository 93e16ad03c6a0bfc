//! Rates of a shop: four numbers, of which one follows from the others.

use mercato_schema::Rate;

use super::ShopConfig;
use super::users::MILLION;
use crate::ParamsError;

/// Transactions, events and sessions an hour that fit together.
///
/// transactions × events per session = conversion × events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShopRates {
    /// Sessions an hour, in millionths: the mean of a plain week.
    pub sessions: u64,
    /// Events an hour, in millionths.
    pub events: u64,
    /// Transactions an hour, in millionths.
    pub transactions: u64,
    /// Events of a session in the mean, in millionths.
    pub events_per_session: u64,
    /// Share of the sessions that end in a transaction, in millionths.
    pub conversion: u64,
}

/// The documented rates, in millionths an hour.
const TRANSACTIONS: u64 = 10_000 * MILLION;
const EVENTS: u64 = 100_000 * MILLION;
/// The share of sessions that the documented rates imply at four events a session.
const CONVERSION: u64 = 400_000;
const EVENTS_PER_SESSION: u64 = 4 * MILLION;
/// A shop where more than nine in ten visits end in a purchase is a queue.
const MAX_CONVERSION: u64 = 900_000;
const MAX_EVENTS_PER_SESSION: u64 = 1_000;

/// The relation between the four numbers.
const FORMULA: &str = "conversion = transactions x events_per_session / events";

impl ShopRates {
    /// The rates of a configuration; what it does not say follows from what it says, or is as
    /// documented.
    pub(super) fn new(config: &ShopConfig) -> Result<Self, ParamsError> {
        let rate = |rate: Option<Rate>| rate.map(Rate::millionths_per_hour);
        let (transactions, events) = (rate(config.transactions), rate(config.events));
        let events_per_session = config
            .events_per_session
            .map(|mean| decimal("events_per_session", mean))
            .transpose()?;
        let conversion = config.conversion.map(|share| decimal("conversion", share)).transpose()?;
        let rates = solved(transactions, events, events_per_session, conversion);
        rates.check(config)?;
        Ok(rates)
    }

    fn check(&self, config: &ShopConfig) -> Result<(), ParamsError> {
        let given = self.transactions as u128 * u128::from(self.events_per_session);
        let needed = u128::from(self.conversion) * u128::from(self.events);
        let all = config.transactions.is_some()
            && config.events.is_some()
            && config.events_per_session.is_some()
            && config.conversion.is_some();
        // A thousandth is what rounding in a configuration may cost.
        if all && given.abs_diff(needed) > needed / 1_000 {
            return Err(ParamsError::Impossible {
                key: "shop.conversion".to_owned(),
                value: decimal_text(self.conversion),
                bound: format!(
                    "the other three imply {}, because {FORMULA}; omit one of the four",
                    decimal_text((given / u128::from(self.events.max(1))) as u64)
                ),
            });
        }
        if self.conversion == 0 || self.conversion > MAX_CONVERSION {
            return Err(ParamsError::Impossible {
                key: "shop.conversion".to_owned(),
                value: decimal_text(self.conversion),
                bound: format!(
                    "it must be above 0 and at most {}, where {FORMULA} = {}/h x {} / {}/h; \
                     use more events, fewer transactions or fewer events per session",
                    decimal_text(MAX_CONVERSION),
                    decimal_text(self.transactions),
                    decimal_text(self.events_per_session),
                    decimal_text(self.events)
                ),
            });
        }
        if !(MILLION..=MAX_EVENTS_PER_SESSION * MILLION).contains(&self.events_per_session) {
            return Err(ParamsError::Impossible {
                key: "shop.events_per_session".to_owned(),
                value: decimal_text(self.events_per_session),
                bound: format!("it must be from 1 to {MAX_EVENTS_PER_SESSION}, where {FORMULA}"),
            });
        }
        Ok(())
    }
}

impl ShopConfig {
    /// The same shop with so many sessions, as the mean of a plain week and before the multiplier;
    /// transactions and events go along with them.
    ///
    /// Fails when the rates of the configuration do not fit together, and when the new ones are not
    /// possible.
    pub fn with_sessions(&self, sessions: Rate) -> Result<Self, ParamsError> {
        let rates = ShopRates::new(self)?;
        let along = |key: &str, each: u64| {
            let millionths =
                u128::from(sessions.millionths_per_hour()) * u128::from(each) / u128::from(MILLION);
            let rate = u64::try_from(millionths).ok().and_then(Rate::from_millionths_per_hour);
            rate.ok_or_else(|| ParamsError::Impossible {
                key: format!("shop.{key}"),
                value: format!("{} times {sessions}", decimal_text(each)),
                bound: "the session rate must make it more than 0 and less than a thousand million per second"
                    .to_owned(),
            })
        };
        Ok(Self {
            transactions: Some(along("transactions", rates.conversion)?),
            events: Some(along("events", rates.events_per_session)?),
            events_per_session: Some(rates.events_per_session as f64 / MILLION as f64),
            conversion: None,
            ..self.clone()
        })
    }
}

/// Numbers that fit together, from those that are given.
fn solved(
    transactions: Option<u64>,
    events: Option<u64>,
    mean: Option<u64>,
    conversion: Option<u64>,
) -> ShopRates {
    let per = |a: u64, b: u64, c: u64| {
        (u128::from(a) * u128::from(b) / u128::from(c.max(1))).min(u64::MAX.into()) as u64
    };
    let (transactions, events, mean, conversion) = match (transactions, events, mean, conversion) {
        (Some(t), Some(e), Some(m), conversion) => {
            (t, e, m, conversion.unwrap_or_else(|| per(t, m, e)))
        }
        (Some(t), Some(e), None, c) => {
            (t, e, per(c.unwrap_or(CONVERSION), e, t), c.unwrap_or(CONVERSION))
        }
        (Some(t), None, m, c) => {
            let (m, c) = (m.unwrap_or(EVENTS_PER_SESSION), c.unwrap_or(CONVERSION));
            (t, per(t, m, c), m, c)
        }
        (None, None, None, None) => (TRANSACTIONS, EVENTS, EVENTS_PER_SESSION, CONVERSION),
        (None, e, m, c) => {
            let (e, m) = (e.unwrap_or(EVENTS), m.unwrap_or(EVENTS_PER_SESSION));
            let c = c.unwrap_or(CONVERSION);
            (per(c, e, m), e, m, c)
        }
    };
    ShopRates {
        sessions: per(events, MILLION, mean),
        events,
        transactions,
        events_per_session: mean,
        conversion,
    }
}

/// A number in millionths; what is no such number becomes one that is refused.
fn decimal(key: &str, value: f64) -> Result<u64, ParamsError> {
    let millionths = (value * MILLION as f64).round();
    if (0.0..=1e15).contains(&millionths) {
        return Ok(millionths as u64);
    }
    Err(ParamsError::Impossible {
        key: format!("shop.{key}"),
        value: value.to_string(),
        bound: "it must be a number above 0".to_owned(),
    })
}

/// Millionths as a person writes them.
fn decimal_text(millionths: u64) -> String {
    let (whole, part) = (millionths / MILLION, millionths % MILLION);
    if part == 0 {
        return whole.to_string();
    }
    let digits = format!("{part:06}");
    format!("{whole}.{}", digits.trim_end_matches('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(transactions: &str, events: &str, mean: f64, conversion: f64) -> ShopConfig {
        let rate = |text: &str| (!text.is_empty()).then(|| text.parse().unwrap());
        let number = |value: f64| (value > 0.0).then_some(value);
        ShopConfig {
            transactions: rate(transactions),
            events: rate(events),
            events_per_session: number(mean),
            conversion: number(conversion),
            ..ShopConfig::default()
        }
    }

    fn rates(config: &ShopConfig) -> (u64, u64, u64, u64, u64) {
        let ShopRates { sessions, events, transactions, events_per_session, conversion } =
            ShopRates::new(config).unwrap();
        (
            transactions / MILLION,
            events / MILLION,
            events_per_session / 1_000,
            conversion / 1_000,
            sessions / MILLION,
        )
    }

    #[test]
    fn any_two_of_three_are_enough() {
        assert_eq!(rates(&config("", "", 0.0, 0.0)), (10_000, 100_000, 4_000, 400, 25_000));
        assert_eq!(
            rates(&config("10000/h", "100000/h", 0.0, 0.0)),
            (10_000, 100_000, 4_000, 400, 25_000)
        );
        assert_eq!(
            rates(&config("5000/h", "100000/h", 0.0, 0.0)),
            (5_000, 100_000, 8_000, 400, 12_500)
        );
        assert_eq!(rates(&config("20000/h", "", 5.0, 0.0)), (20_000, 250_000, 5_000, 400, 50_000));
        assert_eq!(rates(&config("", "80000/h", 8.0, 0.0)), (4_000, 80_000, 8_000, 400, 10_000));
        assert_eq!(
            rates(&config("10000/h", "200000/h", 4.0, 0.0)),
            (10_000, 200_000, 4_000, 200, 50_000)
        );
        assert_eq!(rates(&config("", "170000/h", 17.0, 0.032)), (320, 170_000, 17_000, 32, 10_000));
        assert_eq!(rates(&config("", "", 0.0, 0.2)), (5_000, 100_000, 4_000, 200, 25_000));
    }

    #[test]
    fn the_rest_goes_along_with_sessions() {
        let shop =
            config("", "170000/h", 17.0, 0.032).with_sessions("500/h".parse().unwrap()).unwrap();
        assert_eq!(rates(&shop), (16, 8_500, 17_000, 32, 500));
        assert!(config("", "", 0.0, 0.0).with_sessions("1000000000/s".parse().unwrap()).is_err());
    }

    #[test]
    fn what_cannot_be_met_together_is_refused_with_the_formula() {
        let error =
            ShopRates::new(&config("50000/h", "100000/h", 4.0, 0.0)).unwrap_err().to_string();
        assert!(error.starts_with("shop.conversion = 2 is invalid"), "{error}");
        assert!(
            error.contains(
                "conversion = transactions x events_per_session / events = 50000/h x 4 / 100000/h"
            ),
            "{error}"
        );
        let error =
            ShopRates::new(&config("10000/h", "100000/h", 4.0, 0.3)).unwrap_err().to_string();
        assert!(
            error.contains("the other three imply 0.4") && error.contains("omit one of the four"),
            "{error}"
        );
        assert!(ShopRates::new(&config("", "", 2000.0, 0.0)).is_err());
    }
}
