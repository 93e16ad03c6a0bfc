//! The transaction of document 001.

use crate::record::record;

record! {
    /// A purchase of one product, with its user, place, device and marketing campaign.
    #[derive(Debug, Clone, PartialEq, Eq)]
    #[record(topic = "transactions", key = "user_id")]
    pub struct Transaction<'a> {
        /// Unique id: `txn_`, the date in UTC as eight digits, and nine digits that are unique in a
        /// run.
        transaction_id: identifier,
        /// Id of the user: `user_` and nine digits.
        user_id: text,
        /// Id of the session: `sess_`, the second since the Unix epoch at which it began, and the
        /// user.
        session_id: identifier,
        /// Id of the product, which fixes its list price: `prod_`, the category and four digits.
        product_id: text,
        /// Model name of the product, distinct within its category.
        product_name: text,
        /// Id of the category: `cat_` and its key, such as `cat_electronics`.
        category_id: text,
        /// Display name of the category, such as `Electronics`.
        category_name: text,
        /// Subcategory of the product, such as `Laptops`.
        subcategory: text,
        /// Brand of the product.
        brand: text,
        /// List price of one item before the discount, in `currency`.
        price: money,
        /// Number of items, 1 to 5 unless configured otherwise.
        quantity: u32,
        /// Share of the price that is taken off, 0 to 1 with at most two decimals.
        discount_applied: discount,
        /// Payment method: `credit_card`, `debit_card`, `paypal` or `apple_pay` unless configured
        /// otherwise.
        payment_method: text,
        /// Company that processes the payment, one that offers the method, such as `stripe`.
        payment_provider: text,
        /// Currency of the country as an ISO 4217 code, such as `USD`.
        currency: text,
        /// Time of the transaction, in UTC with milliseconds.
        timestamp: millis,
        /// The user's location.
        user_location: struct UserLocation,
        /// The user's device.
        device_info: struct DeviceInfo,
        /// The marketing channel that brought the user.
        marketing_attribution: struct MarketingAttribution,
    }
}

record! {
    /// The location of a user.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct UserLocation<'a> {
        /// Country as an ISO 3166-1 alpha-2 code, such as `US`.
        country: text,
        /// State, province or nation as the second part of its ISO 3166-2 code, such as `CA`.
        state: text,
        /// Name of the city.
        city: text,
        /// A postcode of the city.
        zip_code: text,
        /// Latitude in degrees, north positive, -90 to 90 with at most four decimals.
        latitude: degrees,
        /// Longitude in degrees, east positive, -180 to 180 with at most four decimals.
        longitude: degrees,
    }
}

record! {
    /// The device of a user.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct DeviceInfo<'a> {
        /// Type of the device: `desktop`, `mobile` or `tablet`.
        kind as "type": text,
        /// Operating system of the device.
        os: text,
        /// Browser on the device.
        browser: text,
        /// User-Agent header of the browser, consistent with the other fields.
        user_agent: text,
    }
}

record! {
    /// The marketing channel that brought a user.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct MarketingAttribution<'a> {
        /// Id of the campaign; `null` for visits that were not paid for.
        campaign_id: optional text,
        /// Marketing channel, such as `google_ads` or `direct`.
        channel: text,
        /// Site that the user came from; `null` for direct visits.
        referrer: optional text,
    }
}
