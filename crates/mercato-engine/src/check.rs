//! Checks each record of a stream that does not guarantee its validity itself.

use mercato_encode::{Batch, Encoded, Flaw};
use serde::de::IgnoredAny;

use crate::Format;

/// The constraints on the records of one stream.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Check {
    pub(crate) largest: usize,
    pub(crate) format: Format,
}

/// The metadata of a record.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Claim {
    /// Its kind has a name.
    pub(crate) known: bool,
    /// Number of columns of its topic.
    pub(crate) columns: u16,
    /// Its time had to be moved to the nearest that is possible.
    pub(crate) moved: bool,
    pub(crate) encoded: Encoded,
}

impl Check {
    /// The first flaw of the record at the end of `batch` that has not been sealed yet.
    pub(crate) fn flaw(&self, batch: &Batch, claim: Claim) -> Option<Flaw> {
        let (value, key) = (batch.open_value(), batch.open_key());
        if claim.moved {
            return Some(Flaw::EventTime);
        }
        if !claim.known {
            return Some(Flaw::Kind);
        }
        if value.len() + key.len() > self.largest {
            return Some(Flaw::TooLarge);
        }
        if !claim.encoded.complete {
            return Some(Flaw::Fields);
        }
        match self.format {
            Format::Json if claim.encoded.absent => None,
            Format::Json => json_flaw(value, claim.encoded.whole),
            Format::Csv => csv_flaw(value, claim.columns.into()),
            // Written by the house's own writers, whose bytes are those that the schema describes.
            Format::Columns | Format::Avro | Format::Protobuf => None,
        }
    }
}

fn json_flaw(value: &[u8], serialized: bool) -> Option<Flaw> {
    if value.iter().any(|byte| matches!(byte, b'\n' | b'\r')) {
        return Some(Flaw::NotOneLine);
    }
    if serialized {
        return value.is_empty().then_some(Flaw::NotJson);
    }
    let Ok(text) = str::from_utf8(value) else { return Some(Flaw::NotOneLine) };
    serde_json::from_str::<IgnoredAny>(text).is_err().then_some(Flaw::NotJson)
}

/// A line break is data inside quotes, by RFC 4180.
fn csv_flaw(value: &[u8], columns: usize) -> Option<Flaw> {
    if str::from_utf8(value).is_err() {
        return Some(Flaw::NotOneLine);
    }
    let (mut fields, mut quoted) = (1, false);
    for byte in value {
        match byte {
            b'"' => quoted = !quoted,
            b',' if !quoted => fields += 1,
            b'\n' | b'\r' if !quoted => return Some(Flaw::NotOneLine),
            _ => {}
        }
    }
    (quoted || fields != columns).then_some(Flaw::NotCsv)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_must_be_one_value_on_one_line() {
        for (value, flaw) in [
            (&b"{\"a\":[1,{\"b\":null}]}"[..], None),
            (b"{}", None),
            (b"", Some(Flaw::NotJson)),
            (b"[1]", None),
            (b"{} {}", Some(Flaw::NotJson)),
            (b"{\"a\":1", Some(Flaw::NotJson)),
            (b"{\"a\":1}}", Some(Flaw::NotJson)),
            (b"{\"a\":NaN}", Some(Flaw::NotJson)),
            (b"{\"a\":1}\n{}", Some(Flaw::NotOneLine)),
            (b"{\"a\":\r1}", Some(Flaw::NotOneLine)),
            (b"{\"a\":\"\xff\"}", Some(Flaw::NotOneLine)),
        ] {
            assert_eq!(json_flaw(value, false), flaw, "{}", value.escape_ascii());
        }
    }

    #[test]
    fn csv_must_have_a_field_for_each_column() {
        for (value, flaw) in [
            (&b"a,b"[..], None),
            (b"\"a,\"\"\n\",", None),
            (b"a", Some(Flaw::NotCsv)),
            (b"a,b,c", Some(Flaw::NotCsv)),
            (b"a,\"b", Some(Flaw::NotCsv)),
            (b"a,b\nc,d", Some(Flaw::NotOneLine)),
            (b"\xff,b", Some(Flaw::NotOneLine)),
        ] {
            assert_eq!(csv_flaw(value, 2), flaw, "{}", value.escape_ascii());
        }
    }
}
