//! TLS certificate verification: always on, unless the user explicitly disables it.

use std::collections::BTreeMap;

use super::ConfigError;

/// The flag and the field that switch the proof off; nothing else does.
pub const INSECURE_FLAG: &str = "--insecure-skip-tls-verification";

/// The warning of each run without certificate verification.
pub const INSECURE_WARNING: &str = "TLS certificate verification is OFF: a man in the middle can read and change \
                                    everything, including passwords; omit --insecure-skip-tls-verification";

const VERIFICATION: &str = "enable.ssl.certificate.verification";
const HOST_NAME: &str = "ssl.endpoint.identification.algorithm";

/// Refuses properties that switch verification off in passing, and switches it off where that is
/// said loudly.
pub(super) fn settle(
    properties: &mut BTreeMap<String, String>,
    insecure: bool,
) -> Result<(), ConfigError> {
    if insecure {
        properties.insert(VERIFICATION.to_owned(), "false".to_owned());
        properties.insert(HOST_NAME.to_owned(), "none".to_owned());
        return Ok(());
    }
    let off = |name: &str, values: &[&str]| {
        let value = properties.get(name).map(|value| value.to_ascii_lowercase());
        value.filter(|value| values.contains(&value.as_str()))
    };
    let found = off(VERIFICATION, &["false", "f", "0"]).map(|value| (VERIFICATION, value));
    let found = found.or_else(|| off(HOST_NAME, &["none", ""]).map(|value| (HOST_NAME, value)));
    found.map_or(Ok(()), |(name, value)| {
        let reason = format!(
            "the value `{value}` would let anybody impersonate the broker; trust its authority with ssl.ca.location, \
             or use {INSECURE_FLAG} if that is intended"
        );
        Err(ConfigError::Unsupported { name: name.to_owned(), reason })
    })
}
