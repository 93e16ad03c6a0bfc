//! Exit codes of a program, and its error message on failure.

use std::error::Error;
use std::fmt;
use std::io::{self, Write};
use std::process::ExitCode;

use mercato_sinks::SinkError;

use crate::logging::LoggingError;
use crate::summary::SummaryError;
use mercato_config::{ConfigError, Layers, Place};
use mercato_units::ValueError;

/// The exit codes of every program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Success; also when a run without an end is stopped and everything is delivered, and when the
    /// reader of a pipe closes it.
    Done = 0,
    /// Internal error.
    Unexpected = 1,
    /// Invalid flags or variables.
    Usage = 2,
    /// Invalid configuration.
    Config = 3,
    /// Cannot connect to a broker or authenticate.
    Connect = 4,
    /// Records could not be delivered.
    Undelivered = 5,
    /// A verification found a difference.
    Difference = 6,
    /// Another instance of the same run has taken over.
    Fenced = 7,
    /// Cannot read or write a file.
    File = 8,
    /// A run with an end was stopped before it; everything generated so far is delivered.
    Stopped = 9,
    /// A second SIGHUP.
    HungUp = 129,
    /// A second SIGINT.
    Interrupted = 130,
    /// A second SIGTERM.
    Terminated = 143,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Why a program ends early: its exit code, an error with its chain of causes, and what to do about
/// it.
#[derive(Debug)]
pub struct Failure {
    /// The exit code.
    pub exit: Exit,
    error: Box<dyn Error + Send + Sync>,
    place: Option<Place>,
    advice: Option<String>,
}

impl Failure {
    /// A failure with this exit code.
    pub fn new(exit: Exit, error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { exit, error: error.into(), place: None, advice: None }
    }

    /// The same with file and line of the setting that its message begins with, if a file of
    /// `layers` sets it.
    #[must_use]
    pub fn located(self, layers: &Layers) -> Self {
        let place = layers.place_of_first_word(&self.error.to_string());
        self.at(place)
    }

    /// The same with the place of the setting that it is about, if that is known.
    #[must_use]
    pub fn at(mut self, place: Option<Place>) -> Self {
        self.place = place;
        self
    }

    /// The same with a sentence that says what to do.
    #[must_use]
    pub fn advise(mut self, advice: impl Into<String>) -> Self {
        self.advice = Some(advice.into());
        self
    }
}

/// `error: what was attempted: caused by why: caused by why that`, and the advice in a line of its
/// own.
impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Some(place) => write!(formatter, "error: {place}: {}", self.error)?,
            None => write!(formatter, "error: {}", self.error)?,
        }
        let mut cause = self.error.source();
        while let Some(error) = cause {
            write!(formatter, ": caused by {error}")?;
            cause = error.source();
        }
        self.advice.as_ref().map_or(Ok(()), |advice| write!(formatter, "\nhint: {advice}"))
    }
}

impl From<SinkError> for Failure {
    fn from(error: SinkError) -> Self {
        let exit = match &error {
            SinkError::Closed => Exit::Done,
            SinkError::File { .. } => Exit::File,
            SinkError::Connect { .. } => Exit::Connect,
            SinkError::Fenced { .. } => Exit::Fenced,
            SinkError::Unfit { .. } => Exit::Config,
            SinkError::Undelivered { .. } | SinkError::MissingTopic { .. } => Exit::Undelivered,
            _ => Exit::Unexpected,
        };
        Self::new(exit, error)
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        let exit = match &error {
            ConfigError::Variable { .. } | ConfigError::Usage { .. } => Exit::Usage,
            ConfigError::Effective { .. } => Exit::Unexpected,
            _ => Exit::Config,
        };
        Self::new(exit, error)
    }
}

impl From<ValueError> for Failure {
    fn from(error: ValueError) -> Self {
        Self::new(Exit::Usage, error)
    }
}

impl From<LoggingError> for Failure {
    fn from(error: LoggingError) -> Self {
        let exit =
            if matches!(error, LoggingError::File { .. }) { Exit::File } else { Exit::Unexpected };
        Self::new(exit, error)
    }
}

impl From<SummaryError> for Failure {
    fn from(error: SummaryError) -> Self {
        match error {
            SummaryError::Edited { .. } | SummaryError::Unsigned { .. } => {
                Self::new(Exit::Config, error)
                    .advise("take the file as --summary-json wrote it, or give the run's own flags")
            }
            SummaryError::Shape { .. } => Self::new(Exit::Config, error),
            _ => Self::new(Exit::File, error),
        }
    }
}

/// Runs a program's body and turns its end into the process's exit code; a failure is printed once,
/// on stderr.
///
/// A reader that has gone ([`SinkError::Closed`]) ends the program quietly.
pub fn main(body: impl FnOnce() -> Result<Exit, Failure>) -> ExitCode {
    match body() {
        Ok(exit) => exit.into(),
        Err(failure) => {
            if failure.exit != Exit::Done {
                // Nothing is left to say it to if stderr has gone as well.
                let _ = writeln!(io::stderr().lock(), "{failure}");
            }
            failure.exit.into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn no_space() -> SinkError {
        SinkError::file("write", "a.csv", 2, 19, io::ErrorKind::StorageFull.into())
    }

    #[test]
    fn each_failure_of_a_sink_has_its_exit_code() {
        let undelivered = SinkError::Undelivered {
            destination: "t".into(),
            failed: 1,
            complete: 0,
            advice: "create it".into(),
            source: "no topic".into(),
        };
        for (error, exit) in [
            (SinkError::Closed, Exit::Done),
            (no_space(), Exit::File),
            (undelivered, Exit::Undelivered),
        ] {
            assert_eq!(Failure::from(error).exit, exit);
        }
    }

    #[test]
    fn a_failure_is_one_chain_and_its_advice() {
        let shown = Failure::from(no_space()).advise("make room").to_string();
        let chain = "error: cannot write a.csv; 2 whole records in 19 bytes were written before: caused by no storage space";
        assert_eq!(shown, format!("{chain}\nhint: make room"));
    }

    #[test]
    fn flags_and_variables_are_usage_and_files_are_configuration() {
        let usage = ConfigError::Usage { reason: "both".into() };
        let ending = ConfigError::Ending { path: "a.ini".into() };
        let place = Place { file: std::path::Path::new("a.toml").into(), line: 3 };
        let key = ConfigError::File { place, reason: "unknown key".into() };
        let read = ConfigError::Read { path: "a".into(), source: io::ErrorKind::NotFound.into() };
        assert_eq!(Failure::from(usage).exit, Exit::Usage);
        for error in [ending, key, read] {
            assert_eq!(Failure::from(error).exit, Exit::Config);
        }
    }
}
