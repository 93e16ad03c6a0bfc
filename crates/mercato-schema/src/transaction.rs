//! The transaction of document 001.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::{Degrees, Discount, Money, Timestamp, timestamp};

/// A purchase of one product, with who, where, by which device and because of which campaign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transaction<'a> {
    /// `txn_`, the date in UTC as eight digits, and a number of nine digits that is unique in a
    /// run.
    #[serde(borrow)]
    pub transaction_id: Cow<'a, str>,
    /// `user_` and nine digits. The Kafka key.
    #[serde(borrow)]
    pub user_id: Cow<'a, str>,
    /// `sess_`, the second since the Unix epoch at which the session began, and the user.
    #[serde(borrow)]
    pub session_id: Cow<'a, str>,
    /// `prod_`, the category and four digits; it always means the same product at the same list
    /// price.
    #[serde(borrow)]
    pub product_id: Cow<'a, str>,
    /// The model, distinct within its category.
    #[serde(borrow)]
    pub product_name: Cow<'a, str>,
    /// `cat_` and the category.
    #[serde(borrow)]
    pub category_id: Cow<'a, str>,
    /// What a person calls the category.
    #[serde(borrow)]
    pub category_name: Cow<'a, str>,
    /// The part of the category.
    #[serde(borrow)]
    pub subcategory: Cow<'a, str>,
    /// Who makes the product.
    #[serde(borrow)]
    pub brand: Cow<'a, str>,
    /// List price of one item, before the discount.
    pub price: Money,
    /// Number of items.
    pub quantity: u32,
    /// The part of the price that is not to be paid.
    pub discount_applied: Discount,
    /// `credit_card`, `debit_card`, `paypal` or `apple_pay` unless configured otherwise.
    #[serde(borrow)]
    pub payment_method: Cow<'a, str>,
    /// Who carries out the payment: one who offers the method.
    #[serde(borrow)]
    pub payment_provider: Cow<'a, str>,
    /// ISO 4217 code of the country's currency.
    #[serde(borrow)]
    pub currency: Cow<'a, str>,
    /// When; shown in milliseconds.
    #[serde(with = "timestamp::millis")]
    pub timestamp: Timestamp,
    /// Where the user is.
    #[serde(borrow)]
    pub user_location: UserLocation<'a>,
    /// What the user sits before.
    #[serde(borrow)]
    pub device_info: DeviceInfo<'a>,
    /// Why the user came.
    #[serde(borrow)]
    pub marketing_attribution: MarketingAttribution<'a>,
}

/// Where a user is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserLocation<'a> {
    /// ISO 3166-1 alpha-2 code of the country.
    #[serde(borrow)]
    pub country: Cow<'a, str>,
    /// The second part of the ISO 3166-2 code of state, province or nation.
    #[serde(borrow)]
    pub state: Cow<'a, str>,
    /// City.
    #[serde(borrow)]
    pub city: Cow<'a, str>,
    /// A postcode of the city.
    #[serde(borrow)]
    pub zip_code: Cow<'a, str>,
    /// North positive.
    pub latitude: Degrees,
    /// East positive.
    pub longitude: Degrees,
}

/// What a user sits before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeviceInfo<'a> {
    /// `desktop`, `mobile` or `tablet`.
    #[serde(rename = "type", borrow)]
    pub kind: Cow<'a, str>,
    /// Operating system.
    #[serde(borrow)]
    pub os: Cow<'a, str>,
    /// Browser.
    #[serde(borrow)]
    pub browser: Cow<'a, str>,
    /// What the browser sends as its name; it agrees with the other fields.
    #[serde(borrow)]
    pub user_agent: Cow<'a, str>,
}

/// Why a user came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MarketingAttribution<'a> {
    /// The campaign; `null` where nobody paid for the visit.
    #[serde(borrow)]
    pub campaign_id: Option<Cow<'a, str>>,
    /// The way the user took.
    #[serde(borrow)]
    pub channel: Cow<'a, str>,
    /// The site the user came from; `null` for one who typed the address.
    #[serde(borrow)]
    pub referrer: Option<Cow<'a, str>>,
}

impl Transaction<'_> {
    /// The documented topic.
    pub const TOPIC: &'static str = "transactions";
    /// The field that is the Kafka key.
    pub const KEY: &'static str = "user_id";
    /// The columns of a CSV file, dotted where nested.
    pub const COLUMNS: [&'static str; 29] = [
        "transaction_id",
        "user_id",
        "session_id",
        "product_id",
        "product_name",
        "category_id",
        "category_name",
        "subcategory",
        "brand",
        "price",
        "quantity",
        "discount_applied",
        "payment_method",
        "payment_provider",
        "currency",
        "timestamp",
        "user_location.country",
        "user_location.state",
        "user_location.city",
        "user_location.zip_code",
        "user_location.latitude",
        "user_location.longitude",
        "device_info.type",
        "device_info.os",
        "device_info.browser",
        "device_info.user_agent",
        "marketing_attribution.campaign_id",
        "marketing_attribution.channel",
        "marketing_attribution.referrer",
    ];
}
