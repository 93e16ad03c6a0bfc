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
        let index = self.numbers.invert(number.into());
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
        turn.is_first.then(|| self.numbers.apply(crowd.first + turn.user) as u32)
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
            number: self.numbers.apply(index) as u32,
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
