//! `[[schedule]]`: periods of event time in which arrivals come more or less often.

use mercato_units::{Factor, Moment};
use schemars::JsonSchema;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};

/// An entry of `[[schedule]]`: arrivals come `factor` times as often from `from` until before `to`,
/// under a scenario of the shop, or both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields, extend("anyOf" = [{ "required": ["factor"] }, { "required": ["scenario"] }]))]
pub struct ScheduleEntry {
    /// First moment at which the entry holds.
    pub from: Moment,
    /// First moment at which it no longer holds.
    #[schemars(example = "+20m")]
    pub to: Moment,
    /// Multiplier of the arrival rate; 1 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub factor: Option<Factor>,
    /// The scenario that holds instead of the run's own; the run's own by default. Only the shop
    /// has scenarios.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"peak_traffic")]
    pub scenario: Option<String>,
}

/// An entry before it is known to say anything.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenEntry {
    from: Moment,
    to: Moment,
    factor: Option<Factor>,
    scenario: Option<String>,
}

impl<'de> Deserialize<'de> for ScheduleEntry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let WrittenEntry { from, to, factor, scenario } = WrittenEntry::deserialize(deserializer)?;
        if factor.is_none() && scenario.is_none() {
            return Err(D::Error::custom("it needs a `factor`, a `scenario` or both"));
        }
        Ok(Self { from, to, factor, scenario })
    }
}
