//! As many records as wanted in a window of event time, spread by the shop's hours and seasons.
//!
//! The number of records that a rate brings depends on hours, seasons and chance, so they are
//! counted: the rates are changed until the window holds a few records more than wanted, and the
//! run then ends with the last that is.
//! All of that follows from seed, start, end and configuration, so the same command makes the same
//! records again.

use mercato::config::{Origin, RunSpec, Setting};
use mercato::runtime::exit::{Exit, Failure};
use mercato::runtime::logging;
use mercato::runtime::session::{Plan, rehearse};
use mercato::schema::Rate;
use mercato::shop::ParamsError;
use mercato::shop::shop::{Driver, ShopConfig, ShopParams, Topic};
use mercato::units::Timestamp;
use mercato::{Generation, StreamSpec};

/// Attempts before the best is taken; two or three are usual.
const ATTEMPTS: u32 = 8;

/// Changes the shop's rates so that the wanted records fill the time until `end`.
///
/// Fails when `end` is not after the start, and when the shop cannot be that busy or that quiet.
pub(super) fn over(
    generation: &mut Generation<ShopConfig>,
    end: Timestamp,
    topic: Topic,
    an_hour: u64,
) -> Result<(), Failure> {
    let Generation { run, stream: config, .. } = generation;
    let start = run.start.value;
    let window = end.micros().saturating_sub(start.micros());
    if window <= 0 {
        let reason =
            format!("--end is {end} and --start is {start}: the end must be after the start");
        return Err(Failure::new(Exit::Usage, reason));
    }
    run.duration = Some(Setting { value: window, origin: Origin::Flag("--end") });
    let Some(wanted) = run.count.as_ref().map(|count| count.value) else { return Ok(()) };
    logging::say(&format!("fitting the rate to {wanted} records between {start} and {end}"));
    // Chance moves the number by less than its root: a little more than wanted leaves seldom too
    // few, and the last of them near the end. Updates come at equal distances.
    let chance = if topic.driver == Driver::PriceUpdates { 0.0 } else { (wanted as f64).sqrt() };
    let aim = wanted as f64 + chance / 2.0 + 1.0;
    let mut factor = aim / (an_hour as f64 / 1e6 * window as f64 / 3.6e9);
    let mut best: Option<(u64, ShopConfig)> = None;
    for _ in 0..ATTEMPTS {
        let scaled = scaled(config, factor, topic)?;
        let found = count(run, &scaled)?;
        if found >= wanted && best.as_ref().is_none_or(|(least, _)| found < *least) {
            best = Some((found, scaled));
        }
        if best.as_ref().is_some_and(|(found, _)| (*found as f64) < aim + chance.max(1.0)) {
            break;
        }
        factor *= aim / (found as f64).max(0.25);
    }
    let Some((_, best)) = best else {
        let reason = format!("cannot fit {wanted} records between {start} and {end}");
        return Err(Failure::new(Exit::Usage, reason)
            .advise("choose a longer or shorter window, or another --count"));
    };
    *config = best;
    Ok(())
}

/// The shop with `factor` times as many sessions, or updates.
fn scaled(config: &ShopConfig, factor: f64, topic: Topic) -> Result<ShopConfig, Failure> {
    let refused = |error: ParamsError| {
        Failure::new(Exit::Usage, error).advise("choose another window or another --count")
    };
    let times = |what: &str, millionths_per_hour: u64| {
        let millionths = (millionths_per_hour as f64 * factor).round() as u64;
        Rate::from_millionths_per_hour(millionths).ok_or_else(|| {
            Failure::new(
                Exit::Usage,
                format!("the shop would have no {what}, or too many to count"),
            )
            .advise("choose another window or another --count")
        })
    };
    let mut scaled = config.clone();
    if topic.driver == Driver::PriceUpdates {
        scaled.catalogue.price_updates =
            times("updates", config.catalogue.price_updates.millionths_per_hour())?;
    } else {
        let sessions = ShopParams::new(config).map_err(refused)?.rates().sessions;
        scaled = config.with_sessions(times("sessions", sessions)?).map_err(refused)?;
    }
    ShopParams::new(&scaled).map_err(refused)?;
    Ok(scaled)
}

/// The records of the wanted topic in the window.
fn count(settings: &RunSpec, config: &ShopConfig) -> Result<u64, Failure> {
    let plan = Plan::of_settings(&RunSpec { count: None, ..settings.clone() })?;
    let run = config.run(&plan, mercato::engine::Format::Json)?;
    let counts = rehearse(&run, settings.threads.value as usize);
    Ok(counts.map_err(|error| Failure::new(Exit::Unexpected, error))?.records())
}
