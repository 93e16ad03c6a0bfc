//! Business logic: amounts that add up, numbers that are possible, users who behave.

use std::collections::VecDeque;

use super::currency::Currency;
use super::recent::Recent;
use super::{Facts, Findings, Rule, Topic};
use crate::records::{Node, NodeKind};

/// The highest plausible tax in per cent; the highest there is, in Hungary, is 27.
const MOST_TAX: i64 = 30;
/// Purchases of one user within [`ATTACK_MICROS`] that not even an attack has; on a holiday the
/// busiest of honest users reach the 5 with which an attack begins.
const ATTACK: usize = 16;
const ATTACK_MICROS: i64 = 300_000_000;
/// Seconds of a day.
const DAY: i64 = 86_400;

/// The times at which each user last bought honestly.
#[derive(Debug)]
pub(super) struct Business {
    purchases: Recent<VecDeque<i64>>,
}

impl Business {
    pub(super) fn new(most: usize) -> Self {
        Self { purchases: Recent::new(most) }
    }

    pub(super) fn check(&mut self, facts: &Facts<'_>, findings: &mut Findings) {
        let place = facts.place;
        if let Some(score) = facts.get("fraud_score").and_then(Node::double) {
            findings.judge(Rule::Score, place, (0.0..=1.0).contains(&score), || {
                format!("fraud_score is {score}")
            });
        }
        match facts.topic {
            topic if topic == Topic::PRODUCT_UPDATES => {
                if let Some(price) = facts.units("new_price") {
                    findings.judge(Rule::Price, place, price > 0, || {
                        format!("new_price is {price} {}", facts.currency.unit())
                    });
                }
            }
            topic if topic == Topic::USER_EVENTS => {
                if let Some(seconds) = facts.get("duration_seconds").and_then(Node::whole) {
                    findings.judge(Rule::Duration, place, (0..=DAY).contains(&seconds), || {
                        format!("{seconds} s")
                    });
                }
            }
            topic if topic == Topic::TRANSACTIONS => {
                amounts(facts, findings);
                self.velocity(facts, findings);
            }
            _ => {}
        }
    }

    fn velocity(&mut self, facts: &Facts<'_>, findings: &mut Findings) {
        let (Some(user), Some(at), false) = (facts.user, facts.at, facts.is_fraud) else {
            return;
        };
        let purchases = self.purchases.entry(user);
        purchases.push_back(at);
        while purchases.front().is_some_and(|first| at - first > ATTACK_MICROS)
            || purchases.len() > ATTACK
        {
            purchases.pop_front();
        }
        let count = purchases.len();
        findings.judge(Rule::Velocity, facts.place, count < ATTACK, || {
            format!("{user} has {count} honest purchases within 5 minutes")
        });
    }
}

fn amounts(facts: &Facts<'_>, findings: &mut Findings) {
    let place = facts.place;
    let products = facts.products.filter(|products| products.kind() == NodeKind::Array);
    let Some(products) = products else { return };
    let is_empty = products.items().next().is_none();
    findings.judge(Rule::Basket, place, !is_empty, || "products is empty".to_owned());
    let mut sum = Some(0i64);
    for line in products.items() {
        let number = line.get("quantity").and_then(Node::number);
        let quantity = number.and_then(|number| number.parse::<i64>().ok());
        let currency = Currency::of(line, facts.currency);
        let price = line.get("price").and_then(|price| currency.units(price));
        if let Some(price) = price {
            findings.judge(Rule::Price, place, price > 0, || {
                format!("price is {price} {}", currency.unit())
            });
        }
        if let Some(value) = number {
            let is_positive = quantity.is_some_and(|quantity| quantity > 0);
            findings.judge(Rule::Quantity, place, is_positive, || format!("quantity is {value}"));
        }
        let amount = price.zip(quantity).and_then(|(price, quantity)| price.checked_mul(quantity));
        // What is paid in another currency cannot be added.
        let amount = amount.filter(|_| currency.is_like(facts.currency));
        sum = sum.zip(amount).and_then(|(sum, amount)| sum.checked_add(amount));
    }
    if let (Some(sum), Some(total)) = (sum, facts.units("total_amount")) {
        // Rounding may go either way by one unit of the last decimal.
        let bounds = i128::from(sum) - 1..=i128::from(sum) * i128::from(100 + MOST_TAX) / 100 + 1;
        findings.judge(Rule::Total, place, bounds.contains(&i128::from(total)), || {
            format!("total_amount is {total} {} for lines of {sum}", facts.currency.unit())
        });
    }
}
