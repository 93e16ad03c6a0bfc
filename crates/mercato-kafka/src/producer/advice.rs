//! Advice on records that could not be delivered.

use mercato_sinks::SinkError;
use rdkafka::error::RDKafkaErrorCode as Code;

/// The client's message, as an error source.
#[derive(Debug, thiserror::Error)]
#[error("{code}{}{reason}", if reason.is_empty() { "" } else { ": " })]
struct Said {
    code: Code,
    reason: String,
}

/// The records that will not arrive.
#[derive(Debug, Clone, Copy)]
pub(super) struct Loss {
    /// Records.
    pub(super) failed: u64,
    /// Records from the first on of which none is lost.
    pub(super) complete: u64,
}

/// That records will not arrive at `destination`, because of `code`.
pub(super) fn undelivered(destination: &str, loss: Loss, code: Code, reason: &str) -> SinkError {
    SinkError::Undelivered {
        destination: destination.to_owned(),
        failed: loss.failed,
        complete: loss.complete,
        advice: advice(code).to_owned(),
        source: Box::new(Said { code, reason: reason.to_owned() }),
    }
}

fn advice(code: Code) -> &'static str {
    match code {
        Code::QueueFull
        | Code::PurgeQueue
        | Code::PurgeInflight
        | Code::BrokerTransportFailure
        | Code::NetworkException
        | Code::MessageTimedOut
        | Code::OperationTimedOut
        | Code::RequestTimedOut => {
            "the broker was unavailable until the end; start it and repeat the run"
        }
        Code::AllBrokersDown => {
            "the broker was unavailable for longer than --max-outage; start it, and continue after the summary's cursor or repeat the run"
        }
        Code::Fatal => "the client failed repeatedly; see its log with -v",
        Code::MessageSizeTooLarge | Code::InvalidMessageSize | Code::MessageBatchTooLarge => {
            "raise message.max.bytes here and max.message.bytes of the topic"
        }
        Code::TopicAuthorizationFailed | Code::ClusterAuthorizationFailed => {
            "request permission (ACL) to write there"
        }
        Code::UnknownTopicOrPartition | Code::UnknownTopic | Code::UnknownPartition => {
            "the topic was deleted during the run, or lost what it had acknowledged; create it again if it is gone, and \
             repeat the run"
        }
        Code::InvalidTimestamp => {
            "the topic rejects event times so far from now; use --record-timestamp wall"
        }
        Code::NotEnoughReplicas | Code::NotEnoughReplicasAfterAppend => {
            "too few replicas are in sync; check which broker is down"
        }
        Code::InvalidRecord => {
            "the topic rejects such records; see its cleanup.policy and message.timestamp settings"
        }
        _ => "repeat the run; the same identity produces the same records",
    }
}
