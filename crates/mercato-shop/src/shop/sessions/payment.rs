//! The result of a purchase: sum, score, and the alert that it may raise.

use mercato_encode::Writer;
use mercato_engine::Step;
use mercato_patterns::fraud::{Anomaly, Features};
use mercato_schema::{Money, Score};

use super::{Kind, Session, Shop, fields, tax};
use crate::shop::fraud::{Alarm, Answer};

/// Differences of a campaign's visit from a session of honest users.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::shop) struct FraudTraits {
    /// Speed in km/h at which the user must have travelled since their last purchase.
    pub(in crate::shop) kmh: u32,
    /// So many items of each product; 0 where their number is drawn.
    pub(in crate::shop) items: u32,
    /// Transactions of the user in the five minutes before.
    pub(in crate::shop) before: u8,
    pub(in crate::shop) is_fraud: bool,
}

impl FraudTraits {
    /// It differs in nothing.
    pub(in crate::shop) const HONEST: Self = Self { kmh: 0, items: 0, before: 0, is_fraud: false };
}

impl Shop {
    /// Cents of the basket of a purchase at `at`, without tax.
    pub(in crate::shop) fn cents(&self, session: &Session, at: i64) -> i64 {
        self.basket(session, at).cents
    }

    /// A sum of cents with the tax of the place.
    #[inline]
    pub(super) fn total(&self, session: &Session, cents: i64) -> Money {
        tax::with_tax(Money::from_cents(cents), self.taxes[usize::from(session.city)])
    }

    /// Index of how a session is paid.
    #[inline]
    pub(super) fn payment(&self, session: &Session) -> usize {
        self.params.payment_choice.pick(self.steps.at(session.word, fields::PAYMENT))
    }

    /// Returns the fraud score of a basket worth `cents`.
    #[inline]
    pub(super) fn score(&self, session: &Session, cents: i64) -> Score {
        Score::from_units(
            self.features(session, cents).score(self.steps.at(session.word, fields::NOISE)) as i32,
        )
    }

    /// Returns the observable features of a purchase worth `cents`.
    #[inline]
    pub(in crate::shop) fn features(&self, session: &Session, cents: i64) -> Features {
        let usual = self.usual(session, session.interest.category).max(1);
        Features {
            times_usual_hundredths: (cents * 100 / usual) as u64,
            hour: session.interest.hour,
            device: session.trust,
            habit: session.habit,
            away: !session.at_home,
            before: session.traits.before,
            kmh: session.traits.kmh,
        }
    }

    /// Returns whether the purchase of a session's word raises an alarm.
    #[inline]
    pub(in crate::shop) fn alarms(&self, is_fraud: bool, word: u64) -> bool {
        self.params.fraud().detector.alarms(is_fraud, self.steps.at(word, fields::ALARM))
    }

    /// Microseconds until it does.
    #[inline]
    pub(in crate::shop) fn latency(&self, word: u64) -> i64 {
        self.params.fraud().latency.pick(self.steps.at(word, fields::LATENCY))
    }

    /// Returns the answer of a step to an earlier purchase.
    pub(in crate::shop) fn answer(
        &self,
        session: &Session,
        step: Step,
        ago: i64,
        serial: u64,
    ) -> (Answer, i64) {
        let made = step.at - ago;
        let cents = self.cents(session, made);
        let total = self.total(session, cents);
        (Answer { serial, user: session.user, made, at: step.at, total }, cents)
    }

    /// The alert of a step, about `anomaly` or else about what looks strangest.
    pub(in crate::shop) fn alarm(
        &self,
        session: &Session,
        step: Step,
        anomaly: Option<Anomaly>,
        serial: u64,
    ) -> (Answer, Alarm) {
        let (answer, cents) = self.answer(session, step, self.latency(session.word), serial);
        let anything = || {
            let word = self.steps.at(session.word, fields::STRANGEST);
            Anomaly::ALL[mercato_draw::below(word, Anomaly::ALL.len() as u64) as usize]
        };
        let anomaly =
            anomaly.or_else(|| self.features(session, cents).strangest()).unwrap_or_else(anything);
        (answer, Alarm { anomaly, score: self.score(session, cents) })
    }

    /// Writes the alert of a step.
    #[expect(
        clippy::inline_always,
        reason = "a writer that is handed on by address is kept in memory"
    )]
    #[inline(always)]
    pub(in crate::shop) fn write_alert(
        &self,
        session: &Session,
        step: Step,
        anomaly: Option<Anomaly>,
        serial: u64,
        writer: &mut impl Writer,
    ) {
        let (answer, alarm) = self.alarm(session, step, anomaly, serial);
        answer.write_alert(alarm, writer);
    }
}

impl Kind {
    /// The steps of the purchase of one product, in order.
    pub(in crate::shop) const OF_A_PURCHASE: [Self; 5] =
        [Self::ProductView, Self::AddToCart, Self::Checkout, Self::Purchase, Self::Transaction];
}
