//! The seed and the beginning of a run.

use mercato_draw::Seed;

/// The seed and everything else a stream may depend on besides its own parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct World {
    /// Root of all randomness.
    pub seed: Seed,
    /// Event time at which the run begins, in microseconds since the Unix epoch.
    pub origin: i64,
}
