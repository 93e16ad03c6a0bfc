//! Encodings: a layout made ready for one format.

use std::sync::Arc;

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
}

/// The result of encoding a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Encoded {
    /// Every slot was written, and as its layout describes it.
    pub complete: bool,
    /// The record was [serialized](crate::Writer::serialize), so its form is guaranteed.
    pub whole: bool,
}

/// A layout made ready for one format.
#[derive(Debug, Clone)]
pub struct Encoding(Ready);

#[derive(Debug, Clone)]
enum Ready {
    Json(Template),
    Csv(Template),
    Columns { layout: Arc<Layout>, empty: Columns },
}

/// Room for a record that is asked for before it is known how long the record is.
const ROOM: usize = 16 * 1024;

impl Encoding {
    /// Renders everything about records of `layout` that can be rendered before the first.
    ///
    /// Of columns only those are kept whose [leaf](mercato_schema::Description::leaves) is `wanted`.
    pub fn new(layout: &Arc<Layout>, format: Format, wanted: impl Fn(usize) -> bool) -> Self {
        Self(match format {
            Format::Json => Ready::Json(Template::new(layout, Form::Json)),
            Format::Csv => Ready::Csv(Template::new(layout, Form::Csv)),
            Format::Columns => {
                Ready::Columns { layout: Arc::clone(layout), empty: Columns::new(layout, &wanted) }
            }
        })
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
            Ready::Columns { layout, empty } => {
                write_columns(layout, batch.columns_mut(topic, empty), record)
            }
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
    if template.key == KeySource::Stream {
        return line::<JSON, CHECKED>(template, batch, record);
    }
    let before = batch.keys.len();
    let encoded = line::<JSON, CHECKED>(template, batch, record);
    batch.rekey(before, |line, key| {
        let read = if JSON { keys::of_json } else { keys::of_csv };
        read(&template.key, line, key);
    });
    encoded
}

#[inline]
fn line<const JSON: bool, const CHECKED: bool>(
    template: &Template,
    batch: &mut Batch,
    record: &mut impl WriteRecord,
) -> Encoded {
    let mut least = ROOM;
    loop {
        let (room, keys) = batch.room(least);
        let (has, key) = (room.len(), keys.len());
        let (len, encoded) = write_line::<JSON, CHECKED>(template, room, keys, record);
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
    Encoded { complete, whole: false }
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
