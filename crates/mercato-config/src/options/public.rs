//! Parsers of flags that must not hold secrets.

use std::ffi::OsStr;

use clap::builder::TypedValueParser;
use clap::error::ErrorKind;
use clap::{Arg, Command, Error};

use super::variables;
use crate::Property;
use mercato_units::secret::is_sensitive;

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
        let is_secret = is_sensitive(&property.name) || has_user(&property.value);
        if is_secret {
            return Err(refused(secret_on_the_command_line(&property.name)));
        }
        Ok(property)
    }
}

/// Reads the address of a schema registry, without a user's name and password in it.
#[derive(Debug, Clone, Copy)]
pub(super) struct PublicUrl;

impl TypedValueParser for PublicUrl {
    type Value = String;

    fn parse_ref(
        &self,
        command: &Command,
        _: Option<&Arg>,
        value: &OsStr,
    ) -> Result<String, Error> {
        let refused = |reason: &str| {
            let reason = format!("--schema-registry <URL>: {reason}\n");
            Error::raw(ErrorKind::ValueValidation, reason).with_cmd(command)
        };
        let value = value.to_string_lossy();
        // Also without its scheme: what is refused must not be repeated.
        if value.contains('@') {
            return Err(refused(
                "the address holds a user's name or password, and other users of this machine can see \
                 command lines; set basic.auth.user.info in a file that only you can read and pass it \
                 with --command-config FILE, or set KAFKA_PROPERTY_BASIC_AUTH_USER_INFO",
            ));
        }
        let begins = |scheme: &str| {
            value.get(..scheme.len()).is_some_and(|its| its.eq_ignore_ascii_case(scheme))
        };
        if !["http://", "https://"].into_iter().any(begins) {
            return Err(refused(&format!(
                "expected http://HOST:PORT or https://HOST:PORT, found {value:?}"
            )));
        }
        Ok(value.into_owned())
    }
}

/// Returns true if an address has a user's name in it.
fn has_user(value: &str) -> bool {
    value.split_once("://").is_some_and(|(_, rest)| rest.contains('@'))
}

fn secret_on_the_command_line(name: &str) -> String {
    let variable = variables::of_property(name);
    format!(
        "-X, --command-property <K=V>: {name} is a secret, and other users of this machine can see command lines; \
         put the line {name}=... into a file that only you can read and pass it with --command-config FILE, \
         or set the environment variable {variable}"
    )
}
