//! Closed sets: what a configuration says that there can be.
//!
//! The streams themselves say it, in the tables of their layouts: a payment method is one of those
//! that are configured, and country, state and city are one of the places where users live.

use std::fmt::Display;

use mercato_encode::{Constant, Layout, Part};

use super::recent::Recent;
use super::{Facts, Findings, Rule, Topic};
use crate::records::{Node, NodeKind};

/// The values, users and products of a configured shop.
#[derive(Debug)]
pub struct Known {
    topics: [Vec<Table>; Topic::ALL.len()],
    users: u64,
    products: Products,
}

/// The products of a shop.
#[derive(Debug, Clone)]
pub enum Products {
    /// Numbered from 1.
    Numbered {
        /// Products at the beginning.
        total: u64,
        /// True if products with higher numbers are launched in the place of others.
        has_successors: bool,
    },
    /// Listed by identifier.
    Listed(Vec<String>),
}

/// Fields that together have one of a few combinations of values.
#[derive(Debug)]
struct Table {
    /// The list whose items have the fields; none for the record itself.
    list: Option<String>,
    /// The paths of the fields.
    paths: Vec<String>,
    /// The combinations, as they are written by [`append`].
    rows: Recent<()>,
}

impl Known {
    /// The values that `layouts` name, and so many users and products.
    pub fn new<'a>(
        layouts: impl IntoIterator<Item = (Topic, &'a Layout)>,
        users: u64,
        products: Products,
    ) -> Self {
        let mut topics = Topic::ALL.map(|_| Vec::new());
        for (topic, layout) in layouts {
            collect(layout, None, &mut topics[topic.index()]);
        }
        Self { topics, users, products }
    }

    pub(super) fn check(&self, facts: &Facts<'_>, findings: &mut Findings) {
        let mut text = String::new();
        for table in &self.topics[facts.topic.index()] {
            match &table.list {
                None => table.check(facts.record, facts.place, &mut text, findings),
                Some(list) => {
                    for item in facts.get(list).into_iter().flat_map(Node::items) {
                        table.check(item, facts.place, &mut text, findings);
                    }
                }
            }
        }
        if let Some(user) = facts.user {
            let number = number_of(user, "user_");
            let is_known = number.is_some_and(|number| (1..=self.users).contains(&number));
            findings.judge(Rule::KnownUser, facts.place, is_known, || {
                format!("{user} is none of {} users", self.users)
            });
        }
        for line in [facts.record].into_iter().chain(facts.lines()) {
            if let Some(product) = line.get("product_id").and_then(Node::text) {
                self.product(product, facts.place, findings);
            }
        }
    }

    /// Judges an identifier; how many successors there are depends on the time that has passed.
    fn product(&self, product: &str, place: &dyn Display, findings: &mut Findings) {
        let is_known = match &self.products {
            Products::Numbered { total, has_successors } => number_of(product, "prod_")
                .is_some_and(|number| number > 0 && (number <= *total || *has_successors)),
            Products::Listed(listed) => listed.iter().any(|known| known == product),
        };
        findings.judge(Rule::KnownProduct, place, is_known, || {
            format!("{product} is none of the products")
        });
    }
}

/// The number after `prefix`.
fn number_of(text: &str, prefix: &str) -> Option<u64> {
    let digits = text.strip_prefix(prefix)?;
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
}

/// Adds the tables of a layout and of the items of its lists.
fn collect(layout: &Layout, list: Option<&str>, tables: &mut Vec<Table>) {
    let leaves = layout.description().leaves();
    for slot in layout.slots() {
        let paths = leaves.get(slot.leaves.clone()).unwrap_or_default();
        match &slot.part {
            Part::Table(rows) => {
                let mut known = Recent::new(usize::MAX);
                for row in rows {
                    let mut text = String::new();
                    row.iter().for_each(|value| append(constant(value), &mut text));
                    known.insert(&text, ());
                }
                let paths = paths.iter().map(|leaf| leaf.path.clone()).collect();
                tables.push(Table { list: list.map(str::to_owned), paths, rows: known });
            }
            Part::List(items) if list.is_none() => {
                let name = paths.first().map(|leaf| leaf.path.as_str());
                collect(items, name, tables);
            }
            _ => {}
        }
    }
}

/// A constant as text; none for a number, whose spelling says nothing.
fn constant(value: &Constant) -> Option<&str> {
    match value {
        Constant::Text(text) => Some(text),
        Constant::Boolean(true) => Some("true"),
        Constant::Boolean(false) => Some("false"),
        _ => None,
    }
}

/// Appends a value, closed by a character that no text has by chance.
fn append(value: Option<&str>, text: &mut String) {
    text.push_str(value.unwrap_or("\u{0}"));
    text.push('\u{1f}');
}

impl Table {
    fn check(
        &self,
        object: Node<'_>,
        place: &dyn Display,
        text: &mut String,
        findings: &mut Findings,
    ) {
        text.clear();
        for path in &self.paths {
            let Some(value) = at(object, path) else { return };
            match value.kind() {
                NodeKind::Text | NodeKind::Boolean => append(Some(value.json()), text),
                NodeKind::Null => append(None, text),
                _ => return,
            }
        }
        findings.judge(Rule::KnownValue, place, self.rows.get(text).is_some(), || {
            let said = text.trim_end_matches('\u{1f}').replace('\u{1f}', ", ");
            format!("{} is {said}", self.paths.join(", ")).replace('\u{0}', "null")
        });
    }
}

/// The value at a dotted path.
fn at<'a>(object: Node<'a>, path: &str) -> Option<Node<'a>> {
    match path.split_once('.') {
        Some((name, rest)) => at(object.get(name)?, rest),
        None => object.get(path),
    }
}
