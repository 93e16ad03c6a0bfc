//! The documents' examples are records; a record with other fields is refused.

use mercato_schema::{
    Described, EventMetadata, Order, Purchase, Sale, SessionEvent, Transaction, UserEvent,
};
use serde::Deserialize;
use serde_json::{Value, json};

/// The example of document 000.
fn documented_sale() -> Value {
    json!({
        "order_id": "ORD-93239605",
        "timestamp": "2025-11-09T15:55:40.669190Z",
        "product_id": "PROD-004",
        "product_name": "USB-C Cable",
        "quantity": 3,
        "price": 11.16,
        "total": 33.48,
        "customer_id": "CUST-968801",
        "customer_email": "campbellmichael@example.org",
        "payment_method": "bank_transfer",
        "shipping_address": {
            "street": "40772 Amy Parks",
            "city": "New Bobbyland",
            "state": "CO",
            "zip_code": "00537",
            "country": "PLW",
        },
        "status": "pending",
    })
}

/// The example of document 003.
fn documented_order() -> Value {
    json!({
        "orderId": "order_00001",
        "customerId": "customer_002",
        "amount": 156.78,
        "timestamp": 1_721_058_123_456_i64,
        "category": "Electronics",
    })
}

/// The example of document 001, with the whole of its user agent.
fn documented_transaction() -> Value {
    json!({
        "transaction_id": "txn_20240716_123456789",
        "user_id": "user_987654321",
        "session_id": "sess_1689520800_user987654321",
        "product_id": "prod_electronics_1234",
        "product_name": "MacBook Pro 14-inch",
        "category_id": "cat_electronics",
        "category_name": "Electronics",
        "subcategory": "Laptops",
        "brand": "Apple",
        "price": 1999.99,
        "quantity": 1,
        "discount_applied": 0.0,
        "payment_method": "credit_card",
        "payment_provider": "stripe",
        "currency": "USD",
        "timestamp": "2024-07-16T14:30:45.123Z",
        "user_location": {
            "country": "US",
            "state": "CA",
            "city": "San Francisco",
            "zip_code": "94105",
            "latitude": 37.7749,
            "longitude": -122.4194,
        },
        "device_info": { "type": "desktop", "os": "macOS", "browser": "Chrome", "user_agent": "Mozilla/5.0..." },
        "marketing_attribution": {
            "campaign_id": "summer_sale_2024",
            "channel": "google_ads",
            "referrer": "google.com",
        },
    })
}

/// The example of document 002.
fn documented_event() -> Value {
    json!({
        "user_id": 456,
        "event_type": "product_view",
        "timestamp": "2024-01-15T10:30:45.123Z",
        "metadata": { "product_id": 234, "session_length": 12.5 },
    })
}

/// The transaction of document 004.
fn documented_purchase() -> Value {
    json!({
        "transaction_id": "txn_001234567",
        "user_id": "user_000123",
        "timestamp": "2024-07-18T14:30:45.123Z",
        "products": [{
            "product_id": "prod_001234",
            "name": "Premium Professional Monitor",
            "category": "Electronics",
            "price": 299.99,
            "quantity": 1,
        }],
        "total_amount": 323.99,
        "payment_method": "credit_card",
        "location": {
            "country": "US",
            "state": "CA",
            "city": "San Francisco",
            "latitude": 37.7749,
            "longitude": -122.4194,
        },
        "device_info": { "device_type": "desktop", "os": "macOS", "browser": "Chrome" },
        "is_fraud": false,
        "fraud_score": 0.12,
    })
}

/// The user event of document 004.
fn documented_session_event() -> Value {
    json!({
        "event_id": "evt_987654321",
        "user_id": "user_000123",
        "session_id": "sess_abc123def456",
        "event_type": "product_view",
        "timestamp": "2024-07-18T14:28:15.456Z",
        "product_id": "prod_001234",
        "category": "Electronics",
        "page_url": "/products/electronics",
        "duration_seconds": 45,
        "device_info": { "device_type": "desktop", "screen_resolution": "1920x1080" },
    })
}

#[test]
fn the_documents_examples_are_records_with_fields_in_the_documented_order() {
    let text = documented_sale().to_string();
    let sale: Sale = serde_json::from_str(&text).unwrap();
    assert_eq!(sale.price.times(sale.quantity), Some(sale.total));
    assert_eq!(serde_json::to_string(&sale).unwrap(), text);

    let text = documented_order().to_string();
    let order: Order = serde_json::from_str(&text).unwrap();
    assert_eq!(serde_json::to_string(&order).unwrap(), text);

    let text = documented_transaction().to_string();
    let transaction: Transaction = serde_json::from_str(&text).unwrap();
    assert_eq!(serde_json::to_string(&transaction).unwrap(), text);

    let text = documented_event().to_string();
    let event: UserEvent = serde_json::from_str(&text).unwrap();
    assert_eq!(serde_json::to_string(&event).unwrap(), text);

    let text = documented_purchase().to_string();
    let purchase: Purchase = serde_json::from_str(&text).unwrap();
    assert_eq!(serde_json::to_string(&purchase).unwrap(), text);

    let text = documented_session_event().to_string();
    let event: SessionEvent = serde_json::from_str(&text).unwrap();
    assert_eq!(serde_json::to_string(&event).unwrap(), text);
}

#[test]
fn a_field_too_many_or_too_few_is_refused() {
    for field in Sale::description().fields {
        let mut value = documented_sale();
        value.as_object_mut().unwrap().remove(&*field.name);
        assert!(Sale::deserialize(&value).is_err(), "without {}", field.name);
    }
    let mut value = documented_sale();
    value["colour"] = json!("red");
    assert!(Sale::deserialize(&value).is_err());
    let mut value = documented_order();
    value["colour"] = json!("red");
    assert!(Order::deserialize(&value).is_err());
    let mut value = documented_transaction();
    value["device_info"]["colour"] = json!("red");
    assert!(Transaction::deserialize(&value).is_err());
    let mut value = documented_event();
    value["colour"] = json!("red");
    assert!(UserEvent::deserialize(&value).is_err());
}

#[test]
fn a_purchase_or_session_event_with_a_field_too_many_or_too_few_is_refused() {
    for part in ["location", "device_info", "products"] {
        let mut value = documented_purchase();
        let place = if part == "products" { &mut value[part][0] } else { &mut value[part] };
        place["colour"] = json!("red");
        assert!(Purchase::deserialize(&value).is_err(), "a colour in {part}");
    }
    for field in ["products", "total_amount", "is_fraud", "fraud_score"] {
        let mut value = documented_purchase();
        value.as_object_mut().unwrap().remove(field);
        assert!(Purchase::deserialize(&value).is_err(), "without {field}");
    }
    let mut value = documented_session_event();
    value["device_info"]["os"] = json!("macOS");
    assert!(SessionEvent::deserialize(&value).is_err());
}

#[test]
fn a_step_without_a_product_says_null_and_may_be_read_without_the_field() {
    let mut value = documented_session_event();
    (value["product_id"], value["category"]) = (Value::Null, Value::Null);
    let event = SessionEvent::deserialize(&value).unwrap();
    assert_eq!(serde_json::to_value(&event).unwrap(), value);
    let mut without = value.clone();
    for field in ["product_id", "category"] {
        without.as_object_mut().unwrap().remove(field);
    }
    assert_eq!(SessionEvent::deserialize(&without).unwrap(), event);
}

#[test]
fn metadata_has_both_documented_fields_and_none_twice() {
    for field in EventMetadata::description().fields {
        let mut value = documented_event();
        value["metadata"].as_object_mut().unwrap().remove(&*field.name);
        assert!(UserEvent::deserialize(&value).unwrap_err().to_string().contains(&*field.name));
    }
    for twice in ["product_id", "colour"] {
        let json = format!(r#"{{"product_id":1,"session_length":0.5,"colour":"red","{twice}":2}}"#);
        let error = serde_json::from_str::<EventMetadata>(&json).unwrap_err().to_string();
        assert!(error.contains(&format!("duplicate field `{twice}`")), "{error}");
    }
}
