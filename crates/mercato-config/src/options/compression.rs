//! Compression of the topics that records are sent to.

use std::collections::BTreeMap;
use std::str::FromStr;

use crate::names::KafkaCompression;
use crate::{ConfigError, did_you_mean};

/// What `--compression` says of one topic, or of all that it does not name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopicCompression {
    topic: Option<String>,
    compression: KafkaCompression,
}

impl FromStr for TopicCompression {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (topic, name) = match text.split_once('=') {
            Some(("", _)) => return Err("the topic before = is empty".to_owned()),
            Some((topic, name)) => (Some(topic.to_owned()), name),
            None => (None, text),
        };
        let compression = name.parse().map_err(|error| format!("{error}, or TOPIC=NAME"))?;
        Ok(Self { topic, compression })
    }
}

/// The compression of topics by files and flags.
#[derive(Debug, Clone, Default)]
pub struct TopicCompressions {
    of_files: BTreeMap<String, KafkaCompression>,
    flags: Vec<TopicCompression>,
}

impl TopicCompressions {
    /// Fails where flags name a topic twice.
    pub(super) fn new(
        of_files: BTreeMap<String, KafkaCompression>,
        flags: &[TopicCompression],
    ) -> Result<Self, ConfigError> {
        let twice = |(index, flag): &(usize, &TopicCompression)| {
            flags[..*index].iter().any(|first| first.topic == flag.topic)
        };
        if let Some((_, flag)) = flags.iter().enumerate().find(twice) {
            let what = flag.topic.as_ref().map_or_else(
                || "a compression for all topics".to_owned(),
                |topic| format!("topic `{topic}`"),
            );
            let reason = format!("--compression: {what} is given twice: keep one of them");
            return Err(ConfigError::Usage { reason });
        }
        Ok(Self { of_files, flags: flags.to_vec() })
    }

    /// The compression of each of `topics`; `None` where it is that of the client.
    ///
    /// A topic's own comes before one for all topics, and a flag before a file.
    /// Fails where a flag names another topic; a file may, for it serves other programs too.
    pub fn of(&self, topics: &[String]) -> Result<Vec<Option<KafkaCompression>>, ConfigError> {
        let named = self.flags.iter().filter_map(|flag| flag.topic.as_ref());
        if let Some(unknown) = named.into_iter().find(|topic| !topics.contains(topic)) {
            let known: Vec<&str> = topics.iter().map(String::as_str).collect();
            let hint = did_you_mean(unknown, &known);
            let reason =
                format!("--compression: this run sends nothing to topic `{unknown}`; {hint}");
            return Err(ConfigError::Usage { reason });
        }
        let flag = |topic: Option<&String>| {
            let flag = self.flags.iter().find(|flag| flag.topic.as_ref() == topic);
            flag.map(|flag| flag.compression)
        };
        let of = |topic: &String| {
            flag(Some(topic)).or_else(|| self.of_files.get(topic).copied()).or_else(|| flag(None))
        };
        Ok(topics.iter().map(of).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compressions(flags: &[&str]) -> Result<TopicCompressions, String> {
        let of_files = [("users".to_owned(), KafkaCompression::Lz4)].into();
        let flags: Result<Vec<_>, _> = flags.iter().map(|text| text.parse()).collect();
        TopicCompressions::new(of_files, &flags?).map_err(|error| error.to_string())
    }

    fn of(flags: &[&str]) -> Result<Vec<Option<&'static str>>, String> {
        let topics = ["sales", "users"].map(str::to_owned);
        let found = compressions(flags)?.of(&topics).map_err(|error| error.to_string())?;
        Ok(found.into_iter().map(|found| found.map(KafkaCompression::name)).collect())
    }

    #[test]
    fn a_topic_of_its_own_wins_over_all_and_a_flag_over_a_file() {
        for (flags, expected) in [
            (&[][..], [None, Some("lz4")]),
            (&["zstd"], [Some("zstd"), Some("lz4")]),
            (&["zstd", "users=none"], [Some("zstd"), Some("none")]),
            (&["sales=gz"], [Some("gzip"), Some("lz4")]),
        ] {
            assert_eq!(of(flags).unwrap(), expected, "{flags:?}");
        }
    }

    #[test]
    fn what_makes_no_sense_is_refused_by_name() {
        for (flags, word) in [
            (&["=zstd"][..], "is empty"),
            (&["brotli"], "none, gzip, snappy, lz4 or zstd"),
            (&["sales=brotli"], "'brotli'"),
            (&["sales=gzip", "sales=lz4"], "`sales` is given twice"),
            (&["gzip", "lz4"], "all topics is given twice"),
            (&["sale=gzip"], "did you mean `sales`?"),
        ] {
            let error = of(flags).unwrap_err();
            assert!(error.contains(word), "{flags:?}: {error}");
        }
    }
}
