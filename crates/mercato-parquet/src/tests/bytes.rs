//! The same records are the same file, and a row group that grows too large ends.

use std::ops::Range;

use mercato_encode::{Batch, Layout};
use mercato_schema::ProductUpdate;
use mercato_sinks::{FileFormat, OutputPath, TopicFile};
use mercato_test_support::columns::{reader, rows};
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::reader::FileReader;
use serde_json::{Value, json};

use super::{Compression, Limits, written_with};
use crate::Parquet;

fn record(index: usize) -> Value {
    json!({
        "update_id": format!("upd_{index:09}"), "product_id": format!("prod_{:06}", index % 7),
        "update_type": "price_change", "timestamp": "2024-07-18T14:30:45.123Z",
        "name": "Lamp", "category": "Home", "old_price": 9.99, "new_price": (index % 90) as f64 + 0.5,
        "quantity": null, "replaces": null,
    })
}

fn layout() -> Layout {
    Layout::of::<ProductUpdate>()
}

fn batch(records: Range<usize>) -> Batch {
    super::batch(&layout(), &records.map(record).collect::<Vec<_>>())
}

fn topics() -> Vec<TopicFile> {
    vec![TopicFile { topic: "product-updates".to_owned(), header: None }]
}

fn parquet(compression: Compression) -> Parquet {
    Parquet::new([("product-updates", &layout())], compression).unwrap().with_groups_of(40, 10)
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
    assert_eq!(rows(&files[0]).len(), 200);
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
    let lengths = ["01", "02", "03"].map(|day| rows(&std::fs::read(of(day)).unwrap()).len());
    assert_eq!(lengths, [24, 24, 12]);
}

#[test]
fn a_row_group_of_long_records_ends_by_their_bytes() {
    let limits = Limits { group_records: 1_000, group_bytes: 600, page_records: 10 };
    let records: Vec<Value> = (0..40).map(record).collect();
    let bytes = written_with(&layout(), Compression::None, limits, &records).unwrap();
    let groups: Vec<i64> =
        reader(&bytes).metadata().row_groups().iter().map(RowGroupMetaData::num_rows).collect();
    assert!((2..=4).contains(&groups.len()) && groups.iter().sum::<i64>() == 40, "{groups:?}");
}

#[test]
fn a_column_of_many_values_goes_on_without_its_dictionary() {
    let limits = Limits { group_records: 150_000, ..Limits::USUAL };
    let numbered = |index: usize| {
        let mut record = record(index);
        record["name"] = json!(format!("Lamp {}", index % 70_000));
        record
    };
    let records: Vec<Value> = (0..140_000).map(numbered).collect();
    let bytes = written_with(&layout(), Compression::Zstd, limits, &records).unwrap();
    let reader = reader(&bytes);
    let names = reader.metadata().row_group(0).column(4);
    assert!(names.column_path().string() == "name" && names.dictionary_page_offset().is_none());
    assert_eq!(rows(&bytes), records);
}
