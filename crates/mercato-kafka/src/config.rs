//! The connection to a cluster: addresses and properties, checked before anything connects.
//!
//! Any property of librdkafka passes through, and any Java name that means something here is translated.
//! What the user sets wins over every default of this crate; what he cannot set is refused with the reason.
//! Whether a property is right is asked of librdkafka itself, on a client that has no address to connect to.

mod java;
mod secret;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use rdkafka::ClientConfig;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::error::KafkaError;
use rdkafka::producer::BaseProducer;

pub use java::translate;
pub use secret::{REDACTED, SENSITIVE, is_sensitive};

/// Bytes of records that wait for the broker before a write blocks: 64 MiB, five seconds of 20,000 records of 640 bytes.
pub const DEFAULT_QUEUE_BYTES: u64 = 64 * 1024 * 1024;

/// One record waits for at least this many of the queue's bytes.
///
/// librdkafka counts keys and values only, and needs about 200 bytes more for each record;
/// bounding the number of records as well keeps the whole within twice the stated size.
const BYTES_PER_QUEUED_RECORD: u64 = 256;

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// librdkafka knows no such property, or not with this value.
    #[error("property {name}={value} is refused: {reason}")]
    Property {
        /// Name, as the user gave it.
        name: String,
        /// Value, as the user gave it; [`REDACTED`] when the property holds a secret.
        value: String,
        /// What librdkafka says.
        reason: String,
    },

    /// The property exists elsewhere but cannot be set here.
    #[error("property {name} cannot be set: {reason}")]
    Unsupported {
        /// Name, as the user gave it.
        name: String,
        /// Why not, and what to set instead.
        reason: String,
    },

    /// Each property is right alone, but not with the others, or a file they name cannot be used.
    #[error("the Kafka properties do not work together: {reason}")]
    Together {
        /// What librdkafka says.
        reason: String,
    },

    /// There is no address.
    #[error("no broker address: give one with -b HOST:PORT")]
    NoAddress,
}

/// Where a cluster is and how to talk to it.
///
/// `Debug` redacts secrets, so the value can be logged.
#[derive(Clone, PartialEq, Eq)]
pub struct KafkaConfig {
    /// Comma-separated `host:port` list; wins over a `bootstrap.servers` among the properties unless empty.
    pub bootstrap_servers: String,
    /// Name the brokers see in their logs and quotas; `mercato` by default.
    pub client_id: String,
    /// Properties under librdkafka's or Java's names; of two with the same meaning the later wins.
    pub properties: Vec<(String, String)>,
}

impl KafkaConfig {
    /// A plain connection to `bootstrap_servers`.
    pub fn new(bootstrap_servers: impl Into<String>) -> Self {
        Self { bootstrap_servers: bootstrap_servers.into(), client_id: "mercato".to_owned(), properties: Vec::new() }
    }

    /// The same with one more property.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.properties.push((name.into(), value.into()));
        self
    }

    /// The addresses that will be used.
    pub fn address(&self) -> Result<String, ConfigError> {
        let given = Some(self.bootstrap_servers.clone()).filter(|servers| !servers.trim().is_empty());
        let listed = || self.properties.iter().rev().find(|(name, _)| canonical(name) == "bootstrap.servers");
        given.or_else(|| listed().map(|(_, servers)| servers.clone())).ok_or(ConfigError::NoAddress)
    }

    /// Checks everything a producer needs, and adds the defaults of [`ProducerConfig`].
    pub fn producer(&self) -> Result<ProducerConfig, ConfigError> {
        let address = self.address()?;
        let mut properties = self.translated()?;
        refuse_what_a_sink_relies_on(&properties)?;
        let warnings = warnings(&properties);
        add_producer_defaults(&mut properties);
        let client = self.client_config(&properties);
        check_together(&client)?;
        let mut client = client;
        client.set("bootstrap.servers", &address);
        Ok(ProducerConfig { client, address, warnings })
    }

    /// What a client that only asks and reads needs.
    pub(crate) fn client(&self) -> Result<ClientConfig, ConfigError> {
        let address = self.address()?;
        let mut properties = self.translated()?;
        properties.retain(|name, _| !PRODUCER_ONLY.contains(&name.as_str()));
        add_connection_defaults(&mut properties);
        properties.insert("allow.auto.create.topics".to_owned(), "false".to_owned());
        let client = self.client_config(&properties);
        check_together(&client)?;
        let mut client = client;
        client.set("bootstrap.servers", &address);
        Ok(client)
    }

    /// The properties under librdkafka's canonical names, each accepted by it.
    fn translated(&self) -> Result<BTreeMap<String, String>, ConfigError> {
        let mut properties = BTreeMap::new();
        for (name, value) in &self.properties {
            let (known_name, known_value) = translate(name, value)?;
            check_alone(name, value, &known_name, &known_value)?;
            properties.insert(known_name.into_owned(), known_value.into_owned());
        }
        properties.remove("bootstrap.servers");
        Ok(properties)
    }

    fn client_config(&self, properties: &BTreeMap<String, String>) -> ClientConfig {
        let mut client = ClientConfig::new();
        client.set("client.id", &self.client_id);
        for (name, value) in properties {
            client.set(name, value);
        }
        let level = if properties.contains_key("debug") { RDKafkaLogLevel::Debug } else { RDKafkaLogLevel::Info };
        client.set_log_level(level);
        client
    }
}

impl fmt::Debug for KafkaConfig {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown: Vec<_> = self.properties.iter().map(|(name, value)| (name, secret::shown(name, value))).collect();
        formatter
            .debug_struct("KafkaConfig")
            .field("bootstrap_servers", &self.bootstrap_servers)
            .field("client_id", &self.client_id)
            .field("properties", &shown)
            .finish()
    }
}

/// A producer's configuration that librdkafka accepts.
///
/// Defaults, each given up for a value the user sets:
///
/// | property | value | why |
/// |---|---|---|
/// | `acks` | `all` | a record counts when it is safe |
/// | `enable.idempotence` | `true`, unless `acks`, `retries` or `max.in.flight` forbid it | retries neither double nor reorder |
/// | `message.timeout.ms` | `0`, no limit | an outage holds records back and drops none |
/// | `queue.buffering.max.kbytes` | 65536 | the memory bound; a full queue holds the generator back |
/// | `queue.buffering.max.messages` | four for each of those kilobytes | bounds librdkafka's own 200 bytes a record |
/// | `linger.ms` | 5 | librdkafka's own |
/// | `batch.size` | 1000000 | librdkafka's own; 16384, Java's, costs up to twice the CPU time |
/// | `reconnect.backoff.max.ms` | 2000 | a broker that is back is used within two seconds |
/// | `socket.keepalive.enable` | `true` | a dead peer is noticed |
/// | `ssl.ca.location` | `probe` on TLS | the built-in OpenSSL knows no system folder |
#[derive(Clone)]
pub struct ProducerConfig {
    pub(crate) client: ClientConfig,
    address: String,
    warnings: Vec<String>,
}

impl ProducerConfig {
    /// The addresses that will be used.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// What the user's properties give up, one sentence each; worth a line on stderr.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// A property's value after defaults, under librdkafka's name; [`REDACTED`] when it holds a secret.
    pub fn property(&self, name: &str) -> Option<Cow<'_, str>> {
        self.client.get(name).map(|value| secret::shown(name, value))
    }
}

impl fmt::Debug for ProducerConfig {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // librdkafka's own wrapper redacts five properties and lets the others through.
        let names: Vec<_> = self.client.config_map().into_keys().map(|name| (name, self.property(name))).collect();
        formatter.debug_struct("ProducerConfig").field("properties", &names).finish_non_exhaustive()
    }
}

/// Properties that only a producer has: other clients would warn about each.
const PRODUCER_ONLY: [&str; 15] = [
    "acks",
    "batch.num.messages",
    "batch.size",
    "compression.level",
    "compression.type",
    "enable.gapless.guarantee",
    "enable.idempotence",
    "linger.ms",
    "message.timeout.ms",
    "queue.buffering.max.kbytes",
    "queue.buffering.max.messages",
    "request.timeout.ms",
    "retries",
    "transaction.timeout.ms",
    "transactional.id",
];

fn canonical(name: &str) -> Cow<'_, str> {
    translate(name, "").map_or(Cow::Borrowed(name), |(known, _)| known)
}

fn refuse_what_a_sink_relies_on(properties: &BTreeMap<String, String>) -> Result<(), ConfigError> {
    const RESERVED: [(&str, &str); 3] = [
        ("transactional.id", "this producer opens no transactions"),
        ("delivery.report.only.error", "every delivery report is counted, so none may be left out"),
        ("partitioner", "keys are placed by murmur2, as Java clients place them, whatever this says"),
    ];
    let set = RESERVED.iter().find(|(name, _)| properties.contains_key(*name));
    set.map_or(Ok(()), |(name, reason)| {
        Err(ConfigError::Unsupported { name: (*name).to_owned(), reason: (*reason).to_owned() })
    })
}

fn warnings(properties: &BTreeMap<String, String>) -> Vec<String> {
    let set = |name: &str| properties.get(name).map(String::as_str);
    let mut warnings = Vec::new();
    if let Some(timeout) = set("message.timeout.ms").filter(|timeout| *timeout != "0") {
        warnings.push(format!(
            "message.timeout.ms={timeout}: a record is given up after so many milliseconds without a broker"
        ));
    }
    if let Some(retries) = set("retries").filter(|retries| retries.parse().is_ok_and(|count: u64| count < 1000)) {
        warnings.push(format!("retries={retries}: a record is given up after so many failed attempts"));
    }
    if !idempotence_is_possible(properties) && set("enable.idempotence") != Some("true") {
        warnings.push(
            "enable.idempotence is off because acks, retries or max.in.flight forbid it: a retry may double or reorder records"
                .to_owned(),
        );
    }
    warnings
}

/// Whether librdkafka would accept `enable.idempotence` beside what the user set.
fn idempotence_is_possible(properties: &BTreeMap<String, String>) -> bool {
    let number = |name: &str| properties.get(name).and_then(|value| value.parse::<i64>().ok());
    let all_acks = properties.get("acks").is_none_or(|acks| matches!(acks.as_str(), "all" | "-1"));
    let in_flight = number("max.in.flight.requests.per.connection").is_none_or(|requests| requests <= 5);
    let retries = number("retries").is_none_or(|retries| retries > 0);
    let fifo = properties.get("queuing.strategy").is_none_or(|strategy| strategy == "fifo");
    all_acks && in_flight && retries && fifo
}

fn add_connection_defaults(properties: &mut BTreeMap<String, String>) {
    let mut default = |name: &str, value: &str| {
        properties.entry(name.to_owned()).or_insert_with(|| value.to_owned());
    };
    default("reconnect.backoff.max.ms", "2000");
    default("socket.keepalive.enable", "true");
    let encrypted = properties.get("security.protocol").is_some_and(|name| name.to_ascii_lowercase().ends_with("ssl"));
    if encrypted && !properties.contains_key("ssl.ca.location") && !properties.contains_key("ssl.ca.pem") {
        properties.insert("ssl.ca.location".to_owned(), "probe".to_owned());
    }
}

fn add_producer_defaults(properties: &mut BTreeMap<String, String>) {
    add_connection_defaults(properties);
    let idempotence = idempotence_is_possible(properties).to_string();
    let set_kbytes = properties.get("queue.buffering.max.kbytes").and_then(|kbytes| kbytes.parse().ok());
    let kbytes: u64 = set_kbytes.unwrap_or(DEFAULT_QUEUE_BYTES / 1024);
    let records = (kbytes * 1024 / BYTES_PER_QUEUED_RECORD).min(i32::MAX as u64);
    let mut default = |name: &str, value: &str| {
        properties.entry(name.to_owned()).or_insert_with(|| value.to_owned());
    };
    default("acks", "all");
    default("enable.idempotence", &idempotence);
    default("message.timeout.ms", "0");
    default("queue.buffering.max.kbytes", &kbytes.to_string());
    default("queue.buffering.max.messages", &records.to_string());
    default("linger.ms", "5");
    default("batch.size", "1000000");
}

/// Asks librdkafka about one property.
fn check_alone(name: &str, value: &str, known_name: &str, known_value: &str) -> Result<(), ConfigError> {
    let mut client = ClientConfig::new();
    client.set(known_name, known_value);
    let said = match client.create_native_config() {
        Ok(_) => return Ok(()),
        Err(KafkaError::ClientConfig(_, reason, ..)) => reason,
        Err(error) => error.to_string(),
    };
    let reason = secret::redacted(&said, &[(known_name, known_value)]);
    Err(ConfigError::Property { name: name.to_owned(), value: secret::shown(name, value).into_owned(), reason })
}

/// Asks librdkafka about all properties, through a client without an address, which therefore connects nowhere.
fn check_together(client: &ClientConfig) -> Result<(), ConfigError> {
    let said = match client.create::<BaseProducer>() {
        Ok(_) => return Ok(()),
        Err(KafkaError::ClientCreation(reason)) => reason,
        Err(KafkaError::ClientConfig(_, reason, name, _)) => format!("{name}: {reason}"),
        Err(error) => error.to_string(),
    };
    let names = client.config_map().into_keys();
    let pairs: Vec<_> = names.filter_map(|name| client.get(name).map(|value| (name, value))).collect();
    Err(ConfigError::Together { reason: secret::redacted(&said, &pairs) })
}

#[cfg(test)]
mod tests;
