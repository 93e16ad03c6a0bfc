//! Starting the workspace's programs as a user does, and looking at what they leave behind.
//!
//! `cargo test --workspace` builds the programs because each has an integration test of its own;
//! they are found beside the test that runs.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use serde_json::Value;

/// A program of the workspace and what it is started with.
#[derive(Debug)]
pub struct Program {
    command: Command,
}

impl Program {
    /// The program `name`, away from the developer's own settings: of the environment it gets what
    /// `mercato broker` needs to find Java, Maven and its cache, and its working folder is empty.
    pub fn new(name: &str) -> Self {
        let mut command = Command::new(path_of(name));
        clear_environment(&mut command);
        command.current_dir(nowhere()).stdin(Stdio::null());
        Self { command }
    }

    /// A line of POSIX shell that finds the workspace's programs by their names.
    pub fn shell(line: &str) -> Self {
        let mut command = Command::new("sh");
        clear_environment(&mut command);
        command
            .args(["-c", line])
            .env("PATH", search_path())
            .current_dir(nowhere())
            .stdin(Stdio::null());
        Self { command }
    }

    /// Adds words of a command line, split at spaces.
    #[must_use]
    pub fn words(mut self, words: &str) -> Self {
        self.command.args(words.split_whitespace());
        self
    }

    /// Adds one argument, such as a path.
    #[must_use]
    pub fn arg(mut self, argument: impl AsRef<std::ffi::OsStr>) -> Self {
        self.command.arg(argument);
        self
    }

    /// Sets a variable of the environment.
    #[must_use]
    pub fn env(mut self, name: &str, value: impl AsRef<std::ffi::OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Starts the program in `folder`.
    #[must_use]
    pub fn in_folder(mut self, folder: &Path) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// Runs the program to its end.
    pub fn run(mut self) -> Ended {
        let output = self.command.output().expect("the program starts");
        Ended::from(output)
    }

    /// Runs the program to its end and hands it `input` on standard input.
    pub fn run_with_input(mut self, input: &[u8]) -> Ended {
        let mut child = self.piped();
        let mut stdin = child.stdin.take().expect("standard input is piped");
        let input = input.to_vec();
        // A program that stops reading early has its reasons; what it says is what the test looks
        // at.
        let writer = std::thread::spawn(move || stdin.write_all(&input).ok());
        let output = child.wait_with_output().expect("the program ends");
        writer.join().expect("the writer ends");
        Ended::from(output)
    }

    /// Starts the program and lets it run, with standard output and standard error piped.
    pub fn start(mut self) -> Child {
        self.piped()
    }

    fn piped(&mut self) -> Child {
        self.command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        self.command.spawn().expect("the program starts")
    }
}

/// What a program left behind.
#[derive(Debug)]
pub struct Ended {
    /// Exit code; none when a signal ended it.
    pub code: Option<i32>,
    /// Standard output.
    pub stdout: Vec<u8>,
    /// Standard error.
    pub stderr: String,
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        Self { code: output.status.code(), stdout: output.stdout, stderr }
    }
}

impl Ended {
    /// Standard output of a program that must have succeeded.
    pub fn success(self) -> Vec<u8> {
        assert_eq!(self.code, Some(0), "{}", self.stderr);
        self.stdout
    }

    /// The lines of a program that must have succeeded.
    pub fn lines(self) -> Vec<String> {
        let stdout = String::from_utf8(self.success()).expect("standard output is UTF-8");
        stdout.lines().map(str::to_owned).collect()
    }

    /// The records of a program that must have succeeded.
    pub fn records(self) -> Vec<Value> {
        self.lines().iter().map(|line| serde_json::from_str(line).expect(line)).collect()
    }

    /// Asserts the exit code, and that standard error holds each of `words`.
    pub fn fails_with(self, code: i32, words: &[&str]) {
        assert_eq!(self.code, Some(code), "{}", self.stderr);
        for word in words {
            assert!(self.stderr.contains(word), "no {word:?} in: {}", self.stderr);
        }
    }
}

/// The path of a program of the workspace.
pub fn path_of(name: &str) -> PathBuf {
    let path = programs().join(name);
    assert!(path.exists(), "{} is not built: run `cargo test --workspace`", path.display());
    path
}

/// The folder of the workspace's programs: the tests lie in `deps` beside them.
fn programs() -> PathBuf {
    let test = std::env::current_exe().expect("a test knows where it is");
    test.ancestors().nth(2).expect("tests lie in target/PROFILE/deps").to_owned()
}

/// An empty folder without a `.env`; programs that write relative paths are given a folder of their
/// own.
fn nowhere() -> PathBuf {
    let folder = programs().join("nowhere");
    std::fs::create_dir_all(&folder).expect("the target folder can be written");
    folder
}

#[expect(
    clippy::disallowed_methods,
    reason = "a program inherits the few variables it cannot do without"
)]
fn clear_environment(command: &mut Command) {
    command.env_clear();
    for name in ["PATH", "HOME", "XDG_CACHE_HOME", "JAVA_HOME", "KAFKA_HOME"] {
        command.envs(std::env::var_os(name).map(|value| (name, value)));
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a shell needs the folders of the system's programs too"
)]
fn search_path() -> std::ffi::OsString {
    let mut path = programs().into_os_string();
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap_or_default());
    path
}

/// Waits for a program that ends by itself, or has been told to; stops and fails after `limit`.
pub fn ended_within(mut child: Child, limit: Duration) -> Ended {
    drop(child.stdin.take());
    let id = child.id();
    let (send, receive) = std::sync::mpsc::channel();
    std::thread::spawn(move || send.send(child.wait_with_output()).ok());
    let Ok(output) = receive.recv_timeout(limit) else {
        Command::new("kill").args(["-KILL", &id.to_string()]).status().ok();
        panic!("the program did not end within {limit:?}");
    };
    output.expect("the program ends").into()
}

/// The most resident memory that a running program has taken so far, in KiB; none where `/proc`
/// does not tell.
pub fn peak_memory_kib(child: &Child) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    peak.split_whitespace().next()?.parse().ok()
}

/// Sends a signal to a program that this test started.
pub fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill").args([&format!("-{name}"), &child.id().to_string()]).status();
    assert!(sent.expect("kill starts").success(), "the program is still there");
}

/// Returns true if this process ignores SIGHUP and so does each program that it starts, as when the
/// tests run under `nohup`.
pub fn ignores_hangups() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .is_some_and(|mask| mask & 1 == 1)
}
