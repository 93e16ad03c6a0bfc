//! The stream `sales` of document 000: orders that go from `pending` to `shipped`, one record for
//! every change.

mod catalogue;
mod config;
mod order_numbers;
mod params;

use mercato_draw::{CounterHash, Label, Words, below};
use mercato_encode::{ChangeKind, Layout, Out, Rows, Writer, numbers};
use mercato_engine::{Arrival, Arrivals, Schedule, Step, Stream, StreamId, Trace, World};
use mercato_schema::{InstantForm, Money, Sale, ShippingAddress, Timestamp};

use crate::population::{Customer, DOMAINS, Population};
pub use crate::product::ProductConfig;
use crate::purposes;
pub use config::SalesConfig;
use order_numbers::OrderNumbers;
pub use params::SalesParams;
pub(crate) use params::price_range;

/// The stream `sales`.
///
/// Each record is an order as it stands after a change of its status.
/// The key is `order_id`; the kinds are the states of the lifecycle.
#[derive(Debug, Clone)]
pub struct Sales {
    params: SalesParams,
    schedule: Schedule,
    population: Population,
    order_numbers: OrderNumbers,
    steps: CounterHash,
}

/// Everything random about one order: numbers and table indices, 48 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Purchase {
    order: u64,
    customer: Customer,
    price_cents: u32,
    product: u16,
    quantity: u16,
    payment: u16,
}

impl Purchase {
    /// Cents of one item.
    #[inline]
    fn price(&self) -> i64 {
        self.price_cents.into()
    }

    /// Cents of all items.
    #[inline]
    fn total(&self) -> i64 {
        self.price() * i64::from(self.quantity)
    }
}

/// The table of orders, none of which is ever deleted.
pub const ORDERS: Rows = Rows { table: "orders", are_deleted: false };

/// Words of one arrival: customer, product, quantity, price, payment method.
const WORDS: usize = 5;

impl Sales {
    /// The stream of `params` in `world`, with more or fewer arrivals where `schedule` says so.
    ///
    /// Fills the pools of streets and cities, which takes about two milliseconds.
    pub fn new(world: World, params: SalesParams, schedule: Schedule) -> Self {
        let hash = |purpose| world.seed.hash(Label::new(purpose, 0));
        Self {
            population: Population::new(world.seed),
            order_numbers: OrderNumbers::new(hash(purposes::ORDER_NUMBERS)),
            steps: hash(purposes::SALE_STEPS),
            params,
            schedule,
        }
    }

    /// Reports the state and the event time of every step of an order that arrived at `arrival`.
    #[inline]
    pub fn walk(&self, arrival: Arrival, visit: impl FnMut(u16, i64)) {
        let word = |number: u16| self.steps.at(arrival.index, number.into());
        self.params.lifecycle.walk(arrival.at, word, visit);
    }

    /// The step before another one of the same order, which is not its first.
    ///
    /// Dwell times do not depend on when an order came, so the way to the step is walked from zero.
    fn step_before(&self, step: Step) -> Step {
        let (mut before, mut reached, mut number) = ((0, 0), 0, 0);
        let arrival = Arrival { index: step.arrival, substream: step.substream, at: 0 };
        self.walk(arrival, |state, at| {
            if number + 1 == step.number {
                before = (state, at);
            } else if number == step.number {
                reached = at;
            }
            number += 1;
        });
        let (kind, at) = before;
        Step { number: step.number - 1, kind, at: step.at - (reached - at), ..step }
    }

    /// The record of one step as a value: the slow path, which says what the fast one must write.
    pub fn record(&self, purchase: &Purchase, step: Step) -> Sale<'_> {
        let product = &self.params.products[usize::from(purchase.product)];
        let customer = &purchase.customer;
        Sale {
            order_id: text(|out| append_order_id(out, purchase.order)).into(),
            timestamp: Timestamp::from_micros(step.at),
            product_id: product.id.as_str().into(),
            product_name: product.name.as_str().into(),
            quantity: purchase.quantity.into(),
            price: Money::from_cents(purchase.price()),
            total: Money::from_cents(purchase.total()),
            customer_id: format!("CUST-{}", customer.number).into(),
            customer_email: self.population.email(customer).into(),
            payment_method: self.params.payments.names()[usize::from(purchase.payment)]
                .as_str()
                .into(),
            shipping_address: self.address(customer),
            status: self.params.lifecycle.states()[usize::from(step.kind)].as_str().into(),
        }
    }

    fn address(&self, customer: &Customer) -> ShippingAddress<'_> {
        let (geography, place) = (&self.params.geography, customer.place());
        ShippingAddress {
            street: format!("{} {}", customer.house, self.population.streets.get(customer.street))
                .into(),
            city: self.population.cities.get(customer.city).into(),
            state: geography.region(place.rule.into()).into(),
            zip_code: text(|out| geography.postcode(place, out)).into(),
            country: geography.country(place.rule.into()).into(),
        }
    }
}

impl Stream for Sales {
    type Entity = Purchase;
    // The types of parameters and records guarantee it, and tests compare every byte with
    // `serde_json`.
    const CHECKED: bool = false;

    fn id(&self) -> StreamId {
        StreamId { name: "sales", purpose: purposes::SALES, rank: 2 }
    }

    fn topics(&self) -> Vec<String> {
        vec![self.params.topic.clone()]
    }

    fn kinds(&self) -> Vec<String> {
        self.params.lifecycle.states().to_vec()
    }

    fn arrivals(&self) -> Vec<Arrivals> {
        vec![self.params.arrivals.arrivals(self.schedule.clone())]
    }

    fn words(&self) -> usize {
        WORDS
    }

    #[inline]
    fn draw(&self, arrival: Arrival, words: &mut Words<'_>) -> Purchase {
        let params = &self.params;
        let customer = below(words.take(), params.customers.into()) as u32;
        let product = params.product_choice.pick(words.take()) as u16;
        Purchase {
            order: self.order_numbers.number(arrival.index),
            customer: self.population.customer(customer, &params.geography),
            product,
            quantity: params.quantity.pick(words.take()) as u16,
            price_cents: params.products[usize::from(product)].price.pick(words.take()) as u32,
            payment: params.payments.pick(words.take()),
        }
    }

    #[inline]
    fn owner(&self, purchase: &Purchase, _: Arrival, key: &mut Vec<u8>) {
        append_order_id(key, purchase.order);
    }

    #[inline]
    fn trace(&self, _: &Purchase, arrival: Arrival, trace: &mut Trace) {
        self.walk(arrival, |state, at| trace.push(at, state));
    }

    fn longest_trace(&self) -> i64 {
        self.params.lifecycle.longest()
    }

    fn layout(&self, _: u16) -> Layout {
        let SalesParams { products, payments, geography, lifecycle, .. } = &self.params;
        let name = |name: &String| [name.as_str().into()];
        let rules = 0..geography.rules();
        Layout::of::<Sale>()
            .prefix("order_id", "ORD-")
            .prefix("customer_id", "CUST-")
            .table(
                "product",
                ["product_id", "product_name"],
                products
                    .iter()
                    .map(|product| [&product.id, &product.name].map(|text| text.as_str().into())),
            )
            .table("payment_method", ["payment_method"], payments.names().iter().map(name))
            .table(
                "region",
                ["shipping_address.state"],
                rules.clone().map(|rule| [geography.region(rule).into()]),
            )
            .table(
                "country",
                ["shipping_address.country"],
                rules.map(|rule| [geography.country(rule).into()]),
            )
            .table("status", ["status"], lifecycle.states().iter().map(name))
            .rows_of(ORDERS)
    }

    #[expect(
        clippy::inline_always,
        reason = "a writer that is handed on by address is kept in memory"
    )]
    #[inline(always)]
    fn write<W: Writer>(&self, purchase: &Purchase, step: Step, writer: &mut W) {
        let (population, geography) = (&self.population, &self.params.geography);
        let customer = &purchase.customer;
        let rule = usize::from(customer.place().rule);
        writer.key(|key| append_order_id(key, purchase.order));
        writer.plain("order_id", |out| order_digits(out, purchase.order));
        writer.instant("timestamp", step.at, InstantForm::Micros);
        writer.piece("product", purchase.product.into());
        writer.integer("quantity", purchase.quantity.into());
        writer.decimal("price", purchase.price(), 2);
        writer.decimal("total", purchase.total(), 2);
        writer.plain("customer_id", |out| numbers::padded(out, customer.number, 6));
        writer.plain("customer_email", |out| {
            population.names.last.append(customer.last_name, out);
            population.names.first.append(customer.first_name, out);
            out.array(DOMAINS[usize::from(customer.domain)]);
        });
        writer.piece("payment_method", purchase.payment.into());
        writer.plain("shipping_address.street", |out| {
            numbers::unsigned(out, customer.house);
            out.byte(b' ');
            population.streets.append(customer.street, out);
        });
        writer.plain("shipping_address.city", |out| population.cities.append(customer.city, out));
        writer.piece("region", rule);
        writer.plain("shipping_address.zip_code", |out| geography.postcode(customer.place(), out));
        writer.piece("country", rule);
        writer.piece("status", step.kind.into());
    }

    fn change(&self, _: &Purchase, step: Step) -> ChangeKind {
        if step.number == 0 { ChangeKind::Create } else { ChangeKind::Update }
    }

    fn write_before<W: Writer>(&self, purchase: &Purchase, step: Step, writer: &mut W) {
        self.write(purchase, self.step_before(step), writer);
    }
}

#[inline]
fn append_order_id(out: &mut Vec<u8>, number: u64) {
    out.array(b"ORD-");
    order_digits(out, number);
}

/// Appends the digits of an order number: eight, or as many as a wider number has.
#[inline]
fn order_digits(out: &mut impl Out, number: u64) {
    numbers::at_least(out, number, 8);
}

/// Returns the output of `append` as text.
fn text(append: impl FnOnce(&mut Vec<u8>)) -> String {
    let mut out = Vec::new();
    append(&mut out);
    String::from_utf8_lossy(&out).into_owned()
}
