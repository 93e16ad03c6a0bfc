//! The product update of document 004: a price that changes.
//!
//! The document names the topic, its key and its rate but shows no record, so the fields are ours.

use crate::record::record;

record! {
    /// A price change, a launch or a delivery of a product.
    ///
    /// The last update of a product says everything that is listed for it, so a compacted topic is
    /// the list of prices; a product that a later launch replaces is no longer sold.
    #[derive(Debug, Clone, PartialEq, Eq)]
    #[record(topic = "product-updates", key = "product_id")]
    pub struct ProductUpdate<'a> {
        /// Id of the update, unique in a run and ascending: `upd_`, or `dlv_` for a delivery, and
        /// at least nine digits.
        update_id: identifier,
        /// Id of the product: `prod_` and at least six digits.
        product_id: text,
        /// Type of the update: `price_change`, `launch` or `delivery`.
        update_type: text,
        /// Time from which the new price is listed, or at which the delivery arrived, in UTC with
        /// milliseconds.
        timestamp: millis,
        /// Display name of the product, distinct within its category.
        name: text,
        /// Display name of the category, such as `Electronics`.
        category: text,
        /// Price listed before, in the shop's currency; `null` for a launch.
        old_price: optional money,
        /// Price listed from then on, in the shop's currency; unchanged by a delivery.
        new_price: money,
        /// Number of items delivered; `null` unless the update is a delivery.
        quantity: optional u32,
        /// Id of the product that this one replaces; `null` unless the update is a launch.
        replaces: optional text,
    }
}
