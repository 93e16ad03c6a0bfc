//! The text around the values of the shop's records, for each format.

use mercato_encode::{csv, json};
use mercato_patterns::geographic::City;

use super::devices::Device;

/// What stands before, between and around the values, in the order of the fields.
pub(super) trait Frame {
    const EVENT: &'static [u8];
    const EVENT_USER: &'static [u8];
    const SESSION: &'static [u8];
    const PRODUCT: &'static [u8];
    const PRODUCT_END: &'static [u8];
    const NO_PRODUCT: &'static [u8];

    const TRANSACTION: &'static [u8];
    const TIME: &'static [u8];
    const LINES: &'static [u8];
    const LINE: &'static [u8];
    const NAME: &'static [u8];
    const QUANTITY: &'static [u8];
    const LINE_END: &'static [u8];
    const TOTAL: &'static [u8];
    const LONGITUDE: &'static [u8];
    const END: &'static [u8];

    fn kind(out: &mut Vec<u8>, name: &str);
    fn page(out: &mut Vec<u8>, category: Option<&str>, url: &str);
    fn screen(out: &mut Vec<u8>, device: &Device);
    fn category(out: &mut Vec<u8>, name: &str);
    fn payment(out: &mut Vec<u8>, method: &str);
    fn city(out: &mut Vec<u8>, city: &City);
    fn device(out: &mut Vec<u8>, device: &Device, is_fraud: bool);
}

/// One JSON object.
#[derive(Debug, Clone, Copy)]
pub(super) struct Json;

/// One line of comma-separated values.
#[derive(Debug, Clone, Copy)]
pub(super) struct Csv;

impl Frame for Json {
    const EVENT: &'static [u8] = br#"{"event_id":"evt_"#;
    const EVENT_USER: &'static [u8] = br#"","user_id":"user_"#;
    const SESSION: &'static [u8] = br#"","session_id":""#;
    const PRODUCT: &'static [u8] = br#"","product_id":""#;
    const PRODUCT_END: &'static [u8] = br#"""#;
    const NO_PRODUCT: &'static [u8] = br#"","product_id":null"#;

    const TRANSACTION: &'static [u8] = br#"{"transaction_id":"txn_"#;
    const TIME: &'static [u8] = br#"","timestamp":""#;
    const LINES: &'static [u8] = br#"","products":["#;
    const LINE: &'static [u8] = br#"{"product_id":""#;
    const NAME: &'static [u8] = br#"","name":""#;
    const QUANTITY: &'static [u8] = br#","quantity":"#;
    const LINE_END: &'static [u8] = b"}";
    const TOTAL: &'static [u8] = br#"],"total_amount":"#;
    const LONGITUDE: &'static [u8] = br#","longitude":"#;
    const END: &'static [u8] = b"}";

    fn kind(out: &mut Vec<u8>, name: &str) {
        out.extend_from_slice(br#"","event_type":"#);
        json::string(out, name);
        out.extend_from_slice(br#","timestamp":""#);
    }

    fn page(out: &mut Vec<u8>, category: Option<&str>, url: &str) {
        out.extend_from_slice(br#","category":"#);
        match category {
            Some(category) => json::string(out, category),
            None => out.extend_from_slice(b"null"),
        }
        out.extend_from_slice(br#","page_url":"#);
        json::string(out, url);
        out.extend_from_slice(br#","duration_seconds":"#);
    }

    fn screen(out: &mut Vec<u8>, device: &Device) {
        out.extend_from_slice(br#","device_info":{"device_type":"#);
        json::string(out, device.kind);
        out.extend_from_slice(br#","screen_resolution":"#);
        json::string(out, device.screen);
        out.extend_from_slice(b"}}");
    }

    fn category(out: &mut Vec<u8>, name: &str) {
        out.extend_from_slice(br#"","category":"#);
        json::string(out, name);
        out.extend_from_slice(br#","price":"#);
    }

    fn payment(out: &mut Vec<u8>, method: &str) {
        out.extend_from_slice(br#","payment_method":"#);
        json::string(out, method);
    }

    fn city(out: &mut Vec<u8>, city: &City) {
        out.extend_from_slice(br#","location":{"country":"#);
        json::string(out, city.country().alpha2());
        out.extend_from_slice(br#","state":"#);
        json::string(out, city.subdivision());
        out.extend_from_slice(br#","city":"#);
        json::string(out, city.name());
        out.extend_from_slice(br#","latitude":"#);
    }

    fn device(out: &mut Vec<u8>, device: &Device, is_fraud: bool) {
        out.extend_from_slice(br#"},"device_info":{"device_type":"#);
        json::string(out, device.kind);
        out.extend_from_slice(br#","os":"#);
        json::string(out, device.os);
        out.extend_from_slice(br#","browser":"#);
        json::string(out, device.browser);
        out.extend_from_slice(if is_fraud {
            br#"},"is_fraud":true,"fraud_score":"#
        } else {
            br#"},"is_fraud":false,"fraud_score":"#
        });
    }
}

impl Frame for Csv {
    const EVENT: &'static [u8] = b"evt_";
    const EVENT_USER: &'static [u8] = b",user_";
    const SESSION: &'static [u8] = b",";
    const PRODUCT: &'static [u8] = b",";
    const PRODUCT_END: &'static [u8] = b"";
    const NO_PRODUCT: &'static [u8] = b",";

    const TRANSACTION: &'static [u8] = b"txn_";
    const TIME: &'static [u8] = b",";
    // The basket is the text of a JSON array, in quotes because of its commas: each of its own
    // quotes is doubled.
    const LINES: &'static [u8] = b",\"[";
    const LINE: &'static [u8] = br#"{""product_id"":"""#;
    const NAME: &'static [u8] = br#""",""name"":"""#;
    const QUANTITY: &'static [u8] = br#",""quantity"":"#;
    const LINE_END: &'static [u8] = b"}";
    const TOTAL: &'static [u8] = b"]\",";
    const LONGITUDE: &'static [u8] = b",";
    const END: &'static [u8] = b"";

    fn kind(out: &mut Vec<u8>, name: &str) {
        comma_field(out, name);
        out.push(b',');
    }

    fn page(out: &mut Vec<u8>, category: Option<&str>, url: &str) {
        comma_field(out, category.unwrap_or_default());
        comma_field(out, url);
        out.push(b',');
    }

    fn screen(out: &mut Vec<u8>, device: &Device) {
        comma_field(out, device.kind);
        comma_field(out, device.screen);
    }

    fn category(out: &mut Vec<u8>, name: &str) {
        let mut text = Vec::new();
        Json::category(&mut text, name);
        for byte in text {
            if byte == b'"' {
                out.push(b'"');
            }
            out.push(byte);
        }
    }

    fn payment(out: &mut Vec<u8>, method: &str) {
        comma_field(out, method);
    }

    fn city(out: &mut Vec<u8>, city: &City) {
        comma_field(out, city.country().alpha2());
        comma_field(out, city.subdivision());
        comma_field(out, city.name());
        out.push(b',');
    }

    fn device(out: &mut Vec<u8>, device: &Device, is_fraud: bool) {
        comma_field(out, device.kind);
        comma_field(out, device.os);
        comma_field(out, device.browser);
        out.extend_from_slice(if is_fraud { b",true," } else { b",false," });
    }
}

fn comma_field(out: &mut Vec<u8>, text: &str) {
    out.push(b',');
    csv::field(out, text);
}
