//! Environment variables that set client properties.

use crate::{Layers, Property};

/// The prefix of variables that set properties: `KAFKA_PROPERTY_SASL_PASSWORD` is `sasl.password`.
const PREFIX: &str = "KAFKA_PROPERTY_";

/// The variable that sets the property `name`.
pub(super) fn of_property(name: &str) -> String {
    PREFIX.to_owned() + &name.to_ascii_uppercase().replace('.', "_")
}

/// The properties that variables set.
pub(super) fn properties(layers: &Layers) -> impl Iterator<Item = Property> {
    layers.environment().with_prefix(PREFIX).into_iter().map(|(variable, value)| Property {
        name: variable[PREFIX.len()..].to_ascii_lowercase().replace('_', "."),
        value: value.to_owned(),
    })
}
