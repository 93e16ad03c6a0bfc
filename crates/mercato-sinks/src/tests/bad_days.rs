//! Full disks, readers that go away, and places where nothing can be written.

use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::{fs, thread};

use super::{COMPRESSIONS, SmallDisk, batch_of, lines, names};
use crate::{Compression, FileSink, Sink, SinkError, StdoutSink, write_whole};

/// Path, records, bytes and kind of a file error.
fn details(error: SinkError) -> (String, u64, u64, io::ErrorKind) {
    match error {
        SinkError::File { path, records, bytes, source, .. } => {
            (path.display().to_string(), records, bytes, source.kind())
        }
        other => panic!("not a file error: {other}"),
    }
}

#[test]
fn a_full_device_is_a_file_error_and_stays_one() {
    let batch = batch_of(&lines(40_000));
    for compression in COMPRESSIONS {
        let mut sink = Box::new(FileSink::create("/dev/full", compression, None).unwrap());
        let error = sink.write(&batch, 0..batch.len()).unwrap_err();
        assert_eq!(error.to_string(), "cannot write /dev/full; nothing was written");
        assert_eq!(details(error), ("/dev/full".to_owned(), 0, 0, io::ErrorKind::StorageFull));
        let delivery = sink.delivery();
        assert_eq!(
            (delivery.accepted, delivery.acknowledged, delivery.failed),
            (40_000, 0, 40_000)
        );
        assert!(sink.write(&batch, 0..1).is_err());
        assert_eq!(details(sink.finish().unwrap_err()).3, io::ErrorKind::StorageFull);
    }
}

#[test]
fn a_full_device_is_found_out_at_the_latest_when_finishing() {
    for compression in COMPRESSIONS {
        let mut sink = Box::new(FileSink::create("/dev/full", compression, None).unwrap());
        sink.write(&batch_of(&["1"]), 0..1).unwrap();
        assert_eq!(details(sink.finish().unwrap_err()).3, io::ErrorKind::StorageFull);
    }
    let error = FileSink::create("/dev/full", Compression::None, Some(b"header")).unwrap_err();
    assert_eq!(details(error).3, io::ErrorKind::StorageFull);
}

#[test]
fn a_disk_that_fills_up_is_told_in_whole_records() {
    let mut sink = StdoutSink::over(SmallDisk::with_room(12), Some(b"head")).unwrap();
    let error = sink.write(&batch_of(&["12", "45", "78"]), 0..3).unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot write standard output; 2 whole records in 12 bytes were written before"
    );
    assert_eq!((sink.delivery().acknowledged, sink.delivery().failed), (2, 1));
}

#[test]
fn a_file_that_cannot_be_completed_names_the_partial_file_and_keeps_it() {
    let folder = tempfile::tempdir().unwrap();
    let name = folder.path().join("sales.ndjson");
    let mut sink = Box::new(FileSink::create(&name, Compression::None, None).unwrap());
    sink.write(&batch_of(&["1"]), 0..1).unwrap();
    fs::create_dir(&name).unwrap();
    let (path, records, bytes, _) = details(sink.finish().unwrap_err());
    assert_eq!((path.ends_with(".sales.ndjson.partial"), records, bytes), (true, 1, 2));
    assert_eq!(names(folder.path()), [".sales.ndjson.partial", "sales.ndjson"]);
}

#[test]
fn a_reader_that_went_away_is_closed_and_nothing_worse() {
    let (reader, writer) = io::pipe().unwrap();
    let mut sink = Box::new(StdoutSink::over(writer, None).unwrap());
    sink.write(&batch_of(&["1"]), 0..1).unwrap();
    drop(reader);
    assert!(matches!(sink.write(&batch_of(&["2"]), 0..1), Err(SinkError::Closed)));
    assert_eq!((sink.delivery().acknowledged, sink.delivery().failed), (1, 1));
    assert!(matches!(sink.finish(), Err(SinkError::Closed)));
}

#[test]
fn a_slow_reader_gets_everything() {
    let (mut reader, writer) = io::pipe().unwrap();
    let batch = batch_of(&lines(20_000));
    let expected = batch.bytes().to_vec();
    let writing = thread::spawn(move || {
        let mut sink = Box::new(StdoutSink::over(writer, None).unwrap());
        sink.write(&batch, 0..batch.len()).unwrap();
        sink.finish().unwrap()
    });
    let mut read = Vec::new();
    io::Read::read_to_end(&mut reader, &mut read).unwrap();
    assert_eq!(read, expected);
    assert_eq!(writing.join().unwrap().acknowledged, 20_000);
}

#[test]
fn where_no_file_can_be_created_the_path_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let cases = [
        (folder.path().join("missing/sales.csv"), io::ErrorKind::NotFound),
        (file.join("sales.csv"), io::ErrorKind::NotADirectory),
        (folder.path().to_owned(), io::ErrorKind::IsADirectory),
    ];
    for (path, kind) in cases {
        for error in [
            FileSink::create(&path, Compression::None, None).map(drop).unwrap_err(),
            write_whole(&path, b"{}").unwrap_err(),
        ] {
            assert_eq!(
                error.to_string(),
                format!("cannot create {}; nothing was written", path.display())
            );
            assert_eq!(details(error).3, kind, "{}", path.display());
        }
    }
}

#[test]
fn what_is_write_protected_is_not_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let name = folder.path().join("sales.csv");
    fs::write(&name, "precious").unwrap();
    fs::set_permissions(&name, fs::Permissions::from_mode(0o444)).unwrap();
    let error = FileSink::create(&name, Compression::None, None).unwrap_err();
    assert_eq!(details(error).3, io::ErrorKind::PermissionDenied);
    assert_eq!(names(folder.path()), ["sales.csv"]);
}

#[test]
fn a_folder_that_lets_nothing_be_created_is_a_file_error() {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o555)).unwrap();
    // The superuser may write anywhere, except where the kernel itself says what there is.
    let superuser = fs::write(folder.path().join("probe"), "").is_ok();
    let place = if superuser { Path::new("/proc") } else { folder.path() };
    let error = FileSink::create(place.join("sales.csv"), Compression::None, None).unwrap_err();
    assert!(matches!(error, SinkError::File { action: "create", .. }), "{error}");
}
