//! Records out of the envelopes of `kcat -J`, as a run is compared with them.

use super::actual::{Actual, Found, Layout};
use super::document::Document;
use super::envelope::Enclosed;
use super::lines::{Lines, LinesError};

/// Lines, or the records inside them if the first line is an envelope of `kcat -J`.
#[derive(Debug)]
pub struct Payloads {
    lines: Lines,
    /// True if records are enclosed; unknown before the first.
    are_enclosed: Option<bool>,
    /// True if the records shall come in the envelope that mercato writes.
    with_envelope: bool,
    document: Document,
    value: Vec<u8>,
}

impl Payloads {
    /// The records of `lines`, `with_envelope` or without.
    pub fn new(lines: Lines, with_envelope: bool) -> Self {
        let (document, value) = (Document::default(), Vec::new());
        Self { lines, are_enclosed: None, with_envelope, document, value }
    }
}

impl Actual for Payloads {
    type Error = LinesError;

    fn layout(&self) -> Layout {
        self.lines.layout()
    }

    #[inline]
    fn next(&mut self, partition: u32) -> Result<Option<Found<'_>>, LinesError> {
        let Self { lines, are_enclosed, with_envelope, document, value } = self;
        let Some(found) = lines.next(partition)? else { return Ok(None) };
        let are_enclosed = *are_enclosed.get_or_insert_with(|| is_kcat(document, found.value));
        if !are_enclosed || !document.read(found.value) {
            return Ok(Some(found));
        }
        let Some(enclosed) = Enclosed::of(document.root()) else { return Ok(Some(found)) };
        value.clear();
        let json = enclosed.json().unwrap_or_default();
        if *with_envelope {
            let text = |text: &str| serde_json::Value::from(text).to_string();
            let key = enclosed.key.map_or_else(|| "null".to_owned(), text);
            let topic = text(enclosed.topic);
            let whole = format!("{{\"topic\":{topic},\"key\":{key},\"value\":{json}}}");
            value.extend_from_slice(whole.as_bytes());
        } else {
            value.extend_from_slice(json.as_bytes());
        }
        Ok(Some(Found { key: b"", value, position: found.position }))
    }
}

/// Returns whether a line is an envelope of `kcat -J`; that of mercato is left as it is.
fn is_kcat(document: &mut Document, line: &[u8]) -> bool {
    if !document.read(line) {
        return false;
    }
    let value = document.root();
    value.get("payload").is_some() && Enclosed::of(value).is_some()
}
