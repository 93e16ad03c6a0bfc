//! The records of a topic as JSON: as they are, or out of Confluent's wire format.
//!
//! The first record says which of the two it is, unless a flag does; a record of the other kind is
//! one that does not belong there, and its place is told.

use std::collections::BTreeSet;

use mercato::config::KafkaSettings;
use mercato::registry::{
    Choice, NotFramed, Registry, RegistryConfig, RegistryError, Schema, SchemaKind, Unframed,
};
use mercato::runtime::exit::Failure;
use mercato::runtime::kafka::{registry, written};
use mercato::runtime::session::SessionError;
use mercato::schema::Description;
use mercato::truth::{Decoder, Encoding};

use crate::reading::{ReadFormat, ReadingArgs};

/// Bytes of a record that is not what it should be that are shown.
const SHOWN: usize = 60;

/// The way in which the records of a topic are read.
#[derive(Debug)]
pub(crate) struct Records {
    topic: String,
    /// What they should be; none where that is not known before they are read.
    description: Option<Description>,
    form: Form,
    /// The registry, or why its properties are wrong, which matters only to records that name
    /// schemas.
    registry: Result<Option<Registry>, RegistryError>,
    /// The schema that every record must name.
    id: Option<u32>,
    /// The schemas that are known to describe them.
    checked: BTreeSet<u32>,
    json: Vec<u8>,
}

/// The form of the records in a topic.
#[derive(Debug)]
enum Form {
    /// Not known before the first record.
    Unknown,
    /// In the wire format, in a language that is not known before the first record.
    Framed,
    /// Text.
    Json,
    /// In the wire format.
    Binary(Decoder),
}

/// A record as it was read.
pub(super) enum Value<'a> {
    /// JSON, or whatever stands in a topic of JSON.
    Text(&'a [u8]),
    /// The reason why a record is not one of the topic's.
    Refused(String),
}

impl Records {
    /// A reader of the records of `topic`, which should be as `description` says.
    ///
    /// Fails where a format needs a description that there is not, and where a property of the
    /// registry is wrong.
    pub(crate) fn new(
        settings: &KafkaSettings,
        topic: &str,
        description: Option<&Description>,
        reading: &ReadingArgs,
    ) -> Result<Self, Failure> {
        let connection = &settings.connection;
        let config = registry(connection);
        let id = match config.as_ref().map(|config| config.as_ref().map(RegistryConfig::choice)) {
            Ok(Some(Choice::Id(id))) => Some(id),
            _ => None,
        };
        let asked = |config: RegistryConfig| {
            Registry::new(config.without_verification(connection.insecure_skip_tls_verification))
        };
        let config = config.map(|config| config.filter(RegistryConfig::has_address));
        let mut records = Self {
            topic: topic.to_owned(),
            description: description.cloned(),
            form: Form::Unknown,
            registry: config.map(|config| config.map(asked)),
            id,
            checked: BTreeSet::new(),
            json: Vec::new(),
        };
        records.form = match reading.format {
            Some(ReadFormat::Ndjson) => Form::Json,
            Some(ReadFormat::Avro) => records.binary(Encoding::Avro),
            Some(ReadFormat::Protobuf) => records.binary(Encoding::Protobuf),
            _ if !settings.schema_flags.is_empty() => Form::Framed,
            _ => Form::Unknown,
        };
        match &records.registry {
            Err(error) if !matches!(records.form, Form::Json | Form::Unknown) => {
                Err(SessionError::from(error.clone()).into())
            }
            _ => Ok(records),
        }
    }

    /// The topic.
    pub(super) fn topic(&self) -> &str {
        &self.topic
    }

    /// The record that `value` holds.
    ///
    /// Fails where the registry cannot be asked, and where it says that the records are others.
    pub(super) fn read<'a>(&'a mut self, value: &'a [u8]) -> Result<Value<'a>, RegistryError> {
        // A tombstone has no form.
        if value.is_empty() {
            return Ok(Value::Text(value));
        }
        let framed = Unframed::id_of(value);
        match (&self.form, framed) {
            (Form::Unknown, None) => self.form = Form::Json,
            (Form::Unknown | Form::Framed, Some((id, _))) => {
                if let Some(encoding) = self.encoding(id, value)? {
                    self.form = self.binary(encoding);
                }
            }
            _ => {}
        }
        match &self.form {
            Form::Json => Ok(match framed {
                Some((id, _)) => Value::Refused(format!(
                    "it is in Confluent's wire format with schema {id}, and not JSON as others are: \
                     {}",
                    shown(value)
                )),
                None => Value::Text(value),
            }),
            Form::Binary(decoder) => {
                let kind = kind(decoder.encoding());
                match Unframed::of(kind, value) {
                    Ok(unframed) => self.decoded(unframed),
                    Err(reason) => Ok(refused(&reason, value)),
                }
            }
            Form::Unknown | Form::Framed => Ok(match framed {
                Some(_) => Value::Refused(format!(
                    "it is in Confluent's wire format, but neither Avro nor Protobuf of the expected \
                     record; --format says which it should be: {}",
                    shown(value)
                )),
                None => refused(&NotFramed::NoHeader, value),
            }),
        }
    }

    fn decoded(&mut self, unframed: Unframed<'_>) -> Result<Value<'_>, RegistryError> {
        let Form::Binary(decoder) = &self.form else { return Ok(Value::Text(&self.json)) };
        let Unframed { id, record } = unframed;
        if let Some(expected) = self.id.filter(|expected| *expected != id) {
            return Ok(Value::Refused(format!("it names schema {id}, and not schema {expected}")));
        }
        if !self.checked.contains(&id) {
            self.check(id, kind(decoder.encoding()))?;
            self.checked.insert(id);
        }
        match decoder.decode(record, &mut self.json) {
            Ok(()) => Ok(Value::Text(&self.json)),
            Err(reason) => Ok(Value::Refused(format!("{reason} (schema {id})"))),
        }
    }

    /// Fails unless the registry, if there is one, says that the schema with this id is that of the
    /// records.
    fn check(&self, id: u32, kind: SchemaKind) -> Result<(), RegistryError> {
        let registry = self.registry.as_ref().map_err(Clone::clone)?;
        let (Some(registry), Some(description)) = (registry, &self.description) else {
            return Ok(());
        };
        let (record, text) = written(kind, description);
        let (topic, text) = (&*self.topic, &*text);
        registry.check(id, &Schema { topic, record: &record, kind, text })
    }

    /// The language of the schema with this id, which is asked for, or else the one in which the
    /// record can be read.
    fn encoding(&self, id: u32, value: &[u8]) -> Result<Option<Encoding>, RegistryError> {
        if let Some(registry) = self.registry.as_ref().map_err(Clone::clone)? {
            return match registry.kind(id, &self.topic)? {
                Some(SchemaKind::Avro) => Ok(Some(Encoding::Avro)),
                Some(SchemaKind::Protobuf) => Ok(Some(Encoding::Protobuf)),
                // A schema of another language is not that of the records.
                None => self.check(id, SchemaKind::Avro).map(|()| None),
            };
        }
        let Some(description) = &self.description else { return Ok(None) };
        let fits = |encoding: &Encoding| {
            let decoder = Decoder::new(*encoding, description.clone());
            let unframed = Unframed::of(kind(*encoding), value);
            unframed.is_ok_and(|unframed| decoder.decode(unframed.record, &mut Vec::new()).is_ok())
        };
        Ok([Encoding::Protobuf, Encoding::Avro].into_iter().find(fits))
    }

    fn binary(&self, encoding: Encoding) -> Form {
        let description = self.description.clone().unwrap_or_default();
        Form::Binary(Decoder::new(encoding, description))
    }

    /// Returns whether records are in the wire format though nobody knows what they should be.
    pub(super) fn needs_description(&self, value: &[u8]) -> bool {
        let is_text = matches!(self.form, Form::Json);
        self.description.is_none() && !is_text && Unframed::id_of(value).is_some()
    }
}

fn refused(reason: &NotFramed, value: &[u8]) -> Value<'static> {
    Value::Refused(format!("{reason}: {}", shown(value)))
}

fn kind(encoding: Encoding) -> SchemaKind {
    match encoding {
        Encoding::Avro => SchemaKind::Avro,
        Encoding::Protobuf => SchemaKind::Protobuf,
    }
}

/// The beginning of a record, whatever it is.
fn shown(value: &[u8]) -> String {
    let text = String::from_utf8_lossy(&value[..value.len().min(SHOWN)]);
    let dots = if value.len() > SHOWN { "…" } else { "" };
    format!("`{}{dots}`", text.replace(char::is_control, "·"))
}
