//! The answer key of the shop's topics against an independent fold over the records as a consumer
//! sees them.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;

use mercato_test_support::Program;
use serde_json::Value;

const RUN: &str = "--seed 42 --start 2025-11-09T09:59:07Z --duration 10m";
const TOPICS: [&str; 5] =
    ["user-events", "transactions", "product-updates", "users", "fraud-alerts"];

fn records(topic: &str, words: &str) -> Vec<Value> {
    Program::new("mercato")
        .words("stream -q --clock fast --topics")
        .words(topic)
        .words(RUN)
        .words(words)
        .run()
        .records()
}

fn truth(topic: &str, words: &str) -> Vec<Value> {
    let program =
        Program::new("mercato").words("truth --stream shop --window 1m --topic").words(topic);
    program.words(RUN).words(words).run().records()
}

/// The leaves of a record by their dotted names; what is a list is no leaf.
fn leaves(record: &Value) -> BTreeMap<String, Value> {
    fn collect(found: &mut BTreeMap<String, Value>, prefix: &str, value: &Value) {
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    let path =
                        if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
                    collect(found, &path, member);
                }
            }
            Value::Array(_) => {}
            leaf => {
                found.insert(prefix.to_owned(), leaf.clone());
            }
        }
    }
    let mut found = BTreeMap::new();
    collect(&mut found, "", record);
    found
}

/// Units of the fourth digit after the point, read from a number's digits: no float takes part.
fn units(number: &Value) -> i128 {
    let text = number.to_string();
    let (sign, text) = text.strip_prefix('-').map_or((1, text.as_str()), |text| (-1, text));
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    sign * format!("{whole}{fraction:0<4}").parse::<i128>().unwrap()
}

fn minute(record: &Value) -> String {
    record["timestamp"].as_str().unwrap()[..16].to_owned()
}

#[test]
fn every_number_is_added_up_as_the_records_have_it() {
    // Users have no numbers.
    for topic in TOPICS.into_iter().filter(|topic| *topic != "users") {
        let records = records(topic, "");
        let numbers: Vec<String> = leaves(&records[0])
            .into_iter()
            .filter(|(name, _)| records.iter().any(|record| leaves(record)[name].is_number()))
            .map(|(name, _)| name)
            .collect();
        assert!(!numbers.is_empty(), "{topic}");
        let mut folded: BTreeMap<String, (u64, Vec<i128>)> = BTreeMap::new();
        for record in &records {
            let leaves = leaves(record);
            let (count, sums) =
                folded.entry(minute(record)).or_insert_with(|| (0, vec![0; numbers.len()]));
            *count += 1;
            let present =
                sums.iter_mut().zip(&numbers).filter(|(_, name)| !leaves[*name].is_null());
            present.for_each(|(sum, name)| *sum += units(&leaves[name]));
        }
        let asked: Vec<String> = numbers.iter().map(|name| format!("sum({name})")).collect();
        let answers = truth(topic, &format!("--agg count,{}", asked.join(",")));
        assert!(folded.len() > 5 && answers.len() == folded.len(), "{topic}");
        for (answer, (minute, (count, sums))) in answers.iter().zip(folded) {
            assert_eq!(answer["window_start"].as_str().unwrap()[..16], minute);
            assert_eq!(answer["count"], count, "{topic} {minute}");
            for (name, sum) in numbers.iter().zip(sums) {
                assert_eq!(units(&answer[format!("sum({name})")]), sum, "{topic} {minute} {name}");
            }
        }
    }
}

#[test]
fn every_text_is_grouped_by_as_the_records_have_it() {
    for topic in TOPICS {
        let records = records(topic, "");
        for name in leaves(&records[0]).into_keys() {
            let mut folded: BTreeMap<(String, Option<String>), u64> = BTreeMap::new();
            for record in &records {
                let value = match &leaves(record)[&name] {
                    Value::Null => None,
                    Value::String(text) => Some(text.clone()),
                    other => Some(other.to_string()),
                };
                *folded.entry((minute(record), value)).or_default() += 1;
            }
            let answers = truth(topic, &format!("--by {name}"));
            let told: BTreeMap<(String, Option<String>), u64> = answers
                .iter()
                .map(|answer| {
                    let value = match &answer[&name] {
                        Value::Null => None,
                        Value::String(text) => Some(text.clone()),
                        other => Some(other.to_string()),
                    };
                    let minute = answer["window_start"].as_str().unwrap()[..16].to_owned();
                    ((minute, value), answer["count"].as_u64().unwrap())
                })
                .collect();
            assert_eq!(told.len(), answers.len(), "{topic} by {name}: each group once");
            assert_eq!(told, folded, "{topic} by {name}");
        }
    }
}

#[test]
fn several_fields_windows_shards_and_scenarios_go_together() {
    let words = "--scenario fraud_testing@+2m..+4m --shard 1/3 --to +5m";
    let mut folded: BTreeMap<(String, String, String), (u64, i128, i128)> = BTreeMap::new();
    for record in records("transactions", words) {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let group = (
            minute(&record),
            text(&record["location"]["country"]),
            text(&record["device_info"]["device_type"]),
        );
        let (count, sum, max) = folded.entry(group).or_default();
        let total = units(&record["total_amount"]);
        (*count, *sum, *max) = (*count + 1, *sum + total, total.max(*max));
    }
    assert!(folded.len() > 50, "{}", folded.len());
    let by = "--by location.country,device_info.device_type --agg count,sum(total_amount),max(total_amount)";
    let answers = truth("transactions", &format!("{by} {words}"));
    let told: Vec<(u64, i128, i128)> = answers
        .iter()
        .map(|answer| {
            let number = |name: &str| units(&answer[format!("{name}(total_amount)")]);
            (answer["count"].as_u64().unwrap(), number("sum"), number("max"))
        })
        .collect();
    assert_eq!(told, folded.into_values().collect::<Vec<_>>());
}

#[test]
fn questions_without_an_answer_say_what_is_allowed() {
    let ask = |words: &str| {
        Program::new("mercato").words("truth --window 1m").words(RUN).words(words).run()
    };
    ask("--stream shop").fails_with(2, &["--topic"]);
    ask("--stream shop --topic transaction")
        .fails_with(2, &["--topic", "`transaction`", "did you mean `transactions`?"]);
    ask("--stream shop --topic transactions --by device")
        .fails_with(2, &["`device`", "device_info.device_type"]);
    ask("--stream shop --topic user_events --agg sum(event_type)")
        .fails_with(2, &["text", "duration_seconds"]);
    ask("--stream shop --topic analytics-results --agg sum(by_region)")
        .fails_with(2, &["`by_region`", "value"]);
    ask("--stream sales --topic sales")
        .fails_with(2, &["--topic applies to the stream shop only", "sales"]);
    ask("--stream sales --scenario peak_traffic")
        .fails_with(2, &["--scenario applies to the stream shop only"]);
}
