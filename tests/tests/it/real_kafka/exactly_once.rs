//! Exactly-once delivery against a real broker: kills, fences, and what is refused.
//!
//! `MERCATO_KILLS` sets the number of kills (8 unless set) and `MERCATO_KILL_SEED` their schedule,
//! which is printed.

use std::process::Child;
use std::thread::sleep;
use std::time::Duration;

use mercato_kafka::Record;
use mercato_test_support::{
    Program, broker::shout, ended_within, folder, json, now_micros, signal,
};

use super::SOON;
use super::broker::Broker;

/// Records a second, so that a kill falls into any part of a transaction.
const RATE: u64 = 2_000;

/// Records of a transaction.
const CUT: u64 = 750;

/// A generator of pseudo-random numbers for a schedule of kills (splitmix64).
struct Schedule(u64);

impl Schedule {
    fn next(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % below
    }
}

#[expect(clippy::disallowed_methods, reason = "a test is its own caller")]
fn number(variable: &str, otherwise: u64) -> u64 {
    std::env::var(variable).map_or(otherwise, |text| text.parse().unwrap())
}

/// What consumers compare of a record: partition, key, value and timestamp.
type Seen = (u32, Vec<u8>, Vec<u8>, Option<i64>);

/// The records of a topic, partition by partition.
fn sequence(broker: &Broker, topic: &str) -> Vec<Seen> {
    let seen =
        |record: Record| (record.partition, record.key, record.value, record.timestamp_millis);
    broker.records(topic).into_iter().map(seen).collect()
}

fn is_done(child: &mut Child) -> bool {
    child.try_wait().unwrap().is_some()
}

#[test]
#[ignore = "needs a real broker, see .ci/run"]
fn real_a_run_that_is_killed_again_and_again_arrives_exactly_once() {
    let Some(broker) = Broker::fresh("") else { return };
    let (kills, seed) = (number("MERCATO_KILLS", 8), number("MERCATO_KILL_SEED", 20_261_130));
    shout(&format!("MERCATO_KILLS={kills} MERCATO_KILL_SEED={seed}"));
    let mut schedule = Schedule(seed);
    // Event times of today, and such as make a broker forget idempotent producers.
    let recent = (now_micros() / 1_000_000 - 7_200).to_string();
    let recent = Program::shell(&format!("date -u -d @{recent} +%FT%TZ")).run().lines();
    for (half, start) in [("recent", recent[0].as_str()), ("old", "2025-11-09T15:55:40Z")] {
        let kills = kills.div_ceil(2).max(2);
        let seconds = 4 + kills * 2;
        // One of four kills is the broker's.
        let turn = schedule.next(kills.min(4));
        let whole = format!("{half}-whole");
        for topic in [half, &whole] {
            broker
                .mercato("topics create --partitions 3 --retention forever")
                .arg(topic)
                .run()
                .success();
        }
        let words =
            format!("-q --flat --rate {RATE}/s --duration {seconds}s --seed 7 --start {start}");
        let run = || {
            let program = broker.program("txn-gen", &words).words("--clock 1x -t").arg(half);
            let program = program.words("--delivery exactly-once --transaction-records");
            program.arg(CUT.to_string()).start()
        };
        let (mut child, mut generators, mut brokers, mut in_vain) = (run(), 0, 0, 0);
        let ended = loop {
            let is_over = generators + brokers >= kills;
            if !is_over {
                sleep(Duration::from_millis(500 + schedule.next(2_500)));
            }
            if is_over || is_done(&mut child) {
                let ended = ended_within(child, Duration::from_secs(300));
                // Whoever finds no broker at the start ends, and a supervisor starts it again.
                if ended.code == Some(4) && in_vain < brokers {
                    (child, in_vain) = (run(), in_vain + 1);
                    continue;
                }
                break ended;
            }
            if (generators + brokers) % 4 == turn {
                shout(&format!("{half}: the broker is killed"));
                broker.kill();
                assert_eq!(broker.start().code, Some(0));
                brokers += 1;
            } else {
                shout(&format!("{half}: the generator is killed"));
                signal(&child, "KILL");
                ended_within(child, SOON);
                (child, generators) = (run(), generators + 1);
            }
        };
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        assert!(generators > 0 && brokers > 0, "{generators} and {brokers} kills");
        let program = broker.program("txn-gen", &words).words("--clock fast -t").arg(&whole);
        program.run().success();
        let (found, expected) = (sequence(&broker, half), sequence(&broker, &whole));
        assert!(expected.len() as u64 > RATE * seconds / 2, "{}", expected.len());
        let first = found.iter().zip(&expected).position(|(found, expected)| found != expected);
        assert_eq!((found.len(), first), (expected.len(), None), "{half}: seed {seed}");
        // It is complete, so the same command has nothing to do.
        ended_within(run(), SOON).success();
        assert_eq!(sequence(&broker, half).len(), expected.len());
    }
}

#[test]
#[ignore = "needs a real broker, see .ci/run"]
fn real_the_second_instance_of_a_run_fences_the_first() {
    let Some(broker) = Broker::fresh("") else { return };
    let folder = folder();
    let summary = folder.path().join("run.json");
    broker.mercato("topics create --partitions 3 transactions").run().success();
    // A live run without seed and start finds itself again.
    let run = || {
        let program = broker.program("txn-gen", "--flat --rate 1000/s --delivery exactly-once");
        program.arg("--summary-json").arg(&summary)
    };
    let first = run().start();
    sleep(Duration::from_secs(8));
    let second = run().start();
    let winner = format!("process {}", second.id());
    let ended = ended_within(first, SOON);
    ended.fails_with(7, &["taken over by another instance", &winner, "transactions, shard 0"]);
    sleep(Duration::from_secs(3));
    signal(&second, "INT");
    let ended = ended_within(second, SOON);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let verified = broker.verified("transactions", "transactions", &summary);
    assert!(verified > json(&summary)["counts"]["records"].as_u64().unwrap(), "{verified}");
}

#[test]
#[ignore = "needs a real broker, see .ci/run"]
fn real_a_progress_topic_that_keeps_no_position_is_refused() {
    let Some(broker) = Broker::fresh("") else { return };
    let create = |words: &str| broker.mercato("topics create").words(words).run().success();
    create("--partitions 3 transactions");
    let run = |words: &str| {
        let program = broker.program("txn-gen", "-q --clock fast --duration 1h");
        let program = program.words("--start 2026-11-20T10:00:00Z --delivery exactly-once");
        program.words(words).run()
    };
    create("--partitions 1 mercato-progress-deleted");
    run("--run-name deleted")
        .fails_with(3, &["mercato-progress-deleted", "cleanup.policy is delete"]);
    create("--partitions 1 --compact mercato-progress-narrow");
    run("--run-name narrow --shard 0/3").fails_with(3, &["1 partitions", "3 shards", "--run-name"]);
    create("--partitions 1 --compact mercato-progress-other");
    broker.order_gen("-q --clock fast --count 3 -t mercato-progress-other").run().success();
    run("--run-name other").fails_with(3, &["mercato-progress-other", "no progress of a run"]);
    assert!(broker.records("transactions").is_empty(), "nothing was sent");
    run("--seed 3").success();
    let sent = broker.records("transactions").len();
    assert!(sent > 0);
    // The seed is found again.
    run("").success();
    for words in ["--on-lag shed", "--output-console", "--state run.json"] {
        run(&format!("--run-name fresh {words}")).fails_with(2, &["--delivery exactly-once"]);
    }
    run("--run-name fresh -X acks=1").fails_with(3, &["idempotence"]);
    for (words, named) in [("--seed 4", ["seed", "4"]), ("--rate 9/h", ["rate", "9/h"])] {
        run(words).fails_with(2, &named);
    }
    broker.mercato("topics create --partitions 3 others").run().success();
    run("--run-name transactions -t others").fails_with(2, &["destination", "others"]);
    assert_eq!(broker.records("transactions").len(), sent);
}
