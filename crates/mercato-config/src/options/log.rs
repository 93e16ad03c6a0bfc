//! The options of logging.

use std::path::PathBuf;

use clap::ArgAction;

use super::options;
use crate::{ColorChoice, ConfigError, Layers, LogFormat, LogLevel, Origin, Setting};

options! {
    /// Logging to standard error and to a file.
    [log] "Logging" => LogArgs, LogSection, LogSettings(args, layers);

    /// Log at this level and above
    log_level: LogLevel, default("info"), flag("log-level", value_name = "LEVEL", ignore_case = true),
        env("LOG_LEVEL"), key("level");

    /// Write log lines in this format
    log_format: LogFormat, default("text"), flag("log-format", value_name = "FORMAT"), key("format");

    /// Also append the log to this file
    log_file: PathBuf, unset("none"), flag("log-file", value_name = "PATH"), key("file"),
        schema(example = "mercato.log");

    /// When to use colours; `NO_COLOR` in the environment means never
    color: ColorChoice, default("auto"), flag("color", value_name = "WHEN");

    flags {
        /// Log more: -v for debug, -vv for trace
        #[arg(short, long, action = ArgAction::Count, conflicts_with_all = ["quiet", "log_level"])]
        pub verbose: u8,

        /// Log less: -q for warnings and errors, -qq for errors only, -qqq for nothing
        #[arg(short, long, action = ArgAction::Count, conflicts_with = "log_level")]
        pub quiet: u8,
    }
}

impl LogArgs {
    /// Returns the level that `-v` or `-q` asks for, and that flag.
    fn level(&self) -> Option<(LogLevel, &'static str)> {
        match (self.verbose, self.quiet) {
            (0, 0) => None,
            (1, _) => Some((LogLevel::Debug, "-v")),
            (2.., _) => Some((LogLevel::Trace, "-vv")),
            (0, 1) => Some((LogLevel::Warn, "-q")),
            (0, 2) => Some((LogLevel::Error, "-qq")),
            (0, 3..) => Some((LogLevel::Off, "-qqq")),
        }
    }
}

impl LogSettings {
    /// Resolves the flags over `layers`; `NO_COLOR` wins over files, and `--color` over both.
    ///
    /// Fails when a file or variable is wrong.
    pub fn resolve(args: &LogArgs, layers: &Layers) -> Result<Self, ConfigError> {
        let short = args.level();
        let level = args.log_level.or(short.map(|(level, _)| level));
        let mut settings = Self::merge(&LogArgs { log_level: level, ..args.clone() }, layers)?;
        if let Some((value, flag)) = short {
            settings.log_level = Setting { value, origin: Origin::Flag(flag) };
        }
        if let (None, Some((_, origin))) = (args.color, layers.environment().find(&["NO_COLOR"])) {
            settings.color = Setting { value: ColorChoice::Never, origin };
        }
        Ok(settings)
    }
}
