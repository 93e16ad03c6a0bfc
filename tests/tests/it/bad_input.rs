//! Bad input and bad days: each with its exit code, and with words that help.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::io::{BufRead, BufReader, Read};
use std::net::{Ipv4Addr, TcpListener};
use std::process::Child;
use std::thread::sleep;
use std::time::Duration;

use mercato_test_support::{
    Ended, Program, ended_within, folder, ignores_hangups, json, read, signal, timed,
};

const SOON: Duration = Duration::from_secs(20);

fn order_gen(flags: &str) -> Program {
    Program::new("order-gen").words("-q").words(flags)
}

/// A run that prints 5 orders a second until somebody ends it, once its first order is there.
fn live(more: &str) -> (Child, BufReader<std::process::ChildStdout>) {
    let mut child = Program::new("order-gen").words("--rate 5/s").words(more).start();
    let mut printed = BufReader::new(child.stdout.take().unwrap());
    let mut first = String::new();
    printed.read_line(&mut first).unwrap();
    assert!(first.starts_with("{\"order"), "{first}");
    (child, printed)
}

#[test]
fn wrong_flags_exit_with_2_and_name_value_and_bound() {
    for (flags, words) in [
        ("--bogus", ["--bogus", "--help"]),
        ("--rate fast", ["--rate: invalid rate 'fast'", "N/s, N/m, N/h or N/d"]),
        ("--rate 0", ["--rate: 0 is", "(0.000001/h to 1000000000/s)"]),
        ("--rate=-5/s", ["--rate: invalid rate '-5/s'", "N/s, N/m, N/h or N/d"]),
        (
            "--min-delay 5 --max-delay 2",
            ["--min-delay is 5s and --max-delay is 2s", "must not exceed the maximum"],
        ),
        (
            "--min-delay 9",
            ["--min-delay is 9s and --max-delay is 6s", "must not exceed the maximum"],
        ),
        ("--min-delay 0 --max-delay 0", ["--max-delay: 0s is", "above 0"]),
        ("--min-delay -1", ["--min-delay: invalid duration '-1'", "500ms"]),
        ("--max-delay 101d", ["--max-delay: 101d is", "(0s to 100d)"]),
        ("--shard 3/2", ["--shard: invalid shard '3/2'", "0 or 1"]),
        ("--start yesterday", ["--start: invalid time 'yesterday'", "2025-01-31T09:30:00Z"]),
        (
            "--start 2025-02-30T00:00:00Z",
            ["--start: invalid time '2025-02-30T00:00:00Z'", "RFC 3339"],
        ),
        ("--start 2025-02-30", ["--start: invalid time '2025-02-30'", "out of range"]),
        (
            "-o a.ndjson --summary-json a.ndjson",
            ["--output and --summary-json both name", "a.ndjson"],
        ),
        ("-o a.ndjson --log-file a.ndjson", ["--output and --log-file both name", "a.ndjson"]),
        (
            "--summary-json a.json --log-file a.json",
            ["--summary-json and --log-file both name", "a.json"],
        ),
        ("--count 0", ["--count: 0 is", "(1 to "]),
        ("--duration -1", ["--duration: invalid duration '-1'", "90s"]),
        (
            "--seed 18446744073709551616",
            ["--seed: 18446744073709551616 is", "(0 to 18446744073709551615)"],
        ),
        ("--clock sometimes", ["--clock: invalid clock 'sometimes'", "60x"]),
        ("--threads 0", ["--threads: 0 is", "(1 to 1024)"]),
        ("--malformed 2", ["--malformed: 2 is", "(0 to 1)"]),
        ("--malformed -1", ["--malformed: -1 is", "(0 to 1)"]),
        ("--from +10m --to +5m", ["+5m", "+10m"]),
        ("--stream payments", ["'payments' for '--stream", "sales, orders"]),
        ("-o sales.txt", ["sales.txt", ".ndjson"]),
        ("-b :", ["--bootstrap-servers: invalid list of brokers ':'", "HOST:PORT"]),
        ("--rate 5/s --min-delay 1", ["--rate", "--min-delay"]),
        ("--start 2025-01-01T00:00:00Z --backfill 5", ["--start", "--backfill"]),
        ("--kafka -o sales.csv", [".ndjson", "JSON"]),
        ("--delivery exactly-once", ["--delivery exactly-once needs Kafka", "--kafka"]),
        ("--delivery exactly-once -o a.ndjson", ["--delivery exactly-once needs Kafka", "-b"]),
        ("--delivery twice --kafka", ["--delivery", "at-least-once, exactly-once"]),
        ("--kafka --run-name shop", ["--run-name", "needs --delivery exactly-once"]),
        ("--kafka --transaction-time 5s", ["--transaction-time", "exactly-once"]),
        ("--kafka --transaction-records 0", ["--transaction-records: 0 is", "(1 to 1000000)"]),
        (
            "--kafka --delivery exactly-once --transaction-time 0",
            ["--transaction-time: invalid duration '0s'", "longer"],
        ),
    ] {
        let folder = folder();
        let ended = order_gen(flags).in_folder(folder.path()).run();
        assert!(ended.stdout.is_empty(), "{flags}: nothing is written");
        ended.fails_with(2, &words);
    }
}

#[test]
fn a_flag_about_kafka_without_kafka_is_told_of() {
    for (flags, flag) in [
        ("--topic mine", "--topic"),
        ("-X linger.ms=5", "-X"),
        ("--record-timestamp wall", "--record-timestamp"),
        ("--max-outage 5m", "--max-outage"),
    ] {
        let ended = order_gen("--count 1 --clock fast").words(flags).run();
        let said = ended.stderr.clone();
        assert!(
            said.contains(&format!("{flag} has no effect without Kafka"))
                && said.contains("--kafka"),
            "{flags}: {said}"
        );
        assert_eq!(ended.records().len(), 1);
    }
    let ended = order_gen("--count 1 --clock fast").env("KAFKA_TOPIC", "mine").run();
    let said = "KAFKA_TOPIC in the environment has no effect without Kafka";
    assert!(ended.stderr.contains(said), "{}", ended.stderr);
    assert_eq!(ended.records().len(), 1);
    let refused = order_gen("--count 1 --clock fast").env("KAFKA_TOPIC", "a b").run();
    refused.fails_with(2, &["KAFKA_TOPIC in the environment: invalid topic 'a b'"]);
}

#[test]
fn a_host_without_a_port_that_nobody_knows_is_not_said_to_answer() {
    let variable = "nowhere.invalid";
    let ended = order_gen("--count 1 --clock fast").env("KAFKA_BOOTSTRAP_SERVERS", variable).run();
    assert!(!ended.stderr.contains("advertises"), "{}", ended.stderr);
    ended.fails_with(4, &["cannot resolve nowhere.invalid:9092"]);
}

#[test]
fn an_address_that_cannot_be_listened_on_exits_with_2_before_anything_is_written() {
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let in_use = taken.local_addr().unwrap().to_string();
    for (address, advice) in [
        (in_use.as_str(), "stop the program that uses this address, or choose another port"),
        ("192.0.2.1:9464", "this machine has no such address; --metrics-listen 0.0.0.0:PORT"),
        ("here", "use --metrics-listen HOST:PORT, such as 127.0.0.1:9464"),
        ("127.0.0.1:99999", "use --metrics-listen HOST:PORT"),
    ] {
        let ended = order_gen("--count 1 --clock fast --metrics-listen").arg(address).run();
        assert!(ended.stdout.is_empty(), "{address}: nothing is written");
        ended.fails_with(2, &["cannot listen on", address, advice]);
    }
}

#[test]
fn wrong_variables_exit_with_2_and_say_where_they_are_set() {
    order_gen("")
        .env("MERCATO_SEED", "many")
        .run()
        .fails_with(2, &["MERCATO_SEED in the environment", "many"]);
    let folder = folder();
    std::fs::write(folder.path().join(".env"), "\nMERCATO_SEED=many\n").unwrap();
    order_gen("").in_folder(folder.path()).run().fails_with(2, &["MERCATO_SEED in .env:2", "many"]);
}

#[test]
fn misspelt_keys_exit_with_3_and_the_line_and_the_word_that_was_meant() {
    let folder = folder();
    for (name, text, place, meant) in [
        ("a.toml", "[run]\nsede = 4\n", "a.toml:2", "did you mean `seed`?"),
        ("a.yaml", "# shop\nrun:\n  sede: 4\n", "a.yaml:3", "did you mean `seed`?"),
        ("a.json", "{\n\"run\": {\n\"sede\": 4}}\n", "a.json:3", "did you mean `seed`?"),
        ("b.toml", "[slaes]\nmin_delay = \"1s\"\n", "b.toml:1", "did you mean `sales`?"),
        ("c.toml", "\n[sales.lifecycle]\nstats = []\n", "c.toml:3", "did you mean `states`?"),
        (
            "d.yaml",
            "sales:\n  products:\n    - id: P\n      nmae: Tea\n",
            "d.yaml:4",
            "did you mean `name`?",
        ),
        (
            "e.toml",
            "[disorder]\nkinds = [\"wrong_typ\"]\n",
            "e.toml:2",
            "did you mean `wrong_type`?",
        ),
    ] {
        std::fs::write(folder.path().join(name), text).unwrap();
        let ended = order_gen("--count 1 --config").arg(name).in_folder(folder.path()).run();
        assert!(ended.stdout.is_empty());
        ended.fails_with(3, &[place, meant]);
    }
}

#[test]
fn wrong_values_in_files_exit_with_3() {
    let folder = folder();
    for (name, text, words) in [
        ("a.toml", "[run]\nrate = \"fast\"\n", ["a.toml:2", "fast"]),
        ("b.toml", "[run]\nduration = 5\n", ["b.toml:2", "5m"]),
        ("c.toml", "[sales]\nmin_delay = \"9s\"\n", ["sales.min_delay", "9s"]),
        ("d.toml", "[sales\n", ["d.toml:1", "expected `]`"]),
        ("e.ini", "", ["e.ini", ".toml"]),
    ] {
        std::fs::write(folder.path().join(name), text).unwrap();
        order_gen("--count 1 --config")
            .arg(name)
            .in_folder(folder.path())
            .run()
            .fails_with(3, &words);
    }
    order_gen("--config none.toml")
        .in_folder(folder.path())
        .run()
        .fails_with(3, &["none.toml", "No such file"]);
}

#[test]
fn paths_that_cannot_be_written_exit_with_8() {
    let folder = folder();
    let path = folder.path().join("no/such/folder/sales.ndjson");
    order_gen("--count 1 -o")
        .arg(&path)
        .run()
        .fails_with(8, &["no/such/folder/sales.ndjson", "nothing was written"]);
    order_gen("--count 1 --log-file").arg(&path).run().fails_with(8, &["no/such/folder"]);
}

#[test]
fn a_full_device_exits_with_8() {
    order_gen("--clock fast --count 10000 -o /dev/full")
        .run()
        .fails_with(8, &["/dev/full", "No space left"]);
    Program::shell("exec order-gen -q --clock fast --count 10000 >/dev/full")
        .run()
        .fails_with(8, &["No space left"]);
}

#[test]
fn a_full_disk_exits_with_8_and_what_is_whole_is_known() {
    let folder = folder();
    // A limit on the size of files stands for the disk; the signal that comes with it is ignored.
    let line = "trap '' XFSZ; ulimit -f 600; exec order-gen -q --seed 1 --start 2025-01-01T00:00:00Z --clock fast \
                --count 10000 -o sales.ndjson --summary-json run.json";
    let ended = Program::shell(line).in_folder(folder.path()).run();
    let said = ended.stderr.clone();
    ended.fails_with(
        8,
        &["cannot write .sales.ndjson.partial", "whole records in", "bytes were written before"],
    );
    let numbers: Vec<usize> =
        said.split(|letter: char| !letter.is_ascii_digit()).flat_map(str::parse).collect();
    let (records, bytes) = (numbers[0], numbers[1]);
    let kept =
        said.split(';').next().unwrap().trim_start_matches("error: cannot write ").to_owned();
    let kept = read(&folder.path().join(kept));
    assert_eq!(kept.iter().filter(|byte| **byte == b'\n').count(), records, "{said}");
    assert!(kept.len() <= bytes && bytes <= 600 * 1024, "{said}");
    assert_eq!(json(&folder.path().join("run.json"))["end"], "failed");
}

#[test]
fn a_reader_that_has_seen_enough_ends_the_run_quietly() {
    let line = "{ order-gen -q --count 1000000 --clock fast; echo \"exit $?\" >&2; } | head -1";
    let ended = Program::shell(line).run();
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), "exit 0\n"));
    assert_eq!(ended.stdout.iter().filter(|byte| **byte == b'\n').count(), 1);
}

#[test]
fn a_signal_delivers_what_was_released_and_exits_with_9_if_the_run_had_an_end() {
    // Sales end after five minutes; compact orders go on for ever.
    for (name, stream, code) in [
        ("INT", "sales", 9),
        ("TERM", "sales", 9),
        ("HUP", "sales", 9),
        ("INT", "orders", 0),
        ("HUP", "orders", 0),
    ] {
        if name == "HUP" && ignores_hangups() {
            continue;
        }
        let folder = folder();
        let path = folder.path().join("run.json");
        let more = format!("--stream {stream} --summary-json {}", path.display());
        let (child, mut printed) = live(&more);
        sleep(Duration::from_millis(500));
        signal(&child, name);
        let mut rest = String::new();
        printed.read_to_string(&mut rest).unwrap();
        let ended = ended_within(child, SOON);
        assert!(ended.stderr.contains("Elapsed: "), "{}", ended.stderr);
        assert_eq!(ended.code, Some(code), "{name} {stream}");
        assert!(rest.ends_with("}\n") || rest.is_empty(), "the last record is whole");
        let summary = json(&path);
        assert_eq!(summary["end"], "interrupted");
        assert_eq!(summary["counts"]["records"], rest.lines().count() + 1);
    }
}

#[test]
fn a_hang_up_that_was_ignored_at_the_start_is_ignored() {
    let mut child = Program::shell("trap '' HUP; exec order-gen -q --rate 20/s --count 60").start();
    sleep(Duration::from_millis(500));
    signal(&child, "HUP");
    let mut printed = String::new();
    child.stdout.take().unwrap().read_to_string(&mut printed).unwrap();
    assert_eq!(ended_within(child, SOON).code, Some(0));
    let orders = printed.lines().filter(|line| line.contains("\"status\":\"pending\"")).count();
    assert_eq!(orders, 60, "nohup order-gen goes on");
}

#[test]
fn a_reader_that_leaves_does_not_end_the_file_beside_it() {
    let folder = folder();
    let line =
        "order-gen -q --seed 1 --count 20000 --clock fast -o c.ndjson --output-console | head -1";
    let ended = Program::shell(line).in_folder(folder.path()).run();
    assert_eq!(ended.stdout.iter().filter(|byte| **byte == b'\n').count(), 1);
    let lines = read(&folder.path().join("c.ndjson")).iter().filter(|byte| **byte == b'\n').count();
    assert!(lines > 50_000, "{lines}");
}

#[test]
fn refused_threads_are_an_error_and_no_panic() {
    // Root has no limit, so where the tests run as root the program does not.
    let line = "user=; test $(id -u) -ne 0 || user='setpriv --reuid=65534 --regid=65534 --clear-groups'; \
                exec $user sh -c 'ulimit -u 1; exec order-gen -q --count 10 --clock fast -o null:'";
    let ended = Program::shell(line).run();
    assert!(!ended.stderr.contains("panicked"), "{}", ended.stderr);
    if ended.code == Some(1) {
        assert!(ended.stderr.starts_with("error: cannot "), "{}", ended.stderr);
    }
}

#[test]
fn a_closed_standard_output_is_said_to_lose_the_records() {
    let warning = "standard output is closed or discarded";
    let said = |line: &str| Program::shell(line).run().stderr.contains(warning);
    assert!(said("order-gen --count 5 --clock fast >&-"));
    assert!(!said("order-gen --count 5 --clock fast > /dev/null"));
    assert!(!said("order-gen --count 5 --clock fast -o null: >&-"));
}

#[test]
fn a_log_file_on_a_full_disk_does_not_end_the_run() {
    let ended =
        Program::new("order-gen").words("--count 10 --clock fast --log-file /dev/full").run();
    let report = "cannot write to the log file /dev/full: No space left on device";
    assert_eq!(ended.stderr.matches(report).count(), 1, "{}", ended.stderr);
    assert!(!ended.records().is_empty());
}

/// A run whose reader does not read, so that it hangs in a write.
fn blocked() -> (Child, std::process::ChildStdout) {
    let mut child = Program::new("order-gen").words("-q --clock fast --count 100000000").start();
    let stdout = child.stdout.take().unwrap();
    sleep(Duration::from_millis(500));
    (child, stdout)
}

#[test]
fn a_second_signal_ends_at_once() {
    for (name, code) in [("INT", 130), ("TERM", 143), ("HUP", 129)] {
        if name == "HUP" && ignores_hangups() {
            continue;
        }
        let (mut child, stdout) = blocked();
        signal(&child, name);
        sleep(Duration::from_millis(300));
        assert!(child.try_wait().unwrap().is_none(), "the first signal waits for the reader");
        signal(&child, name);
        let (ended, took): (Ended, Duration) = timed(|| ended_within(child, SOON));
        assert_eq!(ended.code, Some(code), "{}", ended.stderr);
        assert!(took < Duration::from_secs(1), "{took:?}");
        drop(stdout);
    }
}

#[test]
fn a_broker_that_is_down_exits_with_4_soon_and_says_what_to_do() {
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
    let address = format!("127.0.0.1:{port}");
    let (ended, took) = timed(|| order_gen("--count 1 -b").arg(&address).run());
    assert!(took < Duration::from_secs(15), "{took:?}");
    ended.fails_with(4, &[&address, "mercato broker start", "-b", "refused"]);
    let (ended, took) =
        timed(|| Program::new("mercato").words("topics list -b").arg(&address).run());
    assert!(took < Duration::from_secs(15), "{took:?}");
    ended.fails_with(4, &[&address]);
}

#[test]
fn a_host_that_nobody_knows_exits_with_4_soon() {
    let (ended, took) = timed(|| order_gen("--count 1 -b broker.invalid:9092").run());
    assert!(took < Duration::from_secs(15), "{took:?}");
    ended.fails_with(4, &["broker.invalid:9092"]);
}

#[test]
fn secrets_on_the_command_line_are_refused_and_not_repeated() {
    for flag in ["-X", "--producer-property", "--command-property"] {
        for name in ["sasl.password", "ssl.key.password", "sasl.jaas.config"] {
            let ended = order_gen("--kafka").words(flag).arg(format!("{name}=hunter2")).run();
            assert!(!ended.stderr.contains("hunter2"), "{}", ended.stderr);
            ended.fails_with(2, &[name, "--command-config", "KAFKA_PROPERTY_"]);
        }
    }
}

/// A run of event-gen with this configuration.
fn configured(name: &str, text: &str) -> mercato_test_support::Ended {
    let folder = mercato_test_support::folder();
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    Program::new("event-gen").words("-q --count 1 --clock fast --config").arg(&path).run()
}

#[test]
fn what_makes_no_stream_is_told_with_file_line_and_the_users_units() {
    let expect = |text: &str, words: &[&str]| configured("bad.toml", text).fails_with(3, words);
    expect(
        "[run]\nseed = 1\n[events]\nusers = [9, 1]\n",
        &["bad.toml:4: events.users: the minimum 9 is above the maximum 1"],
    );
    expect(
        "[events]\ninterval = \"200d\"\n",
        &["bad.toml:2: events.interval: 200d is out of range", "100d"],
    );
    expect(
        "[events]\n\ntypes = [{ name = \"a\", weight = 0 }]\n",
        &["bad.toml:3: invalid events.types"],
    );
    let entry = |from: &str, to: &str| {
        format!("[[schedule]]\nfrom = \"{from}\"\nto = \"{to}\"\nfactor = 2\n")
    };
    expect(&entry("+20m", "+10m"), &["bad.toml:1: ", "from +20m to +10m", "ends before it starts"]);
    let two = entry("+10m", "+20m") + &entry("+15m", "+25m");
    expect(&two, &["bad.toml:5: ", "from +15m to +25m", "overlaps the entry from +10m to +20m"]);
}

#[test]
fn what_is_nested_ten_thousand_levels_deep_is_refused() {
    let brackets = "[".repeat(10_000) + &"]".repeat(10_000);
    let blocks: String = (0..10_000).map(|level| " ".repeat(level) + "a:\n").collect();
    for (name, text) in [
        ("deep.json", format!("{{\"events\":{brackets}}}")),
        ("deep.json", "{\"a\":".repeat(10_000) + "1" + &"}".repeat(10_000)),
        ("deep.yaml", format!("events: {brackets}")),
        ("deep.yaml", blocks),
        ("deep.yaml", "- ".repeat(10_000)),
        ("deep.toml", format!("events = {brackets}")),
    ] {
        configured(name, &text).fails_with(3, &[name]);
    }
}

#[cfg(unix)]
#[test]
fn settings_come_only_from_files_that_have_an_end() {
    let folder = mercato_test_support::folder();
    let zeros = |name: &str| std::os::unix::fs::symlink("/dev/zero", folder.path().join(name));
    for name in ["zeros.toml", "zeros.json", "client.properties", "run.json"] {
        zeros(name).unwrap();
    }
    for (program, words, code, file) in [
        ("event-gen", "--config zeros.toml", 3, "zeros.toml"),
        ("event-gen", "--config zeros.json", 3, "zeros.json"),
        ("event-gen", "-b localhost:1 --command-config client.properties", 3, "client.properties"),
        ("mercato", "verify sales out.ndjson --run run.json", 8, "run.json"),
    ] {
        let ended = Program::new(program).words(words).in_folder(folder.path()).run();
        ended.fails_with(code, &[file, "not a regular file"]);
    }
    zeros(".env").unwrap();
    let ended = Program::new("event-gen").words("--count 1").in_folder(folder.path()).run();
    ended.fails_with(3, &[".env", "not a regular file"]);
}

#[test]
fn a_negative_rate_is_told_its_bounds() {
    for program in ["order-gen", "txn-gen", "event-gen"] {
        Program::new(program).words("--rate -1/s").run().fails_with(2, &["-1/s", "--rate", "/s"]);
    }
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_no_unicode_is_refused_where_it_counts() {
    use std::os::unix::ffi::OsStrExt;
    let run = |name: &str| {
        let value = std::ffi::OsStr::from_bytes(b"1\xff");
        Program::new("event-gen").words("-q --count 1 --clock fast").env(name, value).run()
    };
    run("MERCATO_SEED").fails_with(2, &["MERCATO_SEED"]);
    run("PRODUCER_INTERVAL").fails_with(2, &["PRODUCER_INTERVAL"]);
    run("SOMEONE_ELSES").success();
}

#[test]
fn a_run_of_no_length_is_refused() {
    for (program, words) in
        [("order-gen", ""), ("txn-gen", ""), ("event-gen", ""), ("mercato", "stream ")]
    {
        for zero in ["0", "0s", "0.0"] {
            let ended = Program::new(program)
                .words(&format!("{words}-q --clock fast --duration {zero}"))
                .run();
            ended.fails_with(2, &["--duration: ", "out of range (1us to 36500d)"]);
        }
    }
    configured("bad.toml", "[run]\nduration = \"0s\"\n")
        .fails_with(3, &["bad.toml:2: run.duration: ", "out of range (1us to 36500d)"]);
}

#[test]
fn a_rate_that_the_users_cannot_keep_up_with_is_blamed_on_whoever_gave_it() {
    let shop =
        |words: &str| Program::new("mercato").words(words).words("-q --rate 1000000000/h").run();
    let said =
        ["--rate: with 1000000000/h", "shop.users.total = 10000", "more users or fewer sessions"];
    for words in ["stream", "generate --type transactions", "historical --days 1 -o null:"] {
        shop(words).fails_with(2, &said);
    }
    let folder = mercato_test_support::folder();
    let path = folder.path().join("bad.toml");
    std::fs::write(&path, "[run]\n\nrate = \"1000000000/h\"\n").unwrap();
    let ended = Program::new("mercato").words("stream -q --clock fast --config").arg(&path).run();
    ended.fails_with(3, &["bad.toml:3: run.rate: ", "more users or fewer sessions"]);
}
