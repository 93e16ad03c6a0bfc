//! Environment variables that set client properties.

use mercato_units::secret::is_sensitive;

use super::confluent;
use crate::{Layers, Property};

/// The prefix of variables that set properties: `KAFKA_PROPERTY_SASL_PASSWORD` is `sasl.password`.
const PREFIX: &str = "KAFKA_PROPERTY_";

/// The variable that sets the property `name`.
pub(super) fn of_property(name: &str) -> String {
    PREFIX.to_owned() + &name.to_ascii_uppercase().replace('.', "_")
}

/// The properties that variables set.
pub(super) fn properties(layers: &Layers) -> impl Iterator<Item = Property> {
    layers.environment().with_prefix(PREFIX).into_iter().filter_map(|(variable, value)| {
        Some(Property { name: property_of(variable)?, value: value.to_owned() })
    })
}

/// The property that a variable sets, if it sets one.
fn property_of(variable: &str) -> Option<String> {
    let name = variable.strip_prefix(PREFIX)?;
    Some(name.to_ascii_lowercase().replace('_', "."))
}

/// Returns whether `.env` sets a secret of the connection.
pub(super) fn has_secret_in_dotenv(layers: &Layers) -> bool {
    let is_secret = |name: &str| {
        name == confluent::SECRET || property_of(name).is_some_and(|name| is_sensitive(&name))
    };
    layers.environment().names_in_dotenv().any(is_secret)
}
