//! Sessions: windows of one group each, which end when nothing comes for longer than the gap.
//!
//! A record at exactly the gap behind another is in its session, as in Flink and Kafka Streams.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::ControlFlow;

use super::groups::{Closed, Group, Groups, Sizes};

/// The open session of each group.
#[expect(clippy::disallowed_types, reason = "only look-ups happen; sessions leave by their ends")]
type Open = std::collections::HashMap<Box<[u8]>, Session>;

/// When a session may be over, the earliest first: that moment, its first record and its group.
type End = Reverse<(i64, i64, Box<[u8]>)>;

/// The sessions that records may still come for.
#[derive(Debug)]
pub(super) struct Sessions {
    gap: i64,
    sizes: Sizes,
    open: Open,
    ends: BinaryHeap<End>,
}

#[derive(Debug)]
struct Session {
    last: i64,
    group: Group,
}

impl Sessions {
    pub(super) fn new(gap: i64, sizes: Sizes) -> Self {
        Self { gap, sizes, open: Open::default(), ends: BinaryHeap::new() }
    }

    /// The session of the group `key` at `at`, which begins there if need be.
    pub(super) fn group(&mut self, at: i64, key: &[u8]) -> &mut Group {
        if !self.open.contains_key(key) {
            self.ends.push(Reverse((at.saturating_add(self.gap), at, key.into())));
        }
        let sizes = self.sizes;
        let new = || Session { last: at, group: Group::new(sizes) };
        let session = self.open.entry(key.into()).or_insert_with(new);
        session.last = at;
        &mut session.group
    }

    /// The moment after which a session may be over.
    #[inline]
    pub(super) fn next_end(&self) -> i64 {
        self.ends.peek().map_or(i64::MAX, |Reverse((end, _, _))| *end)
    }

    /// Closes the sessions that have ended before `at`, in the order of their ends.
    #[cold]
    pub(super) fn close_before(&mut self, at: i64, closed: Closed<'_>) -> ControlFlow<()> {
        let mut together = Groups::new(self.sizes);
        let mut bounds = None;
        while self.next_end() < at {
            let Some(Reverse((end, from, key))) = self.ends.pop() else { break };
            let Some(session) = self.open.get(&key) else { continue };
            let over = session.last.saturating_add(self.gap);
            if over > end {
                self.ends.push(Reverse((over, from, key)));
                continue;
            }
            if bounds.is_some_and(|before| before != (from, end)) {
                closed(bounds, &together)?;
                together.clear();
            }
            bounds = Some((from, end));
            if let Some(session) = self.open.remove(&key) {
                *together.group(&key) = session.group;
            }
        }
        if together.is_empty() { ControlFlow::Continue(()) } else { closed(bounds, &together) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    type Found = Vec<((i64, i64), u8, u64)>;

    fn folded(gap: i64, records: &[(i64, u8)]) -> Found {
        let mut sessions = Sessions::new(gap, Sizes::default());
        let mut found = Found::new();
        let mut closed = |bounds: Option<(i64, i64)>, groups: &Groups| {
            let bounds = bounds.unwrap();
            found.extend(groups.iter().map(|(key, group)| (bounds, key[0], group.count)));
            ControlFlow::Continue(())
        };
        for (at, key) in records {
            let _ = sessions.close_before(*at, &mut closed);
            sessions.group(*at, &[*key]).count += 1;
        }
        let _ = sessions.close_before(i64::MAX, &mut closed);
        assert!(sessions.open.is_empty());
        let ends: Vec<(i64, i64)> = found.iter().map(|((from, to), ..)| (*to, *from)).collect();
        assert!(ends.is_sorted(), "sessions come in the order of their ends");
        found.sort_unstable();
        found
    }

    proptest! {
        #[test]
        fn sessions_end_where_nothing_comes_for_longer_than_the_gap(
            gap in 1i64..20,
            mut records in prop::collection::vec((0i64..300, 0u8..4), 0..80),
        ) {
            records.sort_unstable();
            let mut expected = Found::new();
            for key in 0..4 {
                let times: Vec<i64> = records.iter().filter(|(_, of)| *of == key).map(|(at, _)| *at).collect();
                for session in times.chunk_by(|before, after| after - before <= gap) {
                    let bounds = (session[0], session[session.len() - 1] + gap);
                    expected.push((bounds, key, session.len() as u64));
                }
            }
            expected.sort_unstable();
            prop_assert_eq!(folded(gap, &records), expected);
        }
    }
}
