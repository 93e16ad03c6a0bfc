//! The shop's fast path writes what serde writes for the same record, in both formats.

use mercato_draw::Words;
use mercato_encode::csv;
use mercato_engine::{Arrival, Format, Step, Stream, Trace};
use mercato_schema::Money;
use mercato_shop::shop::catalogue::CategoryConfig;
use mercato_shop::shop::{Campaigns, Session, Shop, ShopConfig};
use proptest::prelude::*;
use serde::Serialize;

use crate::drive::{ORIGIN, campaigns, render, shop};

/// The steps of a session as the engine hands them out.
fn steps(shop: &Shop, session: &Session, arrival: Arrival) -> Vec<Step> {
    let mut trace = Trace::default();
    shop.trace(session, arrival, &mut trace);
    let step = |(number, (at, kind)): (usize, (i64, u16))| Step {
        arrival: arrival.index,
        lane: arrival.lane,
        number: number as u16,
        kind,
        at,
        hurried: false,
    };
    trace.steps().enumerate().map(step).collect()
}

fn text(value: &impl Serialize, format: Format) -> Vec<u8> {
    match format {
        Format::Json => serde_json::to_vec(value).unwrap(),
        Format::Csv | Format::Columns => {
            let mut line = Vec::new();
            csv::flatten(&mut line, &serde_json::to_value(value).unwrap());
            line
        }
    }
}

fn check(shop: &Shop, index: u64, lane: u8, at: i64, word: u64) -> Result<(), TestCaseError> {
    let lane = lane % shop.arrivals().len() as u8;
    let arrival = Arrival { index, lane, at };
    let session = shop.draw(arrival, &mut Words::new(&[word]));
    for step in steps(shop, &session, arrival) {
        for step in [step, Step { hurried: true, ..step }] {
            for format in [Format::Json, Format::Csv] {
                let (key, value) = render(shop, &session, step, format);
                if let Some(alert) = shop.alert(&session, step) {
                    prop_assert_eq!(&key, alert.transaction_id.as_bytes());
                    prop_assert_eq!(
                        String::from_utf8(value).unwrap(),
                        String::from_utf8(text(&alert, format)).unwrap()
                    );
                } else if let Some(event) = shop.event(&session, step) {
                    prop_assert_eq!(&key, event.session_id.as_bytes());
                    prop_assert_eq!(
                        String::from_utf8(value).unwrap(),
                        String::from_utf8(text(&event, format)).unwrap()
                    );
                } else {
                    let purchase = shop.purchase(&session, step).unwrap();
                    prop_assert_eq!(&key, purchase.user_id.as_bytes());
                    prop_assert_eq!(
                        String::from_utf8(value).unwrap(),
                        String::from_utf8(text(&purchase, format)).unwrap()
                    );
                }
            }
        }
    }
    Ok(())
}

fn check_campaign(
    stream: &Campaigns,
    index: u64,
    at: i64,
    word: u64,
) -> Result<u16, TestCaseError> {
    let arrival = Arrival { index, lane: 0, at };
    let campaign = stream.draw(arrival, &mut Words::new(&[word]));
    let mut seen = 0;
    for step in crate::fraud_laws::steps(stream, &campaign, arrival) {
        seen |= 1 << stream.topic_of(step.kind);
        for format in [Format::Json, Format::Csv] {
            let (key, value) = render(stream, &campaign, step, format);
            let (expected_key, expected) = match stream.topic_of(step.kind) {
                0 => {
                    let event = stream.event(&campaign, step).unwrap();
                    (event.session_id.to_string(), text(&event, format))
                }
                1 => {
                    let purchase = stream.purchase(&campaign, step).unwrap();
                    (purchase.user_id.to_string(), text(&purchase, format))
                }
                2 => {
                    let alert = stream.alert(&campaign, step).unwrap();
                    (alert.transaction_id.to_string(), text(&alert, format))
                }
                _ => {
                    let chargeback = stream.chargeback(&campaign, step).unwrap();
                    (chargeback.transaction_id.to_string(), text(&chargeback, format))
                }
            };
            prop_assert_eq!(String::from_utf8(key).unwrap(), expected_key);
            prop_assert_eq!(
                String::from_utf8(value).unwrap(),
                String::from_utf8(expected).unwrap()
            );
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
    config.sessions.basket_lines = vec![1; 10];
    config.fraud.detection.false_positive_rate = 0.7;
    config.sessions.payment_methods[0].name.push_str(" of \"gold\", say");
    config.users.total = 1_000_000_000;
    config
}

proptest! {
    #[test]
    fn the_documented_shop_writes_what_serde_writes(index in 0u64..1 << 40, lane: u8, late in 0i64..1 << 52, word: u64) {
        check(&shop(5, &ShopConfig::default()), index, lane, ORIGIN + late, word)?;
    }

    #[test]
    fn so_does_a_shop_with_names_that_need_escaping(index in 0u64..1 << 40, lane: u8, late in 0i64..1 << 52, word: u64) {
        check(&shop(6, &own_categories()), index, lane, ORIGIN + late, word)?;
    }
}

proptest! {
    #[test]
    fn campaigns_write_what_serde_writes(index in 0u64..1 << 40, late in 0i64..1 << 52, word: u64) {
        check_campaign(&campaigns(5, &ShopConfig::default()), index, ORIGIN + late, word)?;
        let mut odd = own_categories();
        odd.fraud.chargebacks.share = 0.5;
        check_campaign(&campaigns(6, &odd), index, ORIGIN + late, word)?;
    }
}

#[test]
fn campaigns_speak_on_all_their_topics() {
    let mut config = ShopConfig::default();
    config.fraud.chargebacks.share = 0.5;
    let stream = campaigns(5, &config);
    let words = (0..200u64).map(|index| index.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let seen =
        words.zip(0..).map(|(word, index)| check_campaign(&stream, index, ORIGIN, word).unwrap());
    assert_eq!(seen.fold(0, |all, own| all | own), 0b1111);
}

#[test]
fn columns_are_those_of_the_flattened_records() {
    let shop = shop(5, &ShopConfig::default());
    let mut seen = [false; 3];
    for index in 0..2_000 {
        let arrival = Arrival { index, lane: 0, at: ORIGIN };
        let session =
            shop.draw(arrival, &mut Words::new(&[index.wrapping_mul(0x9e37_79b9_7f4a_7c15)]));
        for step in steps(&shop, &session, arrival) {
            let topic = shop.topic_of(step.kind);
            let value = match topic {
                0 => serde_json::to_value(shop.event(&session, step).unwrap()).unwrap(),
                1 => serde_json::to_value(shop.purchase(&session, step).unwrap()).unwrap(),
                _ => serde_json::to_value(shop.alert(&session, step).unwrap()).unwrap(),
            };
            assert_eq!(csv::columns(&value), shop.layout(topic).description().columns());
            seen[usize::from(topic)] = true;
        }
    }
    assert_eq!(seen, [true; 3]);
}
