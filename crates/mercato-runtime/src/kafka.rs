//! From the settings of Kafka to a client's configuration, and from records to their schemas.

use mercato_config::{Connection, KafkaSettings, Layers, Property};
use mercato_kafka::{ConfigError, KafkaConfig, ProducerConfig};
use mercato_registry::{RegistryConfig, RegistryError, SchemaKind, is_registry_property};
use mercato_schema::Description;
use mercato_schema::dialect::{avro, protobuf};

use crate::logging;

/// Returns the client's configuration, with `client_id` as the name that brokers see.
pub fn client(connection: &Connection, client_id: &str) -> KafkaConfig {
    // Read by the client of the registry where records need one, and by nobody else.
    let is_of_kafka = |property: &&Property| !is_registry_property(&property.name);
    let properties = connection.properties.iter().filter(is_of_kafka);
    KafkaConfig {
        bootstrap_servers: connection.brokers.value.to_string(),
        client_id: client_id.to_owned(),
        properties: properties
            .map(|property| (property.name.clone(), property.value.clone()))
            .collect(),
        insecure_skip_tls_verification: connection.insecure_skip_tls_verification,
    }
}

/// The configuration of a producer; an error names the file and the line of `layers` that set the
/// property.
pub fn producer(
    connection: &Connection,
    client_id: &str,
    layers: &Layers,
) -> Result<ProducerConfig, ConfigError> {
    let of_file = |name: &str| {
        // What is given again elsewhere, such as by -X, need not be the file's mistake.
        let mut given = connection.properties.iter().filter(|property| property.name == name);
        let is_only = given.next().is_some() && given.next().is_none();
        layers.place_of_property(name).filter(|_| is_only).map(|place| place.to_string())
    };
    client(connection, client_id).producer().map_err(|error| error.located(&of_file))
}

/// The registry that the properties of `connection` describe, if they do.
///
/// Fails where one of them is wrong or misspelt.
pub fn registry(connection: &Connection) -> Result<Option<RegistryConfig>, RegistryError> {
    let properties = connection.properties.iter();
    let properties = properties.map(|property| (property.name.as_str(), property.value.as_str()));
    RegistryConfig::new(properties, None, None)
}

/// Logs which topic is read, and that no one has chosen it where that is so.
pub fn log_reading(topic: &str, settings: &KafkaSettings) {
    let hint = if settings.topic.is_none() { "; -t chooses another" } else { "" };
    tracing::info!("Reading topic {topic} at {}{hint}", settings.connection.brokers.value);
}

/// The full name of a record, and its schema as a registry has it.
pub fn written(kind: SchemaKind, description: &Description) -> (String, String) {
    let name = &description.name;
    match kind {
        SchemaKind::Avro => {
            (format!("{}.{name}", avro::NAMESPACE), avro::schema(description).to_string())
        }
        SchemaKind::Protobuf => {
            (format!("{}.{name}", protobuf::PACKAGE), protobuf::file(&[description]))
        }
    }
}

/// Logs which of Confluent Cloud's variables are used, never their values, and warns about files of
/// secrets that others can read.
pub fn log_loaded(connection: &Connection) {
    for warning in &connection.warnings {
        tracing::warn!("{warning}");
    }
    for line in &connection.loaded {
        tracing::info!(target: logging::PLAIN, "{line}");
    }
}
