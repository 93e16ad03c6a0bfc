//! What is said on stderr.

use std::path::PathBuf;

use clap::{ArgAction, Args};

use super::bound;
use crate::{ColorChoice, LogFormat, LogLevel};

/// Flags that choose what is logged, how and where.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Logging")]
pub struct LogArgs {
    /// Say more: -v for debug, -vv for trace
    #[arg(short, long, action = ArgAction::Count, conflicts_with_all = ["quiet", "log_level"])]
    pub verbose: u8,

    /// Say less: -q for warnings, -qq for errors, -qqq for nothing
    #[arg(short, long, action = ArgAction::Count, conflicts_with = "log_level")]
    pub quiet: u8,

    /// The least important level shown: off, error, warn, info, debug, trace [default: info] [env:
    /// `LOG_LEVEL`]
    #[arg(long, value_name = "LEVEL", value_parser = bound::<LogLevel>())]
    pub log_level: Option<LogLevel>,

    /// How log lines are written [default: text]
    #[arg(long, value_name = "FORMAT")]
    pub log_format: Option<LogFormat>,

    /// Append the log to this file too
    #[arg(long, value_name = "PATH")]
    pub log_file: Option<PathBuf>,

    /// When colours are used [default: auto, on a terminal] [env: `NO_COLOR`]
    #[arg(long, value_name = "WHEN")]
    pub color: Option<ColorChoice>,
}

impl LogArgs {
    /// The level the flags ask for, and the flag that does.
    pub(crate) fn level(&self) -> Option<(LogLevel, &'static str)> {
        let verbose = match self.verbose {
            0 => None,
            1 => Some((LogLevel::Debug, "-v")),
            _ => Some((LogLevel::Trace, "-vv")),
        };
        let quiet = match self.quiet {
            0 => None,
            1 => Some((LogLevel::Warn, "-q")),
            2 => Some((LogLevel::Error, "-qq")),
            _ => Some((LogLevel::Off, "-qqq")),
        };
        self.log_level.map(|level| (level, "--log-level")).or(verbose).or(quiet)
    }
}
