//! A stretch of event time with a factor on the rate of arrivals.

/// A stretch of event time in which arrivals come `factor` times as often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Burst {
    /// First microsecond since the Unix epoch at which the factor holds.
    pub from: i64,
    /// First microsecond at which it no longer holds.
    pub to: i64,
    /// Millionths: 5,000,000 is five times as often, 0 is nothing at all.
    pub factor_millionths: u64,
}
