//! `mercato registry`: a schema registry on loopback, without Docker.

use clap::{Args, Subcommand};
use mercato::broker::registry::{self, RegistryOptions, StartedRegistry};
use mercato::config::args::bound_by;
use mercato::config::env::Environment;
use mercato::runtime::exit::{Exit, Failure};

use super::local::{self, Folder, cache_dir, failed, folder_of};
use crate::print;

/// The server's name in messages, and that of its folder.
const NAME: &str = "registry";

pub(crate) const EXAMPLES: &str = "\
Examples:
  mercato registry start
  order-gen --kafka --format avro --schema-registry http://localhost:8081/apis/ccompat/v7
  mercato registry start --fresh --port 18081
  mercato registry status
  mercato registry stop";

#[derive(Debug, Subcommand)]
pub(crate) enum Registry {
    /// Start a registry, return when it responds and print the address for --schema-registry;
    /// requires JDK 17 and, the first time, Maven
    #[command(after_help = EXAMPLES)]
    Start(Start),
    /// Show whether the registry is running and where it listens; exit with code 4 if it is not
    #[command(after_help = EXAMPLES)]
    Status(Folder),
    /// Stop the registry that `start` started
    #[command(after_help = EXAMPLES)]
    Stop(Folder),
}

#[derive(Debug, Args)]
pub(crate) struct Start {
    #[command(flatten)]
    folder: Folder,

    /// Listen on this port of 127.0.0.1
    #[arg(long, default_value_t = registry::DEFAULT_PORT, value_name = "N", value_parser = bound_by(local::port))]
    port: u16,

    /// Delete the schemas of an earlier registry first
    #[arg(long)]
    fresh: bool,
}

impl Registry {
    pub(crate) fn run(&self) -> Result<Exit, Failure> {
        let environment = Environment::capture()?;
        match self {
            Self::Start(start) => start.run(&environment),
            Self::Status(folder) => {
                let status = registry::status(&folder.path(&environment, NAME)?);
                local::show(status.map_err(failed)?, NAME)
            }
            Self::Stop(folder) => {
                let state_dir = folder.path(&environment, NAME)?;
                let was_running = registry::stop(&state_dir, local::STOP_LIMIT).map_err(failed)?;
                local::show_stopped(was_running, NAME)
            }
        }
    }
}

impl Start {
    fn run(&self, environment: &Environment) -> Result<Exit, Failure> {
        let state_dir = self.folder.path(environment, NAME)?;
        let options = RegistryOptions {
            java_home: folder_of(environment, "JAVA_HOME"),
            port: self.port,
            fresh: self.fresh,
            ..RegistryOptions::new(state_dir, cache_dir(environment)?)
        };
        let StartedRegistry { address, pid, log, was_running } =
            registry::start(&options).map_err(failed)?;
        local::tell("Apicurio Registry", was_running, pid, &log);
        print(&address)
    }
}
