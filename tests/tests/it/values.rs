//! One vocabulary of values: what a flag accepts, variables and files accept, and the schema says
//! so.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::path::Path;

use mercato_test_support::{Ended, Program, folder, json};
use serde_json::Value;

use super::config::{conforms, schema, toml};

/// Each spelling of a rate, and what it is.
const RATES: [(&str, &str); 14] = [
    ("24000/d", "1000/h"),
    ("24000/day", "1000/h"),
    ("7000/h", "7000/h"),
    ("7000/hr", "7000/h"),
    ("7000/hour", "7000/h"),
    ("2000/m", "120000/h"),
    ("2000/min", "120000/h"),
    ("2000/minute", "120000/h"),
    ("50/s", "50/s"),
    ("50/sec", "50/s"),
    ("50/second", "50/s"),
    ("0.5/s", "1800/h"),
    ("1000", "1000/h"),
    ("5500.5", "5500.5/h"),
];

/// Each spelling of a duration, and what it is.
const DURATIONS: [(&str, &str); 15] = [
    ("700us", "700us"),
    ("500ms", "500ms"),
    ("90s", "90s"),
    ("90sec", "90s"),
    ("90seconds", "90s"),
    ("2m", "2m"),
    ("2min", "2m"),
    ("2mins", "2m"),
    ("2 minutes", "2m"),
    ("1h30m", "90m"),
    ("1hr", "1h"),
    ("2hours", "2h"),
    ("1d", "1d"),
    ("1day", "1d"),
    ("2days", "2d"),
];

/// The settings that `mercato config show` prints for a file of this name and text.
fn shown(folder: &Path, name: &str, text: &str) -> Value {
    std::fs::write(folder.join(name), text).unwrap();
    let show = Program::new("mercato").words("config show --json --config").arg(name);
    serde_json::from_slice(&show.in_folder(folder).run().success()).unwrap()
}

/// The command that repeats a run, as its summary has it.
fn repeated(program: Program) -> String {
    let folder = folder();
    let words = "--count 1 --seed 1 --clock fast -q -o null: --summary-json run.json";
    program.words(words).in_folder(folder.path()).run().success();
    json(&folder.path().join("run.json"))["command"].as_str().unwrap().to_owned()
}

#[test]
fn rates_are_the_same_in_flags_variables_and_files() {
    let (folder, schema) = (folder(), schema());
    for (text, rate) in RATES {
        let flag = repeated(Program::new("txn-gen").words("--rate").arg(text));
        let variable = repeated(Program::new("txn-gen").env("GENERATION_RATE", text));
        for command in [flag, variable] {
            assert!(command.contains(&format!("--rate {rate} ")), "{text}: {command}");
        }
        let file = ["run", "sales", "orders", "events", "transactions"]
            .map(|section| format!("[{section}]\nrate = \"{text}\"\n"))
            .concat();
        conforms(&toml(&file), &schema, &schema).unwrap();
        let settings = shown(folder.path(), "rates.toml", &file);
        for key in ["run.rate", "sales.rate", "orders.rate", "events.rate", "transactions.rate"] {
            assert_eq!(settings[key]["value"], rate, "{text} for {key}");
        }
    }
    let slow = repeated(Program::new("order-gen").words("--rate 24/d"));
    assert!(slow.contains("--rate 1/h "), "{slow}");
    assert_eq!(
        shown(folder.path(), "slow.toml", "[sales]\nrate = \"24/d\"\n")["sales.rate"]["value"],
        "1/h"
    );
    for (name, text) in [
        ("bare.toml", "[run]\nrate = 5.5\n[sales]\nrate = 5.5\n"),
        ("bare.yaml", "run:\n  rate: 5.5\nsales:\n  rate: 5.5\n"),
        ("bare.json", r#"{"run": {"rate": 5.5}, "sales": {"rate": 5.5}}"#),
    ] {
        let settings = shown(folder.path(), name, text);
        for key in ["run.rate", "sales.rate"] {
            assert_eq!(settings[key]["value"], "5.5/h", "{key} in {name}");
        }
    }
}

#[test]
fn durations_are_the_same_in_flags_variables_and_files() {
    let (folder, schema) = (folder(), schema());
    for (text, duration) in DURATIONS {
        let delays = Program::new("order-gen").words("--max-delay 100d --min-delay").arg(text);
        let command = repeated(delays);
        assert!(command.contains(&format!("--min-delay {duration} ")), "{text}: {command}");
        let command = repeated(Program::new("event-gen").env("PRODUCER_INTERVAL", text));
        assert!(command.contains(&format!("--interval {duration} ")), "{text}: {command}");
        let file = format!(
            "[run]\nduration = \"{text}\"\n[sales]\nmin_delay = \"0s\"\nmax_delay = \"{text}\"\n\
             [events]\ninterval = \"{text}\"\n"
        );
        conforms(&toml(&file), &schema, &schema).unwrap();
        let settings = shown(folder.path(), "durations.toml", &file);
        for key in ["run.duration", "sales.max_delay", "events.interval"] {
            assert_eq!(settings[key]["value"], duration, "{text} for {key}");
        }
    }
    // The delays of flags count seconds where they have no unit, and so do those of files.
    let bare = "[sales]\nmin_delay = 0.5\nmax_delay = \"7\"\n[events]\ninterval = 2\n";
    conforms(&toml(bare), &schema, &schema).unwrap();
    let settings = shown(folder.path(), "bare.toml", bare);
    for (key, duration) in
        [("sales.min_delay", "500ms"), ("sales.max_delay", "7s"), ("events.interval", "2s")]
    {
        assert_eq!(settings[key]["value"], duration, "{key}");
    }
}

fn validated(folder: &Path, text: &str) -> Ended {
    std::fs::write(folder.join("prices.toml"), text).unwrap();
    Program::new("mercato").words("config validate prices.toml").in_folder(folder).run()
}

#[test]
fn a_price_is_a_number_a_string_or_a_range_of_either() {
    let (folder, schema) = (folder(), schema());
    let file = |price: &str| {
        format!(
            "[sales]\nproducts = [{{ id = 'P-1', name = 'Tea', category = 'Audio Equipment', price = {price} }}]\n\
             [orders]\namount = {price}\n\
             [[shop.catalogue.categories]]\nname = 'Tea'\nprice = {price}\n"
        )
    };
    for price in ["9.99", "9", "'9.99'", "[5, 9.5]", "['5', '9.50']", "['5', 9.5]"] {
        let text = file(price);
        assert_eq!(validated(folder.path(), &text).lines(), ["ok"], "{price}");
        conforms(&toml(&text), &schema, &schema).unwrap();
    }
    for price in ["9.999", "'cheap'", "-1", "[1]", "[1, 2, 3]", "true"] {
        assert_eq!(validated(folder.path(), &file(price)).code, Some(3), "{price}");
    }
    let money = "orders.amount: invalid amount of money '9.999': expected at most two decimals";
    validated(folder.path(), "[orders]\namount = 9.999\n")
        .fails_with(3, &["prices.toml:2: ", money]);
}

#[test]
fn a_value_is_refused_in_the_same_words_wherever_it_stands() {
    let folder = folder();
    let config = |text: &str| {
        std::fs::write(folder.path().join("bad.toml"), text).unwrap();
        let words = "--count 1 --config bad.toml -o null:";
        Program::new("txn-gen").words(words).in_folder(folder.path()).run()
    };
    for (rate, said) in [
        ("24/x", "invalid rate '24/x': expected N/s, N/m, N/h or N/d"),
        ("0", "0 is out of range (0.000001/h to 1000000000/s)"),
    ] {
        let flag = Program::new("txn-gen").words("--count 1 -o null: --rate").arg(rate).run();
        flag.fails_with(2, &[&format!("error: --rate: {said}")]);
        let variable = Program::new("txn-gen").words("--count 1 -o null:");
        let variable = variable.env("GENERATION_RATE", rate).run();
        variable.fails_with(2, &[&format!("GENERATION_RATE in the environment: {said}")]);
        config(&format!("[run]\nrate = \"{rate}\"\n"))
            .fails_with(3, &[&format!("bad.toml:2: run.rate: {said}")]);
        config(&format!("[transactions]\nrate = \"{rate}\"\n"))
            .fails_with(3, &[&format!("bad.toml:2: transactions.rate: {said}")]);
    }
}
