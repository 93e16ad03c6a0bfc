//! Numbers of sessions, and the identifiers that records show instead.

use super::Shop;

impl Shop {
    /// A number that no two sessions of a run share, and none with a visit of a campaign.
    #[inline]
    pub(super) fn serial(&self, substream: u8, arrival: u64) -> u64 {
        arrival * (self.params.substreams() + 1) + u64::from(substream)
    }

    /// The number of the `nth` visit of all campaigns: they are numbered as if they were one more
    /// substream of sessions.
    #[inline]
    pub(in crate::shop) fn campaign_serial(&self, nth: u64) -> u64 {
        nth * (self.params.substreams() + 1) + self.params.substreams()
    }

    /// The 48 bits that stand in a session's identifier: another for each serial, and in no visible
    /// order.
    #[inline]
    pub(super) fn session_code(&self, serial: u64) -> u64 {
        const MASK: u64 = (1 << 48) - 1;
        let [factor, term] = [self.numbers.at(0, 0) | 1, self.numbers.at(0, 1)];
        let code = serial.wrapping_mul(factor).wrapping_add(term) & MASK;
        // Of half the bits or more, so doing it twice undoes it: no two serials meet.
        let code = (code ^ code >> 24).wrapping_mul(0x9e37_79b9_7f4a_7c15) & MASK;
        code ^ code >> 25
    }
}
