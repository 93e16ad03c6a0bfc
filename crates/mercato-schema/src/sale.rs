//! The sale of document 000: one record for every change of an order's status.

use crate::record::record;

record! {
    /// An order as it stands at one moment of its life.
    ///
    /// Every change of its status is another record with a later timestamp; nothing else changes.
    #[derive(Debug, Clone, PartialEq, Eq)]
    #[record(topic = "ecommerce-sales", key = "order_id")]
    pub struct Sale<'a> {
        /// Id of the order, unique in a run: `ORD-` and eight digits, more from the 10^8th order
        /// on.
        order_id: identifier,
        /// Time at which the status was reached, in UTC with microseconds.
        timestamp: micros,
        /// Id of the product: `PROD-` and three digits.
        product_id: text,
        /// Display name of the product.
        product_name: text,
        /// Number of items, 1 to 5 unless configured otherwise.
        quantity: u32,
        /// Price of one item in US dollars.
        price: money,
        /// Quantity times price, exactly, in US dollars.
        total: money,
        /// Id of the customer: `CUST-` and six digits.
        customer_id: text,
        /// The customer's email address at example.org, example.com or example.net (reserved by RFC
        /// 2606).
        customer_email: text,
        /// Payment method, such as `credit_card`.
        payment_method: text,
        /// The address that the order is shipped to.
        shipping_address: struct ShippingAddress,
        /// Status of the order: `pending`, `confirmed`, `processing` or `shipped` unless configured
        /// otherwise.
        status: text,
    }
}

record! {
    /// The address that an order is shipped to.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct ShippingAddress<'a> {
        /// House number and street.
        street: text,
        /// Name of the city.
        city: text,
        /// Code of the region: in the United States, the state's two letters.
        state: text,
        /// Postcode, valid for the region: in the United States, five digits.
        zip_code: text,
        /// Country as an ISO 3166-1 alpha-3 code, such as `USA`.
        country: text,
    }
}
