//! A tee is both of its sinks.

use std::fs;

use super::{SmallDisk, batch_of, names};
use crate::{Compression, FileSink, NullSink, Sink, SinkError, StdoutSink, TeeSink};

fn small_stdout(room: usize) -> Box<dyn Sink> {
    Box::new(StdoutSink::over(SmallDisk::with_room(room), None).unwrap())
}

#[test]
fn both_sinks_get_every_record() {
    let folder = tempfile::tempdir().unwrap();
    let open = |name, compression| {
        Box::new(FileSink::create(folder.path().join(name), compression, None).unwrap())
    };
    let mut tee =
        Box::new(TeeSink::new(open("a.csv", Compression::None), open("b.csv", Compression::None)));
    tee.write(&batch_of(&["1", "2", "3"]), 0..2).unwrap();
    tee.flush().unwrap();
    tee.write(&batch_of(&["1", "2", "3"]), 2..3).unwrap();
    let delivery = tee.finish().unwrap();
    assert_eq!(
        (delivery.accepted, delivery.acknowledged, delivery.failed, delivery.bytes),
        (3, 3, 0, 3)
    );
    for name in ["a.csv", "b.csv"] {
        assert_eq!(fs::read(folder.path().join(name)).unwrap(), b"1\n2\n3\n");
    }
}

#[test]
fn an_error_in_either_is_the_tees_and_the_other_still_gets_everything() {
    for failing_first in [true, false] {
        let folder = tempfile::tempdir().unwrap();
        let file = Box::new(
            FileSink::create(folder.path().join("a.csv"), Compression::None, None).unwrap(),
        );
        let (first, second): (Box<dyn Sink>, Box<dyn Sink>) =
            if failing_first { (small_stdout(2), file) } else { (file, small_stdout(2)) };
        let mut tee = Box::new(TeeSink::new(first, second));
        assert!(matches!(
            tee.write(&batch_of(&["1", "2", "3"]), 0..3),
            Err(SinkError::File { records: 1, .. })
        ));
        assert!(tee.flush().is_err());
        let delivery = tee.delivery();
        assert_eq!((delivery.accepted, delivery.acknowledged, delivery.failed), (3, 1, 2));
        assert!(matches!(tee.finish(), Err(SinkError::File { records: 1, .. })));
        assert_eq!(names(folder.path()), ["a.csv"]);
        assert_eq!(fs::read(folder.path().join("a.csv")).unwrap(), b"1\n2\n3\n");
    }
}

/// Standard output whose reader goes away after so many bytes.
#[derive(Debug)]
struct Head(usize);

impl std::io::Write for Head {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let count = bytes.len().min(self.0);
        self.0 -= count;
        if count == 0 { Err(std::io::ErrorKind::BrokenPipe.into()) } else { Ok(count) }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_reader_that_goes_away_ends_its_own_sink_only() {
    for closing_first in [true, false] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        let file = Box::new(FileSink::create(path.clone(), Compression::None, None).unwrap());
        let head = Box::new(StdoutSink::over(Head(2), None).unwrap());
        let (first, second): (Box<dyn Sink>, Box<dyn Sink>) =
            if closing_first { (head, file) } else { (file, head) };
        let mut tee = Box::new(TeeSink::new(first, second));
        for record in 0..3 {
            tee.write(&batch_of(&["1", "2", "3"]), record..record + 1).unwrap();
            tee.flush().unwrap();
        }
        let delivery = tee.finish().unwrap();
        assert_eq!((delivery.accepted, delivery.acknowledged), (3, 3));
        assert_eq!(fs::read(path).unwrap(), b"1\n2\n3\n");
    }
    let head = || Box::new(StdoutSink::over(Head(0), None).unwrap());
    let mut tee = TeeSink::new(head(), head());
    assert!(matches!(tee.write(&batch_of(&["1"]), 0..1), Err(SinkError::Closed)), "both are gone");
}

#[test]
fn a_null_sink_counts() {
    let mut sink = Box::new(NullSink::default());
    sink.write(&batch_of(&["abc", "de"]), 0..2).unwrap();
    sink.flush().unwrap();
    let delivery = sink.finish().unwrap();
    assert_eq!(
        (delivery.accepted, delivery.acknowledged, delivery.bytes, delivery.in_flight()),
        (2, 2, 5, 0)
    );
}
