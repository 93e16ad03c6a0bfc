//! A file has its name only when it is whole.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{PermissionsExt, symlink};

use super::{COMPRESSIONS, batch_of, ends_properly, lines, names, unpack};
use crate::{Compression, FileSink, OutputPath, PartialFile, Sink, write_whole};

#[test]
fn a_file_gets_its_name_when_it_is_finished() {
    for compression in COMPRESSIONS {
        let folder = tempfile::tempdir().unwrap();
        let name = folder.path().join("sales.csv");
        fs::write(&name, "old").unwrap();
        let mut sink = Box::new(FileSink::create(&name, compression, None).unwrap());
        sink.write(&batch_of(&["new"]), 0..1).unwrap();
        sink.flush().unwrap();
        assert_eq!(fs::read(&name).unwrap(), b"old");
        assert_eq!(names(folder.path()), [".sales.csv.partial", "sales.csv"]);
        sink.finish().unwrap();
        assert_eq!(names(folder.path()), ["sales.csv"]);
        assert_ne!(fs::read(&name).unwrap(), b"old");
    }
}

#[test]
fn a_dropped_sink_keeps_whole_records_under_the_partial_name_and_nothing_else() {
    let batch = batch_of(&lines(40_000));
    for compression in COMPRESSIONS {
        let folder = tempfile::tempdir().unwrap();
        let name = folder.path().join("sales.ndjson");
        let mut sink = FileSink::create(&name, compression, None).unwrap();
        sink.write(&batch, 0..batch.len()).unwrap();
        let known = sink.delivery().acknowledged as usize;
        assert!(known > 10_000, "{compression:?}: {known}");
        drop(sink);
        assert_eq!(names(folder.path()), [".sales.ndjson.partial"]);
        let stored = fs::read(folder.path().join(".sales.ndjson.partial")).unwrap();
        let readable = unpack(compression, &stored);
        assert!(readable.starts_with(batch.lines(0..known)));
        assert_eq!(
            ends_properly(compression, &stored),
            compression == Compression::None,
            "{compression:?}"
        );
    }
}

#[test]
fn a_dropped_sink_without_a_whole_record_leaves_nothing() {
    for compression in COMPRESSIONS {
        let folder = tempfile::tempdir().unwrap();
        let mut sink =
            FileSink::create(folder.path().join("sales.csv"), compression, Some(b"a,b")).unwrap();
        sink.write(&batch_of(&["not yet handed on"]), 0..1).unwrap();
        drop(sink);
        assert!(names(folder.path()).is_empty());
    }
}

#[test]
fn two_runs_of_one_name_do_not_touch_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let name = folder.path().join("sales.csv");
    let open = || Box::new(FileSink::create(&name, Compression::None, None).unwrap());
    let (mut first, mut second) = (open(), open());
    first.write(&batch_of(&["first"]), 0..1).unwrap();
    second.write(&batch_of(&["second"]), 0..1).unwrap();
    first.flush().unwrap();
    second.flush().unwrap();
    assert_eq!(names(folder.path()), [".sales.csv.partial", ".sales.csv.partial-2"]);
    second.finish().unwrap();
    assert_eq!(fs::read(&name).unwrap(), b"second\n");
    first.finish().unwrap();
    assert_eq!(fs::read(&name).unwrap(), b"first\n");
}

#[test]
fn a_link_stays_and_what_it_points_to_is_replaced_with_the_same_permissions() {
    let folder = tempfile::tempdir().unwrap();
    let (real, link) = (folder.path().join("real.csv"), folder.path().join("link.csv"));
    fs::write(&real, "old").unwrap();
    fs::set_permissions(&real, fs::Permissions::from_mode(0o600)).unwrap();
    symlink(&real, &link).unwrap();
    write_whole(&link, b"new").unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(fs::read(&real).unwrap(), b"new");
    assert_eq!(fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_helper_file_is_removed_on_drop_unless_it_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let mut file = PartialFile::create(folder.path().join("summary.json")).unwrap();
    file.write_all(b"{").unwrap();
    assert_eq!(
        (file.bytes(), file.path()),
        (1, folder.path().join(".summary.json.partial").as_path())
    );
    drop(file);
    assert!(names(folder.path()).is_empty());

    let mut file = PartialFile::create(folder.path().join("ledger.ndjson")).unwrap();
    file.keep_partial();
    drop(file);
    assert_eq!(names(folder.path()), [".ledger.ndjson.partial"]);
}

#[test]
fn devices_are_written_in_place() {
    let mut sink = OutputPath::parse("/dev/null").unwrap().open(&[]).unwrap();
    sink.write(&batch_of(&["1", "2"]), 0..2).unwrap();
    assert_eq!(sink.finish().unwrap().acknowledged, 2);
    assert!(!fs::metadata("/dev/null").unwrap().is_file());
    write_whole("/dev/null", b"{}").unwrap();
}

#[test]
fn a_new_file_never_takes_the_place_of_another() {
    let folder = tempfile::tempdir().unwrap();
    let name = folder.path().join("0.json");
    let begun = |text: &str| {
        let mut file = PartialFile::create(&name).unwrap();
        file.write_all(text.as_bytes()).unwrap();
        file
    };
    let (first, second) = (begun("first"), begun("second"));
    first.finish_new().unwrap();
    let refused = second.finish_new().unwrap_err();
    assert_eq!(refused.kind(), std::io::ErrorKind::AlreadyExists);
    assert_eq!(fs::read(&name).unwrap(), b"first");
    assert_eq!(names(folder.path()), ["0.json"], "nothing is left of either");
}
