//! Asking librdkafka whether it takes a property, before anything connects.

use rdkafka::ClientConfig;
use rdkafka::error::KafkaError;
use rdkafka::producer::BaseProducer;

use mercato_units::secret::REDACTED;

use super::{ConfigError, python, secret};

/// Bytes of the longest value: librdkafka crashes on longer ones, and Kafka's protocol has no
/// longer text.
const MAX_BYTES: usize = 32_767;

/// The same for certificates, keys and login lines, which it takes at any length.
const MAX_DOCUMENT_BYTES: usize = 1024 * 1024;

/// Checks a property before it goes to C code, and asks librdkafka about it.
pub(super) fn check_alone(
    name: &str,
    value: &str,
    known_name: &str,
    known_value: &str,
) -> Result<(), ConfigError> {
    let unsupported = |reason: String| ConfigError::Unsupported { name: name.to_owned(), reason };
    let last = known_name.rsplit('.').next();
    let is_document = matches!(last, Some("pem" | "config"));
    let max = if is_document { MAX_DOCUMENT_BYTES } else { MAX_BYTES };
    if value.len() > max {
        return Err(unsupported(format!(
            "its value has {} bytes, at most {max} are taken",
            value.len()
        )));
    }
    if name.contains('\0') || value.contains('\0') {
        return Err(unsupported("it contains a NUL character".to_owned()));
    }
    // librdkafka takes any number up to 1000, and brokers refuse it once records are sent.
    if known_name == "acks" && !["-1", "all", "0", "1"].contains(&known_value) {
        return Err(ConfigError::Property {
            name: name.to_owned(),
            value: known_value.to_owned(),
            reason: "expected all, -1, 0 or 1".to_owned(),
        });
    }
    let mut client = ClientConfig::new();
    client.set(known_name, known_value);
    let said = match client.create_native_config() {
        Ok(_) if is_cut(known_name, known_value) => {
            format!("expected a number from {} to {}", i32::MIN, i32::MAX)
        }
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

/// Returns whether librdkafka would keep the last 32 bits of a number, so that 4294967297 would
/// become 1.
fn is_cut(name: &str, value: &str) -> bool {
    let digits = value.trim().trim_start_matches(['+', '-']);
    let hexadecimal = digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X"));
    let number = match hexadecimal {
        Some(digits) => u128::from_str_radix(digits, 16),
        None => digits.parse(),
    };
    let is_number = !digits.is_empty() && digits.chars().all(|digit| digit.is_ascii_hexdigit());
    // More digits than 128 bits have are no less too many.
    let is_large = number.map_or(is_number && hexadecimal.is_none(), |number| {
        number > i32::MAX.unsigned_abs().into()
    });
    // A text of digits, as a name or a password may be, stays as it is.
    is_large && !takes_text(name)
}

/// Returns whether a property takes any text, rather than numbers or a few words.
fn takes_text(name: &str) -> bool {
    let mut client = ClientConfig::new();
    client.set(name, "no number and no word of librdkafka");
    client.create_native_config().is_ok()
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
