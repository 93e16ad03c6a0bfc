//! What is in a file depends on its records alone.

use std::fs;

use proptest::collection::vec;
use proptest::prelude::*;

use super::{COMPRESSIONS, SmallDisk, batch_of, cut, lines, unpack};
use crate::body::Body;
use crate::packed::{self, Packed};
use crate::plain::Plain;
use crate::{Compression, FileSink, Sink};

fn small_body(
    compression: Compression,
    room: usize,
    gather_or_chunk: usize,
) -> Box<dyn Body<SmallDisk>> {
    let disk = SmallDisk::with_room(room);
    match compression {
        Compression::None => Box::new(Plain::new(disk, gather_or_chunk)),
        Compression::Gzip => Box::new(Packed::new(packed::gzip(disk), gather_or_chunk)),
        Compression::Zstd => Box::new(Packed::new(packed::zstd(disk).unwrap(), gather_or_chunk)),
        Compression::Snappy => panic!("lines are never compressed so"),
    }
}

proptest! {
    #[test]
    fn every_cutting_of_the_same_records_leaves_the_same_bytes(
        records in vec("[ -~]{0,40}", 0..120),
        cuts in vec(any::<usize>(), 0..20),
        batches in vec(any::<usize>(), 0..4),
        size in 1_usize..200,
    ) {
        let whole = batch_of(&records);
        for compression in COMPRESSIONS {
            let mut one = small_body(compression, usize::MAX, size);
            one.take(&whole, 0..records.len()).unwrap();
            one.end().unwrap();

            let mut many = small_body(compression, usize::MAX, size);
            for part in cut(records.len(), &batches) {
                let batch = batch_of(&records[part]);
                for range in cut(batch.len(), &cuts) {
                    many.take(&batch, range).unwrap();
                    many.flush().unwrap();
                }
            }
            many.end().unwrap();

            prop_assert_eq!(&one.out().stored, &many.out().stored);
            prop_assert_eq!(unpack(compression, &many.out().stored), whole.bytes());
            prop_assert_eq!((one.whole(), many.whole()), (records.len() as u64, records.len() as u64));
        }
    }

    #[test]
    fn records_claimed_whole_can_be_read_back_from_a_full_disk(
        records in vec("[ -~]{0,40}", 1..120),
        cuts in vec(any::<usize>(), 0..20),
        size in 1_usize..200,
        room in 0_usize..3000,
    ) {
        let batch = batch_of(&records);
        for compression in COMPRESSIONS {
            let mut body = small_body(compression, room, size);
            let failed = cut(batch.len(), &cuts).into_iter().any(|range| body.take(&batch, range).is_err())
                || body.end().is_err();
            let readable = unpack(compression, &body.out().stored);
            prop_assert!(batch.bytes().starts_with(&readable));
            let whole = body.whole() as usize;
            prop_assert!(readable.len() >= batch.lines(0..whole).len());
            prop_assert_eq!(failed, whole < records.len());
            if compression == Compression::None {
                // A plain file can be told exactly; of a compressed one the claim is a lower bound.
                let exact = readable.split(|&byte| byte == b'\n').count() - 1;
                prop_assert_eq!(whole, exact);
            }
        }
    }
}

#[test]
fn files_of_many_chunks_are_the_same_for_small_and_large_ranges() {
    let records = lines(60_000);
    let batch = batch_of(&records);
    let folder = tempfile::tempdir().unwrap();
    for compression in COMPRESSIONS {
        let stored = [1, 7, 4_500, 60_000].map(|step| {
            let name = folder.path().join("sales.ndjson");
            let mut sink = Box::new(FileSink::create(&name, compression, Some(b"header")).unwrap());
            for start in (0..records.len()).step_by(step) {
                sink.write(&batch, start..records.len().min(start + step)).unwrap();
                if step > 1 {
                    sink.flush().unwrap();
                }
            }
            let delivery = sink.finish().unwrap();
            assert_eq!(
                (delivery.accepted, delivery.acknowledged, delivery.in_flight()),
                (60_000, 60_000, 0)
            );
            assert_eq!(delivery.bytes, (batch.bytes().len() - batch.len()) as u64);
            fs::read(name).unwrap()
        });
        assert!(stored.iter().all(|bytes| *bytes == stored[0]), "{compression:?}");
        assert_eq!(
            unpack(compression, &stored[0]),
            [b"header\n".as_slice(), batch.bytes()].concat()
        );
    }
}

#[test]
fn a_gzip_header_names_neither_time_nor_file() {
    let mut body = small_body(Compression::Gzip, usize::MAX, 100);
    body.end().unwrap();
    let header = &body.out().stored[..10];
    assert_eq!(header[3], 0, "no optional field, so no file name");
    assert_eq!(header[4..8], [0; 4], "no modification time");
}

#[test]
fn an_empty_run_leaves_a_file_that_unpacks_to_its_header() {
    let folder = tempfile::tempdir().unwrap();
    for compression in COMPRESSIONS {
        for (header, content) in
            [(None, ""), (Some(b"a,b".as_slice()), "a,b\n"), (Some(b"a,b\n"), "a,b\n")]
        {
            let name = folder.path().join("sales.csv");
            let sink = Box::new(FileSink::create(&name, compression, header).unwrap());
            sink.finish().unwrap();
            assert_eq!(unpack(compression, &fs::read(&name).unwrap()), content.as_bytes());
        }
    }
}

#[test]
fn a_big_range_is_one_write_and_small_ones_are_gathered() {
    let batch = batch_of(&["0123456789"; 50]);
    let mut body = Plain::new(SmallDisk::with_room(usize::MAX), 100);
    body.take(&batch, 0..20).unwrap();
    assert_eq!(body.out().writes, 1);
    for index in 20..27 {
        body.take(&batch, index..index + 1).unwrap();
    }
    assert_eq!((body.out().writes, body.whole()), (1, 20));
    body.flush().unwrap();
    assert_eq!((body.out().writes, body.whole()), (2, 27));
}

#[test]
fn a_flush_shows_the_records_of_a_plain_file() {
    let folder = tempfile::tempdir().unwrap();
    let mut sink =
        FileSink::create(folder.path().join("sales.ndjson"), Compression::None, None).unwrap();
    sink.write(&batch_of(&["1"]), 0..1).unwrap();
    assert_eq!(sink.delivery().acknowledged, 0);
    sink.flush().unwrap();
    assert_eq!(sink.delivery().acknowledged, 1);
    assert_eq!(fs::read(sink.path()).unwrap(), b"1\n");
}
