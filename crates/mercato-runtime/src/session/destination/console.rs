//! Standard output: where records go unless something else is asked for, and on request besides.

use std::fs;
use std::io::{self, IsTerminal};
use std::path::Path;

use mercato_engine::Run;
use mercato_sinks::{FileFormat, Format, Sink, StdoutSink, in_envelopes};

use super::{Destination, refuse_shared_rows, topic_files};
use crate::run::Interrupt;
use crate::session::{Session, SessionError};

/// Returns whether standard output leads nowhere, as in `order-gen >&-`.
///
/// At the start of a program, Rust opens /dev/null for reading and writing in the place of a closed
/// standard output; a shell's `> /dev/null` opens it for writing only.
fn is_discarded() -> bool {
    const ACCESS: u32 = 0o3;
    const READ_AND_WRITE: u32 = 0o2;
    let leads_to = fs::read_link("/proc/self/fd/1").unwrap_or_default();
    let flags = fs::read_to_string("/proc/self/fdinfo/1").unwrap_or_default();
    let flags = flags.lines().find_map(|line| line.strip_prefix("flags:"));
    let flags = flags.and_then(|flags| u32::from_str_radix(flags.trim(), 8).ok()).unwrap_or(0);
    leads_to == Path::new("/dev/null") && flags & ACCESS == READ_AND_WRITE
}

struct Console<'a>(&'a Session<'a>);

/// Standard output, if records are to be printed.
pub(super) fn wanted<'a>(session: &'a Session<'a>) -> Option<Box<dyn Destination + 'a>> {
    let is_wanted = session.output.to_stdout(session.kafka.is_some());
    is_wanted.then(|| -> Box<dyn Destination> { Box::new(Console(session)) })
}

impl Destination for Console<'_> {
    fn check(&self, run: &Run) -> Result<(), SessionError> {
        refuse_shared_rows(self.0, run)?;
        let format = self.0.output.encoding();
        if !format.is_binary() {
            return Ok(());
        }
        if self.0.output.output_console.value {
            let title = format.title();
            return Err(SessionError::usage(format!(
                "{title} is binary, and --output-console prints records for people to read: omit it, \
                 or write them to a file, too, with -o"
            )));
        }
        if self.is_terminal() {
            return Err(SessionError::usage(format!(
                "{} is binary and not for a terminal: give a file with -o, redirect standard output \
                 into one, or use ndjson",
                format.title()
            )));
        }
        match run.topics() {
            topics @ [_, _, ..] => Err(SessionError::usage(format!(
                "{} on standard output holds records of one topic, but there are {}: give a directory \
                 (ending in /) with -o for one file each, or choose one topic",
                format.title(),
                topics.join(", ")
            ))),
            _ => Ok(()),
        }
    }

    fn open(&self, run: &Run, _: &Interrupt) -> Result<Box<dyn Sink>, SessionError> {
        if is_discarded() {
            tracing::warn!(
                "standard output is closed or discarded, so the records are lost: write them to a file \
                 with -o, or use -o null: if that is meant"
            );
        }
        let topics = topic_files(self.0, run);
        if self.0.output.encoding() == Format::Avro {
            let packing = self.0.packing(run, FileFormat::AVRO)?;
            if let (Some(container), [topic]) = (packing.avro(), &*topics) {
                return Ok(Box::new(StdoutSink::open_avro(container, &topic.topic)?));
            }
        }
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
