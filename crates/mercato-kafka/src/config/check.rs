//! Asking librdkafka whether it takes a property, before anything connects.

use rdkafka::ClientConfig;
use rdkafka::error::KafkaError;
use rdkafka::producer::BaseProducer;

use mercato_units::secret::REDACTED;

use super::{ConfigError, python, secret};

/// Asks librdkafka about one property.
pub(super) fn check_alone(
    name: &str,
    value: &str,
    known_name: &str,
    known_value: &str,
) -> Result<(), ConfigError> {
    let mut client = ClientConfig::new();
    client.set(known_name, known_value);
    let said = match client.create_native_config() {
        Ok(_) => return Ok(()),
        Err(KafkaError::ClientConfig(_, reason, ..)) => reason,
        Err(error) => error.to_string(),
    };
    let mut reason = secret::redacted(&said, &[(known_name, known_value)]);
    if let Some(meant) = python::meant(name) {
        reason = format!("{reason}; this is a name of the Python client, use {meant} instead");
    }
    // A misspelt name may be a secret's.
    let unknown = said.contains(UNKNOWN);
    let value = if unknown { REDACTED.into() } else { secret::shown(name, value) };
    Err(ConfigError::Property { name: name.to_owned(), value: value.into_owned(), reason })
}

/// Returns true if librdkafka has no property of that name.
pub(super) fn is_unknown(name: &str) -> bool {
    let mut client = ClientConfig::new();
    client.set(name, "");
    match client.create_native_config() {
        Err(KafkaError::ClientConfig(_, reason, ..)) => reason.contains(UNKNOWN),
        _ => false,
    }
}

/// Start of librdkafka's message about an unknown property.
const UNKNOWN: &str = "No such configuration property";

/// Asks librdkafka about all properties, through a client without an address, which therefore
/// connects nowhere.
pub(super) fn check_together(client: &ClientConfig) -> Result<(), ConfigError> {
    let said = match client.create::<BaseProducer>() {
        Ok(_) => return Ok(()),
        Err(KafkaError::ClientCreation(reason)) => reason,
        Err(KafkaError::ClientConfig(_, reason, name, _)) => format!("{name}: {reason}"),
        Err(error) => error.to_string(),
    };
    let names = client.config_map().into_keys();
    let pairs: Vec<_> =
        names.filter_map(|name| client.get(name).map(|value| (name, value))).collect();
    Err(ConfigError::Together { reason: secret::redacted(&said, &pairs) })
}
