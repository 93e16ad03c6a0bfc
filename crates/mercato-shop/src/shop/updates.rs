//! Price changes: the catalogue's own history as records.
//!
//! Arrival *n* is the catalogue's update *n*, so whoever charges the price of the last record charges the price that
//! the catalogue lists. An update is due one spacing after the origin at the earliest, and arrivals begin at the
//! origin; so each record is a step of its arrival's trace, at the update's own time.
//!
//! Nothing is drawn here. A catalogue is complete when a run begins, so no product is launched in it.

use mercato_draw::Words;
use mercato_encode::{Segment, csv, digits, json};
use mercato_engine::{Arrival, Arrivals, Delays, Format, Record, Schedule, Step, Stream, StreamId, Trace, World};
use mercato_schema::{ProductUpdate, Timestamp};

use super::ShopParams;
use super::catalogue::{Catalogue, PriceUpdate};
use crate::{purposes, quick};

/// The price changes of a shop: the topic `product-updates`, keyed by the product.
#[derive(Debug, Clone)]
pub struct ProductUpdates {
    topic: String,
    catalogue: Catalogue,
    /// For each category what stands from behind the name to the old price, as JSON.
    json: Box<[Segment]>,
    /// The same as CSV.
    csv: Box<[Segment]>,
}

/// The only kind so far.
const KIND: &str = "price_change";
/// Digits of the shortest numbers of updates.
const NUMBER_DIGITS: usize = 9;
/// An update is moved to the next whole millisecond, so by less than this many microseconds.
const ROUNDING: i64 = 1_000;

impl ProductUpdates {
    /// The updates of the shop of `params` in `world`.
    pub fn new(world: World, params: &ShopParams) -> Self {
        let catalogue = Catalogue::new(world, &params.catalogue);
        let segments = |render: fn(&mut Vec<u8>, &str)| {
            catalogue.categories().iter().map(|own| Segment::new(|out| render(out, own.name()))).collect()
        };
        Self {
            topic: params.updates_topic().to_owned(),
            json: segments(|out, category| {
                out.extend_from_slice(br#"","category":"#);
                json::string(out, category);
                out.extend_from_slice(br#","old_price":"#);
            }),
            csv: segments(|out, category| {
                out.push(b',');
                csv::field(out, category);
                out.push(b',');
            }),
            catalogue,
        }
    }

    /// The record of an update as a value: the slow path, which says what the fast one must write.
    pub fn record(&self, update: &PriceUpdate, step: Step) -> ProductUpdate<'_> {
        let mut product_id = Vec::new();
        self.catalogue.append_id(update.product, &mut product_id);
        ProductUpdate {
            update_id: format!("upd_{:0NUMBER_DIGITS$}", step.arrival).into(),
            product_id: String::from_utf8_lossy(&product_id).into_owned().into(),
            update_type: KIND.into(),
            timestamp: Timestamp::from_micros(step.at),
            name: self.catalogue.name(update.product).into(),
            category: self.category(update).into(),
            old_price: update.before,
            new_price: update.after,
        }
    }

    fn category(&self, update: &PriceUpdate) -> &str {
        self.catalogue.categories()[usize::from(self.catalogue.category_of(update.product))].name()
    }

    fn append_json(&self, update: &PriceUpdate, step: Step, out: &mut Vec<u8>) {
        out.extend_from_slice(br#"{"update_id":"upd_"#);
        digits::padded(out, step.arrival, NUMBER_DIGITS);
        out.extend_from_slice(br#"","product_id":""#);
        self.catalogue.append_id(update.product, out);
        out.extend_from_slice(br#"","update_type":"price_change","timestamp":""#);
        out.extend_from_slice(&digits::millis_text(step.at));
        out.extend_from_slice(br#"","name":""#);
        self.catalogue.append_name(update.product, out);
        self.json[usize::from(self.catalogue.category_of(update.product))].append(out);
        quick::cents(out, update.before.cents());
        out.extend_from_slice(br#","new_price":"#);
        quick::cents(out, update.after.cents());
        out.push(b'}');
    }

    fn append_csv(&self, update: &PriceUpdate, step: Step, out: &mut Vec<u8>) {
        out.extend_from_slice(b"upd_");
        digits::padded(out, step.arrival, NUMBER_DIGITS);
        out.push(b',');
        self.catalogue.append_id(update.product, out);
        out.extend_from_slice(b",price_change,");
        out.extend_from_slice(&digits::millis_text(step.at));
        out.push(b',');
        // A name may hold a comma, so it may need quotes.
        csv::field(out, &self.catalogue.name(update.product));
        self.csv[usize::from(self.catalogue.category_of(update.product))].append(out);
        quick::cents(out, update.before.cents());
        out.push(b',');
        quick::cents(out, update.after.cents());
    }
}

impl Stream for ProductUpdates {
    type Entity = PriceUpdate;

    fn id(&self) -> StreamId {
        StreamId { name: "product-updates", purpose: purposes::PRODUCT_UPDATES, rank: 0 }
    }

    fn topics(&self) -> Vec<String> {
        vec![self.topic.clone()]
    }

    fn kinds(&self) -> Vec<String> {
        vec![KIND.to_owned()]
    }

    fn arrivals(&self) -> Vec<Arrivals> {
        let spacing = self.catalogue.update_spacing();
        // The parameters have been checked.
        Delays::new(spacing, spacing, Schedule::default()).map(Arrivals::Delays).into_iter().collect()
    }

    fn words(&self) -> usize {
        0
    }

    fn draw(&self, arrival: Arrival, _: &mut Words<'_>) -> PriceUpdate {
        self.catalogue.update(arrival.index)
    }

    fn owner(&self, update: &PriceUpdate, _: Arrival, key: &mut Vec<u8>) {
        self.catalogue.append_id(update.product, key);
    }

    fn trace(&self, update: &PriceUpdate, _: Arrival, trace: &mut Trace) {
        trace.push(update.at, 0);
    }

    fn longest_trace(&self) -> i64 {
        self.catalogue.update_spacing() + ROUNDING
    }

    fn render(&self, update: &PriceUpdate, step: Step, record: &mut Record<'_>) {
        self.catalogue.append_id(update.product, record.key());
        match record.format() {
            Format::Json => self.append_json(update, step, record.value()),
            Format::Csv => self.append_csv(update, step, record.value()),
        }
    }

    fn columns(&self) -> Vec<String> {
        ProductUpdate::COLUMNS.map(str::to_owned).into()
    }
}
