//! The parts of a record that never change, for each format: what stands between the values.

use mercato_encode::{csv, json};

/// The text around the values of a sale, in the order of its fields.
///
/// Product, payment method, region, country and status are rendered with the text around them when
/// the stream is made; only what remains stands here.
pub(super) trait Frame {
    const ORDER: &'static [u8];
    const TIMESTAMP: &'static [u8];
    const PRICE: &'static [u8];
    const TOTAL: &'static [u8];
    const CUSTOMER: &'static [u8];
    const EMAIL: &'static [u8];
    const CITY: &'static [u8];

    fn product(out: &mut Vec<u8>, id: &str, name: &str);
    fn payment(out: &mut Vec<u8>, method: &str);
    fn region(out: &mut Vec<u8>, region: &str);
    fn country(out: &mut Vec<u8>, country: &str);
    fn status(out: &mut Vec<u8>, status: &str);
}

/// One JSON object.
#[derive(Debug, Clone, Copy)]
pub(super) struct Json;

/// One line of comma-separated values.
#[derive(Debug, Clone, Copy)]
pub(super) struct Csv;

impl Frame for Json {
    const ORDER: &'static [u8] = br#"{"order_id":"ORD-"#;
    const TIMESTAMP: &'static [u8] = br#"","timestamp":""#;
    const PRICE: &'static [u8] = br#","price":"#;
    const TOTAL: &'static [u8] = br#","total":"#;
    const CUSTOMER: &'static [u8] = br#","customer_id":"CUST-"#;
    const EMAIL: &'static [u8] = br#"","customer_email":""#;
    const CITY: &'static [u8] = br#"","city":""#;

    fn product(out: &mut Vec<u8>, id: &str, name: &str) {
        out.extend_from_slice(br#"","product_id":"#);
        json::string(out, id);
        out.extend_from_slice(br#","product_name":"#);
        json::string(out, name);
        out.extend_from_slice(br#","quantity":"#);
    }

    fn payment(out: &mut Vec<u8>, method: &str) {
        out.extend_from_slice(br#"","payment_method":"#);
        json::string(out, method);
        out.extend_from_slice(br#","shipping_address":{"street":""#);
    }

    fn region(out: &mut Vec<u8>, region: &str) {
        out.extend_from_slice(br#"","state":"#);
        json::string(out, region);
        out.extend_from_slice(br#","zip_code":""#);
    }

    fn country(out: &mut Vec<u8>, country: &str) {
        out.extend_from_slice(br#"","country":"#);
        json::string(out, country);
        out.extend_from_slice(br#"},"status":"#);
    }

    fn status(out: &mut Vec<u8>, status: &str) {
        json::string(out, status);
        out.push(b'}');
    }
}

impl Frame for Csv {
    const ORDER: &'static [u8] = b"ORD-";
    const TIMESTAMP: &'static [u8] = b",";
    const PRICE: &'static [u8] = b",";
    const TOTAL: &'static [u8] = b",";
    const CUSTOMER: &'static [u8] = b",CUST-";
    const EMAIL: &'static [u8] = b",";
    const CITY: &'static [u8] = b",";

    fn product(out: &mut Vec<u8>, id: &str, name: &str) {
        out.push(b',');
        csv::field(out, id);
        out.push(b',');
        csv::field(out, name);
        out.push(b',');
    }

    fn payment(out: &mut Vec<u8>, method: &str) {
        between_commas(out, method);
    }

    fn region(out: &mut Vec<u8>, region: &str) {
        between_commas(out, region);
    }

    fn country(out: &mut Vec<u8>, country: &str) {
        between_commas(out, country);
    }

    fn status(out: &mut Vec<u8>, status: &str) {
        csv::field(out, status);
    }
}

fn between_commas(out: &mut Vec<u8>, text: &str) {
    out.push(b',');
    csv::field(out, text);
    out.push(b',');
}
