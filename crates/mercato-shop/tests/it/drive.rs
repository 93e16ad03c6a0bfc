//! Draws entities of a stream without the engine.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Deref;
use std::rc::Rc;
use std::sync::Arc;

use mercato_draw::{Label, Seed, Words};
use mercato_encode::{Batch, Encoding, Layout, Part, Values, WriteRecord, Writer};
use mercato_engine::{Arrival, Format, Schedule, Step, StepRecord, Stream, World};
use mercato_shop::events::{Events, EventsConfig, EventsParams};
use mercato_shop::orders::{Orders, OrdersConfig, OrdersParams};
use mercato_shop::sales::{Purchase, Sales, SalesConfig, SalesParams};
use mercato_shop::shop::{Campaigns, Shop, ShopConfig, ShopParams};
use mercato_shop::transactions::{Transactions, TransactionsConfig, TransactionsParams};
use mercato_test_support::schemas::Schemas;
use serde::Serialize;

/// 2025-11-09T00:00:00Z.
pub(crate) const ORIGIN: i64 = 1_762_646_400_000_000;

/// The documented categories of the shop's products.
pub(crate) const CATEGORIES: [&str; 7] = [
    "Electronics",
    "Clothing",
    "Books",
    "Home & Garden",
    "Sports & Outdoors",
    "Beauty & Health",
    "Toys & Games",
];

pub(crate) fn world(seed: u64) -> World {
    World { seed: Seed::new(seed), origin: ORIGIN }
}

pub(crate) fn sales(seed: u64, config: &SalesConfig) -> Sales {
    Sales::new(world(seed), SalesParams::new(config).unwrap(), Schedule::default())
}

pub(crate) fn orders(seed: u64, config: &OrdersConfig) -> Orders {
    Orders::new(world(seed), OrdersParams::new(config).unwrap(), Schedule::default())
}

pub(crate) fn events(seed: u64, config: &EventsConfig) -> Events {
    Events::new(world(seed), EventsParams::new(config).unwrap(), Schedule::default())
}

pub(crate) fn transactions(seed: u64, config: &TransactionsConfig) -> Transactions {
    Transactions::new(world(seed), TransactionsParams::new(config).unwrap(), Schedule::default())
}

pub(crate) fn shop(seed: u64, config: &ShopConfig) -> Shop {
    Shop::new(world(seed), ShopParams::new(config).unwrap(), Schedule::default())
}

/// The arrival of that number, one a second until time ends.
pub(crate) fn arrival(index: u64) -> Arrival {
    Arrival {
        index,
        substream: 0,
        at: ORIGIN.saturating_add((index as i64).saturating_mul(1_000_000)),
    }
}

/// The record of an arrival itself.
pub(crate) fn first_step(arrival: Arrival) -> Step {
    Step {
        arrival: arrival.index,
        substream: arrival.substream,
        number: 0,
        kind: 0,
        at: arrival.at,
        hurried: false,
    }
}

/// The first `count` entities, as the words of seed 42 make them.
pub(crate) fn entities<S: Stream>(
    stream: &S,
    count: u64,
) -> impl Iterator<Item = (Arrival, S::Entity)> {
    let width = stream.words();
    let mut words = vec![0; 1024 * width];
    (0..count).map(move |index| {
        let (block, position) = (index / 1024, (index % 1024) as usize);
        if position == 0 {
            Seed::new(42).fill_block(Label::new(stream.id().purpose, 0), block, 0, &mut words);
        }
        let arrival = arrival(index);
        (arrival, stream.draw(arrival, &mut Words::new(&words[position * width..][..width])))
    })
}

/// All steps of one order.
pub(crate) fn steps(sales: &Sales, arrival: Arrival) -> Vec<Step> {
    let mut steps = Vec::new();
    sales.walk(arrival, |kind, at| {
        steps.push(Step {
            arrival: arrival.index,
            substream: 0,
            number: steps.len() as u16,
            kind,
            at,
            hurried: false,
        });
    });
    steps
}

/// One entity from any words.
pub(crate) fn purchase(sales: &Sales, index: u64, words: &[u64]) -> Purchase {
    sales.draw(arrival(index), &mut Words::new(words))
}

/// A stream whose records are encoded one at a time: what is rendered ahead is kept, by topic.
pub(crate) struct Rendered<S> {
    stream: S,
    topics: RefCell<BTreeMap<u16, Rc<Topic>>>,
}

struct Topic {
    layout: Arc<Layout>,
    json: Encoding,
    csv: Encoding,
    columns: Encoding,
    avro: Encoding,
    protobuf: Encoding,
    schemas: Schemas,
}

impl<S> Deref for Rendered<S> {
    type Target = S;

    fn deref(&self) -> &S {
        &self.stream
    }
}

impl<S: Stream> Rendered<S> {
    pub(crate) fn new(stream: S) -> Self {
        Self { stream, topics: RefCell::default() }
    }

    fn topic(&self, topic: u16) -> Rc<Topic> {
        let mut topics = self.topics.borrow_mut();
        let topic = topics.entry(topic).or_insert_with(|| {
            let layout = Arc::new(self.stream.layout(topic));
            assert_eq!(layout.flaw(), None);
            let [json, csv, columns, avro, protobuf] =
                [Format::Json, Format::Csv, Format::Columns, Format::Avro, Format::Protobuf]
                    .map(|format| Encoding::new(&layout, format, |_| true));
            let schemas = Schemas::of(layout.description());
            Rc::new(Topic { layout, json, csv, columns, avro, protobuf, schemas })
        });
        Rc::clone(topic)
    }

    /// Key and value of one record as a line.
    pub(crate) fn line(
        &self,
        entity: &S::Entity,
        step: Step,
        format: Format,
    ) -> (Vec<u8>, Vec<u8>) {
        let topic = self.topic(self.stream.topic_of(step.kind));
        let encoding = if format == Format::Csv { &topic.csv } else { &topic.json };
        let mut batch = Batch::default();
        let mut record = StepRecord::new(&self.stream, entity, step);
        assert!(encoding.encode::<true>(&mut batch, 0, &mut record).complete);
        (batch.open_key().to_vec(), batch.open_value().to_vec())
    }

    /// Asserts that a record in columns, Avro and Protobuf holds what `serde` says of it.
    pub(crate) fn formats_agree(&self, entity: &S::Entity, step: Step, record: &impl Serialize) {
        self.columns_agree(entity, step, record);
        let topic = self.topic(self.stream.topic_of(step.kind));
        let expected = serde_json::to_value(record).unwrap();
        for (encoding, is_avro) in [(&topic.avro, true), (&topic.protobuf, false)] {
            assert_eq!(encoding.flaw(), None);
            let [mut written, mut serialized] = [Batch::default(), Batch::default()];
            let mut step = StepRecord::new(&self.stream, entity, step);
            assert!(encoding.encode::<true>(&mut written, 0, &mut step).complete);
            let mut record = Serialized(record);
            assert!(encoding.encode::<true>(&mut serialized, 0, &mut record).complete);
            let value = written.open_value();
            assert_eq!(value, serialized.open_value(), "slot by slot, and as a whole");
            let read =
                if is_avro { topic.schemas.avro(value) } else { topic.schemas.protobuf(value) };
            assert_eq!(read, expected);
        }
    }

    /// Asserts that the columns of a record hold what `serde` says of it.
    pub(crate) fn columns_agree(&self, entity: &S::Entity, step: Step, record: &impl Serialize) {
        let topic = self.topic(self.stream.topic_of(step.kind));
        let Topic { layout, columns: encoding, .. } = &*topic;
        let [mut written, mut expected] = [Batch::default(), Batch::default()];
        let mut step = StepRecord::new(&self.stream, entity, step);
        assert!(encoding.encode::<true>(&mut written, 0, &mut step).complete);
        let mut record = Serialized(record);
        assert!(encoding.encode::<true>(&mut expected, 0, &mut record).complete, "{layout:?}");
        let [written, expected] =
            [&written, &expected].map(|batch| batch.columns(0).unwrap().columns());
        for ((slot, written), expected) in layout.slots().iter().zip(written).zip(expected) {
            match (&slot.part, written.values(), expected.values()) {
                // Rows of a table may be equal.
                (Part::Table(rows), Values::Rows(written), Values::Rows(expected)) => {
                    let [written, expected] =
                        [written, expected].map(|numbers| &rows[numbers[0] as usize]);
                    assert_eq!(written, expected, "{}", slot.name);
                }
                _ => assert_eq!(written, expected, "{}", slot.name),
            }
        }
    }
}

pub(crate) fn campaigns(seed: u64, config: &ShopConfig) -> Campaigns {
    Campaigns::new(world(seed), &ShopParams::new(config).unwrap(), Schedule::default())
}

/// A record as `serde` has it.
struct Serialized<'a, T>(&'a T);

impl<T: Serialize> WriteRecord for Serialized<'_, T> {
    fn write<W: Writer>(&mut self, writer: &mut W) {
        writer.serialize(self.0);
    }
}
