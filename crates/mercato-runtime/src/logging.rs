//! Logging to stderr and, if wanted, to a file as well; standard output belongs to the data.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tracing::{Event, Level, Subscriber};
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::format::{Format, Writer};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, MakeWriter};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, Registry};

use crate::progress::Stderr;
use mercato_config::env::now_micros;
use mercato_config::{ColorChoice, LogFormat, LogLevel, LogSettings};
use mercato_units::Timestamp;

/// Why logging cannot begin.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoggingError {
    /// The log file cannot be opened.
    #[error("cannot append to the log file {}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The underlying I/O error.
        source: io::Error,
    },
    /// Something else in this process has begun to log.
    #[error("logging is already initialized in this process")]
    Twice,
}

/// Target of what a person reads as it stands: statistics and logged records are written without time
/// and level.
pub(crate) const PLAIN: &str = "plain";

/// Begins to log as `settings` say; to be called once a process.
///
/// Fails when the log file cannot be opened.
pub fn init(settings: &LogSettings) -> Result<(), LoggingError> {
    let format = settings.log_format.value;
    let stderr =
        layer(|| Stderr, format, colored(settings.color.value, io::stderr().is_terminal()));
    let path = settings.log_file.as_ref().map(|file| file.value.as_path());
    let file = path.map(LogFile::open).transpose()?;
    let file =
        file.map(Arc::new).map(|file| layer(move || Appended(Arc::clone(&file)), format, false));
    let subscriber =
        Registry::default().with(filter(settings.log_level.value)).with(stderr).with(file);
    subscriber.try_init().map_err(|_| LoggingError::Twice)
}

/// Logs a text for people at the level `info`, a line at a time, so that a log as JSON stays one
/// object a line.
pub fn say(text: &str) {
    for line in text.lines() {
        tracing::info!("{line}");
    }
}

/// Logs a text for people at the level `warn`.
pub fn warn(text: &str) {
    tracing::warn!("{text}");
}

fn layer<S, W>(writer: W, format: LogFormat, ansi: bool) -> Box<dyn Layer<S> + Send + Sync>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let layer =
        tracing_subscriber::fmt::layer().with_writer(writer).with_ansi(ansi).with_target(false);
    match format {
        LogFormat::Text => layer.event_format(Text(Format::default().with_target(false))).boxed(),
        LogFormat::Python => layer.event_format(Python).with_ansi(false).boxed(),
        LogFormat::Json => layer.json().flatten_event(true).boxed(),
    }
}

/// Lines for people: time, level and message, or the message alone where it is meant to be read as
/// it stands.
struct Text(Format);

impl<S, N> FormatEvent<S, N> for Text
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        if event.metadata().target() != PLAIN {
            return self.0.format_event(context, writer, event);
        }
        context.format_fields(writer.by_ref(), event)?;
        writeln!(writer)
    }
}

/// Lines in the form of document 002's log, in UTC: time, level and message.
struct Python;

impl<S, N> FormatEvent<S, N> for Python
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let time = Timestamp::new(now_micros()).map(|time| time.to_string()).unwrap_or_default();
        let level = match *event.metadata().level() {
            Level::WARN => "WARNING",
            Level::TRACE => "DEBUG",
            level => level.as_str(),
        };
        write!(writer, "{} - {level} - ", python_time(&time))?;
        context.format_fields(writer.by_ref(), event)?;
        writeln!(writer)
    }
}

/// `2024-01-15T10:30:45.123456Z` as Python's logging module writes it.
fn python_time(time: &str) -> String {
    let (date, clock) = time.trim_end_matches('Z').split_once('T').unwrap_or((time, ""));
    let (seconds, micros) = clock.split_once('.').unwrap_or((clock, "000"));
    format!("{date} {seconds},{micros:0<3.3}")
}

/// The log file; the first line that cannot be written to it, as on a full disk, is reported on
/// standard error.
struct LogFile {
    path: PathBuf,
    file: File,
    has_failed: AtomicBool,
}

impl LogFile {
    fn open(path: &Path) -> Result<Self, LoggingError> {
        let path = path.to_owned();
        match OpenOptions::new().create(true).append(true).open(&path) {
            Ok(file) => Ok(Self { path, file, has_failed: AtomicBool::new(false) }),
            Err(source) => Err(LoggingError::File { path, source }),
        }
    }
}

/// A writer of log lines to the file.
struct Appended(Arc<LogFile>);

impl Write for Appended {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let LogFile { path, file, has_failed } = &*self.0;
        let mut file = file;
        if let Err(error) = file.write_all(bytes)
            && !has_failed.swap(true, Ordering::Relaxed)
        {
            let path = path.display();
            let report = format!("cannot write to the log file {path}: {error}; the run goes on\n");
            // Nothing is left to say it to if stderr has gone as well.
            let _ = Stderr.write_all(report.as_bytes());
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn colored(choice: ColorChoice, terminal: bool) -> bool {
    match choice {
        ColorChoice::Auto => terminal,
        ColorChoice::Always => true,
        ColorChoice::Never => false,
    }
}

fn filter(level: LogLevel) -> LevelFilter {
    match level {
        LogLevel::Off => LevelFilter::OFF,
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Trace => LevelFilter::TRACE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_the_form_of_pythons_logging() {
        assert_eq!(python_time("2024-01-15T10:30:45.123456Z"), "2024-01-15 10:30:45,123");
        assert_eq!(python_time("2024-01-15T10:30:45Z"), "2024-01-15 10:30:45,000");
    }

    #[test]
    fn colours_follow_the_choice_and_then_the_terminal() {
        assert!(colored(ColorChoice::Always, false));
        assert!(!colored(ColorChoice::Never, true));
        assert!(colored(ColorChoice::Auto, true));
        assert!(!colored(ColorChoice::Auto, false));
    }
}
