//! Why a configuration cannot be used.

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// librdkafka knows no such property, or not with this value.
    #[error("invalid property {name}={value}: {reason}")]
    Property {
        /// Name, as the user gave it.
        name: String,
        /// Value, as the user gave it; [`REDACTED`](mercato_units::secret::REDACTED) when the
        /// property holds a secret.
        value: String,
        /// The message of librdkafka.
        reason: String,
    },

    /// The property exists elsewhere but cannot be set here.
    #[error("cannot set property {name}: {reason}")]
    Unsupported {
        /// Name, as the user gave it.
        name: String,
        /// Why not, and what to set instead.
        reason: String,
    },

    /// Several properties cannot be used.
    #[error("{} invalid Kafka properties:{}", .0.len(), listed(.0))]
    Several(
        /// Why not, one each.
        Vec<ConfigError>,
    ),

    /// A certificate or key is missing, unreadable, out of force or of another pair.
    #[error("cannot use {property}={path}: {problem}")]
    Certificate {
        /// The property that names the file.
        property: String,
        /// The file.
        path: String,
        /// The problem, and what to do.
        problem: String,
    },

    /// Each property is right alone, but not with the others, or a file they name cannot be used.
    #[error("inconsistent Kafka properties: {reason}")]
    Together {
        /// The message of librdkafka.
        reason: String,
    },

    /// A property that a file sets cannot be used.
    #[error("{place}: {error}")]
    Located {
        /// File and line.
        place: String,
        /// Why not.
        error: Box<ConfigError>,
    },

    /// There is no address.
    #[error("no broker address: give one with -b HOST:PORT")]
    NoAddress,
}

impl ConfigError {
    /// The same with the places of the properties that it is about, as far as `place` knows them.
    #[must_use]
    pub fn located(self, place: &dyn Fn(&str) -> Option<String>) -> Self {
        if let Self::Several(errors) = self {
            return Self::Several(errors.into_iter().map(|error| error.located(place)).collect());
        }
        let name = match &self {
            Self::Property { name, .. } | Self::Unsupported { name, .. } => name,
            Self::Certificate { property, .. } => property,
            _ => return self,
        };
        match place(name) {
            Some(place) => Self::Located { place, error: Box::new(self) },
            None => self,
        }
    }
}

fn listed(errors: &[ConfigError]) -> String {
    errors.iter().map(|error| format!("\n  {error}")).collect()
}
