//! The connection to a cluster: addresses and properties, checked before anything connects.
//!
//! Any property of librdkafka passes through, and any Java name that means something here is
//! translated.
//! User settings override every default of this crate; settings that users cannot change are
//! refused with the reason.
//! Properties are validated by librdkafka itself, on a client that has no address to
//! connect to.

mod certificates;
mod check;
mod defaults;
mod error;
mod jaas;
mod java;
mod python;
mod secret;
mod stores;
mod verification;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use rdkafka::ClientConfig;
use rdkafka::config::RDKafkaLogLevel;

use check::{check_alone, check_together};
pub use defaults::{DEFAULT_BATCH_BYTES, DEFAULT_QUEUE_BYTES};
use defaults::{
    PRODUCER_ONLY, add_connection_defaults, add_producer_defaults, check_reserved, warnings,
};
pub use error::ConfigError;
pub use java::translate;
pub use verification::{INSECURE_FLAG, INSECURE_WARNING};

/// The addresses and client properties of a cluster.
///
/// `Debug` redacts secrets, so the value can be logged.
#[derive(Clone, PartialEq, Eq)]
pub struct KafkaConfig {
    /// Comma-separated `host:port` list; wins over a `bootstrap.servers` among the properties
    /// unless empty.
    pub bootstrap_servers: String,
    /// Name the brokers see in their logs and quotas; `mercato` by default.
    pub client_id: String,
    /// Properties under librdkafka's or Java's names; of two with the same meaning the later wins.
    pub properties: Vec<(String, String)>,
    /// True if brokers need not prove who they are; no property can say so, because it must be said
    /// loudly.
    pub insecure_skip_tls_verification: bool,
}

impl KafkaConfig {
    /// A plain connection to `bootstrap_servers`.
    pub fn new(bootstrap_servers: impl Into<String>) -> Self {
        Self {
            bootstrap_servers: bootstrap_servers.into(),
            client_id: "mercato".to_owned(),
            properties: Vec::new(),
            insecure_skip_tls_verification: false,
        }
    }

    /// The same with one more property.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.properties.push((name.into(), value.into()));
        self
    }

    /// The addresses that will be used.
    pub fn address(&self) -> Result<String, ConfigError> {
        let given =
            Some(self.bootstrap_servers.clone()).filter(|servers| !servers.trim().is_empty());
        let listed = || {
            self.properties.iter().rev().find(|(name, _)| canonical(name) == "bootstrap.servers")
        };
        given.or_else(|| listed().map(|(_, servers)| servers.clone())).ok_or(ConfigError::NoAddress)
    }

    /// Checks everything a producer needs, and adds the defaults of [`ProducerConfig`].
    pub fn producer(&self) -> Result<ProducerConfig, ConfigError> {
        let address = self.address()?;
        let (mut properties, left_out) = self.translated()?;
        check_reserved(&properties)?;
        let mut warnings = warnings(&properties, self.insecure_skip_tls_verification);
        warnings.extend(left_out);
        add_producer_defaults(&mut properties);
        let client = self.client_config(&properties);
        check_together(&client)?;
        let mut client = client;
        client.set("bootstrap.servers", &address);
        Ok(ProducerConfig { client, address, warnings })
    }

    /// The same for a producer with transactions under this id, which must be idempotent.
    pub(crate) fn transactional(&self, id: &str) -> Result<ProducerConfig, ConfigError> {
        let mut config = self.producer()?;
        if config.client.get("enable.idempotence") != Some("true") {
            return Err(ConfigError::Unsupported {
                name: "enable.idempotence".to_owned(),
                reason: "transactions need idempotence: leave acks, retries, \
                         max.in.flight.requests.per.connection and enable.idempotence at their defaults"
                    .to_owned(),
            });
        }
        config.client.set("transactional.id", id);
        config.client.remove("bootstrap.servers");
        check_together(&config.client)?;
        config.client.set("bootstrap.servers", &config.address);
        Ok(config)
    }

    /// Returns the properties of a client that only queries and reads.
    pub(crate) fn client(&self) -> Result<ClientConfig, ConfigError> {
        let address = self.address()?;
        let (mut properties, left_out) = self.translated()?;
        if let Some(warning) = left_out {
            tracing::warn!(target: "mercato_kafka", "{warning}");
        }
        if self.insecure_skip_tls_verification {
            tracing::warn!(target: "mercato_kafka", "{INSECURE_WARNING}");
        }
        properties.retain(|name, _| !PRODUCER_ONLY.contains(&name.as_str()));
        add_connection_defaults(&mut properties);
        properties.insert("allow.auto.create.topics".to_owned(), "false".to_owned());
        let client = self.client_config(&properties);
        check_together(&client)?;
        let mut client = client;
        client.set("bootstrap.servers", &address);
        Ok(client)
    }

    /// The properties under librdkafka's canonical names, each accepted by it, and a warning about
    /// those that are left out; the error names all that are refused.
    fn translated(&self) -> Result<(BTreeMap<String, String>, Option<String>), ConfigError> {
        let (mut properties, mut foreign, mut refused) = (BTreeMap::new(), Vec::new(), Vec::new());
        for (name, value) in &stores::lifted(&self.properties)? {
            if java::is_foreign(name) {
                foreign.push(name.clone());
                continue;
            }
            let checked = translate(name, value).and_then(|(known_name, known_value)| {
                check_alone(name, value, &known_name, &known_value)?;
                Ok((known_name.into_owned(), known_value.into_owned()))
            });
            match checked {
                Ok((known_name, known_value)) => {
                    properties.insert(known_name, known_value);
                }
                Err(error) => refused.push(error),
            }
        }
        match refused.len() {
            0 => {}
            1 => return Err(refused.swap_remove(0)),
            _ => return Err(ConfigError::Several(refused)),
        }
        properties.remove("bootstrap.servers");
        verification::settle(&mut properties, self.insecure_skip_tls_verification)?;
        certificates::check(&properties)?;
        let left_out = (!foreign.is_empty())
            .then(|| format!("ignored properties of other tools: {}", foreign.join(", ")));
        Ok((properties, left_out))
    }

    fn client_config(&self, properties: &BTreeMap<String, String>) -> ClientConfig {
        let mut client = ClientConfig::new();
        client.set("client.id", &self.client_id);
        for (name, value) in properties {
            client.set(name, value);
        }
        let level = if properties.contains_key("debug") {
            RDKafkaLogLevel::Debug
        } else {
            RDKafkaLogLevel::Info
        };
        client.set_log_level(level);
        client
    }
}

impl fmt::Debug for KafkaConfig {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown: Vec<_> = self
            .properties
            .iter()
            .map(|(name, value)| (name, secret::shown(name, value)))
            .collect();
        formatter
            .debug_struct("KafkaConfig")
            .field("bootstrap_servers", &self.bootstrap_servers)
            .field("client_id", &self.client_id)
            .field("properties", &shown)
            .field("insecure_skip_tls_verification", &self.insecure_skip_tls_verification)
            .finish()
    }
}

/// A producer's configuration that librdkafka accepts.
///
/// Defaults, each but the timeout given up for a value the user sets:
///
/// | property | value | why |
/// |---|---|---|
/// | `acks` | `all` | a record counts when it is safe |
/// | `enable.idempotence` | `true`, unless `acks`, `retries` or `max.in.flight` forbid it | retries
/// neither duplicate nor reorder |
/// | `message.timeout.ms` | `0`, no limit, whatever the user sets | an outage holds records back and drops none |
/// | `queue.buffering.max.kbytes` | 65536 | the memory bound; a full queue holds the generator back |
/// | `queue.buffering.max.messages` | four for each of those kilobytes | bounds librdkafka's own 200 bytes a record |
/// | `linger.ms` | 5 | librdkafka's own |
/// | `batch.size` | 1000000 | librdkafka's own; 16384, Java's, costs up to twice the CPU time |
/// | `reconnect.backoff.max.ms` | 2000 | a recovered broker is used within two seconds |
/// | `socket.keepalive.enable` | `true` | detects dead peers |
/// | `ssl.ca.location` | `probe` on TLS | the built-in OpenSSL does not know the system's
/// certificate directory |
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

    /// Returns warnings about guarantees that the user's properties give up, one sentence each.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// A property's value after defaults, under librdkafka's name;
    /// [`REDACTED`](mercato_units::secret::REDACTED) when it holds a secret.
    pub fn property(&self, name: &str) -> Option<Cow<'_, str>> {
        self.client.get(name).map(|value| secret::shown(name, value))
    }
}

impl fmt::Debug for ProducerConfig {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // librdkafka's own wrapper redacts five properties and lets the others through.
        let names: Vec<_> =
            self.client.config_map().into_keys().map(|name| (name, self.property(name))).collect();
        formatter.debug_struct("ProducerConfig").field("properties", &names).finish_non_exhaustive()
    }
}

/// Returns true if librdkafka or this crate knows a property of that name.
pub fn is_known(name: &str) -> bool {
    let listed = java::is_listed(name);
    listed || !check::is_unknown(name)
}

fn canonical(name: &str) -> Cow<'_, str> {
    translate(name, "").map_or(Cow::Borrowed(name), |(known, _)| known)
}

#[cfg(test)]
mod tests;
