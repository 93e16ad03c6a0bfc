//! The surroundings of the process: environment, `.env` in the working directory, wall clock, fresh
//! randomness.
//!
//! They are read here, once, and passed on as values; nothing else in the project looks at them,
//! and nothing here writes to them.

use std::collections::BTreeMap;
use std::fmt;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::dotenv::{self, Assignment};
use crate::text_file::read_text_file;
use crate::{ConfigError, Origin, Place};

/// The name of the file in the working folder.
pub(crate) const DOTENV: &str = ".env";

/// Environment variables and the assignments of `.env`; where both name a variable, the environment
/// counts.
///
/// An empty variable counts as one that is not set, as composed containers pass them.
/// `Debug` shows names only, because values may be secrets.
#[derive(Clone, Default)]
pub struct Environment {
    process: BTreeMap<String, String>,
    dotenv: BTreeMap<String, Assignment>,
}

impl Environment {
    /// Reads the process's environment and `.env` in the working folder, if there is one.
    ///
    /// What is no Unicode in a variable is replaced by U+FFFD, which no setting takes for its own:
    /// it is told of where the variable counts, and nowhere else.
    /// Fails when `.env` is there and cannot be read, or holds a quote that does not end.
    pub fn capture() -> Result<Self, ConfigError> {
        let unicode = std::env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.to_string_lossy().into_owned()))
        });
        let text = match read_text_file(Path::new(DOTENV)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            read => read.map_err(|source| ConfigError::Read { path: DOTENV.into(), source })?,
        };
        Self::new(unicode, &text)
    }

    /// An environment of these variables and this text of a `.env` file.
    pub fn new(
        process: impl IntoIterator<Item = (String, String)>,
        dotenv: &str,
    ) -> Result<Self, ConfigError> {
        let unclosed = |open: dotenv::Unclosed| ConfigError::Syntax {
            place: dotenv_place(open.line),
            reason: "unclosed quote".to_owned(),
        };
        let dotenv = dotenv::parse(dotenv).map_err(unclosed)?;
        Ok(Self { process: process.into_iter().collect(), dotenv })
    }

    /// The value of the first of `names` that is set, in the environment or else in `.env`, and
    /// where it was found.
    pub fn find(&self, names: &[&str]) -> Option<(&str, Origin)> {
        let process = names.iter().find_map(|name| {
            let value = self.process.get(*name).filter(|value| !value.is_empty())?;
            Some((value.as_str(), Origin::Environment { name: (*name).to_owned() }))
        });
        let dotenv = || {
            names.iter().find_map(|name| {
                let found = self.dotenv.get(*name).filter(|found| !found.value.is_empty())?;
                let origin =
                    Origin::DotEnv { name: (*name).to_owned(), place: dotenv_place(found.line) };
                Some((found.value.as_str(), origin))
            })
        };
        process.or_else(dotenv)
    }

    /// The variables whose names begin with `prefix`, in order of their names.
    pub fn with_prefix(&self, prefix: &str) -> BTreeMap<&str, &str> {
        let dotenv = self.dotenv.iter().map(|(name, found)| (name, &found.value));
        let all = dotenv.chain(&self.process).filter(|(_, value)| !value.is_empty());
        all.filter(|(name, _)| name.starts_with(prefix))
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect()
    }
}

impl Environment {
    /// The names of the variables that `.env` sets.
    pub(crate) fn names_in_dotenv(&self) -> impl Iterator<Item = &str> {
        let set = self.dotenv.iter().filter(|(_, found)| !found.value.is_empty());
        set.map(|(name, _)| name.as_str())
    }
}

fn dotenv_place(line: u32) -> Place {
    Place { file: Arc::from(Path::new(DOTENV)), line }
}

impl fmt::Debug for Environment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Environment")
            .field("process", &self.process.keys())
            .field("dotenv", &self.dotenv.keys())
            .finish()
    }
}

/// The wall clock in microseconds since the Unix epoch.
#[expect(
    clippy::disallowed_methods,
    reason = "a run without --start begins now; the origin is then fixed and printed"
)]
pub fn now_micros() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

/// A seed that no earlier run had, for a run without one; it is then fixed and printed.
///
/// It is below 2^53, so that a summary keeps it through readers of JSON that have doubles only, such
/// as jq and JavaScript.
pub(crate) fn fresh_seed() -> u64 {
    // The standard library keys each of these hashers with the system's randomness.
    RandomState::new().build_hasher().finish() >> 11
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment() -> Environment {
        let process = [("A", "process"), ("EMPTY", ""), ("P_X", "1")];
        let process = process.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Environment::new(process, "A=file\nB=file\nEMPTY=file\nP_Y=2\nP_X=3").unwrap()
    }

    #[test]
    fn the_environment_comes_before_the_file_whatever_the_order_of_names() {
        let environment = environment();
        let found = |names: &[&str]| {
            environment.find(names).map(|(value, origin)| format!("{value} from {origin}"))
        };
        assert_eq!(found(&["B", "A"]).unwrap(), "process from A in the environment");
        assert_eq!(found(&["C", "B"]).unwrap(), "file from B in .env:2");
        assert_eq!(found(&["EMPTY"]).unwrap(), "file from EMPTY in .env:3");
        assert_eq!(found(&["C"]), None);
        assert_eq!(
            environment.with_prefix("P_").into_iter().collect::<Vec<_>>(),
            [("P_X", "1"), ("P_Y", "2")]
        );
    }

    #[test]
    fn values_are_not_shown() {
        let shown = format!("{:?}", environment());
        assert!(
            shown.contains("P_X") && !shown.contains("process\"") && !shown.contains("\"file"),
            "{shown}"
        );
    }

    #[test]
    fn seeds_are_fresh() {
        assert_ne!(fresh_seed(), fresh_seed());
        assert!((0..1000).all(|_| fresh_seed() < 1 << 53));
    }
}
