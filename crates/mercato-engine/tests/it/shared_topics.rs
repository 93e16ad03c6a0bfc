//! Streams of one run that write to the same topics, and steps that follow others.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use mercato_draw::{Seed, Words};
use mercato_encode::{Layout, Writer};
use mercato_engine::{
    Arrival, Arrivals, EngineError, Extent, Format, Rate, Run, Schedule, Step, Stream, StreamId,
    Trace, World,
};
use mercato_schema::{Description, Field, Kind};
use proptest::prelude::*;

const ORIGIN: i64 = 1_700_000_000_000_000;
const SECOND: i64 = 1_000_000;

/// Visits whose last step is answered a minute later, by users who come again in between.
#[derive(Debug, Clone)]
struct Visits {
    name: &'static str,
    rank: u8,
    topics: [&'static str; 2],
    columns: [&'static str; 2],
    /// Arrivals before which a visit is over.
    room: Option<u64>,
}

const ANSWER: i64 = 60 * SECOND;

impl Stream for Visits {
    type Entity = u64;

    fn id(&self) -> StreamId {
        StreamId { name: self.name, purpose: 200 + self.rank, rank: self.rank }
    }
    fn topics(&self) -> Vec<String> {
        self.topics.map(str::to_owned).into()
    }
    fn kinds(&self) -> Vec<String> {
        ["come", "buy", "alarm"].map(str::to_owned).into()
    }
    fn topic_of(&self, kind: u16) -> u16 {
        u16::from(kind == 2)
    }
    fn arrivals(&self) -> Vec<Arrivals> {
        let rate = Rate::new(3_600 * 1_000_000, Schedule::default()).unwrap();
        vec![Arrivals::Rate(if self.room.is_some() { rate.spread_by(2) } else { rate })]
    }
    fn words(&self) -> usize {
        1
    }
    fn draw(&self, _: Arrival, words: &mut Words<'_>) -> u64 {
        words.take()
    }
    fn owner(&self, word: &u64, _: Arrival, key: &mut Vec<u8>) {
        key.extend_from_slice(word.to_string().as_bytes());
    }
    fn trace(&self, _: &u64, arrival: Arrival, trace: &mut Trace) {
        if let Some(room) = self.room {
            trace.end_before(room);
        }
        trace.push(arrival.at, 0);
        trace.push(arrival.at + 20 * SECOND, 1);
        trace.follow(ANSWER, 2);
    }
    fn longest_trace(&self) -> i64 {
        20 * SECOND + ANSWER
    }
    fn write<W: Writer>(&self, word: &u64, step: Step, writer: &mut W) {
        writer.serialize(&serde_json::json!({"word": word, "number": step.number, "at": step.at}));
    }
    fn layout(&self, _: u16) -> Layout {
        let field = |name: &'static str| Field {
            name: name.into(),
            doc: "A number.".into(),
            kind: Kind::Long,
            nullable: false,
        };
        let fields = self.columns.map(field).into();
        Layout::new(Description { fields, ..Description::default() })
    }
}

fn visits(name: &'static str, rank: u8) -> Visits {
    Visits { name, rank, topics: ["visits", "alarms"], columns: ["word", "number"], room: None }
}

fn world(seed: u64) -> World {
    World { seed: Seed::new(seed), origin: ORIGIN }
}

fn until(seconds: i64) -> Extent {
    Extent { until: Some(ORIGIN + seconds * SECOND), drain: true, ..Extent::default() }
}

/// Event time, rank, topic, kind and value of each record.
fn records(run: &Run) -> Vec<(i64, u8, String, String, String)> {
    let of = |batch: mercato_encode::Batch| {
        let record = |index: usize| {
            let stamp = &batch.spans()[index].stamp;
            let topic = run.topics()[usize::from(stamp.topic)].clone();
            let kind = run.kinds()[usize::from(stamp.kind)].clone();
            let value = String::from_utf8(batch.value(index).to_vec()).unwrap();
            (stamp.event_time, stamp.coordinates.rank, topic, kind, value)
        };
        (0..batch.len()).map(record).collect::<Vec<_>>()
    };
    run.batches().unwrap().flat_map(of).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn topics_and_kinds_of_one_name_are_one(seed: u64, only in prop::option::of(0usize..2)) {
        let topics = only.map(|topic| vec![["visits", "alarms"][topic].to_owned()]);
        let builder = || Run::builder(world(seed)).block_len(16).extent(until(200)).topics(topics.clone());
        let both = builder().and(visits("a", 1)).beside(visits("b", 2)).build().unwrap();
        prop_assert_eq!(both.topics().len(), if only.is_some() { 1 } else { 2 });
        prop_assert_eq!(both.kinds(), ["come", "buy", "alarm"]);
        prop_assert_eq!(both.columns(0), ["word", "number"]);
        let found = records(&both);
        for (number, name) in [(1, "a"), (2, "b")] {
            let alone = records(&builder().stream(visits(name, number)).unwrap());
            let own: Vec<_> = found.iter().filter(|record| record.1 == number).cloned().collect();
            prop_assert!(!own.is_empty());
            prop_assert_eq!(own, alone);
        }
        for (_, _, topic, kind, _) in &found {
            prop_assert_eq!(topic.as_str(), if kind == "alarm" { "alarms" } else { "visits" });
        }
    }

    #[test]
    fn what_follows_a_step_comes_along_when_the_step_is_brought_forward(seed: u64) {
        let stream = Visits { room: Some(8), ..visits("a", 1) };
        let run = Run::builder(world(seed)).block_len(16).extent(until(300)).stream(stream).unwrap();
        let mut steps = std::collections::BTreeMap::<String, [i64; 3]>::new();
        for (at, _, _, _, value) in records(&run) {
            let value: serde_json::Value = serde_json::from_str(&value).unwrap();
            let number = value["number"].as_u64().unwrap() as usize;
            steps.entry(value["word"].to_string()).or_default()[number] = at;
        }
        let mut sooner = 0;
        for [come, buy, alarm] in steps.into_values() {
            prop_assert_eq!(alarm - buy, ANSWER, "eight seconds on the same user comes again, and the alarm still has a minute");
            prop_assert!(buy - come <= 20 * SECOND);
            sooner += i32::from(buy - come < 20 * SECOND);
        }
        prop_assert!(sooner > 200, "visits had to hurry");
    }
}

#[test]
fn one_topic_has_one_set_of_columns() {
    let other = Visits { columns: ["word", "place"], ..visits("b", 2) };
    let run = |format| {
        Run::builder(world(1)).format(format).and(visits("a", 1)).beside(other.clone()).build()
    };
    for format in [Format::Json, Format::Csv] {
        let error = run(format).unwrap_err();
        assert!(
            matches!(&error, EngineError::Columns { topic, stream: "b", .. } if topic == "visits"),
            "{error}"
        );
        let text = error.to_string();
        assert!(text.contains("word,place") && text.contains("word,number"), "{text}");
    }
    // What nobody wants to see does not matter.
    let elsewhere = Visits { topics: ["others", "alarms"], ..other };
    let topics = Some(vec!["visits".to_owned(), "others".to_owned()]);
    let run = Run::builder(world(1))
        .topics(topics)
        .and(visits("a", 1))
        .beside(elsewhere)
        .build()
        .unwrap();
    assert_eq!(run.topics(), ["visits", "others"]);
    assert_eq!(
        (run.columns(0), run.columns(1)),
        (&["word", "number"].map(String::from)[..], &["word", "place"].map(String::from)[..])
    );
}
