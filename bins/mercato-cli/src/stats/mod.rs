//! `mercato stats`: what a world contains, and what files hold.

mod files;
mod world;

use std::path::PathBuf;

use clap::Args;
use mercato::config::args::{ConfigArgs, LogArgs};
use mercato::runtime::exit::{Exit, Failure};

use crate::reading::ReadingArgs;
use crate::{layers, print};

/// Describe the configured shop: users, products and rates; with files, summarize their records.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Stats {
    /// Record files (.ndjson, .csv or .pb, also with .gz or .zst, .parquet or .avro), directories of
    /// them, or - for standard input [default: the configured shop]
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,

    /// Print one JSON object
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    reading: ReadingArgs,
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
  mercato stats all.ndjson.zst --json
  kcat -b localhost:9092 -t transactions -C -e -J | mercato stats -";

impl Stats {
    pub(crate) fn run(&self) -> Result<Exit, Failure> {
        let layers = layers(&self.config, &self.log)?;
        if self.files.is_empty() {
            print(&world::shown(&layers, self.json)?)
        } else {
            print(&files::shown(&self.files, &self.reading, self.json)?)
        }
    }
}
