//! Estimates the size of a history and checks the free disk space.

use mercato::engine::{Extent, Run};
use mercato::runtime::estimate::{Estimate, human_bytes};
use mercato::runtime::exit::{Exit, Failure};
use mercato::runtime::logging;
use mercato::runtime::session::{Packing, Plan, encoding};
use mercato::sinks::{FileFormat, free_bytes};
use mercato::{Generation, StreamError, StreamSpec};

/// Microseconds of the first sample: a second, which is enough for the busiest shop.
const FIRST_SAMPLE: i64 = 1_000_000;

/// Says how large the history will be; refuses it where the disk has less room, unless it is
/// `forced`.
pub(super) fn check(
    generation: &Generation<impl StreamSpec>,
    form: FileFormat,
    forced: bool,
) -> Result<(), Failure> {
    let Generation { run: settings, stream, output, .. } = generation;
    let mut stream = stream.clone();
    stream.set_settings(settings)?;
    let format = encoding(output.encoding());
    let plan = Plan::of_settings(settings)?;
    let run = stream.run(&plan, format)?;
    let until = |until: i64| {
        let extent = Extent { until: Some(until), drain: true, ..Extent::default() };
        stream.run(&Plan { extent, ..plan.clone() }, format)
    };
    let sample = sample(until, plan.world.origin, plan.extent.until.unwrap_or(i64::MAX))?;
    let are_malformed = settings.disorder.malformed.millionths() > 0;
    let estimate = Estimate::of(&run, &sample, &Packing::of(&run, form, are_malformed)?)?;
    let path = output.output.as_ref().and_then(|output| output.value.path());
    let free = match path {
        Some(path) => free_bytes(path).map_err(|error| {
            Failure::new(
                Exit::File,
                format!("cannot determine the free space for {}: {error}", path.display()),
            )
        })?,
        None => None,
    };
    let place =
        path.map_or_else(|| "discarded".to_owned(), |path| format!("into {}", path.display()));
    let room = free.map(|free| format!("; {} free", human_bytes(free))).unwrap_or_default();
    let told = format!("{estimate}, {place}{room}");
    if free.is_some_and(|free| free < estimate.bytes) && !forced {
        let failure =
            Failure::new(Exit::File, format!("not enough disk space for the history: {told}"));
        return Err(failure
            .advise("use fewer days, --topics, --compress zst or another directory, or --force to start anyway"));
    }
    logging::say(&told);
    Ok(())
}

/// The beginning of the run with as many arrivals as an estimate needs, or all of it.
fn sample(
    until: impl Fn(i64) -> Result<Run, StreamError>,
    origin: i64,
    end: i64,
) -> Result<Run, StreamError> {
    let mut length = FIRST_SAMPLE;
    loop {
        let last = origin.saturating_add(length).min(end);
        let run = until(last)?;
        if last == end
            || run.expected_arrivals().is_some_and(|arrivals| arrivals >= Estimate::SAMPLE)
        {
            return Ok(run);
        }
        length = length.saturating_mul(2);
    }
}
