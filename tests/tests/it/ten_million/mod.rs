//! The laws over ten million records of each stream, through the programs as they are released.
//!
//! Four gigabytes pass by and none of them is kept:
//! `cargo test --release -p mercato-tests --test it -- --ignored ten_million`.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod shop;

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdout};

use mercato_test_support::{Program, hexadecimal, peak_memory_kib};
use sha2::{Digest, Sha256};

const RECORDS: u64 = 10_000_000;

/// A quarter as many orders as records: each goes through four states.
const SALES: &str = "order-gen --stream sales --seed 42 --start 2025-11-09T15:55:40Z --rate 10/s --count 2500000 --drain";
const ORDERS: &str =
    "order-gen --stream orders --seed 42 --start 2025-11-09T15:55:40Z --rate 10/s --count 10000000";
const TRANSACTIONS: &str =
    "txn-gen --seed 42 --start 2025-11-09T15:55:40Z --rate 40/s --count 10000000";
const EVENTS: &str =
    "event-gen --seed 42 --start 2025-11-09T15:55:40Z --rate 40/s --count 10000000";

/// Resident memory that a run with few open orders may take on one thread, in KiB.
const MEMORY_KIB: u64 = 32 * 1024;

/// A run whose lines are read as they come.
struct Running {
    child: Child,
    stdout: BufReader<ChildStdout>,
    line: Vec<u8>,
    lines: u64,
    /// Most memory that the program has taken, in KiB, and that of its first tenth.
    memory_kib: (u64, u64),
}

impl Running {
    fn start(stream: &str, more: &str) -> Self {
        let (program, stream) = stream.split_once(' ').unwrap();
        let mut child =
            Program::new(program).words(stream).words("-qq --clock fast").words(more).start();
        let stdout = BufReader::with_capacity(1 << 20, child.stdout.take().unwrap());
        Self { child, stdout, line: Vec::new(), lines: 0, memory_kib: (0, 0) }
    }

    /// Ends the program before it is done: it goes quietly when its reader has gone.
    fn stop(self) {
        let Self { mut child, stdout, .. } = self;
        drop(stdout);
        assert!(child.wait().unwrap().success());
    }

    /// Goes on to the next line; false at the end.
    fn advance(&mut self) -> bool {
        self.line.clear();
        if self.stdout.read_until(b'\n', &mut self.line).unwrap() == 0 {
            assert!(self.child.wait().unwrap().success());
            return false;
        }
        self.lines += 1;
        if self.lines.is_multiple_of(RECORDS / 20) {
            self.memory_kib.0 = peak_memory_kib(&self.child).unwrap_or(self.memory_kib.0);
        }
        if self.lines == RECORDS / 10 {
            self.memory_kib.1 = self.memory_kib.0;
        }
        true
    }

    /// Adds all lines to `hash`, and hands each to `look`; returns the number of lines.
    fn read_to_end(&mut self, hash: &mut Sha256, mut look: impl FnMut(&[u8])) -> u64 {
        while self.advance() {
            hash.update(&self.line);
            look(&self.line);
        }
        self.lines
    }
}

/// The fingerprint of a run, which must have ten million records.
fn fingerprint(stream: &str, more: &str) -> String {
    let mut hash = Sha256::new();
    assert_eq!(Running::start(stream, more).read_to_end(&mut hash, |_| ()), RECORDS);
    hexadecimal(&hash.finalize())
}

/// Looks at each record on one thread; returns the run's fingerprint.
fn looked_at(stream: &str, look: impl FnMut(&[u8])) -> String {
    let (mut hash, mut running) = (Sha256::new(), Running::start(stream, "--threads 1"));
    assert_eq!(running.read_to_end(&mut hash, look), RECORDS);
    let (most, at_first) = running.memory_kib;
    assert!(most > 0 && most <= MEMORY_KIB, "{most} KiB");
    assert!(
        most <= at_first + 1024,
        "{at_first} KiB after a million records and {most} KiB after ten"
    );
    hexadecimal(&hash.finalize())
}

fn the_laws_hold(stream: &str, whole: &str) {
    for threads in ["--threads 2", "--threads 7"] {
        assert_eq!(fingerprint(stream, threads), whole, "{threads}");
    }
    assert_eq!(windows(stream), whole, "windows in a row are the whole");
    shards_merge(stream, RECORDS);
}

fn windows(stream: &str) -> String {
    let (mut hash, mut lines) = (Sha256::new(), 0);
    for window in
        ["--to +20h", "--from +20h --to +41h30m", "--from +41h30m --to +41h31m", "--from +41h31m"]
    {
        lines += Running::start(stream, window).read_to_end(&mut hash, |_| ());
    }
    assert_eq!(lines, RECORDS);
    hexadecimal(&hash.finalize())
}

/// Every line of the whole is the next of exactly one shard, and no shard has more.
fn shards_merge(stream: &str, records: u64) {
    let mut whole = Running::start(stream, "");
    let mut shards: Vec<Running> =
        (0..3).map(|i| Running::start(stream, &format!("--shard {i}/3"))).collect();
    let mut there: Vec<bool> = shards.iter_mut().map(Running::advance).collect();
    while whole.advance() {
        let owner =
            (0..shards.len()).find(|shard| there[*shard] && shards[*shard].line == whole.line);
        let owner = owner.unwrap_or_else(|| {
            panic!("no shard goes on with {}", String::from_utf8_lossy(&whole.line))
        });
        there[owner] = shards[owner].advance();
    }
    assert!(whole.lines == records && there.iter().all(|there| !there));
}

/// What stands between `before` and the next comma or quote, and what follows it.
fn field<'a>(text: &'a str, before: &str) -> (&'a str, &'a str) {
    let begin = text.find(before).unwrap_or_else(|| panic!("no {before} in {text}")) + before.len();
    let end = begin + text[begin..].find([',', '"', '}']).unwrap();
    (&text[begin..end], &text[end..])
}

/// Cents, read from digits so that no float takes part.
fn cents(amount: &str) -> u64 {
    let (whole, fraction) = amount.split_once('.').unwrap();
    let fraction: u64 = if fraction.len() == 1 {
        fraction.parse::<u64>().unwrap() * 10
    } else {
        fraction.parse().unwrap()
    };
    whole.parse::<u64>().unwrap() * 100 + fraction
}

#[test]
#[ignore = "ten million records: for release builds, see .ci/run"]
fn ten_million_sales() {
    const STATES: [&str; 4] = ["pending", "confirmed", "processing", "shipped"];
    // By order number: how many states it has gone through.
    let mut steps = vec![0_u8; 100_000_000];
    let mut last_time = String::new();
    let whole = looked_at(SALES, |line| {
        let line = std::str::from_utf8(line).unwrap();
        let (order, rest) = field(line, "{\"order_id\":\"ORD-");
        let (time, rest) = field(rest, "\"timestamp\":\"");
        let (quantity, rest) = field(rest, "\"quantity\":");
        let (price, rest) = field(rest, "\"price\":");
        let (total, _) = field(rest, "\"total\":");
        assert_eq!(quantity.parse::<u64>().unwrap() * cents(price), cents(total), "{line}");
        assert!(order.len() == 8 && time >= last_time.as_str(), "{line}");
        last_time.clear();
        last_time.push_str(time);
        let step = &mut steps[order.parse::<usize>().unwrap()];
        let status = line.trim_end_matches("\"}\n").rsplit('"').next().unwrap();
        assert_eq!(Some(&status), STATES.get(usize::from(*step)), "{line}");
        *step += 1;
    });
    assert_eq!(
        steps.iter().filter(|step| **step == 4).count() as u64,
        RECORDS / 4,
        "order ids are unique"
    );
    assert!(steps.iter().all(|step| matches!(step, 0 | 4)), "every order is shipped");
    the_laws_hold(SALES, &whole);
}

#[test]
#[ignore = "ten million records: for release builds, see .ci/run"]
fn ten_million_orders() {
    let (mut number, mut last_time) = (0_u64, 0_i64);
    let whole = looked_at(ORDERS, |line| {
        let line = std::str::from_utf8(line).unwrap();
        let (id, rest) = field(line, "{\"orderId\":\"order_");
        let (amount, rest) = field(rest, "\"amount\":");
        let (time, _) = field(rest, "\"timestamp\":");
        number += 1;
        assert_eq!(id.parse::<u64>().unwrap(), number, "{line}");
        assert!((1_000..=50_000).contains(&cents(amount)), "{line}");
        let time: i64 = time.parse().unwrap();
        assert!(time >= last_time, "{line}");
        last_time = time;
    });
    the_laws_hold(ORDERS, &whole);
}

#[test]
#[ignore = "ten million records: for release builds, see .ci/run"]
fn ten_million_transactions() {
    // By the nine digits of an identifier: whether it was there.
    let (mut seen, mut last_time) = (vec![false; 1_000_000_000], String::new());
    let whole = looked_at(TRANSACTIONS, |line| {
        let line = std::str::from_utf8(line).unwrap();
        let (id, rest) = field(line, "{\"transaction_id\":\"txn_");
        let (user, rest) = field(rest, "\"user_id\":\"user_");
        let (session, rest) = field(rest, "\"session_id\":\"sess_");
        let (time, _) = field(rest, "\"timestamp\":\"");
        let (date, number) = id.split_once('_').unwrap();
        assert_eq!(date, time[..10].replace('-', ""), "{line}");
        assert!(session.ends_with(user) && time >= last_time.as_str(), "{line}");
        last_time.clear();
        last_time.push_str(time);
        assert!(
            !std::mem::replace(&mut seen[number.parse::<usize>().unwrap()], true),
            "{line} comes twice"
        );
    });
    the_laws_hold(TRANSACTIONS, &whole);
}

#[test]
#[ignore = "ten million records: for release builds, see .ci/run"]
fn ten_million_events() {
    let (mut users, mut last_time) = (vec![0_u64; 1001], String::new());
    let whole = looked_at(EVENTS, |line| {
        let line = std::str::from_utf8(line).unwrap();
        let (user, rest) = field(line, "{\"user_id\":");
        let (time, rest) = field(rest, "\"timestamp\":\"");
        let (product, rest) = field(rest, "\"product_id\":");
        let (minutes, _) = field(rest, "\"session_length\":");
        assert!((1..=500).contains(&product.parse::<u32>().unwrap()), "{line}");
        assert!((50..=3_000).contains(&cents(minutes)) && time >= last_time.as_str(), "{line}");
        last_time.clear();
        last_time.push_str(time);
        users[user.parse::<usize>().unwrap()] += 1;
    });
    assert!(
        users[0] == 0 && users[1..].iter().all(|events| (9_000..11_000).contains(events)),
        "1,000 users"
    );
    the_laws_hold(EVENTS, &whole);
}
