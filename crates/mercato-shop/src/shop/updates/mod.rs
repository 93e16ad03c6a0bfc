//! The catalogue's own history as records: prices that change, products that are launched, and
//! deliveries.
//!
//! In the first substream, arrival *n* is the catalogue's update *n*, so whoever charges the price
//! of the last record charges the price that the catalogue lists. An update is due one spacing
//! after the origin at the earliest, and arrivals begin at the origin; so each record is a step of
//! its arrival's trace, at the update's own time.
//! In the second substream deliveries come at a rate, of what is sold in the proportion in which it
//! is sold.

use mercato_draw::{AliasTable, Words, split};
use mercato_encode::{Layout, Out, Writer, numbers};
use mercato_engine::{
    Accumulator, Arrival, Arrivals, Delays, Rate, Schedule, Step, Stream, StreamId, Trace, World,
};
use mercato_schema::{InstantForm, Money, ProductUpdate, Timestamp};
use mercato_units::enumerated;

use super::analytics::CellLayout;
use super::catalogue::{Catalogue, Item, PriceUpdate};
use super::season::month_of;
use super::{ShopParams, Topic};
use crate::purposes;

/// The updates of a shop's products: the topic `product-updates`, keyed by the product.
#[derive(Debug, Clone)]
pub struct ProductUpdates {
    topic: String,
    catalogue: Catalogue,
    /// An hour, in millionths.
    deliveries: u64,
    category_choice: AliasTable,
    layout: CellLayout,
}

/// One update: what is listed before and after it, and how much came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Update {
    /// When, in microseconds since the Unix epoch.
    pub at: i64,
    /// Of which product.
    pub item: Item,
    /// The price listed until then; none for a product that is launched.
    pub before: Option<Money>,
    /// The price listed from then on.
    pub after: Money,
    /// Units delivered; `None` unless it is a delivery.
    pub quantity: Option<u32>,
}

enumerated! {
    /// The kinds of record.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    enum Kind {
        PriceChange,
        Launch,
        Delivery,
    }
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::PriceChange => "price_change",
            Self::Launch => "launch",
            Self::Delivery => "delivery",
        }
    }
}

/// The substream of the catalogue's updates; deliveries have the next.
const LISTED: u8 = 0;
/// Deliveries are of this many to [`MOST_CRATES`] times as many.
const CRATE: u32 = 20;
const MOST_CRATES: u64 = 20;
/// An update is moved to the next whole millisecond, so by less than this many microseconds.
pub(super) const ROUNDING: i64 = 1_000;

impl ProductUpdates {
    /// The updates of the shop of `params` in `world`.
    pub fn new(world: World, params: &ShopParams) -> Self {
        let catalogue = Catalogue::new(world, &params.catalogue);
        Self {
            topic: params.topic(Topic::PRODUCT_UPDATES).to_owned(),
            layout: CellLayout::new(catalogue.categories().len()),
            deliveries: params.catalogue.deliveries(),
            category_choice: catalogue.category_choice(),
            catalogue,
        }
    }

    /// The record of an update as a value: the slow path, which says what the fast one must write.
    pub fn record(&self, update: &Update, step: Step) -> ProductUpdate<'_> {
        let id = |item| {
            let mut id = Vec::new();
            self.catalogue.append_id(item, &mut id);
            String::from_utf8_lossy(&id).into_owned()
        };
        let category = self.catalogue.category_of(update.item.product);
        ProductUpdate {
            update_id: format!(
                "{}_{:09}",
                if update.quantity.is_some() { "dlv" } else { "upd" },
                step.arrival
            )
            .into(),
            product_id: id(update.item).into(),
            update_type: update.kind().name().into(),
            timestamp: Timestamp::from_micros(step.at),
            name: self.catalogue.name(update.item).into(),
            category: self.catalogue.categories()[usize::from(category)].name().into(),
            old_price: update.before,
            new_price: update.after,
            quantity: update.quantity,
            replaces: update.replaced().map(|item| id(item).into()),
        }
    }

    /// Returns a delivery, in proportion to sales: by its category's weight, season and popularity.
    fn delivery(&self, at: i64, words: &mut Words<'_>) -> Update {
        let category = self.category_choice.pick(words.take()) as u16;
        let (crates, word) = split(words.take(), MOST_CRATES);
        let product = self.catalogue.pick(category, month_of(at), word);
        let item = self.catalogue.item(product, self.catalogue.updates_until(at));
        let price = self.catalogue.price_at(item, at);
        Update {
            at,
            item,
            before: Some(price),
            after: price,
            quantity: Some(CRATE * (crates as u32 + 1)),
        }
    }
}

impl Update {
    fn kind(&self) -> Kind {
        match (self.quantity, self.before) {
            (Some(_), _) => Kind::Delivery,
            (None, Some(_)) => Kind::PriceChange,
            (None, None) => Kind::Launch,
        }
    }

    /// Returns the item that it replaces.
    fn replaced(&self) -> Option<Item> {
        let Item { product, generation } = self.item;
        let generation = generation.checked_sub(1).filter(|_| self.before.is_none())?;
        Some(Item { product, generation })
    }
}

impl From<PriceUpdate> for Update {
    fn from(update: PriceUpdate) -> Self {
        let PriceUpdate { at, item, before, after } = update;
        Self { at, item, before, after, quantity: None }
    }
}

impl Stream for ProductUpdates {
    type Entity = Update;

    const CHECKED: bool = false;

    fn id(&self) -> StreamId {
        StreamId { name: "product-updates", purpose: purposes::PRODUCT_UPDATES, rank: 0 }
    }

    fn topics(&self) -> Vec<String> {
        vec![self.topic.clone()]
    }

    fn kinds(&self) -> Vec<String> {
        Kind::ALL.map(|kind| kind.name().to_owned()).into()
    }

    fn arrivals(&self) -> Vec<Arrivals> {
        let spacing = self.catalogue.update_spacing();
        // The parameters have been checked.
        let listed = Delays::new(spacing, spacing, Schedule::default()).map(Arrivals::Delays);
        let deliveries = Rate::new(self.deliveries, Schedule::default()).map(Arrivals::Rate);
        let wanted = (self.deliveries > 0).then_some(deliveries);
        [self.catalogue.has_updates().then_some(listed), wanted]
            .into_iter()
            .flatten()
            .flatten()
            .collect()
    }

    fn words(&self) -> usize {
        2
    }

    fn draw(&self, arrival: Arrival, words: &mut Words<'_>) -> Update {
        match arrival.substream {
            LISTED if self.catalogue.has_updates() => self.catalogue.update(arrival.index).into(),
            _ => self.delivery(arrival.at, words),
        }
    }

    fn owner(&self, update: &Update, _: Arrival, key: &mut Vec<u8>) {
        self.catalogue.append_id(update.item, key);
    }

    fn trace(&self, update: &Update, _: Arrival, trace: &mut Trace) {
        trace.push(update.at, update.kind() as u16);
    }

    fn longest_trace(&self) -> i64 {
        self.catalogue.update_spacing() + ROUNDING
    }

    fn layout(&self, _: u16) -> Layout {
        let categories = self.catalogue.categories().iter();
        Topic::PRODUCT_UPDATES
            .layout()
            .table("update_type", ["update_type"], Kind::ALL.map(|kind| [kind.name().into()]))
            .table("category", ["category"], categories.map(|category| [category.name().into()]))
    }

    #[expect(
        clippy::inline_always,
        reason = "a writer that is handed on by address is kept in memory"
    )]
    #[inline(always)]
    fn write<W: Writer>(&self, update: &Update, step: Step, writer: &mut W) {
        let (catalogue, kind) = (&self.catalogue, update.kind());
        writer.key(|key| catalogue.append_id(update.item, key));
        writer.plain("update_id", |out| {
            out.array(if kind == Kind::Delivery { b"dlv_" } else { b"upd_" });
            numbers::nine(out, step.arrival);
        });
        writer.plain("product_id", |out| catalogue.append_id(update.item, out));
        writer.piece("update_type", kind as usize);
        writer.instant("timestamp", step.at, InstantForm::Millis);
        writer.text("name", |out| catalogue.append_name(update.item, out));
        writer.piece("category", catalogue.category_of(update.item.product).into());
        match update.before {
            Some(price) => writer.decimal("old_price", price.cents(), 2),
            None => writer.null("old_price"),
        }
        writer.decimal("new_price", update.after.cents(), 2);
        match update.quantity {
            Some(quantity) => writer.integer("quantity", quantity),
            None => writer.null("quantity"),
        }
        writer.optional_text("replaces", update.replaced(), |item, out| {
            catalogue.append_id(item, out);
        });
    }

    fn accumulate(&self, update: &Update, _: Step, accumulator: &mut Accumulator) {
        if update.kind() == Kind::PriceChange {
            self.layout.price_change(accumulator, self.catalogue.category_of(update.item.product));
        }
    }
}
