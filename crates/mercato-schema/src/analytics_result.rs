//! The analytics result of document 004: a metric of the records of one window.
//!
//! The document names the topic, its key and its rate but shows no record, so the fields are ours.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::record::record;

record! {
    /// One metric of one tumbling window.
    #[derive(Debug, Clone, PartialEq, Eq)]
    #[record(topic = "analytics-results", key = "metric_type")]
    pub struct AnalyticsResult<'a> {
        /// Id of the result, unique in a run: `res_`, the length of the window and at least nine
        /// digits, such as `res_1m_000000123`.
        result_id: identifier,
        /// Metric, such as `revenue`.
        metric_type: text,
        /// Length of the window: `1m` or `1h`.
        window: text,
        /// Start of the window, inclusive, in UTC with milliseconds.
        window_start: millis,
        /// End of the window, exclusive, in UTC with milliseconds.
        window_end: millis,
        /// Time of the result, the last millisecond of the window, in UTC.
        timestamp: millis,
        /// Metric over all records, with at most four decimals; `null` if it is a mean or share of
        /// nothing.
        value: optional measure,
        /// Metric of each category; empty if the records have no category.
        by_category: map of measure,
        /// Metric of each region; empty if the records have no region.
        by_region: map of measure,
        /// Metric of each type of device; empty if the records have no device.
        by_device: map of measure,
    }
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
const SCALE: i64 = 10_i64.pow(Measure::DECIMALS as u32);

impl Measure {
    /// The largest number of decimals.
    pub const DECIMALS: u8 = 4;
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
/// Values for which the metric is a mean or share of nothing are left out.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Breakdown<'a>(#[serde(with = "crate::entries")] pub Vec<(Cow<'a, str>, Measure)>);

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
