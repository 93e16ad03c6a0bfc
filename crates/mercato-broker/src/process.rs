//! Starting programs that outlive us, and ending exactly those.

use std::fs::{self, File};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;

use crate::BrokerError;
use crate::state::State;

/// A program with its arguments and its folder.
pub(crate) struct Line {
    pub(crate) program: PathBuf,
    pub(crate) arguments: Vec<String>,
    pub(crate) dir: PathBuf,
}

impl Line {
    /// The command, with both outputs in `log` and nothing to read.
    fn command(&self, log: &Path) -> Result<Command, BrokerError> {
        let file = File::create(log).map_err(BrokerError::io("write", log))?;
        let copy = file.try_clone().map_err(BrokerError::io("write", log))?;
        let mut command = Command::new(&self.program);
        command
            .args(&self.arguments)
            .current_dir(&self.dir)
            .stdin(Stdio::null())
            .stdout(file)
            .stderr(copy);
        Ok(command)
    }
}

/// Runs a program to its end; whether it succeeded.
pub(crate) fn run(line: &Line, log: &Path) -> Result<bool, BrokerError> {
    let status = line.command(log)?.status().map_err(BrokerError::io("run", &line.program))?;
    Ok(status.success())
}

/// Starts a program in a process group of its own: a Ctrl-C meant for us does not reach it.
pub(crate) fn spawn(line: &Line, log: &Path) -> Result<Spawned, BrokerError> {
    let child = line
        .command(log)?
        .process_group(0)
        .spawn()
        .map_err(BrokerError::io("run", &line.program))?;
    Ok(Spawned(child))
}

/// A program that was just started.
pub(crate) struct Spawned(Child);

impl Spawned {
    pub(crate) fn pid(&self) -> u32 {
        self.0.id()
    }

    /// Returns the exit status, if the process has ended.
    pub(crate) fn ended(&mut self) -> Option<ExitStatus> {
        self.0.try_wait().ok().flatten()
    }

    /// Lets it live on; its end is awaited, so that no dead entry stays in the process table as
    /// long as we live.
    pub(crate) fn release(mut self) {
        let await_end = move || drop(self.0.wait());
        // Without a thread the entry goes when we do.
        drop(thread::Builder::new().name("server-end".to_owned()).spawn(await_end));
    }

    pub(crate) fn kill(&mut self) {
        // It may have ended by itself in between, which is as good.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// A process that we or an earlier program started.
pub(crate) struct Process {
    pid: u32,
    /// Texts that its command line must contain.
    marks: [String; 2],
}

impl Process {
    /// The process of a recorded state, whose kind of server has this mark.
    pub(crate) fn of(state: &State, mark: &str) -> Self {
        Self { pid: state.pid, marks: [mark.to_owned(), state.own.display().to_string()] }
    }

    /// Returns whether it runs, and is the one that was started: numbers of processes are used
    /// again.
    pub(crate) fn runs(&self) -> bool {
        self.command_line().is_some_and(|line| self.marks.iter().all(|mark| line.contains(mark)))
    }

    /// Asks it to end in good order.
    pub(crate) fn terminate(&self) -> Result<(), BrokerError> {
        // The shell's own `kill`: the standard library cannot signal, and small systems have no
        // such program.
        let kill = format!("kill -TERM {}", self.pid);
        let status = Command::new("sh").args(["-c", &kill]).stderr(Stdio::null()).status();
        status.map(drop).map_err(BrokerError::io("run", Path::new("sh")))
    }

    fn command_line(&self) -> Option<String> {
        let proc = format!("/proc/{}/cmdline", self.pid);
        if Path::new("/proc/self/cmdline").exists() {
            return fs::read(proc)
                .ok()
                .map(|bytes| String::from_utf8_lossy(&bytes).replace('\0', " "));
        }
        let listed = Command::new("ps")
            .args(["-ww", "-o", "command=", "-p", &self.pid.to_string()])
            .output()
            .ok()?;
        Some(String::from_utf8_lossy(&listed.stdout).into_owned())
    }
}
