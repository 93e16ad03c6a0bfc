//! Files are read back with the `parquet` crate, which is nobody's copy of what writes them here.

mod bytes;
mod refused;
mod values;

use std::io;
use std::sync::Arc;

use mercato_encode::{Batch, Coordinates, Encoding, Format, Layout, Stamp, WriteRecord, Writer};
use mercato_schema::{Description, Field, Kind};
use mercato_sinks::Compression;
use serde_json::Value;

use crate::file::{File, Limits};

/// Small enough that a few records have several row groups of several pages.
const SMALL: Limits = Limits { group_records: 50, group_bytes: 1 << 20, page_records: 16 };

/// A record as JSON.
struct Json<'a>(&'a Value);

impl WriteRecord for Json<'_> {
    fn write<W: Writer>(&mut self, writer: &mut W) {
        writer.serialize(self.0);
    }
}

/// A field that is there in every record, or may be null.
fn field(name: &'static str, kind: Kind, nullable: bool) -> Field {
    Field { name: name.into(), doc: "A field.".into(), kind, nullable }
}

fn layout(fields: Vec<Field>) -> Layout {
    let (name, doc) = ("Record".into(), "A record.".into());
    Layout::new(Description { name, doc, key: "".into(), fields })
}

/// The records as columns, an hour of event time apart.
fn batch<'a>(layout: &Layout, records: impl IntoIterator<Item = &'a Value>) -> Batch {
    let encoding = Encoding::new(&Arc::new(layout.clone()), Format::Columns, |_| true);
    let mut batch = Batch::default();
    for record in records {
        assert!(encoding.encode::<true>(&mut batch, 0, &mut Json(record)).complete, "{record}");
        let hour = batch.len() as i64;
        batch.seal(Stamp::at(hour * 3_600_000_000, Coordinates::default()));
    }
    batch
}

/// The file that holds `records`.
fn written(layout: &Layout, compression: Compression, records: &[Value]) -> io::Result<Vec<u8>> {
    written_with(layout, compression, SMALL, records)
}

fn written_with(
    layout: &Layout,
    compression: Compression,
    limits: Limits,
    records: &[Value],
) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut file = File::begin(&mut bytes, "topic", layout, compression, limits, &[])?;
    for some in records.chunks(1 << 14) {
        let batch = batch(layout, some);
        if let Some(columns) = batch.columns(0) {
            file.take_rows(columns, 0..some.len())?;
        }
    }
    file.finish()?;
    assert_eq!(file.written(), bytes.len() as u64);
    Ok(bytes)
}
