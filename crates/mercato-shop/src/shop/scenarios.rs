//! Scenarios: how much traffic there is, and how much of it is fraud, over a whole run or a stretch
//! of it.
//!
//! A scenario changes two things: a factor on traffic, and the share of transactions that are
//! fraudulent.
//! Honest sessions and campaigns are streams of their own, so it becomes a factor on the arrivals
//! of each, and what lies before a change is as it would be without it.
//! Price updates keep their pace: how often prices change is not a matter of how many people look.

use std::collections::BTreeMap;

use mercato_engine::Schedule;
use mercato_units::{Share, as_optional_share};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ShopConfig;
use super::users::MILLION;
use crate::error::out_of_range;
use crate::{ParamsError, suggest};

/// A scenario of `[shop.scenarios]`: what is not given is as in the preset of that name, or as in
/// normal traffic.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ScenarioConfig {
    /// Factor on sessions and transactions, from 0 to 1,000; 1 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate: Option<f64>,
    /// Share of the transactions that are fraudulent, from 0 to 1; that of the shop by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(deserialize_with = "as_optional_share")]
    #[schemars(with = "Option<Share>")]
    pub fraud_rate: Option<f64>,
    /// Description; has no effect.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// A scenario that is known to be possible.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scenario {
    name: String,
    description: String,
    rate: u64,
    fraud: Option<u64>,
}

impl Scenario {
    /// Its name: letters, digits, hyphens and underscores.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the description; may be empty.
    pub fn description(&self) -> &str {
        &self.description
    }

    /// Factor on traffic in millionths.
    pub fn rate_millionths(&self) -> u64 {
        self.rate
    }

    /// Share of the transactions that are fraudulent in millionths; none for the shop's own.
    pub(crate) fn fraud_millionths(&self) -> Option<u64> {
        self.fraud
    }
}

/// Factors on arrivals in millionths that a scenario comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Traffic {
    /// On honest sessions.
    pub sessions: u64,
    /// On campaigns of fraud.
    pub campaigns: u64,
}

impl Traffic {
    /// The factors of `scenario` on the arrivals of a shop with the share `own` of fraudulent
    /// transactions in millionths;
    /// `honest` is the share of transactions that honest sessions keep.
    ///
    /// Transactions come `rate` times as often altogether, however they are shared.
    /// Refuses campaigns that would come more than a thousand times as often.
    fn new(
        scenario: &Scenario,
        own: u64,
        honest: impl Fn(u64) -> u64,
    ) -> Result<Self, ParamsError> {
        let fraud = scenario.fraud.unwrap_or(own);
        let ratio = |part: u64, whole: u64| {
            let (part, whole) =
                (u128::from(scenario.rate) * u128::from(part), u128::from(whole.max(1)));
            u64::try_from((part + whole / 2) / whole).unwrap_or(u64::MAX)
        };
        let traffic =
            Self { sessions: ratio(honest(fraud), honest(own)), campaigns: ratio(fraud, own) };
        if traffic.sessions.max(traffic.campaigns) <= Schedule::MAX_FACTOR_MILLIONTHS {
            return Ok(traffic);
        }
        Err(ParamsError::Impossible {
            key: format!("shop.scenarios.{}.fraud_rate", scenario.name),
            value: format!(
                "{} at {} times the traffic",
                fraud as f64 / 1e6,
                scenario.rate as f64 / 1e6
            ),
            bound: format!(
                "that is more than a thousand times the fraud of a shop with shop.fraud.rate = {}; \
                 use a lower one, or a higher shop.fraud.rate",
                own as f64 / 1e6
            ),
        })
    }
}

/// The scenarios of a shop by name: four presets, changed and joined by those of its configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scenarios {
    all: BTreeMap<String, Scenario>,
    own: String,
}

/// Name, factor on traffic, share of fraud and purpose of the documented scenarios.
const PRESETS: [(&str, f64, Option<f64>, &str); 4] = [
    (Scenarios::NORMAL, 1.0, None, "business as usual"),
    ("peak_traffic", 3.0, None, "three times as many visitors"),
    ("fraud_testing", 1.0, Some(0.1), "every tenth transaction is fraudulent"),
    ("maintenance_mode", 0.1, None, "a tenth of the visitors"),
];

impl Scenarios {
    /// The scenario of a run that names none.
    pub const NORMAL: &str = "normal_traffic";

    /// The names of the presets.
    pub fn presets() -> impl Iterator<Item = &'static str> {
        PRESETS.into_iter().map(|(name, ..)| name)
    }

    /// The scenarios of a configuration; the error names the key, its value and what is possible.
    pub fn new(config: &ShopConfig) -> Result<Self, ParamsError> {
        let mut all = BTreeMap::new();
        for (name, rate, fraud_rate, description) in PRESETS {
            let preset = ScenarioConfig {
                rate: Some(rate),
                fraud_rate,
                description: Some(description.to_owned()),
            };
            all.insert(name.to_owned(), preset);
        }
        let mut own = BTreeMap::new();
        for (name, changed) in &config.scenarios {
            legal_name(name)?;
            // `peak-traffic` is the preset `peak_traffic`, since whoever names it may write it
            // either way.
            let preset = PRESETS.iter().find(|(preset, ..)| plain(preset) == plain(name));
            let name = preset.map_or(name.as_str(), |(preset, ..)| preset);
            if let Some(twin) = own.insert(plain(name), name) {
                return Err(ParamsError::Duplicate {
                    key: "shop.scenarios".to_owned(),
                    value: twin.to_owned(),
                });
            }
            let scenario = all.entry(name.to_owned()).or_default();
            scenario.rate = changed.rate.or(scenario.rate);
            scenario.fraud_rate = changed.fraud_rate.or(scenario.fraud_rate);
            scenario.description = changed.description.clone().or(scenario.description.take());
        }
        let checked =
            |(name, config): (String, ScenarioConfig)| Ok((name.clone(), checked(name, &config)?));
        let scenarios = Self {
            all: all.into_iter().map(checked).collect::<Result<_, _>>()?,
            own: String::new(),
        };
        let own = scenarios.find("shop.scenario", &config.scenario)?.name.clone();
        Ok(Self { own, ..scenarios })
    }

    /// All of them, presets first and as documented.
    pub fn all(&self) -> impl Iterator<Item = &Scenario> {
        let presets = PRESETS.iter().filter_map(|(name, ..)| self.all.get(*name));
        let is_preset = |name: &str| PRESETS.iter().any(|(preset, ..)| *preset == name);
        presets.chain(self.all.values().filter(move |scenario| !is_preset(&scenario.name)))
    }

    /// The one that holds wherever a run names no other.
    pub fn own(&self) -> &Scenario {
        // It was found when the scenarios were made, and is called as it was found.
        &self.all[&self.own]
    }

    /// The scenario of this name, hyphens and underscores alike; `key` is what a refusal calls the
    /// place of the name.
    pub fn find(&self, key: &str, name: &str) -> Result<&Scenario, ParamsError> {
        let found = self.all.values().find(|scenario| plain(&scenario.name) == plain(name));
        found.ok_or_else(|| ParamsError::Unknown {
            key: key.to_owned(),
            value: name.to_owned(),
            known: suggest::known(
                name,
                self.all().map(Scenario::name).collect::<Vec<_>>().into_iter(),
            ),
        })
    }

    /// The factors of the scenario `name`, or without a name of the shop's own, on the arrivals of
    /// a shop whose own share of fraud is `own` in millionths.
    pub(super) fn traffic(
        &self,
        name: Option<&str>,
        own: u64,
        honest: impl Fn(u64) -> u64,
    ) -> Result<Traffic, ParamsError> {
        let scenario = name.map_or_else(|| Ok(self.own()), |name| self.find("scenario", name))?;
        Traffic::new(scenario, own, honest)
    }
}

/// A name as it is compared: capitals, hyphens and underscores are alike.
fn plain(name: &str) -> String {
    name.trim().to_lowercase().replace('-', "_")
}

fn legal_name(name: &str) -> Result<(), ParamsError> {
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    if (1..=100).contains(&name.len()) && name.bytes().all(legal) {
        return Ok(());
    }
    Err(ParamsError::Malformed {
        key: "shop.scenarios".to_owned(),
        value: name.to_owned(),
        expected: "a scenario's name: 1 to 100 letters, digits, hyphens and underscores",
    })
}

fn checked(name: String, config: &ScenarioConfig) -> Result<Scenario, ParamsError> {
    let millionths = |key: &str, value: f64, most: u64| {
        let millionths = (value * MILLION as f64).round();
        let is_possible = (0.0..=(most * MILLION) as f64).contains(&millionths);
        is_possible.then_some(millionths as u64).ok_or_else(|| {
            out_of_range(format!("shop.scenarios.{name}.{key}"), value.to_string(), 0, most)
        })
    };
    Ok(Scenario {
        rate: millionths("rate", config.rate.unwrap_or(1.0), 1_000)?,
        fraud: config.fraud_rate.map(|share| millionths("fraud_rate", share, 1)).transpose()?,
        description: config.description.clone().unwrap_or_default(),
        name,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn honest(fraud: u64) -> u64 {
        MILLION - fraud
    }

    fn scenarios(changes: &[(&str, Option<f64>, Option<f64>)]) -> Result<Scenarios, ParamsError> {
        let entry = |(name, rate, fraud_rate): &(&str, Option<f64>, Option<f64>)| {
            (
                (*name).to_owned(),
                ScenarioConfig { rate: *rate, fraud_rate: *fraud_rate, description: None },
            )
        };
        let scenarios = changes.iter().map(entry).collect();
        Scenarios::new(&ShopConfig { scenarios, ..ShopConfig::default() })
    }

    /// Transactions of both kinds in millionths of those of normal traffic, and the fraudulent ones
    /// among them.
    fn transactions(traffic: Traffic, own: u64) -> (u64, u64) {
        let honest = traffic.sessions as u128 * u128::from(MILLION - own) / u128::from(MILLION);
        let fraudulent = traffic.campaigns as u128 * u128::from(own) / u128::from(MILLION);
        ((honest + fraudulent) as u64, fraudulent as u64)
    }

    #[test]
    fn the_documented_ones_are_there_and_normal_traffic_changes_nothing() {
        let scenarios = scenarios(&[]).unwrap();
        let names: Vec<&str> = scenarios.all().map(Scenario::name).collect();
        assert_eq!(names, ["normal_traffic", "peak_traffic", "fraud_testing", "maintenance_mode"]);
        for own in [0, 1, 1_000, 5_000, 300_000] {
            let normal = scenarios.traffic(None, own, honest).unwrap();
            assert_eq!(normal.sessions, MILLION);
            assert_eq!(normal.campaigns * own, own * MILLION, "as often as they would come");
        }
    }

    #[test]
    fn a_name_means_the_same_however_it_is_written() {
        let config = ShopConfig { scenario: "Peak-Traffic".to_owned(), ..ShopConfig::default() };
        assert_eq!(Scenarios::new(&config).unwrap().own().name(), "peak_traffic");
        let changed = scenarios(&[("peak-traffic", Some(9.0), None)]).unwrap();
        assert_eq!(changed.all().count(), 4, "the preset is changed");
        assert_eq!(changed.find("", "peak_traffic").unwrap().rate_millionths(), 9 * MILLION);
        for twins in [["peak-traffic", "peak_traffic"], ["flash_sale", "Flash-Sale"]] {
            let error = scenarios(&twins.map(|name| (name, None, None))).unwrap_err().to_string();
            assert!(error.contains("shop.scenarios") && error.contains("twice"), "{error}");
        }
    }

    #[test]
    fn transactions_follow_the_rate_and_their_share_of_fraud_the_fraud_rate() {
        let scenarios =
            scenarios(&[("sale", Some(2.5), Some(0.25)), ("clean", None, Some(0.0))]).unwrap();
        for own in [1_000, 20_000, 300_000] {
            for (name, all, fraudulent) in [
                ("peak_traffic", 3_000_000, 3 * own),
                ("fraud_testing", 1_000_000, 100_000),
                ("maintenance_mode", 100_000, own / 10),
                ("sale", 2_500_000, 625_000),
                ("clean", 1_000_000, 0),
            ] {
                let (found, fraud) =
                    transactions(scenarios.traffic(Some(name), own, honest).unwrap(), own);
                assert!(found.abs_diff(all) <= 2, "{name} with {own}: {found} and not {all}");
                assert!(
                    fraud.abs_diff(fraudulent) <= 1,
                    "{name} with {own}: {fraud} and not {fraudulent}"
                );
            }
        }
    }

    #[test]
    fn a_preset_is_changed_by_name_and_keeps_the_rest() {
        let scenarios =
            scenarios(&[("fraud_testing", Some(2.0), None), ("mine", None, None)]).unwrap();
        let changed = scenarios.find("x", "Fraud-Testing").unwrap();
        assert_eq!((changed.rate, changed.fraud), (2_000_000, Some(100_000)));
        assert_eq!(changed.description, "every tenth transaction is fraudulent");
        let mine = scenarios.all().last().unwrap();
        assert_eq!((mine.name(), mine.rate, mine.fraud), ("mine", 1_000_000, None));
    }

    #[test]
    fn what_cannot_be_names_key_value_and_bound() {
        let refused = |changes: &[(&str, Option<f64>, Option<f64>)]| {
            scenarios(changes).unwrap_err().to_string()
        };
        assert!(
            refused(&[("a", Some(-1.0), None)])
                .starts_with("shop.scenarios.a.rate: -1 is out of range")
        );
        assert!(refused(&[("a", Some(1000.5), None)]).contains("(0 to 1000)"));
        assert!(
            refused(&[("a", None, Some(1.01))]).starts_with("shop.scenarios.a.fraud_rate: 1.01 ")
        );
        assert!(refused(&[("a", Some(f64::NAN), None)]).contains("a.rate"));
        assert!(refused(&[("a@b", None, None)]).contains("a scenario's name"));
        let own = ShopConfig { scenario: "peak_trafic".to_owned(), ..ShopConfig::default() };
        let unknown = Scenarios::new(&own).unwrap_err().to_string();
        assert!(
            unknown.starts_with("shop.scenario: unknown value \"peak_trafic\"")
                && unknown.contains("did you mean \"peak_traffic\"")
        );
        // A shop of no fraud, or next to none, has no campaigns that could come more often.
        for own in [0, 1] {
            let testing = scenarios(&[])
                .unwrap()
                .traffic(Some("fraud_testing"), own, honest)
                .unwrap_err()
                .to_string();
            assert!(
                testing.starts_with("shop.scenarios.fraud_testing.fraud_rate = 0.1"),
                "{testing}"
            );
        }
        let wild = scenarios(&[("wild", Some(900.0), Some(0.5))]).unwrap();
        let refused = wild.traffic(Some("wild"), 1_000, honest).unwrap_err().to_string();
        assert!(
            refused.starts_with("shop.scenarios.wild.fraud_rate = 0.5 at 900 times"),
            "{refused}"
        );
    }
}
