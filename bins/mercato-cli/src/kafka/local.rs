//! What the commands of local servers have in common: folders, ports, and how a status is shown.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use mercato::broker::{self, BrokerError, Status};
use mercato::config::env::Environment;
use mercato::runtime::exit::{Exit, Failure};
use mercato::units::{ValueError, Whole};

use crate::print;

/// Time limit for an orderly shutdown of a server.
pub(super) const STOP_LIMIT: Duration = Duration::from_secs(30);

/// Reads a port of TCP.
pub(super) fn port(text: &str) -> Result<u16, ValueError> {
    text.parse::<Whole<1, { u16::MAX as u64 }>>().map(|port| port.get() as u16)
}

#[derive(Debug, Args)]
pub(crate) struct Folder {
    /// Directory of the server's data, log and PID file [default: one per user, in the cache
    /// directory]
    #[arg(long, value_name = "DIR")]
    state_dir: Option<PathBuf>,
}

impl Folder {
    /// The given folder, else the one of this name in the cache.
    pub(super) fn path(&self, environment: &Environment, name: &str) -> Result<PathBuf, Failure> {
        match &self.state_dir {
            Some(path) => Ok(path.clone()),
            None => Ok(cache_dir(environment)?.join(name)),
        }
    }
}

/// Says how a server was started, on standard error.
pub(super) fn tell(title: &str, was_running: bool, pid: u32, log: &Path) {
    let state = if was_running { "is already running" } else { "started" };
    eprintln!("{title} {state} as process {pid}, log in {}", log.display());
}

/// Prints the status of a `server`, and fails if it does not answer.
pub(super) fn show(status: Status, server: &str) -> Result<Exit, Failure> {
    match status {
        Status::Running { address, pid, answers: true, .. } => {
            print(&format!("running at {address} as process {pid}"))
        }
        Status::Running { address, pid, log, .. } => {
            let log = log.display();
            print(&format!("process {pid} is running but does not respond at {address}; see {log}"))
                .map(|_| Exit::Connect)
        }
        Status::Stopped => {
            eprintln!("hint: start a {server} with `mercato {server} start`");
            print("stopped").map(|_| Exit::Connect)
        }
    }
}

/// Prints whether a `server` had to be stopped.
pub(super) fn show_stopped(was_running: bool, server: &str) -> Result<Exit, Failure> {
    print(&if was_running { "stopped".to_owned() } else { format!("no {server} was running") })
}

pub(super) fn cache_dir(environment: &Environment) -> Result<PathBuf, Failure> {
    let (xdg, home) = (folder_of(environment, "XDG_CACHE_HOME"), folder_of(environment, "HOME"));
    broker::cache_dir(xdg.as_deref(), home.as_deref()).ok_or_else(|| {
        Failure::new(
            Exit::Usage,
            "neither XDG_CACHE_HOME nor HOME is set: set one, or give --state-dir",
        )
    })
}

pub(super) fn folder_of(environment: &Environment, variable: &str) -> Option<PathBuf> {
    environment.find(&[variable]).map(|(path, _)| path.into())
}

pub(super) fn failed(error: BrokerError) -> Failure {
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
