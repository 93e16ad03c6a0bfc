//! Common checks of the parsers' tests.

use std::fmt::{Debug, Display};
use std::str::FromStr;

use crate::ValueError;

/// Each text reads as the value beside it, and the value's own text reads back.
pub(crate) fn reads<T>(table: &[(&str, T)])
where
    T: FromStr<Err = ValueError> + Display + PartialEq + Debug,
{
    for (text, value) in table {
        assert_eq!(&text.parse::<T>().unwrap(), value, "{text}");
        assert_eq!(&value.to_string().parse::<T>().unwrap(), value, "{text} shown as {value}");
    }
}

/// Each text is refused by a message that names it and what is allowed.
pub(crate) fn refuses<T: FromStr<Err = ValueError>>(table: &[(&str, &str)]) {
    for (text, allowed) in table {
        let Err(error) = text.parse::<T>() else { panic!("{text} was accepted") };
        let message = error.to_string();
        let named = message.contains(&format!("'{text}'"))
            || message.starts_with(&format!("{text} is out of range"));
        assert!(named && message.contains(allowed), "{text}: {message}");
    }
}
