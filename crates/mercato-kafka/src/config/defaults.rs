//! The default client properties, and warnings about guarantees that the user's properties give up.

use std::collections::BTreeMap;

use super::ConfigError;
use super::verification::INSECURE_WARNING;

/// Bytes of records that wait for the broker before a write blocks: 64 MiB, five seconds of 20,000
/// records of 640 bytes.
pub const DEFAULT_QUEUE_BYTES: u64 = 64 * 1024 * 1024;

/// Bytes of the largest batch, unless `batch.size` says otherwise.
pub const DEFAULT_BATCH_BYTES: u64 = 1_000_000;

/// One record waits for at least this many of the queue's bytes.
///
/// librdkafka counts keys and values only, and needs about 200 bytes more for each record;
/// bounding the number of records as well keeps the whole within twice the stated size.
const BYTES_PER_QUEUED_RECORD: u64 = 256;

/// Properties that only a producer has: other clients would warn about each.
pub(super) const PRODUCER_ONLY: [&str; 15] = [
    "acks",
    "batch.num.messages",
    "batch.size",
    "compression.level",
    "compression.type",
    "enable.gapless.guarantee",
    "enable.idempotence",
    "linger.ms",
    "message.timeout.ms",
    "queue.buffering.max.kbytes",
    "queue.buffering.max.messages",
    "request.timeout.ms",
    "retries",
    "transaction.timeout.ms",
    "transactional.id",
];

pub(super) fn check_reserved(properties: &BTreeMap<String, String>) -> Result<(), ConfigError> {
    const RESERVED: [(&str, &str); 3] = [
        (
            "transactional.id",
            "it follows from the run: use --delivery exactly-once, and --run-name",
        ),
        (
            "delivery.report.only.error",
            "every delivery report is counted, so none may be suppressed",
        ),
        ("partitioner", "keys are always partitioned by murmur2, as in Java clients"),
    ];
    let set = RESERVED.iter().find(|(name, _)| properties.contains_key(*name));
    set.map_or(Ok(()), |(name, reason)| {
        Err(ConfigError::Unsupported { name: (*name).to_owned(), reason: (*reason).to_owned() })
    })
}

pub(super) fn warnings(properties: &BTreeMap<String, String>, insecure: bool) -> Vec<String> {
    let set = |name: &str| properties.get(name).map(String::as_str);
    let mut warnings = Vec::new();
    if insecure {
        warnings.push(INSECURE_WARNING.to_owned());
    }
    warnings.extend(unencrypted(properties));
    if let Some(timeout) = set("message.timeout.ms").filter(|timeout| *timeout != "0") {
        warnings.push(format!(
            "message.timeout.ms={timeout} is ignored, because it would drop records: an outage holds them back, \
             for at most --max-outage"
        ));
    }
    if let Some(retries) =
        set("retries").filter(|retries| retries.parse().is_ok_and(|count: u64| count < 1000))
    {
        warnings.push(format!(
            "retries={retries}: after this many failed attempts a record is sent again, which may duplicate or reorder records"
        ));
    }
    if !idempotence_is_possible(properties) && set("enable.idempotence") != Some("true") {
        warnings.push(
            "enable.idempotence is off because acks, retries or max.in.flight forbid it: a retry may duplicate or reorder records"
                .to_owned(),
        );
    }
    warnings
}

/// Warns about credentials that are sent in plaintext, or set but not used.
fn unencrypted(properties: &BTreeMap<String, String>) -> Option<String> {
    let set = |name: &str| properties.get(name).map(|value| value.to_ascii_lowercase());
    let protocol = set("security.protocol").unwrap_or_else(|| "plaintext".to_owned());
    if protocol == "sasl_plaintext"
        && set("sasl.mechanisms").is_some_and(|mechanism| mechanism == "plain")
    {
        let what = "the password is sent over the network in plaintext; SASL_SSL or a SCRAM mechanism protects it";
        return Some(format!(
            "security.protocol=SASL_PLAINTEXT with sasl.mechanisms=PLAIN: {what}"
        ));
    }
    let unused = |prefix: &str| properties.keys().find(|name| name.starts_with(prefix)).cloned();
    let name = match protocol.as_str() {
        "plaintext" => unused("sasl.").or_else(|| unused("ssl."))?,
        "ssl" => unused("sasl.")?,
        _ => return None,
    };
    Some(format!(
        "{name} is set but security.protocol is {protocol}, which does not use it: set SASL_SSL or SSL"
    ))
}

/// Returns whether librdkafka would accept `enable.idempotence` beside what the user set.
pub(super) fn idempotence_is_possible(properties: &BTreeMap<String, String>) -> bool {
    let number = |name: &str| properties.get(name).and_then(|value| value.parse::<i64>().ok());
    let all_acks = properties.get("acks").is_none_or(|acks| matches!(acks.as_str(), "all" | "-1"));
    let in_flight =
        number("max.in.flight.requests.per.connection").is_none_or(|requests| requests <= 5);
    let retries = number("retries").is_none_or(|retries| retries > 0);
    let fifo = properties.get("queuing.strategy").is_none_or(|strategy| strategy == "fifo");
    all_acks && in_flight && retries && fifo
}

pub(super) fn add_connection_defaults(properties: &mut BTreeMap<String, String>) {
    let mut default = |name: &str, value: &str| {
        properties.entry(name.to_owned()).or_insert_with(|| value.to_owned());
    };
    default("reconnect.backoff.max.ms", "2000");
    default("socket.keepalive.enable", "true");
    let encrypted = properties
        .get("security.protocol")
        .is_some_and(|name| name.to_ascii_lowercase().ends_with("ssl"));
    if encrypted
        && !properties.contains_key("ssl.ca.location")
        && !properties.contains_key("ssl.ca.pem")
    {
        properties.insert("ssl.ca.location".to_owned(), "probe".to_owned());
    }
}

pub(super) fn add_producer_defaults(properties: &mut BTreeMap<String, String>) {
    add_connection_defaults(properties);
    let idempotence = idempotence_is_possible(properties).to_string();
    let set_kbytes =
        properties.get("queue.buffering.max.kbytes").and_then(|kbytes| kbytes.parse().ok());
    let kbytes: u64 = set_kbytes.unwrap_or(DEFAULT_QUEUE_BYTES / 1024);
    let records = (kbytes * 1024 / BYTES_PER_QUEUED_RECORD).min(i32::MAX as u64);
    let mut default = |name: &str, value: &str| {
        properties.entry(name.to_owned()).or_insert_with(|| value.to_owned());
    };
    default("acks", "all");
    default("enable.idempotence", &idempotence);
    default("queue.buffering.max.kbytes", &kbytes.to_string());
    default("queue.buffering.max.messages", &records.to_string());
    default("linger.ms", "5");
    default("batch.size", &DEFAULT_BATCH_BYTES.to_string());
    // The topics were there when the run began: one that is unknown for so long was deleted.
    default("topic.metadata.propagation.max.ms", "4000");
    default("topic.metadata.refresh.interval.ms", "60000");
    properties.insert("message.timeout.ms".to_owned(), "0".to_owned());
}
