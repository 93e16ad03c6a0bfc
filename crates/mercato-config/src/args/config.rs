//! Files of settings.

use std::path::PathBuf;

use clap::Args;

/// The flag that names files of settings.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Configuration")]
pub struct ConfigArgs {
    /// Read settings from this file: .toml, .yaml or .json; may be repeated, the later wins;
    /// flags, environment and .env in the working folder win over files
    #[arg(long, value_name = "FILE")]
    pub config: Vec<PathBuf>,
}
