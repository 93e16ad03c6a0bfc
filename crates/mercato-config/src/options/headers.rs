//! Headers of records that are sent to Kafka.

use std::str::FromStr;

use crate::ConfigError;

/// A header: its name and its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The name.
    pub name: String,
    /// The value.
    pub value: String,
}

impl FromStr for Header {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split_once('=').ok_or("expected NAME=VALUE, such as source=web")?;
        Self::new(parts.0, parts.1).map_err(str::to_owned)
    }
}

impl Header {
    fn new(name: &str, value: &str) -> Result<Self, &'static str> {
        if name.is_empty() {
            return Err("the name before = is empty");
        }
        if name.contains('\0') {
            return Err("a name cannot contain NUL");
        }
        Ok(Self { name: name.to_owned(), value: value.to_owned() })
    }
}

/// The headers of a file and, after them, those of flags; a flag replaces those of its name in the
/// file.
///
/// Fails where a flag gives a name twice: readers of headers by name would see one of the two.
pub(super) fn merge(
    file: impl IntoIterator<Item = (String, String)>,
    flags: &[Header],
) -> Result<Vec<Header>, ConfigError> {
    let twice = |(index, flag): (usize, &Header)| {
        flags[..index].iter().any(|first| first.name == flag.name).then(|| flag.name.clone())
    };
    if let Some(name) = flags.iter().enumerate().find_map(twice) {
        let reason = format!("--header: `{name}` is given twice: keep one of them");
        return Err(ConfigError::Usage { reason });
    }
    let mut headers = Vec::new();
    for (name, value) in file {
        let header = Header::new(&name, &value).map_err(|reason| ConfigError::Usage {
            reason: format!("kafka.headers: invalid header {name:?}: {reason}"),
        })?;
        if flags.iter().all(|flag| flag.name != name) {
            headers.push(header);
        }
    }
    headers.extend_from_slice(flags);
    Ok(headers)
}
