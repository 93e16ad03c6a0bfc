//! Time: when honest people sleep.

use std::ops::Range;

/// Hours of the user's day in which purchases of this shape come: from two until before four
/// (document 004).
pub const HOURS: Range<u8> = 2..4;
