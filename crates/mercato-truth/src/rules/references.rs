//! References: what a record names is there, and is always the same.

use std::fmt::Display;

use super::currency::Currency;
use super::recent::{Recent, hash};
use super::record::identifier;
use super::{Facts, Findings, Rule, Topic};
use crate::records::Node;

/// The facts remembered of records that others refer to.
#[derive(Debug)]
pub(super) struct References {
    /// The time of each identifier, by topic.
    identifiers: [Recent<Option<i64>>; Topic::ALL.len()],
    products: Recent<Called>,
    /// The user of each session, as a hash.
    users: Recent<Option<u64>>,
    prices: Recent<Listed>,
    people: Recent<Person>,
    any_transaction: bool,
}

/// What the last record of a user says, as hashes.
#[derive(Debug, Clone, Copy)]
struct Person {
    /// In the order of [`CHANGING`].
    values: [Option<u64>; CHANGING.len()],
}

/// Fields of a user that may change, each with the one that says what it was before.
const CHANGING: [(&str, &str); 3] =
    [("user_type", "previous_user_type"), ("email", "previous_email"), ("city", "previous_city")];

/// Name and category of a product, as hashes.
#[derive(Debug, Clone, Copy, Default)]
struct Called {
    name: Option<u64>,
    category: Option<u64>,
}

/// The price for which a product is listed.
#[derive(Debug, Clone, Copy)]
struct Listed {
    /// In units of the last decimal of `currency`.
    units: i64,
    currency: Currency,
    /// Since when, and for how much before.
    since: Option<i64>,
    before: Option<i64>,
}

impl Listed {
    /// Returns true if somebody may have paid so much: in the millisecond of a change also what was
    /// listed before, since records do not tell which came first.
    fn may_be_paid(self, units: i64, at: Option<i64>) -> bool {
        units == self.units || (at == self.since && Some(units) == self.before)
    }
}

impl References {
    pub(super) fn new(most: usize) -> Self {
        Self {
            identifiers: Topic::ALL.map(|_| Recent::new(most)),
            products: Recent::new(most),
            users: Recent::new(most),
            prices: Recent::new(most),
            people: Recent::new(most),
            any_transaction: false,
        }
    }

    pub(super) fn check(&mut self, facts: &Facts<'_>, findings: &mut Findings) {
        if let Some(identifier) = facts.text(identifier(facts.topic)) {
            let before = self.identifiers[facts.topic.index()].insert(identifier, facts.at);
            findings.judge(Rule::Unique, facts.place, before.is_none(), || {
                format!("{identifier} again")
            });
        }
        // A chargeback comes days after what it takes back, which may be forgotten by then.
        match facts.topic {
            topic if topic == Topic::PRODUCT_UPDATES => self.update(facts, findings),
            topic if topic == Topic::USERS => self.user(facts, findings),
            topic if topic == Topic::USER_EVENTS => {
                self.introduced(facts, findings);
                self.event(facts, findings);
            }
            topic if topic == Topic::TRANSACTIONS => {
                self.introduced(facts, findings);
                self.transaction(facts, findings);
            }
            topic if topic == Topic::FRAUD_ALERTS => self.alert(facts, findings),
            _ => {}
        }
    }

    fn update(&mut self, facts: &Facts<'_>, findings: &mut Findings) {
        self.product(facts.record, facts.place, findings);
        let (Some(product), Some(new)) = (facts.text("product_id"), facts.units("new_price"))
        else {
            return;
        };
        let (currency, old) = (facts.currency, facts.units("old_price"));
        let known = self.prices.get(product).copied();
        let known = known.filter(|known| known.currency.is_like(currency));
        if let (Some(Listed { units, .. }), Some(old)) = (known, old) {
            findings.judge(Rule::PriceHistory, facts.place, units == old, || {
                format!("old_price is {old} {}, the update before said {units}", currency.unit())
            });
        }
        // Of several changes in one millisecond the price before the first counts.
        let before = match known {
            Some(known) if known.since == facts.at => known.before,
            known => known.map(|known| known.units).or(old),
        };
        self.prices.insert(product, Listed { units: new, currency, since: facts.at, before });
    }

    fn user(&mut self, facts: &Facts<'_>, findings: &mut Findings) {
        let Some(user) = facts.user else { return };
        let values = CHANGING.map(|(field, _)| facts.text(field).map(hash));
        let Some(known) = self.people.insert(user, Person { values }) else { return };
        for ((field, previous), known) in CHANGING.into_iter().zip(known.values) {
            let (Some(said), Some(known)) = (facts.text(previous), known) else { continue };
            findings.judge(Rule::UserHistory, facts.place, hash(said) == known, || {
                format!("{previous} is {said:?}, which {field} of {user} was not before")
            });
        }
    }

    /// Checks that there is a record of the user before; only where there are any, and none is
    /// forgotten.
    fn introduced(&self, facts: &Facts<'_>, findings: &mut Findings) {
        let Some(user) = facts.user else { return };
        if self.people.is_empty() || self.people.is_full() {
            return;
        }
        let is_known = self.people.get(user).is_some();
        findings.judge(Rule::Introduced, facts.place, is_known, || {
            format!("there is no record of {user} before")
        });
    }

    fn event(&mut self, facts: &Facts<'_>, findings: &mut Findings) {
        self.product(facts.record, facts.place, findings);
        if let (Some(session), Some(user)) = (facts.text("session_id"), facts.user) {
            let is_same = is_as_before(self.users.entry(session), user);
            findings.judge(Rule::Session, facts.place, is_same, || {
                format!("{session} is of {user} and of another")
            });
        }
    }

    fn transaction(&mut self, facts: &Facts<'_>, findings: &mut Findings) {
        self.any_transaction = true;
        for line in facts.lines() {
            self.product(line, facts.place, findings);
            if self.prices.is_empty() {
                continue;
            }
            let product = line.get("product_id").and_then(Node::text).unwrap_or_default();
            let Some(listed) = self.prices.get(product).copied() else { continue };
            let currency = Currency::of(line, facts.currency);
            let paid = line.get("price").and_then(|price| currency.units(price));
            if let Some(paid) = paid.filter(|_| currency.is_like(listed.currency)) {
                findings.judge(
                    Rule::ListedPrice,
                    facts.place,
                    listed.may_be_paid(paid, facts.at),
                    || {
                        format!(
                            "{product} is paid with {paid} {} and listed for {}",
                            currency.unit(),
                            listed.units
                        )
                    },
                );
            }
        }
    }

    fn alert(&mut self, facts: &Facts<'_>, findings: &mut Findings) {
        let Some(transaction) = facts.text("transaction_id").filter(|_| self.any_transaction)
        else {
            return;
        };
        let found = self.identifiers[Topic::TRANSACTIONS.index()].get(transaction).copied();
        findings.judge(Rule::Alerted, facts.place, found.is_some(), || {
            format!("there is no {transaction} before")
        });
        if let (Some(Some(then)), Some(now)) = (found, facts.at) {
            findings.judge(Rule::Cause, facts.place, then < now, || {
                format!("the alert is {} ms after {transaction}", (now - then) / 1000)
            });
        }
    }

    /// Checks that a product is called as before.
    fn product(&mut self, value: Node<'_>, place: &dyn Display, findings: &mut Findings) {
        let text = |field: &str| value.get(field).and_then(Node::text);
        let Some(product) = text("product_id") else { return };
        let (name, category) = (text("name"), text("category"));
        if name.is_none() && category.is_none() {
            return;
        }
        let called = self.products.entry(product);
        let both = [("name", &mut called.name, name), ("category", &mut called.category, category)];
        for (field, known, said) in both {
            if let Some(said) = said {
                findings.judge(Rule::Product, place, is_as_before(known, said), || {
                    format!("{field} of {product} is {said:?} now")
                });
            }
        }
    }
}

/// Returns whether `value` is what was there before; remembers it if there was nothing.
fn is_as_before(known: &mut Option<u64>, value: &str) -> bool {
    let said = hash(value);
    *known.get_or_insert(said) == said
}
