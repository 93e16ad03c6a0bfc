//! Quality rules of document 004 for any records that claim its shape, also on those that nobody
//! here has made.
//!
//! A [`Checker`] is given records in the order of their times, those of all topics together, and
//! asks of each what the [`Rule`]s ask for; [`sources`] reads files and folders in that order.
//! Which topics there are, and which fields their records have, is said by the table of the shop's
//! topics, [`Topic::ALL`]; what the rules ask for beyond that is said here.
//! Rules about what an honest user does pass over what is marked as fraud.
//!
//! What is remembered of earlier records is bounded to the million keys of each kind that came last
//! for the first time;
//! a key that is forgotten is taken for a new one.
//!
//! ```
//! use mercato_truth::rules::{Checker, Rule, Topic};
//!
//! let mut checker = Checker::new(3);
//! checker.check(Topic::USER_EVENTS, "events.ndjson:1", &serde_json::json!({"event_id": "evt_1"}));
//! let report = checker.report();
//! assert!(!report.is_clean());
//! let required = report.rules.iter().find(|finding| finding.rule == Rule::Required).expect("every rule is told");
//! assert_eq!(required.examples[0].value, "user_id is missing");
//! ```

mod business;
mod catalogue;
mod chronology;
mod geography;
mod recent;
mod record;
mod references;
mod report;
mod schema;
pub mod sources;

pub use catalogue::Rule;
use mercato_schema::{Money, Timestamp};
pub use mercato_shop::shop::Topic;
pub use record::{topic_named, topic_shaped_like};
pub use report::{Example, Finding, RulesReport};
use serde_json::Value;

use business::Business;
use chronology::Chronology;
use geography::Geography;
use references::References;
use report::Findings;

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
        }
    }

    /// Notes a record of `place` that is no object at all.
    pub fn unreadable(&mut self, place: &str, text: &str) {
        self.findings.record();
        self.findings.judge(Rule::Readable, place, false, || cut(text));
    }

    /// Checks a record of `topic` that stands at `place`.
    pub fn check(&mut self, topic: Topic, place: &str, value: &Value) {
        let text = value.get("timestamp").and_then(Value::as_str);
        let at = text.and_then(|text| Timestamp::of_record(text).ok()).map(Timestamp::micros);
        let facts = Facts { topic, value, place, at };
        let findings = &mut self.findings;
        findings.record();
        findings.judge(Rule::Readable, place, value.is_object(), || excerpt(value));
        if value.is_object() {
            schema::check(&facts, findings);
            self.chronology.check(&facts, findings);
            self.references.check(&facts, findings);
            self.geography.check(&facts, findings);
            self.business.check(&facts, findings);
        }
    }

    /// What was found so far.
    pub fn report(&self) -> RulesReport {
        self.findings.report()
    }
}

/// A record with what every family of rules asks of it.
#[derive(Debug, Clone, Copy)]
struct Facts<'a> {
    topic: Topic,
    value: &'a Value,
    place: &'a str,
    /// Its `timestamp` in microseconds since the Unix epoch, if it can be read.
    at: Option<i64>,
}

impl<'a> Facts<'a> {
    fn text(&self, field: &str) -> Option<&'a str> {
        self.value.get(field).and_then(Value::as_str)
    }

    fn cents(&self, field: &str) -> Option<i64> {
        cents(self.value.get(field))
    }

    /// The lines of a basket.
    fn lines(&self) -> &'a [Value] {
        self.value.get("products").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
    }

    fn is_fraud(&self) -> bool {
        self.value.get("is_fraud").and_then(Value::as_bool).unwrap_or(false)
    }
}

/// An amount of money in cents.
fn cents(value: Option<&Value>) -> Option<i64> {
    Money::from_number(value?.as_f64()?).ok().map(Money::cents)
}

fn excerpt(value: &Value) -> String {
    cut(&value.to_string())
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(EXCERPT) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
