//! The text around the values of a transaction, for each format.

use mercato_encode::{csv, digits, json};
use mercato_patterns::geographic::City;

use super::campaigns::CampaignConfig;
use super::catalogue::Product;
use super::devices::Device;
use super::params::Payment;

/// What stands before, between and around the values, in the order of the fields.
///
/// Product, city, device and campaign are rendered with the text around them when the stream is
/// made.
pub(super) trait Frame {
    /// The three identifiers, with zeros for the digits of the documented lengths.
    const HEAD: &'static [u8];
    /// Where in it the date stands; the transaction's number follows behind an underscore.
    const DATE: usize;
    /// Where the user stands.
    const USER: usize;
    /// Where the session's second stands.
    const SESSION: usize;
    const LATITUDE: &'static [u8];
    const LONGITUDE: &'static [u8];

    fn product(out: &mut Vec<u8>, product: &Product);
    fn basket(out: &mut Vec<u8>, quantity: usize, hundredths: usize);
    fn payment(out: &mut Vec<u8>, payment: &Payment, currency: &str);
    fn city(out: &mut Vec<u8>, city: &City);
    fn device(out: &mut Vec<u8>, device: &Device);
    fn campaign(out: &mut Vec<u8>, campaign: &CampaignConfig);
}

/// One JSON object.
#[derive(Debug, Clone, Copy)]
pub(super) struct Json;

/// One line of comma-separated values.
#[derive(Debug, Clone, Copy)]
pub(super) struct Csv;

impl Frame for Json {
    const HEAD: &'static [u8] = concat!(
        r#"{"transaction_id":"txn_00000000_000000000","#,
        r#""user_id":"user_000000000","session_id":"sess_0000000000_user000000000"#
    )
    .as_bytes();
    const DATE: usize = 23;
    const USER: usize = 59;
    const SESSION: usize = 89;
    const LATITUDE: &'static [u8] = br#"","latitude":"#;
    const LONGITUDE: &'static [u8] = br#","longitude":"#;

    fn product(out: &mut Vec<u8>, product: &Product) {
        out.push(b'"');
        let category = product.category;
        for (name, text) in [
            ("product_id", product.id.as_str()),
            ("product_name", product.model),
            ("category_id", &format!("cat_{}", category.key)),
            ("category_name", category.name),
            ("subcategory", product.subcategory),
            ("brand", product.brand),
        ] {
            member(out, name, Some(text));
        }
        out.extend_from_slice(br#","price":"#);
        json::cents(out, product.price.cents());
        out.extend_from_slice(br#","quantity":"#);
    }

    fn basket(out: &mut Vec<u8>, quantity: usize, hundredths: usize) {
        digits::unsigned(out, quantity as u64);
        out.extend_from_slice(br#","discount_applied":"#);
        json::cents(out, hundredths as i64);
    }

    fn payment(out: &mut Vec<u8>, payment: &Payment, currency: &str) {
        member(out, "payment_method", Some(&payment.method));
        member(out, "payment_provider", Some(&payment.provider));
        member(out, "currency", Some(currency));
        out.extend_from_slice(br#","timestamp":""#);
    }

    fn city(out: &mut Vec<u8>, city: &City) {
        out.extend_from_slice(br#"","user_location":{"country":"#);
        json::string(out, city.country().alpha2());
        member(out, "state", Some(city.subdivision()));
        member(out, "city", Some(city.name()));
        out.extend_from_slice(br#","zip_code":""#);
    }

    fn device(out: &mut Vec<u8>, device: &Device) {
        out.extend_from_slice(br#"},"device_info":{"type":"#);
        json::string(out, device.kind);
        member(out, "os", Some(device.os));
        member(out, "browser", Some(device.browser));
        member(out, "user_agent", Some(device.user_agent));
        out.push(b'}');
    }

    fn campaign(out: &mut Vec<u8>, campaign: &CampaignConfig) {
        out.extend_from_slice(br#","marketing_attribution":{"campaign_id":"#);
        value(out, campaign.campaign.as_deref());
        member(out, "channel", Some(&campaign.channel));
        member(out, "referrer", campaign.referrer.as_deref());
        out.extend_from_slice(b"}}");
    }
}

/// Appends a member of an object behind another.
fn member(out: &mut Vec<u8>, name: &str, text: Option<&str>) {
    out.push(b',');
    json::string(out, name);
    out.push(b':');
    value(out, text);
}

fn value(out: &mut Vec<u8>, text: Option<&str>) {
    match text {
        Some(text) => json::string(out, text),
        None => out.extend_from_slice(b"null"),
    }
}

impl Frame for Csv {
    const HEAD: &'static [u8] =
        b"txn_00000000_000000000,user_000000000,sess_0000000000_user000000000";
    const DATE: usize = 4;
    const USER: usize = 28;
    const SESSION: usize = 43;
    const LATITUDE: &'static [u8] = b",";
    const LONGITUDE: &'static [u8] = b",";

    fn product(out: &mut Vec<u8>, product: &Product) {
        let category = product.category;
        let id = format!("cat_{}", category.key);
        let texts =
            [&product.id, product.model, &id, category.name, product.subcategory, product.brand];
        texts.into_iter().for_each(|text| column(out, text));
        out.push(b',');
        json::cents(out, product.price.cents());
        out.push(b',');
    }

    fn basket(out: &mut Vec<u8>, quantity: usize, hundredths: usize) {
        digits::unsigned(out, quantity as u64);
        out.push(b',');
        json::cents(out, hundredths as i64);
    }

    fn payment(out: &mut Vec<u8>, payment: &Payment, currency: &str) {
        [&payment.method, &payment.provider, currency]
            .into_iter()
            .for_each(|text| column(out, text));
        out.push(b',');
    }

    fn city(out: &mut Vec<u8>, city: &City) {
        let texts = [city.country().alpha2(), city.subdivision(), city.name()];
        texts.into_iter().for_each(|text| column(out, text));
        out.push(b',');
    }

    fn device(out: &mut Vec<u8>, device: &Device) {
        let texts = [device.kind, device.os, device.browser, device.user_agent];
        texts.into_iter().for_each(|text| column(out, text));
    }

    fn campaign(out: &mut Vec<u8>, campaign: &CampaignConfig) {
        column(out, campaign.campaign.as_deref().unwrap_or_default());
        column(out, &campaign.channel);
        column(out, campaign.referrer.as_deref().unwrap_or_default());
    }
}

/// Appends a field behind another.
fn column(out: &mut Vec<u8>, text: &str) {
    out.push(b',');
    csv::field(out, text);
}
