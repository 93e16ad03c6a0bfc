//! Chronology: times can be read, and the records of a key stand in their order.

use super::recent::Recent;
use super::{Facts, Findings, Rule, Topic};

/// The last time of each key, by topic.
#[derive(Debug)]
pub(super) struct Chronology {
    last: [Recent<i64>; Topic::ALL.len()],
}

impl Chronology {
    pub(super) fn new(most: usize) -> Self {
        Self { last: Topic::ALL.map(|_| Recent::new(most)) }
    }

    pub(super) fn check(&mut self, facts: &Facts<'_>, findings: &mut Findings) {
        if let Some(text) = facts.text("timestamp") {
            let is_a_time = facts.at.is_some_and(|at| at >= 0);
            findings.judge(Rule::Timestamp, facts.place, is_a_time, || {
                format!("timestamp is {text:?}")
            });
        }
        let (Some(key), Some(at)) = (facts.text(&facts.topic.description().key), facts.at) else {
            return;
        };
        let last = &mut self.last[facts.topic.index()];
        let before = last.insert(key, at);
        findings.judge(Rule::Order, facts.place, before.is_none_or(|before| before <= at), || {
            format!("{key} goes back by {} ms", before.map_or(0, |before| (before - at) / 1000))
        });
    }
}
