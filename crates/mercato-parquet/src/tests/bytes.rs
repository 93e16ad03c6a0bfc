//! The same records are the same file, and a row group that grows too large ends.

use std::ops::Range;

use mercato_encode::{Batch, Coordinates, Stamp};
use mercato_schema::{Described, ProductUpdate};
use mercato_sinks::{FileFormat, OutputPath, TopicFile};
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::reader::FileReader;

use super::{Compression, File, Limits, read, reader};
use crate::Parquet;

fn line(index: usize) -> String {
    format!(
        r#"{{"update_id":"upd_{index:09}","product_id":"prod_{:06}","update_type":"price_change","timestamp":"2024-07-18T14:30:45.123Z","name":"Lamp","category":"Home","old_price":9.99,"new_price":{}.5,"quantity":null,"replaces":null}}"#,
        index % 7,
        index % 90,
    )
}

fn batch(records: Range<usize>) -> Batch {
    let mut batch = Batch::default();
    for index in records {
        batch.bytes.extend_from_slice(line(index).as_bytes());
        batch.bytes.push(b'\n');
        batch.seal(Stamp::at(index as i64 * 3_600_000_000, Coordinates::default()));
    }
    batch
}

fn topics() -> Vec<TopicFile> {
    vec![TopicFile { topic: "product-updates".to_owned(), header: None }]
}

fn parquet(compression: Compression) -> Parquet {
    let columns = ProductUpdate::description().columns();
    let topics = [("product-updates", &columns[..])];
    Parquet::new(topics, compression).unwrap().with_groups_of(40, 10)
}

#[test]
fn a_file_does_not_tell_how_its_records_came() {
    let folder = tempfile::tempdir().unwrap();
    let mut files = Vec::new();
    for (name, cuts) in [("a", vec![0, 200]), ("b", vec![0, 1, 39, 40, 41, 130, 200])] {
        let path = folder.path().join(format!("{name}.parquet"));
        let output = OutputPath::parse(&path).unwrap();
        let mut sink =
            output.open_with(&topics(), std::sync::Arc::new(parquet(Compression::Zstd))).unwrap();
        for ends in cuts.windows(2) {
            let batch = batch(ends[0]..ends[1]);
            sink.write(&batch, 0..batch.len()).unwrap();
            sink.flush().unwrap();
        }
        assert!(!path.exists(), "it has its name when it is whole");
        assert_eq!(sink.delivery().acknowledged, 0, "nobody reads a file without its footer");
        assert_eq!(sink.finish().unwrap().acknowledged, 200);
        files.push(std::fs::read(path).unwrap());
    }
    assert_eq!(files[0], files[1]);
    assert_eq!(read(&files[0]).len(), 200);
}

#[test]
fn a_file_that_is_given_up_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let output = OutputPath::parse(folder.path().join("a.parquet")).unwrap();
    let mut sink =
        output.open_with(&topics(), std::sync::Arc::new(parquet(Compression::None))).unwrap();
    sink.write(&batch(0..100), 0..100).unwrap();
    sink.abandon().unwrap();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn every_day_is_a_file_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let days = mercato_sinks::Partitions::between(3, 0, 60 * 3_600_000_000);
    let output = OutputPath::folder(folder.path())
        .with_format(FileFormat::PARQUET)
        .unwrap()
        .partitioned(days);
    let mut sink =
        output.open_with(&topics(), std::sync::Arc::new(parquet(Compression::Snappy))).unwrap();
    sink.write(&batch(0..60), 0..60).unwrap();
    sink.finish().unwrap();
    let of = |day: &str| {
        folder.path().join(format!("product-updates/dt=1970-01-{day}/part-00003.parquet"))
    };
    let lengths = ["01", "02", "03"].map(|day| read(&std::fs::read(of(day)).unwrap()).len());
    assert_eq!(lengths, [24, 24, 12]);
}

#[test]
fn a_row_group_of_long_records_ends_by_their_bytes() {
    let mut bytes = Vec::new();
    let limits = Limits { group_records: 1_000, group_bytes: 2_000, page_records: 10 };
    let mut file = File::begin(
        &mut bytes,
        "topic",
        &ProductUpdate::description().fields,
        Compression::None,
        limits,
    )
    .unwrap();
    (0..40).try_for_each(|index| file.record(line(index).as_bytes())).unwrap();
    file.finish().unwrap();
    let groups: Vec<i64> =
        reader(&bytes).metadata().row_groups().iter().map(RowGroupMetaData::num_rows).collect();
    assert!(groups.len() > 3 && groups.iter().sum::<i64>() == 40, "{groups:?}");
}

#[test]
fn a_column_of_many_values_goes_on_without_its_dictionary() {
    let mut bytes = Vec::new();
    let limits = Limits { group_records: 150_000, ..Limits::USUAL };
    let mut file = File::begin(
        &mut bytes,
        "topic",
        &ProductUpdate::description().fields,
        Compression::Zstd,
        limits,
    )
    .unwrap();
    let numbered = |index: usize| line(index).replace("Lamp", &format!("Lamp {}", index % 70_000));
    (0..140_000).try_for_each(|index| file.record(numbered(index).as_bytes())).unwrap();
    file.finish().unwrap();
    let reader = reader(&bytes);
    let names = reader.metadata().row_group(0).column(4);
    assert!(names.column_path().string() == "name" && names.dictionary_page_offset().is_none());
    let records = read(&bytes);
    assert_eq!(records[69_999]["name"], "Lamp 69999");
    assert_eq!(records[139_999]["name"], "Lamp 69999");
    assert_eq!(records[139_999]["product_id"], format!("prod_{:06}", 139_999 % 7));
}
