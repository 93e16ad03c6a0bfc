//! The second pass: what became of each record that found no partner.
//!
//! Whether a record that nobody awaited is a copy depends on records that matched long ago.
//! None of them was remembered: the run is a pure function and is simply evaluated again,
//! and only when there is something to explain.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use mercato_engine::{EngineError, Key};

use super::alignment::{Alignment, Awaited, Stray, Text};
use super::comparison::{Comparison, Lost};
use super::content::{Content, key_hash};
use super::expected::Expectation;
use super::order::OrderCheck;
use super::pending::Pending;
use super::report::{Counts, Kind};

/// One difference, explained and not yet put into words.
#[derive(Debug)]
pub(super) struct Finding {
    pub(super) kind: Kind,
    /// The expected record: missing, or what the one that was found is or should be; none for a
    /// header and for a record that is none of the run's.
    pub(super) at: Option<Key>,
    /// Partition of the record that was found, or else of the one that was expected.
    pub(super) partition: u32,
    /// The partition into which the record belongs.
    pub(super) home: u32,
    /// Number of the expected record at this place.
    pub(super) number: u64,
    /// Line number or offset of the record that was found.
    pub(super) position: Option<u64>,
    pub(super) text: Option<Text>,
}

/// A stray with its place.
#[derive(Debug)]
struct Left {
    partition: u32,
    content: Content,
    actual: u64,
    stray: Stray,
}

/// What a stray is found to be, and the record that it is or should be.
#[derive(Debug, Clone, Copy)]
struct Cause {
    kind: Kind,
    at: Option<Key>,
}

/// All that is left to be explained.
struct Rest {
    awaited: Vec<Pending<Awaited>>,
    strays: Vec<Left>,
    findings: Vec<Finding>,
}

/// Explains every difference that `comparison` has met.
pub(super) fn explain(
    mut comparison: Comparison,
    expectation: &Expectation<'_>,
) -> Result<(Counts, Vec<Finding>), EngineError> {
    let mut rest = Rest::of(&mut comparison);
    rest.drop_keyless();
    rest.find_misplaced();
    let (originals, out_of_order) = walk_again(&rest, &comparison, expectation)?;
    rest.find_copies(&originals);
    rest.find_other_keys();
    rest.find_altered(&comparison.partitions);
    let findings = rest.finish(&comparison, &out_of_order);
    let counts = count(&comparison, &findings, expectation.header.is_some());
    Ok((counts, findings))
}

/// The places of the records of which strays are copies, and for each partition which displaced
/// records are out of order.
type Again = (BTreeMap<Content, Option<Key>>, Vec<Vec<bool>>);

fn walk_again(
    rest: &Rest,
    comparison: &Comparison,
    expectation: &Expectation<'_>,
) -> Result<Again, EngineError> {
    let strays: BTreeSet<Content> = rest.strays.iter().map(|left| left.content).collect();
    let mut originals = BTreeMap::new();
    let is_displaced = comparison.partitions.iter().any(|side| !side.displaced.is_empty());
    let mut orders: Vec<OrderCheck<'_>> = comparison
        .partitions
        .iter()
        .map(|side| OrderCheck::new(&side.backbone, &side.displaced))
        .collect();
    if !strays.is_empty() || is_displaced {
        let keyed = comparison.layout.has_keys();
        expectation.walk(comparison.layout, |record| {
            orders[record.partition as usize].feed(record.key);
            if !strays.is_empty() {
                let content =
                    Content::new(record.value, if keyed { key_hash(record.key) } else { 0 });
                if strays.contains(&content) {
                    originals.entry(content).or_insert(record.at);
                }
            }
            Ok::<_, EngineError>(ControlFlow::Continue(()))
        })?;
    }
    Ok((originals, orders.into_iter().map(OrderCheck::finish).collect()))
}

impl Rest {
    fn of(comparison: &mut Comparison) -> Self {
        let mut strays = Vec::new();
        let mut awaited = Vec::new();
        for (partition, alignment) in (0..).zip(&mut comparison.partitions) {
            awaited.push(std::mem::take(&mut alignment.awaited));
            let left = |(content, actual, stray)| Left { partition, content, actual, stray };
            strays
                .extend(std::mem::take(&mut alignment.strays).into_ordered().into_iter().map(left));
        }
        Self { awaited, strays, findings: Vec::new() }
    }

    /// Turns the strays for which `cause` finds one into findings.
    fn sift(&mut self, mut cause: impl FnMut(&mut [Pending<Awaited>], &Left) -> Option<Cause>) {
        let mut strays = Vec::new();
        for left in std::mem::take(&mut self.strays) {
            match cause(&mut self.awaited, &left) {
                Some(cause) => self.findings.push(Finding::of(cause, left)),
                None => strays.push(left),
            }
        }
        self.strays = strays;
    }

    /// Records without a key belong into no partition: one that stands in any is where it should
    /// be.
    fn drop_keyless(&mut self) {
        let (keyless, awaited) = (key_hash(b""), &mut self.awaited);
        self.strays.retain(|left| {
            let Left { content, stray, .. } = left;
            content.identity != keyless || awaited[stray.home as usize].take(*content, 0).is_none()
        });
    }

    /// Records that are missing in one partition and stand in another.
    fn find_misplaced(&mut self) {
        self.sift(|awaited, left| {
            let (_, record) = awaited[left.stray.home as usize].take(left.content, 0)?;
            Some(Cause { kind: Kind::Misplaced, at: record.at })
        });
    }

    /// Records that have been found before.
    fn find_copies(&mut self, originals: &BTreeMap<Content, Option<Key>>) {
        self.sift(|_, left| {
            originals.get(&left.content).map(|at| Cause { kind: Kind::Doubled, at: *at })
        });
    }

    /// Missing records whose value was found under another key.
    fn find_other_keys(&mut self) {
        self.sift(|awaited, left| {
            let (_, record) = awaited.iter_mut().find_map(|side| side.take_value(left.content))?;
            Some(Cause { kind: Kind::Altered, at: record.at })
        });
    }

    /// Missing records and strays of one key between the same two neighbours, paired in order.
    fn find_altered(&mut self, partitions: &[Alignment]) {
        if self.strays.is_empty() {
            return;
        }
        let mut wanted = Vec::new();
        for ((partition, alignment), side) in (0..).zip(partitions).zip(&self.awaited) {
            for (content, number, _) in side.iter() {
                let gap = alignment.backbone.gap_of_expected(number);
                wanted.push(((partition, gap, content.identity), number, content));
            }
        }
        wanted.sort_unstable();
        let slot = |left: &Left| {
            let gap = partitions[left.partition as usize].backbone.gap_of_actual(left.actual);
            (left.partition, gap, left.content.identity)
        };
        self.strays.sort_by_cached_key(|left| (slot(left), left.actual));
        let mut wanted = wanted.into_iter().peekable();
        self.sift(|awaited, left| {
            let slot = slot(left);
            while wanted.next_if(|(other, ..)| *other < slot).is_some() {}
            let (_, number, content) = wanted.next_if(|(other, ..)| *other == slot)?;
            let (_, record) = awaited[left.partition as usize].take(content, number)?;
            Some(Cause { kind: Kind::Altered, at: record.at })
        });
    }

    /// What is still unexplained is missing or unexpected.
    fn finish(mut self, comparison: &Comparison, out_of_order: &[Vec<bool>]) -> Vec<Finding> {
        self.sift(|_, _| Some(Cause { kind: Kind::Unexpected, at: None }));
        let mut findings = self.findings;
        for finding in &mut findings {
            // Until here the number of the record as it was found; differences are shown in the
            // order of the run.
            finding.number = comparison.partitions[finding.partition as usize]
                .backbone
                .reached_before(finding.number);
        }
        for (partition, side) in (0..).zip(self.awaited) {
            findings.extend(side.into_ordered().into_iter().map(|(_, number, record)| {
                Finding::missing(&Lost { partition, number, at: record.at })
            }));
        }
        findings.extend(comparison.first_lost.iter().map(Finding::missing));
        for ((partition, alignment), wrong) in (0..).zip(&comparison.partitions).zip(out_of_order) {
            for (record, _) in alignment.displaced.iter().zip(wrong).filter(|(_, wrong)| **wrong) {
                findings.push(Finding {
                    kind: Kind::OutOfOrder,
                    at: record.at,
                    partition,
                    home: partition,
                    number: record.expected,
                    position: Some(record.position),
                    text: None,
                });
            }
        }
        findings.sort_by_key(|finding| (finding.number, finding.partition, finding.position));
        findings
    }
}

impl Finding {
    fn of(cause: Cause, left: Left) -> Self {
        let Stray { home, position, text } = left.stray;
        Self {
            kind: cause.kind,
            at: cause.at,
            partition: left.partition,
            home,
            number: left.actual,
            position: Some(position),
            text,
        }
    }

    fn missing(lost: &Lost) -> Self {
        let Lost { partition, number, at } = *lost;
        Self {
            kind: Kind::Missing,
            at,
            partition,
            home: partition,
            number,
            position: None,
            text: None,
        }
    }
}

fn count(comparison: &Comparison, findings: &[Finding], has_header: bool) -> Counts {
    let of = |kind| findings.iter().filter(|finding| finding.kind == kind).count() as u64;
    let missing = of(Kind::Missing) + comparison.lost - comparison.first_lost.len() as u64;
    let (altered, out_of_order, misplaced) =
        (of(Kind::Altered), of(Kind::OutOfOrder), of(Kind::Misplaced));
    let mut expected: u64 = comparison.partitions.iter().map(|side| side.expected).sum();
    let mut actual: u64 = comparison.partitions.iter().map(|side| side.actual).sum();
    let displaced: u64 = comparison.partitions.iter().map(|side| side.displaced.len() as u64).sum();
    let concerns_header = |finding: &Finding| {
        finding.at.is_none() && matches!(finding.kind, Kind::Missing | Kind::Altered)
    };
    // A header is no record; it counts as one only where it is a difference.
    if has_header
        && !comparison.layout.has_keys()
        && actual > 0
        && !findings.iter().any(concerns_header)
    {
        expected -= 1;
        actual -= 1;
    }
    Counts {
        expected,
        actual,
        matching: expected - missing - altered - out_of_order - misplaced,
        moved: displaced - out_of_order,
        missing,
        doubled: of(Kind::Doubled),
        out_of_order,
        altered,
        misplaced,
        unexpected: of(Kind::Unexpected),
    }
}
