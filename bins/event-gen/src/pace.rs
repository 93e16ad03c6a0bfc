//! The interval or the rate of events, whichever comes from the stronger source.

use std::fmt;
use std::str::FromStr;

use mercato::config::{Key, Setting};
use mercato::runtime::exit::Failure;
use mercato::shop::events::EventsConfig;
use mercato::units::{Delay, ValueError};
use mercato::{Generation, StreamSpec};

/// The name of the interval in each layer; files have it in the stream's own section.
const INTERVAL: Key =
    Key { flag: "--interval", variables: &["PRODUCER_INTERVAL"], file: "events.interval" };

/// A delay above zero.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Interval(Delay);

impl FromStr for Interval {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let delay: Delay = text.parse()?;
        if delay.micros() == 0 {
            return Err(ValueError::out_of_range("interval", text, "1us", Delay::MAX));
        }
        Ok(Self(delay))
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// Gives the stream its rate or interval, and the command that repeats the run what flag or
/// variable have set.
///
/// Both replace each other, so of the two the one from the stronger layer counts: `--rate` over a
/// `PRODUCER_INTERVAL`, and that over a rate in a file.
pub(crate) fn settle(
    flag: Option<Interval>,
    generation: &mut Generation<EventsConfig>,
) -> Result<(), Failure> {
    let Generation { layers, run, stream, own_flags, .. } = generation;
    let strength = |setting: &Setting<_>| setting.origin.rank();
    let rate = run.rate.as_ref().map_or(0, strength);
    let interval =
        layers.pick::<Interval>(&INTERVAL, flag)?.filter(|interval| interval.origin.rank() > rate);
    if interval.is_some() {
        run.rate = None;
    }
    let interval = interval.map(|interval| interval.value);
    if let Some(every) = interval.map(|interval| interval.0.duration()) {
        (stream.interval, stream.rate) = (every, None);
    }
    stream.set_settings(run)?;
    own_flags.extend(
        interval.into_iter().flat_map(|interval| ["--interval".to_owned(), interval.to_string()]),
    );
    Ok(())
}
