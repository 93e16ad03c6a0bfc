//! Windows, functions and conditions of the answer key against a reference that reads the records as
//! a consumer sees them and knows nothing but the definitions.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;

use mercato_schema::Timestamp;
use mercato_test_support::Program;
use serde_json::{Value, json};

const RUN: &str = "--seed 42 --start 2026-10-24T21:29:07Z --duration 1h";

fn records(topic: &str) -> Vec<Value> {
    let stream = Program::new("mercato").words("stream -q --clock fast --topics").words(topic);
    stream.words(RUN).run().records()
}

fn truth(topic: &str, words: &[&str]) -> Vec<Value> {
    let program = Program::new("mercato").words("truth -q --stream shop --topic").words(topic);
    let program = program.words(RUN);
    words.iter().fold(program, Program::arg).run().records()
}

/// The windows that an instant is in.
type WindowsAt<'a> = &'a dyn Fn(i64) -> Vec<Bounds>;

const SECOND: i64 = 1_000_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;

fn at(record: &Value) -> i64 {
    record["timestamp"].as_str().unwrap().parse::<Timestamp>().unwrap().micros()
}

fn shown(micros: i64) -> String {
    Timestamp::from_micros(micros).to_string()
}

/// A number in units of the sixth digit after the point, from its digits.
fn millionths(number: &Value) -> i128 {
    let text = number.to_string();
    let (sign, text) = text.strip_prefix('-').map_or((1, text.as_str()), |text| (-1, text));
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    sign * format!("{whole}{fraction:0<6}").parse::<i128>().unwrap()
}

type Bounds = (i64, i64);

/// The records of each window and group.
fn gather<'a>(
    records: &'a [Value],
    windows: &dyn Fn(i64) -> Vec<Bounds>,
    by: &dyn Fn(&Value) -> Value,
) -> BTreeMap<(Bounds, String), Vec<&'a Value>> {
    let mut found: BTreeMap<(Bounds, String), Vec<&Value>> = BTreeMap::new();
    for record in records {
        for bounds in windows(at(record)) {
            found.entry((bounds, by(record).to_string())).or_default().push(record);
        }
    }
    found
}

/// Answers by window and group, which is the value of `by`.
fn told(answers: &[Value], by: &str) -> BTreeMap<(Bounds, String), Value> {
    let bound = |answer: &Value, name: &str| {
        answer[name].as_str().unwrap().parse::<Timestamp>().unwrap().micros()
    };
    let key = |answer: &Value| {
        ((bound(answer, "window_start"), bound(answer, "window_end")), answer[by].to_string())
    };
    let found: BTreeMap<_, _> =
        answers.iter().map(|answer| (key(answer), answer.clone())).collect();
    assert_eq!(found.len(), answers.len(), "each group once");
    found
}

fn device(record: &Value) -> Value {
    record["device_info"]["device_type"].clone()
}

#[test]
fn every_function_is_what_a_consumer_computes_in_hopping_windows() {
    let records = records("transactions");
    let windows = |at: i64| {
        let last = at - at.rem_euclid(5 * MINUTE);
        (0..6).map(|hop| (last - hop * 5 * MINUTE, last - hop * 5 * MINUTE + 30 * MINUTE)).collect()
    };
    let expected = gather(&records, &windows, &device);
    let agg = "count,sum(total_amount),avg(total_amount),min(total_amount),max(total_amount),\
               count_distinct(user_id),first(transaction_id),last(location.city) as city,top(2, payment_method)";
    let by = ["--by", "device_info.device_type", "--agg", agg];
    let answers = truth("transactions", &[&["--window", "hopping:30m/5m"], &by[..]].concat());
    let told = told(&answers, "device_info.device_type");
    assert!(told.keys().eq(expected.keys()) && told.len() > 40, "{}", told.len());
    for (group, answer) in &told {
        let records = &expected[group];
        let amounts: Vec<i128> =
            records.iter().map(|record| millionths(&record["total_amount"])).collect();
        let (sum, count) = (amounts.iter().sum::<i128>(), amounts.len() as i128);
        let of = |name: &str| millionths(&answer[format!("{name}(total_amount)")]);
        assert_eq!(answer["count"], records.len());
        assert_eq!(of("sum"), sum, "{group:?}");
        assert_eq!(of("avg"), (2 * sum + count) / (2 * count), "{group:?}");
        assert_eq!(of("min"), *amounts.iter().min().unwrap());
        assert_eq!(of("max"), *amounts.iter().max().unwrap());
        let mut users: Vec<String> =
            records.iter().map(|record| record["user_id"].to_string()).collect();
        users.sort_unstable();
        users.dedup();
        assert_eq!(answer["count_distinct(user_id)"], users.len());
        assert_eq!(answer["first(transaction_id)"], records[0]["transaction_id"]);
        assert_eq!(answer["city"], records[records.len() - 1]["location"]["city"]);
        let mut methods: BTreeMap<&str, i64> = BTreeMap::new();
        for record in records {
            *methods.entry(record["payment_method"].as_str().unwrap()).or_default() -= 1;
        }
        let mut top: Vec<(i64, &str)> =
            methods.into_iter().map(|(method, count)| (count, method)).collect();
        top.sort_unstable();
        let top =
            top.iter().take(2).map(|(count, method)| json!({"value": method, "count": -count}));
        assert_eq!(answer["top(2,payment_method)"], Value::from(top.collect::<Vec<_>>()));
    }
}

#[test]
fn other_windows_hold_the_records_of_their_definition() {
    let records = records("transactions");
    let cumulative = |at: i64| {
        let start = at - (at - 20 * MINUTE).rem_euclid(HOUR);
        let ends = (1..=4).map(|step| start + step * 15 * MINUTE);
        ends.filter(|end| *end > at).map(|end| (start, end)).collect::<Vec<_>>()
    };
    let tumbling = |at: i64| {
        vec![(at - at.rem_euclid(7 * MINUTE), at - at.rem_euclid(7 * MINUTE) + 7 * MINUTE)]
    };
    // Clocks in Berlin are an hour behind from 2026-10-25T01:00:00Z on, so that day has 25 hours.
    let midnight = "2026-10-24T22:00:00Z".parse::<Timestamp>().unwrap().micros();
    let local = |at: i64| {
        let hours = if at < midnight { -24..0 } else { 0..25 };
        vec![(midnight + hours.start * HOUR, midnight + hours.end * HOUR)]
    };
    let cases: [(&[&str], WindowsAt<'_>); 3] = [
        (&["--window", "cumulative:1h/15m", "--offset", "20m"], &cumulative),
        (&["--window", "7m"], &tumbling),
        (&["--window", "1d", "--zone", "Europe/Berlin"], &local),
    ];
    for (words, windows) in cases {
        let expected = gather(&records, windows, &device);
        let answers =
            truth("transactions", &[words, &["--by", "device_info.device_type"]].concat());
        let told = told(&answers, "device_info.device_type");
        assert!(told.keys().eq(expected.keys()), "{words:?}");
        assert!(told.iter().all(|(group, answer)| answer["count"] == expected[group].len()));
    }
}

#[test]
fn sessions_of_a_user_end_where_nothing_comes_for_longer_than_the_gap() {
    let mut records = records("user-events");
    records.sort_by_key(|record| (record["user_id"].to_string(), at(record)));
    let is_near = |before: &Value, after: &Value| {
        before["user_id"] == after["user_id"] && at(after) - at(before) <= 2 * MINUTE
    };
    let expected: BTreeMap<(Bounds, String), usize> = records
        .chunk_by(is_near)
        .map(|session| {
            let bounds = (at(&session[0]), at(&session[session.len() - 1]) + 2 * MINUTE);
            ((bounds, session[0]["user_id"].to_string()), session.len())
        })
        .collect();
    let answers = truth("user-events", &["--window", "session:2m", "--by", "user_id"]);
    let told = told(&answers, "user_id");
    assert!(told.keys().eq(expected.keys()) && told.len() > 1000, "{}", told.len());
    assert!(told.iter().all(|(group, answer)| answer["count"] == expected[group]));
}

#[test]
fn lines_of_baskets_are_counted_each() {
    let records = records("transactions");
    let mut expected: BTreeMap<String, (u64, i128)> = BTreeMap::new();
    for record in &records {
        for line in record["products"].as_array().unwrap() {
            if line["quantity"].as_u64() >= Some(2) && record["total_amount"].as_f64() < Some(500.0)
            {
                let (count, sum) = expected.entry(line["category"].to_string()).or_default();
                *count += 1;
                *sum += millionths(&line["price"]);
            }
        }
    }
    let words =
        ["--window", "none", "--by", "products.category", "--agg", "count,sum(products.price)"];
    let filter = ["--where", "products.quantity >= 2 and total_amount < 500.00"];
    let answers = truth("transactions", &[&words[..], &filter].concat());
    let told: BTreeMap<String, (u64, i128)> = answers
        .iter()
        .map(|answer| {
            assert!(answer.get("window_start").is_none());
            let sum = millionths(&answer["sum(products.price)"]);
            (answer["products.category"].to_string(), (answer["count"].as_u64().unwrap(), sum))
        })
        .collect();
    assert_eq!(told, expected);
    assert!(told.len() > 5);
}

/// A condition over a record.
type Holds<'a> = &'a dyn Fn(&Value) -> bool;

#[test]
fn conditions_hold_as_in_sql() {
    let records = records("user-events");
    let text = |record: &Value, name: &str| record[name].as_str().map(str::to_owned);
    let half = at(&records[records.len() / 2]);
    let later = format!("timestamp > '{}'", shown(half));
    let cases: [(&str, Holds<'_>); 9] = [
        ("event_type = 'purchase'", &|record| record["event_type"] == "purchase"),
        ("event_type in ('purchase', \"search\")", &|record| {
            record["event_type"] == "purchase" || record["event_type"] == "search"
        }),
        ("category is null", &|record| record["category"].is_null()),
        ("category is not null and duration_seconds <= 20", &|record| {
            !record["category"].is_null() && record["duration_seconds"].as_u64() <= Some(20)
        }),
        // Nothing is neither equal nor different.
        ("category != 'Electronics'", &|record| {
            text(record, "category").is_some_and(|category| category != "Electronics")
        }),
        ("not (category = 'Electronics' or product_id > 'prod_0005')", &|record| {
            let other = text(record, "category").is_some_and(|category| category != "Electronics");
            other && text(record, "product_id").is_some_and(|id| *id <= *"prod_0005")
        }),
        ("category not in ('Electronics') or duration_seconds > 19.5", &|record| {
            text(record, "category").is_some_and(|category| category != "Electronics")
                || record["duration_seconds"].as_u64() > Some(19)
        }),
        ("DEVICE_INFO.device_type = 'x' AND 1", &|_| false),
        (&later, &|record| at(record) > half),
    ];
    for (condition, holds) in cases {
        let words = ["--window", "none", "--where", condition];
        if condition.contains("AND 1") {
            let program =
                Program::new("mercato").words("truth -q --stream shop --topic user-events");
            let program = words.iter().fold(program.words(RUN), Program::arg);
            program.run().fails_with(2, &["at `1`", "a field"]);
            continue;
        }
        let expected = records.iter().filter(|record| holds(record)).count();
        assert!(expected < records.len(), "{condition}");
        assert_eq!(truth("user-events", &words), [json!({"count": expected})], "{condition}");
    }
}

#[test]
fn one_pass_answers_each_query_of_a_file_as_it_is_answered_alone() {
    let folder = mercato_test_support::folder();
    let queries = "[[query]]\nname = \"hourly\"\nwindow = \"1h\"\nby = \"location.country\"\n\
        agg = \"count, avg(total_amount) as mean\"\n\n\
        [[query]]\nname = \"large\"\nwindow = \"session:5m\"\nby = [\"user_id\"]\n\
        where = \"total_amount > 500\"\n";
    std::fs::write(folder.path().join("queries.toml"), queries).unwrap();
    let alone_of = |words: &[&str]| truth("transactions", words);
    let truth = |words: &str| {
        let program = Program::new("mercato").words("truth -q --stream shop --topic transactions");
        program.words(RUN).words(words).in_folder(folder.path()).run()
    };
    let together = truth("--queries queries.toml --identity-json run.json").records();
    let hourly =
        ["--window", "1h", "--by", "location.country", "--agg", "count, avg(total_amount) as mean"];
    let large = ["--window", "session:5m", "--by", "user_id", "--where", "total_amount > 500"];
    for (name, words) in [("hourly", &hourly[..]), ("large", &large[..])] {
        let mut alone = records_of(&together, name);
        alone.iter_mut().for_each(|row| drop(row.as_object_mut().unwrap().shift_remove("query")));
        let expected = alone_of(words);
        assert!(!expected.is_empty() && alone == expected, "{name}");
    }
    let told: Value =
        serde_json::from_slice(&mercato_test_support::read(&folder.path().join("run.json")))
            .unwrap();
    assert_eq!(told["identity"]["seed"], 42);
    assert_eq!(told["queries"][1]["window"], "session:5m");

    truth("--queries queries.toml -o all.csv").fails_with(2, &["columns of its own", "directory"]);
    let _ = truth("--queries queries.toml -o answers/ --format csv").success();
    let csv = mercato_test_support::read(&folder.path().join("answers/hourly.csv"));
    let csv = String::from_utf8(csv).unwrap();
    assert_eq!(csv.lines().next(), Some("window_start,window_end,location.country,count,mean"));
    assert_eq!(csv.lines().count(), 1 + records_of(&together, "hourly").len());
    let _ = truth("--queries queries.toml -o all.slt").success();
    let slt = mercato_test_support::read(&folder.path().join("all.slt"));
    let slt = String::from_utf8(slt).unwrap();
    assert!(
        slt.starts_with("# {\"program\":\"mercato\",\"stream\":\"shop\",")
            && slt.contains("\"seed\":42")
    );
    let rows = slt.lines().filter(|line| line.contains('\t')).count();
    assert_eq!(rows, together.len());
    truth("--queries queries.toml -o all.slt").fails_with(8, &["all.slt", "--force"]);

    std::fs::write(folder.path().join("queries.toml"), queries.replace("large", "hourly")).unwrap();
    truth("--queries queries.toml").fails_with(3, &["`hourly`", "two of this name"]);
    std::fs::write(folder.path().join("queries.toml"), queries.replace("window", "windows"))
        .unwrap();
    truth("--queries queries.toml").fails_with(3, &["queries.toml", "windows"]);
}

fn records_of(rows: &[Value], name: &str) -> Vec<Value> {
    rows.iter().filter(|row| row["query"] == name).cloned().collect()
}

#[test]
fn the_last_record_of_each_key_is_what_a_compacted_topic_keeps() {
    for (topic, key, words) in [
        ("users", "user_id", &["--latest"][..]),
        ("product-updates", "product_id", &["--latest"]),
        ("user-events", "user_id", &["--latest", "--key", "user_id"]),
    ] {
        let mut last: BTreeMap<String, Value> = BTreeMap::new();
        for record in records(topic) {
            last.insert(record[key].as_str().unwrap().to_owned(), record);
        }
        let told = truth(topic, words);
        assert!(told.len() > 50 && told == last.into_values().collect::<Vec<_>>(), "{topic}");
    }
}

#[test]
fn a_stopped_answer_leaves_no_file() {
    let folder = mercato_test_support::folder();
    let endless = "truth --stream shop --topic transactions --window none -o never.csv \
        --seed 1 --start 2026-01-01T00:00:00Z --duration 3000d";
    let child = Program::new("mercato").words(endless).in_folder(folder.path()).start();
    std::thread::sleep(std::time::Duration::from_secs(1));
    mercato_test_support::signal(&child, "INT");
    let ended = mercato_test_support::ended_within(child, std::time::Duration::from_secs(30));
    assert_eq!(ended.code, Some(9), "{}", ended.stderr);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn flags_without_effect_and_columns_under_one_name_are_refused() {
    let folder = mercato_test_support::folder();
    std::fs::write(
        folder.path().join("q.toml"),
        "[[query]]\nname = \"a\"\nwindow = \"1m\"\nby = \"nope\"\n",
    )
    .unwrap();
    let refused = |words: &[&str], said: &[&str]| {
        let run = "truth --stream sales --seed 1 --start 2025-11-09T00:00:00Z --duration 5m";
        let program = Program::new("mercato").words(run).in_folder(folder.path());
        words.iter().fold(program, Program::arg).run().fails_with(2, said);
    };
    refused(&["--latest", "--where", "total > 5"], &["--where", "--latest"]);
    refused(&["--table", "--where", "total > 5"], &["--where", "--table"]);
    refused(&["--latest", "--zone", "Asia/Kolkata"], &["--zone", "--latest"]);
    refused(&["--queries", "q.toml", "--offset", "1h"], &["--offset", "--queries"]);
    refused(&["--queries", "q.toml"], &["query `a`", "nope"]);
    refused(&["--window", "1m", "--agg", "count as window_end"], &["`window_end`"]);
    refused(
        &["--window", "1m", "-o", "a.ndjson", "--identity-json", "a.ndjson"],
        &["--identity-json", "a.ndjson"],
    );
}
