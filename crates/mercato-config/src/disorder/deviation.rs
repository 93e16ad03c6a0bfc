//! A kind of deviation: how many records deviate, and by how much.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use mercato_units::{Duration, Share, Unit, ValueError};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::suggest::hint;

/// The shortest time by which a record deviates.
const SHORTEST: Duration = Duration::of(1, Unit::Milliseconds);
/// The longest; what is late is kept until then, and a resumed run goes back as far.
const LONGEST: Duration = Duration::of(100, Unit::Days);

const KIND: &str = "deviation";
const EXPECTED: &str = "expected a share, and as far as needed the longest time, a law and its \
                        mean: 1%, 1%:30s, or 1%:30s:exponential:5s";

/// The law of the times by which records deviate, up to a longest one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeviationLaw {
    /// Every time as likely as another.
    Uniform,
    /// Exponential with this mean, given that the time is no longer than the longest.
    Exponential(Duration),
    /// Lognormal with this mean and a logarithm whose standard deviation is 1, given the same.
    Lognormal(Duration),
}

/// A kind of deviation: the share of records that deviate, and by how much.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deviation {
    /// Share of the records.
    pub share: Share,
    /// The longest time by which one deviates, and the law of the times; none: by no time.
    pub time: Option<(Duration, DeviationLaw)>,
}

/// A deviation as a table of a file.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Table {
    /// Share of the records.
    share: Share,
    /// The longest time by which one deviates, from 1ms to 100d.
    max: Option<Duration>,
    /// The law of the times; uniform by default.
    distribution: Option<Distribution>,
    /// Mean of an exponential or lognormal law before it is cut off at the longest time.
    mean: Option<Duration>,
}

/// The name of a law.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Distribution {
    Uniform,
    Exponential,
    Lognormal,
}

impl Deviation {
    /// A share of records that deviate by no time.
    pub fn of(share: Share) -> Self {
        Self { share, time: None }
    }

    fn new(table: Table) -> Result<Self, String> {
        let Table { share, max, distribution, mean } = table;
        let distribution = distribution.unwrap_or(Distribution::Uniform);
        let Some(max) = max else {
            if distribution != Distribution::Uniform || mean.is_some() {
                return Err("a law of times needs a longest time, such as 30s".to_owned());
            }
            return Ok(Self::of(share));
        };
        for time in [Some(max), mean].into_iter().flatten() {
            if time < SHORTEST || time > LONGEST {
                let error =
                    ValueError::out_of_range("duration", time.to_string(), SHORTEST, LONGEST);
                return Err(error.to_string());
            }
        }
        let law = match (distribution, mean) {
            (Distribution::Uniform, None) => DeviationLaw::Uniform,
            (Distribution::Exponential, Some(mean)) => DeviationLaw::Exponential(mean),
            (Distribution::Lognormal, Some(mean)) => DeviationLaw::Lognormal(mean),
            (Distribution::Uniform, Some(_)) => {
                return Err("a uniform law has no mean of its own: omit the mean".to_owned());
            }
            (Distribution::Exponential | Distribution::Lognormal, None) => {
                return Err("the law needs a mean, such as 5s".to_owned());
            }
        };
        Ok(Self { share, time: Some((max, law)) })
    }

    /// The same if it has a longest time.
    pub(super) fn with_bound(self) -> Result<Self, String> {
        if self.time.is_none() && self.share > Share::default() {
            return Err(format!(
                "a share of {} without a longest time: nothing would bound it; write {}:30s",
                self.share, self.share
            ));
        }
        Ok(self)
    }
}

impl FromStr for Distribution {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "uniform" => Ok(Self::Uniform),
            "exponential" => Ok(Self::Exponential),
            "lognormal" => Ok(Self::Lognormal),
            _ => {
                let known = ["uniform", "exponential", "lognormal"];
                Err(format!("unknown distribution `{text}`; {}", hint(text, &known)))
            }
        }
    }
}

impl FromStr for Deviation {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let said = |error: ValueError| error.to_string();
        let mut parts = text.split(':').map(str::trim);
        let share = parts.next().unwrap_or_default().parse().map_err(said)?;
        let max = parts.next().map(str::parse).transpose().map_err(said)?;
        let distribution = parts.next().map(str::parse).transpose()?;
        let mean = parts.next().map(str::parse).transpose().map_err(said)?;
        if parts.next().is_some() {
            return Err(ValueError::invalid(KIND, text, EXPECTED).to_string());
        }
        Self::new(Table { share, max, distribution, mean })
    }
}

impl fmt::Display for Deviation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.share.fmt(f)?;
        let Some((max, law)) = self.time else { return Ok(()) };
        write!(f, ":{max}")?;
        match law {
            DeviationLaw::Uniform => Ok(()),
            DeviationLaw::Exponential(mean) => write!(f, ":exponential:{mean}"),
            DeviationLaw::Lognormal(mean) => write!(f, ":lognormal:{mean}"),
        }
    }
}

impl Serialize for Deviation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Deviation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextOrTable)
    }
}

/// Reads a deviation from its text, a bare share, or a table.
struct TextOrTable;

impl<'de> Visitor<'de> for TextOrTable {
    type Value = Deviation;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "a share such as \"1%:30s\", or a table such as { share = \"1%\", max = \"30s\" }",
        )
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Deviation, E> {
        text.parse().map_err(E::custom)
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Deviation, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Deviation, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Deviation, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_map<A: MapAccess<'de>>(self, table: A) -> Result<Deviation, A::Error> {
        let table = Table::deserialize(MapAccessDeserializer::new(table))?;
        Deviation::new(table).map_err(A::Error::custom)
    }
}

/// Reads a deviation that must have a longest time.
pub(super) fn bounded<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Deviation>, D::Error> {
    Deviation::deserialize(deserializer)?.with_bound().map(Some).map_err(D::Error::custom)
}

impl JsonSchema for Deviation {
    fn schema_name() -> Cow<'static, str> {
        "Deviation".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "SHARE, SHARE:MAX or SHARE:MAX:DISTRIBUTION:MEAN, such as 1%:30s:exponential:5s, or a table.",
            "anyOf": [
                { "type": ["string", "number"], "minimum": 0, "maximum": 1 },
                generator.subschema_for::<Table>(),
            ],
        })
    }
}
