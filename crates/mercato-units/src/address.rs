//! Names of Kafka's: lists of brokers, and topics.

use std::fmt;
use std::str::FromStr;

use crate::ValueError;

const BROKERS: &str = "list of brokers";

/// A comma-separated list of brokers, each `host`, `host:port` or `[v6]:port`, with or without
/// `PROTOCOL://`; nobody's name or password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brokers(String);

impl Brokers {
    /// The address of `--kafka` alone: the local broker.
    pub const LOCAL: &str = "localhost:9092";

    /// The list as it is given to the client.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The local broker, `localhost:9092`.
    pub fn local() -> Self {
        Self(Self::LOCAL.to_owned())
    }

    /// Why a list is refused that holds a user's name or a password, which Kafka takes as
    /// properties; not shown in it.
    fn refuse_user_info(text: &str) -> Option<ValueError> {
        let allowed = "expected HOST:PORT without user and password; set sasl.username and sasl.password in a file \
                       for --command-config or in the environment";
        text.contains('@').then(|| ValueError::invalid(BROKERS, "[redacted]", allowed))
    }
}

impl FromStr for Brokers {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        if let Some(refused) = Self::refuse_user_info(text) {
            return Err(refused);
        }
        let entries: Vec<&str> = text.split(',').map(str::trim).collect();
        if entries.iter().all(|entry| is_broker(entry)) {
            return Ok(Self(entries.join(",")));
        }
        let expected = "expected HOST:PORT[,HOST:PORT...] with ports from 1 to 65535";
        Err(ValueError::invalid(BROKERS, text, expected))
    }
}

fn is_broker(entry: &str) -> bool {
    let address = entry.split_once("://").map_or(entry, |(_, address)| address);
    let (host, port) = match address.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, "")) => (host, None),
        Some((host, rest)) => match rest.strip_prefix(':') {
            Some(port) => (host, Some(port)),
            None => return false,
        },
        None => address.rsplit_once(':').map_or((address, None), |(host, port)| (host, Some(port))),
    };
    let named =
        !host.is_empty() && !host.contains(|next: char| next.is_whitespace() || next == '/');
    named && port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0))
}

impl fmt::Display for Brokers {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// A topic's name: 1 to 249 letters, digits, dots, underscores and hyphens, as Kafka's brokers
/// allow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topic(String);

impl Topic {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Topic {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let expected = "expected 1 to 249 letters, digits, dots, underscores and hyphens, but neither . nor ..";
        let legal = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
        let named = (1..=249).contains(&text.len())
            && text.bytes().all(legal)
            && !matches!(text, "." | "..");
        if named {
            Ok(Self(text.to_owned()))
        } else {
            Err(ValueError::invalid("topic", text, expected))
        }
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::refuses;

    #[test]
    fn brokers_have_a_host_and_perhaps_a_port() {
        for text in [
            "localhost:9092",
            "a:1,b:65535",
            "host",
            "[::1]:9092",
            "[::1]",
            "SASL_SSL://pkc-1.example.com:9092",
        ] {
            assert_eq!(text.parse::<Brokers>().unwrap().as_str(), text);
        }
        assert_eq!("a:1, b:2".parse::<Brokers>().unwrap().as_str(), "a:1,b:2");
        for text in ["", "a:1,", "a:0", "a:70000", "a:"] {
            refuses::<Brokers>(&[(
                text,
                "expected HOST:PORT[,HOST:PORT...] with ports from 1 to 65535",
            )]);
        }
        let secret = "me:hunter2@host:9092".parse::<Brokers>().unwrap_err().to_string();
        assert!(secret.contains("'[redacted]'") && !secret.contains("hunter2"), "{secret}");
    }

    #[test]
    fn topics_have_kafka_s_letters() {
        assert_eq!("ecommerce-sales".parse::<Topic>().unwrap().as_str(), "ecommerce-sales");
        refuses::<Topic>(&[("", "249"), ("a b", "249"), ("..", "249"), ("käse", "249")]);
    }
}
