//! Which run a command is about.

use mercato::config::args::RunArgs;
use mercato::config::{Origin, RunSpec};
use mercato::runtime::exit::{Exit, Failure};

/// Refuses a run whose seed or start nobody named: it would be another at each call.
pub(crate) fn require(args: &RunArgs, settings: &RunSpec, or: &str) -> Result<(), Failure> {
    let seeded = settings.seed.origin != Origin::Default;
    // A backfill begins so long before now, whenever that is.
    let started = settings.start.origin != Origin::Default && settings.backfill.is_none();
    if seeded && started {
        return Ok(());
    }
    let failure = Failure::new(Exit::Usage, "a run is known by its seed and its start");
    Err(failure.advise(format!("give --seed and --start{or}")))
}
