//! All topics of one shop, in ten million records: what each says is held against the others in the
//! tests of the library;
//! here the programs make the same of it however they are started.

use mercato_test_support::hexadecimal;
use sha2::{Digest, Sha256};

use super::{RECORDS, Running};

/// Four days of a shop in which every tenth transaction is fraudulent.
const SHOP: &str = "mercato stream --seed 42 --start 2025-11-09T15:55:40Z --duration 100 --scenario fraud_testing --rate-multiplier 1.1";
/// What a run of many topics and half an hour of open sessions may take on one thread, in KiB.
const MEMORY_KIB: u64 = 64 * 1024;

/// Records and fingerprint of a run, and the most memory that it took.
fn made(more: &str) -> (u64, String, u64) {
    let (mut hash, mut running) = (Sha256::new(), Running::start(SHOP, more));
    let records = running.read_to_end(&mut hash, |_| ());
    (records, hexadecimal(&hash.finalize()), running.memory_kib.0)
}

#[test]
#[ignore = "ten million records: for release builds, see .ci/run"]
fn ten_million_records_of_a_shop() {
    let (records, whole, memory_kib) = made("--threads 1");
    assert!(records >= RECORDS, "{records}");
    assert!(memory_kib > 0 && memory_kib <= MEMORY_KIB, "{memory_kib} KiB");
    for threads in ["--threads 2", "--threads 7"] {
        assert_eq!(made(threads).1, whole, "{threads}");
    }
    let (mut hash, mut lines) = (Sha256::new(), 0);
    for window in
        ["--to +20h", "--from +20h --to +41h30m", "--from +41h30m --to +41h31m", "--from +41h31m"]
    {
        lines += Running::start(SHOP, window).read_to_end(&mut hash, |_| ());
    }
    assert_eq!(
        (lines, hexadecimal(&hash.finalize())),
        (records, whole),
        "windows in a row are the whole"
    );
    super::shards_merge(SHOP, records);
}

#[test]
#[ignore = "ten million records: for release builds, see .ci/run"]
fn a_scenario_from_the_ninetieth_hour_on_changes_nothing_before() {
    let mut plain = Running::start(SHOP, "");
    let mut changed = Running::start(SHOP, "--scenario peak_traffic@+90h..+100h");
    // Both are cut where the other scenario begins.
    while plain.advance() && changed.advance() && plain.line == changed.line {}
    let time = |line: &[u8]| {
        let text = String::from_utf8_lossy(line);
        let begin = text.find(r#""timestamp":""#).unwrap() + 13;
        text[begin..begin + 19].to_owned()
    };
    assert!(plain.lines > RECORDS * 8 / 10, "{}", plain.lines);
    assert!(time(&plain.line).as_str() >= "2025-11-13T09:55:40", "{}", time(&plain.line));
    [plain, changed].into_iter().for_each(Running::stop);
}
