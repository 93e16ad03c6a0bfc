//! The second pass: explains each record that found no partner.
//!
//! Some of them are copies of records that matched long ago.
//! None of them was remembered: the run is a pure function and is simply evaluated again,
//! and only when there is something to explain.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use mercato_engine::{EngineError, Key};

use super::alignment::{Alignment, Extra, Missing, Text};
use super::comparison::{Comparison, Lost};
use super::content::{Content, Contents, key_hash};
use super::expected::{Expectation, Expected};
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

/// An extra record with its place.
#[derive(Debug)]
struct Left {
    partition: u32,
    content: Content,
    actual: u64,
    extra: Extra,
}

/// The kind of difference that an extra record is, and the record that it is or should be.
#[derive(Debug, Clone, Copy)]
struct Cause {
    kind: Kind,
    at: Option<Key>,
}

/// All that is left to be explained.
struct Rest {
    missing: Vec<Pending<Missing>>,
    extras: Vec<Left>,
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
    let (originals, out_of_order) = walk_again(&rest, &mut comparison, expectation)?;
    rest.find_copies(&originals);
    rest.find_other_keys();
    rest.find_altered(&comparison.partitions);
    let findings = rest.finish(&comparison, &out_of_order);
    let counts = count(&comparison, &findings, expectation.header.is_some());
    Ok((counts, findings))
}

/// The places of the records of which extras are copies, and for each partition which moved
/// records are out of order.
type Again = (BTreeMap<Content, Option<Key>>, Vec<Vec<bool>>);

fn walk_again(
    rest: &Rest,
    comparison: &mut Comparison,
    expectation: &Expectation<'_>,
) -> Result<Again, EngineError> {
    let Comparison { contents, partitions, layout, .. } = comparison;
    // Contents of bytes are made much faster, and will do where nothing was written anew.
    let by_value = partitions.iter().any(|side| side.by_value);
    let as_compared = |left: &Left| {
        let value = if by_value { left.content.value } else { left.extra.bytes };
        Content { value, ..left.content }
    };
    let extras: BTreeMap<Content, Content> =
        rest.extras.iter().map(|left| (as_compared(left), left.content)).collect();
    let mut originals = BTreeMap::new();
    let is_moved = partitions.iter().any(|side| !side.moved.is_empty());
    let mut orders: Vec<OrderCheck<'_>> =
        partitions.iter().map(|side| OrderCheck::new(&side.chain, &side.moved)).collect();
    if !extras.is_empty() || is_moved {
        expectation.walk(*layout, |record| {
            orders[record.partition as usize].feed(record.key);
            if !extras.is_empty() {
                let content = content_of(contents, by_value, record);
                if let Some(content) = extras.get(&content) {
                    originals.entry(*content).or_insert(record.at);
                }
            }
            Ok::<_, EngineError>(ControlFlow::Continue(()))
        })?;
    }
    Ok((originals, orders.into_iter().map(OrderCheck::finish).collect()))
}

fn content_of(contents: &mut Contents, by_value: bool, record: &Expected<'_>) -> Content {
    let Expected { key, value, .. } = record;
    if by_value { contents.of(key, value) } else { contents.of_bytes(key, value) }
}

impl Rest {
    fn of(comparison: &mut Comparison) -> Self {
        let mut extras = Vec::new();
        let mut missing = Vec::new();
        for (partition, alignment) in (0..).zip(&mut comparison.partitions) {
            missing.push(std::mem::take(&mut alignment.missing));
            let left = |(content, actual, extra)| Left { partition, content, actual, extra };
            extras
                .extend(std::mem::take(&mut alignment.extras).into_ordered().into_iter().map(left));
        }
        Self { missing, extras, findings: Vec::new() }
    }

    /// Turns the extras for which `cause` finds one into findings.
    fn sift(&mut self, mut cause: impl FnMut(&mut [Pending<Missing>], &Left) -> Option<Cause>) {
        let mut extras = Vec::new();
        for left in std::mem::take(&mut self.extras) {
            match cause(&mut self.missing, &left) {
                Some(cause) => self.findings.push(Finding::of(cause, left)),
                None => extras.push(left),
            }
        }
        self.extras = extras;
    }

    /// Records without a key belong into no partition: one that stands in any is where it should
    /// be.
    fn drop_keyless(&mut self) {
        let (keyless, missing) = (key_hash(b""), &mut self.missing);
        self.extras.retain(|left| {
            let Left { content, extra, .. } = left;
            content.identity != keyless || missing[extra.home as usize].take(*content, 0).is_none()
        });
    }

    /// Records that are missing in one partition and stand in another.
    fn find_misplaced(&mut self) {
        self.sift(|missing, left| {
            let (_, record) = missing[left.extra.home as usize].take(left.content, 0)?;
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
        self.sift(|missing, left| {
            let (_, record) = missing.iter_mut().find_map(|side| side.take_value(left.content))?;
            Some(Cause { kind: Kind::Altered, at: record.at })
        });
    }

    /// Missing records and extras of one key between the same two neighbours, paired in order.
    fn find_altered(&mut self, partitions: &[Alignment]) {
        if self.extras.is_empty() {
            return;
        }
        let mut wanted = Vec::new();
        for ((partition, alignment), side) in (0..).zip(partitions).zip(&self.missing) {
            for (content, number, _) in side.iter() {
                let gap = alignment.chain.gap_of_expected(number);
                wanted.push(((partition, gap, content.identity), number, content));
            }
        }
        wanted.sort_unstable();
        let slot = |left: &Left| {
            let gap = partitions[left.partition as usize].chain.gap_of_actual(left.actual);
            (left.partition, gap, left.content.identity)
        };
        self.extras.sort_by_cached_key(|left| (slot(left), left.actual));
        let mut wanted = wanted.into_iter().peekable();
        self.sift(|missing, left| {
            let slot = slot(left);
            while wanted.next_if(|(other, ..)| *other < slot).is_some() {}
            let (_, number, content) = wanted.next_if(|(other, ..)| *other == slot)?;
            let (_, record) = missing[left.partition as usize].take(content, number)?;
            Some(Cause { kind: Kind::Altered, at: record.at })
        });
    }

    /// Records that are still unexplained are missing or unexpected.
    fn finish(mut self, comparison: &Comparison, out_of_order: &[Vec<bool>]) -> Vec<Finding> {
        self.sift(|_, _| Some(Cause { kind: Kind::Unexpected, at: None }));
        let mut findings = self.findings;
        for finding in &mut findings {
            // Until here the number of the record as it was found; differences are shown in the
            // order of the run.
            finding.number = comparison.partitions[finding.partition as usize]
                .chain
                .reached_before(finding.number);
        }
        for (partition, side) in (0..).zip(self.missing) {
            findings.extend(side.into_ordered().into_iter().map(|(_, number, record)| {
                Finding::missing(&Lost { partition, number, at: record.at })
            }));
        }
        findings.extend(comparison.first_lost.iter().map(Finding::missing));
        for ((partition, alignment), wrong) in (0..).zip(&comparison.partitions).zip(out_of_order) {
            for (record, _) in alignment.moved.iter().zip(wrong).filter(|(_, wrong)| **wrong) {
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
        let Extra { home, position, text, .. } = left.extra;
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
    let moved: u64 = comparison.partitions.iter().map(|side| side.moved.len() as u64).sum();
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
        moved: moved - out_of_order,
        missing,
        doubled: of(Kind::Doubled),
        out_of_order,
        altered,
        misplaced,
        unexpected: of(Kind::Unexpected),
    }
}
