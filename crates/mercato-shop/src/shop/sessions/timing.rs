//! Timing of a session: the time on each page, and the time of payment.

use mercato_draw::below;

use super::fields::{PAGE_HASTE, SETTLING};
use super::{Kind, Session, Shop};

/// A transaction follows the click by at least this many microseconds, and by fewer than this many
/// more.
const LEAST_SETTLING: i64 = 40_000;
const SETTLING_SPREAD: u64 = 900_000;
/// A transaction follows the click by less than this.
pub(in crate::shop) const LONGEST_SETTLING: i64 = LEAST_SETTLING + SETTLING_SPREAD as i64;
/// The pace of a session that is not shortened: fine enough for a day of pages in a minute, and
/// its product with the time on a page fits 64 bits.
pub(super) const WHOLE: u32 = 1 << 31;
/// The pace of users in a hurry: a page takes a second and less than three more, whatever is on it.
pub(in crate::shop) const RUSHED: u32 = 0;
const LEAST_RUSHED: i64 = 1_000_000;
const RUSHED_SPREAD: u64 = 3_000_000;
/// Longest time from the beginning of a shortest purchase in a hurry to its transaction.
pub(in crate::shop) const LONGEST_RUSHED: i64 =
    3 * (LEAST_RUSHED + RUSHED_SPREAD as i64) + LONGEST_SETTLING;

impl Shop {
    /// Calls `event` with the time and kind of each event of a session that begins at `from`, and
    /// returns the time of its transaction, if there is one.
    #[inline]
    pub(in crate::shop) fn walk_through(
        &self,
        session: &Session,
        from: i64,
        mut event: impl FnMut(i64, Kind),
    ) -> Option<i64> {
        let (mut at, mut clicked) = (from, from);
        for step in 0..session.plan.events() {
            event(at, self.kind_of(session, step));
            clicked = at;
            at += self.page_time(session, step);
        }
        session.plan.buys().then(|| {
            let settling = below(self.steps.at(session.word, SETTLING), SETTLING_SPREAD) as i64;
            clicked + LEAST_SETTLING + settling
        })
    }

    /// The part of its time that a session keeps so as not to exceed the longest session.
    #[inline]
    pub(in crate::shop) fn pace(&self, session: &Session) -> u32 {
        let longest = self.params.session_model.longest();
        let total: i64 = (0..session.plan.events()).map(|step| self.page_time(session, step)).sum();
        if total <= longest {
            return WHOLE;
        }
        (u128::from(longest as u64) * u128::from(WHOLE) / u128::from(total as u64)) as u32
    }

    /// Time on the page of a step, in microseconds.
    #[inline]
    pub(super) fn page_time(&self, session: &Session, step: u16) -> i64 {
        if session.pace == RUSHED {
            return LEAST_RUSHED
                + below(self.steps.at(session.word, PAGE_HASTE | u64::from(step)), RUSHED_SPREAD)
                    as i64;
        }
        let whole = self.params.session_model.page_time(self.steps, session.word, step);
        if session.pace == WHOLE {
            return whole;
        }
        (whole as u64 * u64::from(session.pace) / u64::from(WHOLE)) as i64
    }
}
