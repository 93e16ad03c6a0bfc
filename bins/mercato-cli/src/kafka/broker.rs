//! `mercato broker`: a real Apache Kafka on loopback, without Docker.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};
use mercato::broker::{self, BrokerError, BrokerOptions, ClientFile, Security, Started, Status};
use mercato::config::args::bound_by;
use mercato::config::env::Environment;
use mercato::runtime::exit::{Exit, Failure};
use mercato::units::{ValueError, Whole};

use crate::print;

/// Reads a port of TCP.
fn port(text: &str) -> Result<u16, ValueError> {
    text.parse::<Whole<1, { u16::MAX as u64 }>>().map(|port| port.get() as u16)
}

/// Time limit for an orderly shutdown of the broker.
const STOP_LIMIT: Duration = Duration::from_secs(30);

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
pub(crate) struct Folder {
    /// Directory of the broker's data, log and PID file [default: one per user, in the cache
    /// directory]
    #[arg(long, value_name = "DIR")]
    state_dir: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Start {
    #[command(flatten)]
    folder: Folder,

    /// Listen on this port of 127.0.0.1
    #[arg(long, default_value_t = broker::DEFAULT_PORT, value_name = "N", value_parser = bound_by(port))]
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
            Self::Status(folder) => status(&folder.path(&environment)?),
            Self::Stop(folder) => stop(&folder.path(&environment)?),
        }
    }
}

impl Folder {
    fn path(&self, environment: &Environment) -> Result<PathBuf, Failure> {
        match &self.state_dir {
            Some(path) => Ok(path.clone()),
            None => Ok(cache_dir(environment)?.join("broker")),
        }
    }
}

impl Start {
    fn run(&self, environment: &Environment) -> Result<Exit, Failure> {
        let mut options =
            BrokerOptions::new(self.folder.path(environment)?, cache_dir(environment)?);
        options.kafka_home = folder_of(environment, "KAFKA_HOME");
        options.java_home = folder_of(environment, "JAVA_HOME");
        options.port = self.port;
        options.fresh = self.fresh;
        options.auto_create_topics = !self.no_auto_create;
        let Offers { tls, sasl, faulty_tls } = self.offers;
        options.security = Security { tls, sasl, faulty_tls };
        let Started { address, pid, log, was_running, clients } =
            broker::start(&options).map_err(failed)?;
        let state = if was_running { "is already running" } else { "started" };
        eprintln!("Apache Kafka {state} as process {pid}, log in {}", log.display());
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

fn status(state_dir: &std::path::Path) -> Result<Exit, Failure> {
    match broker::status(state_dir).map_err(failed)? {
        Status::Running { address, pid, answers: true, .. } => {
            print(&format!("running at {address} as process {pid}"))
        }
        Status::Running { address, pid, log, .. } => {
            let log = log.display();
            print(&format!("process {pid} is running but does not respond at {address}; see {log}"))
                .map(|_| Exit::Connect)
        }
        Status::Stopped => {
            eprintln!("hint: start a broker with `mercato broker start`");
            print("stopped").map(|_| Exit::Connect)
        }
    }
}

fn stop(state_dir: &std::path::Path) -> Result<Exit, Failure> {
    let was_running = broker::stop(state_dir, STOP_LIMIT).map_err(failed)?;
    print(if was_running { "stopped" } else { "no broker was running" })
}

fn cache_dir(environment: &Environment) -> Result<PathBuf, Failure> {
    let (xdg, home) = (folder_of(environment, "XDG_CACHE_HOME"), folder_of(environment, "HOME"));
    broker::cache_dir(xdg.as_deref(), home.as_deref()).ok_or_else(|| {
        Failure::new(
            Exit::Usage,
            "neither XDG_CACHE_HOME nor HOME is set: set one, or give --state-dir",
        )
    })
}

fn folder_of(environment: &Environment, variable: &str) -> Option<PathBuf> {
    environment.find(&[variable]).map(|(path, _)| path.into())
}

fn failed(error: BrokerError) -> Failure {
    let exit = if matches!(error, BrokerError::Io { .. }) { Exit::File } else { Exit::Connect };
    Failure::new(exit, error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_go_from_1_to_65535() {
        assert_eq!(port("65535"), Ok(65_535));
        for (text, expected) in [
            ("0", "0 is out of range (1 to 65535)"),
            ("65536", "65536 is out of range (1 to 65535)"),
            ("kafka", "expected a number from 1 to 65535"),
        ] {
            let message = port(text).unwrap_err().to_string();
            assert!(message.contains(expected), "{message}");
        }
    }
}
