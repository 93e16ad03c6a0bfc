//! A sequence of files, read one record ahead.

use std::fmt;

use super::super::record::{identifier, topic_named, topic_shaped_like, with_columns};
use super::super::{Checker, Topic, time_of};
use super::files::{Sequence, is_csv};
use super::{SourceError, hints};
use crate::records::{Actual, Document, Enclosed, Header, Lines, Row};

/// Reads a sequence one record ahead.
#[derive(Debug)]
pub(super) struct Reader {
    files: Sequence,
    topic: Option<Topic>,
    open: Option<Open>,
    next: Option<Next>,
    last: i64,
    /// The topic of the last record that came without an envelope.
    shaped: Option<Topic>,
    /// The next record, or the envelope around it.
    document: Document,
    /// The next record, if it came in an envelope.
    enclosed: Document,
    /// Room for a row and the object that it is.
    row: Row,
    json: Vec<u8>,
}

/// A file that is being read.
#[derive(Debug)]
struct Open {
    lines: Lines,
    is_csv: bool,
    header: Option<Header>,
}

/// A record that was read and not yet checked.
#[derive(Debug, Clone, Copy)]
struct Next {
    /// Its time for the order in which records are checked.
    due: i64,
    at: Option<i64>,
    topic: Topic,
    is_enclosed: bool,
    line: u64,
}

/// A place in a file: `transactions.ndjson:17`.
struct Place<'a>(&'a Lines, u64);

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.0.name(), self.1)
    }
}

/// The kinds of things that a line turns out to be.
enum Found {
    Record,
    Header,
    Unreadable,
}

impl Reader {
    pub(super) fn new(files: Sequence, topic: Option<Topic>) -> Self {
        let topic = topic.or(files.named);
        Self {
            files,
            topic,
            open: None,
            next: None,
            last: i64::MIN,
            shaped: None,
            document: Document::default(),
            enclosed: Document::default(),
            row: Row::default(),
            json: Vec::new(),
        }
    }

    pub(super) fn of_lines(lines: Lines, is_csv: bool, topic: Option<Topic>) -> Self {
        let mut reader = Self::new(Sequence::default(), topic);
        reader.open = Some(Open::new(lines, is_csv));
        reader
    }

    /// The time and the rank of the next record, if there is one.
    pub(super) fn due(&self) -> Option<(i64, u8)> {
        self.next.as_ref().map(|next| (next.due, next.topic.rank))
    }

    /// Has the next record checked, and returns false if there is none.
    pub(super) fn check(&mut self, checker: &mut Checker) -> bool {
        let (Some(next), Some(open)) = (self.next.take(), &self.open) else { return false };
        let Next { at, topic, is_enclosed, line, .. } = next;
        let record = if is_enclosed { &self.enclosed } else { &self.document };
        checker.check_at(topic, &Place(&open.lines, line), record.root(), at);
        true
    }

    /// Reads the next record; one that cannot be read is noted and passed over.
    pub(super) fn advance(&mut self, checker: &mut Checker) -> Result<(), SourceError> {
        while self.next.is_none() {
            let Some(open) = &mut self.open else {
                let Some(path) = self.files.files.pop_front() else { return Ok(()) };
                let hints = hints(self.topic, None);
                let lines = Lines::open_known(&path, checker.meter(), &hints)?;
                self.open = Some(Open::new(lines, is_csv(&path)));
                continue;
            };
            let Some(found) = open.lines.next(0)? else {
                self.open = None;
                continue;
            };
            let (line, value) = (found.position, found.value);
            let is_json = !open.is_csv && self.document.read(value);
            let outcome = match open.is_csv {
                true if str::from_utf8(value).is_err() => Found::Unreadable,
                true => {
                    self.row.read(value);
                    read_row(&self.row, &mut open.header, &mut self.topic, &mut self.json)
                }
                false if is_json => Found::Record,
                false => Found::Unreadable,
            };
            match outcome {
                Found::Header => {}
                Found::Record if !open.is_csv || self.document.read(&self.json) => {
                    self.take(line, checker)?;
                }
                _ => {
                    let text = String::from_utf8_lossy(value).into_owned();
                    checker.unreadable(&Place(&open.lines, line), &text);
                }
            }
        }
        Ok(())
    }

    /// Takes the record in the document as the next one.
    fn take(&mut self, line: u64, checker: &mut Checker) -> Result<(), SourceError> {
        let Some(open) = &self.open else { return Ok(()) };
        let place = Place(&open.lines, line);
        let value = self.document.root();
        if value.is_null() {
            checker.tombstone(self.topic, &place);
            return Ok(());
        }
        // Records begin with their identifier, which spares most of them the search for an envelope.
        let before = self.topic.or(self.shaped);
        let as_before = before.filter(|topic| {
            value.members().next().is_some_and(|(name, _)| name == identifier(*topic))
        });
        let enclosed = if as_before.is_some() { None } else { Enclosed::of(value) };
        let mut named = None;
        if let Some(enclosed) = &enclosed {
            named = topic_named(enclosed.topic);
            let Some(json) = enclosed.json() else {
                checker.tombstone(named.or(self.topic), &place);
                return Ok(());
            };
            if !self.enclosed.read(json.as_bytes()) {
                checker.unreadable(&place, json);
                return Ok(());
            }
        }
        let is_enclosed = enclosed.is_some();
        let record = if is_enclosed { self.enclosed.root() } else { value };
        let known = named.or(self.topic).or(as_before);
        let topic = known.or_else(|| topic_shaped_like(record));
        let unknown = || SourceError::Unknown { name: open.lines.name().to_owned() };
        let topic = topic.ok_or_else(unknown)?;
        if !is_enclosed {
            self.shaped = Some(topic);
        }
        let at = time_of(record);
        // A time that cannot be read does not hold up the others.
        let due = at.unwrap_or(self.last);
        self.last = due;
        self.next = Some(Next { due, at, topic, is_enclosed, line });
        Ok(())
    }
}

impl Open {
    fn new(lines: Lines, is_csv: bool) -> Self {
        let lines = if is_csv { lines.rows() } else { lines };
        Self { lines, is_csv, header: None }
    }
}

/// Writes the object that `row` is into `json`, or takes it as the header.
fn read_row(
    row: &Row,
    header: &mut Option<Header>,
    topic: &mut Option<Topic>,
    json: &mut Vec<u8>,
) -> Found {
    if let Some(header) = header {
        return if header.object(row, json) { Found::Record } else { Found::Unreadable };
    }
    let columns = row.texts();
    *topic = topic.or_else(|| with_columns(&columns));
    let fields = topic.map_or(&[][..], |topic| &topic.description().fields);
    *header = Some(Header::new(&columns, fields, false));
    Found::Header
}
