//! The compact order of document 003.

use crate::record::record;

record! {
    /// An order as the Flink lessons of document 003 read it: one record per order.
    #[derive(Debug, Clone, PartialEq, Eq)]
    #[record(topic = "orders", key = "customerId")]
    pub struct Order<'a> {
        /// Unique id of the order, counted upwards: `order_` and at least five digits.
        order_id as "orderId": identifier,
        /// Id of the customer: `customer_` and at least three digits.
        customer_id as "customerId": text,
        /// Amount of the order in US dollars, 10.00 to 500.00 unless configured otherwise.
        amount: money,
        /// Time at which the order was placed, in milliseconds since the Unix epoch.
        timestamp: epoch_millis,
        /// Category of the order, such as `Electronics`.
        category: text,
    }
}
