//! A record that is not written as its table says is an error that shows where; nothing is guessed.

use mercato_schema::{Described, Order, ProductUpdate};

use super::{Compression, written};
use crate::{Parquet, ParquetError};

const RECORD: &str = r#"{"update_id":"upd_1","product_id":"prod_1","update_type":"price_change","timestamp":"2024-07-18T14:30:45.123Z","name":"Lamp","category":"Home","old_price":9.99,"new_price":8.5,"quantity":null,"replaces":null}"#;

#[test]
fn whatever_is_written_otherwise_is_refused_with_its_place() {
    let table = ProductUpdate::description().fields;
    for (from, to, expected) in [
        ("{\"update_id\"", "{ \"update_id\"", "\"update_id\""),
        ("\"upd_1\"", "1", "a text in quotes"),
        ("\"upd_1\"", "null", "a text in quotes"),
        (",\"name\":\"Lamp\"", "", ",\"name\":"),
        (
            "\"name\":\"Lamp\",\"category\":\"Home\"",
            "\"category\":\"Home\",\"name\":\"Lamp\"",
            ",\"name\":",
        ),
        ("9.99", "9.999", "at most two decimals"),
        ("9.99", "\"9.99\"", "at most two decimals"),
        ("9.99", "10000000000000.0", "below 10^13"),
        ("null}", "null,\"more\":1}", "}"),
        ("null}", "null", "}"),
        ("null}", "null}}", "the end of the record"),
        ("45.123Z", "45Z", "a time such as"),
        ("2024-07-18", "2024-02-30", "a time such as"),
    ] {
        assert!(RECORD.contains(from), "{from}");
        let lines = [RECORD.to_owned(), RECORD.replacen(from, to, 1)];
        let error = written(&table, Compression::None, &lines).unwrap_err().to_string();
        assert!(error.starts_with("record 1 of topic is not as its columns are"), "{error}");
        assert!(error.contains(expected), "{to}: {error}");
    }
    assert!(written(&table, Compression::None, &[RECORD.to_owned()]).is_ok());
}

#[test]
fn a_topic_of_unknown_columns_is_refused() {
    let columns = Order::description().columns();
    let error = Parquet::new([("orders", &columns[..])], Compression::Zstd).unwrap_err();
    assert_eq!(error, ParquetError::NoTable { topic: "orders".to_owned() });
    assert!(error.to_string().contains("take ndjson or csv"));
}
