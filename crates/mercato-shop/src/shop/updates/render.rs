//! The fast path of product updates.

use mercato_encode::{Segment, csv, digits, json};
use mercato_engine::Step;

use super::{Kind, Update};
use crate::quick;
use crate::shop::catalogue::{Catalogue, Category};

/// For each category what stands from behind the name to the old price.
#[derive(Debug, Clone)]
pub(super) struct Segments {
    json: Box<[Segment]>,
    csv: Box<[Segment]>,
}

/// Digits of the shortest numbers of updates.
const NUMBER_DIGITS: usize = 9;

impl Segments {
    pub(super) fn new(categories: &[Category]) -> Self {
        let segments = |render: fn(&mut Vec<u8>, &str)| {
            categories.iter().map(|own| Segment::new(|out| render(out, own.name()))).collect()
        };
        Self {
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
        }
    }
}

pub(super) fn append_json(
    catalogue: &Catalogue,
    segments: &Segments,
    update: &Update,
    step: Step,
    out: &mut Vec<u8>,
) {
    out.extend_from_slice(match update.kind() {
        Kind::PriceChange | Kind::Launch => br#"{"update_id":"upd_"#,
        Kind::Delivery => br#"{"update_id":"dlv_"#,
    });
    digits::padded(out, step.arrival, NUMBER_DIGITS);
    out.extend_from_slice(br#"","product_id":""#);
    catalogue.append_id(update.item, out);
    out.extend_from_slice(br#"","update_type":""#);
    out.extend_from_slice(update.kind().name().as_bytes());
    out.extend_from_slice(br#"","timestamp":""#);
    out.extend_from_slice(&digits::millis_text(step.at));
    out.extend_from_slice(br#"","name":""#);
    catalogue.append_name(update.item, out);
    segments.json[usize::from(catalogue.category_of(update.item.product))].append(out);
    match update.before {
        Some(price) => quick::cents(out, price.cents()),
        None => out.extend_from_slice(b"null"),
    }
    out.extend_from_slice(br#","new_price":"#);
    quick::cents(out, update.after.cents());
    out.extend_from_slice(br#","quantity":"#);
    match update.quantity {
        Some(quantity) => quick::unsigned(out, quantity),
        None => out.extend_from_slice(b"null"),
    }
    out.extend_from_slice(br#","replaces":"#);
    if let Some(item) = update.replaced() {
        out.push(b'"');
        catalogue.append_id(item, out);
        out.extend_from_slice(br#""}"#);
    } else {
        out.extend_from_slice(b"null}");
    }
}

pub(super) fn append_csv(
    catalogue: &Catalogue,
    segments: &Segments,
    update: &Update,
    step: Step,
    out: &mut Vec<u8>,
) {
    out.extend_from_slice(match update.kind() {
        Kind::PriceChange | Kind::Launch => b"upd_",
        Kind::Delivery => b"dlv_",
    });
    digits::padded(out, step.arrival, NUMBER_DIGITS);
    out.push(b',');
    catalogue.append_id(update.item, out);
    out.push(b',');
    out.extend_from_slice(update.kind().name().as_bytes());
    out.push(b',');
    out.extend_from_slice(&digits::millis_text(step.at));
    out.push(b',');
    // A name may hold a comma, so it may need quotes.
    csv::field(out, &catalogue.name(update.item));
    segments.csv[usize::from(catalogue.category_of(update.item.product))].append(out);
    if let Some(price) = update.before {
        quick::cents(out, price.cents());
    }
    out.push(b',');
    quick::cents(out, update.after.cents());
    out.push(b',');
    if let Some(quantity) = update.quantity {
        quick::unsigned(out, quantity);
    }
    out.push(b',');
    if let Some(item) = update.replaced() {
        catalogue.append_id(item, out);
    }
}
