//! Destinations of a session's records: one trait, and a module for each kind.
//!
//! A destination is checked before any is opened, so that a run that one of them refuses leaves
//! nothing behind in another.

mod console;
// In a build without Kafka the module of the same name refuses every run that asks for it.
#[cfg_attr(not(feature = "kafka"), path = "no_kafka.rs")]
mod kafka;
mod output;

use std::path::PathBuf;

use mercato_config::OnLag;
use mercato_encode::csv;
use mercato_engine::Run;
use mercato_sinks::{Compression, Format, NullSink, Sink, TeeSink, TopicFile};

use super::resume::EXACTLY_ONCE;
use super::{Session, SessionError};
use crate::run::{Interrupt, Observer, Positions};
pub(super) use kafka::resumed;

/// A place where the records of a run can go.
pub(super) trait Destination {
    /// Refuses a run whose records it cannot take.
    fn check(&self, run: &Run) -> Result<(), SessionError>;

    /// Opens it for the records of `run`.
    fn open(&self, run: &Run, interrupt: &Interrupt) -> Result<Box<dyn Sink>, SessionError>;

    /// Its names in summaries, one for each place; no secrets.
    fn names(&self, run: &Run) -> Vec<String>;

    /// The run with its topic called as it is called there; none where it keeps its name.
    fn renamed(&self, _run: &Run) -> Result<Option<Run>, SessionError> {
        Ok(None)
    }

    /// Says where all the records are already, if they are; refuses places that cannot take them.
    fn complete(&self, _run: &Run) -> Result<Option<String>, SessionError> {
        Ok(None)
    }

    /// The files that records are written to.
    fn files(&self, _run: &Run) -> Vec<PathBuf> {
        Vec::new()
    }

    /// Logs single records as they leave, where that is of use.
    fn observer(&self) -> Option<Box<dyn Observer>> {
        None
    }

    /// Where the records have arrived that a ledger asks for, if this destination says so.
    fn positions(&self) -> Option<Positions> {
        None
    }

    /// Returns whether records appear on a terminal.
    fn is_terminal(&self) -> bool {
        false
    }
}

/// Returns a session's destination of one kind, if its settings ask for it.
type Wanted = for<'a> fn(&'a Session<'a>) -> Option<Box<dyn Destination + 'a>>;

/// Every kind of destination, in the order in which they are opened: of two that fail in one call,
/// the first one's error is reported.
const KINDS: [Wanted; 3] = [kafka::wanted, output::wanted, console::wanted];

/// The destinations of a session.
pub(super) struct Destinations<'a> {
    session: &'a Session<'a>,
    wanted: Vec<Box<dyn Destination + 'a>>,
}

impl<'a> Destinations<'a> {
    /// The destinations that the settings of `session` ask for.
    pub(super) fn of(session: &'a Session<'a>) -> Self {
        Self { session, wanted: KINDS.iter().filter_map(|kind| kind(session)).collect() }
    }

    /// The run with its topic called as a destination calls it.
    pub(super) fn renamed(&self, run: &Run) -> Result<Run, SessionError> {
        let named = self.wanted.iter().find_map(|wanted| wanted.renamed(run).transpose());
        Ok(named.transpose()?.unwrap_or_else(|| run.clone()))
    }

    /// Refuses a run that one of the destinations cannot take.
    pub(super) fn check(&self, run: &Run) -> Result<(), SessionError> {
        self.wanted.iter().try_for_each(|wanted| wanted.check(run))?;
        self.check_state()?;
        let format = self.session.output.encoding();
        if format.is_columnar() && self.wanted.len() > 1 {
            return Err(SessionError::usage(format!(
                "{} file cannot be combined with other outputs: write the file \
                 alone, and run again with the same seed and start for the rest",
                with_article(format)
            )));
        }
        refuse_forms_of_files(self.session)
    }

    /// Says where all the records are already, if there is a single destination and it has them.
    pub(super) fn complete(&self, run: &Run) -> Result<Option<String>, SessionError> {
        match &self.wanted[..] {
            [wanted] => wanted.complete(run),
            _ => Ok(None),
        }
    }

    /// Refuses to keep the state of a run whose destinations could not go on together.
    fn check_state(&self) -> Result<(), SessionError> {
        let output = &self.session.output;
        if output.state.is_some() && output.resume.is_some() {
            return Err(SessionError::usage("--state and --resume: keep one of them"));
        }
        let is_exactly_once = self.session.transactions().is_some();
        let flag = match (&output.state, &output.resume) {
            (Some(_), _) => "--state",
            (None, Some(_)) => "--resume",
            (None, None) if is_exactly_once => EXACTLY_ONCE,
            (None, None) => return Ok(()),
        };
        if is_exactly_once && flag != EXACTLY_ONCE {
            return Err(SessionError::usage(format!(
                "{flag} and {EXACTLY_ONCE}: keep one of them; exactly-once delivery keeps the state in Kafka"
            )));
        }
        if self.wanted.len() > 1 {
            return Err(SessionError::usage(format!(
                "{flag} needs a single destination, but there are {}: run each of them with a state \
                 of its own, with the same seed and start",
                self.wanted.len()
            )));
        }
        if self.session.ledger_path().is_some() || self.session.run.on_lag.value == OnLag::Shed {
            return Err(SessionError::usage(format!(
                "{flag} cannot be combined with a ledger, which cannot be resumed: omit --on-lag shed, and \
                 --ledger, which the same run with -o null: can write at any time"
            )));
        }
        Ok(())
    }

    /// Opens all of them as one sink.
    pub(super) fn open(
        &self,
        run: &Run,
        interrupt: &Interrupt,
    ) -> Result<Box<dyn Sink>, SessionError> {
        let sinks: Vec<_> = self
            .wanted
            .iter()
            .map(|wanted| wanted.open(run, interrupt))
            .collect::<Result<_, _>>()?;
        let tee = |first, second| -> Box<dyn Sink> { Box::new(TeeSink::new(first, second)) };
        Ok(sinks.into_iter().reduce(tee).unwrap_or_else(|| Box::new(NullSink::default())))
    }

    /// The names of all of them.
    pub(super) fn names(&self, run: &Run) -> Vec<String> {
        self.wanted.iter().flat_map(|wanted| wanted.names(run)).collect()
    }

    /// The files of all of them.
    pub(super) fn files(&self, run: &Run) -> Vec<PathBuf> {
        self.wanted.iter().flat_map(|wanted| wanted.files(run)).collect()
    }

    /// Logs single records, if a destination asks for it.
    pub(super) fn observer(&self) -> Option<Box<dyn Observer>> {
        self.wanted.iter().find_map(|wanted| wanted.observer())
    }

    /// Where the records have arrived that a ledger asks for, if a destination says so.
    pub(super) fn positions(&self) -> Option<Positions> {
        self.wanted.iter().find_map(|wanted| wanted.positions())
    }

    /// Returns whether records appear on a terminal.
    pub(super) fn on_terminal(&self) -> bool {
        self.wanted.iter().any(|wanted| wanted.is_terminal())
    }
}

/// Refuses formats that only files have, where records go to none.
fn refuse_forms_of_files(session: &Session<'_>) -> Result<(), SessionError> {
    if session.output.output.is_some() {
        return Ok(());
    }
    let encoding = session.output.encoding();
    if encoding.is_columnar() {
        return Err(SessionError::usage(format!(
            "{} is written to files, not to standard output: give a file or directory with -o",
            encoding.title()
        )));
    }
    let format = session.output.format.as_ref().map(|format| format.value.compression);
    if format.is_some_and(|compression| compression != Compression::None) {
        return Err(SessionError::usage(
            "standard output is not compressed: give a file or directory with -o, or pipe it into a \
             compressor",
        ));
    }
    Ok(())
}

/// The name of a format for a file of it, after its article.
fn with_article(format: Format) -> String {
    let article = if format.title().starts_with('A') { "an" } else { "a" };
    format!("{article} {}", format.title())
}

/// Refuses CSV where records of several topics would share a place.
fn refuse_shared_rows(session: &Session<'_>, run: &Run) -> Result<(), SessionError> {
    let [_, _, ..] = run.topics() else { return Ok(()) };
    if session.format() != mercato_engine::Format::Csv {
        return Ok(());
    }
    Err(SessionError::usage(format!(
        "records of {} have different columns: give a directory (ending in /) with -o for one file each, \
         or choose one topic",
        run.topics().join(", ")
    )))
}

/// The topics, each with the first line of a CSV file of it.
fn topic_files(session: &Session<'_>, run: &Run) -> Vec<TopicFile> {
    let is_csv = session.format() == mercato_engine::Format::Csv;
    let file = |(index, topic): (u16, &String)| TopicFile {
        topic: topic.clone(),
        header: is_csv.then(|| {
            let mut line = Vec::new();
            csv::header(&mut line, run.columns(index));
            line
        }),
    };
    (0..).zip(run.topics()).map(file).collect()
}
