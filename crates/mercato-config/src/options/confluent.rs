//! Confluent Cloud by the three variables of order-gen's founding document.

use crate::{ConfigError, Layers, Origin, Property};

const BROKER: &str = "CNFL_KAFKA_BROKER";
const KEY: &str = "CNFL_KC_API_KEY";
pub(super) const SECRET: &str = "CNFL_KC_API_SECRET";

/// The settings from the variables.
#[derive(Default)]
pub(super) struct Access {
    /// Properties that anything else wins over.
    pub(super) properties: Vec<Property>,
    /// A line for each variable.
    pub(super) loaded: Vec<String>,
}

/// Key and secret, if the address is Confluent Cloud's own variable.
///
/// They belong to that address: somebody who names another broker must not hand it the key.
/// Both or none are needed; an address alone is a broker like any other.
pub(super) fn access(brokers: Option<&Origin>, layers: &Layers) -> Result<Access, ConfigError> {
    let Some(origin) = brokers.filter(|origin| variable(origin) == Some(BROKER)) else {
        return Ok(Access::default());
    };
    let found = |name| layers.environment().find(&[name]);
    let (key, secret) = match (found(KEY), found(SECRET)) {
        (Some(key), Some(secret)) => (key, secret),
        (None, None) => {
            return Ok(Access { loaded: vec![loaded(BROKER, origin)], ..Access::default() });
        }
        (one, _) => {
            let (there, missing) = if one.is_some() { (KEY, SECRET) } else { (SECRET, KEY) };
            let reason =
                format!("{there} is set but {missing} is not: Confluent Cloud requires both");
            return Err(ConfigError::Usage { reason });
        }
    };
    let property =
        |name: &str, value: &str| Property { name: name.to_owned(), value: value.to_owned() };
    Ok(Access {
        properties: vec![
            property("security.protocol", "SASL_SSL"),
            property("sasl.mechanisms", "PLAIN"),
            property("sasl.username", key.0),
            property("sasl.password", secret.0),
        ],
        loaded: vec![loaded(BROKER, origin), loaded(KEY, &key.1), loaded(SECRET, &secret.1)],
    })
}

fn variable(origin: &Origin) -> Option<&str> {
    match origin {
        Origin::Environment { name } | Origin::DotEnv { name, .. } => Some(name),
        _ => None,
    }
}

fn loaded(name: &str, origin: &Origin) -> String {
    let place = if matches!(origin, Origin::DotEnv { .. }) { ".env" } else { "environment" };
    format!("✓ Loaded {name} from {place}")
}
