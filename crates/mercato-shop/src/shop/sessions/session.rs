//! A session, and how it follows from its visitor.

use mercato_draw::below;
use mercato_engine::{Arrival, Step};
use mercato_patterns::fraud::{DeviceTrust, Habit};
use mercato_patterns::geographic::Position;

use super::Shop;
use super::basket::NO_CATEGORY;
use super::fields::{DEVICE, INTEREST};
use super::payment::FraudTraits;
use super::plan::{Outcome, SessionPlan};
use super::timing::WHOLE;
use crate::shop::season::Interest;
use crate::shop::users::{Trait, UserKind, Visitor};

/// Everything random about one session, and what its visitor brings along: numbers and table
/// indices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Session {
    /// The word from which everything else about the session is drawn.
    pub(in crate::shop) word: u64,
    pub(in crate::shop) position: Position,
    /// Updates of the catalogue made before it began: it sees what was sold then.
    pub(in crate::shop) listed: u64,
    /// The user's number in records.
    pub(in crate::shop) user: u32,
    /// The first product in the cart.
    pub(in crate::shop) first: u32,
    /// Arrivals that may come before it must be over.
    pub(in crate::shop) min_gap: u32,
    /// Parts of 2^31 of the time on each page that remain when the session is shortened;
    /// [`RUSHED`](super::timing::RUSHED) for a fraudster's.
    pub(in crate::shop) pace: u32,
    /// Differences from the sessions of honest people.
    pub(in crate::shop) traits: FraudTraits,
    pub(in crate::shop) plan: SessionPlan,
    pub(in crate::shop) interest: Interest,
    /// The category that the user never buys.
    pub(in crate::shop) disliked: u16,
    pub(in crate::shop) city: u16,
    pub(in crate::shop) device: u8,
    pub(in crate::shop) trust: DeviceTrust,
    pub(in crate::shop) habit: Habit,
    pub(in crate::shop) kind: UserKind,
    /// The user's class of usual spending, of 64.
    pub(in crate::shop) spending_class: u8,
    pub(in crate::shop) at_home: bool,
    /// The user's profile comes before it: it is their first arrival of the run.
    pub(in crate::shop) introduces: bool,
    /// The arrival is skipped: the scheduled user is travelling, or nobody wants its records.
    pub(in crate::shop) empty: bool,
}

/// Sessions in a hundred that use the user's own device.
const USUAL_DEVICE: u64 = 85;
/// Microseconds of a millisecond, the shortest time that records tell apart.
const MILLI: i64 = 1_000;

impl Session {
    /// The session of an arrival that is skipped.
    pub(in crate::shop) fn empty(word: u64) -> Self {
        Self {
            word,
            position: Position::default(),
            listed: 0,
            user: 0,
            first: 0,
            min_gap: 0,
            pace: 0,
            traits: FraudTraits::HONEST,
            plan: SessionPlan { outcome: Outcome::Bounce, lines: 0, extras: 0 },
            interest: Interest { category: 0, month: 0, hour: 0 },
            disliked: NO_CATEGORY,
            city: 0,
            device: 0,
            trust: DeviceTrust::Usual,
            habit: Habit::Usual,
            kind: UserKind::New,
            spending_class: 0,
            at_home: true,
            introduces: false,
            empty: true,
        }
    }

    /// An arrival that is skipped, but for the profile of this user.
    pub(in crate::shop) fn introduction(user: u32, word: u64) -> Self {
        Self { user, introduces: true, ..Self::empty(word) }
    }

    /// A step of the trace as one of the session, which does not count the profile before it.
    #[inline]
    pub(super) fn own(&self, step: Step) -> Step {
        Step { number: step.number.saturating_sub(self.introduces.into()), ..step }
    }
}

impl Shop {
    /// The device of a visitor: their own as a rule.
    #[inline]
    fn device(&self, visitor: &Visitor, word: u64) -> (u8, DeviceTrust) {
        if below(self.steps.at(word, DEVICE), 100) < USUAL_DEVICE {
            let own = self.users.word_of(visitor, Trait::Device);
            return (self.params.device_choice.pick(own) as u8, DeviceTrust::Usual);
        }
        let other = self.users.word_of(visitor, Trait::OtherDevice);
        (self.params.device_choice.pick(other) as u8, DeviceTrust::Other)
    }

    /// The interest of a visitor with a favourite category and an aversion.
    #[inline]
    fn interest(
        &self,
        visitor: &Visitor,
        substream: u8,
        at: i64,
        tastes: [u16; 2],
        word: u64,
    ) -> Interest {
        let place = self.users.cities()[usize::from(visitor.city)].position();
        let word = self.steps.at(word, INTEREST);
        self.seasons.interest(at, self.users.clock(substream), place, tastes, self.steps, word)
    }

    /// The session of a visitor with this plan, at its full length and before anything is in the
    /// cart.
    #[inline]
    pub(in crate::shop) fn visit(
        &self,
        visitor: &Visitor,
        arrival: Arrival,
        plan: SessionPlan,
        word: u64,
    ) -> Session {
        let (device, trust) = self.device(visitor, word);
        // Visitors who leave after one page have shown no interest.
        let mut interest = Interest { category: 0, month: 0, hour: 0 };
        let (mut disliked, mut habit) = (NO_CATEGORY, Habit::Usual);
        if plan.outcome != Outcome::Bounce {
            disliked = self.aversion(visitor);
            let favourite = self.favourite(visitor, disliked);
            interest =
                self.interest(visitor, arrival.substream, arrival.at, [favourite, disliked], word);
            habit = if interest.category == favourite { Habit::Usual } else { Habit::Other };
        }
        Session {
            word,
            position: visitor.position,
            listed: self.listed(arrival.at),
            user: visitor.number,
            first: 0,
            min_gap: u32::try_from(visitor.min_gap).unwrap_or(u32::MAX),
            pace: WHOLE,
            traits: FraudTraits::HONEST,
            plan,
            interest,
            disliked,
            city: visitor.city,
            device,
            trust,
            habit,
            kind: visitor.kind,
            spending_class: (self.users.word_of(visitor, Trait::Usual) >> 58) as u8,
            at_home: visitor.at_home,
            introduces: visitor.is_first,
            empty: false,
        }
    }

    /// Updates of the catalogue that a session sees which begins at `at`: none made in the same
    /// millisecond.
    #[inline]
    pub(in crate::shop) fn listed(&self, at: i64) -> u64 {
        self.catalogue.updates_until(at - MILLI)
    }
}
