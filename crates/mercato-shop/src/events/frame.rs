//! The text around the values of an event, for each format.

use mercato_encode::{csv, json};
use mercato_schema::CustomValue;

use crate::quick::Literal;

/// What stands between the values, in the order of the fields.
pub(super) trait Frame {
    const USER: Literal;
    const TYPE: &'static [u8];
    const TIMESTAMP: &'static [u8];
    const PRODUCT: Literal;
    const SESSION: Literal;
    const END: &'static [u8];

    /// Appends a text as a value.
    fn text(out: &mut Vec<u8>, text: &str);

    /// Appends what stands before the value of a further field.
    fn field(out: &mut Vec<u8>, name: &str);
}

/// One JSON object.
#[derive(Debug, Clone, Copy)]
pub(super) struct Json;

/// One line of comma-separated values.
#[derive(Debug, Clone, Copy)]
pub(super) struct Csv;

impl Frame for Json {
    const USER: Literal = Literal::new(br#"{"user_id":"#);
    const TYPE: &'static [u8] = br#","event_type":"#;
    const TIMESTAMP: &'static [u8] = br#","timestamp":""#;
    const PRODUCT: Literal = Literal::new(br#"","metadata":{"product_id":"#);
    const SESSION: Literal = Literal::new(br#","session_length":"#);
    const END: &'static [u8] = b"}}";

    fn text(out: &mut Vec<u8>, text: &str) {
        json::string(out, text);
    }

    fn field(out: &mut Vec<u8>, name: &str) {
        out.push(b',');
        json::string(out, name);
        out.push(b':');
    }
}

impl Frame for Csv {
    const USER: Literal = Literal::new(b"");
    const TYPE: &'static [u8] = b",";
    const TIMESTAMP: &'static [u8] = b",";
    const PRODUCT: Literal = Literal::new(b",");
    const SESSION: Literal = Literal::new(b",");
    const END: &'static [u8] = b"";

    fn text(out: &mut Vec<u8>, text: &str) {
        csv::field(out, text);
    }

    fn field(out: &mut Vec<u8>, _name: &str) {
        out.push(b',');
    }
}

/// Appends a scalar that is the same in every event.
pub(super) fn constant<F: Frame>(out: &mut Vec<u8>, value: &CustomValue<'_>) {
    match value {
        CustomValue::Text(text) => F::text(out, text),
        // The rest looks the same in both formats.
        scalar => out.extend_from_slice(&serde_json::to_vec(scalar).unwrap_or_default()),
    }
}
