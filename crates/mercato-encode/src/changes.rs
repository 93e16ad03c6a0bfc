//! Changes of rows as lines of JSON: what Debezium writes, or the row after the change.
//!
//! A row is written by the same writer as a record, once for each state that is shown, between texts
//! that were rendered when the run was built.
//! A change without a value, a tombstone, is a record with a key and no line: files and pipes, which
//! hold values only, have no trace of it, and Kafka gets a message without a value.

use mercato_schema::ChangeForm;
use mercato_units::enumerated;

use crate::lines::LineWriter;
use crate::out::{Tail, aside};
use crate::template::{Form, Template};
use crate::{Coordinates, Encoded, Layout, WriteRecord, Writer, digits, json};

enumerated! {
    /// The effect of a change on its row.
    #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
    pub enum ChangeKind {
        /// It is there at the start of the run.
        Read,
        /// It is new.
        #[default]
        Create,
        /// It has other values.
        Update,
        /// It is no more.
        Delete,
        /// It has been deleted, and every earlier change of it may be forgotten; after a delete, and
        /// only where changes are written as [`ChangeForm::Debezium`].
        Tombstone,
    }
}

/// A change of a row, and its origin.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Change {
    /// Its effect.
    pub kind: ChangeKind,
    /// Event time in microseconds since the Unix epoch.
    pub at: i64,
    /// Its coordinates in the run.
    pub coordinates: Coordinates,
}

impl ChangeKind {
    /// The letter of the operation, and whether the row belongs to the initial snapshot.
    fn operation(self) -> (u8, bool) {
        match self {
            Self::Read => (b'r', true),
            Self::Create => (b'c', false),
            Self::Update => (b'u', false),
            Self::Delete | Self::Tombstone => (b'd', false),
        }
    }
}

/// A layout made ready for changes of its rows.
#[derive(Debug, Clone)]
pub(crate) struct ChangeTemplate {
    row: Template,
    form: ChangeForm,
    /// The text between the time of a change and its coordinates.
    table: Vec<u8>,
}

/// The text between the row after a change and its time.
const SOURCE: &[u8] =
    br#","source":{"version":"1","connector":"mercato","name":"mercato","ts_ms":"#;

/// A state of a row that a change shows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Before,
    After,
}

impl ChangeTemplate {
    pub(crate) fn new(layout: &Layout, form: ChangeForm) -> Self {
        let mut table = br#"","db":"shop","table":"#.to_vec();
        json::string(&mut table, layout.rows().map_or("", |rows| rows.table));
        table.extend_from_slice(br#","sequence":""#);
        Self { row: Template::new(layout, Form::Json), form, table }
    }

    /// Writes a change into `room`, as far as it fits; returns how long it is.
    pub(crate) fn write<const CHECKED: bool>(
        &self,
        room: &mut [u8],
        keys: &mut Vec<u8>,
        record: &mut impl WriteRecord,
    ) -> (usize, Encoded) {
        let change = record.change();
        let mut line = Line { template: self, room, keys, len: 0, complete: true };
        match (self.form, change.kind) {
            (ChangeForm::Upsert, ChangeKind::Delete) | (_, ChangeKind::Tombstone) => {
                line.key_alone::<CHECKED>(record);
                let encoded = Encoded { complete: line.complete, whole: false, absent: true };
                return (0, encoded);
            }
            (ChangeForm::Upsert, _) => line.row::<CHECKED>(State::After, record),
            (ChangeForm::Debezium, _) => line.event::<CHECKED>(change, record),
        }
        line.text(b"\n");
        (line.len, Encoded { complete: line.complete, whole: false, absent: false })
    }
}

/// A line while it is put together.
struct Line<'a> {
    template: &'a ChangeTemplate,
    room: &'a mut [u8],
    keys: &'a mut Vec<u8>,
    len: usize,
    complete: bool,
}

impl Line<'_> {
    fn text(&mut self, bytes: &[u8]) {
        if let Some(slot) = self.room.get_mut(self.len..self.len + bytes.len()) {
            slot.copy_from_slice(bytes);
        }
        self.len += bytes.len();
    }

    fn number(&mut self, number: i64) {
        let (digits, len) = aside::<20>(|out: &mut Tail<'_>| digits::signed(out, number));
        self.text(&digits[..len]);
    }

    /// Appends a state of the row, and its key unless it is there already.
    fn row<const CHECKED: bool>(&mut self, state: State, record: &mut impl WriteRecord) {
        let room = self.room.get_mut(self.len..).unwrap_or_default();
        let mut writer =
            LineWriter::<true, CHECKED>::new(&self.template.row, room, &mut *self.keys);
        write_state(state, record, &mut writer);
        let (len, encoded) = writer.finish();
        // The line feed is not wanted here.
        self.len += len - 1;
        self.complete &= encoded.complete;
    }

    /// Appends nothing but the key.
    fn key_alone<const CHECKED: bool>(&mut self, record: &mut impl WriteRecord) {
        let mut writer =
            LineWriter::<true, CHECKED>::new(&self.template.row, &mut [], &mut *self.keys);
        write_state(State::Before, record, &mut writer);
        self.complete &= writer.finish().1.complete;
    }

    fn event<const CHECKED: bool>(&mut self, change: Change, record: &mut impl WriteRecord) {
        let has_before = matches!(change.kind, ChangeKind::Update | ChangeKind::Delete);
        self.text(br#"{"before":"#);
        if has_before {
            self.row::<CHECKED>(State::Before, record);
        } else {
            self.text(b"null");
        }
        let keyed = self.keys.len();
        self.text(br#","after":"#);
        if change.kind == ChangeKind::Delete {
            self.text(b"null");
        } else {
            self.row::<CHECKED>(State::After, record);
        }
        if has_before {
            self.keys.truncate(keyed);
        }
        let (millis, (operation, is_snapshot)) =
            (change.at.div_euclid(1_000), change.kind.operation());
        self.text(SOURCE);
        self.number(millis);
        self.text(br#","snapshot":""#);
        self.text(if is_snapshot { b"true" } else { b"false" });
        self.text(&self.template.table);
        let Coordinates { rank, substream, block, position, step, .. } = change.coordinates;
        self.number(rank.into());
        for part in [substream.into(), block as i64, position.into(), step.into()] {
            self.text(b".");
            self.number(part);
        }
        self.text(br#""},"op":""#);
        self.text(&[operation]);
        self.text(br#"","ts_ms":"#);
        self.number(millis);
        self.text(b"}");
    }
}

fn write_state(state: State, record: &mut impl WriteRecord, writer: &mut impl Writer) {
    match state {
        State::Before => record.write_before(writer),
        State::After => record.write(writer),
    }
}
