//! The records of the programs, by which strange ones are named.
//!
//! Nothing is read by this table unless a caller hands it on; where records do not fit what is
//! expected of them, it says what they are instead.

use mercato_schema::{Described, Description, Order, Sale, Transaction, UserEvent};
use mercato_shop::shop::Topic;

/// The records of one topic.
#[derive(Debug, Clone)]
pub struct Shape {
    /// The program that writes them, with the stream where it has several.
    pub writer: &'static str,
    /// The topic that they have unless another is set.
    pub topic: &'static str,
    /// Their fields.
    pub description: Description,
}

impl Shape {
    /// The records of all programs; those of the shop come first.
    pub fn all() -> Vec<Self> {
        fn shape<T: Described>(writer: &'static str, topic: &'static str) -> Shape {
            Shape { writer, topic, description: T::description() }
        }
        let of_shop = |topic: Topic| Self {
            writer: "mercato",
            topic: topic.name,
            description: topic.description().clone(),
        };
        let mut all: Vec<Self> = Topic::ALL.into_iter().map(of_shop).collect();
        all.extend([
            shape::<Sale<'_>>("order-gen", Sale::TOPIC),
            shape::<Order<'_>>("order-gen --stream orders", Order::TOPIC),
            shape::<Transaction<'_>>("txn-gen", Transaction::TOPIC),
            shape::<UserEvent<'_>>("event-gen", UserEvent::TOPIC),
        ]);
        all
    }

    /// The descriptions of records of a topic of this name, with hyphens or underscores; those of
    /// the shop come first.
    pub fn of_topic(name: &str) -> Vec<Description> {
        let name = name.replace('_', "-");
        let own = Self::all().into_iter().filter(|shape| shape.topic == name);
        own.map(|shape| shape.description).collect()
    }
}
