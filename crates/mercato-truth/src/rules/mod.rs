//! Quality rules of document 004 for any records that claim its shape, also on those that nobody
//! here has made.
//!
//! A [`Checker`] is given records in the order of their times, those of all topics together, and
//! asks of each what the [`Rule`]s ask for; [`sources`] reads files and folders in that order.
//! The topics, and the fields that their records have, are said by the table of the shop's
//! topics, [`Topic::ALL`]; what the rules ask for beyond that is said here.
//! Rules about what an honest user does pass over what is marked as fraud.
//!
//! The memory of earlier records is bounded to the million keys of each kind that came last
//! for the first time;
//! a key that is forgotten is taken for a new one.
//!
//! ```
//! use mercato_truth::Document;
//! use mercato_truth::rules::{Checker, Rule, Topic};
//!
//! let mut checker = Checker::new(3);
//! let mut document = Document::default();
//! assert!(document.read(br#"{"event_id": "evt_1"}"#));
//! checker.check(Topic::USER_EVENTS, &"events.ndjson:1", document.root());
//! let report = checker.report();
//! assert!(!report.is_clean());
//! let required = report.rules.iter().find(|finding| finding.rule == Rule::Required).expect("every rule is told");
//! assert_eq!(required.examples[0].value, "user_id is missing");
//! ```

mod business;
mod catalogue;
mod chronology;
mod currency;
mod geography;
mod known;
mod recent;
mod record;
mod references;
mod report;
mod schema;
pub mod sources;

use std::fmt::Display;
use std::path::PathBuf;

pub use catalogue::Rule;
pub use known::{Known, Products};
use mercato_schema::{Description, Timestamp};
pub use mercato_shop::shop::Topic;
pub use record::{topic_named, topic_shaped_like};
pub use report::{Example, Finding, RulesReport};

use business::Business;
use chronology::Chronology;
use currency::Currency;
use geography::Geography;
use references::References;
use report::Findings;

use crate::records::{Meter, Node, NodeKind};

/// Letters of a value that are shown.
const EXCERPT: usize = 60;

/// The rules, with what they remember.
#[derive(Debug)]
pub struct Checker {
    findings: Findings,
    references: References,
    chronology: Chronology,
    geography: Geography,
    business: Business,
    known: Option<Known>,
    meter: Meter,
}

impl Checker {
    /// A checker that shows so many examples of each rule.
    pub fn new(examples: usize) -> Self {
        Self {
            findings: Findings::new(examples),
            references: References::new(recent::MOST),
            chronology: Chronology::new(recent::MOST),
            geography: Geography::new(recent::MOST),
            business: Business::new(recent::MOST),
            known: None,
            meter: Meter::default(),
        }
    }

    /// Checks values, users and products against those of a configured shop, too.
    #[must_use]
    pub fn known(mut self, known: Known) -> Self {
        self.known = Some(known);
        self
    }

    /// The meter of the bytes that [`sources`] read.
    pub fn meter(&self) -> &Meter {
        &self.meter
    }

    /// Notes a record of `place` that is no object at all.
    pub fn unreadable(&mut self, place: &dyn Display, text: &str) {
        self.findings.record();
        self.findings.judge(Rule::Readable, place, false, || cut(text));
    }

    /// Counts a record of `topic` without a value: a delete, where the topic is compacted.
    pub fn tombstone(&mut self, topic: Option<Topic>, place: &dyn Display) {
        match topic {
            Some(topic) if !topic.compacted => self.unreadable(place, "null"),
            _ => self.findings.delete(),
        }
    }

    /// Notes what was found among the files and is none.
    fn skip(&mut self, paths: Vec<PathBuf>) {
        self.findings.skip(paths);
    }

    /// Checks a record of `topic` that stands at `place`.
    pub fn check(&mut self, topic: Topic, place: &dyn Display, record: Node<'_>) {
        self.check_at(topic, place, record, time_of(record));
    }

    /// Checks a record whose time is known.
    fn check_at(&mut self, topic: Topic, place: &dyn Display, record: Node<'_>, at: Option<i64>) {
        let facts = Facts::new(topic, place, record, at);
        let findings = &mut self.findings;
        findings.record();
        findings.judge(Rule::Readable, place, record.is_object(), || excerpt(record));
        if record.is_object() {
            schema::check(&facts, findings);
            self.chronology.check(&facts, findings);
            self.references.check(&facts, findings);
            self.geography.check(&facts, findings);
            self.business.check(&facts, findings);
            if let Some(known) = &self.known {
                known.check(&facts, findings);
            }
        }
    }

    /// The findings so far.
    pub fn report(&self) -> RulesReport {
        self.findings.report()
    }
}

/// A record with what every family of rules asks of it.
#[derive(Clone, Copy)]
struct Facts<'a> {
    topic: Topic,
    description: &'static Description,
    record: Node<'a>,
    place: &'a dyn Display,
    /// Its `timestamp` in microseconds since the Unix epoch, if it can be read.
    at: Option<i64>,
    /// Its `user_id`, if that is a text.
    user: Option<&'a str>,
    /// Its `products`, the lines of a basket, if there are any.
    products: Option<Node<'a>>,
    is_fraud: bool,
    currency: Currency,
}

impl<'a> Facts<'a> {
    /// The facts of a record; the fields that several rules need are found in one pass.
    fn new(topic: Topic, place: &'a dyn Display, record: Node<'a>, at: Option<i64>) -> Self {
        let (mut user, mut products, mut fraud, mut currency) = (None, None, None, None);
        for (name, value) in record.members() {
            // As in `Node::get`, the first of several members of a name counts.
            match name {
                "user_id" => user = user.or(Some(value)),
                "products" => products = products.or(Some(value)),
                "is_fraud" => fraud = fraud.or(Some(value)),
                "currency" => currency = currency.or(Some(value)),
                _ => {}
            }
        }
        Self {
            topic,
            description: topic.description(),
            record,
            place,
            at,
            user: user.and_then(Node::text),
            products,
            is_fraud: fraud.and_then(Node::boolean).unwrap_or(false),
            currency: Currency::named(currency, Currency::UNNAMED),
        }
    }

    fn get(&self, field: &str) -> Option<Node<'a>> {
        self.record.get(field)
    }

    fn text(&self, field: &str) -> Option<&'a str> {
        self.get(field).and_then(Node::text)
    }

    /// An amount of the record in units of its currency's last decimal.
    fn units(&self, field: &str) -> Option<i64> {
        self.get(field).and_then(|amount| self.currency.units(amount))
    }

    /// The lines of a basket.
    fn lines(&self) -> impl Iterator<Item = Node<'a>> + use<'a> {
        self.products.into_iter().flat_map(Node::items)
    }
}

/// The `timestamp` of a record in microseconds since the Unix epoch, if it can be read.
fn time_of(record: Node<'_>) -> Option<i64> {
    let text = record.get("timestamp").and_then(Node::text)?;
    Timestamp::of_record(text).ok().map(Timestamp::micros)
}

fn excerpt(value: Node<'_>) -> String {
    match value.kind() {
        NodeKind::Text => cut(&format!("{:?}", value.json())),
        _ => cut(value.json()),
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(EXCERPT) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
