//! Recognizes properties that hold secrets, which are never shown.

use std::borrow::Cow;

use mercato_units::secret::{REDACTED, is_sensitive};

/// A property's value as it may be shown: neither a secret nor an address with a user's name or
/// password in it.
pub(super) fn shown<'a>(name: &str, value: &'a str) -> Cow<'a, str> {
    let user_info = value.split_once("://").is_some_and(|(_, rest)| rest.contains('@'));
    if is_sensitive(name) || user_info { Cow::Borrowed(REDACTED) } else { Cow::Borrowed(value) }
}

/// `text` without the values of those `properties` that hold secrets.
pub(super) fn redacted(text: &str, properties: &[(&str, &str)]) -> String {
    let secrets = properties.iter().filter(|(name, value)| is_sensitive(name) && !value.is_empty());
    secrets.fold(text.to_owned(), |text, (_, secret)| text.replace(secret, REDACTED))
}
