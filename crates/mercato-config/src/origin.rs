//! The origin of a value.

use std::fmt;

use super::Place;

/// The source of a setting's value, from the weakest to the strongest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Nobody said anything.
    Default,
    /// A configuration file.
    File(Place),
    /// The `.env` file of the working folder.
    DotEnv {
        /// The variable.
        name: String,
        /// The place of the assignment.
        place: Place,
    },
    /// The process's environment.
    Environment {
        /// The variable.
        name: String,
    },
    /// The command line.
    Flag(&'static str),
}

impl Origin {
    /// Returns the precedence of the source: of two values, the one from the higher source counts.
    pub fn rank(&self) -> u8 {
        match self {
            Self::Default => 0,
            Self::File(_) => 1,
            Self::DotEnv { .. } => 2,
            Self::Environment { .. } => 3,
            Self::Flag(_) => 4,
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => formatter.write_str("default"),
            Self::File(place) => place.fmt(formatter),
            Self::DotEnv { name, place } => write!(formatter, "{name} in {place}"),
            Self::Environment { name } => write!(formatter, "{name} in the environment"),
            Self::Flag(name) => formatter.write_str(name),
        }
    }
}

/// A value and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting<T> {
    /// The value.
    pub value: T,
    /// Its source.
    pub origin: Origin,
}

impl<T> Setting<T> {
    /// A value nobody set.
    pub fn default(value: T) -> Self {
        Self { value, origin: Origin::Default }
    }

    /// Another value from the same source.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Setting<U> {
        Setting { value: change(self.value), origin: self.origin }
    }
}
