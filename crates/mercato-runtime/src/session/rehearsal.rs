//! Runs whose records are only counted.

use mercato_engine::Run;
use mercato_sinks::NullSink;

use crate::clock::WallClock;
use crate::counts::Counts;
use crate::metrics::Registry;
use crate::progress::{Progress, Stretch};
use crate::run::{Drive, Pace, RunError};

/// Counts the records of `run` without sending them anywhere, and shows how far it has come where
/// standard error is a terminal.
pub fn rehearse(run: &Run, threads: usize) -> Result<Counts, RunError> {
    let clock = WallClock::start();
    let metrics = Registry::default().register("rehearsal", run.topics(), "");
    let _progress = Progress::start(metrics.clone(), Stretch::of(run, false), clock);
    let drive = Drive { clock, metrics: Some(metrics), ..Drive::new(threads, Pace::Fast) };
    Ok(drive.run(run, Box::new(NullSink::default()), None)?.counts)
}
