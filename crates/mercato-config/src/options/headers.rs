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
    for (index, flag) in flags.iter().enumerate() {
        if let Some(first) = flags[..index].iter().find(|first| first.name == flag.name) {
            let (name, one, other) = (&flag.name, &first.value, &flag.value);
            return Err(ConfigError::Usage {
                reason: format!(
                    "--header: `{name}` is given twice, as {one:?} and as {other:?}: keep one of them"
                ),
            });
        }
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
