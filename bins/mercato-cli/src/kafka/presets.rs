//! The topics of all streams, as `mercato topics create` makes them and `mercato health` looks for
//! them.

use mercato::schema::{
    AnalyticsResult, FraudAlert, Order, ProductUpdate, Purchase, Sale, SessionEvent,
};

/// Partitions of a topic that no preset knows: what documents 002 and 003 have.
pub(crate) const PARTITIONS: u32 = 3;

/// A stream's topic.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Preset {
    /// Its name.
    pub(crate) topic: &'static str,
    /// Its partitions.
    pub(crate) partitions: u32,
    /// Whether only the last record of each key matters.
    pub(crate) compact: bool,
}

impl Preset {
    const fn new(topic: &'static str, partitions: u32) -> Self {
        Self { topic, partitions, compact: false }
    }

    /// The preset of this topic.
    pub(crate) fn of(topic: &str) -> Option<Self> {
        ALL.into_iter().find(|preset| preset.topic == topic)
    }
}

/// All streams' topics; the busiest ones of document 004 can be read by six consumers side by side.
pub(crate) const ALL: [Preset; 7] = [
    Preset::new(Sale::TOPIC, 3),
    Preset::new(Order::TOPIC, 3),
    Preset::new(Purchase::TOPIC, 6),
    Preset::new(SessionEvent::TOPIC, 6),
    // A product's present state is its last update.
    Preset { topic: ProductUpdate::TOPIC, partitions: 3, compact: true },
    Preset::new(FraudAlert::TOPIC, 3),
    Preset::new(AnalyticsResult::TOPIC, 3),
];
