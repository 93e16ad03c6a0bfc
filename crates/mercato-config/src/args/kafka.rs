//! Sending to Kafka.

use std::ffi::OsStr;
use std::path::PathBuf;

use clap::builder::TypedValueParser;
use clap::error::ErrorKind;
use clap::{Arg, Args, Command, Error};

use super::bound;
use crate::Property;
use crate::RecordTime;
use mercato_units::{Brokers, DurationOrNumber, Topic};

/// How a Kafka cluster is reached.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Kafka")]
pub struct ConnectionArgs {
    /// Brokers: HOST:PORT, several with commas between them; a generating command without them
    /// contacts none [env: `KAFKA_BOOTSTRAP_SERVERS`]
    #[arg(
        short,
        long,
        value_name = "LIST",
        value_parser = bound::<Brokers>(),
        visible_aliases = ["bootstrap-server", "kafka-bootstrap-servers"]
    )]
    pub bootstrap_servers: Option<Brokers>,

    /// Read client properties from this Java .properties file; - for standard input
    #[arg(long, value_name = "FILE")]
    pub command_config: Option<PathBuf>,

    /// Set a client property under librdkafka's or Java's name, such as -X linger.ms=20; wins over
    /// files;
    /// secrets are refused here: put them into the file of --command-config or into the environment
    #[arg(
        short = 'X',
        long = "command-property",
        value_name = "K=V",
        value_parser = PublicProperty,
        visible_alias = "producer-property"
    )]
    pub command_property: Vec<Property>,

    /// Talk to brokers that cannot prove who they are: anybody in between can read and change
    /// everything
    #[arg(long)]
    pub insecure_skip_tls_verification: bool,
}

/// Flags of sending to Kafka; without `-b` or `--kafka`, or a variable in their place, none is
/// contacted.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Kafka")]
pub struct KafkaArgs {
    /// How the cluster is reached.
    #[command(flatten)]
    pub connection: ConnectionArgs,

    /// Send to Kafka; without an address from elsewhere to localhost:9092
    #[arg(long)]
    pub kafka: bool,

    /// The topic [default: the stream's own] [env: `KAFKA_TOPIC`]
    #[arg(short, long, value_name = "NAME", value_parser = bound::<Topic>(), visible_alias = "kafka-topic")]
    pub topic: Option<Topic>,

    /// What Kafka's `CreateTime` holds [default: event]
    #[arg(long, value_name = "WHICH")]
    pub record_timestamp: Option<RecordTime>,

    /// End with 5 when a broker has been away for so long; until then nothing is dropped [default:
    /// wait]
    #[arg(long, value_name = "D", allow_negative_numbers = true, value_parser = bound::<DurationOrNumber>())]
    pub max_outage: Option<DurationOrNumber>,
}

/// Reads a property that is no secret.
///
/// clap's own error would repeat the value, and whoever gives a secret on the command line
/// should not find it in a log as well.
#[derive(Debug, Clone, Copy)]
struct PublicProperty;

impl TypedValueParser for PublicProperty {
    type Value = Property;

    fn parse_ref(
        &self,
        command: &Command,
        _: Option<&Arg>,
        value: &OsStr,
    ) -> Result<Property, Error> {
        let refused = |reason: String| {
            Error::raw(ErrorKind::ValueValidation, reason + "\n").with_cmd(command)
        };
        let property = Property::parse(&value.to_string_lossy())
            .map_err(|error| refused(format!("-X, --command-property <K=V>: {error}")))?;
        if mercato_kafka::config::is_sensitive(&property.name) {
            return Err(refused(secret_on_the_command_line(&property.name)));
        }
        Ok(property)
    }
}

fn secret_on_the_command_line(name: &str) -> String {
    let variable = crate::property_variable(name);
    format!(
        "-X, --command-property <K=V>: {name} is a secret, and other users of this machine can read command lines; \
         put the line {name}=... into a file that only you can read and give it with --command-config FILE, \
         or set the environment variable {variable}"
    )
}
