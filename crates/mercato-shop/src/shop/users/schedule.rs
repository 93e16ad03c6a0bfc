//! The schedule of users: who comes with which arrival, so that no two visits of a user overlap.
//!
//! A substream's arrivals go round a circle of schedule.
//! A frequent user has their own slot and comes once a round; others share theirs with one, three
//! or seven who take turns. In each round the slots of a stretch are served in another order.
//! So a user comes again after a known number of rounds, give or take a stretch, and both their
//! next and their last visit are found without searching.

use mercato_draw::{CounterHash, Permutation, Shuffle};

/// Number of users who share a slot, from the busiest on.
const SHARERS: [u64; 4] = [1, 2, 4, 8];

/// Slots are served in another order inside stretches of at most this part of all: a quarter.
const STRETCHES: u64 = 4;

/// The slots of one substream.
#[derive(Debug, Clone)]
pub(super) struct UserSchedule {
    /// Users by how many share their slot.
    users: [u64; 4],
    /// Of all levels together.
    count: u64,
    /// Order of the schedule in the circle.
    places: Permutation,
    turns: CounterHash,
    /// 2 to the power of this many slots make a stretch.
    stretch_bits: u32,
    /// Rounds of which nobody sees the visits.
    warm_up: u64,
}

/// The user, and the earliest time of their next visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Turn {
    /// Number of the user in their substream.
    pub(super) user: u64,
    /// The user's next arrival is at least this many after this one.
    pub(super) min_gap: u64,
    /// True if it is the user's first arrival of the run, or may be the first after its warm-up.
    pub(super) is_first: bool,
}

impl UserSchedule {
    /// The schedule of users of whom the first `levels[0]` come often, the next `levels[1]` half as
    /// often, and so on.
    ///
    /// A slot is shared by no fewer than it has room for, so up to seven users of a level come as
    /// often as the level before.
    pub(super) fn new(hash: CounterHash, levels: [u64; 4]) -> Self {
        let mut users = levels;
        for level in (1..SHARERS.len()).rev() {
            let odd = users[level] % SHARERS[level];
            users[level] -= odd;
            users[level - 1] += odd;
        }
        let count =
            users.iter().zip(SHARERS).map(|(users, sharers)| users / sharers).sum::<u64>().max(1);
        #[expect(clippy::expect_used, reason = "there is a slot, and there are fewer than 2^62")]
        let places = Permutation::new(hash.child(0), count).expect("a possible size");
        Self {
            users,
            count,
            places,
            turns: hash.child(1),
            stretch_bits: (count / STRETCHES).max(1).ilog2(),
            warm_up: 0,
        }
    }

    /// Has users introduced again whose last arrival may be among the first so many, which nobody
    /// sees.
    pub(super) fn warm_up(&mut self, arrivals: u64) {
        self.warm_up = arrivals.div_ceil(self.count);
    }

    /// Number of schedule.
    pub(super) fn count(&self) -> u64 {
        self.count
    }

    /// Fewest arrivals between two visits of any user.
    pub(super) fn least_min_gap(&self) -> u64 {
        self.min_gap(0)
    }

    /// The user of the `arrival`th arrival.
    #[inline]
    pub(super) fn at(&self, arrival: u64) -> Turn {
        let (round, place) = (arrival / self.count, arrival % self.count);
        let slot = self.places.apply(self.strewn(round, place, Shuffle::apply));
        let (level, first_slot, first_user) = self.level_of(slot);
        let sharers = SHARERS[level];
        Turn {
            user: first_user + (slot - first_slot) * sharers + round % sharers,
            min_gap: self.min_gap(level),
            is_first: round < sharers + self.warm_up,
        }
    }

    /// Returns true if an arrival may be the first one of its user; nobody's first comes later.
    #[inline]
    pub(super) fn may_be_first(&self, arrival: u64) -> bool {
        arrival / self.count < SHARERS[SHARERS.len() - 1] + self.warm_up
    }

    /// Returns the previous arrival of the user of the `arrival`th; `None` if it is their first.
    pub(super) fn before(&self, arrival: u64) -> Option<u64> {
        let (round, place) = (arrival / self.count, arrival % self.count);
        let fixed = self.strewn(round, place, Shuffle::apply);
        let (level, ..) = self.level_of(self.places.apply(fixed));
        let round = round.checked_sub(SHARERS[level])?;
        Some(round * self.count + self.strewn(round, fixed, Shuffle::invert))
    }

    /// The place that is served in a round where another stands in the circle; or the other way
    /// round.
    #[inline]
    fn strewn(&self, round: u64, place: u64, map: impl Fn(&Shuffle, u64) -> u64) -> u64 {
        let (stretch, within) =
            (place >> self.stretch_bits, place & ((1 << self.stretch_bits) - 1));
        // The last stretch is cut off by the end of the circle, and stays in order.
        if (stretch + 1) << self.stretch_bits > self.count {
            return place;
        }
        let shuffle = Shuffle::new(self.turns.child(round << 8 | stretch), self.stretch_bits);
        stretch << self.stretch_bits | map(&shuffle, within)
    }

    /// The level of a slot, with the level's first slot and first user.
    #[inline]
    fn level_of(&self, slot: u64) -> (usize, u64, u64) {
        let (mut first_slot, mut first_user) = (0, 0);
        for (level, (users, sharers)) in self.users.iter().zip(SHARERS).enumerate() {
            let slots = users / sharers;
            if slot < first_slot + slots {
                return (level, first_slot, first_user);
            }
            first_slot += slots;
            first_user += users;
        }
        (0, 0, 0)
    }

    /// Fewest arrivals between two visits of a user of a level.
    #[inline]
    fn min_gap(&self, level: usize) -> u64 {
        self.count * SHARERS[level] - ((1 << self.stretch_bits) - 1)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    fn schedule() -> impl Strategy<Value = UserSchedule> {
        (any::<u64>(), [0u64..40, 0..40, 0..40, 0..200])
            .prop_filter("somebody must come", |(_, levels)| levels.iter().sum::<u64>() > 0)
            .prop_map(|(key, levels)| UserSchedule::new(CounterHash::new(key, 7), levels))
    }

    proptest! {
        #[test]
        fn everybody_comes_and_nobody_too_soon(schedule in schedule()) {
            let total: u64 = schedule.users.iter().sum();
            let mut last: BTreeMap<u64, (u64, u64)> = BTreeMap::new();
            for arrival in 0..24 * schedule.count() {
                let Turn { user, min_gap, is_first } = schedule.at(arrival);
                prop_assert!(user < total);
                prop_assert!(min_gap >= schedule.least_min_gap());
                let before = last.insert(user, (arrival, min_gap));
                prop_assert_eq!(is_first, before.is_none());
                prop_assert!(!is_first || schedule.may_be_first(arrival));
                prop_assert_eq!(schedule.before(arrival), before.map(|(arrival, _)| arrival));
                if let Some((before, min_gap)) = before {
                    prop_assert!(arrival - before >= min_gap, "{user} came {before} and {arrival}");
                }
            }
            prop_assert_eq!(last.len() as u64, total);
        }

        #[test]
        fn who_comes_often_comes_first(schedule in schedule()) {
            let mut visits: BTreeMap<u64, u64> = BTreeMap::new();
            for arrival in 0..8 * schedule.count() {
                *visits.entry(schedule.at(arrival).user).or_default() += 1;
            }
            let counts: Vec<u64> = visits.into_values().collect();
            prop_assert!(counts.is_sorted_by(|more, fewer| more >= fewer));
            prop_assert!(counts.iter().all(|count| [1, 2, 4, 8].contains(count)));
        }
    }

    #[test]
    fn whoever_comes_first_after_a_warm_up_is_introduced_then() {
        for arrivals in [1, 100, 1_234] {
            let mut schedule = UserSchedule::new(CounterHash::new(5, 3), [10, 40, 60, 80]);
            schedule.warm_up(arrivals);
            let mut seen = std::collections::BTreeSet::new();
            let mut introduced = 0;
            for arrival in arrivals..arrivals + 5_000 {
                let Turn { user, is_first, .. } = schedule.at(arrival);
                assert!(is_first || !seen.insert(user), "{user} with {arrival} after {arrivals}");
                seen.insert(user);
                introduced += usize::from(is_first);
                assert!(!is_first || schedule.may_be_first(arrival));
            }
            assert!(introduced < 4 * seen.len(), "{introduced} of {}", seen.len());
        }
    }
}
