//! Schemas in every dialect: frozen ones of records of every kind, and those of records whose names
//! and kinds are harder than the shop's.

use std::path::Path;

use mercato_schema::dialect::{Dialect, Record, avro, protobuf};
use mercato_schema::{AnalyticsResult, Described, Description, Field, Kind, Order, Purchase};

fn field(name: &'static str, kind: Kind, nullable: bool) -> Field {
    Field { name: name.into(), doc: "A field.".into(), kind, nullable }
}

fn list(of: Kind) -> Kind {
    Kind::List(Box::new(of))
}

/// A record with names that are no identifiers, types of one name, and lists in lists.
pub(crate) fn awkward() -> Description {
    let inner = |name| Kind::Struct(vec![field(name, Kind::MONEY, true)]);
    Description {
        name: "Awkward".into(),
        doc: "A record.".into(),
        key: "".into(),
        fields: vec![
            field("a \"b\"", Kind::Text, true),
            field("a_b", inner("c"), false),
            field("aB", inner("d"), true),
            field("AB", Kind::Long, false),
            field("matrix", list(list(Kind::Integer)), false),
            field("tags", Kind::Map(Box::new(list(inner("e")))), true),
        ],
    }
}

#[test]
fn avro_names_are_identifiers_and_no_record_has_the_name_of_another() {
    let schema = avro::schema(&awkward());
    let fields = schema["fields"].as_array().unwrap();
    assert_eq!((&fields[0]["name"], &fields[0]["jsonName"]), (&"a__b_".into(), &"a \"b\"".into()));
    assert_eq!(fields[1]["type"]["name"], "AwkwardAB");
    assert_eq!(fields[2]["type"][1]["name"], "AwkwardAB_2");
    assert_eq!(fields[2]["default"], serde_json::Value::Null);
    assert_eq!(fields[4]["type"]["items"]["items"], "int");
    assert_eq!(fields[5]["type"][1]["values"]["items"]["name"], "AwkwardTagsValueItem");
    assert_eq!(schema["doc"], "A record.");
}

#[test]
fn protobuf_lists_in_lists_are_messages_of_their_own() {
    let expected = r#"syntax = "proto3";

package mercato;

// A record.
message Awkward {
  // A field.
  optional string a__b_ = 1 [json_name = "a \"b\""];
  // A field.
  AB_2 a_b = 2 [json_name = "a_b"];
  // A field.
  optional AB_3 aB = 3;
  // A field.
  int64 AB = 4;
  // A field.
  repeated MatrixItem matrix = 5;
  // A field.
  map<string, TagsValue> tags = 6;

  message AB_2 {
    // A field.
    optional string c = 1;
  }

  message AB_3 {
    // A field.
    optional string d = 1;
  }

  message MatrixItem {
    repeated int32 values = 1;
  }

  message TagsValue {
    repeated TagsValueItem values = 1;

    message TagsValueItem {
      // A field.
      optional string e = 1;
    }
  }
}
"#;
    assert_eq!(protobuf::file(&[&awkward()]), expected);
}

/// Schemas are read by machines that others have set up, so a change must be meant: replace the
/// file by what the test reports.
#[test]
fn schemas_are_frozen() {
    let [order, purchase, result] =
        [Order::description(), Purchase::description(), AnalyticsResult::description()];
    let records = [
        Record::new(Order::TOPIC, &order),
        Record::new(Purchase::TOPIC, &purchase),
        Record::new(AnalyticsResult::TOPIC, &result),
    ];
    for dialect in Dialect::ALL {
        let name = format!("tests/schemas/{}.txt", dialect.name());
        let frozen = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(&name));
        let written = dialect.write(&records);
        assert!(frozen.ok().as_ref() == Some(&written), "{name} does not hold:\n{written}");
    }
}

#[test]
fn names_and_texts_are_quoted() {
    let mut description = awkward();
    description.fields.truncate(1);
    description.fields[0].name = "`a\\\"'".into();
    description.fields[0].doc = "It's `a\\`.".into();
    let record = Record::new("it's-1", &description);
    for (dialect, parts) in [
        (Dialect::Flink, ["  ```a\\\"'` STRING COMMENT 'It''s `a\\`.'\n", "'topic' = 'it''s-1'"]),
        (Dialect::Postgres, ["  \"`a\\\"\"'\" text\n", "IS 'It''s `a\\`.';\n"]),
        (Dialect::ClickHouse, ["`\\`a\\\\\"'` Nullable(String)", "COMMENT 'It''s `a\\\\`.'\n"]),
        (Dialect::DuckDb, ["  \"`a\\\"\"'\" VARCHAR\n", "IS 'It''s `a\\`.';\n"]),
        (
            Dialect::Spark,
            ["it_s_1_schema = ", "StructField(\"`a\\\\\\\"'\", StringType(), nullable=True"],
        ),
        (
            Dialect::Arrow,
            ["\"topic\": \"it's-1\"", "pa.field(\"`a\\\\\\\"'\", pa.string(), metadata"],
        ),
    ] {
        let written = dialect.write(&[record]);
        for part in parts {
            assert!(written.contains(part), "{part}: {written}");
        }
    }
}
