//! Parsers of flags that must not hold secrets.

use std::ffi::OsStr;

use clap::builder::TypedValueParser;
use clap::error::ErrorKind;
use clap::{Arg, Command, Error};

use super::variables;
use crate::Property;

/// Reads a property that is no secret.
///
/// clap's own error would repeat the value, and whoever gives a secret on the command line
/// should not find it in a log as well.
#[derive(Debug, Clone, Copy)]
pub(super) struct PublicProperty;

impl TypedValueParser for PublicProperty {
    type Value = Property;

    fn parse_ref(
        &self,
        command: &Command,
        _: Option<&Arg>,
        value: &OsStr,
    ) -> Result<Property, Error> {
        let refused = |reason: String| {
            Error::raw(ErrorKind::ValueValidation, reason + "\n").with_cmd(command)
        };
        let property = Property::parse(&value.to_string_lossy())
            .map_err(|error| refused(format!("-X, --command-property <K=V>: {error}")))?;
        if mercato_units::secret::is_sensitive(&property.name) {
            return Err(refused(secret_on_the_command_line(&property.name)));
        }
        Ok(property)
    }
}

fn secret_on_the_command_line(name: &str) -> String {
    let variable = variables::of_property(name);
    format!(
        "-X, --command-property <K=V>: {name} is a secret, and other users of this machine can see command lines; \
         put the line {name}=... into a file that only you can read and pass it with --command-config FILE, \
         or set the environment variable {variable}"
    )
}
