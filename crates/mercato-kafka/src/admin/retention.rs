//! The retention of a topic, and whether it suffices for history.

use std::fmt;

use super::TopicSetting;

/// The retention of a topic, measured from a record's own time.
///
/// ```
/// use mercato_kafka::admin::{Retention, TopicSetting};
///
/// let week = TopicSetting { name: "retention.ms".into(), value: "604800000".into(), set_here: true };
/// let retention = Retention::of(&[week]);
/// assert_eq!(retention.to_string(), "keeps records 7d");
/// assert!(retention.deletes(8 * 86_400_000));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// True if age counts at all.
    by_age: bool,
    compacted: bool,
    /// Negative for ever.
    millis: i64,
}

impl Retention {
    /// Derives the retention from a topic's settings, with Kafka's defaults for missing ones, and
    /// no age limit.
    pub fn of(settings: &[TopicSetting]) -> Self {
        let setting = |name: &str| settings.iter().find(|setting| setting.name == name);
        let policy = setting("cleanup.policy").map_or("delete", |setting| setting.value.as_str());
        let millis =
            setting("retention.ms").and_then(|setting| setting.value.parse().ok()).unwrap_or(-1);
        Self { by_age: policy.contains("delete"), compacted: policy.contains("compact"), millis }
    }

    /// Returns whether a record of this age, in milliseconds, may be deleted as soon as it is
    /// written.
    pub fn deletes(&self, age_millis: i64) -> bool {
        self.by_age && self.millis >= 0 && age_millis > self.millis
    }
}

/// `keeps records 7d`, `keeps records forever`, the same after `compacted, `.
impl fmt::Display for Retention {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.compacted {
            formatter.write_str("compacted, ")?;
        }
        match self.millis {
            millis if self.by_age && millis >= 0 => {
                write!(formatter, "keeps records {}", span(millis))
            }
            _ => formatter.write_str("keeps records forever"),
        }
    }
}

/// Milliseconds in the largest unit that leaves no rest, such as `7d` or `90s`.
pub fn span(millis: i64) -> String {
    const UNITS: [(i64, &str); 4] =
        [(86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1000, "s")];
    let fits = |(size, _): &&(i64, &str)| millis >= *size && millis % size == 0;
    UNITS
        .iter()
        .find(fits)
        .map_or_else(|| format!("{millis} ms"), |(size, unit)| format!("{}{unit}", millis / size))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn retention(policy: &str, millis: &str) -> Retention {
        let setting = |name: &str, value: &str| TopicSetting {
            name: name.into(),
            value: value.into(),
            set_here: true,
        };
        Retention::of(&[setting("cleanup.policy", policy), setting("retention.ms", millis)])
    }

    #[test]
    fn only_a_policy_that_deletes_by_age_deletes_history() {
        const DAY: i64 = 86_400_000;
        assert!(retention("delete", "604800000").deletes(8 * DAY));
        assert!(!retention("delete", "604800000").deletes(6 * DAY));
        assert!(!retention("delete", "-1").deletes(8 * DAY));
        assert!(!retention("compact", "604800000").deletes(8 * DAY));
        assert!(retention("compact,delete", "604800000").deletes(8 * DAY));
        assert_eq!(
            retention("compact,delete", "90000").to_string(),
            "compacted, keeps records 90s"
        );
        assert_eq!(retention("compact", "90000").to_string(), "compacted, keeps records forever");
    }
}
