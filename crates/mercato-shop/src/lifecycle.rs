//! A lifecycle as the configuration states it.

use std::borrow::Cow;
use std::fmt;

use mercato_lifecycle::{Dwell, DwellError, Lifecycle, Plan, Transition};
use mercato_schema::Duration;
use mercato_schema::duration::Unit;
use mercato_units::Weight;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{self, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::ParamsError;

/// States and the ways between them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LifecycleConfig {
    /// Names of the states; an order begins in the first.
    pub states: Vec<String>,
    /// Largest number of states an order goes through, the first included, from 1 to 1000.
    /// Needed only where a state can come again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_steps: Option<u16>,
    /// The ways between states.
    pub transitions: Vec<TransitionConfig>,
}

/// One way from a state to the next.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TransitionConfig {
    /// Name of the state that is left.
    pub from: String,
    /// Name of the state that follows.
    pub to: String,
    /// Weight of this transition, relative to the others out of `from`; 1 by default.
    #[serde(default)]
    pub weight: Weight,
    /// Dwell time in `from` before this transition.
    pub dwell: DwellConfig,
}

/// A law of duration: `"20s"`, `["10s", "30s"]`, `{ fixed = "20s" }`,
/// `{ uniform = ["10s", "30s"] }`, `{ exponential = { mean = "20s", max = "5m" } }` or
/// `{ lognormal = { median = "20s", sigma = 0.5, max = "5m" } }`.
///
/// Every duration is from 1 ms to 1000 days.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum DwellConfig {
    /// Always the same.
    Fixed(Duration),
    /// Any time between two ends.
    Uniform([Duration; 2]),
    /// Memoryless, cut off at both ends.
    Exponential(ExponentialConfig),
    /// Skewed to the right, cut off at both ends.
    Lognormal(LognormalConfig),
}

/// Parameters of an exponential law.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExponentialConfig {
    /// Mean of the law before it is cut off.
    pub mean: Duration,
    /// Shortest duration; 1 ms by default.
    #[serde(default = "shortest")]
    pub min: Duration,
    /// Longest duration.
    pub max: Duration,
}

/// Parameters of a lognormal law.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LognormalConfig {
    /// Half of the durations are shorter, before the law is cut off.
    pub median: Duration,
    /// Standard deviation of the natural logarithm, above 0 and at most 5.
    pub sigma: f64,
    /// Shortest duration; 1 ms by default.
    #[serde(default = "shortest")]
    pub min: Duration,
    /// Longest duration.
    pub max: Duration,
}

fn shortest() -> Duration {
    Duration::of(1, Unit::Milliseconds)
}

impl Default for LifecycleConfig {
    /// Document 000: pending, after 10 to 30 s confirmed, after 15 to 45 s processing, after 20 to
    /// 60 s shipped.
    fn default() -> Self {
        let way = |from: &str, to: &str, seconds: [u32; 2]| TransitionConfig {
            from: from.to_owned(),
            to: to.to_owned(),
            weight: Weight::ONE,
            dwell: DwellConfig::Uniform(seconds.map(|count| Duration::of(count, Unit::Seconds))),
        };
        Self {
            states: ["pending", "confirmed", "processing", "shipped"].map(str::to_owned).into(),
            max_steps: None,
            transitions: vec![
                way("pending", "confirmed", [10, 30]),
                way("confirmed", "processing", [15, 45]),
                way("processing", "shipped", [20, 60]),
            ],
        }
    }
}

impl LifecycleConfig {
    /// The lifecycle stated at `key`.
    pub(crate) fn lift(&self, key: &str) -> Result<Lifecycle, ParamsError> {
        let mut plan = Plan::new(self.states.iter().map(String::as_str));
        plan.max_steps = self.max_steps;
        let weights = Weight::whole(self.transitions.iter().map(|way| way.weight));
        for (index, (way, weight)) in self.transitions.iter().zip(weights).enumerate() {
            let dwell = way.dwell.lift().map_err(|source| ParamsError::Dwell {
                key: format!("{key}.transitions[{index}].dwell"),
                source,
            })?;
            plan = plan.with(Transition::new(&way.from, &way.to, weight, dwell));
        }
        Lifecycle::new(&plan)
            .map_err(|source| ParamsError::Lifecycle { key: key.to_owned(), source })
    }
}

impl DwellConfig {
    fn lift(&self) -> Result<Dwell, DwellError> {
        match self {
            Self::Fixed(time) => Dwell::fixed(time.micros()),
            Self::Uniform([min, max]) => Dwell::uniform(min.micros(), max.micros()),
            Self::Exponential(law) => {
                Dwell::exponential(law.mean.micros(), law.min.micros(), law.max.micros())
            }
            Self::Lognormal(law) => {
                Dwell::lognormal(law.median.micros(), law.sigma, law.min.micros(), law.max.micros())
            }
        }
    }
}

/// The tagged form, from which the short ones are told apart by their type.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Tagged {
    Fixed(Duration),
    Uniform([Duration; 2]),
    Exponential(ExponentialConfig),
    Lognormal(LognormalConfig),
}

impl JsonSchema for DwellConfig {
    fn schema_name() -> Cow<'static, str> {
        "DwellConfig".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let duration = generator.subschema_for::<Duration>();
        json_schema!({
            "description": "A law of duration: a time, two of them, or one of fixed, uniform, exponential and lognormal.",
            "anyOf": [duration, <[Duration; 2]>::json_schema(generator), generator.subschema_for::<Tagged>()]
        })
    }
}

impl<'de> Deserialize<'de> for DwellConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(DwellForms)
    }
}

struct DwellForms;

impl<'de> Visitor<'de> for DwellForms {
    type Value = DwellConfig;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "a duration, a pair of durations, or one of fixed, uniform, exponential and lognormal",
        )
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<DwellConfig, E> {
        text.parse().map(DwellConfig::Fixed).map_err(E::custom)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, pair: A) -> Result<DwellConfig, A::Error> {
        Deserialize::deserialize(SeqAccessDeserializer::new(pair)).map(DwellConfig::Uniform)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<DwellConfig, A::Error> {
        Ok(match Tagged::deserialize(MapAccessDeserializer::new(map))? {
            Tagged::Fixed(time) => DwellConfig::Fixed(time),
            Tagged::Uniform(pair) => DwellConfig::Uniform(pair),
            Tagged::Exponential(law) => DwellConfig::Exponential(law),
            Tagged::Lognormal(law) => DwellConfig::Lognormal(law),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(dwell: &str) -> Result<DwellConfig, toml::de::Error> {
        let text =
            format!("states = []\ntransitions = [{{ from = 'a', to = 'b', dwell = {dwell} }}]");
        toml::from_str::<LifecycleConfig>(&text).map(|config| config.transitions[0].dwell.clone())
    }

    #[test]
    fn laws_have_short_and_long_forms() {
        let seconds = |count| Duration::of(count, Unit::Seconds);
        let uniform = DwellConfig::Uniform([seconds(10), seconds(30)]);
        assert_eq!(read("['10s', '30s']").unwrap(), uniform);
        assert_eq!(read("{ uniform = ['10s', '30s'] }").unwrap(), uniform);
        assert_eq!(read("'20s'").unwrap(), DwellConfig::Fixed(seconds(20)));
        assert_eq!(read("{ fixed = '20s' }").unwrap(), DwellConfig::Fixed(seconds(20)));
        let exponential =
            ExponentialConfig { mean: seconds(20), min: shortest(), max: seconds(300) };
        assert_eq!(
            read("{ exponential = { mean = '20s', max = '5m' } }").unwrap(),
            DwellConfig::Exponential(exponential)
        );
        assert!(
            read("{ lognormal = { median = '20s', sigma = 0.5, max = '5m' } }")
                .unwrap()
                .lift()
                .is_ok()
        );
    }

    #[test]
    fn what_is_shown_reads_back() {
        let mut config = LifecycleConfig::default();
        for dwell in [
            "'20s'",
            "{ exponential = { mean = '20s', max = '5m' } }",
            "{ lognormal = { median = '20s', sigma = 0.5, max = '5m' } }",
        ] {
            config.transitions[0].dwell = read(dwell).unwrap();
            let shown = toml::to_string(&config).unwrap();
            assert_eq!(toml::from_str::<LifecycleConfig>(&shown).unwrap(), config, "{shown}");
        }
    }

    #[test]
    fn refused_laws_say_what_is_possible() {
        let message = |dwell: &str| read(dwell).unwrap_err().message().to_owned();
        assert!(
            message("{ unifrom = ['1s', '2s'] }")
                .contains("unknown variant `unifrom`, expected one of")
        );
        assert!(message("7").contains("expected a duration, a pair of durations"));
        assert!(message("['1s']").contains("invalid length 1"));
        assert!(
            message("{ exponential = { mean = '1s', maks = '2s' } }")
                .contains("unknown field `maks`")
        );
    }
}
