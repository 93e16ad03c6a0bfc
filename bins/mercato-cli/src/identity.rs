//! The identity of the run that a command refers to.

use mercato::config::{Origin, RunSpec};
use mercato::runtime::exit::{Exit, Failure};

/// Refuses a run whose seed or start nobody named: it would be another at each call.
pub(crate) fn require(settings: &RunSpec, or: &str) -> Result<(), Failure> {
    let seeded = settings.seed.origin != Origin::Default;
    // A start that a backfill sets moves with the clock; it has the backfill's origin.
    let start = &settings.start.origin;
    let moving = settings.backfill.as_ref().is_some_and(|backfill| backfill.origin == *start);
    let started = *start != Origin::Default && !moving;
    if seeded && started {
        return Ok(());
    }
    let failure = Failure::new(Exit::Usage, "a run is identified by its seed and start");
    Err(failure.advise(format!("give --seed and --start{or}")))
}
