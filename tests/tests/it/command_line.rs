//! What the founding documents type, and what is refused before anything is written.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use mercato_test_support::{Program, folder, json, names, timed};

fn mercato(words: &str) -> Program {
    Program::new("mercato").words(words)
}

#[test]
fn document_004s_commands_are_accepted_as_they_stand() {
    let records = mercato("--verbose generate --type transactions --count 3").run();
    assert_eq!(records.code, Some(0), "{}", records.stderr);
    assert!(records.stderr.contains("DEBUG"), "{}", records.stderr);
    assert_eq!(records.records().len(), 3);
    let bare = mercato("config").run();
    let shown = mercato("config show").run();
    assert_eq!(bare.code, Some(0), "{}", bare.stderr);
    assert!(bare.stdout.len() > 1_000 && bare.stdout.len().abs_diff(shown.stdout.len()) < 200);
    let folder = folder();
    let history = "historical --days 1 --end 2025-03-05 --topics product-updates -q";
    assert_eq!(mercato(history).in_folder(folder.path()).run().code, Some(0));
    assert_eq!(names(&folder.path().join("history")), ["product-updates"]);
    mercato(history).in_folder(folder.path()).run().fails_with(8, &["history", "--force"]);
}

/// Document 000 asks for prints that track the transitions of orders.
#[test]
fn verbose_runs_name_the_state_before_a_transition() {
    let run = Program::new("order-gen").words("-v --seed 3 --count 3 --clock fast --drain").run();
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let of = |text: &str| run.stderr.lines().filter(|line| line.contains(text)).count();
    assert_eq!(of("sent pending of key ORD-"), 3, "{}", run.stderr);
    assert_eq!(of("sent confirmed after pending of key ORD-"), 3, "{}", run.stderr);
    assert!(of("sent processing after confirmed of key ORD-") > 0, "{}", run.stderr);
}

#[test]
fn headers_are_shown_with_their_origins_and_without_their_secrets() {
    let folder = folder();
    let text =
        "[kafka.headers]\nsource = \"shop\"\nregion = \"eu\"\nauthorization = \"Basic c2VjcmV0\"\n";
    fs::write(folder.path().join("a.toml"), text).unwrap();
    let show = mercato("config show kafka --json --config a.toml --header region=us");
    let shown: serde_json::Value =
        serde_json::from_slice(&show.in_folder(folder.path()).run().success()).unwrap();
    let of = |name: &str, part: &str| shown[format!("kafka.headers.{name}")][part].to_string();
    assert_eq!(
        (of("source", "value"), of("region", "value")),
        ("\"shop\"".into(), "\"us\"".into())
    );
    assert!(of("source", "origin").contains("a.toml"), "{shown}");
    assert_eq!(of("region", "origin"), "\"--header\"");
    assert!(!shown.to_string().contains("c2VjcmV0"), "{shown}");
}

#[test]
fn a_preset_is_printed_and_runs() {
    let folder = folder();
    let printed = mercato("config init --preset calibrated").run();
    let file = fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/examples/calibrated.toml"));
    assert_eq!(
        String::from_utf8(printed.stdout).unwrap().trim(),
        String::from_utf8(file.unwrap()).unwrap().trim()
    );
    for preset in ["black-friday", "own-categories", "small-shop", "two-regions"] {
        let path = folder.path().join(format!("{preset}.toml"));
        mercato("config init --preset").arg(preset).arg("-o").arg(&path).run().success();
        mercato("config validate").arg(&path).run().success();
    }
    mercato("config init --preset blackfriday").run().fails_with(2, &["black-friday"]);
}

#[test]
fn keys_of_document_004_and_keys_in_the_wrong_place_lead_to_ours() {
    let folder = folder();
    let path = folder.path().join("a.toml");
    for (text, hint) in [
        ("seed = 7", "did you mean `run.seed`?"),
        ("sede = 7", "did you mean `run.seed`?"),
        ("fraud_rate = 0.01", "it is called `shop.fraud.rate` here"),
        ("[shop]\nweekend_multiplier = 2", "it is called `shop.week.weekend` here"),
        ("[shop]\ntotal_users = 5", "it is called `shop.users.total` here"),
        (
            "[shop.catalogue]\nprice_ranges = {}",
            "it is called `shop.catalogue.categories[].price` here",
        ),
        ("[shop]\nbounce_rate = 0.3", "did you mean `shop.sessions.bounce_rate`?"),
        ("[shop]\nbanana = 1", "`mercato config init` lists every key"),
        ("run = [7]", "run: expected a table, found a list"),
        (
            "[kafka]\nrecord_timestamp = 'never'",
            "kafka.record_timestamp: invalid record timestamp 'never'",
        ),
        ("[kafka]\nmax_outage = 5", "kafka.max_outage: invalid duration '5'"),
    ] {
        fs::write(&path, text).unwrap();
        let runs = [
            mercato("config validate"),
            mercato("generate --type transactions --count 1 --config"),
        ];
        for run in runs {
            run.arg(&path).run().fails_with(3, &["a.toml:", hint]);
        }
    }
}

#[test]
fn the_client_refuses_a_property_in_validate() {
    let folder = folder();
    let path = folder.path().join("a.toml");
    fs::write(&path, "[kafka.properties]\nacks = 7\n").unwrap();
    mercato("config validate").arg(&path).run().fails_with(3, &["acks"]);
    let run = Program::new("order-gen").words("--count 1 --clock fast --config").arg(&path).run();
    run.fails_with(3, &["acks"]);
}

#[test]
fn long_lists_are_refused_at_once() {
    let folder = folder();
    let path = folder.path().join("long.json");
    let names: Vec<String> = (0..1_000_000).map(|index| format!("\"m{index}\"")).collect();
    fs::write(&path, format!("{{\"sales\": {{\"payment_methods\": [{}]}}}}", names.join(",")))
        .unwrap();
    let run =
        || Program::new("order-gen").words("--count 1 --clock fast --config").arg(&path).run();
    let (ended, took) = timed(run);
    ended.fails_with(3, &["1000000 entries are too many: the maximum is 65536"]);
    assert!(took < Duration::from_secs(5), "{took:?}");
    let entry = |index: u32| {
        format!("{{\"from\": \"+{index}s\", \"to\": \"+{}s\", \"factor\": 2}}", index + 1)
    };
    let entries: Vec<String> = (0..10_000).map(entry).collect();
    fs::write(&path, format!("{{\"schedule\": [{}]}}", entries.join(","))).unwrap();
    let (ended, took) = timed(run);
    assert!(took < Duration::from_secs(5), "{took:?}: {}", ended.stderr);
}

#[test]
fn a_count_that_takes_until_the_end_of_time_is_refused() {
    for clock in ["fast", "60x", "wall"] {
        let words = format!("--rate 0.000001/h --count 3000 --clock {clock} -o null:");
        let ended = Program::new("order-gen").words(&words).run();
        ended.fails_with(
            2,
            &["--count: 3000 arrivals would take until after the year 9000", "higher rate"],
        );
    }
}

#[test]
fn a_file_that_is_read_is_not_written_to() {
    let folder = folder();
    let config = "{\"run\": {\"count\": 1, \"clock\": \"fast\"}}";
    for words in [
        "--config c.json --summary-json c.json",
        "--config c.json --summary-json ./c.json --force",
        "--config c.json --log-file c.json",
    ] {
        let path = folder.path().join("c.json");
        fs::write(&path, config).unwrap();
        let ended = Program::new("order-gen").words(words).in_folder(folder.path()).run();
        ended.fails_with(2, &["c.json", "is read for the settings"]);
        assert!(fs::read_to_string(&path).unwrap().starts_with(config));
    }
}

#[test]
fn secrets_that_others_can_read_are_warned_about() {
    let folder = folder();
    let path = folder.path().join("client.properties");
    fs::write(&path, "sasl.password=hunter2\n").unwrap();
    for (mode, warns) in [(0o644, true), (0o640, true), (0o600, false)] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let ended = Program::new("order-gen")
            .words("-b localhost:1 --count 1 --clock fast --command-config")
            .arg(&path)
            .run();
        let warning = "contains secrets and other users can read it: run chmod 600";
        assert_eq!(ended.stderr.contains(warning), warns, "{mode:o}: {}", ended.stderr);
        assert!(!ended.stderr.contains("hunter2"));
    }
}

#[test]
fn secrets_in_dotenv_that_others_can_read_are_warned_about() {
    let folder = folder();
    let path = folder.path().join(".env");
    for (text, mode, warns) in [
        ("KAFKA_PROPERTY_SASL_PASSWORD=hunter2", 0o644, true),
        ("CNFL_KC_API_SECRET=hunter2", 0o644, true),
        ("KAFKA_PROPERTY_SASL_PASSWORD=hunter2", 0o600, false),
        ("KAFKA_PROPERTY_LINGER_MS=5", 0o644, false),
    ] {
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let ended = Program::new("order-gen")
            .words("-b localhost:1 --count 1 --clock fast")
            .in_folder(folder.path())
            .run();
        let warning = ".env contains secrets and other users can read it: run chmod 600 .env";
        assert_eq!(ended.stderr.contains(warning), warns, "{text} {mode:o}: {}", ended.stderr);
        assert!(!ended.stderr.contains("hunter2"));
    }
}

#[test]
fn an_answer_replaces_neither_settings_nor_another_answer_unasked() {
    let folder = folder();
    let config = folder.path().join("c.json");
    fs::write(&config, "{}").unwrap();
    let truth = |words: &str| {
        Program::new("mercato")
            .words("truth --stream sales --seed 1 --start 2026-01-01 --count 3 --window 1m --config c.json")
            .words(words)
            .in_folder(folder.path())
            .run()
    };
    truth("-o c.json --force").fails_with(2, &["c.json", "is read for the settings"]);
    assert_eq!(fs::read_to_string(&config).unwrap(), "{}");
    let _ = truth("-o a.csv").success();
    truth("-o a.csv").fails_with(8, &["a.csv", "--force"]);
    let _ = truth("-o a.csv --force").success();
}

#[test]
fn a_byte_order_mark_is_no_part_of_a_file_of_settings() {
    let folder = folder();
    for (name, text) in [("c.json", "{\"run\": {\"count\": 1}}"), ("c.toml", "[run]\ncount = 1\n")]
    {
        fs::write(folder.path().join(name), format!("\u{feff}{text}")).unwrap();
        let ended = Program::new("order-gen")
            .words("--clock fast -o null: --force --summary-json run.json --config")
            .arg(name)
            .in_folder(folder.path())
            .run();
        assert_eq!(ended.code, Some(0), "{name}: {}", ended.stderr);
    }
    let summary = fs::read_to_string(folder.path().join("run.json")).unwrap();
    fs::write(folder.path().join("run.json"), format!("\u{feff}{summary}")).unwrap();
    fs::write(folder.path().join("none.ndjson"), "").unwrap();
    let ended = Program::new("mercato")
        .words("verify sales none.ndjson --run run.json")
        .in_folder(folder.path())
        .run();
    assert_eq!(ended.code, Some(6), "{}", ended.stderr);
}

#[test]
fn a_counted_run_ends_at_or_before_now() {
    let folder = folder();
    for command in [
        "order-gen --count 20000",
        "order-gen --stream orders --count 20000 --rate 30/h",
        "txn-gen --count 5000",
        "txn-gen --count 50 --rate 5/h",
        "event-gen --count 5000 --clock 1000000x",
        "mercato generate --type transactions --count 2000",
        "mercato generate --type product-updates --count 2000",
    ] {
        let (program, words) = command.split_once(' ').unwrap();
        let clock = if words.contains("--clock") { "" } else { "--clock fast" };
        let summary = folder.path().join("run.json");
        let ended = Program::new(program)
            .words(words)
            .words(clock)
            .words("-q --force -o last.ndjson --summary-json run.json")
            .in_folder(folder.path())
            .run();
        assert_eq!(ended.code, Some(0), "{command}: {}", ended.stderr);
        // On a day such as Black Friday the shop's users are too few, and it says so.
        let mut other = ended.stderr.lines().filter(|line| !line.contains("shop.users.total"));
        assert_eq!(other.next(), None, "{command}");
        let written = fs::metadata(&summary).unwrap().modified().unwrap();
        let wall = written.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs_f64();
        let summary = json(&summary);
        let origin = summary["identity"]["origin"].as_str().unwrap();
        let origin: mercato_schema::Timestamp = origin.parse().unwrap();
        let end =
            origin.micros() as f64 / 1e6 + summary["counts"]["event_seconds"].as_f64().unwrap();
        assert!(end <= wall, "{command} ends {} s ahead", end - wall);
        assert!(end > wall - 40.0 * 86_400.0, "{command} ends {} s before", wall - end);
    }
}
