//! Logging to stderr and, if wanted, to a file as well; standard output belongs to the data.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tracing::{Event, Subscriber};
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::format::{Format, Writer};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, MakeWriter};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, Registry};

use crate::progress::Stderr;
use mercato_config::{ColorChoice, LogFormat, LogLevel, LogSettings};

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

/// Target of what a person reads as it stands: statistics and record_log are written without time
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
    let file = path.map(open).transpose()?.map(|file| layer(Arc::new(file), format, false));
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

fn open(path: &Path) -> Result<File, LoggingError> {
    let file = OpenOptions::new().create(true).append(true).open(path);
    file.map_err(|source| LoggingError::File { path: path.to_owned(), source })
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
    fn colours_follow_the_choice_and_then_the_terminal() {
        assert!(colored(ColorChoice::Always, false));
        assert!(!colored(ColorChoice::Never, true));
        assert!(colored(ColorChoice::Auto, true));
        assert!(!colored(ColorChoice::Auto, false));
    }
}
