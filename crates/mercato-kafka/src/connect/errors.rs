//! Connection errors that librdkafka reports unasked.

use std::error::Error;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rdkafka::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::ConsumerContext;
use rdkafka::error::{KafkaError, RDKafkaErrorCode as Code};

/// The last errors of a connection.
#[derive(Debug, Default)]
pub(crate) struct ErrorLog {
    last: Mutex<Option<(Code, String)>>,
    down: AtomicBool,
    permanent: AtomicBool,
    connected: AtomicBool,
}

/// The client's message, as an error source.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Said(String);

impl ErrorLog {
    /// Takes note of what the client reports.
    pub(crate) fn note(&self, error: &KafkaError, reason: &str) {
        let code = error.rdkafka_error_code().unwrap_or(Code::Fail);
        match code {
            // Comes after the errors of each single broker, whose words say more.
            Code::AllBrokersDown => {
                // Before the first connection the error that ends the attempt says it all.
                if !self.down.swap(true, Ordering::Relaxed)
                    && self.connected.load(Ordering::Relaxed)
                {
                    tracing::warn!(target: "mercato_kafka", "connection lost, holding records back{}", self.words());
                }
                return;
            }
            Code::Authentication | Code::SaslAuthenticationFailed | Code::SSL => {
                self.permanent.store(true, Ordering::Relaxed);
            }
            _ => {}
        }
        tracing::debug!(target: "mercato_kafka", "{code}: {reason}");
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some((code, reason.to_owned()));
    }

    /// Takes note that the connection works.
    pub(crate) fn works(&self) {
        self.connected.store(true, Ordering::Relaxed);
        if self.is_down() {
            self.down.store(false, Ordering::Relaxed);
            tracing::warn!(target: "mercato_kafka", "reconnected");
        }
    }

    /// Returns whether no broker can be reached.
    pub(crate) fn is_down(&self) -> bool {
        self.down.load(Ordering::Relaxed)
    }

    /// Returns whether trying again with the same properties is in vain.
    pub(crate) fn is_permanent(&self) -> bool {
        self.permanent.load(Ordering::Relaxed)
    }

    /// The last errors, as an error's source.
    pub(crate) fn last(&self) -> Option<(Code, Box<dyn Error + Send + Sync>)> {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner).clone();
        last.map(|(code, reason)| (code, Box::new(Said(reason)) as Box<dyn Error + Send + Sync>))
    }

    /// The last errors after a colon; nothing where a connection ended without any, as when a
    /// broker stops.
    fn words(&self) -> String {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.as_ref().map_or_else(String::new, |(_, reason)| format!(": {reason}"))
    }
}

/// The context of clients that only ask and read.
#[derive(Debug, Default, Clone)]
pub(crate) struct Quiet(pub(crate) Arc<ErrorLog>);

impl ClientContext for Quiet {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        route_log(level, facility, message);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        self.0.note(&error, reason);
    }

    fn stats_raw(&self, _: &[u8]) {}
}

impl ConsumerContext for Quiet {}

/// Hands a log line of librdkafka on.
///
/// Lost connections are lines of level "error" there, each on each attempt; the error callback
/// tells them too, and [`ErrorLog`] says the one sentence that matters, so here they are details.
/// So are errors of a transaction, which is sent again, and the words in which it tells, partition by partition, that a broker which goes has no
/// successor yet.
pub(crate) fn route_log(level: RDKafkaLogLevel, facility: &str, message: &str) {
    let detail = matches!(
        facility,
        "FAIL" | "ERROR" | "CONFWARN" | "MAXPOLL" | "GETPID" | "METADATAUPDATE" | "TXNERR"
    );
    match level {
        _ if detail => tracing::debug!(target: "librdkafka", "{facility}: {message}"),
        RDKafkaLogLevel::Emerg
        | RDKafkaLogLevel::Alert
        | RDKafkaLogLevel::Critical
        | RDKafkaLogLevel::Error => {
            tracing::error!(target: "librdkafka", "{facility}: {message}");
        }
        RDKafkaLogLevel::Warning => tracing::warn!(target: "librdkafka", "{facility}: {message}"),
        RDKafkaLogLevel::Notice | RDKafkaLogLevel::Info => {
            tracing::info!(target: "librdkafka", "{facility}: {message}");
        }
        RDKafkaLogLevel::Debug => tracing::debug!(target: "librdkafka", "{facility}: {message}"),
    }
}
