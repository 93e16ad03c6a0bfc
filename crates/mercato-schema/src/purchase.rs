//! The transaction of document 004: a basket paid in a session.

use crate::record::record;

record! {
    /// A purchase at the end of a session: one record for the whole basket.
    #[derive(Debug, Clone, PartialEq, Eq)]
    #[record(topic = "transactions", key = "user_id")]
    pub struct Purchase<'a> {
        /// Id of the transaction, unique in a run: `txn_` and nine digits, more from the 10^9th on.
        transaction_id: identifier,
        /// Id of the user: `user_` and at least six digits.
        user_id: text,
        /// Time of the transaction, in UTC with milliseconds.
        timestamp: millis,
        /// Lines of the basket: at least one, no product twice.
        products: list of PurchasedProduct,
        /// Sum of price times quantity over all lines, with tax, in the shop's currency.
        total_amount: money,
        /// Payment method, such as `credit_card`.
        payment_method: text,
        /// The user's location at the time of the purchase.
        location: struct PurchaseLocation,
        /// The user's device.
        device_info: struct PurchaseDevice,
        /// True if the transaction is fraudulent: the true label, unknown to the shop.
        is_fraud: bool,
        /// The shop's fraud score, 0 (harmless) to 1 (suspicious) with at most two decimals.
        fraud_score: score,
    }
}

record! {
    /// A line of a basket.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct PurchasedProduct<'a> {
        /// Id of the product, the same in every topic: `prod_` and at least six digits.
        product_id: text,
        /// Display name of the product, distinct within its category.
        name: text,
        /// Display name of the category, such as `Electronics`.
        category: text,
        /// Price of one item as listed at the time of the purchase, without tax, in the shop's
        /// currency.
        price: money,
        /// Number of items, at least 1.
        quantity: u32,
    }
}

record! {
    /// The location of a user at the time of a purchase.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct PurchaseLocation<'a> {
        /// Country as an ISO 3166-1 alpha-2 code, such as `US`.
        country: text,
        /// State, province or region as the second part of its ISO 3166-2 code, such as `CA`.
        state: text,
        /// Name of the city.
        city: text,
        /// Latitude in degrees, north positive, -90 to 90 with at most four decimals.
        latitude: degrees,
        /// Longitude in degrees, east positive, -180 to 180 with at most four decimals.
        longitude: degrees,
    }
}

record! {
    /// The device on which a user made a purchase.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct PurchaseDevice<'a> {
        /// Type of the device: `desktop`, `mobile` or `tablet`.
        device_type: text,
        /// Operating system of the device.
        os: text,
        /// Browser on the device.
        browser: text,
    }
}
