//! What a user is at a time: kind, home and address of mail, after the changes they have had.

use super::changes::Course;
use super::crowd::Crowd;
use super::{Change, Changes, Trait, UserKind, Users};

/// A user at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::shop) struct State {
    /// The number in `user_000123`.
    pub(in crate::shop) number: u32,
    pub(in crate::shop) kind: UserKind,
    /// Index of the home city.
    pub(in crate::shop) home: u16,
    /// The word of name and provider of mail.
    pub(in crate::shop) name: u64,
    /// New addresses of mail so far.
    pub(in crate::shop) emails: u64,
    /// Index of the age group.
    pub(in crate::shop) age: u8,
}

/// A change of a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::shop) struct Transition {
    pub(in crate::shop) change: Change,
    pub(in crate::shop) before: State,
    pub(in crate::shop) after: State,
    /// True if it is the user's first of the run.
    pub(in crate::shop) is_first: bool,
}

impl Users {
    /// The calendar of changes; none where nobody ever changes.
    pub(in crate::shop) fn changes(&self) -> Option<&Changes> {
        self.changes.as_ref()
    }

    /// The active user of a number in records at an instant, a change at that instant included.
    pub(in crate::shop) fn state(&self, number: u32, at: i64) -> State {
        let index = self.index(number);
        let had = self.changes.as_ref().map_or(0, |changes| changes.turn(index, at).had);
        self.state_after(index, had)
    }

    /// The change of that number.
    pub(in crate::shop) fn transition(&self, changes: &Changes, number: u64) -> Transition {
        let (index, had) = changes.user(number);
        let crowd = self.crowd_of(index);
        Transition {
            change: self.course(crowd, index).change(had),
            before: self.state_after(index, had),
            after: self.state_after(index, had + 1),
            is_first: had == 0,
        }
    }

    /// The user of an arrival, if it is their first of the run: also if they are travelling.
    #[inline]
    pub(in crate::shop) fn newcomer(&self, substream: u8, arrival: u64) -> Option<u32> {
        let crowd = &self.crowds[usize::from(substream)];
        if !crowd.schedule.may_be_first(arrival) {
            return None;
        }
        let turn = crowd.schedule.at(arrival);
        turn.is_first.then(|| self.number(crowd.first + turn.user))
    }

    /// The kind of a user at an instant and how often they have moved; none while they move.
    #[inline]
    pub(super) fn kind_and_moves(
        &self,
        crowd: &Crowd,
        index: u64,
        at: i64,
    ) -> Option<(UserKind, u64)> {
        let kind = crowd.kind(index - crowd.first);
        let Some(changes) = &self.changes else { return Some((kind, 0)) };
        let turn = changes.turn(index, at);
        let course = turn.course(kind, crowd.is_of_one_city());
        if turn.moves(course) {
            return None;
        }
        Some((kind_after(kind, turn.had), course.moves_and_emails(turn.had).0))
    }

    fn state_after(&self, index: u64, had: u64) -> State {
        let crowd = self.crowd_of(index);
        let (moves, emails) = self.course(crowd, index).moves_and_emails(had);
        State {
            number: self.number(index),
            kind: kind_after(crowd.kind(index - crowd.first), had),
            home: crowd.home(self.traits, index, moves),
            name: self.word(index, Trait::Name),
            emails,
            age: self.ages.pick(self.word(index, Trait::Age)) as u8,
        }
    }

    fn course(&self, crowd: &Crowd, index: u64) -> Course {
        Course {
            starts_new: crowd.kind(index - crowd.first) == UserKind::New,
            is_odd: self.changes.as_ref().is_some_and(|changes| changes.is_odd(index)),
            stays: crowd.is_of_one_city(),
        }
    }

    fn crowd_of(&self, index: u64) -> &Crowd {
        let after = self.crowds.partition_point(|crowd| crowd.first <= index);
        &self.crowds[after.saturating_sub(1)]
    }
}

/// A new user is a regular one after their first change.
#[inline]
fn kind_after(first: UserKind, had: u64) -> UserKind {
    if first == UserKind::New && had > 0 { UserKind::Regular } else { first }
}

#[cfg(test)]
mod tests {
    use mercato_draw::Seed;
    use mercato_engine::World;

    use super::*;
    use crate::shop::{MarketConfig, UsersConfig};

    const ORIGIN: i64 = 1_762_646_400_000_000;
    const HOUR: i64 = 3_600_000_000;

    fn users(changes: f64) -> Users {
        let config = UsersConfig { total: 300, changes, trips: 0.2, ..UsersConfig::default() };
        let world = World { seed: Seed::new(8), origin: ORIGIN };
        Users::new(world, &config, &MarketConfig::documented()).unwrap()
    }

    #[test]
    fn who_comes_is_what_their_records_say_and_nobody_comes_while_they_move() {
        let users = users(1.0);
        let changes = users.changes().unwrap();
        let (mut seen, mut regular, mut moved) = (0, 0, 0);
        for number in 0..1_000u64 {
            let due = ORIGIN + (number as i64 + 1) * changes.step();
            let Transition { change, before, after, .. } = users.transition(changes, number);
            assert_eq!(users.state(after.number, due), after);
            assert_eq!(users.state(after.number, due - 1), before);
            let index = users.index(after.number);
            let substream = users.crowds.partition_point(|crowd| crowd.first <= index) - 1;
            let user = index - users.crowds[substream].first;
            for hours in -29..18 {
                let at = due + hours * HOUR;
                let turn = super::super::Turn { user, min_gap: 0, is_first: false };
                let Some(visitor) = users.found(substream as u8, turn, at) else { continue };
                assert_ne!(change, Change::Moved, "{hours} hours after");
                let state = users.state(after.number, at);
                assert_eq!((visitor.number, visitor.kind), (state.number, state.kind));
                assert!(!visitor.at_home || visitor.city == state.home);
                seen += 1;
            }
            regular += usize::from(change == Change::BecameRegular);
            moved += usize::from(before.home != after.home);
        }
        assert!(seen > 10_000 && regular > 40 && moved > 300, "{seen}, {regular}, {moved}");
    }

    #[test]
    fn the_time_lost_is_what_is_stated() {
        let users = users(1.0);
        let (mut lost, mut all) = (0u64, 0u64);
        for (substream, crowd) in users.crowds.iter().enumerate() {
            let next = users.crowds.get(substream + 1).map_or(users.active, |next| next.first);
            for user in 0..next - crowd.first {
                // After the first two rounds, when new users are regular ones.
                for hour in 0..24 * 28 * 6 {
                    let at = ORIGIN + (24 * 61 + hour) * HOUR;
                    let turn = super::super::Turn { user, min_gap: 0, is_first: false };
                    lost += u64::from(users.found(substream as u8, turn, at).is_none());
                    all += 1;
                }
            }
        }
        let (numerator, denominator) = users.lost();
        let expected = all as f64 * numerator as f64 / denominator as f64;
        assert!((lost as f64 / expected - 1.0).abs() < 0.06, "{lost} of {expected}");
    }

    #[test]
    fn without_changes_everybody_stays_as_they_are() {
        let users = users(0.0);
        assert!(users.changes().is_none());
        for (number, kind, city) in users.all() {
            let state = users.state(number, ORIGIN + 10_000 * HOUR);
            assert_eq!((state.kind, state.emails), (kind, 0));
            assert!(std::ptr::eq(users.places()[usize::from(state.home)], city));
        }
    }
}
