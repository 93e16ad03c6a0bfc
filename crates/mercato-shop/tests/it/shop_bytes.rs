//! The shop's fast path writes what serde writes for the same record, in both formats.

use mercato_draw::Words;
use mercato_encode::csv;
use mercato_engine::{Arrival, Format, Step, Stream, Trace};
use mercato_schema::Money;
use mercato_shop::shop::catalogue::CategoryConfig;
use mercato_shop::shop::{Campaigns, Session, Shop, ShopConfig};
use proptest::prelude::*;
use serde::Serialize;

use crate::drive::{ORIGIN, Rendered, campaigns, shop};

/// The steps of a session as the engine hands them out.
fn steps(shop: &Shop, session: &Session, arrival: Arrival) -> Vec<Step> {
    let mut trace = Trace::default();
    shop.trace(session, arrival, &mut trace);
    let step = |(number, (at, kind)): (usize, (i64, u16))| Step {
        arrival: arrival.index,
        substream: arrival.substream,
        number: number as u16,
        kind,
        at,
        hurried: false,
    };
    trace.steps().enumerate().map(step).collect()
}

/// Asserts that lines and columns hold what `serde` says of the record.
fn same<S: Stream>(
    stream: &Rendered<S>,
    entity: &S::Entity,
    step: Step,
    key: &str,
    record: &impl Serialize,
) -> Result<(), TestCaseError> {
    let mut flat = Vec::new();
    csv::flatten(&mut flat, &serde_json::to_value(record).unwrap());
    let json = serde_json::to_vec(record).unwrap();
    for (format, expected) in [(Format::Json, json), (Format::Csv, flat)] {
        let (found, value) = stream.line(entity, step, format);
        prop_assert_eq!(String::from_utf8(found).unwrap(), key);
        prop_assert_eq!(String::from_utf8(value).unwrap(), String::from_utf8(expected).unwrap());
    }
    stream.formats_agree(entity, step, record);
    Ok(())
}

fn check(
    shop: &Rendered<Shop>,
    index: u64,
    substream: u8,
    at: i64,
    word: u64,
) -> Result<(), TestCaseError> {
    let substream = substream % shop.arrivals().len() as u8;
    let arrival = Arrival { index, substream, at };
    let session = shop.draw(arrival, &mut Words::new(&[word]));
    for step in steps(shop, &session, arrival) {
        for step in [step, Step { hurried: true, ..step }] {
            if let Some(alert) = shop.alert(&session, step) {
                same(shop, &session, step, alert.transaction_id.as_ref(), &alert)?;
            } else if let Some(user) = shop.user(&session, step) {
                same(shop, &session, step, user.user_id.as_ref(), &user)?;
            } else if let Some(event) = shop.event(&session, step) {
                same(shop, &session, step, event.session_id.as_ref(), &event)?;
            } else {
                let purchase = shop.purchase(&session, step).unwrap();
                same(shop, &session, step, purchase.user_id.as_ref(), &purchase)?;
            }
        }
    }
    Ok(())
}

fn check_campaign(
    stream: &Rendered<Campaigns>,
    index: u64,
    at: i64,
    word: u64,
) -> Result<u16, TestCaseError> {
    let arrival = Arrival { index, substream: 0, at };
    let campaign = stream.draw(arrival, &mut Words::new(&[word]));
    let mut seen = 0;
    for step in crate::fraud_laws::steps(stream, &campaign, arrival) {
        seen |= 1 << stream.topic_of(step.kind);
        match stream.topic_of(step.kind) {
            0 => {
                let event = stream.event(&campaign, step).unwrap();
                same(stream, &campaign, step, event.session_id.as_ref(), &event)?;
            }
            1 => {
                let purchase = stream.purchase(&campaign, step).unwrap();
                same(stream, &campaign, step, purchase.user_id.as_ref(), &purchase)?;
            }
            3 => {
                let user = stream.user(&campaign, step).unwrap();
                same(stream, &campaign, step, user.user_id.as_ref(), &user)?;
            }
            2 => {
                let alert = stream.alert(&campaign, step).unwrap();
                same(stream, &campaign, step, alert.transaction_id.as_ref(), &alert)?;
            }
            _ => {
                let chargeback = stream.chargeback(&campaign, step).unwrap();
                same(stream, &campaign, step, chargeback.transaction_id.as_ref(), &chargeback)?;
            }
        }
    }
    Ok(seen)
}

fn own_categories() -> ShopConfig {
    let mut config = ShopConfig::calibrated();
    let mut category = CategoryConfig::new("Odd, très & <long>");
    category.price = Some([Money::from_cents(1), Money::from_cents(100_000_000)].into());
    config.catalogue.categories = vec![category, CategoryConfig::new("Books")];
    config.catalogue.products = 12.into();
    config.sessions.basket_lines = vec![1.into(); 10];
    config.fraud.detection.false_positive_rate = 0.7;
    config.sessions.payment_methods[0].name.push_str(" of \"gold\", say");
    config.users.total = 1_000_000_000;
    config
}

fn any_session() -> impl Strategy<Value = (u64, u8, i64, u64)> {
    (0u64..1 << 40, any::<u8>(), 0i64..1 << 52, any::<u64>())
}

#[test]
fn the_documented_shop_writes_what_serde_writes() {
    let shop = Rendered::new(shop(5, &ShopConfig::default()));
    proptest!(|((index, substream, late, word) in any_session())| {
        check(&shop, index, substream, ORIGIN + late, word)?;
    });
}

#[test]
fn so_does_a_shop_with_names_that_need_escaping() {
    let shop = Rendered::new(shop(6, &own_categories()));
    proptest!(|((index, substream, late, word) in any_session())| {
        check(&shop, index, substream, ORIGIN + late, word)?;
    });
}

#[test]
fn campaigns_write_what_serde_writes() {
    let mut odd = own_categories();
    odd.fraud.chargebacks.share = 0.5;
    let streams = [campaigns(5, &ShopConfig::default()), campaigns(6, &odd)].map(Rendered::new);
    proptest!(|((index, _, late, word) in any_session())| {
        for stream in &streams {
            check_campaign(stream, index, ORIGIN + late, word)?;
        }
    });
}

#[test]
fn campaigns_speak_on_all_their_topics() {
    let mut config = ShopConfig::default();
    config.fraud.chargebacks.share = 0.5;
    let stream = Rendered::new(campaigns(5, &config));
    let words = (0..200u64).map(|index| index.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let seen =
        words.zip(0..).map(|(word, index)| check_campaign(&stream, index, ORIGIN, word).unwrap());
    assert_eq!(seen.fold(0, |all, own| all | own), 0b1_1111);
}

#[test]
fn columns_are_those_of_the_flattened_records() {
    let shop = shop(5, &ShopConfig::default());
    let mut seen = [false; 4];
    for index in 0..2_000 {
        let arrival = Arrival { index, substream: 0, at: ORIGIN };
        let session =
            shop.draw(arrival, &mut Words::new(&[index.wrapping_mul(0x9e37_79b9_7f4a_7c15)]));
        for step in steps(&shop, &session, arrival) {
            let topic = shop.topic_of(step.kind);
            let value = match topic {
                0 => serde_json::to_value(shop.event(&session, step).unwrap()).unwrap(),
                1 => serde_json::to_value(shop.purchase(&session, step).unwrap()).unwrap(),
                2 => serde_json::to_value(shop.alert(&session, step).unwrap()).unwrap(),
                _ => serde_json::to_value(shop.user(&session, step).unwrap()).unwrap(),
            };
            assert_eq!(csv::columns(&value), shop.layout(topic).description().columns());
            seen[usize::from(topic)] = true;
        }
    }
    assert_eq!(seen, [true; 4]);
}
