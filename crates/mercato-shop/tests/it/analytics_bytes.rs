//! The fast path of analytics writes what serde writes for the same record, in both formats.

use std::sync::Arc;

use mercato_encode::{Batch, Encoding, csv};
use mercato_engine::{Fold, Format, Window, WindowRecord};
use mercato_schema::{AnalyticsResult, Money};
use mercato_shop::shop::catalogue::CategoryConfig;
use mercato_shop::shop::{Analytics, ShopConfig, ShopParams};
use mercato_test_support::schemas::Schemas;
use proptest::prelude::*;
use serde_json::Value;

use crate::drive::ORIGIN;

const MINUTE: i64 = 60_000_000;

fn analytics(config: &ShopConfig) -> Analytics {
    Analytics::new(&ShopParams::new(config).unwrap())
}

fn own_names() -> ShopConfig {
    let mut config = ShopConfig::default();
    let mut category = CategoryConfig::new("Odd, très & <long>");
    category.price = Some([Money::from_cents(1), Money::from_cents(100)].into());
    config.catalogue.categories = vec![category, CategoryConfig::new("Books")];
    config
}

/// As the pages say: in CSV a breakdown is one column with the object as its text.
fn text(result: &AnalyticsResult<'_>, format: Format) -> String {
    if format == Format::Json {
        return serde_json::to_string(result).unwrap();
    }
    let mut value = serde_json::to_value(result).unwrap();
    for name in ["by_category", "by_region", "by_device"] {
        value[name] = Value::String(value[name].to_string());
    }
    let mut line = Vec::new();
    csv::flatten(&mut line, &value);
    String::from_utf8(line).unwrap()
}

fn check(analytics: &Analytics, window: Window, cells: &[i64]) -> Result<(), TestCaseError> {
    let mut number = 0;
    while let Some(result) = analytics.record(window, cells, number) {
        for format in [Format::Json, Format::Csv] {
            let encoding = Encoding::new(&Arc::new(analytics.layout()), format, |_| true);
            let mut batch = Batch::default();
            let mut record = WindowRecord { fold: analytics, window, cells, number };
            prop_assert!(encoding.encode::<true>(&mut batch, 0, &mut record).complete);
            prop_assert_eq!(batch.open_key(), result.metric_type.as_bytes());
            let written = str::from_utf8(batch.open_value()).unwrap();
            prop_assert_eq!(written, text(&result, format));
        }
        let schemas = Schemas::of(analytics.layout().description());
        for (format, is_avro) in [(Format::Avro, true), (Format::Protobuf, false)] {
            let encoding = Encoding::new(&Arc::new(analytics.layout()), format, |_| true);
            let mut batch = Batch::default();
            let mut record = WindowRecord { fold: analytics, window, cells, number };
            prop_assert!(encoding.encode::<true>(&mut batch, 0, &mut record).complete);
            let value = batch.open_value();
            let read = if is_avro { schemas.avro(value) } else { schemas.protobuf(value) };
            prop_assert_eq!(read, serde_json::to_value(&result).unwrap());
        }
        let json = serde_json::to_string(&result).unwrap();
        prop_assert_eq!(&serde_json::from_str::<AnalyticsResult<'_>>(&json).unwrap(), &result);
        number += 1;
    }
    prop_assert_eq!(number, analytics.windows()[usize::from(window.length)].records);
    Ok(())
}

proptest! {
    #[test]
    fn metrics_are_what_serde_writes(
        cells in prop::collection::vec(prop_oneof![Just(0), 0i64..1_000, 0i64..100_000_000], 200), hour: bool, number in 0u64..1 << 40,
        own: bool,
    ) {
        let analytics = analytics(&if own { own_names() } else { ShopConfig::default() });
        let from = ORIGIN + 25 * MINUTE;
        let window = Window { length: u8::from(hour), from, to: from + MINUTE, number };
        check(&analytics, window, &cells[..analytics.cells()])?;
    }
}
