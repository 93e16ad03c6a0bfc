//! The generator gives the records that the run of the same shop has, however they are asked for.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use mercato::Generator;
use mercato::engine::Shard;
use mercato::schema::{ProductUpdate, Purchase, SessionEvent, Timestamp};
use mercato::shop::shop::ShopConfig;
use mercato::sinks::{FileFormat, OutputPath, TopicFile};

fn start() -> Timestamp {
    "2025-03-03T10:00:00Z".parse().unwrap()
}

fn generator() -> Generator {
    Generator::new(ShopConfig::default(), 7, start()).unwrap()
}

/// All lines of a topic in the run of everything for half an hour.
fn streamed(generator: &Generator, topic: &str) -> Vec<Vec<u8>> {
    let run = generator.run(Some("30m".parse().unwrap())).unwrap();
    let index = run.topics().iter().position(|name| name == topic).unwrap();
    let mut lines = Vec::new();
    for batch in run.batches().unwrap() {
        let own = (0..batch.len())
            .filter(|number| usize::from(batch.spans()[*number].stamp.topic) == index);
        lines.extend(own.map(|number| batch.value(number).to_vec()));
    }
    lines
}

#[test]
fn the_first_records_are_those_of_the_whole_run_and_can_be_read() {
    let shop = generator();
    for topic in shop.topics().unwrap() {
        let first = shop.records(&topic, 20).unwrap();
        let lines: Vec<Vec<u8>> = first.lines().map(<[u8]>::to_vec).collect();
        assert_eq!(lines, streamed(&shop, &topic)[..20], "{topic}");
    }
    let (count, keyed) = (500, |key: &[u8], id: &str| assert_eq!(key, id.as_bytes()));
    let transactions = shop.transactions(count).unwrap();
    for (key, value) in transactions.keys().zip(transactions.values::<Purchase<'_>>()) {
        keyed(key, &value.unwrap().user_id);
    }
    let events = shop.user_events(count).unwrap();
    for (key, value) in events.keys().zip(events.values::<SessionEvent<'_>>()) {
        keyed(key, &value.unwrap().session_id);
    }
    let updates = shop.product_updates(count).unwrap();
    for (key, value) in updates.keys().zip(updates.values::<ProductUpdate<'_>>()) {
        keyed(key, &value.unwrap().product_id);
    }
    assert!(
        [&transactions, &events, &updates]
            .iter()
            .all(|records| records.len() == 500 && !records.is_empty())
    );
}

#[test]
fn a_window_is_what_the_run_has_there() {
    let shop = generator();
    let [from, to]: [Timestamp; 2] =
        ["2025-03-03T10:10:00Z", "2025-03-03T10:20:00Z"].map(|time| time.parse().unwrap());
    let window = shop.records_between("user_events", from, to).unwrap();
    let inside = |line: &Vec<u8>| {
        let event: SessionEvent<'_> = serde_json::from_slice(line).unwrap();
        (from..to).contains(&event.timestamp)
    };
    let expected: Vec<Vec<u8>> =
        streamed(&shop, "user-events").into_iter().filter(inside).collect();
    assert!(expected.len() > 1_000);
    assert_eq!(window.lines().map(<[u8]>::to_vec).collect::<Vec<_>>(), expected);
}

#[test]
fn sent_records_arrive_in_order_where_the_sink_puts_them() {
    let folder = std::env::temp_dir().join(format!("mercato-generator-{}", std::process::id()));
    let records = generator().transactions(1_000).unwrap();
    let path = OutputPath::folder(&folder).with_format(FileFormat::NDJSON).unwrap();
    let mut sink =
        path.open(&[TopicFile { topic: records.topic().to_owned(), header: None }]).unwrap();
    records.send(sink.as_mut()).unwrap();
    assert_eq!(sink.finish().unwrap().acknowledged, 1_000);
    let written = std::fs::read_to_string(folder.join("transactions.ndjson")).unwrap();
    assert!(written.lines().map(str::as_bytes).eq(records.lines()));
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn shards_of_a_history_are_the_whole() {
    let folder = std::env::temp_dir().join(format!("mercato-shards-{}", std::process::id()));
    let small = ShopConfig::default().with_sessions("400/h".parse().unwrap()).unwrap();
    let small = Generator::new(small, 7, "2025-03-03T00:00:00Z".parse().unwrap()).unwrap();
    let whole = small.history(1, folder.join("whole"), FileFormat::NDJSON, 2).unwrap();
    let parts = [0, 1].map(|index| {
        let shard = small.with_shard(Shard::new(index, 2).unwrap());
        shard.history(1, folder.join("parts"), FileFormat::NDJSON, 1).unwrap().counts.records()
    });
    assert_eq!(parts.iter().sum::<u64>(), whole.counts.records());
    assert!(folder.join("parts/transactions/dt=2025-03-03/part-00001.ndjson").exists());
    let again =
        small.history(1, folder.join("whole"), FileFormat::NDJSON, 1).unwrap_err().to_string();
    assert!(again.contains("part-00000.ndjson"), "{again}");
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn what_is_not_possible_says_what_is() {
    let shop = generator();
    let refused = |result: Result<Generator, _>| {
        result.map(drop).map_err(|error: mercato::GeneratorError| error.to_string()).unwrap_err()
    };
    assert!(refused(shop.with_scenario("peek_traffic")).contains("did you mean \"peak_traffic\"?"));
    assert!(refused(shop.with_topics(&["payments"])).contains("unknown topic `payments`"));
    assert!(refused(shop.with_rate_multiplier(0.0)).contains("shop.rate_multiplier: 0 is"));
    let first = shop
        .with_scenario_between("peak_traffic", "1h".parse().unwrap(), "2h".parse().unwrap())
        .unwrap();
    let second =
        first.with_scenario_between("fraud_testing", "90m".parse().unwrap(), "3h".parse().unwrap());
    assert!(refused(second).contains("overlaps"));
    for days in [0, 3_651] {
        let error = shop.history(days, "nowhere", FileFormat::NDJSON, 1).unwrap_err().to_string();
        assert!(
            error.contains(&format!("days: {days} is out of range")) && error.contains("3650"),
            "{error}"
        );
    }
    let config = ShopConfig { conversion: Some(2.0), ..ShopConfig::default() };
    assert!(refused(Generator::new(config, 1, start())).contains("shop.conversion"));
}
