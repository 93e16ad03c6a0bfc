//! The place of Kafka in a build without it: a run that asks for it is refused.

use mercato_engine::Run;
use mercato_sinks::Sink;

use super::Destination;
use crate::run::Interrupt;
use crate::session::{Session, SessionError};

struct Missing;

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
