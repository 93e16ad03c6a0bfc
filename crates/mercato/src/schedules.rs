//! Applies a timetable of scenarios to the shop's streams.

use std::collections::BTreeMap;

use mercato_engine::Schedule;
use mercato_runtime::session::Timetable;
use mercato_shop::shop::{ShopParams, Traffic};

use crate::StreamError;

/// Factors on the arrivals of the shop's streams; price updates have none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Schedules {
    /// Of honest sessions.
    pub sessions: Schedule,
    /// Of campaigns of fraud.
    pub campaigns: Schedule,
}

impl Schedules {
    /// The factors of `timetable`, with the shop's own scenario wherever it names no other.
    ///
    /// Fails where it names a scenario that the shop does not have, and where a factor would be too
    /// high.
    pub fn new(params: &ShopParams, timetable: &Timetable) -> Result<Self, StreamError> {
        let mut factors = BTreeMap::from([(None, params.traffic(None)?)]);
        for (index, name) in timetable.scenarios() {
            params.scenarios().find(&format!("schedule[{index}].scenario"), name)?;
            factors.insert(Some(name), params.traffic(Some(name))?);
        }
        let under = |part: fn(&Traffic) -> u64| {
            timetable.under(|name| part(&factors[&name])).map_err(StreamError::Factor)
        };
        Ok(Self {
            sessions: under(|traffic| traffic.sessions)?,
            campaigns: under(|traffic| traffic.campaigns)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use mercato_config::ScheduleEntry;
    use mercato_shop::shop::ShopConfig;
    use mercato_units::Timestamp;

    use super::*;

    fn schedules(config: &ShopConfig, entry: &str) -> Result<Schedules, StreamError> {
        let entry: ScheduleEntry = serde_json::from_str(entry).unwrap();
        let timetable = Timetable::new(&[entry], Timestamp::from_micros(0)).unwrap();
        Schedules::new(&ShopParams::new(config).unwrap(), &timetable)
    }

    #[test]
    fn scenarios_become_factors_on_sessions_and_campaigns() {
        let config =
            ShopConfig { scenario: "maintenance_mode".to_owned(), ..ShopConfig::default() };
        let found =
            schedules(&config, r#"{"from":"+1s","to":"+2s","scenario":"fraud_testing"}"#).unwrap();
        let burst = |factor_millionths| mercato_engine::Burst {
            from: 1_000_000,
            to: 2_000_000,
            factor_millionths,
        };
        let expected = |factor, elsewhere| {
            Schedule::new(vec![burst(factor)]).unwrap().elsewhere(elsewhere).unwrap()
        };
        // What campaigns buy, and the honest purchases that some of them bring along, is bought by
        // nobody else.
        assert_eq!(found.sessions, expected(881_057, 100_000), "0.88 / 0.9988");
        assert_eq!(found.campaigns, expected(100_000_000, 100_000), "0.1 / 0.001");
    }

    #[test]
    fn a_name_or_factor_that_cannot_be_is_refused() {
        let refused = |entry: &str| {
            let error = schedules(&ShopConfig::default(), entry).unwrap_err();
            mercato_runtime::exit::Failure::from(error).to_string()
        };
        let unknown = refused(r#"{"from":"+1s","to":"+2s","scenario":"peek_traffic"}"#);
        assert!(
            unknown.contains("schedule[0].scenario: unknown value \"peek_traffic\"")
                && unknown.contains("\"peak_traffic\"?")
        );
        let high = refused(r#"{"from":"+1s","to":"+2s","scenario":"peak_traffic","factor":900}"#);
        assert!(high.contains("reduce one of them"), "{high}");
    }
}
