//! The place of Kafka in a build without it: a run that asks for it is refused.

use mercato_config::KafkaSettings;
use mercato_engine::Run;
use mercato_sinks::Sink;
use mercato_units::Shard;

use super::Destination;
use crate::run::Interrupt;
use crate::session::{Resumed, Session, SessionError, StreamInfo};

struct Missing;

/// Refuses to look for the progress of an earlier run.
pub(in crate::session) fn resumed(
    _: &KafkaSettings,
    _: &StreamInfo,
    _: Shard,
) -> Result<Option<Resumed>, SessionError> {
    Err(SessionError::NoKafka)
}

/// Returns a destination that refuses the run, if Kafka is requested.
pub(super) fn wanted<'a>(session: &'a Session<'a>) -> Option<Box<dyn Destination + 'a>> {
    session.kafka.as_ref().map(|_| -> Box<dyn Destination> { Box::new(Missing) })
}

impl Destination for Missing {
    fn check(&self, _: &Run) -> Result<(), SessionError> {
        Err(SessionError::NoKafka)
    }

    fn open(&self, _: &Run, _: &Interrupt) -> Result<Box<dyn Sink>, SessionError> {
        Err(SessionError::NoKafka)
    }

    fn names(&self, _: &Run) -> Vec<String> {
        Vec::new()
    }
}
