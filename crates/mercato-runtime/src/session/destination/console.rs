//! Standard output: where records go unless something else is asked for, and on request besides.

use std::io::{self, IsTerminal};

use mercato_engine::Run;
use mercato_sinks::{Sink, StdoutSink, in_envelopes};

use super::{Destination, refuse_shared_rows, topic_files};
use crate::run::Interrupt;
use crate::session::{Session, SessionError};

struct Console<'a>(&'a Session<'a>);

/// Standard output, if records are to be printed.
pub(super) fn wanted<'a>(session: &'a Session<'a>) -> Option<Box<dyn Destination + 'a>> {
    let is_wanted = session.output.to_stdout(session.kafka.is_some());
    is_wanted.then(|| -> Box<dyn Destination> { Box::new(Console(session)) })
}

impl Destination for Console<'_> {
    fn check(&self, run: &Run) -> Result<(), SessionError> {
        refuse_shared_rows(self.0, run)
    }

    fn open(&self, run: &Run, _: &Interrupt) -> Result<Box<dyn Sink>, SessionError> {
        let topics = topic_files(self.0, run);
        let header = topics.first().and_then(|topic| topic.header.as_deref());
        Ok(in_envelopes(&topics, Box::new(StdoutSink::open(header)?)))
    }

    fn names(&self, _: &Run) -> Vec<String> {
        vec!["standard output".to_owned()]
    }

    fn is_terminal(&self) -> bool {
        io::stdout().is_terminal()
    }
}
