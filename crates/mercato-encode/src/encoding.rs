//! Encodings: a layout made ready for one format.

use std::sync::Arc;

use crate::batch::Framing;
use crate::binary::{self, BinaryWriter, Open};
use crate::changes::ChangeTemplate;
use crate::columns::ColumnWriter;
use crate::lines::LineWriter;
use crate::shape::KeySource;
use crate::template::{Form, Template};
use crate::{Batch, Columns, Layout, WriteRecord, keys};

/// The encoding of records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// One JSON value a line.
    #[default]
    Json,
    /// One line of comma-separated values, RFC 4180.
    Csv,
    /// Typed columns.
    Columns,
    /// The binary encoding of Avro, without its schema.
    Avro,
    /// A Protobuf message after its length.
    Protobuf,
}

impl Format {
    /// Returns true if a record is bytes of a schema and no text.
    pub fn is_binary(self) -> bool {
        match self {
            Self::Avro | Self::Protobuf => true,
            Self::Json | Self::Csv | Self::Columns => false,
        }
    }
}

/// The result of encoding a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Encoded {
    /// Every slot was written, and as its layout describes it.
    pub complete: bool,
    /// The record was [serialized](crate::Writer::serialize), so its form is guaranteed.
    pub whole: bool,
    /// The record has a key and no value: a tombstone.
    pub absent: bool,
}

/// A layout made ready for one format.
#[derive(Debug, Clone)]
pub struct Encoding(Ready);

#[derive(Debug, Clone)]
enum Ready {
    Json(Template),
    Changes(Box<ChangeTemplate>),
    Csv(Template),
    Columns { layout: Arc<Layout>, empty: Columns },
    Avro(binary::Template),
    Protobuf(binary::Template),
}

/// Room for a record that is asked for before it is known how long the record is.
const ROOM: usize = 16 * 1024;

impl Encoding {
    /// Renders everything about records of `layout` that can be rendered before the first.
    ///
    /// Of columns only those are kept whose [leaf](mercato_schema::Description::leaves) is `wanted`.
    pub fn new(layout: &Arc<Layout>, format: Format, wanted: impl Fn(usize) -> bool) -> Self {
        Self(match format {
            Format::Json => match layout.changes() {
                Some(form) => Ready::Changes(Box::new(ChangeTemplate::new(layout, form))),
                None => Ready::Json(Template::new(layout, Form::Json)),
            },
            Format::Csv => Ready::Csv(Template::new(layout, Form::Csv)),
            Format::Columns => {
                Ready::Columns { layout: Arc::clone(layout), empty: Columns::new(layout, &wanted) }
            }
            Format::Avro => Ready::Avro(binary_template::<true>(layout)),
            Format::Protobuf => Ready::Protobuf(binary_template::<false>(layout)),
        })
    }

    /// Returns why records of the layout cannot be written in this format, if they cannot.
    pub fn flaw(&self) -> Option<&str> {
        match &self.0 {
            Ready::Json(_) | Ready::Changes(_) | Ready::Csv(_) | Ready::Columns { .. } => None,
            Ready::Avro(template) | Ready::Protobuf(template) => template.flaw.as_deref(),
        }
    }

    /// Appends `record` and its key to `batch`, where it is open until it is [sealed](Batch::seal); `topic` is the
    /// batch's index for records of this layout.
    ///
    /// The slots of a `CHECKED` record are compared by their names; of others only the number is known.
    #[inline]
    pub fn encode<const CHECKED: bool>(
        &self,
        batch: &mut Batch,
        topic: u16,
        record: &mut impl WriteRecord,
    ) -> Encoded {
        match &self.0 {
            Ready::Json(template) => keyed::<true, CHECKED>(template, batch, record),
            Ready::Csv(template) => keyed::<false, CHECKED>(template, batch, record),
            Ready::Changes(template) => write_change::<CHECKED>(template, batch, record),
            Ready::Columns { layout, empty } => {
                write_columns(layout, batch.columns_mut(topic, empty), record)
            }
            Ready::Avro(template) => fitted(batch, Framing::None, |room, keys| {
                write_binary::<true, CHECKED>(template, room, keys, record)
            }),
            Ready::Protobuf(template) => fitted(batch, Framing::Length, |room, keys| {
                write_binary::<false, CHECKED>(template, room, keys, record)
            }),
        }
    }
}

/// Appends a record as a line, with the key that the layout's shape asks for.
#[inline]
fn keyed<const JSON: bool, const CHECKED: bool>(
    template: &Template,
    batch: &mut Batch,
    record: &mut impl WriteRecord,
) -> Encoded {
    let line = |room: &mut [u8], keys: &mut Vec<u8>| {
        write_line::<JSON, CHECKED>(template, room, keys, record)
    };
    if template.key == KeySource::Stream {
        return fitted(batch, Framing::Line, line);
    }
    let before = batch.keys.len();
    let encoded = fitted(batch, Framing::Line, line);
    batch.rekey(before, |line, key| {
        let read = if JSON { keys::of_json } else { keys::of_csv };
        read(&template.key, line, key);
    });
    encoded
}

/// Appends a change of a row, which may be without a value.
#[inline(never)]
fn write_change<const CHECKED: bool>(
    template: &ChangeTemplate,
    batch: &mut Batch,
    record: &mut impl WriteRecord,
) -> Encoded {
    let encoded =
        fitted(batch, Framing::Line, |room, keys| template.write::<CHECKED>(room, keys, record));
    batch.has_absent |= encoded.absent;
    encoded
}

/// A layout made ready for Avro or Protobuf, whose keys and instants are those of the stream.
fn binary_template<const AVRO: bool>(layout: &Layout) -> binary::Template {
    let mut template = binary::Template::new::<AVRO>(layout);
    if layout.key != KeySource::Stream {
        let reason =
            "in Avro and Protobuf the key cannot be chosen: omit --key, or use ndjson or csv";
        template.flaw.get_or_insert_with(|| reason.to_owned());
    }
    if layout.instants.is_some() {
        let reason = "Avro and Protobuf have types of their own for times: omit --timestamp-format, or use \
                      ndjson, csv or parquet";
        template.flaw.get_or_insert_with(|| reason.to_owned());
    }
    template
}

/// Appends what `write` puts into the room it is given, which is larger the next time if it was too small.
#[inline(always)]
#[expect(clippy::inline_always, reason = "one of four places remains in each form of a record")]
fn fitted(
    batch: &mut Batch,
    framing: Framing,
    mut write: impl FnMut(&mut [u8], &mut Vec<u8>) -> (usize, Encoded),
) -> Encoded {
    batch.frame(framing);
    let mut least = ROOM;
    loop {
        let (room, keys) = batch.room(least);
        let (has, key) = (room.len(), keys.len());
        let (len, encoded) = write(room, keys);
        if len <= has {
            batch.advance(len);
            return encoded;
        }
        // The key is taken back of a record that is written again in a larger room.
        batch.keys.truncate(key);
        least = len;
    }
}

/// Appends a record to `columns`.
#[inline(never)]
fn write_columns(layout: &Layout, columns: &mut Columns, record: &mut impl WriteRecord) -> Encoded {
    let mut writer = ColumnWriter::new(std::mem::take(columns), layout);
    record.write(&mut writer);
    let complete;
    (*columns, complete) = writer.finish();
    Encoded { complete, whole: false, absent: false }
}

/// Writes a record into `room`, as far as it fits; returns how long it is.
///
/// A function of its own, so that nothing of a record is kept in registers for the case that it is written again, and
/// each form of a stream's records has the registers to itself.
#[inline(never)]
fn write_line<const JSON: bool, const CHECKED: bool>(
    template: &Template,
    room: &mut [u8],
    keys: &mut Vec<u8>,
    record: &mut impl WriteRecord,
) -> (usize, Encoded) {
    let mut writer = LineWriter::<JSON, CHECKED>::new(template, room, keys);
    record.write(&mut writer);
    writer.finish()
}

/// Writes a record into `room` as [`write_line`] does, as Avro or as Protobuf.
#[inline(never)]
fn write_binary<const AVRO: bool, const CHECKED: bool>(
    template: &binary::Template,
    room: &mut [u8],
    keys: &mut Vec<u8>,
    record: &mut impl WriteRecord,
) -> (usize, Encoded) {
    let mut open = Open::default();
    let mut writer = BinaryWriter::<AVRO, CHECKED>::new(template, room, keys, &mut open);
    record.write(&mut writer);
    writer.finish()
}
