//! Describes a sent order as document 003's producer does.

use mercato_schema::Order;

/// The order in `value`, a record's JSON, as a person reads it; none if it is no order, as after a
/// fault.
///
/// ```
/// let value = br#"{"orderId":"order_00001","customerId":"customer_002","amount":156.78,"timestamp":1721058123456,"category":"Electronics"}"#;
/// assert_eq!(
///     mercato_shop::orders::narrate(value).as_deref(),
///     Some("Order{id=order_00001, customer=customer_002, amount=156.78, category=Electronics}")
/// );
/// assert_eq!(mercato_shop::orders::narrate(&value[..40]), None);
/// ```
pub fn narrate(value: &[u8]) -> Option<String> {
    let order: Order<'_> = serde_json::from_slice(value).ok()?;
    let Order { order_id, customer_id, amount, category, .. } = &order;
    Some(format!(
        "Order{{id={order_id}, customer={customer_id}, amount={amount}, category={category}}}"
    ))
}
