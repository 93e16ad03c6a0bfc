//! Starting the workspace's programs as a user does, and looking at what they leave behind.
//!
//! `cargo test --workspace` builds the programs because each has an integration test of its own;
//! they are found beside the test that runs.

#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

/// A program of the workspace and what it is started with.
#[derive(Debug)]
pub struct Program {
    command: Command,
}

impl Program {
    /// The program `name`, away from the developer's own environment and working folder.
    pub fn new(name: &str) -> Self {
        let mut command = Command::new(path_of(name));
        for variable in ["MERCATO_SEED", "KAFKA_BOOTSTRAP_SERVERS", "KAFKA_TOPIC", "LOG_LEVEL", "NO_COLOR"] {
            command.env_remove(variable);
        }
        command.current_dir(std::env::temp_dir()).stdin(Stdio::null());
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
    pub fn env(mut self, name: &str, value: &str) -> Self {
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
        // A program that stops reading early has its reasons; what it says is what the test looks at.
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
    let test = std::env::current_exe().expect("a test knows where it is");
    let folder = test.ancestors().nth(2).expect("tests lie in target/PROFILE/deps");
    let path = folder.join(name);
    assert!(path.exists(), "{} is not built: run `cargo test --workspace`", path.display());
    path
}

/// A folder that is removed with the test.
pub fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder for the test")
}

/// The bytes of a file.
pub fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The SHA-256 of `bytes` in hexadecimal.
pub fn fingerprint(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Sends a signal to a program that this test started.
pub fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill").args([&format!("-{name}"), &child.id().to_string()]).status();
    assert!(sent.expect("kill starts").success(), "the program is still there");
}
