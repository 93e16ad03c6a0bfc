//! The answer key against an independent fold over the records as a consumer sees them.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;

use mercato_test_support::Program;
use serde_json::Value;

const SALES: &str = "--seed 42 --start 2025-11-09T00:00:07Z --rate 40/s --count 6000";
const ORDERS: &str = "--seed 9 --start 2025-11-09T00:00:07Z --rate 40/s --count 6000";

/// Cents of a number in a record, read from its digits: no float takes part.
fn cents(number: &Value) -> i128 {
    let text = number.to_string();
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    format!("{whole}{fraction:0<2}").parse().unwrap()
}

/// Minute of a sale's timestamp, as text: `2025-11-09T00:01`.
fn minute(record: &Value) -> String {
    record["timestamp"].as_str().unwrap()[..16].to_owned()
}

#[test]
fn sales_by_status_are_what_a_consumer_arrives_at() {
    let records = Program::new("order-gen").words("-q --clock fast").words(SALES).run().records();
    let mut folded: BTreeMap<(String, String), (i128, i128)> = BTreeMap::new();
    for record in &records {
        let group = (minute(record), record["status"].as_str().unwrap().to_owned());
        let (count, sum) = folded.entry(group).or_default();
        *count += 1;
        *sum += cents(&record["total"]);
    }
    let answers = Program::new("mercato")
        .words("truth --stream sales --window 1m --by status --agg count,sum(total)")
        .words(SALES)
        .run()
        .records();
    assert_eq!(answers.len(), folded.len());
    assert!(folded.len() > 10, "several windows and every status");
    for (answer, ((minute, status), (count, sum))) in answers.iter().zip(&folded) {
        assert_eq!(answer["window_start"].as_str().unwrap()[..16], **minute);
        assert_eq!(answer["status"], **status);
        assert_eq!(i128::from(answer["count"].as_u64().unwrap()), *count);
        assert_eq!(cents(&answer["sum(total)"]), *sum);
    }
}

#[test]
fn orders_by_customer_and_category_are_what_a_consumer_arrives_at() {
    let records = Program::new("order-gen")
        .words("-q --stream orders --clock fast")
        .words(ORDERS)
        .run()
        .records();
    let mut folded: BTreeMap<(u64, String, String), (u64, i128, i128)> = BTreeMap::new();
    for record in &records {
        let text = |name: &str| record[name].as_str().unwrap().to_owned();
        let window = record["timestamp"].as_u64().unwrap() / 3_600_000;
        let (count, sum, max) =
            folded.entry((window, text("customerId"), text("category"))).or_default();
        let amount = cents(&record["amount"]);
        (*count, *sum, *max) = (*count + 1, *sum + amount, amount.max(*max));
    }
    let csv = Program::new("mercato")
        .words("truth --stream orders --window 1h --by customerId,category --agg count,sum(amount),max(amount)")
        .words("-o /dev/stdout")
        .words(ORDERS)
        .run()
        .records();
    let answers: Vec<(u64, i128, i128)> = csv
        .iter()
        .map(|answer| {
            (
                answer["count"].as_u64().unwrap(),
                cents(&answer["sum(amount)"]),
                cents(&answer["max(amount)"]),
            )
        })
        .collect();
    assert_eq!(answers, folded.into_values().collect::<Vec<_>>());
}

#[test]
fn the_answer_is_the_same_as_csv() {
    let folder = mercato_test_support::folder();
    let path = folder.path().join("truth.csv");
    Program::new("mercato")
        .words("truth --stream orders --window 1m --by category --agg count,sum(amount) -o")
        .arg(&path)
        .words(ORDERS)
        .run()
        .success();
    let text = String::from_utf8(mercato_test_support::read(&path)).unwrap();
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("window_start,window_end,category,count,sum(amount)"));
    assert!(
        lines
            .next()
            .unwrap()
            .starts_with("2025-11-09T00:00:00.000Z,2025-11-09T00:01:00.000Z,Books,")
    );
}

#[test]
fn questions_without_an_answer_say_what_is_allowed() {
    let ask = |words: &str| {
        Program::new("mercato")
            .words("truth --seed 1 --start 2025-11-09T00:00:00Z")
            .words(words)
            .run()
    };
    ask("--stream sales --window hopping:7m/2m --count 5")
        .fails_with(2, &["7m does not divide into steps of 2m"]);
    ask("--stream sales --window 1m --count 5 --where total>'5'")
        .fails_with(2, &["`total` cannot be compared with '5'", "expected a number"]);
    ask("--stream sales --window 1m --count 5 --where stauts='paid'")
        .fails_with(2, &["did you mean `status`?"]);
    ask("--stream sales --window 1m --count 5 --where total")
        .fails_with(2, &["at `its end`", "expected =, !="]);
    ask("--stream sales --window 1d --zone Europe/Berln --count 5")
        .fails_with(2, &["did you mean \"Europe/Berlin\"?"]);
    ask("--stream sales --window session:5m --offset 1m --count 5")
        .fails_with(2, &["session:5m", "no fixed places"]);
    ask("--stream sales --window 1m --count 5 --by state")
        .fails_with(2, &["`state`", "shipping_address.state"]);
    ask("--stream sales --window 1m --count 5 --agg sum(status)")
        .fails_with(2, &["status", "total"]);
    ask("--stream sales --window 1m --count 5 --agg median(total)")
        .fails_with(2, &["median(total)", "sum(FIELD)"]);
    ask("--stream orders --window 1m").fails_with(2, &["never ends", "--duration"]);
    ask("--stream sales --window 0.0005s --count 5").fails_with(2, &["500us", "at least 1ms"]);
    ask("--stream sales --window 1m --count 5 --by status,status")
        .fails_with(2, &["`status`", "twice"]);
    ask("--stream sales --window 1m --count 5 --agg count,count")
        .fails_with(2, &["`count`", "twice"]);
    let unnamed = "truth --stream sales --window 1m --count 5";
    for flags in ["", "--seed 1", "--start 2025-11-09T00:00:00Z", "--seed 1 --backfill 1h"] {
        let ended = Program::new("mercato").words(unnamed).words(flags).run();
        ended.fails_with(2, &["identified by its seed and start", "--seed", "--start"]);
    }
    let known = Program::new("mercato").words(unnamed).words("--start 2025-11-09T00:00:00Z");
    known.env("MERCATO_SEED", "1").run().success();
}
