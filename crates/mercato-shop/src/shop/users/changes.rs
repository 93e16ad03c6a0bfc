//! The calendar of users' changes: who becomes a regular user, moves or has a new e-mail address
//! when, computed without history.
//!
//! Changes come at equal distances from the origin on.
//! Each round of them concerns every active user once, in an order that stays the same; so how
//! often a user has changed at any time follows from their place in it alone.
//! A new user's first change makes them a regular one; otherwise moves and new addresses take turns.

use mercato_draw::{CounterHash, DrawError, Permutation};
use mercato_engine::Delays;

use super::{MILLION, UserKind};

const HOUR: i64 = 3_600_000_000;
/// The time in which the configured share of users changes: thirty days.
const MONTH: i64 = 30 * 24 * HOUR;
/// A user who moves is not seen so long before: whatever a visit causes is over by then.
const PACKING: i64 = 30 * HOUR;
/// A user who has moved is not seen so long. Together with [`PACKING`] that leaves a day to reach
/// any place on earth after the longest session.
const UNPACKING: i64 = 18 * HOUR;

/// The changes of all users.
#[derive(Debug, Clone)]
pub(in crate::shop) struct Changes {
    origin: i64,
    /// Microseconds from one arrival of the process to the next; every so many of them is a change.
    step: i64,
    steps: u64,
    order: Permutation,
}

/// A user's place among the changes at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Turn {
    /// Changes that the user has had.
    pub(super) had: u64,
    /// Microseconds since the last one, and until the next.
    since: i64,
    until: i64,
    is_odd: bool,
}

/// The order in which a user's changes come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Course {
    /// The first one makes the user a regular one.
    pub(super) starts_new: bool,
    /// The first after that is a new address and no move.
    pub(super) is_odd: bool,
    /// There is no other city to move to.
    pub(super) stays: bool,
}

/// A kind of change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::shop) enum Change {
    BecameRegular,
    Moved,
    EmailChanged,
}

impl Changes {
    /// The changes of `active` users, of whom so many millionths change in a month; none where
    /// nobody does.
    pub(super) fn new(
        origin: i64,
        hash: CounterHash,
        active: u64,
        millionths: u64,
    ) -> Result<Option<Self>, DrawError> {
        let order = Permutation::new(hash, active)?;
        let monthly = u128::from(active) * u128::from(millionths);
        let whole = u128::from(MONTH.unsigned_abs()) * u128::from(MILLION);
        let Some(spacing) = whole.checked_div(monthly) else { return Ok(None) };
        // At least two milliseconds, and at most two and a half million million seconds.
        let steps = spacing.div_ceil(u128::from(Delays::MAX_MICROS.unsigned_abs())).max(1);
        let step = (spacing / steps) as i64;
        Ok(Some(Self { origin, step, steps: steps as u64, order }))
    }

    /// The part of all time that users lose to moves, when so many millionths of them change in a
    /// month: in millionths.
    pub(super) fn lost(millionths: u64) -> u64 {
        let moves = millionths / 2;
        moves * (PACKING + UNPACKING).unsigned_abs() / MONTH.unsigned_abs()
    }

    /// Changes an hour, in millionths.
    pub(in crate::shop) fn per_hour(&self) -> u64 {
        let spacing = u128::from(self.step.unsigned_abs()) * u128::from(self.steps);
        (u128::from(HOUR.unsigned_abs()) * u128::from(MILLION) / spacing.max(1)) as u64
    }

    /// Microseconds from one arrival to the next.
    pub(in crate::shop) fn step(&self) -> i64 {
        self.step
    }

    /// Returns the number of the change that is due with an arrival; there is none at the origin.
    pub(in crate::shop) fn at(&self, arrival: u64) -> Option<u64> {
        let is_due = arrival.is_multiple_of(self.steps);
        is_due.then(|| (arrival / self.steps).checked_sub(1)).flatten()
    }

    /// The user whom a change concerns, and how many they have had before.
    pub(super) fn user(&self, change: u64) -> (u64, u64) {
        let users = self.order.size();
        (self.order.apply(change % users), change / users)
    }

    /// Returns true if a user's first change of place or address is a new address.
    pub(super) fn is_odd(&self, user: u64) -> bool {
        self.order.invert(user) % 2 == 1
    }

    /// A user's place among the changes at an instant.
    #[inline]
    pub(super) fn turn(&self, user: u64, at: i64) -> Turn {
        let place = self.order.invert(user);
        // A share of at most one a month makes all of that fit.
        let spacing = self.step * self.steps as i64;
        let (round, first) = (spacing * self.order.size() as i64, spacing * (place as i64 + 1));
        let gone = at.saturating_sub(self.origin).saturating_sub(first);
        let is_odd = place % 2 == 1;
        if gone < 0 {
            return Turn { had: 0, since: i64::MAX, until: -gone, is_odd };
        }
        let since = gone % round;
        Turn { had: (gone / round) as u64 + 1, since, until: round - since, is_odd }
    }
}

impl Turn {
    /// The order of the user's changes.
    #[inline]
    pub(super) fn course(self, kind: UserKind, stays: bool) -> Course {
        Course { starts_new: kind == UserKind::New, is_odd: self.is_odd, stays }
    }

    /// Returns true if the user is on the way to another home, or about to be.
    #[inline]
    pub(super) fn moves(self, course: Course) -> bool {
        let is_move = |change: u64| course.change(change) == Change::Moved;
        (self.since < UNPACKING && is_move(self.had - 1))
            || (self.until <= PACKING && is_move(self.had))
    }
}

impl Course {
    /// The kind of the user's change of that number.
    pub(super) fn change(self, number: u64) -> Change {
        match number.checked_sub(self.starts_new.into()) {
            None => Change::BecameRegular,
            Some(other) if self.stays || (other + u64::from(self.is_odd)) % 2 == 1 => {
                Change::EmailChanged
            }
            Some(_) => Change::Moved,
        }
    }

    /// Moves and new addresses among the first so many changes.
    #[inline]
    pub(super) fn moves_and_emails(self, had: u64) -> (u64, u64) {
        let others = had.saturating_sub(self.starts_new.into());
        let moves =
            if self.stays { 0 } else { others.div_ceil(2) - u64::from(self.is_odd) * (others % 2) };
        (moves, others - moves)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ORIGIN: i64 = 1_762_646_400_000_000;

    fn changes(active: u64, millionths: u64) -> Changes {
        Changes::new(ORIGIN, CounterHash::new(9, 9), active, millionths).unwrap().unwrap()
    }

    proptest! {
        #[test]
        fn turns_are_those_that_the_changes_in_order_make(
            active in 1u64..200,
            millionths in 1u64..=1_000_000,
            change in 0u64..2_000,
        ) {
            let changes = changes(active, millionths);
            let (user, before) = changes.user(change);
            let arrival = (change + 1) * changes.steps;
            prop_assert_eq!(changes.at(arrival), Some(change));
            prop_assert!(changes.steps == 1 || changes.at(arrival + 1).is_none());
            let at = ORIGIN + arrival as i64 * changes.step;
            let [just_before, then] = [at - 1, at].map(|at| changes.turn(user, at));
            prop_assert_eq!((just_before.had, just_before.until), (before, 1));
            prop_assert_eq!((then.had, then.since), (before + 1, 0));
            prop_assert!(changes.step <= Delays::MAX_MICROS);
        }

        #[test]
        fn moves_and_addresses_are_counted_as_they_come(starts_new: bool, is_odd: bool, stays: bool, had in 0u64..40) {
            let course = Course { starts_new, is_odd, stays };
            let of = |kind| (0..had).filter(|number| course.change(*number) == kind).count() as u64;
            prop_assert_eq!(course.moves_and_emails(had), (of(Change::Moved), of(Change::EmailChanged)));
            prop_assert_eq!(of(Change::BecameRegular), u64::from(starts_new && had > 0));
        }
    }

    #[test]
    fn as_many_change_in_a_month_as_the_share_says() {
        let changes = changes(7_000, 50_000);
        let arrivals = (0..).take_while(|arrival| arrival * changes.step <= MONTH);
        assert_eq!(arrivals.filter(|arrival| changes.at(*arrival as u64).is_some()).count(), 350);
        assert!(Changes::new(ORIGIN, CounterHash::new(9, 9), 7, 0).unwrap().is_none());
    }
}
