//! The schemas of records that are not JSON: their ids from a registry, before the first record.

use mercato_engine::{Format, Run};
use mercato_registry::{Choice, Registry, RegistryConfig, Schema, SchemaKind, check_name, header};
use tracing::info;

use super::Kafka;
use crate::kafka::{registry, written};
use crate::session::SessionError;

impl Kafka<'_> {
    /// The registry for records of a format that needs one; refuses a run that names none.
    pub(super) fn registry(&self, run: &Run) -> Result<Option<RegistryConfig>, SessionError> {
        let Some(kind) = kind(self.session.format()) else {
            let [flag, ..] = &*self.settings.schema_flags else {
                // Nobody reads them now, but a misspelt property is a mistake all the same.
                let properties = &self.settings.connection.properties;
                properties.iter().try_for_each(|property| check_name(&property.name))?;
                return Ok(None);
            };
            return Err(SessionError::usage(format!(
                "{flag} has no effect on records that are JSON: give --format avro or --format \
                 protobuf, or omit {flag}"
            )));
        };
        let connection = &self.settings.connection;
        let Some(config) = registry(connection)? else {
            return Err(SessionError::usage(format!(
                "records in {} need a schema that consumers can find: give the address of a schema \
                 registry with --schema-registry URL or the property schema.registry.url, or the id \
                 of a known schema with --schema-id N",
                title(kind)
            )));
        };
        if let (Choice::Id(id), several @ [_, _, ..]) = (config.choice(), run.topics()) {
            return Err(SessionError::usage(format!(
                "schema {id} cannot describe the records of {}: choose one topic, or omit --schema-id \
                 and use.schema.id",
                several.join(", ")
            )));
        }
        Ok(Some(config.without_verification(connection.insecure_skip_tls_verification)))
    }

    /// The bytes before the records of each topic, which name its schema; none for JSON.
    pub(super) fn value_prefixes(&self, run: &Run) -> Result<Vec<Vec<u8>>, SessionError> {
        let (Some(config), Some(kind)) = (self.registry(run)?, kind(self.session.format())) else {
            return Ok(Vec::new());
        };
        let registry = Registry::new(config);
        let header = |(index, topic): (u16, &String)| {
            let Some(layout) = run.layout(index) else { return Ok(Vec::new()) };
            let description = layout.description();
            let (record, text) = written(kind, description);
            let found = registry.id(&Schema { topic, record: &record, kind, text: &text })?;
            let subject = found.subject.map(|subject| format!(" of subject {subject}"));
            info!("topic {topic} has schema {}{}", found.id, subject.unwrap_or_default());
            Ok(header(kind, found.id))
        };
        (0..).zip(run.topics()).map(header).collect()
    }
}

fn kind(format: Format) -> Option<SchemaKind> {
    match format {
        Format::Json | Format::Csv | Format::Columns => None,
        Format::Avro => Some(SchemaKind::Avro),
        Format::Protobuf => Some(SchemaKind::Protobuf),
    }
}

fn title(kind: SchemaKind) -> &'static str {
    match kind {
        SchemaKind::Avro => "Avro",
        SchemaKind::Protobuf => "Protobuf",
    }
}
