//! `mercato broker`: a real Apache Kafka on loopback, without Docker.

use clap::{Args, Subcommand};
use mercato::broker::{self, BrokerOptions, ClientFile, Security, Started};
use mercato::config::args::bound_by;
use mercato::config::env::Environment;
use mercato::runtime::exit::{Exit, Failure};

use super::local::{self, Folder, cache_dir, failed, folder_of};
use crate::print;

/// The server's name in messages, and that of its folder.
const NAME: &str = "broker";

pub(crate) const EXAMPLES: &str = "\
Examples:
  mercato broker start
  mercato broker start --fresh --port 19092 --tls --sasl
  mercato broker status
  mercato broker stop";

#[derive(Debug, Subcommand)]
pub(crate) enum Broker {
    /// Start a broker and return when it responds; requires JDK 17 and, the first time, Maven or
    /// `KAFKA_HOME`
    #[command(after_help = EXAMPLES)]
    Start(Start),
    /// Show whether the broker is running and where it listens; exit with code 4 if it is not
    #[command(after_help = EXAMPLES)]
    Status(Folder),
    /// Stop the broker that `start` started
    #[command(after_help = EXAMPLES)]
    Stop(Folder),
}

#[derive(Debug, Args)]
pub(crate) struct Start {
    #[command(flatten)]
    folder: Folder,

    /// Listen on this port of 127.0.0.1
    #[arg(long, default_value_t = broker::DEFAULT_PORT, value_name = "N", value_parser = bound_by(local::port))]
    port: u16,

    /// Delete the data of an earlier broker first
    #[arg(long)]
    fresh: bool,

    #[command(flatten)]
    offers: Offers,

    /// Refuse unknown topics instead of creating them on first use
    #[arg(long)]
    no_auto_create: bool,
}

/// Listeners besides the one in plaintext.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Offers {
    /// Also offer TLS on the next port, with newly generated certificates
    #[arg(long)]
    tls: bool,

    /// Also offer SASL listeners (PLAIN, SCRAM-SHA-256, SCRAM-SHA-512); with --tls both encrypted
    /// and in plaintext
    #[arg(long)]
    sasl: bool,

    /// With --tls, also offer certificates that clients must reject: an expired one, and one for
    /// another host
    #[arg(long, requires = "tls")]
    faulty_tls: bool,
}

impl Broker {
    pub(crate) fn run(&self) -> Result<Exit, Failure> {
        let environment = Environment::capture()?;
        match self {
            Self::Start(start) => start.run(&environment),
            Self::Status(folder) => {
                let status = broker::status(&folder.path(&environment, NAME)?);
                local::show(status.map_err(failed)?, NAME)
            }
            Self::Stop(folder) => {
                let state_dir = folder.path(&environment, NAME)?;
                let was_running = broker::stop(&state_dir, local::STOP_LIMIT).map_err(failed)?;
                local::show_stopped(was_running, NAME)
            }
        }
    }
}

impl Start {
    fn run(&self, environment: &Environment) -> Result<Exit, Failure> {
        let mut options =
            BrokerOptions::new(self.folder.path(environment, NAME)?, cache_dir(environment)?);
        options.kafka_home = folder_of(environment, "KAFKA_HOME");
        options.java_home = folder_of(environment, "JAVA_HOME");
        options.port = self.port;
        options.fresh = self.fresh;
        options.auto_create_topics = !self.no_auto_create;
        let Offers { tls, sasl, faulty_tls } = self.offers;
        options.security = Security { tls, sasl, faulty_tls };
        let Started { address, pid, log, was_running, clients } =
            broker::start(&options).map_err(failed)?;
        local::tell("Apache Kafka", was_running, pid, &log);
        if tls || sasl {
            tell(&clients, self.port);
        }
        print(&address)
    }
}

/// Prints the listeners and their client property files.
fn tell(clients: &[ClientFile], first_port: u16) {
    eprintln!("Listeners, each with a FILE for --kafka --command-config:");
    for ClientFile { title, listener, path } in clients {
        eprintln!("  {:15} {title:33} {}", listener.address(first_port), path.display());
    }
}
