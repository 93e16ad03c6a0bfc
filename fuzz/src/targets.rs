//! What each parser promises over any bytes: that it ends without a panic, that an error names a
//! line that is there, that what was read can be written and read again.

use std::io::Cursor;
use std::path::{Path, PathBuf};

use mercato_config::env::Environment;
use mercato_config::{
    ConfigError, KafkaSection, Layers, LogSection, OutputSection, Program, Property, RunSection,
    Section, parse_properties,
};
use mercato_shop::events::EventsConfig;
use mercato_shop::orders::OrdersConfig;
use mercato_shop::sales::SalesConfig;
use mercato_shop::shop::ShopConfig;
use mercato_shop::transactions::TransactionsConfig;
use mercato_truth::profile::Profile;
use mercato_truth::rules::sources::{check, check_lines};
use mercato_truth::rules::{Checker, Topic};
use mercato_truth::{Actual, Document, Header, Lines, Row};
use mercato_units::Unit;
use tempfile::TempDir;

const PROGRAM: Program = Program {
    command: &["mercato"],
    bare_duration: Unit::Seconds,
    variables: &[],
    sections: &[
        Section::new("sales"),
        Section::new("orders"),
        Section::new("transactions"),
        Section::new("events"),
        Section::new("shop"),
    ],
};

/// A configuration file in TOML.
pub fn toml(input: &[u8]) {
    configuration("toml", input);
}

/// A configuration file in YAML.
pub fn yaml(input: &[u8]) {
    configuration("yaml", input);
}

/// A configuration file in JSON.
pub fn json(input: &[u8]) {
    configuration("json", input);
}

/// A `.env` file: what was read is read again from single quotes.
pub fn dotenv(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let environment = match Environment::new([], &text) {
        Ok(environment) => environment,
        Err(error) => return assert_line(&error, ".env", &text),
    };
    let plain = |name: &str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let quotable = |(name, value): &(&str, &str)| plain(name) && !value.contains('\'');
    let read: Vec<(&str, &str)> =
        environment.with_prefix("").into_iter().filter(quotable).collect();
    let written: String =
        read.iter().map(|(name, value)| format!("export {name} = '{value}' # again\n")).collect();
    let again = Environment::new([], &written).expect("quotes are closed");
    assert_eq!(again.with_prefix("").into_iter().collect::<Vec<_>>(), read, "{written}");
}

/// A Java `.properties` file: what was read is read again from escapes.
pub fn properties(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    match parse_properties(&text) {
        Ok(read) => {
            let written: String = read.iter().map(escaped).collect();
            let again = parse_properties(&written).expect("escapes hide what separates");
            assert!(again == read, "{written}");
        }
        Err(error) => assert!((1..=text.lines().count()).contains(&(error.line as usize))),
    }
}

/// A file of rows: cells are read again from quotes, and every reader of rows ends.
pub fn csv(input: &[u8]) {
    let (mut row, mut again, mut document) = (Row::default(), Row::default(), Document::default());
    let mut profile = Profile::default();
    let (mut header, mut json) = (None::<Header>, Vec::new());
    for line in records(input, true) {
        row.read(&line);
        let read = row.texts();
        let quoted: Vec<String> =
            read.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
        again.read(quoted.join(",").as_bytes());
        assert_eq!(again.texts(), read);
        match &mut header {
            None => header = Some(Header::new(&read, &[], true)),
            Some(header) => {
                if header.object(&row, &mut json) {
                    assert!(document.read(&json), "{}", String::from_utf8_lossy(&json));
                    profile.add(None, document.root());
                } else {
                    profile.add_malformed();
                }
            }
        }
    }
    profile.told();
    let path = scratch("csv", input);
    for topic in topics() {
        // What cannot be checked is refused; a refusal breaks no promise.
        let _ = check(&mut Checker::new(1), &path, topic);
    }
}

/// A file of JSON: every reader of records ends, and reads what `serde_json` reads.
pub fn ndjson(input: &[u8]) {
    let (mut profile, mut document) = (Profile::default(), Document::default());
    for record in records(input, false) {
        let is_json = serde_json::from_slice::<serde_json::Value>(&record).is_ok();
        assert!(document.read(&record) || !is_json);
        if document.read(&record) {
            profile.add(None, document.root());
        } else {
            profile.add_malformed();
        }
    }
    profile.told();
    for topic in topics() {
        let Ok(lines) = Lines::new("input", Cursor::new(input.to_vec())) else { continue };
        // What cannot be checked is refused; a refusal breaks no promise.
        let _ = check_lines(&mut Checker::new(1), lines, false, topic);
    }
}

/// Every topic, and none, where the records have to say it.
fn topics() -> impl Iterator<Item = Option<Topic>> {
    Topic::ALL.into_iter().map(Some).chain([None])
}

/// The records that can be read.
fn records(input: &[u8], rows: bool) -> Vec<Vec<u8>> {
    let Ok(lines) = Lines::new("input", Cursor::new(input.to_vec())) else { return Vec::new() };
    let mut lines = if rows { lines.rows() } else { lines };
    std::iter::from_fn(|| lines.next(0).ok().flatten().map(|record| record.value.to_vec()))
        .collect()
}

/// Reads a configuration file and every section of it; an error must name the file and a line of
/// it, and a file can be laid over itself.
fn configuration(ending: &str, input: &[u8]) {
    let path = scratch(ending, input);
    let name = format!("input.{ending}");
    let text = String::from_utf8_lossy(input);
    let load = |files: &[PathBuf]| Layers::load(PROGRAM, files, Environment::default());
    let layers = match load(std::slice::from_ref(&path)) {
        Ok(layers) => layers,
        Err(error) => return assert_line(&error, &name, &text),
    };
    let sections = [
        layers.section::<RunSection>("run").err(),
        layers.section::<OutputSection>("output").err(),
        layers.section::<KafkaSection>("kafka").err(),
        layers.section::<LogSection>("log").err(),
        layers.section::<SalesConfig>("sales").err(),
        layers.section::<OrdersConfig>("orders").err(),
        layers.section::<TransactionsConfig>("transactions").err(),
        layers.section::<EventsConfig>("events").err(),
        layers.section::<ShopConfig>("shop").err(),
    ];
    sections.iter().flatten().for_each(|error| assert_line(error, &name, &text));
    load(&[path.clone(), path]).expect("a file can be laid over itself");
}

/// Asserts that an error names the file, and of its lines only one that is there.
fn assert_line(error: &ConfigError, name: &str, text: &str) {
    let message = error.to_string();
    let (_, after) = message.split_once(name).unwrap_or_else(|| panic!("no {name} in: {message}"));
    let digits = after.strip_prefix(':').map(|rest| rest.split(|c: char| !c.is_ascii_digit()));
    let line = digits.and_then(|mut digits| digits.next()?.parse::<usize>().ok());
    // A carriage return alone ends a line in YAML.
    let lines = text.split(['\n', '\r']).count();
    assert!(line.is_none_or(|line| (1..=lines).contains(&line)), "{lines} lines: {message}");
}

/// A property as a line that reads back as the same, whatever is in it.
fn escaped(property: &Property) -> String {
    let escape = |text: &str| {
        let mut escaped = String::new();
        for letter in text.chars() {
            match letter {
                '\t' => escaped.push_str("\\t"),
                '\n' => escaped.push_str("\\n"),
                '\r' => escaped.push_str("\\r"),
                '\u{c}' => escaped.push_str("\\f"),
                // At the beginning of a file it is a mark of byte order.
                '\u{feff}' => escaped.push_str("\\ufeff"),
                letter if letter.is_whitespace() || "\\=:#!".contains(letter) => {
                    escaped.extend(['\\', letter]);
                }
                letter => escaped.push(letter),
            }
        }
        escaped
    };
    format!("{}={}\n", escape(&property.name), escape(&property.value))
}

/// A file `input.ENDING` with these bytes, in a folder of this thread's own.
fn scratch(ending: &str, input: &[u8]) -> PathBuf {
    thread_local! {
        static FOLDER: TempDir = tempfile::tempdir().expect("there is a folder for tests");
    }
    let path = FOLDER.with(|folder| Path::new(folder.path()).join(format!("input.{ending}")));
    std::fs::write(&path, input).expect("a folder for tests can be written");
    path
}
