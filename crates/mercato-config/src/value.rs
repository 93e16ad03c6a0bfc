//! The types that options can have: how each is read, and how it is shown.

use std::ffi::OsStr;
use std::fmt::Display;
use std::path::PathBuf;
use std::str::FromStr;

use clap::builder::{TypedValueParser, ValueParser};
use clap::error::ErrorKind;
use clap::{Arg, Command, Error};
use mercato_sinks::{FileFormat, Format, OutputPath};
use mercato_units::{
    Brokers, Clock, Duration, DurationOrNumber, Moment, Rate, Shard, Timestamp, Topic, Unit,
    ValueError, Whole,
};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::formats::{FileFormatName, OutputName};
use crate::suggest::nearest;
use crate::{DisorderList, Origin, Program};

/// A type that an option can have.
pub trait OptionValue: Clone + Send + Sync + Sized + 'static {
    /// The value as a file holds it.
    type Written: DeserializeOwned + JsonSchema + Into<Self>;
    /// The value once the program and the origin are known.
    type Resolved;

    /// Returns clap's parser of a flag, whose errors say what is allowed.
    fn parser() -> ValueParser;

    /// Returns the value of a flag if it was given: a switch that is off was not.
    fn given(self) -> Option<Self> {
        Some(self)
    }

    /// Reads the value of a variable.
    fn parse(text: &str) -> Result<Self, String>;

    /// Resolves the value for `program`; the error says what is wrong with it.
    fn resolve(self, program: &Program, origin: &Origin) -> Result<Self::Resolved, String>;

    /// Returns the value as `mercato config show` prints it.
    fn show(value: &Self::Resolved) -> Value;
}

/// A value parser for clap that refuses a value as every layer does, under the flag's name:
/// `--rate: invalid rate '24/x': expected N/s, N/m, N/h or N/d`.
#[derive(Debug, Clone)]
pub struct Bound<T> {
    parse: fn(&str) -> Result<T, ValueError>,
}

/// The parser of a value that flags, variables and files share.
pub fn bound<T: FromStr<Err = ValueError>>() -> Bound<T> {
    bound_by(T::from_str)
}

/// The parser of a value that only some flags have, or that is narrower for them.
pub fn bound_by<T>(parse: fn(&str) -> Result<T, ValueError>) -> Bound<T> {
    Bound { parse }
}

impl<T: Clone + Send + Sync + 'static> TypedValueParser for Bound<T> {
    type Value = T;

    fn parse_ref(&self, command: &Command, arg: Option<&Arg>, value: &OsStr) -> Result<T, Error> {
        (self.parse)(&value.to_string_lossy()).map_err(|error| {
            let flag = arg.and_then(Arg::get_long).map(|name| format!("--{name}: "));
            let message = format!("{}{error}\n", flag.unwrap_or_default());
            Error::raw(ErrorKind::ValueValidation, message).with_cmd(command)
        })
    }
}

fn text(value: &impl Display) -> Value {
    Value::from(value.to_string())
}

/// Reads a value of the vocabulary; the error names it.
pub(crate) fn read<T: FromStr>(text: &str) -> Result<T, String>
where
    T::Err: Display,
{
    text.parse().map_err(|error: T::Err| error.to_string())
}

/// Implements [`OptionValue`] for types that stand for themselves in every layer.
macro_rules! plain {
    ($($type:ty: $parser:expr, $show:expr;)+) => {$(
        impl $crate::value::OptionValue for $type {
            type Written = Self;
            type Resolved = Self;

            fn parser() -> clap::builder::ValueParser {
                $parser
            }

            fn parse(text: &str) -> Result<Self, String> {
                $crate::value::read(text)
            }

            fn resolve(self, _: &$crate::Program, _: &$crate::Origin) -> Result<Self, String> {
                Ok(self)
            }

            fn show(value: &Self) -> serde_json::Value {
                let show: fn(&Self) -> serde_json::Value = $show;
                show(value)
            }
        }
    )+};
}
pub(crate) use plain;

plain! {
    String: clap::value_parser!(String), text;
    Brokers: bound::<Self>().into(), text;
    Clock: bound::<Self>().into(), text;
    Moment: bound::<Self>().into(), text;
    Rate: bound::<Self>().into(), text;
    Shard: bound::<Self>().into(), text;
    Timestamp: bound::<Self>().into(), text;
    Topic: bound::<Self>().into(), text;
}

impl OptionValue for DisorderList {
    type Written = Self;
    type Resolved = Self;

    fn parser() -> ValueParser {
        ValueParser::from(|text: &str| text.parse::<Self>())
    }

    fn parse(text: &str) -> Result<Self, String> {
        read(text)
    }

    fn resolve(self, _: &Program, _: &Origin) -> Result<Self, String> {
        Ok(self)
    }

    fn show(value: &Self) -> Value {
        text(value)
    }
}

/// The name of a file to write; `-` is refused, because it would make a file of this name.
impl OptionValue for PathBuf {
    type Written = Self;
    type Resolved = Self;

    fn parser() -> ValueParser {
        clap::value_parser!(PathBuf)
    }

    fn parse(text: &str) -> Result<Self, String> {
        read(text)
    }

    fn resolve(self, _: &Program, _: &Origin) -> Result<Self, String> {
        if self.as_os_str() == "-" {
            return Err("- is not a file; give the name of one, or /dev/stdout".to_owned());
        }
        Ok(self)
    }

    fn show(value: &Self) -> Value {
        text(&value.display())
    }
}

impl OptionValue for bool {
    type Written = Self;
    type Resolved = Self;

    fn parser() -> ValueParser {
        clap::value_parser!(bool)
    }

    fn given(self) -> Option<Self> {
        self.then_some(true)
    }

    fn parse(text: &str) -> Result<Self, String> {
        text.parse().map_err(|_| format!("`{text}` is neither true nor false"))
    }

    fn resolve(self, _: &Program, _: &Origin) -> Result<Self, String> {
        Ok(self)
    }

    fn show(value: &Self) -> Value {
        Value::Bool(*value)
    }
}

impl<const MIN: u64, const MAX: u64> OptionValue for Whole<MIN, MAX> {
    type Written = Self;
    type Resolved = u64;

    fn parser() -> ValueParser {
        bound::<Self>().into()
    }

    fn parse(text: &str) -> Result<Self, String> {
        read(text)
    }

    fn resolve(self, _: &Program, _: &Origin) -> Result<u64, String> {
        Ok(self.get())
    }

    fn show(value: &u64) -> Value {
        Value::from(*value)
    }
}

/// A duration resolves to microseconds: a bare number counts the program's unit, and is refused in
/// a file, which serves several programs.
impl OptionValue for DurationOrNumber {
    type Written = Self;
    type Resolved = i64;

    fn parser() -> ValueParser {
        bound::<Self>().into()
    }

    fn parse(text: &str) -> Result<Self, String> {
        read(text)
    }

    fn resolve(self, program: &Program, origin: &Origin) -> Result<i64, String> {
        if let (Origin::File(_), Self::Number(_)) = (origin, self) {
            return Err(format!(
                "invalid duration '{self}': expected a unit, because that of a bare number differs \
                 from program to program; write {self}s or {self}m"
            ));
        }
        let duration = self.in_unit(program.bare_duration).map_err(|error| error.to_string())?;
        Ok(duration.micros())
    }

    fn show(value: &i64) -> Value {
        text(&Duration::from_micros(*value).unwrap_or_default())
    }
}

/// A duration whose bare number is seconds in every program; a file writes its unit, as it does for
/// every duration of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrSeconds(DurationOrNumber);

impl From<DurationOrNumber> for OrSeconds {
    fn from(written: DurationOrNumber) -> Self {
        Self(written)
    }
}

impl FromStr for OrSeconds {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        text.parse().map(Self)
    }
}

impl OptionValue for OrSeconds {
    type Written = DurationOrNumber;
    type Resolved = i64;

    fn parser() -> ValueParser {
        bound::<Self>().into()
    }

    fn parse(text: &str) -> Result<Self, String> {
        read(text)
    }

    fn resolve(self, program: &Program, origin: &Origin) -> Result<i64, String> {
        self.0.resolve(&Program { bare_duration: Unit::Seconds, ..*program }, origin)
    }

    fn show(value: &i64) -> Value {
        DurationOrNumber::show(value)
    }
}

impl OptionValue for OutputPath {
    type Written = OutputName;
    type Resolved = Self;

    fn parser() -> ValueParser {
        ValueParser::from(|text: &str| Self::parse(text))
    }

    fn parse(text: &str) -> Result<Self, String> {
        Self::parse(text).map_err(|error| error.to_string())
    }

    fn resolve(self, _: &Program, _: &Origin) -> Result<Self, String> {
        Ok(self)
    }

    fn show(value: &Self) -> Value {
        value.path().map_or(Value::from("null:"), |path| text(&path.display()))
    }
}

impl OptionValue for FileFormat {
    type Written = FileFormatName;
    type Resolved = Self;

    fn parser() -> ValueParser {
        ValueParser::from(|text: &str| text.parse::<Self>().map_err(|_| allowed_formats(text)))
    }

    fn parse(text: &str) -> Result<Self, String> {
        read(text)
    }

    fn resolve(self, _: &Program, _: &Origin) -> Result<Self, String> {
        Ok(self)
    }

    fn show(value: &Self) -> Value {
        text(value)
    }
}

/// The formats that there are, and the nearest to `text`.
fn allowed_formats(text: &str) -> String {
    let name = text.split('.').next().unwrap_or_default();
    match nearest(name, Format::ALL.iter().map(|(name, _)| *name)) {
        Some(near) if near != name => format!("{}; did you mean `{near}`?", FileFormat::ALLOWED),
        _ => FileFormat::ALLOWED.to_owned(),
    }
}
