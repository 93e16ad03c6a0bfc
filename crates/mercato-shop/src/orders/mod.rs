//! The stream `orders` of document 003: one compact record an order, keyed by its customer.

mod config;
mod narration;
mod params;

use mercato_draw::Words;
use mercato_encode::{Layout, Out, Writer, numbers};
use mercato_engine::{Arrival, Arrivals, Schedule, Step, Stream, StreamId, World};
use mercato_schema::{InstantForm, Money, Order, Timestamp};

use crate::purposes;
pub use config::{CustomersConfig, OrdersConfig};
pub use narration::narrate;
use params::Customers;
pub use params::OrdersParams;

/// The stream `orders`.
///
/// Arrival 0 is `order_00001`. The key is `customerId`; there is one kind.
#[derive(Debug, Clone)]
pub struct Orders {
    params: OrdersParams,
    schedule: Schedule,
}

/// Everything random about one order; its number is its arrival's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlacedOrder {
    customer: u32,
    amount_cents: u32,
    category: u16,
}

/// Words of one arrival: customer, amount, category.
const WORDS: usize = 3;

impl Orders {
    /// The stream of `params`, with more or fewer arrivals where `schedule` says so.
    ///
    /// Nothing but the words of an arrival depends on the seed, so `world` is only here to be the
    /// same everywhere.
    pub fn new(_world: World, params: OrdersParams, schedule: Schedule) -> Self {
        Self { params, schedule }
    }

    /// The record of one order as a value: the slow path, which says what the fast one must write.
    pub fn record(&self, order: &PlacedOrder, step: Step) -> Order<'_> {
        Order {
            order_id: format!("order_{:05}", step.arrival + 1).into(),
            customer_id: match &self.params.customers {
                Customers::Numbered(_) => format!("customer_{:03}", order.customer + 1).into(),
                Customers::Listed(choice) => {
                    choice.names()[order.customer as usize].as_str().into()
                }
            },
            amount: Money::from_cents(order.amount_cents.into()),
            timestamp: Timestamp::from_micros(step.at),
            category: self.params.categories.names()[usize::from(order.category)].as_str().into(),
        }
    }

    #[inline]
    fn append_customer(&self, order: &PlacedOrder, key: &mut Vec<u8>) {
        match &self.params.customers {
            Customers::Numbered(_) => {
                key.array(CUSTOMER_PREFIX);
                customer_digits(key, order.customer);
            }
            Customers::Listed(choice) => {
                key.extend_from_slice(choice.names()[order.customer as usize].as_bytes());
            }
        }
    }
}

impl Stream for Orders {
    type Entity = PlacedOrder;
    // The types of parameters and records guarantee it, and tests compare every byte with
    // `serde_json`.
    const CHECKED: bool = false;

    fn id(&self) -> StreamId {
        StreamId { name: "orders", purpose: purposes::ORDERS, rank: 2 }
    }

    fn topics(&self) -> Vec<String> {
        vec![self.params.topic.clone()]
    }

    fn kinds(&self) -> Vec<String> {
        vec!["order".to_owned()]
    }

    fn arrivals(&self) -> Vec<Arrivals> {
        vec![self.params.arrivals.arrivals(self.schedule.clone())]
    }

    fn words(&self) -> usize {
        WORDS
    }

    #[inline]
    fn draw(&self, _: Arrival, words: &mut Words<'_>) -> PlacedOrder {
        PlacedOrder {
            customer: self.params.customers.pick(words.take()),
            amount_cents: self.params.amount.pick(words.take()) as u32,
            category: self.params.categories.pick(words.take()),
        }
    }

    #[inline]
    fn owner(&self, order: &PlacedOrder, _: Arrival, key: &mut Vec<u8>) {
        self.append_customer(order, key);
    }

    fn layout(&self, _: u16) -> Layout {
        let name = |name: &String| [name.as_str().into()];
        let categories = self.params.categories.names().iter().map(name);
        let layout = Layout::of::<Order>().prefix("orderId", "order_");
        let layout = match &self.params.customers {
            Customers::Numbered(_) => layout.prefix("customerId", "customer_"),
            Customers::Listed(choice) => {
                layout.table("customerId", ["customerId"], choice.names().iter().map(name))
            }
        };
        layout.table("category", ["category"], categories)
    }

    #[expect(
        clippy::inline_always,
        reason = "a writer that is handed on by address is kept in memory"
    )]
    #[inline(always)]
    fn write<W: Writer>(&self, order: &PlacedOrder, step: Step, writer: &mut W) {
        writer.key(|key| self.append_customer(order, key));
        writer.plain("orderId", |out| numbers::at_least(out, step.arrival + 1, 5));
        match &self.params.customers {
            Customers::Numbered(_) => {
                writer.plain("customerId", |out| customer_digits(out, order.customer));
            }
            Customers::Listed(_) => writer.piece("customerId", order.customer as usize),
        }
        writer.decimal("amount", order.amount_cents.into(), 2);
        writer.instant("timestamp", step.at, InstantForm::EpochMillis);
        writer.piece("category", order.category.into());
    }
}

/// Prefix of a customer's number.
const CUSTOMER_PREFIX: &[u8; 9] = b"customer_";

/// Appends `001` for index 0.
#[inline]
fn customer_digits(out: &mut impl Out, index: u32) {
    numbers::at_least(out, u64::from(index) + 1, 3);
}
