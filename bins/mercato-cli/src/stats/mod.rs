//! `mercato stats`: what a world contains, and what files hold.

mod files;
mod world;

use std::path::PathBuf;

use clap::Args;
use mercato::config::args::{ConfigArgs, LogArgs};
use mercato::runtime::exit::{Exit, Failure};

use crate::{layers, print};

/// Show what a world contains: users, products and rates; with files, what these hold.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Stats {
    /// Files of records, .ndjson or .csv, also .gz and .zst, and folders with such [default: the
    /// shop as it is configured]
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,

    /// Show one JSON object
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    config: ConfigArgs,
    #[command(flatten)]
    log: LogArgs,
}

const EXAMPLES: &str = "\
Examples:
  mercato stats --config shop.toml
  mercato stats shop/*.ndjson
  mercato stats history/
  mercato stats all.ndjson.zst --json";

impl Stats {
    pub(crate) fn run(&self) -> Result<Exit, Failure> {
        let layers = layers(&self.config, &self.log)?;
        if self.files.is_empty() {
            print(&world::shown(&layers, self.json)?)
        } else {
            print(&files::shown(&self.files, self.json)?)
        }
    }
}
