//! The laws of a run, seen from outside: what the programs print.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::io::Read;

use mercato_test_support::{Program, folder, json, read};

/// Runs whose identity is fixed; thousands of orders cross several block borders with hundreds of
/// orders open.
const STREAMS: [&str; 10] = [
    "order-gen --stream sales --seed 42 --start 2025-11-09T15:55:40Z --clock fast --rate 20/s --count 2500",
    "order-gen --stream orders --seed 42 --start 2025-11-09T15:55:40Z --clock fast --rate 20/s --count 5000",
    "txn-gen --seed 42 --start 2025-11-09T15:55:40Z --clock fast --rate 20/s --count 5000",
    "event-gen --seed 42 --start 2025-11-09T15:55:40Z --clock fast --rate 20/s --count 5000",
    "order-gen --cdc debezium --seed 42 --start 2025-11-09T15:55:40Z --clock fast --rate 20/s --count 2500",
    "mercato stream --topics product-updates --cdc debezium --seed 42 --start 2025-11-09T15:55:40Z --clock fast --duration 5",
    "order-gen --seed 42 --start 2025-11-09T15:55:40Z --clock fast --rate 20/s --count 2500 --drain --disorder late=5%:30s,reorder=5%:2s,duplicate=2%:1s,drop=2%,future=1%:2h,malformed=1%",
    "txn-gen --seed 42 --start 2025-11-09T15:55:40Z --clock fast --rate 20/s --count 5000 --disorder late=5%:30s,reorder=5%:2s,duplicate=2%:1s,drop=2%,future=1%:2h,malformed=1%",
    "event-gen --seed 42 --start 2025-11-09T15:55:40Z --clock fast --rate 200/s --count 5000 --drain --disorder late=5%:30s,reorder=5%:2s,duplicate=2%:1s,drop=2%,future=1%:2h,malformed=1%",
    "mercato stream --seed 42 --start 2025-11-09T15:55:40Z --clock fast --duration 5 --disorder late=5%:30s,reorder=5%:2s,duplicate=2%:1s,drop=2%,future=1%:2h,malformed=1%",
];

/// The programs, and of the first both of its streams.
const PROGRAMS: [&str; 4] =
    ["order-gen --stream sales", "order-gen --stream orders", "txn-gen", "event-gen"];

/// The program that an identity begins with.
fn program(identity: &str, more: &str) -> Program {
    let (name, flags) = identity.split_once(' ').unwrap_or((identity, ""));
    Program::new(name).words("-q").words(flags).words(more)
}

fn lines(identity: &str, more: &str) -> Vec<String> {
    program(identity, more).run().lines()
}

#[test]
fn law_1_the_bytes_are_the_same_at_any_number_of_threads() {
    for stream in STREAMS {
        let one = program(stream, "--threads 1").run().success();
        assert!(one.len() > 500_000);
        for threads in ["--threads 2", "--threads 7"] {
            assert!(program(stream, threads).run().success() == one, "{stream} {threads}");
        }
    }
}

#[test]
fn law_1_the_bytes_are_the_same_in_any_sink() {
    let folder = folder();
    for stream in STREAMS {
        let printed = program(stream, "").run().success();
        for name in ["plain.ndjson", "packed.ndjson.gz", "packed.ndjson.zst"] {
            let path = folder.path().join(name);
            program(stream, "--force -o").arg(&path).run().success();
            let mut stored = Vec::new();
            match path.extension().unwrap().to_str().unwrap() {
                "gz" => flate2::read::MultiGzDecoder::new(&read(&path)[..])
                    .read_to_end(&mut stored)
                    .unwrap(),
                "zst" => zstd::stream::read::Decoder::new(&read(&path)[..])
                    .unwrap()
                    .read_to_end(&mut stored)
                    .unwrap(),
                _ => read(&path).as_slice().read_to_end(&mut stored).unwrap(),
            };
            assert!(stored == printed, "{stream} in {name}");
        }
    }
}

#[test]
fn law_1_the_bytes_are_the_same_on_any_clock() {
    for stream in PROGRAMS {
        let stream =
            format!("{stream} --seed 7 --start 2025-11-09T15:55:40Z --rate 2000/s --duration 1s");
        let fast = lines(&stream, "--clock fast");
        assert!(fast.len() > 1_000, "{stream}");
        assert_eq!(lines(&stream, "--clock 2x"), fast);
        assert_eq!(lines(&stream, "--clock wall"), fast, "what lies in the past is due at once");
    }
}

#[test]
fn law_2_shards_are_the_whole_in_its_order() {
    for stream in STREAMS {
        let whole = lines(stream, "");
        for count in [2, 3, 7] {
            let shards: Vec<Vec<String>> =
                (0..count).map(|i| lines(stream, &format!("--shard {i}/{count}"))).collect();
            assert!(
                shards.iter().all(|shard| !shard.is_empty()) || stream.contains("orders"),
                "five keys may leave a shard empty"
            );
            let mut heads = vec![0; count];
            for line in &whole {
                let owner =
                    (0..count).find(|shard| shards[*shard].get(heads[*shard]) == Some(line));
                heads[owner.expect("the next line of the whole is the next of one shard")] += 1;
            }
            assert!(
                heads.iter().zip(&shards).all(|(head, shard)| *head == shard.len()),
                "no shard has more"
            );
        }
    }
}

#[test]
fn law_5_windows_in_a_row_are_the_whole() {
    for stream in STREAMS {
        let whole = lines(stream, "");
        let borders = ["2025-11-09T15:56:00Z", "2025-11-09T15:57:03.5Z", "2025-11-09T15:57:30Z"];
        let mut parts = lines(stream, &format!("--to {}", borders[0]));
        for pair in borders.windows(2) {
            parts.extend(lines(stream, &format!("--from {} --to {}", pair[0], pair[1])));
        }
        parts.extend(lines(stream, &format!("--from {}", borders[2])));
        assert!(parts == whole, "{stream}");
    }
}

#[test]
fn law_9_a_shorter_run_is_a_prefix() {
    for stream in PROGRAMS {
        let stream =
            format!("{stream} --seed 5 --start 2025-11-09T15:55:40Z --clock fast --rate 20/s");
        let (short, long) = (lines(&stream, "--count 10"), lines(&stream, "--count 1500"));
        assert!(short.len() >= 10 && long[..short.len()] == short, "{stream}");
        let (ten, twenty) = (lines(&stream, "--duration 10m"), lines(&stream, "--duration 20m"));
        assert!(twenty.len() > ten.len() && twenty[..ten.len()] == ten, "{stream}");
    }
}

#[test]
fn law_4_history_turns_live_without_a_seam() {
    let folder = folder();
    for stream in PROGRAMS {
        let summary = folder.path().join("run.json");
        let live = program(
            stream,
            "--seed 3 --rate 1500/s --backfill 20s --duration 21s --clock wall --summary-json",
        );
        let live = live.arg(&summary).run().success();
        let summary = json(&summary);
        let start = summary["identity"]["origin"].as_str().unwrap();
        let at_once = program(stream, "--seed 3 --rate 1500/s --duration 21s --clock fast --start")
            .arg(start);
        let at_once = at_once.run().success();
        assert!(live == at_once, "{stream}: {} and {} bytes", live.len(), at_once.len());
    }
}

/// The most memory that a run on three threads has taken when its last bytes were read, in KiB.
fn peak_kib(stream: &str, count: &str) -> u64 {
    let words =
        "--seed 1 --start 2025-11-09T15:55:40Z --clock fast --threads 3 --rate 10/s --count";
    let mut child = program(stream, words).words(count).start();
    let mut stdout = child.stdout.take().unwrap();
    let (mut piece, mut peak) = (vec![0; 1 << 20], 0);
    while stdout.read(&mut piece).unwrap() > 0 {
        peak = peak.max(mercato_test_support::peak_memory_kib(&child).unwrap_or(0));
    }
    assert!(child.wait().unwrap().success());
    peak
}

#[test]
fn law_6_memory_does_not_grow_with_the_run_on_several_threads() {
    for stream in PROGRAMS {
        let (short, long) = (peak_kib(stream, "100000"), peak_kib(stream, "500000"));
        assert!(short > 0, "the run was seen while it went on");
        assert!(
            long < short + 12 * 1024,
            "{stream}: {short} KiB for 100,000 arrivals, {long} KiB for 500,000"
        );
    }
}
