//! Java's names for properties, and librdkafka's own aliases, brought to one name each.
//!
//! One name each matters beyond convenience: librdkafka applies properties in no fixed order,
//! so a default under one alias could win over the user's value under another.

use std::borrow::Cow;

use super::ConfigError;

/// The translation of a name.
enum Meaning {
    /// Another name, same value.
    Name(&'static str),
    /// Another name, and bytes become kilobytes.
    Kilobytes(&'static str),
    /// Another name, and Java's -1, the system's choice, becomes 0.
    SystemChoice(&'static str),
    /// Nothing here does that, for this reason.
    Nothing(&'static str),
}

use Meaning::{Kilobytes, Name, Nothing, SystemChoice};

const LOADS_CODE: &str = "it loads code into this process; leave it out";
const JVM: &str = "it configures Java's security provider, but this client uses OpenSSL; omit it";
const TRUSTSTORE: &str = "trusted certificates are read as PEM, which has no password; omit it";
const PLUGIN: &str = "it names a Java class, which this client cannot run; omit it";
const PLACEMENT: &str = "keys are partitioned by murmur2 like Java's default partitioner; omit it";

/// Names that are not librdkafka's canonical ones.
const TABLE: [(&str, Meaning); 48] = [
    ("buffer.memory", Kilobytes("queue.buffering.max.kbytes")),
    ("compression.codec", Name("compression.type")),
    ("compression.gzip.level", Name("compression.level")),
    ("compression.lz4.level", Name("compression.level")),
    ("compression.zstd.level", Name("compression.level")),
    ("config.providers", Nothing(PLUGIN)),
    ("delivery.timeout.ms", Name("message.timeout.ms")),
    ("fetch.message.max.bytes", Name("max.partition.fetch.bytes")),
    (
        "max.block.ms",
        Nothing(
            "a full queue blocks the generator until there is room, because giving up would lose records",
        ),
    ),
    ("max.in.flight", Name("max.in.flight.requests.per.connection")),
    ("max.request.size", Name("message.max.bytes")),
    ("message.send.max.retries", Name("retries")),
    ("metadata.broker.list", Name("bootstrap.servers")),
    (
        "metadata.max.idle.ms",
        Nothing("this client keeps topic metadata for the whole run; omit it"),
    ),
    ("partitioner.adaptive.partitioning.enable", Nothing(PLACEMENT)),
    ("partitioner.availability.timeout.ms", Nothing(PLACEMENT)),
    ("partitioner.class", Nothing(PLACEMENT)),
    ("partitioner.ignore.keys", Nothing(PLACEMENT)),
    ("plugin.library.paths", Nothing(LOADS_CODE)),
    ("queue.buffering.max.ms", Name("linger.ms")),
    ("receive.buffer.bytes", SystemChoice("socket.receive.buffer.bytes")),
    ("request.required.acks", Name("acks")),
    ("sasl.client.callback.handler.class", Nothing(PLUGIN)),
    ("sasl.kerberos.kinit.cmd", Nothing("this client is built without Kerberos (GSSAPI)")),
    ("sasl.kerberos.service.name", Nothing("this client is built without Kerberos (GSSAPI)")),
    ("sasl.login.callback.handler.class", Nothing(PLUGIN)),
    ("sasl.login.class", Nothing(PLUGIN)),
    ("sasl.mechanism", Name("sasl.mechanisms")),
    ("sasl.oauthbearer.client.credentials.client.id", Name("sasl.oauthbearer.client.id")),
    ("sasl.oauthbearer.client.credentials.client.secret", Name("sasl.oauthbearer.client.secret")),
    ("security.providers", Nothing(JVM)),
    ("send.buffer.bytes", SystemChoice("socket.send.buffer.bytes")),
    (
        "socket.connection.setup.timeout.max.ms",
        Nothing(
            "the connection timeout does not grow here; socket.connection.setup.timeout.ms is the limit",
        ),
    ),
    ("ssl.enabled.protocols", Nothing(JVM)),
    ("ssl.engine.factory.class", Nothing(PLUGIN)),
    ("ssl.engine.id", Nothing(LOADS_CODE)),
    ("ssl.engine.location", Nothing(LOADS_CODE)),
    ("ssl.keymanager.algorithm", Nothing(JVM)),
    ("ssl.keystore.certificate.chain", Name("ssl.certificate.pem")),
    ("ssl.keystore.key", Name("ssl.key.pem")),
    ("ssl.protocol", Nothing(JVM)),
    ("ssl.provider", Nothing(JVM)),
    ("ssl.providers", Nothing(LOADS_CODE)),
    ("ssl.secure.random.implementation", Nothing(JVM)),
    ("ssl.trustmanager.algorithm", Nothing(JVM)),
    ("ssl.truststore.certificates", Name("ssl.ca.pem")),
    ("ssl.truststore.password", Nothing(TRUSTSTORE)),
    ("transaction.two.phase.commit.enable", Nothing("this producer does not use transactions")),
];

/// Properties of other tools, which share client files with this one: schema registries, Kafka
/// Connect, serializers, metrics of the JVM, consumers.
const FOREIGN: [&str; 14] = [
    "auto.include.jmx.reporter",
    "auto.register.schemas",
    "default.api.timeout.ms",
    "interceptor.classes",
    "key.deserializer",
    "key.serializer",
    "max.poll.records",
    "metric.reporters",
    "specific.avro.reader",
    "use.latest.version",
    "use.schema.id",
    "value.deserializer",
    "value.serializer",
    "value.subject.name.strategy",
];

/// Prefixes of the names of further ones.
const FOREIGN_PREFIXES: [&str; 8] = [
    "basic.auth.",
    "bearer.auth.",
    "confluent.",
    "key.converter",
    "ksql.",
    "metrics.",
    "schema.registry.",
    "value.converter",
];

/// Returns true for a property of another tool: leaving it out changes nothing that this client
/// does.
pub(super) fn is_foreign(name: &str) -> bool {
    FOREIGN.contains(&name) || FOREIGN_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

/// Returns true if Java's names include this one, whatever becomes of it here.
pub(super) fn is_listed(name: &str) -> bool {
    TABLE.iter().any(|(known, _)| *known == name)
}

/// A property under librdkafka's canonical name, with its value in librdkafka's unit.
///
/// A name that is not in the table passes unchanged: librdkafka will say whether it knows it.
///
/// ```
/// let (name, value) = mercato_kafka::config::translate("buffer.memory", "33554432")?;
/// assert_eq!((&*name, &*value), ("queue.buffering.max.kbytes", "32768"));
/// # Ok::<(), mercato_kafka::ConfigError>(())
/// ```
pub fn translate<'a>(
    name: &'a str,
    value: &'a str,
) -> Result<(Cow<'a, str>, Cow<'a, str>), ConfigError> {
    let name = name.trim();
    match TABLE.iter().find(|(known, _)| *known == name).map(|(_, meaning)| meaning) {
        None => Ok((Cow::Borrowed(name), Cow::Borrowed(value))),
        Some(Name(other)) => Ok((Cow::Borrowed(*other), Cow::Borrowed(value))),
        Some(Kilobytes(other)) => Ok((Cow::Borrowed(*other), kilobytes(value))),
        Some(SystemChoice(other)) => {
            Ok((Cow::Borrowed(*other), Cow::Borrowed(if value == "-1" { "0" } else { value })))
        }
        Some(Nothing(reason)) => {
            Err(ConfigError::Unsupported { name: name.to_owned(), reason: (*reason).to_owned() })
        }
    }
}

/// Bytes rounded up to kilobytes; what is no number stays, so that librdkafka refuses it.
fn kilobytes(bytes: &str) -> Cow<'_, str> {
    match bytes.parse::<u64>() {
        Ok(bytes) => Cow::Owned(bytes.div_ceil(1024).to_string()),
        Err(_) => Cow::Borrowed(bytes),
    }
}
