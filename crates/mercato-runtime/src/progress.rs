//! The progress line on a terminal: records, rate, bytes, lag and time left.
//!
//! A pipe gets none. Log lines and the progress line share standard error, so whoever writes there
//! does it through [`above`], which takes the line away and puts it back.

use std::io::{self, IsTerminal, Write};
use std::sync::Arc;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use indicatif::{HumanBytes, HumanCount, HumanDuration, ProgressBar, ProgressStyle};

use crate::clock::WallClock;
use crate::metrics::{Metrics, Snapshot};

/// Interval between redraws of the line.
const INTERVAL: Duration = Duration::from_millis(250);

/// The line of this process; nothing is drawn before [`Progress::start`].
static LINE: OnceLock<ProgressBar> = OnceLock::new();

/// Writes to standard error without tearing the progress line.
pub(crate) fn above<T>(write: impl FnOnce(&mut dyn Write) -> T) -> T {
    match LINE.get() {
        Some(line) => line.suspend(|| write(&mut io::stderr().lock())),
        None => write(&mut io::stderr().lock()),
    }
}

/// Standard error for log lines.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stderr;

impl Write for Stderr {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        above(|stderr| stderr.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

/// Draws the line until it is dropped.
#[derive(Debug)]
pub(crate) struct Progress {
    ended: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

/// Start and end of a run in event time, as far as known.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stretch {
    pub(crate) from: i64,
    pub(crate) to: Option<i64>,
    /// Entities after which the run ends.
    pub(crate) arrivals: Option<u64>,
    /// Records after which it does.
    pub(crate) records: Option<u64>,
}

impl Progress {
    /// Begins to draw, where standard error is a terminal and records are printed elsewhere.
    pub(crate) fn start(metrics: Metrics, stretch: Stretch, clock: WallClock) -> Option<Self> {
        let started = clock.now();
        Self::draw(move |last| {
            let now = metrics.snapshot();
            let rate = (now.records() - *last) as f64 / INTERVAL.as_secs_f64();
            *last = now.records();
            describe(&now, rate, &stretch, clock.now() - started)
        })
    }

    /// Draws what `describe` says at each interval; it is given a number to keep between two calls.
    fn draw(describe: impl Fn(&mut u64) -> String + Send + 'static) -> Option<Self> {
        if !io::stderr().is_terminal() {
            return None;
        }
        let line = LINE.get_or_init(ProgressBar::new_spinner).clone();
        line.set_style(
            ProgressStyle::with_template("{spinner} {msg}")
                .unwrap_or_else(|_| ProgressStyle::default_spinner()),
        );
        let ended = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&ended);
        let thread = thread::spawn(move || {
            let mut last = 0;
            while !told.load(Ordering::Relaxed) {
                thread::park_timeout(INTERVAL);
                line.set_message(describe(&mut last));
                line.tick();
            }
            line.finish_and_clear();
        });
        Some(Self { ended, thread: Some(thread) })
    }
}

/// Shows how far a reading has come, where standard error is a terminal, until it is dropped.
#[derive(Debug)]
pub struct ReadingProgress {
    _progress: Option<Progress>,
}

impl ReadingProgress {
    /// Begins to show the bytes that `read` counts, of `total` if that is known.
    pub fn start(read: Arc<AtomicU64>, total: Option<u64>) -> Self {
        let shown = move |last: &mut u64| {
            let now = read.load(Ordering::Relaxed);
            let rate = (now - *last) as f64 / INTERVAL.as_secs_f64();
            *last = now;
            describe_reading(now, rate, total)
        };
        Self { _progress: Progress::draw(shown) }
    }
}

fn describe_reading(bytes: u64, rate: f64, total: Option<u64>) -> String {
    let mut text = format!("{} read, {}/s", HumanBytes(bytes), HumanBytes(rate as u64));
    if let Some(total) = total.filter(|total| *total > 0) {
        text += &format!(", {} %", (bytes as f64 / total as f64 * 100.0).min(100.0) as u64);
    }
    text
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            // The line is decoration: a thread that died has taken nothing with it.
            let _ = thread.join();
        }
    }
}

fn describe(now: &Snapshot, rate: f64, stretch: &Stretch, elapsed_micros: i64) -> String {
    let mut text = format!(
        "{} records, {}/s, {}",
        HumanCount(now.records()),
        HumanCount(rate as u64),
        HumanBytes(now.bytes)
    );
    if now.delivery.in_flight() > 0 {
        text += &format!(", {} in flight", HumanCount(now.delivery.in_flight()));
    }
    if now.lag_micros > 1_000_000 {
        text += &format!(
            ", {} behind",
            HumanDuration(Duration::from_micros(now.lag_micros.unsigned_abs()))
        );
    }
    if let Some(left) = left_micros(now, stretch, elapsed_micros) {
        text += &format!(", {} left", HumanDuration(Duration::from_micros(left)));
    }
    text
}

/// Wall time that is left if the run goes on as it did so far.
fn left_micros(now: &Snapshot, stretch: &Stretch, elapsed_micros: i64) -> Option<u64> {
    let by_time =
        stretch.to.zip(now.event_time).map(|(to, at)| (at - stretch.from, to - stretch.from));
    let by_count = stretch.arrivals.map(|arrivals| (now.entered as i64, arrivals as i64));
    let by_records = stretch.records.map(|records| (now.records() as i64, records as i64));
    // Whichever end is nearer ends the run.
    let share = |(done, all): (i64, i64)| done as f64 / all.max(1) as f64;
    let done = by_time.into_iter().chain(by_count).chain(by_records).map(share).fold(0.0, f64::max);
    (done > 0.0).then(|| (elapsed_micros as f64 * (1.0 - done.min(1.0)) / done) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearer_end_decides_what_is_left() {
        let now = Snapshot { entered: 25, event_time: Some(10), ..Snapshot::default() };
        let stretch = Stretch { from: 0, to: Some(100), arrivals: Some(50), records: None };
        assert_eq!(
            left_micros(&now, &stretch, 1_000),
            Some(1_000),
            "half of the arrivals are done"
        );
        let endless = Stretch { from: 0, to: None, arrivals: None, records: None };
        assert_eq!(left_micros(&now, &endless, 1_000), None);
        let now = Snapshot { topics: vec![("t".into(), 75)], ..now };
        let by_records = Stretch { records: Some(100), ..stretch };
        assert_eq!(
            left_micros(&now, &by_records, 3_000),
            Some(1_000),
            "three quarters of the records are"
        );
    }

    #[test]
    fn a_reading_names_its_share_where_the_whole_is_known() {
        assert_eq!(describe_reading(2_048, 1_024.0, None), "2.00 KiB read, 1.00 KiB/s");
        assert_eq!(describe_reading(512, 0.0, Some(2_048)), "512 B read, 0 B/s, 25 %");
    }

    #[test]
    fn the_line_names_lag_and_queue_only_where_there_are_any() {
        let mut now =
            Snapshot { topics: vec![("t".into(), 1_234)], bytes: 2_048, ..Snapshot::default() };
        let endless = Stretch { from: 0, to: None, arrivals: None, records: None };
        assert_eq!(describe(&now, 500.0, &endless, 1), "1,234 records, 500/s, 2.00 KiB");
        now.delivery.accepted = 10;
        now.lag_micros = 3_000_000;
        assert_eq!(
            describe(&now, 500.0, &endless, 1),
            "1,234 records, 500/s, 2.00 KiB, 10 in flight, 3 seconds behind"
        );
    }
}
