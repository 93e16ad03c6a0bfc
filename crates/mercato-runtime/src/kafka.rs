//! From the settings of Kafka to a client's configuration, and from records to their schemas.

use mercato_config::{Connection, Property};
use mercato_kafka::KafkaConfig;
use mercato_registry::{SchemaKind, is_registry_property};
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
