//! Records with any values that their fields can have.

use std::borrow::Cow;

use mercato_schema::{
    AnalyticsResult, Breakdown, Chargeback, CustomValue, Degrees, DeviceInfo, Discount,
    EventMetadata, FraudAlert, MarketingAttribution, Measure, Minutes, Money, Order, ProductUpdate,
    Purchase, PurchaseDevice, PurchaseLocation, PurchasedProduct, Sale, Score, SessionDevice,
    SessionEvent, ShippingAddress, Timestamp, Transaction, UserEvent, UserLocation, UserUpdate,
};
use proptest::prelude::*;

/// Instants from 1900 to 2200, whole milliseconds where the record shows no more.
fn instant() -> impl Strategy<Value = i64> {
    -2_208_988_800_000_000i64..7_258_118_400_000_000
}

fn millis(at: i64) -> Timestamp {
    Timestamp::from_micros(at - at.rem_euclid(1000))
}

/// Whole numbers of 32 bits with sign.
fn count() -> impl Strategy<Value = u32> {
    0..1_u32 << 31
}

/// Whole numbers of 64 bits with sign.
fn number() -> impl Strategy<Value = u64> {
    0..1_u64 << 63
}

fn texts<const N: usize>() -> impl Strategy<Value = [Cow<'static, str>; N]> {
    prop::collection::vec(any::<String>(), N).prop_map(|texts| {
        let mut texts = texts.into_iter().map(Cow::Owned);
        std::array::from_fn(|_| texts.next().unwrap())
    })
}

fn text() -> impl Strategy<Value = Option<Cow<'static, str>>> {
    any::<Option<String>>().prop_map(|text| text.map(Cow::Owned))
}

fn position() -> impl Strategy<Value = (Degrees, Degrees)> {
    (-900_000..=900_000, -1_800_000..=1_800_000)
        .prop_map(|(north, east)| (Degrees::from_units(north), Degrees::from_units(east)))
}

fn cents() -> impl Strategy<Value = i64> {
    -(Money::BOUND_CENTS - 1)..Money::BOUND_CENTS
}

prop_compose! {
    pub(crate) fn sale()(
        texts in texts(),
        (at, quantity, price, total) in (instant(), count(), cents(), cents()),
    ) -> Sale<'static> {
        let [order, product, name, customer, email, payment, street, city, state, zip, country, status] =
            texts;
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
    pub(crate) fn order()(texts in texts(), at in instant(), amount in cents()) -> Order<'static> {
        let [order_id, customer_id, category] = texts;
        let timestamp = millis(at);
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

/// Configured fields, whose names need escapes.
pub(crate) fn custom_fields()
-> impl Strategy<Value = Vec<(Cow<'static, str>, CustomValue<'static>)>> {
    let name = |(index, value)| (format!("\"field\" {index}").into(), value);
    prop::collection::vec(custom(), 0..4)
        .prop_map(move |values| values.into_iter().enumerate().map(name).collect())
}

prop_compose! {
    pub(crate) fn event()(
        (user_id, product_id, event_type) in (number(), number(), any::<String>()),
        (at, hundredths) in (instant(), 0..Minutes::BOUND),
    ) -> UserEvent<'static> {
        UserEvent {
            user_id,
            event_type: event_type.into(),
            timestamp: millis(at),
            metadata: EventMetadata {
                product_id,
                session_length: Minutes::from_hundredths(hundredths),
                custom: Vec::new(),
            },
        }
    }
}

prop_compose! {
    fn purchased()(
        texts in texts(),
        (price, quantity) in (cents(), count()),
    ) -> PurchasedProduct<'static> {
        let [product_id, name, category] = texts;
        PurchasedProduct { product_id, name, category, price: Money::from_cents(price), quantity }
    }
}

prop_compose! {
    pub(crate) fn purchase()(
        texts in texts(),
        products in prop::collection::vec(purchased(), 0..4),
        (at, total, is_fraud) in (instant(), cents(), any::<bool>()),
        ((latitude, longitude), score) in (position(), 0..=100),
    ) -> Purchase<'static> {
        let [transaction_id, user_id, payment_method, country, state, city, device_type, os, browser] =
            texts;
        Purchase {
            transaction_id,
            user_id,
            timestamp: millis(at),
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
    pub(crate) fn session_event()(
        texts in texts(),
        (product_id, category) in (text(), text()),
        (at, duration_seconds) in (instant(), count()),
    ) -> SessionEvent<'static> {
        let [event_id, user_id, session_id, event_type, page_url, device_type, screen_resolution] =
            texts;
        SessionEvent {
            event_id,
            user_id,
            session_id,
            event_type,
            timestamp: millis(at),
            product_id,
            category,
            page_url,
            duration_seconds,
            device_info: SessionDevice { device_type, screen_resolution },
        }
    }
}

prop_compose! {
    pub(crate) fn product_update()(
        texts in texts(),
        (at, old_price, new_price) in (instant(), prop::option::of(cents()), cents()),
        (quantity, replaces) in (prop::option::of(count()), text()),
    ) -> ProductUpdate<'static> {
        let [update_id, product_id, update_type, name, category] = texts;
        ProductUpdate {
            update_id,
            product_id,
            update_type,
            timestamp: millis(at),
            name,
            category,
            old_price: old_price.map(Money::from_cents),
            new_price: Money::from_cents(new_price),
            quantity,
            replaces,
        }
    }
}

prop_compose! {
    pub(crate) fn user_update()(
        [update_id, user_id, update_type, user_type, age_group] in texts(),
        [name, email, country, state, city] in texts(),
        at in instant(),
        (previous_user_type, previous_email, previous_city) in (text(), text(), text()),
    ) -> UserUpdate<'static> {
        UserUpdate {
            update_id,
            user_id,
            update_type,
            timestamp: millis(at),
            user_type,
            age_group,
            name,
            email,
            country,
            state,
            city,
            previous_user_type,
            previous_email,
            previous_city,
        }
    }
}

prop_compose! {
    pub(crate) fn transaction()(
        [transaction_id, user_id, session_id, product_id, product_name] in texts(),
        [category_id, category_name, subcategory, brand, payment_method] in texts(),
        [payment_provider, currency] in texts(),
        (at, price, quantity, discount) in (instant(), cents(), count(), 0..=100),
        user_location in user_location(),
        [kind, os, browser, user_agent] in texts(),
        ([channel], campaign_id, referrer) in (texts(), text(), text()),
    ) -> Transaction<'static> {
        Transaction {
            transaction_id,
            user_id,
            session_id,
            product_id,
            product_name,
            category_id,
            category_name,
            subcategory,
            brand,
            price: Money::from_cents(price),
            quantity,
            discount_applied: Discount::from_units(discount),
            payment_method,
            payment_provider,
            currency,
            timestamp: millis(at),
            user_location,
            device_info: DeviceInfo { kind, os, browser, user_agent },
            marketing_attribution: MarketingAttribution { campaign_id, channel, referrer },
        }
    }
}

prop_compose! {
    fn user_location()(
        [country, state, city, zip_code] in texts(),
        (latitude, longitude) in position(),
    ) -> UserLocation<'static> {
        UserLocation { country, state, city, zip_code, latitude, longitude }
    }
}

prop_compose! {
    pub(crate) fn fraud_alert()(
        [alert_id, transaction_id, user_id, pattern, severity] in texts(),
        (at, before, score, amount) in (instant(), instant(), 0..=100, cents()),
    ) -> FraudAlert<'static> {
        FraudAlert {
            alert_id,
            transaction_id,
            user_id,
            timestamp: millis(at),
            pattern,
            severity,
            fraud_score: Score::from_units(score),
            amount: Money::from_cents(amount),
            transaction_timestamp: millis(before),
        }
    }
}

prop_compose! {
    pub(crate) fn chargeback()(
        [chargeback_id, transaction_id, user_id, reason] in texts(),
        (at, before, amount) in (instant(), instant(), cents()),
    ) -> Chargeback<'static> {
        Chargeback {
            chargeback_id,
            transaction_id,
            user_id,
            timestamp: millis(at),
            reason,
            amount: Money::from_cents(amount),
            transaction_timestamp: millis(before),
        }
    }
}

fn measure() -> impl Strategy<Value = Measure> {
    (-Measure::MAX_UNITS..=Measure::MAX_UNITS).prop_map(Measure::from_units)
}

fn breakdown() -> impl Strategy<Value = Breakdown<'static>> {
    let entries = prop::collection::btree_map(any::<String>(), measure(), 0..4);
    entries.prop_map(|entries| {
        Breakdown(entries.into_iter().map(|(name, value)| (name.into(), value)).collect())
    })
}

prop_compose! {
    pub(crate) fn analytics_result()(
        [result_id, metric_type, window] in texts(),
        (start, end, at) in (instant(), instant(), instant()),
        value in prop::option::of(measure()),
        [by_category, by_region, by_device] in prop::array::uniform3(breakdown()),
    ) -> AnalyticsResult<'static> {
        AnalyticsResult {
            result_id,
            metric_type,
            window,
            window_start: millis(start),
            window_end: millis(end),
            timestamp: millis(at),
            value,
            by_category,
            by_region,
            by_device,
        }
    }
}
