//! The listing of a product, a row of the table that product updates change.

use crate::record::record;

record! {
    /// A product as it is listed: its name and its price.
    ///
    /// It is a row of the table `products`: a price change updates it, a launch inserts it, and the
    /// launch of its successor deletes it.
    #[derive(Debug, Clone, PartialEq, Eq)]
    #[record(topic = "product-updates", key = "product_id")]
    pub struct Listing<'a> {
        /// Id of the product: `prod_` and at least six digits.
        product_id: text,
        /// Display name of the product, distinct within its category.
        name: text,
        /// Display name of the category, such as `Electronics`.
        category: text,
        /// Listed price, in the shop's currency.
        price: money,
        /// Time from which the price is listed, in UTC with milliseconds; the start of the run for
        /// a price that was listed before.
        updated_at: millis,
        /// Id of the product that this one replaced; `null` for one that replaced none.
        replaces: optional text,
    }
}
