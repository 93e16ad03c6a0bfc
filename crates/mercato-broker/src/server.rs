//! The life of a server, whatever it serves: started, asked and stopped by way of its state folder.

use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::BrokerError;
use crate::clock::{Deadline, pause};
use crate::process::{self, Line, Process};
use crate::state::State;

/// A kind of server.
pub(crate) struct Server {
    /// Its name in messages, files and commands.
    pub(crate) name: &'static str,
    /// Text that its command line contains, besides the path that each server has of its own.
    pub(crate) mark: &'static str,
    /// The address that clients use for a port.
    pub(crate) address: fn(u16) -> String,
    /// Returns whether the server at a port is ready, within a time limit.
    pub(crate) answers: fn(u16, Duration) -> bool,
}

/// The status of the server of a state directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// No server of this folder runs.
    Stopped,
    /// Its process runs.
    Running {
        /// The address it listens on.
        address: String,
        /// Its process.
        pid: u32,
        /// True if it answers.
        answers: bool,
        /// Its log.
        log: PathBuf,
    },
}

impl Server {
    /// The log of the server of `state_dir`.
    pub(crate) fn log(&self, state_dir: &Path) -> PathBuf {
        state_dir.join(format!("{}.log", self.name))
    }

    /// Returns the status of the server of `state_dir`.
    pub(crate) fn status(&self, state_dir: &Path) -> Result<Status, BrokerError> {
        let Some(state) = State::read(state_dir, self.name)? else { return Ok(Status::Stopped) };
        if !Process::of(&state, self.mark).runs() {
            return Ok(Status::Stopped);
        }
        let address = (self.address)(state.port);
        let answers = (self.answers)(state.port, Duration::from_secs(2));
        Ok(Status::Running { address, pid: state.pid, answers, log: self.log(state_dir) })
    }

    /// Stops the server of `state_dir` and waits up to `limit` for its end; false when none was
    /// running.
    ///
    /// Only the process that was started here is ever signalled: its command line must have the
    /// marks of the server and of the folder.
    pub(crate) fn stop(&self, state_dir: &Path, limit: Duration) -> Result<bool, BrokerError> {
        let Some(state) = State::read(state_dir, self.name)? else { return Ok(false) };
        let process = Process::of(&state, self.mark);
        if !process.runs() {
            State::remove(state_dir, self.name)?;
            return Ok(false);
        }
        process.terminate()?;
        let deadline = Deadline::after(limit);
        while process.runs() {
            if deadline.passed() {
                return Err(BrokerError::Stop {
                    server: self.name,
                    pid: state.pid,
                    waited: limit,
                    log: self.log(state_dir),
                });
            }
            pause(Duration::from_millis(50));
        }
        State::remove(state_dir, self.name)?;
        Ok(true)
    }

    /// Starts `line` as the server of `state_dir` and returns its process when it answers at
    /// `port`; `own` is a path that its command line names and no other server's does.
    ///
    /// Fails when it has ended, or does not answer within `limit`.
    pub(crate) fn launch(
        &self,
        line: &Line,
        state_dir: &Path,
        port: u16,
        own: PathBuf,
        limit: Duration,
    ) -> Result<u32, BrokerError> {
        let log = self.log(state_dir);
        let mut spawned = process::spawn(line, &log)?;
        let pid = spawned.pid();
        State { pid, port, own }.write(state_dir, self.name)?;
        let deadline = Deadline::after(limit);
        let what = loop {
            if let Some(status) = spawned.ended() {
                break format!("exited during startup ({status})");
            }
            if (self.answers)(port, Duration::from_millis(500)) {
                spawned.release();
                return Ok(pid);
            }
            if deadline.passed() {
                spawned.kill();
                break format!("did not respond within {} s", limit.as_secs());
            }
            pause(Duration::from_millis(100));
        };
        State::remove(state_dir, self.name)?;
        Err(BrokerError::Start { server: self.name, what, log })
    }
}

/// Refuses a port on loopback that somebody listens on; `also` is what to know before choosing
/// another.
pub(crate) fn check_port(port: u16, also: &'static str) -> Result<(), BrokerError> {
    match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
        Ok(_) => Ok(()),
        Err(_) => Err(BrokerError::PortInUse { port, also }),
    }
}
