//! Every record reads back as what was written, and is as its description says.

use std::fmt::Debug;

use mercato_schema::{
    AnalyticsResult, Chargeback, CustomValue, Described, Description, Field, FraudAlert, Kind,
    Order, ProductUpdate, Purchase, Sale, SessionEvent, Transaction, UserEvent, UserUpdate,
};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde::Serialize;
use serde_json::json;

use crate::conformance::Seen;
use crate::samples;

/// Tests of each record: any value is as described, and no field is described too loosely.
macro_rules! described {
    ($($module:ident: $record:ident,)+) => {$(
        mod $module {
            use super::*;

            proptest! {
                #[test]
                fn is_as_described_and_reads_back(sample in samples::$module()) {
                    let json = serde_json::to_vec(&sample).unwrap();
                    prop_assert_eq!(serde_json::from_slice::<$record<'_>>(&json).unwrap(), sample);
                    let value = serde_json::from_slice(&json).unwrap();
                    let fields = $record::description().fields;
                    prop_assert_eq!(Seen::default().object("", &fields, &value), Ok(()));
                }
            }

            #[test]
            fn is_described_as_narrowly_as_it_varies() {
                narrow(&$record::description(), samples::$module());
            }

            #[test]
            fn has_a_key_and_documents_every_field() {
                documented(&$record::description(), $record::KEY);
            }
        }
    )+};
}

described! {
    analytics_result: AnalyticsResult,
    chargeback: Chargeback,
    event: UserEvent,
    fraud_alert: FraudAlert,
    order: Order,
    product_update: ProductUpdate,
    purchase: Purchase,
    sale: Sale,
    session_event: SessionEvent,
    transaction: Transaction,
    user_update: UserUpdate,
}

proptest! {
    #[test]
    fn configured_fields_follow_the_documented_ones(
        mut event in samples::event(),
        custom in samples::custom_fields(),
    ) {
        let fields = custom.iter().map(|(name, value)| configured(name, value));
        let description = UserEvent::description_with(fields);
        event.metadata.custom = custom;
        let json = serde_json::to_vec(&event).unwrap();
        prop_assert_eq!(serde_json::from_slice::<UserEvent<'_>>(&json).unwrap(), event);
        let value = serde_json::from_slice(&json).unwrap();
        prop_assert_eq!(Seen::default().object("", &description.fields, &value), Ok(()));
        prop_assert_eq!(description.columns()[..5].to_vec(), UserEvent::description().columns());
    }
}

fn configured(name: &str, value: &CustomValue<'_>) -> Field {
    let kind = match value {
        CustomValue::Truth(_) => Kind::Boolean,
        CustomValue::Integer(_) => Kind::Long,
        CustomValue::Decimal(_) => Kind::Number { scale: 2 },
        CustomValue::Text(_) => Kind::Text,
    };
    Field { name: name.to_owned().into(), doc: "".into(), kind, nullable: false }
}

/// Fails unless, over many samples, every nullable field is `null` at times and every number uses
/// all of its decimals.
fn narrow<T: Serialize + Debug>(description: &Description, samples: impl Strategy<Value = T>) {
    let mut runner = TestRunner::deterministic();
    let mut seen = Seen::default();
    for _ in 0..256 {
        let sample = samples.new_tree(&mut runner).unwrap().current();
        let value = serde_json::to_value(sample).unwrap();
        seen.object("", &description.fields, &value).unwrap();
    }
    let mut described = Seen::default();
    for field in &description.fields {
        described.widest(&format!(".{}", field.name), &field.kind, field.nullable);
    }
    assert_eq!(seen, described);
}

/// Fails unless the key is a column that is never `null` and all fields are documented.
fn documented(description: &Description, key: &str) {
    assert_eq!(description.key, key);
    let leaves = description.leaves();
    assert!(leaves.iter().any(|leaf| leaf.path == key && !leaf.nullable), "{key}");
    let docs = leaves.iter().map(|leaf| &leaf.field.doc).chain([&description.doc]);
    for doc in docs {
        assert!(doc.ends_with('.') && doc.len() > 4 && !doc.contains("  "), "{doc:?}");
    }
}

#[test]
fn a_value_of_another_kind_is_noticed() {
    let field = |name: &'static str, kind| Field {
        name: name.into(),
        doc: "".into(),
        kind,
        nullable: false,
    };
    let fields = [field("a", Kind::MONEY), field("b", Kind::Integer)];
    let check = |value| Seen::default().object("", &fields, &value).is_ok();
    assert!(check(json!({"a": 9_999_999_999_999.99, "b": 1})));
    for wrong in [
        json!({"b": 1, "a": 1.5}),
        json!({"a": 1.5}),
        json!({"a": 1.555, "b": 1}),
        json!({"a": 10_000_000_000_000.0, "b": 1}),
        json!({"a": 1.5, "b": 2_147_483_648_i64}),
        json!({"a": 1.5, "b": null}),
    ] {
        assert!(!check(wrong.clone()), "{wrong}");
    }
}
