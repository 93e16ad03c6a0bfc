//! Options of a sink.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use super::headers::RecordHeaders;
use super::reports::DeliveryObserver;
use crate::connect::DEFAULT_CONNECT_TIMEOUT;

/// Time that the end of a run waits for an unavailable broker, since the last delivery report.
pub const DEFAULT_DRAIN_TIMEOUT: Duration = Duration::from_secs(300);

/// The same once the user has asked to stop: they are watching, and can ask again.
pub const DEFAULT_INTERRUPTED_DRAIN_TIMEOUT: Duration = Duration::from_secs(15);

/// The value of a record's `CreateTime` in Kafka.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RecordTimestamp {
    /// The record's event time, cut to milliseconds.
    #[default]
    Event,
    /// The moment it is handed to the client.
    Wall,
}

/// Options of a [`KafkaSink`](super::KafkaSink).
pub struct KafkaOptions {
    /// Value of `CreateTime`; event time by default.
    pub record_timestamp: RecordTimestamp,
    /// Headers of every record; none by default.
    pub headers: RecordHeaders,
    /// Time to reach the cluster and every topic; [`DEFAULT_CONNECT_TIMEOUT`] by default.
    pub connect_timeout: Duration,
    /// Time that `finish` waits without a delivery report before it gives up; `None` waits forever.
    ///
    /// [`DEFAULT_DRAIN_TIMEOUT`] by default.
    pub drain_timeout: Option<Duration>,
    /// The same once `interrupt` is set; also ends a write that a full queue holds back.
    ///
    /// [`DEFAULT_INTERRUPTED_DRAIN_TIMEOUT`] by default.
    pub interrupted_drain_timeout: Duration,
    /// Maximum outage of a broker before the sink fails; `None`, the default, waits forever.
    pub max_outage: Option<Duration>,
    /// Set by the caller when the user asks to stop; nobody by default.
    pub interrupt: Option<Arc<AtomicBool>>,
    /// Bytes put before the value of each record, by topic: the header that names its schema.
    /// Empty, the default, for none.
    pub value_prefixes: Vec<Vec<u8>>,
    /// Compression of each topic by librdkafka's name, such as `zstd`; that of the client where it
    /// is `None`, and for all if this is empty, the default. Transactions have that of the client.
    pub compression: Vec<Option<&'static str>>,
    /// Sees every delivered record; nobody by default, which costs nothing.
    pub observer: Option<DeliveryObserver>,
}

impl Default for KafkaOptions {
    fn default() -> Self {
        Self {
            record_timestamp: RecordTimestamp::default(),
            headers: RecordHeaders::default(),
            connect_timeout: DEFAULT_CONNECT_TIMEOUT,
            drain_timeout: Some(DEFAULT_DRAIN_TIMEOUT),
            interrupted_drain_timeout: DEFAULT_INTERRUPTED_DRAIN_TIMEOUT,
            max_outage: None,
            interrupt: None,
            value_prefixes: Vec::new(),
            compression: Vec::new(),
            observer: None,
        }
    }
}

impl fmt::Debug for KafkaOptions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("KafkaOptions")
            .field("record_timestamp", &self.record_timestamp)
            .field("headers", &self.headers)
            .field("connect_timeout", &self.connect_timeout)
            .field("drain_timeout", &self.drain_timeout)
            .field("interrupted_drain_timeout", &self.interrupted_drain_timeout)
            .field("max_outage", &self.max_outage)
            .field("interrupt", &self.interrupt)
            .field("value_prefixes", &self.value_prefixes)
            .field("compression", &self.compression)
            .field("observer", &self.observer.is_some())
            .finish()
    }
}
