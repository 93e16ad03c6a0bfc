//! The progress line on a terminal: records, rate, bytes, lag and time left.
//!
//! A pipe gets none. Log lines and the progress line share standard error, so whoever writes there
//! does it through `above`, which takes the line away and puts it back.

use std::io::{self, IsTerminal, Write};
use std::sync::Arc;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use indicatif::{HumanBytes, HumanCount, HumanDuration, ProgressBar, ProgressStyle};
use mercato_engine::Run;

use crate::clock::WallClock;
use crate::metrics::{Metrics, Snapshot};

/// Parts of the bar that is full at the end of the run.
const PARTS: u64 = 1_000;

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
    /// Whether records are on their way for a while after they were sent, as those to Kafka are.
    pub(crate) in_flight: bool,
}

impl Stretch {
    /// The part that `run` emits.
    pub(crate) fn of(run: &Run, in_flight: bool) -> Self {
        let extent = run.extent();
        Self {
            from: extent.from.unwrap_or(run.world().origin),
            to: extent.until.into_iter().chain(extent.to).min(),
            arrivals: extent.arrivals,
            records: extent.records,
            in_flight,
        }
    }

    fn has_end(&self) -> bool {
        self.to.is_some() || self.arrivals.is_some() || self.records.is_some()
    }
}

/// The line of a run: with a bar and the percentage if it is known where it ends.
fn style(has_end: bool) -> ProgressStyle {
    let template = if has_end { "{bar:24} {percent:>3}%  {msg}" } else { "{spinner} {msg}" };
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_spinner())
}

impl Progress {
    /// Begins to draw, where standard error is a terminal and records are printed elsewhere.
    pub(crate) fn start(metrics: Metrics, stretch: Stretch, clock: WallClock) -> Option<Self> {
        let started = clock.now();
        Self::draw(stretch.has_end(), move |last| {
            let now = metrics.snapshot();
            let rate = (now.records() - *last) as f64 / INTERVAL.as_secs_f64();
            *last = now.records();
            (done(&now, &stretch), describe(&now, rate, &stretch, clock.now() - started))
        })
    }

    /// Draws at each interval the share that is done and the text that `describe` says; it is given
    /// a number to keep between two calls.
    fn draw(
        has_end: bool,
        describe: impl Fn(&mut u64) -> (f64, String) + Send + 'static,
    ) -> Option<Self> {
        if !io::stderr().is_terminal() {
            return None;
        }
        let line = LINE.get_or_init(ProgressBar::new_spinner).clone();
        line.set_style(style(has_end));
        line.set_length(PARTS);
        let ended = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&ended);
        let draw = move || {
            let mut last = 0;
            while !told.load(Ordering::Relaxed) {
                thread::park_timeout(INTERVAL);
                let (done, text) = describe(&mut last);
                line.set_position((done * PARTS as f64) as u64);
                line.set_message(text);
                line.tick();
            }
            line.finish_and_clear();
        };
        // Without a thread to draw it there is no line.
        let thread = thread::Builder::new().name("progress".to_owned()).spawn(draw).ok()?;
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
        let total = total.filter(|total| *total > 0);
        let shown = move |last: &mut u64| {
            let now = read.load(Ordering::Relaxed);
            let rate = (now - *last) as f64 / INTERVAL.as_secs_f64();
            *last = now;
            let done = total.map_or(0.0, |total| (now as f64 / total as f64).min(1.0));
            (done, format!("{} read, {}/s", HumanBytes(now), HumanBytes(rate as u64)))
        };
        Self { _progress: Progress::draw(total.is_some(), shown) }
    }
}

/// Shows how far an answer has come, where standard error is a terminal, until it is dropped.
#[derive(Debug)]
pub struct AnswerProgress {
    _progress: Option<Progress>,
}

impl AnswerProgress {
    /// Begins to show the records that `read` counts, and what share of the event time from `from`
    /// to `to` they have `reached`, where it is known.
    pub fn start(
        read: Arc<AtomicU64>,
        reached: Arc<AtomicI64>,
        from: i64,
        to: Option<i64>,
    ) -> Self {
        let shown = move |last: &mut u64| {
            let now = read.load(Ordering::Relaxed);
            let rate = (now - *last) as f64 / INTERVAL.as_secs_f64();
            *last = now;
            let passed = reached.load(Ordering::Relaxed).saturating_sub(from).max(0);
            let done = to.map_or(0.0, |to| passed as f64 / (to - from).max(1) as f64);
            let text = format!("{} records, {}/s", HumanCount(now), HumanCount(rate as u64));
            (done.min(1.0), text)
        };
        Self { _progress: Progress::draw(to.is_some(), shown) }
    }
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
    if stretch.in_flight && now.delivery.in_flight() > 0 {
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
    let done = done(now, stretch);
    (done > 0.0).then(|| (elapsed_micros as f64 * (1.0 - done) / done) as u64)
}

/// The share of the run that is done, from 0 to 1; 0 if it has no end.
fn done(now: &Snapshot, stretch: &Stretch) -> f64 {
    let by_time =
        stretch.to.zip(now.event_time).map(|(to, at)| (at - stretch.from, to - stretch.from));
    let by_count = stretch.arrivals.map(|arrivals| (now.entered as i64, arrivals as i64));
    let by_records = stretch.records.map(|records| (now.records() as i64, records as i64));
    // Whichever end is nearer ends the run.
    let share = |(done, all): (i64, i64)| done as f64 / all.max(1) as f64;
    let shares = by_time.into_iter().chain(by_count).chain(by_records).map(share);
    shares.fold(0.0, f64::max).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearer_end_decides_what_is_left() {
        let now = Snapshot { entered: 25, event_time: Some(10), ..Snapshot::default() };
        let stretch =
            Stretch { from: 0, to: Some(100), arrivals: Some(50), records: None, in_flight: true };
        assert_eq!(
            left_micros(&now, &stretch, 1_000),
            Some(1_000),
            "half of the arrivals are done"
        );
        let endless = Stretch { from: 0, to: None, arrivals: None, records: None, in_flight: true };
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
    fn the_line_names_lag_and_queue_only_where_there_are_any() {
        let mut now =
            Snapshot { topics: vec![("t".into(), 1_234)], bytes: 2_048, ..Snapshot::default() };
        let endless = Stretch { from: 0, to: None, arrivals: None, records: None, in_flight: true };
        assert_eq!(describe(&now, 500.0, &endless, 1), "1,234 records, 500/s, 2.00 KiB");
        now.delivery.accepted = 10;
        now.lag_micros = 3_000_000;
        assert_eq!(
            describe(&now, 500.0, &endless, 1),
            "1,234 records, 500/s, 2.00 KiB, 10 in flight, 3 seconds behind"
        );
        let to_a_file = Stretch { in_flight: false, ..endless };
        assert_eq!(
            describe(&now, 500.0, &to_a_file, 1),
            "1,234 records, 500/s, 2.00 KiB, 3 seconds behind",
            "nothing is in flight to a file"
        );
    }
}
