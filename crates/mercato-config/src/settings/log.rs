//! What is said on stderr.

use std::path::PathBuf;

use super::super::{
    ColorChoice, ConfigError, Key, Layers, LogFormat, LogLevel, LogSection, Origin, Setting,
};
use crate::args::LogArgs;

/// What is logged, how and where.
#[derive(Debug, Clone)]
pub struct LogSettings {
    /// The least important level that is shown.
    pub level: Setting<LogLevel>,
    /// Text or JSON.
    pub format: Setting<LogFormat>,
    /// A file that gets a copy.
    pub file: Option<Setting<PathBuf>>,
    /// When colours are used; `NO_COLOR` makes it never, unless a flag says otherwise.
    pub color: Setting<ColorChoice>,
}

const LEVEL: Key = Key { flag: "--log-level", variables: &["LOG_LEVEL"], file: "log.level" };
const FORMAT: Key = Key::new("--log-format", "log.format");
const FILE: Key = Key::new("--log-file", "log.file");
const COLOR: Key = Key::new("--color", "log.color");

impl LogSettings {
    /// Resolves the flags over `layers`.
    ///
    /// Fails when a file or variable is wrong.
    pub fn resolve(args: &LogArgs, layers: &Layers) -> Result<Self, ConfigError> {
        let file: LogSection = layers.section("log")?;
        let level = match args.level() {
            Some((level, flag)) => Setting { value: level, origin: Origin::Flag(flag) },
            None => {
                layers.pick(&LEVEL, None, file.level)?.unwrap_or(Setting::default(LogLevel::Info))
            }
        };
        let format = layers.pick_unnamed(&FORMAT, args.log_format, file.format);
        Ok(Self {
            level,
            format: format.unwrap_or(Setting::default(LogFormat::Text)),
            file: layers.pick_unnamed(&FILE, args.log_file.clone(), file.file),
            color: color(args.color, layers, file.color),
        })
    }
}

fn color(
    flag: Option<ColorChoice>,
    layers: &Layers,
    file: Option<ColorChoice>,
) -> Setting<ColorChoice> {
    let no_color = layers.environment().find(&["NO_COLOR"]).filter(|_| flag.is_none());
    if let Some((_, origin)) = no_color {
        return Setting { value: ColorChoice::Never, origin };
    }
    layers.pick_unnamed(&COLOR, flag, file).unwrap_or(Setting::default(ColorChoice::Auto))
}
