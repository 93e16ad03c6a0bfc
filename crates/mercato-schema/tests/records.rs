//! Every record reads back as what was written, and the documents' examples are such records.

use mercato_schema::{
    CustomValue, Degrees, EventMetadata, Minutes, Money, Order, ProductUpdate, Purchase,
    PurchaseDevice, PurchaseLocation, PurchasedProduct, Sale, Score, SessionDevice, SessionEvent,
    ShippingAddress, Timestamp, Transaction, UserEvent,
};
use proptest::prelude::*;
use serde::Deserialize;
use serde_json::{Value, json};

/// Instants from 1900 to 2200, whole milliseconds where the record shows no more.
fn instant() -> impl Strategy<Value = i64> {
    -2_208_988_800_000_000i64..7_258_118_400_000_000
}

fn cents() -> impl Strategy<Value = i64> {
    -(Money::BOUND_CENTS - 1)..Money::BOUND_CENTS
}

prop_compose! {
    fn sale()(
        texts in prop::array::uniform12(any::<String>()),
        (at, quantity, price, total) in (instant(), any::<u32>(), cents(), cents()),
    ) -> Sale<'static> {
        let [order, product, name, customer, email, payment, street, city, state, zip, country, status] =
            texts.map(std::borrow::Cow::Owned);
        Sale {
            order_id: order,
            timestamp: Timestamp::from_micros(at),
            product_id: product,
            product_name: name,
            quantity,
            price: Money::from_cents(price),
            total: Money::from_cents(total),
            customer_id: customer,
            customer_email: email,
            payment_method: payment,
            shipping_address: ShippingAddress { street, city, state, zip_code: zip, country },
            status,
        }
    }
}

prop_compose! {
    fn order()(texts in prop::array::uniform3(any::<String>()), at in instant(), amount in cents()) -> Order<'static> {
        let [order_id, customer_id, category] = texts.map(std::borrow::Cow::Owned);
        let timestamp = Timestamp::from_micros(at - at.rem_euclid(1000));
        Order { order_id, customer_id, amount: Money::from_cents(amount), timestamp, category }
    }
}

fn custom() -> impl Strategy<Value = CustomValue<'static>> {
    prop_oneof![
        any::<bool>().prop_map(CustomValue::Truth),
        any::<i64>().prop_map(CustomValue::Integer),
        cents().prop_map(|cents| CustomValue::Decimal(cents as f64 / 100.0)),
        any::<String>().prop_map(|text| CustomValue::Text(text.into())),
    ]
}

prop_compose! {
    fn event()(
        (user_id, product_id, event_type) in (any::<u64>(), any::<u64>(), any::<String>()),
        (at, hundredths) in (instant(), 0..Minutes::BOUND),
        custom in prop::collection::vec(custom(), 0..4),
    ) -> UserEvent<'static> {
        let name = |(index, value)| (format!("\"field\" {index}").into(), value);
        UserEvent {
            user_id,
            event_type: event_type.into(),
            timestamp: Timestamp::from_micros(at - at.rem_euclid(1000)),
            metadata: EventMetadata {
                product_id,
                session_length: Minutes::from_hundredths(hundredths),
                custom: custom.into_iter().enumerate().map(name).collect(),
            },
        }
    }
}

prop_compose! {
    fn purchased()(
        texts in prop::array::uniform3(any::<String>()),
        (price, quantity) in (cents(), any::<u32>()),
    ) -> PurchasedProduct<'static> {
        let [product_id, name, category] = texts.map(std::borrow::Cow::Owned);
        PurchasedProduct { product_id, name, category, price: Money::from_cents(price), quantity }
    }
}

prop_compose! {
    fn purchase()(
        texts in prop::array::uniform9(any::<String>()),
        products in prop::collection::vec(purchased(), 0..4),
        (at, total, is_fraud) in (instant(), cents(), any::<bool>()),
        (latitude, longitude, score) in (-900_000..=900_000, -1_800_000..=1_800_000, 0..=100),
    ) -> Purchase<'static> {
        let [transaction_id, user_id, payment_method, country, state, city, device_type, os, browser] =
            texts.map(std::borrow::Cow::Owned);
        let (latitude, longitude) = (Degrees::from_units(latitude), Degrees::from_units(longitude));
        Purchase {
            transaction_id,
            user_id,
            timestamp: Timestamp::from_micros(at - at.rem_euclid(1000)),
            products,
            total_amount: Money::from_cents(total),
            payment_method,
            location: PurchaseLocation { country, state, city, latitude, longitude },
            device_info: PurchaseDevice { device_type, os, browser },
            is_fraud,
            fraud_score: Score::from_units(score),
        }
    }
}

prop_compose! {
    fn session_event()(
        texts in prop::array::uniform7(any::<String>()),
        (product_id, category) in (any::<Option<String>>(), any::<Option<String>>()),
        (at, duration_seconds) in (instant(), any::<u32>()),
    ) -> SessionEvent<'static> {
        let [event_id, user_id, session_id, event_type, page_url, device_type, screen_resolution] =
            texts.map(std::borrow::Cow::Owned);
        SessionEvent {
            event_id,
            user_id,
            session_id,
            event_type,
            timestamp: Timestamp::from_micros(at - at.rem_euclid(1000)),
            product_id: product_id.map(Into::into),
            category: category.map(Into::into),
            page_url,
            duration_seconds,
            device_info: SessionDevice { device_type, screen_resolution },
        }
    }
}

prop_compose! {
    fn product_update()(
        texts in prop::array::uniform5(any::<String>()),
        (at, old_price, new_price) in (instant(), prop::option::of(cents()), cents()),
        (quantity, replaces) in (any::<Option<u32>>(), any::<Option<String>>()),
    ) -> ProductUpdate<'static> {
        let [update_id, product_id, update_type, name, category] = texts.map(std::borrow::Cow::Owned);
        ProductUpdate {
            update_id,
            product_id,
            update_type,
            timestamp: Timestamp::from_micros(at - at.rem_euclid(1000)),
            name,
            category,
            old_price: old_price.map(Money::from_cents),
            new_price: Money::from_cents(new_price),
            quantity,
            replaces: replaces.map(Into::into),
        }
    }
}

proptest! {
    #[test]
    fn product_updates_read_back(update in product_update()) {
        let json = serde_json::to_vec(&update).unwrap();
        prop_assert_eq!(serde_json::from_slice::<ProductUpdate>(&json).unwrap(), update);
    }

    #[test]
    fn purchases_read_back(purchase in purchase()) {
        let json = serde_json::to_vec(&purchase).unwrap();
        prop_assert_eq!(serde_json::from_slice::<Purchase>(&json).unwrap(), purchase);
    }

    #[test]
    fn session_events_read_back(event in session_event()) {
        let json = serde_json::to_vec(&event).unwrap();
        prop_assert_eq!(serde_json::from_slice::<SessionEvent>(&json).unwrap(), event);
    }

    #[test]
    fn events_read_back(event in event()) {
        let json = serde_json::to_vec(&event).unwrap();
        prop_assert_eq!(serde_json::from_slice::<UserEvent>(&json).unwrap(), event);
    }

    #[test]
    fn sales_read_back(sale in sale()) {
        let json = serde_json::to_vec(&sale).unwrap();
        prop_assert_eq!(serde_json::from_slice::<Sale>(&json).unwrap(), sale);
    }

    #[test]
    fn orders_read_back(order in order()) {
        let json = serde_json::to_vec(&order).unwrap();
        prop_assert_eq!(serde_json::from_slice::<Order>(&json).unwrap(), order);
    }
}

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

/// Dotted names of every value that is no object.
fn columns(prefix: &str, value: &Value) -> Vec<String> {
    let Value::Object(members) = value else { return vec![prefix.to_owned()] };
    let joined =
        |name: &str| if prefix.is_empty() { name.to_owned() } else { format!("{prefix}.{name}") };
    members.iter().flat_map(|(name, member)| columns(&joined(name), member)).collect()
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
fn columns_are_the_fields_of_the_examples() {
    assert_eq!(columns("", &documented_sale()), Sale::COLUMNS);
    assert_eq!(columns("", &documented_order()), Order::COLUMNS);
    assert_eq!(columns("", &documented_event()), UserEvent::COLUMNS);
    assert_eq!(columns("", &documented_transaction()), Transaction::COLUMNS);
    assert_eq!(columns("", &documented_purchase()), Purchase::COLUMNS);
    assert_eq!(columns("", &documented_session_event()), SessionEvent::COLUMNS);
    assert!(Transaction::COLUMNS.contains(&Transaction::KEY));
    assert!(Purchase::COLUMNS.contains(&Purchase::KEY));
    assert!(SessionEvent::COLUMNS.contains(&SessionEvent::KEY));
    assert!(Sale::COLUMNS.contains(&Sale::KEY));
    assert!(UserEvent::COLUMNS.contains(&UserEvent::KEY));
    assert!(Order::COLUMNS.contains(&Order::KEY));
}

#[test]
fn a_field_too_many_or_too_few_is_refused() {
    for field in Sale::COLUMNS.iter().filter(|column| !column.contains('.')) {
        let mut value = documented_sale();
        value.as_object_mut().unwrap().remove(*field);
        assert!(Sale::deserialize(&value).is_err(), "without {field}");
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
    for field in EventMetadata::FIELDS {
        let mut value = documented_event();
        value["metadata"].as_object_mut().unwrap().remove(field);
        assert!(UserEvent::deserialize(&value).unwrap_err().to_string().contains(field));
    }
    for twice in ["product_id", "colour"] {
        let json = format!(r#"{{"product_id":1,"session_length":0.5,"colour":"red","{twice}":2}}"#);
        let error = serde_json::from_str::<EventMetadata>(&json).unwrap_err().to_string();
        assert!(error.contains(&format!("duplicate field `{twice}`")), "{error}");
    }
}
