//! The text around the values of an order, for each format.

use mercato_encode::{csv, json};

/// What stands between the values, in the order of the fields.
pub(super) trait Frame {
    const ORDER: &'static [u8];
    const CUSTOMER: &'static [u8];
    const AMOUNT: &'static [u8];
    const TIMESTAMP: &'static [u8];
    const CATEGORY: &'static [u8];
    const END: &'static [u8];
    /// Stands before and behind a text in which nothing needs an escape.
    const QUOTE: &'static [u8];

    /// Appends a text as a value.
    fn text(out: &mut Vec<u8>, text: &str);
}

/// One JSON object.
#[derive(Debug, Clone, Copy)]
pub(super) struct Json;

/// One line of comma-separated values.
#[derive(Debug, Clone, Copy)]
pub(super) struct Csv;

impl Frame for Json {
    const ORDER: &'static [u8] = br#"{"orderId":"order_"#;
    const CUSTOMER: &'static [u8] = br#"","customerId":"#;
    const AMOUNT: &'static [u8] = br#","amount":"#;
    const TIMESTAMP: &'static [u8] = br#","timestamp":"#;
    const CATEGORY: &'static [u8] = br#","category":"#;
    const END: &'static [u8] = b"}";
    const QUOTE: &'static [u8] = b"\"";

    fn text(out: &mut Vec<u8>, text: &str) {
        json::string(out, text);
    }
}

impl Frame for Csv {
    const ORDER: &'static [u8] = b"order_";
    const CUSTOMER: &'static [u8] = b",";
    const AMOUNT: &'static [u8] = b",";
    const TIMESTAMP: &'static [u8] = b",";
    const CATEGORY: &'static [u8] = b",";
    const END: &'static [u8] = b"";
    const QUOTE: &'static [u8] = b"";

    fn text(out: &mut Vec<u8>, text: &str) {
        csv::field(out, text);
    }
}
