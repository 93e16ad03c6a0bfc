//! The one way in which a value is refused.

use std::fmt;

/// Why a text or number is not a value of its kind: the value, and what is allowed.
///
/// The message names neither flag nor key; whoever knows it puts it in front:
/// `--threads: 0 is out of range (1 to 1024)`.
///
/// ```
/// use mercato_units::{Rate, ValueError};
///
/// let refused = |text: &str| text.parse::<Rate>().unwrap_err().to_string();
/// assert_eq!(refused("24/x"), "invalid rate '24/x': expected N/s, N/m, N/h or N/d");
/// assert_eq!(refused("0"), "0 is out of range (0.000001/h to 1000000000/s)");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueError {
    kind: &'static str,
    value: String,
    problem: Problem,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Problem {
    Invalid(String),
    OutOfRange { min: String, max: String },
}

impl ValueError {
    /// `value` does not have the form of a `kind`; `allowed` says which does, as in `expected I/N`.
    pub fn invalid(
        kind: &'static str,
        value: impl Into<String>,
        allowed: impl Into<String>,
    ) -> Self {
        Self { kind, value: value.into(), problem: Problem::Invalid(allowed.into()) }
    }

    /// `value` has the form of a `kind`, but does not lie between `min` and `max`, both included.
    pub fn out_of_range(
        kind: &'static str,
        value: impl Into<String>,
        min: impl fmt::Display,
        max: impl fmt::Display,
    ) -> Self {
        let problem = Problem::OutOfRange { min: min.to_string(), max: max.to_string() };
        Self { kind, value: value.into(), problem }
    }

    /// The kind of value, such as `rate`.
    pub fn kind(&self) -> &'static str {
        self.kind
    }

    /// The value as given, or what may be shown of it.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// Returns whether the value has its form, but lies outside its range.
    pub fn is_out_of_range(&self) -> bool {
        matches!(self.problem, Problem::OutOfRange { .. })
    }

    /// Returns the allowed values: a form, or `MIN to MAX`.
    pub fn allowed(&self) -> String {
        match &self.problem {
            Problem::Invalid(allowed) => allowed.clone(),
            Problem::OutOfRange { min, max } => format!("{min} to {max}"),
        }
    }
}

impl fmt::Display for ValueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, value, problem } = self;
        match problem {
            Problem::Invalid(allowed) => write!(f, "invalid {kind} '{value}': {allowed}"),
            Problem::OutOfRange { min, max } => {
                write!(f, "{value} is out of range ({min} to {max})")
            }
        }
    }
}

impl std::error::Error for ValueError {}
