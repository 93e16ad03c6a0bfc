//! The listing of products as a table that changes: what is there at the start, and then every
//! price change, launch and replacement.
//!
//! The catalogue's history is the same as that of the product updates, of which deliveries change
//! nothing that is listed.
//! A product that is launched in the place of another deletes the other's row; both belong to the
//! shard of their place in the range, so that all changes of a key come from one shard.
//!
//! The rows at the start come from a substream of their own, which brings each product once, at a
//! thousand products a microsecond. Updates until the last of them has come are in those rows
//! already.

use mercato_draw::Words;
use mercato_encode::{ChangeKind, Layout, Rows, Writer};
use mercato_engine::{
    Arrival, Arrivals, Burst, Delays, Rate, Schedule, Step, Stream, StreamId, Trace, World,
};
use mercato_schema::{ChangeForm, Described, InstantForm, Listing, Money, Timestamp};
use mercato_units::enumerated;

use super::catalogue::{Catalogue, Item, PriceUpdate};
use super::updates::ROUNDING;
use super::{ShopParams, Topic};
use crate::purposes;

/// The table of products.
pub const PRODUCTS: Rows = Rows { table: "products", are_deleted: true };

/// The changes of a shop's listing: the topic `product-updates`, keyed by the product.
#[derive(Debug, Clone)]
pub struct Listings {
    topic: String,
    catalogue: Catalogue,
    form: ChangeForm,
    /// The first moment that anybody sees.
    start: i64,
    /// The first moment after the rows that are there at the start.
    settled: i64,
}

/// A row of the table: a product with its price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Row {
    item: Item,
    price: Money,
    /// Since when it is listed at that price, in microseconds since the Unix epoch.
    since: i64,
}

/// The change of one place in the range: the row before it, and the row after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Relisting {
    at: i64,
    /// Of the same product, or of the one that it replaces; none for a row that is there at the
    /// start.
    before: Option<Row>,
    after: Row,
    /// Nobody needs to be told.
    is_silent: bool,
}

enumerated! {
    /// The kinds of change.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    enum Kind {
        Read,
        Create,
        Update,
        Delete,
        Tombstone,
    }
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Tombstone => "tombstone",
        }
    }

    fn of(step: Step) -> Self {
        Self::ALL.get(usize::from(step.kind)).copied().unwrap_or(Self::Update)
    }
}

/// The substream of the rows that are there at the start; updates have the next.
const AT_THE_START: u8 = 0;
/// Arrivals of the rows at the start in a microsecond, at the highest rate there is.
const A_MICROSECOND: i64 = 1_000;

impl Listings {
    /// The listing of the shop of `params` in `world`, of which nobody sees the first `warm_up`
    /// microseconds, as changes of this form.
    pub fn new(world: World, params: &ShopParams, warm_up: i64, form: ChangeForm) -> Self {
        let catalogue = Catalogue::new(world, &params.catalogue);
        let start = world.origin.saturating_add(warm_up);
        let lasting = i64::from(catalogue.products()) / A_MICROSECOND + 1;
        Self {
            topic: params.topic(Topic::PRODUCT_UPDATES).to_owned(),
            catalogue,
            form,
            start,
            settled: start.saturating_add(lasting),
        }
    }

    /// The rows at the start arrive in as little time as they can.
    fn at_the_start(&self) -> Option<Arrivals> {
        let burst = Burst { from: self.start, to: self.settled, factor_millionths: 1_000_000 };
        // A stretch of time that is not empty, at the highest rate that there is.
        let schedule =
            Schedule::new(vec![burst]).and_then(|schedule| schedule.elsewhere(0)).ok()?;
        Rate::new(Rate::MAX, schedule).map(Arrivals::Rate).ok()
    }

    /// The row of a product at the start.
    fn first(&self, product: u32) -> Row {
        let before = self.settled - 1;
        let item = self.catalogue.item(product, self.catalogue.updates_until(before));
        Row { item, price: self.catalogue.price_at(item, before), since: self.start }
    }

    /// The change that an update of the catalogue is.
    fn change_of(&self, number: u64) -> Relisting {
        let PriceUpdate { at, item, before: price, after } = self.catalogue.update(number);
        let earlier = self.catalogue.update_before(number);
        let earlier = earlier.map(|number| self.catalogue.update(number));
        let since = earlier.map(|earlier| earlier.at).filter(|at| *at >= self.settled);
        let generation = item.generation - u64::from(price.is_none());
        let before = Row {
            item: Item { generation, ..item },
            price: earlier
                .map_or_else(|| self.catalogue.base_price(item.product), |earlier| earlier.after),
            since: since.unwrap_or(self.start),
        };
        let after = Row { item, price: after, since: at };
        Relisting { at, before: Some(before), after, is_silent: at < self.settled }
    }

    /// The row of a step as a value, before or after it: the slow path, which says what the fast one
    /// must write.
    pub fn row(&self, change: &Relisting, is_before: bool) -> Option<Listing<'_>> {
        let row = if is_before { change.before? } else { change.after };
        let id = |item| {
            let mut id = Vec::new();
            self.catalogue.append_id(item, &mut id);
            String::from_utf8_lossy(&id).into_owned()
        };
        let category = self.catalogue.category_of(row.item.product);
        Some(Listing {
            product_id: id(row.item).into(),
            name: self.catalogue.name(row.item).into(),
            category: self.catalogue.categories()[usize::from(category)].name().into(),
            price: row.price,
            updated_at: Timestamp::from_micros(row.since),
            replaces: row.replaced().map(|item| id(item).into()),
        })
    }

    fn write_row<W: Writer>(&self, row: Row, writer: &mut W) {
        let (catalogue, Row { item, price, since }) = (&self.catalogue, row);
        writer.key(|key| catalogue.append_id(item, key));
        writer.plain("product_id", |out| catalogue.append_id(item, out));
        writer.text("name", |out| catalogue.append_name(item, out));
        writer.piece("category", catalogue.category_of(item.product).into());
        writer.decimal("price", price.cents(), 2);
        writer.instant("updated_at", since, InstantForm::Millis);
        writer.optional_text("replaces", row.replaced(), |item, out| {
            catalogue.append_id(item, out);
        });
    }
}

impl Row {
    fn replaced(self) -> Option<Item> {
        let generation = self.item.generation.checked_sub(1)?;
        Some(Item { generation, ..self.item })
    }
}

impl Relisting {
    /// Returns true if another product takes the place.
    fn is_launch(&self) -> bool {
        self.before.is_some_and(|before| before.item != self.after.item)
    }
}

impl Stream for Listings {
    type Entity = Relisting;

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
        let updates = Delays::new(spacing, spacing, Schedule::default()).map(Arrivals::Delays);
        let updates = updates.ok().filter(|_| self.catalogue.has_updates());
        self.at_the_start().into_iter().chain(updates).collect()
    }

    fn words(&self) -> usize {
        0
    }

    fn draw(&self, arrival: Arrival, _: &mut Words<'_>) -> Relisting {
        if arrival.substream != AT_THE_START {
            return self.change_of(arrival.index);
        }
        let product = u32::try_from(arrival.index).unwrap_or(u32::MAX);
        let is_silent = product >= self.catalogue.products();
        let after = self.first(if is_silent { 0 } else { product });
        Relisting { at: arrival.at, before: None, after, is_silent }
    }

    fn owner(&self, change: &Relisting, _: Arrival, key: &mut Vec<u8>) {
        let place = Item { generation: 0, ..change.after.item };
        self.catalogue.append_id(place, key);
    }

    fn trace(&self, change: &Relisting, _: Arrival, trace: &mut Trace) {
        if change.is_silent {
            return;
        }
        if change.before.is_none() {
            trace.push(change.at, Kind::Read as u16);
        } else if change.is_launch() {
            if self.form == ChangeForm::Debezium {
                trace.push(change.at, Kind::Delete as u16);
            }
            trace.push(change.at, Kind::Tombstone as u16);
            trace.push(change.at, Kind::Create as u16);
        } else {
            trace.push(change.at, Kind::Update as u16);
        }
    }

    fn longest_trace(&self) -> i64 {
        self.catalogue.update_spacing() + ROUNDING
    }

    fn layout(&self, _: u16) -> Layout {
        let categories = self.catalogue.categories().iter();
        Layout::new(Listing::description())
            .table("category", ["category"], categories.map(|category| [category.name().into()]))
            .rows_of(PRODUCTS)
    }

    fn write<W: Writer>(&self, change: &Relisting, _: Step, writer: &mut W) {
        self.write_row(change.after, writer);
    }

    fn change(&self, _: &Relisting, step: Step) -> ChangeKind {
        match Kind::of(step) {
            Kind::Read => ChangeKind::Read,
            Kind::Create => ChangeKind::Create,
            Kind::Update => ChangeKind::Update,
            Kind::Delete => ChangeKind::Delete,
            Kind::Tombstone => ChangeKind::Tombstone,
        }
    }

    fn write_before<W: Writer>(&self, change: &Relisting, _: Step, writer: &mut W) {
        self.write_row(change.before.unwrap_or(change.after), writer);
    }
}
