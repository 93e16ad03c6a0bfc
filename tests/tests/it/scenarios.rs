//! Scenarios: more or less traffic and fraud, for a whole run or a stretch of it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::path::Path;

use mercato_test_support::{Ended, Program, folder, json};
use serde_json::Value;

const HOUR: &str = "--seed 7 --start 2026-03-03T10:00:00Z --clock fast --duration 1";

fn stream(words: &str) -> Program {
    Program::new("mercato").words("stream -q").words(HOUR).words(words)
}

fn write(folder: &Path, name: &str, text: &str) {
    std::fs::write(folder.join(name), text).unwrap();
}

/// Records of `topic` from one minute after the start to before another.
fn between(lines: &[Value], topic: &str, from: u32, to: u32) -> usize {
    let minute =
        |line: &Value| line["value"]["timestamp"].as_str().unwrap()[14..16].parse::<u32>().unwrap();
    lines.iter().filter(|line| line["topic"] == topic && (from..to).contains(&minute(line))).count()
}

#[test]
fn presets_and_own_ones_are_listed_with_what_they_set() {
    let folder = folder();
    let list = |words: &str| {
        Program::new("mercato").words("scenarios").words(words).in_folder(folder.path()).run()
    };
    let lines = list("").lines();
    assert_eq!(lines.len(), 5);
    for (line, words) in lines.iter().skip(1).zip([
        ["normal_traffic", " 1x ", " 0.1 %", " 10000 ", " 100 ", "(the default)"],
        ["peak_traffic", " 3x ", " 0.1 %", " 30000 ", " 300 ", "three times"],
        ["fraud_testing", " 1x ", " 10 %", " 1000 ", " 883 ", "fraudulent"],
        ["maintenance_mode", " 0.1x ", " 0.1 %", " 1000 ", " 10 ", "a tenth"],
    ]) {
        assert!(words.iter().all(|word| line.contains(word)), "{line}");
    }
    let text = "[shop]\nscenario = \"sale\"\ntransactions = \"20000/h\"\n\
                [shop.scenarios.sale]\nrate = 4\nfraud_rate = 0.02\ndescription = \"half price\"\n\
                [shop.scenarios.peak_traffic]\nrate = 5\n";
    write(folder.path(), "shop.toml", text);
    let all: Value = serde_json::from_slice(&list("--json --config shop.toml").success()).unwrap();
    assert_eq!(all["own"], "sale");
    let (peak, sale) = (&all["scenarios"][1], &all["scenarios"][4]);
    assert_eq!(
        (&peak["rate"], &peak["description"]),
        (&5.0.into(), &"three times as many visitors".into())
    );
    assert_eq!((&sale["name"], &sale["fraud_rate"]), (&"sale".into(), &0.02.into()));
    assert_eq!(sale["per_hour"]["transactions"], 80_000.0);
    assert_eq!(sale["per_hour"]["fraudulent_transactions"], 1_600.0);
}

#[test]
fn traffic_follows_the_scenario_and_prices_do_not() {
    let normal = stream("").run().records();
    let count = |lines: &[Value], topic: &str| between(lines, topic, 0, 60) as f64;
    for (words, factor) in [("peak_traffic", 3.0), ("maintenance_mode", 0.1)] {
        let lines = stream("--scenario").words(words).run().records();
        for topic in ["user-events", "transactions"] {
            let times = count(&lines, topic) / count(&normal, topic);
            assert!((times / factor - 1.0).abs() < 0.06, "{topic} in {words}: {times}");
        }
        assert_eq!(
            between(&lines, "product-updates", 0, 60),
            between(&normal, "product-updates", 0, 60)
        );
    }
    let stretch = stream("--scenario peak-traffic@+20m..+40m").run().records();
    let parts = [(0, 20, 1.0), (20, 40, 3.0)].map(|(from, to, factor)| {
        let times = between(&stretch, "user-events", from, to) as f64
            / between(&normal, "user-events", from, to) as f64;
        (times / factor - 1.0).abs()
    });
    assert!(parts[0] == 0.0 && parts[1] < 0.1, "{parts:?}");
}

#[test]
fn fraud_follows_the_scenario_as_listed() {
    let folder = folder();
    let listed: Value =
        serde_json::from_slice(&Program::new("mercato").words("scenarios --json").run().success())
            .unwrap();
    let per_hour = |name: &str, what: &str| {
        let all = listed["scenarios"].as_array().unwrap();
        all.iter().find(|scenario| scenario["name"] == name).unwrap()["per_hour"][what]
            .as_f64()
            .unwrap()
    };
    // A whole day, because one of the anomalies comes at night, of a week in which no hour and no
    // day is special.
    write(
        folder.path(),
        "plain.toml",
        "[shop]\ncalendar = false\n[shop.week]\npeak = 1\nday = 1\nweekend = 1\n",
    );
    let run = |words: &str| {
        let program =
            Program::new("mercato").words("stream -q --seed 3 --start 2026-03-03 --clock fast");
        let lines = program
            .words("--duration 24 --topics transactions,fraud-alerts --config plain.toml")
            .words(words);
        let lines = lines.in_folder(folder.path()).run().records();
        let count = |wanted: &dyn Fn(&Value) -> bool| {
            lines.iter().filter(|line| wanted(line)).count() as f64 / 24.0
        };
        let transactions = count(&|line| line["topic"] == "transactions");
        let fraudulent = count(&|line| line["value"]["is_fraud"] == true);
        (transactions, fraudulent, count(&|line| line["topic"] == "fraud-alerts"))
    };
    let near = |found: f64, expected: f64, part: f64, what: &str| {
        assert!(
            (found / expected - 1.0).abs() < part,
            "{what}: {found} an hour and not {expected}"
        );
    };
    let (transactions, fraudulent, alerts) = run("--scenario fraud_testing");
    near(transactions, per_hour("fraud_testing", "transactions"), 0.03, "transactions");
    near(fraudulent, per_hour("fraud_testing", "fraudulent_transactions"), 0.06, "fraudulent");
    near(alerts, per_hour("fraud_testing", "fraud_alerts"), 0.06, "alerts");
    let (transactions, _, alerts) = run("");
    near(transactions, per_hour("normal_traffic", "transactions"), 0.02, "transactions");
    near(alerts, per_hour("normal_traffic", "fraud_alerts"), 0.12, "alerts");

    // What is taken back was a fraudster's, days before; where nothing is, nobody can have it.
    write(folder.path(), "late.toml", "[shop.fraud.chargebacks]\nshare = 0.5\n");
    let generate = |words: &str| {
        let program = Program::new("mercato")
            .words("generate -q --type chargebacks --seed 3 --start 2026-03-03 --count 5");
        program.words(words).in_folder(folder.path()).run()
    };
    assert_eq!(generate("--config late.toml").records().len(), 5);
    generate("")
        .fails_with(2, &["--type chargebacks", "no chargebacks", "[shop.fraud.chargebacks]"]);

    // A shop without fraud cannot have ten times as much of it, and says so instead of having none.
    write(folder.path(), "honest.toml", "[shop.fraud]\nrate = 0\n");
    let honest =
        |words: &str| stream("--config honest.toml").words(words).in_folder(folder.path()).run();
    assert!(honest("").records().iter().all(|line| line["value"]["is_fraud"] != true));
    honest("--scenario fraud_testing")
        .fails_with(3, &["shop.scenarios.fraud_testing.fraud_rate = 0.1", "shop.fraud.rate"]);
    let list = Program::new("mercato")
        .words("scenarios --config honest.toml")
        .in_folder(folder.path())
        .run();
    assert_eq!(list.lines().len(), 5);
}

#[test]
fn appending_a_scenario_changes_nothing_before_it() {
    let folder = folder();
    let first =
        "[[schedule]]\nfrom = \"+5m\"\nto = \"+10m\"\nscenario = \"fraud_testing\"\nfactor = 2\n";
    write(folder.path(), "one.toml", first);
    for scenario in ["peak_traffic", "fraud_testing", "maintenance_mode", "closed"] {
        let closed = "[shop.scenarios.closed]\nrate = 0\nfraud_rate = 0\n";
        let text = format!(
            "{first}[[schedule]]\nfrom = \"+30m\"\nto = \"+45m\"\nscenario = \"{scenario}\"\n{closed}"
        );
        write(folder.path(), "two.toml", &text);
        let lines =
            |file: &str| stream("--config").words(file).in_folder(folder.path()).run().lines();
        let (one, two) = (lines("one.toml"), lines("two.toml"));
        let before = |lines: &[String]| {
            let is_before = |line: &&String| {
                let record: Value = serde_json::from_str(line).unwrap();
                record["value"]["timestamp"].as_str().unwrap() < "2026-03-03T10:30:00"
            };
            lines.iter().filter(is_before).cloned().collect::<Vec<_>>()
        };
        assert_eq!(before(&one), before(&two), "{scenario}");
        assert!(before(&one).len() > 10_000 && one != two, "{scenario}");
    }
}

#[test]
fn a_scenario_is_part_of_what_a_run_is() {
    let folder = folder();
    let made = |words: &str, name: &str| {
        let program =
            stream(words).words("-o").words(&format!("{name}/ --summary-json {name}.json"));
        program.in_folder(folder.path()).run().success();
        json(&folder.path().join(format!("{name}.json")))
    };
    let plain = made("", "plain");
    let words = "--scenario maintenance_mode --scenario fraud-testing@+10m..2026-03-03T10:30:00Z";
    let under = made(words, "under");
    assert_ne!(plain["identity"]["config_digest"], under["identity"]["config_digest"]);
    assert_eq!(under["identity"]["config"]["shop"]["scenario"], "maintenance_mode");
    assert_eq!(under["identity"]["config"]["schedule"][0]["scenario"], "fraud_testing");
    let command = under["command"].as_str().unwrap();
    assert!(command.contains(words), "{command}");
    let again = Program::shell(&format!("{command} -q -o again/")).in_folder(folder.path()).run();
    again.success();
    for topic in ["user-events", "transactions", "product-updates", "users", "fraud-alerts"] {
        let bytes = |name: &str| {
            mercato_test_support::read(&folder.path().join(format!("{name}/{topic}.ndjson")))
        };
        assert_eq!(bytes("under"), bytes("again"), "{topic}");
    }
    let verify = |words: &str| {
        Program::new("mercato").words("verify shop").words(words).in_folder(folder.path()).run()
    };
    verify("under --run under.json").success();
    verify("plain --run plain.json").success();
    verify("plain --run under.json").fails_with(6, &[]);
    let flags = "--seed 7 --start 2026-03-03T10:00:00Z --duration 1";
    verify(&format!("under {flags} {words}")).success();
    verify(&format!("under {flags} --scenario maintenance_mode")).fails_with(6, &[]);
    verify("under --run under.json --scenario peak_traffic")
        .fails_with(2, &["--run", "--scenario"]);
}

#[test]
fn every_generating_command_has_scenarios() {
    let folder = folder();
    let records = |words: &str| {
        Program::new("mercato")
            .words("generate -q --type transactions")
            .words(HOUR)
            .words(words)
            .run()
            .records()
            .len()
    };
    let (normal, peak) = (records(""), records("--scenario peak_traffic"));
    assert!((peak as f64 / normal as f64 / 3.0 - 1.0).abs() < 0.05, "{peak} and {normal}");
    let history = |words: &str, name: &str| {
        let program = Program::new("mercato")
            .words("historical -q --days 1 --start 2026-03-03 --seed 7 -o null:");
        let program =
            program.words(words).words("--summary-json").words(name).in_folder(folder.path());
        program.run().success();
        json(&folder.path().join(name))["counts"]["topics"]["transactions"].as_u64().unwrap() as f64
    };
    let (normal, quiet) = (history("", "a.json"), history("--scenario maintenance_mode", "b.json"));
    assert!((normal / quiet / 10.0 - 1.0).abs() < 0.05, "{normal} and {quiet}");
}

#[test]
fn what_is_no_scenario_is_refused_with_the_nearest_name() {
    let folder = folder();
    stream("--scenario peek_traffic")
        .run()
        .fails_with(2, &["--scenario", "\"peek_traffic\"", "did you mean \"peak_traffic\"?"]);
    stream("--scenario peak_traffic@+1h").run().fails_with(2, &["--scenario", "NAME@FROM..TO"]);
    stream("--scenario peak_traffic@1h..2h").run().fails_with(2, &["--scenario", "'1h'", "+10m"]);
    stream("--scenario peak_traffic@+20m..+10m")
        .run()
        .fails_with(2, &["--scenario", "+20m", "ends before it starts"]);
    stream("--scenario peak_traffic --scenario fraud_testing")
        .run()
        .fails_with(2, &["for the whole run", "@+1h..+2h"]);
    let two = "--scenario peak_traffic@+1m..+3m --scenario fraud_testing@+2m..+4m";
    stream(two).run().fails_with(2, &["--scenario", "+2m to +4m", "overlaps", "+1m to +3m"]);

    let configured = |text: &str| -> Ended {
        write(folder.path(), "bad.toml", text);
        let valid = Program::new("mercato")
            .words("config validate bad.toml")
            .in_folder(folder.path())
            .run();
        assert_eq!(valid.code, Some(3), "{}", valid.stderr);
        stream("--config bad.toml").in_folder(folder.path()).run()
    };
    let entry = |from: &str, to: &str, scenario: &str| {
        format!("[[schedule]]\nfrom = \"{from}\"\nto = \"{to}\"\nscenario = \"{scenario}\"\n")
    };
    let overlap = entry("+1m", "+3m", "peak_traffic") + &entry("+2m", "+4m", "fraud_testing");
    configured(&overlap)
        .fails_with(3, &["bad.toml:5: ", "from +2m to +4m", "overlaps the entry from +1m to +3m"]);
    let unknown = entry("+1m", "+2m", "peak_traffic") + &entry("+2m", "+3m", "fraud_test");
    configured(&unknown).fails_with(3, &["bad.toml:8: ", "\"fraud_test\"", "fraud_testing"]);
    configured("[shop]\nscenario = \"peak_trafic\"\n")
        .fails_with(3, &["bad.toml:2: ", "did you mean \"peak_traffic\"?"]);
    configured("[shop.scenarios.a]\nrate = -1\n")
        .fails_with(3, &["bad.toml:2: ", "shop.scenarios.a.rate: -1 is", "(0 to 1000)"]);
    configured("[shop.scenarios.a]\nfraud_rate = 2\n")
        .fails_with(3, &["shop.scenarios.a.fraud_rate: 2 is", "(0 to 1)"]);
    configured("[shop.scenarios.a]\nfraudrate = 0\n")
        .fails_with(3, &["bad.toml:2: ", "did you mean `fraud_rate`?"]);
    let neither = "[[schedule]]\nfrom = \"+1m\"\nto = \"+2m\"\n";
    configured(neither).fails_with(3, &["bad.toml:1: ", "`factor`", "`scenario`"]);
    let high = entry("+1m", "+3m", "peak_traffic") + "factor = 900\n";
    configured(&high).fails_with(3, &["reduce one of them"]);

    write(folder.path(), "good.toml", &entry("+1m", "+3m", "peak_traffic"));
    let valid =
        Program::new("mercato").words("config validate good.toml").in_folder(folder.path()).run();
    assert_eq!(valid.lines(), ["ok"], "the shop has it, and the others need not");
    let orders = Program::new("order-gen")
        .words("-q --count 1 --config good.toml")
        .in_folder(folder.path())
        .run();
    orders.fails_with(3, &["good.toml:4: ", "the stream sales has no scenarios", "`factor`"]);
}
