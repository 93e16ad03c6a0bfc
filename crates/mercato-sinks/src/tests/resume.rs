//! Sinks that go on where an earlier run stopped or was killed.

use std::fs;
use std::mem::forget;
use std::path::Path;

use mercato_encode::{Batch, Coordinates, Stamp};

use super::names;
use crate::{OutputPath, Partitions, Safe, SafePoint, Sink, SinkError, TopicFile};

const DAY: i64 = 86_400_000_000;
const HEADER: &[u8] = b"number";

/// Records of two topics in turn, one every six hours.
fn records() -> Batch {
    let mut batch = Batch::default();
    for number in 0..40_i64 {
        let topic = u16::try_from(number % 2).unwrap();
        let stamp = Stamp { topic, ..Stamp::at(number * DAY / 4, Coordinates::default()) };
        batch.push(b"", number.to_string().as_bytes(), stamp);
    }
    batch
}

fn topics() -> Vec<TopicFile> {
    ["a", "b"]
        .map(|topic| TopicFile { topic: topic.to_owned(), header: Some(HEADER.to_vec()) })
        .into()
}

/// Opens the output for both topics in a folder, or else for the first topic.
fn open(path: &OutputPath) -> Result<Box<dyn Sink>, SinkError> {
    path.open(&topics()[..if path.is_folder() { 2 } else { 1 }])
}

/// Opens the output again, with what an earlier run has left.
fn open_again(path: &OutputPath, left: &SafePoint) -> Result<Box<dyn Sink>, SinkError> {
    open(&path.clone().going_on_with(left.files.clone()))
}

/// Every file below a folder with its bytes.
fn contents(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for name in names(folder) {
        let path = folder.join(&name);
        if path.is_dir() {
            let inner = contents(&path).into_iter();
            found.extend(inner.map(|(inner, bytes)| (format!("{name}/{inner}"), bytes)));
        } else {
            found.push((name, fs::read(path).unwrap()));
        }
    }
    found
}

/// The outputs whose bytes must not show that a run was cut in two.
fn outputs(folder: &Path) -> Vec<OutputPath> {
    let days = OutputPath::folder(folder.join("days"));
    let folders = OutputPath::folder(folder.join("out"));
    vec![
        OutputPath::parse(folder.join("plain.csv")).unwrap(),
        OutputPath::parse(folder.join("packed.csv.gz")).unwrap(),
        folders.with_format("csv".parse().unwrap()).unwrap(),
        days.partitioned(Partitions::between(0, 0, 10 * DAY)),
    ]
}

/// The number of the first record that a run after `point` writes.
fn next(point: &SafePoint) -> usize {
    match point.safe {
        Safe::Records(records) => usize::try_from(records).unwrap(),
        Safe::Before(time) => usize::try_from(time / (DAY / 4)).unwrap(),
        Safe::None => 0,
    }
}

/// Writes the records to every output as a run that is cut off by `cut` after some of them.
fn in_two(folder: &Path, cut: fn(Box<dyn Sink>, &Batch, usize) -> SafePoint) {
    let batch = records();
    for output in outputs(folder) {
        for records in [1, 13, 14, 39] {
            let mut sink = open(&output).unwrap();
            sink.write(&batch, 0..records).unwrap();
            let point = cut(sink, &batch, records);
            let mut sink = open_again(&output, &point).unwrap();
            sink.write(&batch, next(&point)..batch.len()).unwrap();
            sink.finish().unwrap();
            let found = contents(folder);
            assert!(
                found.iter().all(|(name, _)| !name.contains(".partial")),
                "{records} {found:?}"
            );
            // The reference: the same in one go, elsewhere.
            let whole = tempfile::tempdir().unwrap();
            for (reference, same) in outputs(whole.path()).iter().zip(outputs(folder)) {
                if same == output {
                    let mut sink = open(reference).unwrap();
                    sink.write(&batch, 0..batch.len()).unwrap();
                    sink.finish().unwrap();
                }
            }
            assert_eq!(found, contents(whole.path()), "{output:?} cut after {records}");
            fs::remove_dir_all(folder).unwrap();
            fs::create_dir(folder).unwrap();
        }
    }
}

#[test]
fn a_killed_run_that_is_gone_on_with_leaves_the_bytes_of_one_that_never_stopped() {
    let folder = tempfile::tempdir().unwrap();
    in_two(folder.path(), |mut sink, batch, records| {
        let point = sink.safe_point().unwrap();
        // What is written after the last point is lost or cut off again.
        sink.write(batch, records..batch.len().min(records + 9)).unwrap();
        sink.flush().unwrap();
        forget(sink);
        point
    });
}

#[test]
fn a_stopped_run_that_is_gone_on_with_leaves_the_bytes_of_one_that_never_stopped() {
    let folder = tempfile::tempdir().unwrap();
    in_two(folder.path(), |mut sink, _, _| {
        let point = sink.safe_point().unwrap();
        sink.stop(true).unwrap();
        point
    });
}

#[test]
fn a_stopped_history_has_whole_days_only() {
    let folder = tempfile::tempdir().unwrap();
    let output = OutputPath::folder(folder.path()).partitioned(Partitions::between(0, 0, 10 * DAY));
    let batch = records();
    let mut sink = open(&output).unwrap();
    sink.write(&batch, 0..10).unwrap();
    let delivery = sink.stop(false).unwrap();
    assert_eq!((delivery.accepted, delivery.acknowledged), (8, 8), "two days of four");
    let names: Vec<String> = contents(folder.path()).into_iter().map(|(name, _)| name).collect();
    let day = |topic, day| format!("{topic}/dt=1970-01-0{day}/part-00000.ndjson");
    assert_eq!(names, [day("a", 1), day("a", 2), day("b", 1), day("b", 2)]);
}

#[test]
fn a_history_removes_what_killed_runs_have_left_and_nothing_of_running_ones() {
    let folder = tempfile::tempdir().unwrap();
    let output = OutputPath::folder(folder.path()).partitioned(Partitions::between(0, 0, 10 * DAY));
    let batch = records();
    let written = || {
        let mut sink = open(&output).unwrap();
        sink.write(&batch, 0..1).unwrap();
        sink.flush().unwrap();
        sink
    };
    let found =
        || -> Vec<String> { contents(folder.path()).into_iter().map(|file| file.0).collect() };
    let file = |name: &str| format!("a/dt=1970-01-01/{name}");
    // As a killed run leaves it: unfinished, and without a writer.
    written().abandon().unwrap();
    assert_eq!(found(), [file(".part-00000.ndjson.partial")]);
    let running = written();
    assert_eq!(found(), [file(".part-00000.ndjson.partial")], "the one before is gone");
    let beside = written();
    let both = [".part-00000.ndjson.partial", ".part-00000.ndjson.partial-2"].map(file);
    assert_eq!(found(), both);
    drop((running.abandon(), beside.abandon()));
    written().finish().unwrap();
    assert_eq!(found(), [file("part-00000.ndjson")]);
}

#[test]
fn what_was_left_must_be_what_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let output = OutputPath::parse(folder.path().join("a.ndjson")).unwrap();
    let mut sink = open(&output).unwrap();
    sink.write(&records(), 0..9).unwrap();
    let point = sink.safe_point().unwrap();
    sink.stop(true).unwrap();
    let partial = &point.files[0].partial;
    assert!(partial.ends_with(".a.ndjson.partial"), "{partial:?}");
    fs::write(partial, b"short").unwrap();
    let error = open_again(&output, &point).map(drop).unwrap_err();
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert_eq!(source, "it has 5 bytes, but 25 were written; delete the state to begin again");
    assert_eq!(fs::read(partial).unwrap(), b"short", "nothing is touched");
    fs::remove_file(partial).unwrap();
    assert!(open_again(&output, &point).is_err());
}

#[test]
fn what_cannot_be_gone_on_in_is_begun_again() {
    let folder = tempfile::tempdir().unwrap();
    let output = OutputPath::parse(folder.path().join("a.ndjson.gz")).unwrap();
    let mut sink = open(&output).unwrap();
    sink.write(&records(), 0..9).unwrap();
    let point = sink.safe_point().unwrap();
    assert_eq!((point.safe, point.files[0].bytes), (Safe::None, 0));
}

#[test]
fn a_report_keeps_no_file_that_nobody_could_read() {
    let folder = tempfile::tempdir().unwrap();
    let output = OutputPath::parse(folder.path().join("a.ndjson.gz")).unwrap();
    let mut sink = open(&output).unwrap();
    sink.write(&records(), 0..9).unwrap();
    assert_eq!(sink.safe_point().unwrap().files.len(), 1, "a killed run leaves it");
    drop(sink);
    assert_eq!(names(folder.path()), Vec::<String>::new());
}
