//! The connection to Kafka.

use std::path::Path;
use std::sync::Arc;
use std::{fs, io};

use super::super::{ConfigError, KafkaSection, Key, Layers, Origin, Place, RecordTime, Setting};
use super::confluent;
use super::run::stretch;
use crate::args::{ConnectionArgs, KafkaArgs};
use crate::{Property, parse_properties};
use mercato_units::{Brokers, Topic};

/// Where a Kafka cluster is and how to send to it.
///
/// `Debug` shows the names of properties only, because their values may be secrets.
#[derive(Debug, Clone)]
pub struct KafkaSettings {
    /// The brokers.
    pub brokers: Setting<Brokers>,
    /// The topic, unless it is the stream's own.
    pub topic: Option<Setting<Topic>>,
    /// What Kafka's `CreateTime` holds.
    pub record_timestamp: Setting<RecordTime>,
    /// Properties in the order in which they are to be applied: of two with the same meaning the
    /// later wins.
    pub properties: Vec<Property>,
    /// Microseconds a broker may be away before the run ends; without end if nobody gave it.
    pub max_outage: Option<Setting<i64>>,
    /// Whether brokers need not prove who they are.
    pub insecure_skip_tls_verification: bool,
    /// Variables of Confluent Cloud that were used, as they are told of.
    pub loaded: Vec<String>,
}

const BROKERS: Key = Key {
    flag: "--bootstrap-servers",
    variables: &["KAFKA_BOOTSTRAP_SERVERS"],
    file: "kafka.bootstrap_servers",
};
const TOPIC: Key = Key { flag: "--topic", variables: &["KAFKA_TOPIC"], file: "kafka.topic" };
const MAX_OUTAGE: Key = Key::new("--max-outage", "kafka.max_outage");
const RECORD_TIMESTAMP: Key = Key::new("--record-timestamp", "kafka.record_timestamp");

/// Variables that begin so set properties: `KAFKA_PROPERTY_SASL_PASSWORD` is `sasl.password`.
const PROPERTY_PREFIX: &str = "KAFKA_PROPERTY_";

/// The variable that sets the property `name`.
pub(crate) fn property_variable(name: &str) -> String {
    PROPERTY_PREFIX.to_owned() + &name.to_ascii_uppercase().replace('.', "_")
}

impl KafkaSettings {
    /// Resolves the flags over `layers`; nothing if records do not go to Kafka.
    ///
    /// They do if `-b`, `--kafka` or a variable says so: a file that names brokers serves many
    /// programs, and none of them should contact one for that alone.
    /// Properties come from files, then the file of `--command-config`, then `KAFKA_PROPERTY_*`,
    /// then `-X`.
    /// Fails when a file or variable is wrong.
    pub fn resolve(args: &KafkaArgs, layers: &Layers) -> Result<Option<Self>, ConfigError> {
        let asked = args.kafka
            || args.connection.bootstrap_servers.is_some()
            || layers.variable(&BROKERS).is_some();
        if !asked {
            return Ok(None);
        }
        let file: KafkaSection = layers.section("kafka")?;
        let timestamp =
            layers.pick_unnamed(&RECORD_TIMESTAMP, args.record_timestamp, file.record_timestamp);
        Ok(Some(Self {
            topic: layers.pick(&TOPIC, args.topic.clone(), file.topic)?,
            record_timestamp: timestamp.unwrap_or(Setting::default(RecordTime::Event)),
            max_outage: stretch(layers, &MAX_OUTAGE, args.max_outage, file.max_outage)?,
            ..Self::connection(&args.connection, layers)?
        }))
    }

    /// Resolves how a command reaches the cluster that it is about: localhost:9092 if nobody names
    /// another.
    ///
    /// Fails when a file or variable is wrong.
    pub fn connection(args: &ConnectionArgs, layers: &Layers) -> Result<Self, ConfigError> {
        let file: KafkaSection = layers.section("kafka")?;
        let brokers =
            layers.pick(&BROKERS, args.bootstrap_servers.clone(), file.bootstrap_servers)?;
        let confluent = confluent::access(brokers.as_ref().map(|brokers| &brokers.origin), layers)?;
        let mut properties = confluent.properties;
        properties
            .extend(file.properties.0.into_iter().map(|(name, value)| Property { name, value }));
        if let Some(path) = &args.command_config {
            properties.extend(properties_of(path)?);
        }
        properties.extend(properties_of_variables(layers));
        properties.extend(args.command_property.iter().cloned());
        let listed = || brokers_of(&properties);
        Ok(Self {
            brokers: match brokers {
                Some(brokers) => brokers,
                None => Setting {
                    value: listed()?.unwrap_or_else(Brokers::local),
                    origin: Origin::Default,
                },
            },
            topic: None,
            record_timestamp: Setting::default(RecordTime::Event),
            properties,
            max_outage: None,
            insecure_skip_tls_verification: args.insecure_skip_tls_verification,
            loaded: confluent.loaded,
        })
    }

    /// The flags among `args` that are about Kafka; without effect where records do not go there.
    pub fn flags_given(args: &KafkaArgs) -> impl Iterator<Item = &'static str> {
        let given = [
            (TOPIC.flag, args.topic.is_some()),
            (RECORD_TIMESTAMP.flag, args.record_timestamp.is_some()),
            (MAX_OUTAGE.flag, args.max_outage.is_some()),
            ("--command-config", args.connection.command_config.is_some()),
            ("-X", !args.connection.command_property.is_empty()),
            ("--insecure-skip-tls-verification", args.connection.insecure_skip_tls_verification),
        ];
        given.into_iter().filter_map(|(flag, is_given)| is_given.then_some(flag))
    }
}

/// The address among properties: a file of them may be all that a client needs.
fn brokers_of(properties: &[Property]) -> Result<Option<Brokers>, ConfigError> {
    let names = ["bootstrap.servers", "metadata.broker.list"];
    let listed = properties.iter().rev().find(|property| names.contains(&property.name.as_str()));
    let parsed = listed.map(|property| property.value.parse()).transpose();
    parsed.map_err(|error| ConfigError::Usage { reason: format!("bootstrap.servers: {error}") })
}

/// Reads a file of properties; `-` is standard input, from which a secret touches no disk.
fn properties_of(path: &Path) -> Result<Vec<Property>, ConfigError> {
    let read = if path.as_os_str() == "-" {
        io::read_to_string(io::stdin())
    } else {
        fs::read_to_string(path)
    };
    let text = read.map_err(|source| ConfigError::Read { path: path.to_owned(), source })?;
    parse_properties(&text).map_err(|error| ConfigError::Syntax {
        place: Place { file: Arc::from(path), line: error.line },
        reason: "this is no property: write NAME=VALUE, one a line, and # before a comment"
            .to_owned(),
    })
}

fn properties_of_variables(layers: &Layers) -> impl Iterator<Item = Property> {
    layers.environment().with_prefix(PROPERTY_PREFIX).into_iter().map(|(variable, value)| {
        Property {
            name: variable[PROPERTY_PREFIX.len()..].to_ascii_lowercase().replace('_', "."),
            value: value.to_owned(),
        }
    })
}
