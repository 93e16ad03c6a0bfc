//! The time that a run waits for a broker, and what is said when it cannot begin.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rdkafka::error::RDKafkaErrorCode as Code;

use crate::clock::Stopwatch;

/// The time that a run waits.
pub(super) struct Patience {
    pub(super) since: Stopwatch,
    pub(super) limit: Option<Duration>,
    pub(super) interrupt: Option<Arc<AtomicBool>>,
    /// The limit once the user has asked to stop.
    pub(super) interrupted: Duration,
}

impl Patience {
    pub(super) fn is_over(&self) -> bool {
        let is_interrupted =
            self.interrupt.as_ref().is_some_and(|interrupt| interrupt.load(Ordering::Relaxed));
        let waited = self.since.elapsed();
        is_interrupted && waited >= self.interrupted
            || self.limit.is_some_and(|limit| waited >= limit)
    }
}

/// Says why no transaction can begin.
pub(super) fn begin_refused(code: Code) -> String {
    match code {
        Code::UnsupportedFeature | Code::UnsupportedVersion => format!(
            "the broker has no transactions ({code}): use a broker that has them, or --delivery at-least-once"
        ),
        Code::InvalidTransactionTimeout => format!(
            "{code}: lower transaction.timeout.ms with -X, or raise the broker's transaction.max.timeout.ms"
        ),
        Code::TransactionalIdAuthorizationFailed => {
            format!("{code}: request permission (ACL) to write and describe the transactional id")
        }
        code => format!("no transaction can begin: {code}"),
    }
}
