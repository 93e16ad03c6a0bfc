//! Records of several topics: a file for each, or all in envelopes.

use std::fs;

use mercato_encode::{Batch, Coordinates, Stamp};

use super::names;
use crate::file::Lines;
use crate::{Compression, FolderSink, OutputPath, Sink, SinkError, TopicFile};

/// Records with their topic, key and value.
fn batch_of(records: &[(u16, &str, &str)]) -> Batch {
    let mut batch = Batch::default();
    for (topic, key, value) in records {
        let stamp = Stamp { topic: *topic, ..Stamp::at(0, Coordinates::default()) };
        batch.push(key.as_bytes(), value.as_bytes(), stamp);
    }
    batch
}

fn topics(names: &[&str]) -> Vec<TopicFile> {
    names.iter().map(|name| TopicFile { topic: (*name).to_owned(), header: None }).collect()
}

const RECORDS: [(u16, &str, &str); 5] =
    [(0, "s1", "1"), (0, "s2", "22"), (1, "u1", "333"), (0, "s1", "4"), (1, "u2", "5")];

#[test]
fn each_topic_has_its_records_in_order_in_a_file_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("deep/out");
    for (ending, compression) in [("ndjson", Compression::None), ("ndjson.gz", Compression::Gzip)] {
        let mut sink = Box::new(
            FolderSink::create(&out, ending, &Lines(compression), &topics(&["a", "b"]), &[])
                .unwrap(),
        );
        let batch = batch_of(&RECORDS);
        sink.write(&batch, 0..4).unwrap();
        sink.write(&batch, 4..5).unwrap();
        assert!(
            names(&out).iter().all(|name| name.ends_with(".partial") || !name.contains(ending)),
            "no name yet"
        );
        let delivery = sink.finish().unwrap();
        assert_eq!((delivery.accepted, delivery.acknowledged, delivery.bytes), (5, 5, 8));
        let unpacked = |name: &str| {
            super::unpack(compression, &fs::read(out.join(format!("{name}.{ending}"))).unwrap())
        };
        assert_eq!(unpacked("a"), b"1\n22\n4\n");
        assert_eq!(unpacked("b"), b"333\n5\n");
    }
}

#[test]
fn a_csv_file_of_each_topic_begins_with_its_own_header() {
    let folder = tempfile::tempdir().unwrap();
    let output =
        OutputPath::parse(folder.path()).unwrap().with_format("csv".parse().unwrap()).unwrap();
    let headed = ["a", "b"]
        .map(|name| TopicFile { topic: name.to_owned(), header: Some(name.as_bytes().to_vec()) });
    let mut sink = output.open(&headed).unwrap();
    sink.write(&batch_of(&RECORDS), 2..4).unwrap();
    sink.finish().unwrap();
    assert_eq!(fs::read(folder.path().join("a.csv")).unwrap(), b"a\n4\n");
    assert_eq!(fs::read(folder.path().join("b.csv")).unwrap(), b"b\n333\n");
}

#[test]
fn an_abandoned_folder_has_no_file_that_looks_complete() {
    let folder = tempfile::tempdir().unwrap();
    let mut sink = Box::new(
        FolderSink::create(
            folder.path(),
            "ndjson",
            &Lines(Compression::None),
            &topics(&["a", "b"]),
            &[],
        )
        .unwrap(),
    );
    sink.write(&batch_of(&RECORDS), 0..2).unwrap();
    sink.flush().unwrap();
    assert_eq!(sink.abandon().unwrap().acknowledged, 2);
    assert_eq!(
        names(folder.path()),
        [".a.ndjson.partial"],
        "whole records are kept, an empty file is not"
    );
}

#[test]
fn names_that_make_no_files_are_refused_before_anything_is_there() {
    let folder = tempfile::tempdir().unwrap();
    for wrong in [&["a", "a"][..], &["a/b"], &[".."], &["."], &[""], &["/etc/x"]] {
        let error = FolderSink::create(
            folder.path(),
            "ndjson",
            &Lines(Compression::None),
            &topics(wrong),
            &[],
        )
        .unwrap_err();
        assert!(matches!(error, SinkError::File { action: "create", .. }), "{wrong:?}: {error}");
        assert!(names(folder.path()).is_empty(), "{wrong:?}");
    }
}

#[test]
fn several_topics_in_one_place_come_in_envelopes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("all.ndjson");
    let mut sink = OutputPath::parse(&path).unwrap().open(&topics(&["a", "b"])).unwrap();
    sink.write(&batch_of(&[(0, "s\"1", "{}"), (1, "", "[2]")]), 0..2).unwrap();
    assert_eq!(sink.finish().unwrap().bytes, 5, "bytes are the records' own");
    let expected = "{\"topic\":\"a\",\"key\":\"s\\\"1\",\"value\":{}}\n{\"topic\":\"b\",\"key\":null,\"value\":[2]}\n";
    assert_eq!(fs::read_to_string(path).unwrap(), expected);
}
