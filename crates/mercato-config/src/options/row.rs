//! An option as a row of a list: what `mercato config show` prints, and what a command line
//! repeats.

use serde_json::Value;

use crate::value::OptionValue;
use crate::{Key, Origin, Setting};

/// The condition under which the command that repeats a run has a flag for an option.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// Always, with the effective value: it identifies the run.
    Always,
    /// If the option has a value, unless a file that the command names sets it.
    Set,
    /// The same, but not for a value that is the default.
    Given,
    /// Never: it changes no record.
    Never,
}

/// An option with its effective value.
#[derive(Debug, Clone)]
pub struct Row {
    /// Its names.
    pub key: Key,
    /// Its value; null if it has none.
    pub value: Value,
    /// The source of the value.
    pub origin: Origin,
    repeat: Repeat,
}

impl Row {
    /// The row of an option of type `T`.
    pub(crate) fn new<T: OptionValue>(
        key: Key,
        setting: Option<&Setting<T::Resolved>>,
        repeat: Repeat,
    ) -> Self {
        let value = setting.map_or(Value::Null, |setting| T::show(&setting.value));
        let origin = setting.map_or(Origin::Default, |setting| setting.origin.clone());
        Self { key, value, origin, repeat }
    }

    /// The words of a command line that give the option its value; none where the command does
    /// without them.
    ///
    /// A value that another flag set is given by that flag, which is among the program's own.
    pub(crate) fn words(&self) -> Vec<String> {
        let other = matches!(self.origin, Origin::Flag(flag) if flag != self.key.flag);
        let file = matches!(self.origin, Origin::File(_));
        let wanted = match self.repeat {
            Repeat::Always => true,
            Repeat::Set => !file && !other,
            Repeat::Given => !file && !other && self.origin != Origin::Default,
            Repeat::Never => false,
        };
        let flag = self.key.flag.to_owned();
        match &self.value {
            Value::Null | Value::Bool(false) => Vec::new(),
            _ if !wanted => Vec::new(),
            Value::Bool(true) => vec![flag],
            Value::String(text) => vec![flag, text.clone()],
            value => vec![flag, value.to_string()],
        }
    }
}

/// A setting, whether or not something sets it without fail.
pub(crate) trait Merged<R> {
    /// The value and its origin, if there is one.
    fn setting(&self) -> Option<&Setting<R>>;
}

impl<R> Merged<R> for Setting<R> {
    fn setting(&self) -> Option<&Setting<R>> {
        Some(self)
    }
}

impl<R> Merged<R> for Option<Setting<R>> {
    fn setting(&self) -> Option<&Setting<R>> {
        self.as_ref()
    }
}
