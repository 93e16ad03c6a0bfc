//! The same records in every form in which they arrive: each reader finds each of them.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fmt::Write;
use std::{fs, io};

use mercato_truth::rules::{Checker, RulesReport, Topic, sources};
use mercato_truth::{Actual, Below, Lines, LinesError, Meter};
use serde_json::{Value, json};

fn update(number: u32) -> Value {
    json!({"update_id": format!("upd_{number}"), "product_id": format!("prod_{number}"),
        "update_type": "price_change", "timestamp": "2025-03-03T09:00:00.000Z", "name": "Lamp, \"red\"",
        "category": "Home", "old_price": 9.99, "new_price": 19.99, "quantity": null, "replaces": null})
}

fn updates() -> Vec<Value> {
    (1..4).map(update).collect()
}

fn ndjson() -> String {
    updates().iter().map(|update| format!("{update}\n")).collect()
}

fn csv() -> String {
    let mut text = Topic::PRODUCT_UPDATES.description().columns().join(",") + "\n";
    for number in 1..4 {
        // A name with a line break, as Excel writes it.
        writeln!(
            text,
            "upd_{number},prod_{number},price_change,2025-03-03T09:00:00Z,\"Lamp\n\"\"red\"\"\",Home,9.99,19.99,,"
        )
        .unwrap();
    }
    text
}

fn checked(bytes: impl Into<Vec<u8>>, is_csv: bool) -> RulesReport {
    let mut checker = Checker::new(5);
    let lines = Lines::new("input", io::Cursor::new(bytes.into())).unwrap();
    sources::check_lines(&mut checker, lines, is_csv, None).unwrap();
    checker.report()
}

fn records(bytes: impl Into<Vec<u8>>, rows: bool) -> Result<Vec<(u64, String)>, LinesError> {
    let lines = Lines::new("input", io::Cursor::new(bytes.into()))?;
    let mut lines = if rows { lines.rows() } else { lines };
    let mut found = Vec::new();
    while let Some(record) = lines.next(0)? {
        found.push((record.position, String::from_utf8(record.value.to_vec()).unwrap()));
    }
    Ok(found)
}

fn kcat(key: &Value, payload: &Value) -> String {
    json!({"topic": "prices", "partition": 0, "offset": 3, "tstype": "create", "ts": 1, "broker": 1,
        "key": key, "payload": payload})
    .to_string()
        + "\n"
}

#[test]
fn json_is_read_in_every_form() {
    let pretty = |value: &Value| serde_json::to_string_pretty(value).unwrap();
    let all = Value::from(updates());
    let (plain, marked) = (ndjson(), format!("\u{feff}{}", ndjson()));
    for (form, text) in [
        ("lines", plain.clone()),
        ("CRLF", plain.replace('\n', "\r\n")),
        ("a byte order mark", marked),
        ("blank lines", format!("\n \n{}\r\n\t\n", plain.replace('\n', "\n\r\n \n"))),
        ("no last line feed", plain.trim_end().to_owned()),
        ("an array in one line", all.to_string()),
        ("an array over lines", pretty(&all)),
        ("a marked array", format!("\u{feff} \n{}\n\n", pretty(&all))),
        ("arrays behind one another", format!("[{}]\n[{},\n{}]", update(1), update(2), update(3))),
        ("values over lines", updates().iter().map(|value| pretty(value) + "\n").collect()),
        (
            "envelopes of kcat",
            updates().iter().map(|value| kcat(&"k".into(), &value.to_string().into())).collect(),
        ),
        ("envelopes around JSON", updates().iter().map(|value| kcat(&"k".into(), value)).collect()),
        (
            "envelopes of our own",
            updates()
                .iter()
                .map(|value| {
                    json!({"topic": "prices", "key": "k", "value": value}).to_string() + "\n"
                })
                .collect(),
        ),
    ] {
        let report = checked(text, false);
        assert!(report.is_clean(), "{form}: {report}");
        assert_eq!(report.records, 3, "{form}");
    }
    for nothing in ["", "\n\r\n \n", "\u{feff}", "[]", " [ \n ]\n"] {
        assert!(checked(nothing, false).is_empty(), "{nothing:?}");
    }
}

#[test]
fn csv_is_read_by_rfc_4180() {
    let plain = csv();
    for (form, text) in [
        ("LF", plain.clone()),
        ("CRLF", plain.replace('\n', "\r\n")),
        ("a byte order mark", format!("\u{feff}{plain}")),
        ("blank lines", plain.replace("\nupd_", "\n\n\r\nupd_") + "\n\n"),
        ("no last line feed", plain.trim_end().to_owned()),
        ("all quoted", plain.replace("prod_2", "\"prod_2\"")),
    ] {
        let report = checked(text, true);
        assert!(report.is_clean(), "{form}: {report}");
        assert_eq!(report.records, 3, "{form}");
    }
    let narrow = checked(format!("{plain}upd_9,prod_9\r\n"), true);
    let readable = &narrow.rules[0];
    assert_eq!((narrow.records, readable.violations), (4, 1), "{narrow}");
    assert_eq!(readable.examples[0].place, "input:8", "rows count the lines they take");
}

#[test]
fn a_record_is_told_by_the_line_it_begins_at() {
    let array = "\n[\n  {\"a\": 1},\n  {\n    \"a\": \"]},{\"\n  }, 7,\n  \"x\"]\n";
    let expected = [(3, "{\"a\": 1}"), (4, "{\n    \"a\": \"]},{\"\n  }"), (6, "7"), (7, "\"x\"")];
    let found = records(array, false).unwrap();
    assert_eq!(found, expected.map(|(line, text)| (line, text.to_owned())));
    let rows = records("a,b\r\n\r\n\"1\n2\",3\r\n4,\"\"\r\n", true).unwrap();
    let expected = [(1, "a,b"), (3, "\"1\n2\",3"), (5, "4,\"\"")];
    assert_eq!(rows, expected.map(|(line, text)| (line, text.to_owned())));
}

#[test]
fn a_stray_bracket_is_an_unreadable_record() {
    let texts = |text: &str| -> Vec<String> {
        let mut lines = Lines::new("input", io::Cursor::new(text.to_owned())).unwrap();
        let mut found = Vec::new();
        while let Some(record) = lines.next(0).unwrap() {
            found.push(String::from_utf8(record.value.to_vec()).unwrap());
            assert!(found.len() <= text.len(), "more records than bytes in {text:?}");
        }
        found
    };
    assert_eq!(texts("{\n\"a\":1\n}\n]\n"), ["{\n\"a\":1\n}", "]"]);
    assert_eq!(texts("{\n\"a\":1\n}\n}]7"), ["{\n\"a\":1\n}", "}", "]", "7"]);
    assert_eq!(texts("[{\"a\":1}]]\n[2]"), ["{\"a\":1}", "]", "2"]);
    assert_eq!(texts("[1}]\n[},2]]"), ["1}", "}", "2", "]"]);
    let report = checked(format!("[{}]\n]\n", update(1)), false);
    assert_eq!((report.records, report.rules[0].violations), (2, 1), "{report}");
}

#[test]
fn a_torn_first_line_does_not_make_values_over_lines() {
    let texts = |text: &str| -> Vec<String> {
        records(text, false).unwrap().into_iter().map(|(_, text)| text).collect()
    };
    for blanks in ["\n", " \r\n", "\n\n \n"] {
        let lines = format!("{{{blanks}{}", ndjson());
        let report = checked(lines.clone(), false);
        assert_eq!((report.records, report.rules[0].violations), (4, 1), "{report}");
        assert_eq!(texts(&lines).len(), 4, "{blanks:?}");
    }
    assert_eq!(texts("{\n{\n{\"a\":1}\n"), ["{", "{", "{\"a\":1}"]);
    assert_eq!(texts("{\n"), ["{"]);
    assert_eq!(texts("{"), ["{"]);
    assert_eq!(texts("{ \n\n }\n{\n\"a\":1}"), ["{ \n\n }", "{\n\"a\":1}"]);
}

#[test]
fn the_first_csv_file_that_has_a_header_keeps_it() {
    let folder = tempfile::tempdir().unwrap();
    let written = |(index, text): (usize, &&str)| {
        let path = folder.path().join(format!("{index}.csv"));
        fs::write(&path, text).unwrap();
        path
    };
    for texts in [
        &["", "a,b\n1,2\n", "a,b\n3,4\n"][..],
        &["\u{feff}", "", "a,b\n1,2", "", "a,b\n3,4"],
        &["\r\n\n", "a,b\n1,2\n", "a,b\n3,4\n"],
        &["a,b\n", "a,b\n1,2\n", "a,b\n3,4\n"],
    ] {
        let files = texts.iter().enumerate().map(written).collect();
        let mut lines = Lines::of_files("files", files, true, &Meter::default()).unwrap();
        let mut found = Vec::new();
        while let Some(record) = lines.next(0).unwrap() {
            found.push(String::from_utf8(record.value.to_vec()).unwrap());
        }
        assert_eq!(found, ["a,b", "1,2", "3,4"], "{texts:?}");
    }
}

#[test]
fn each_file_is_read_in_its_own_form() {
    let folder = tempfile::tempdir().unwrap();
    let read = |texts: &[&str], rows: bool| {
        let written = |(index, text): (usize, &&str)| {
            let path = folder.path().join(index.to_string());
            fs::write(&path, text).unwrap();
            path
        };
        let files = texts.iter().enumerate().map(written).collect();
        let mut lines = Lines::of_files("files", files, rows, &Meter::default())?;
        let mut found = Vec::new();
        while let Some(record) = lines.next(0)? {
            found.push((record.position, String::from_utf8(record.value.to_vec()).unwrap()));
        }
        Ok::<_, LinesError>(found)
    };
    let told = |found: Vec<(u64, String)>, expected: &[(u64, &str)]| {
        let found: Vec<_> = found.iter().map(|(line, text)| (*line, text.as_str())).collect();
        assert_eq!(found, expected);
    };
    let texts = ["{\"a\":1}\n", "[2,\n3]", "{\"a\":\n{\"a\":4}", "", "{\n\"a\":5}\n"];
    let expected = [
        (1, "{\"a\":1}"),
        (2, "2"),
        (3, "3"),
        (4, "{\"a\":"),
        (5, "{\"a\":4}"),
        (6, "{\n\"a\":5}"),
    ];
    told(read(&texts, false).unwrap(), &expected);
    let rows = ["a\n\"1", "a\n2\n", "\n\"a\"\n3"];
    told(read(&rows, true).unwrap(), &[(1, "a"), (2, "\"1"), (4, "2"), (7, "3")]);
    assert!(matches!(read(&["[1", "2]"], false), Err(LinesError::Unclosed { line: 0, .. })));
}

#[test]
fn what_is_cut_off_or_no_utf_8_is_refused_by_name() {
    let refused = |bytes: &[u8]| {
        let error = records(bytes, false).unwrap_err();
        let source = std::error::Error::source(&error).map(ToString::to_string);
        format!("{error}: {}", source.unwrap_or_default())
    };
    for cut in ["[{\"a\":1},\n", "[", "[1"] {
        assert!(refused(cut.as_bytes()).contains("input ends inside a JSON array"), "{cut}");
    }
    for utf16 in [&b"\xff\xfe{\0}\0"[..], b"\xfe\xff\0{\0}"] {
        assert!(refused(utf16).contains("convert it to UTF-8"));
    }
    assert!(refused(&vec![b'['; 2 * Lines::MAX_BYTES]).contains("is longer than"));
}

#[test]
fn a_large_array_is_read_record_by_record() {
    let one = update(1).to_string();
    let array = format!("[{}]", vec![one; 100_000].join(","));
    assert!(array.len() > Lines::MAX_BYTES, "more than may be in memory at a time");
    assert_eq!(records(array, false).unwrap().len(), 100_000);
}

#[test]
fn tombstones_are_deletes_in_a_compacted_topic_and_violations_elsewhere() {
    let mut text = ndjson();
    text += &kcat(&"prod_1".into(), &Value::Null);
    text += "{\"topic\":\"product-updates\",\"key\":\"prod_2\",\"value\":null}\n";
    text += "null\n";
    let report = checked(text, false);
    assert!(report.is_clean(), "{report}");
    assert_eq!((report.records, report.deletes), (3, 3));
    assert!(report.to_string().ends_with("3 records, 3 deletes, no violation"), "{report}");
    let report = checked("{\"topic\":\"transactions\",\"key\":\"user_1\",\"value\":null}\n", false);
    assert_eq!((report.deletes, report.violations()), (0, 1), "{report}");
}

#[cfg(unix)]
#[test]
fn a_folder_is_read_without_its_pipes_and_circles() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir(at("inner")).unwrap();
    fs::write(at("inner/a.ndjson"), ndjson()).unwrap();
    std::os::unix::fs::symlink(folder.path(), at("inner/around")).unwrap();
    std::os::unix::fs::symlink("nowhere", at("gone.ndjson")).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(at("socket.ndjson")).unwrap();
    let made = std::process::Command::new("mkfifo").arg(at("pipe.ndjson")).status().unwrap();
    assert!(made.success());
    let below = Below::of(folder.path(), &|path| path.extension().is_some()).unwrap();
    assert_eq!(below.files, [at("inner/a.ndjson")]);
    assert_eq!(below.skipped, [at("pipe.ndjson"), at("socket.ndjson")]);
    let mut checker = Checker::new(1);
    sources::check(&mut checker, folder.path(), None).unwrap();
    let report = checker.report();
    assert_eq!(report.records, 3);
    assert!(report.to_string().contains("pipe.ndjson: not a regular file"), "{report}");
}
