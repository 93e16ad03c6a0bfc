//! The analytics result of document 004: what the records of a window come to.
//!
//! The document names the topic, its key and its rate and shows no record, so the fields are this
//! house's.

use std::borrow::Cow;
use std::fmt;

use serde::de::{self, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::table::{Column, ColumnKind};
use crate::{Timestamp, timestamp};

/// One metric of one window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnalyticsResult<'a> {
    /// `res_`, the window's length and nine digits or more, as in `res_1m_000000123`; unique in a
    /// run.
    #[serde(borrow)]
    pub result_id: Cow<'a, str>,
    /// The metric, such as `revenue`. The Kafka key.
    #[serde(borrow)]
    pub metric_type: Cow<'a, str>,
    /// The window's length: `1m` or `1h`.
    #[serde(borrow)]
    pub window: Cow<'a, str>,
    /// The window's first moment.
    #[serde(with = "timestamp::millis")]
    pub window_start: Timestamp,
    /// The first moment behind the window.
    #[serde(with = "timestamp::millis")]
    pub window_end: Timestamp,
    /// When the window was over: its last millisecond.
    #[serde(with = "timestamp::millis")]
    pub timestamp: Timestamp,
    /// The metric of all records; `null` where it is a mean or a share of nothing.
    pub value: Option<Measure>,
    /// The metric of each category; empty where the records have none.
    #[serde(borrow)]
    pub by_category: Breakdown<'a>,
    /// The metric of each region; empty where the records have none.
    #[serde(borrow)]
    pub by_region: Breakdown<'a>,
    /// The metric of each kind of device; empty where the records have none.
    #[serde(borrow)]
    pub by_device: Breakdown<'a>,
}

impl AnalyticsResult<'_> {
    /// The documented topic.
    pub const TOPIC: &'static str = "analytics-results";
    /// The field that is the Kafka key.
    pub const KEY: &'static str = "metric_type";
    /// What its fields hold.
    pub const TABLE: [Column; 10] = [
        Column::new("result_id", ColumnKind::Identifier),
        Column::new("metric_type", ColumnKind::Text),
        Column::new("window", ColumnKind::Text),
        Column::new("window_start", ColumnKind::Millis),
        Column::new("window_end", ColumnKind::Millis),
        Column::new("timestamp", ColumnKind::Millis),
        Column::nullable("value", ColumnKind::Number(4)),
        Column::new("by_category", ColumnKind::Map(&ColumnKind::Number(4))),
        Column::new("by_region", ColumnKind::Map(&ColumnKind::Number(4))),
        Column::new("by_device", ColumnKind::Map(&ColumnKind::Number(4))),
    ];
    /// The columns of a CSV file; each breakdown is one, with the JSON object as its text.
    pub const COLUMNS: [&'static str; 10] = [
        "result_id",
        "metric_type",
        "window",
        "window_start",
        "window_end",
        "timestamp",
        "value",
        "by_category",
        "by_region",
        "by_device",
    ];
}

/// The value of a metric: a number with at most four decimals.
///
/// As JSON it always has at least one: `57.0`, `129.95`, `0.1234`.
///
/// ```
/// use mercato_schema::Measure;
///
/// let value = Measure::from_units(1_299_500);
/// assert_eq!(serde_json::to_string(&value)?, "129.95");
/// assert_eq!(serde_json::from_str::<Measure>("129.95")?, value);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Measure(i64);

/// Units of one.
const SCALE: i64 = 10_000;

impl Measure {
    /// The largest magnitude of which every number of units has a double of its own.
    pub const MAX_UNITS: i64 = 999_999_999_999_999;

    /// The number of so many ten-thousandths, cut to the nearest that is possible.
    pub const fn from_units(units: i64) -> Self {
        Self(if units < -Self::MAX_UNITS {
            -Self::MAX_UNITS
        } else if units > Self::MAX_UNITS {
            Self::MAX_UNITS
        } else {
            units
        })
    }

    /// The number in ten-thousandths.
    pub const fn units(self) -> i64 {
        self.0
    }

    fn number(self) -> f64 {
        self.0 as f64 / SCALE as f64
    }

    fn from_number(value: f64) -> Option<Self> {
        let units = (value * SCALE as f64).round();
        let measure = Self(units as i64);
        // Division rounds correctly, so equality says that no other number of units has this
        // double.
        #[expect(
            clippy::float_cmp,
            reason = "the nearest double of a number is one double, not an interval"
        )]
        (units.abs() <= Self::MAX_UNITS as f64 && measure.number() == value).then_some(measure)
    }
}

impl Serialize for Measure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.number())
    }
}

impl<'de> Deserialize<'de> for Measure {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = f64::deserialize(deserializer)?;
        let expected = &"a number with at most four decimals, such as 129.95";
        Self::from_number(value)
            .ok_or_else(|| de::Error::invalid_value(de::Unexpected::Float(value), expected))
    }
}

/// A metric by the values of one dimension, in a fixed order; as JSON an object.
///
/// Values of which the metric is a mean or a share of nothing are left out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Breakdown<'a>(pub Vec<(Cow<'a, str>, Measure)>);

impl Serialize for Breakdown<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Breakdown<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = Breakdown<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of numbers")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Breakdown<'de>, A::Error> {
                let mut members = Vec::new();
                while let Some((name, value)) = map.next_entry::<String, _>()? {
                    members.push((name.into(), value));
                }
                Ok(Breakdown(members))
            }
        }

        deserializer.deserialize_map(Members)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn measures_read_back(units in -Measure::MAX_UNITS..=Measure::MAX_UNITS, scale in 0u32..50) {
            let measure = Measure::from_units(units >> scale);
            let json = serde_json::to_string(&measure).unwrap();
            prop_assert_eq!(serde_json::from_str::<Measure>(&json).unwrap(), measure, "{}", json);
        }
    }

    #[test]
    fn a_result_reads_back() {
        let json = r#"{"result_id":"res_1h_000000020","metric_type":"average_order_value","window":"1h","window_start":"2026-01-01T00:00:00.000Z","window_end":"2026-01-01T01:00:00.000Z","timestamp":"2026-01-01T00:59:59.999Z","value":84.19,"by_category":{},"by_region":{"Europe":84.19,"a \"b\"":-0.5},"by_device":{"tablet":0.0}}"#;
        let result: AnalyticsResult<'_> = serde_json::from_str(json).unwrap();
        assert_eq!(result.by_region.0[1], ("a \"b\"".into(), Measure::from_units(-5_000)));
        assert_eq!(serde_json::to_string(&result).unwrap(), json);
        for wrong in ["0.12345", "\"1\"", "1e15", "null"] {
            assert!(serde_json::from_str::<Measure>(wrong).is_err(), "{wrong}");
        }
    }
}
