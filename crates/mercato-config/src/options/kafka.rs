//! The options of sending to Kafka, and of reaching a cluster.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{ArgAction, Args};
use mercato_units::secret::is_sensitive;
use mercato_units::{Brokers, Topic, Whole};

use super::compression::{TopicCompression, TopicCompressions};
use super::headers::{self, Header};
use super::public::{PublicProperty, PublicUrl};
use super::{confluent, options, variables};
use crate::env::DOTENV;
use crate::text_file::{is_open_to_others, read_text, read_text_file};
use crate::value::{OrSeconds, bound};
use crate::{
    ConfigError, DeliveryGuarantee, KafkaCompression, Key, Layers, Origin, Place, Properties,
    Property, RecordTime, Setting, parse_properties,
};

options! {
    /// Delivery to Kafka; no broker is contacted unless `-b`, `--kafka` or an equivalent variable
    /// asks for it.
    [kafka] "Kafka" => KafkaArgs, KafkaSection, KafkaSettings(args, layers);

    /// Send to this topic
    topic: Topic, unset("the stream's own"), flag("topic", short, value_name = "NAME", visible_alias = "kafka-topic"),
        env("KAFKA_TOPIC");

    /// Set Kafka's `CreateTime` to the event time or to the time of sending
    record_timestamp: RecordTime, default("event"), flag("record-timestamp", value_name = "WHICH");

    /// Send to a topic even if it already holds records of another shape
    mixed_topic: bool, otherwise(false), flag("mixed-topic", action = ArgAction::SetTrue);

    /// Exit with code 5 after an outage this long; nothing is dropped before
    max_outage: OrSeconds, unset("wait forever"),
        flag("max-outage", value_name = "D", allow_negative_numbers = true);

    /// Deliver records `at-least-once`, or `exactly-once` in transactions that also hold the position
    /// of the run: the same command goes on after a stop or a kill
    delivery: DeliveryGuarantee, default("at-least-once"), flag("delivery", value_name = "WHICH");

    /// Commit after this many records (with --delivery exactly-once)
    transaction_records: TransactionRecords, default("10000"),
        flag("transaction-records", value_name = "N", allow_negative_numbers = true);

    /// Commit after this much event time; a paced run also after as much wall time, at most 10s
    /// (with --delivery exactly-once)
    transaction_time: OrSeconds, unset("no limit of event time, 1s of wall time"),
        flag("transaction-time", value_name = "D", allow_negative_numbers = true);

    /// Name of the run (with --delivery exactly-once): its position is kept in the topic
    /// mercato-progress-NAME, which is created if it is missing
    run_name: Topic, unset("the stream, and the topic of -t"), flag("run-name", value_name = "NAME");

    /// Add the headers mercato-run, mercato-stream and mercato-sequence, which identify a record
    record_headers: bool, otherwise(false), flag("record-headers", action = ArgAction::SetTrue);

    flags {
        /// Add this header to every record; may be repeated
        #[arg(long, value_name = "NAME=VALUE")]
        pub header: Vec<Header>,

        /// Compress each topic by none, gzip, snappy, lz4 or zstd: NAME for all topics, TOPIC=NAME
        /// for one, separated by commas; a topic's own wins [default: the property compression.type]
        #[arg(long, value_name = "LIST", value_delimiter = ',')]
        pub compression: Vec<TopicCompression>,

        /// Connection to the cluster.
        #[command(flatten)]
        pub connection: ConnectionArgs,

        /// Send to Kafka, at localhost:9092 unless another address is given
        #[arg(long)]
        pub kafka: bool,

        /// Find schemas of Avro and Protobuf records in the registry at this address; other
        /// properties of Confluent's serializers are set with -X or in files [default: the property
        /// schema.registry.url]
        #[arg(long, value_name = "URL", value_parser = PublicUrl)]
        pub schema_registry: Option<String>,

        /// Name the schema with this id in Avro and Protobuf records instead of registering one
        #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = bound::<SchemaId>())]
        pub schema_id: Option<SchemaId>,
    }
    file {
        /// Brokers to use when a flag or a variable asks for Kafka. Default: localhost:9092.
        pub bootstrap_servers: Option<Brokers>,
        /// Client properties, by their librdkafka or Java names.
        pub properties: Properties,
        /// Headers of every record, by their names.
        #[schemars(extend("examples" = [{"source": "shop"}]))]
        pub headers: BTreeMap<String, String>,
        /// Compression of topics, by their names. Default: the property compression.type.
        #[schemars(extend("examples" = [{"transactions": "zstd"}]))]
        pub compression: BTreeMap<String, KafkaCompression>,
    }
    merged {
        /// Headers of every record.
        headers: Vec<Header> = headers::merge(layers.section::<KafkaSection>("kafka")?.headers, &args.header)?;
        /// Compression of topics.
        compression: TopicCompressions = TopicCompressions::new(layers.section::<KafkaSection>("kafka")?.compression, &args.compression)?;
        /// The flags about schemas that were given; a registry in a file serves many programs, but
        /// a flag is meant for this one.
        schema_flags: Vec<&'static str> = schema_flags(args);
        /// Connection to the cluster.
        connection: Connection = Connection::resolve(&args.connection, layers)?.with_schemas(args);
    }
}

/// The id of a schema in a registry.
type SchemaId = Whole<1, 2_147_483_647>;

/// Records of a transaction.
type TransactionRecords = Whole<1, 1_000_000>;

/// The flags of the connection to a Kafka cluster.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Kafka")]
pub struct ConnectionArgs {
    /// Connect to these brokers: HOST:PORT, separated by commas; generating commands contact none
    /// by default [env: `KAFKA_BOOTSTRAP_SERVERS`]
    #[arg(
        short,
        long,
        value_name = "LIST",
        value_parser = bound::<Brokers>(),
        visible_aliases = ["bootstrap-server", "kafka-bootstrap-servers"]
    )]
    pub bootstrap_servers: Option<Brokers>,

    /// Read client properties from this Java .properties file (- for standard input)
    #[arg(long, value_name = "FILE")]
    pub command_config: Option<PathBuf>,

    /// Set a client property by its librdkafka or Java name, such as -X linger.ms=20; overrides
    /// files; secrets are refused here: put them into a --command-config file or the environment
    #[arg(
        short = 'X',
        long = "command-property",
        value_name = "K=V",
        value_parser = PublicProperty,
        visible_alias = "producer-property"
    )]
    pub command_property: Vec<Property>,

    /// Skip TLS certificate verification (insecure: allows man-in-the-middle attacks)
    #[arg(long)]
    pub insecure_skip_tls_verification: bool,
}

/// A Kafka cluster and the client properties used to connect to it.
///
/// `Debug` shows the names of properties only, because their values may be secrets.
#[derive(Debug, Clone)]
pub struct Connection {
    /// The brokers.
    pub brokers: Setting<Brokers>,
    /// Properties in the order in which they are applied: of two with the same meaning the later
    /// wins.
    pub properties: Vec<Property>,
    /// Skips TLS certificate verification.
    pub insecure_skip_tls_verification: bool,
    /// Log lines about the variables of Confluent Cloud that were used.
    pub loaded: Vec<String>,
    /// Files with client properties that were read.
    pub files: Vec<PathBuf>,
    /// Warnings about files with secrets that other users of the machine can read.
    pub warnings: Vec<String>,
}

const BROKERS: Key = Key {
    flag: "--bootstrap-servers",
    variables: &["KAFKA_BOOTSTRAP_SERVERS"],
    file: "kafka.bootstrap_servers",
};

const TOPIC: Key = Key { flag: "--topic", variables: &["KAFKA_TOPIC"], file: "kafka.topic" };

impl KafkaSettings {
    /// Resolves the flags over `layers`; returns `None` if records do not go to Kafka.
    ///
    /// They do if `-b`, `--kafka` or a variable asks for it: a file that names brokers serves many
    /// programs, and none of them should contact a broker for that alone.
    /// Fails when a file or variable is wrong.
    pub fn resolve(args: &KafkaArgs, layers: &Layers) -> Result<Option<Self>, ConfigError> {
        let asked = args.kafka
            || args.connection.bootstrap_servers.is_some()
            || layers.variable(&BROKERS).is_some();
        if !asked {
            return Ok(None);
        }
        let settings = Self::merge(args, layers)?;
        settings.check_transactions()?;
        Ok(Some(settings))
    }

    /// Returns whether records are delivered exactly once.
    pub fn is_exactly_once(&self) -> bool {
        self.delivery.value == DeliveryGuarantee::ExactlyOnce
    }

    /// Refuses a transaction that takes no time, and flags of transactions without any.
    fn check_transactions(&self) -> Result<(), ConfigError> {
        if let Some(Setting { value: ..1, origin }) = &self.transaction_time {
            let reason = "invalid duration '0s': a transaction takes longer";
            return Err(ConfigError::wrong(origin, "kafka.transaction_time", &reason));
        }
        let time = self.transaction_time.as_ref().map(|time| &time.origin);
        let name = self.run_name.as_ref().map(|name| &name.origin);
        let given = [
            ("kafka.transaction_records", Some(&self.transaction_records.origin)),
            ("kafka.transaction_time", time),
            ("kafka.run_name", name),
        ];
        let flag = |(key, origin): (&'static str, Option<&Origin>)| {
            let origin = origin.filter(|origin| matches!(origin, Origin::Flag(_)))?;
            Some((key, origin.clone()))
        };
        match given.into_iter().find_map(flag) {
            Some((key, origin)) if !self.is_exactly_once() => {
                Err(ConfigError::wrong(&origin, key, &"needs --delivery exactly-once"))
            }
            _ => Ok(()),
        }
    }

    /// The settings as if records went to Kafka, for commands that only show them.
    ///
    /// Fails when a file or variable is wrong.
    pub fn assumed(args: &KafkaArgs, layers: &Layers) -> Result<Self, ConfigError> {
        Self::merge(args, layers)
    }

    /// Checks the section `[kafka]` of files, for a run that does not send to Kafka: variables may
    /// be there for other programs, but a file is the user's own.
    ///
    /// Fails when a value is wrong.
    pub fn check_files(layers: &Layers) -> Result<Self, ConfigError> {
        Self::merge(&KafkaArgs::default(), &layers.without_environment())
    }

    /// The flags among `args`, and the variable of the topic, that are about Kafka; without effect
    /// where records do not go there.
    ///
    /// Fails when the variable is wrong, and when exactly-once delivery is asked for.
    pub fn unused(args: &KafkaArgs, layers: &Layers) -> Result<Vec<String>, ConfigError> {
        if args.delivery == Some(DeliveryGuarantee::ExactlyOnce) {
            let reason = "--delivery exactly-once needs Kafka: add --kafka, or -b with an address";
            return Err(ConfigError::Usage { reason: reason.to_owned() });
        }
        let variable = layers.option::<Topic>(&TOPIC, args.topic.clone(), None)?;
        let variable = variable.filter(|topic| !matches!(topic.origin, Origin::Flag(_)));
        let given = [
            ("--topic", args.topic.is_some()),
            ("--record-timestamp", args.record_timestamp.is_some()),
            ("--record-headers", args.record_headers.is_some_and(|given| given)),
            ("--header", !args.header.is_empty()),
            ("--compression", !args.compression.is_empty()),
            ("--max-outage", args.max_outage.is_some()),
            ("--mixed-topic", args.mixed_topic == Some(true)),
            ("--delivery", args.delivery.is_some()),
            ("--transaction-records", args.transaction_records.is_some()),
            ("--transaction-time", args.transaction_time.is_some()),
            ("--run-name", args.run_name.is_some()),
            ("--schema-registry", args.schema_registry.is_some()),
            ("--schema-id", args.schema_id.is_some()),
            ("--command-config", args.connection.command_config.is_some()),
            ("-X", !args.connection.command_property.is_empty()),
            ("--insecure-skip-tls-verification", args.connection.insecure_skip_tls_verification),
        ];
        let flags = given.into_iter().filter_map(|(flag, is_given)| is_given.then_some(flag));
        let variables = variable.map(|topic| topic.origin.to_string());
        Ok(flags.map(str::to_owned).chain(variables).collect())
    }
}

impl Connection {
    /// Resolves the flags over `layers`; the default address is localhost:9092.
    ///
    /// Properties come from files, then the file of `--command-config`, then `KAFKA_PROPERTY_*`,
    /// then `-X`.
    /// Fails when a file or variable is wrong.
    pub fn resolve(args: &ConnectionArgs, layers: &Layers) -> Result<Self, ConfigError> {
        let file: KafkaSection = layers.section("kafka")?;
        let brokers = layers.option::<Brokers>(
            &BROKERS,
            args.bootstrap_servers.clone(),
            file.bootstrap_servers,
        )?;
        let confluent = confluent::access(brokers.as_ref().map(|brokers| &brokers.origin), layers)?;
        let mut properties = confluent.properties;
        properties
            .extend(file.properties.0.into_iter().map(|(name, value)| Property { name, value }));
        let mut exposed: Vec<PathBuf> = Vec::new();
        let mut note = |path: &Path, properties: &[Property]| {
            let is_secret = properties.iter().any(|property| is_sensitive(&property.name));
            if is_secret && is_open_to_others(path) {
                exposed.push(path.to_owned());
            }
        };
        // Of several files the one that has the property last is named.
        if let Some(Origin::File(place)) = layers.file_origin("kafka.properties") {
            note(&place.file, &properties);
        }
        let path = args.command_config.as_ref().filter(|path| path.as_os_str() != "-");
        if let Some(path) = &args.command_config {
            let of_file = properties_of(path)?;
            note(path, &of_file);
            properties.extend(of_file);
        }
        if variables::has_secret_in_dotenv(layers) && is_open_to_others(Path::new(DOTENV)) {
            exposed.push(DOTENV.into());
        }
        properties.extend(variables::properties(layers));
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
            properties,
            insecure_skip_tls_verification: args.insecure_skip_tls_verification,
            loaded: confluent.loaded,
            files: path.cloned().into_iter().collect(),
            warnings: exposed.iter().map(|path| warning(path)).collect(),
        })
    }
}

impl Connection {
    /// The same with what the flags say of schemas, as the properties that mean it.
    fn with_schemas(mut self, args: &KafkaArgs) -> Self {
        let given = [
            ("schema.registry.url", args.schema_registry.clone()),
            ("use.schema.id", args.schema_id.map(|id| id.to_string())),
        ];
        let given = given.into_iter().filter_map(|(name, value)| Some((name, value?)));
        let property = |(name, value): (&str, String)| Property { name: name.to_owned(), value };
        self.properties.extend(given.map(property));
        self
    }
}

/// The flags about schemas that were given.
fn schema_flags(args: &KafkaArgs) -> Vec<&'static str> {
    let given = [
        ("--schema-registry", args.schema_registry.is_some()),
        ("--schema-id", args.schema_id.is_some()),
    ];
    given.into_iter().filter_map(|(flag, is_given)| is_given.then_some(flag)).collect()
}

/// The warning about a file with secrets that others can read.
fn warning(path: &Path) -> String {
    let path = path.display();
    format!("{path} contains secrets and other users can read it: run chmod 600 {path}")
}

/// Returns the address among the properties: a properties file may be all that a client needs.
fn brokers_of(properties: &[Property]) -> Result<Option<Brokers>, ConfigError> {
    let names = ["bootstrap.servers", "metadata.broker.list"];
    let listed = properties.iter().rev().find(|property| names.contains(&property.name.as_str()));
    let parsed = listed.map(|property| property.value.parse()).transpose();
    parsed.map_err(|error| ConfigError::Usage { reason: format!("bootstrap.servers: {error}") })
}

/// Reads a properties file; `-` is standard input, so that a secret never touches the disk.
fn properties_of(path: &Path) -> Result<Vec<Property>, ConfigError> {
    let read = if path.as_os_str() == "-" { read_text(io::stdin()) } else { read_text_file(path) };
    let text = read.map_err(|source| ConfigError::Read { path: path.to_owned(), source })?;
    parse_properties(&text).map_err(|error| ConfigError::Syntax {
        place: Place { file: Arc::from(path), line: error.line },
        reason: error.reason.to_owned(),
    })
}
