//! Errors of invalid settings.

use std::fmt::Display;
use std::io;
use std::path::PathBuf;

use super::{Origin, Place};

/// Errors of invalid settings.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// A configuration file's name does not say its format.
    #[error("cannot tell the format of {}: the allowed extensions are .toml, .yaml, .yml and .json", path.display())]
    Ending {
        /// The file.
        path: PathBuf,
    },

    /// A file of settings cannot be read.
    #[error("cannot read configuration file {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The underlying I/O error.
        source: io::Error,
    },

    /// A file of settings is not written as its format demands.
    #[error("{place}: {reason}")]
    Syntax {
        /// File and line.
        place: Place,
        /// The reason.
        reason: String,
    },

    /// A key of a file is unknown, or its value is wrong.
    #[error("{place}: {reason}")]
    File {
        /// File and line.
        place: Place,
        /// The key, and what is wrong with it.
        reason: String,
    },

    /// A variable's value is wrong.
    #[error("{origin}: {reason}")]
    Variable {
        /// The variable, and where it is set.
        origin: Origin,
        /// The reason; it includes the value, unless that may be a secret.
        reason: String,
    },

    /// Flags that are each right but not together, or not with the other settings.
    #[error("{reason}")]
    Usage {
        /// The flags, their values and what is allowed.
        reason: String,
    },

    /// The effective configuration cannot be written down.
    #[error("cannot serialize the effective settings of [{section}]")]
    Effective {
        /// The section.
        section: String,
        /// The serde error.
        source: serde_json::Error,
    },
}

impl ConfigError {
    /// The error of a value that came from `origin` under the name `file` in files: it blames flag,
    /// variable or line.
    pub fn wrong(origin: &Origin, file: &str, reason: &dyn Display) -> Self {
        let reason = reason.to_string();
        match origin {
            Origin::File(place) => {
                Self::File { place: place.clone(), reason: format!("{file}: {reason}") }
            }
            Origin::DotEnv { .. } | Origin::Environment { .. } => {
                Self::Variable { origin: origin.clone(), reason }
            }
            Origin::Flag(flag) => Self::Usage { reason: format!("{flag}: {reason}") },
            Origin::Default => Self::Usage { reason },
        }
    }
}
