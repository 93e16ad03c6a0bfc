//! Schema registries with Confluent's API: the id of each topic's schema, before the first record.
//!
//! A record in Kafka begins with a [`header`]: a zero, the id of its schema in four bytes and, in
//! Protobuf, the place of its message in the schema.
//! [`Registry::id`] registers a schema, looks it up, or compares it with the one that is there,
//! as the properties of Confluent's serializers say; [`RegistryConfig`] reads those properties.
//!
//! [`Unframed`] takes that header off a record that was read, and [`Registry::check`] compares the
//! schema that it names with the expected one.
//!
//! The schemas are given as text: which records there are, and how they are sent, is not known here.
//!
//! ```
//! use mercato_registry::{RegistryConfig, SchemaKind, header};
//!
//! let properties = [("schema.registry.url", "http://localhost:8081"), ("auto.register.schemas", "false")];
//! let config = RegistryConfig::new(properties, None, None)?;
//! assert!(config.is_some(), "nothing is contacted to find out whether it is right");
//! assert_eq!(header(SchemaKind::Avro, 258), [0, 0, 0, 1, 2]);
//! assert_eq!(header(SchemaKind::Protobuf, 258), [0, 0, 0, 1, 2, 0]);
//! # Ok::<(), mercato_registry::RegistryError>(())
//! ```

mod client;
mod compare;
mod config;
mod error;
mod names;
mod tls;
mod unframed;
mod url;

pub use client::{Registered, Registry};
pub use config::{Choice, RegistryConfig, Strategy, check_name};
pub use error::{ForeignSchema, RegistryError};
pub use names::is_registry_property;
pub use unframed::{NotFramed, Unframed};

/// A language of schemas that registries know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SchemaKind {
    /// Avro.
    Avro,
    /// Protobuf.
    Protobuf,
}

impl SchemaKind {
    /// Every kind.
    pub const ALL: [Self; 2] = [Self::Avro, Self::Protobuf];

    /// The name in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Avro => "AVRO",
            Self::Protobuf => "PROTOBUF",
        }
    }
}

/// The schema of a topic's records.
#[derive(Debug, Clone, Copy)]
pub struct Schema<'a> {
    /// The topic.
    pub topic: &'a str,
    /// The full name of the record, such as `mercato.Order`.
    pub record: &'a str,
    /// Its language.
    pub kind: SchemaKind,
    /// Its text.
    pub text: &'a str,
}

/// The bytes before a record that name its schema, for the first message of the schema.
pub fn header(kind: SchemaKind, id: u32) -> Vec<u8> {
    const MAGIC: u8 = 0;
    let mut header = vec![MAGIC];
    header.extend_from_slice(&id.to_be_bytes());
    if kind == SchemaKind::Protobuf {
        // The list of indices that leads to the first message, which has a form of its own.
        header.push(0);
    }
    header
}
