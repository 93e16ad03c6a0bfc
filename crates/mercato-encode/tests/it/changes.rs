//! Changes of rows are the JSON that they should be, whatever the room for them.

use std::sync::Arc;

use mercato_encode::{
    Batch, Change, ChangeKind, Coordinates, Encoding, Format, Layout, Rows, Shape, Stamp,
    WriteRecord, Writer,
};
use mercato_schema::{ChangeForm, InstantForm, Order};
use serde_json::{Value, json};

const SEQUENCE: &str = "255.3.1152921504606846976.7.65535";

/// An order whose category changes.
struct Recategorized<'a> {
    change: Change,
    before: &'a str,
    after: &'a str,
}

fn write(category: &str, writer: &mut impl Writer) {
    writer.key(|out| out.extend_from_slice(b"o1"));
    writer.string("orderId", "o1");
    writer.string("customerId", "c1");
    writer.decimal("amount", 1116, 2);
    writer.instant("timestamp", 1_000_000, InstantForm::EpochMillis);
    writer.string("category", category);
}

impl WriteRecord for Recategorized<'_> {
    fn write<W: Writer>(&mut self, writer: &mut W) {
        write(self.after, writer);
    }

    fn change(&self) -> Change {
        self.change
    }

    fn write_before<W: Writer>(&mut self, writer: &mut W) {
        write(self.before, writer);
    }
}

fn encoding(form: ChangeForm) -> Encoding {
    let shape = Shape { changes: Some(form), ..Shape::default() };
    let layout = Layout::of::<Order>().rows_of(Rows { table: "or\"ders", are_deleted: true });
    Encoding::new(&Arc::new(layout.shaped(&shape).unwrap()), Format::Json, |_| true)
}

/// Key and value of a change; no value is that of a tombstone.
fn encoded(form: ChangeForm, kind: ChangeKind, after: &str) -> (Vec<u8>, Option<Value>) {
    let coordinates =
        Coordinates { rank: 255, substream: 3, block: 1 << 60, position: 7, step: 65_535, copy: 0 };
    let change = Change { kind, at: -1, coordinates };
    assert_eq!(coordinates.to_string(), SEQUENCE);
    let mut batch = Batch::default();
    let mut record = Recategorized { change, before: "Toys", after };
    let encoded = encoding(form).encode::<true>(&mut batch, 0, &mut record);
    assert!(encoded.complete);
    batch.seal(Stamp::at(0, Coordinates::default()));
    batch.push(b"next", b"{}", Stamp::at(0, Coordinates::default()));
    assert_eq!(batch.value(1), b"{}");
    let value = batch.value(0);
    assert_eq!(encoded.absent, value.is_empty());
    assert_eq!(batch.value_bytes(0..2), value.len() + 2);
    let lines = if encoded.absent { 1 } else { 2 };
    assert_eq!(batch.bytes().iter().filter(|byte| **byte == b'\n').count(), lines);
    (batch.key(0).to_vec(), (!encoded.absent).then(|| serde_json::from_slice(value).unwrap()))
}

fn row(category: &str) -> Value {
    json!({
        "orderId": "o1", "customerId": "c1", "amount": 11.16, "timestamp": 1000,
        "category": category,
    })
}

#[test]
fn an_event_has_both_rows_and_its_origin() {
    // The second is too long for the room that is asked for first.
    for after in ["Books", &"\"long\" ".repeat(5_000)] {
        for (kind, op, before, has_after) in [
            (ChangeKind::Read, "r", Value::Null, true),
            (ChangeKind::Create, "c", Value::Null, true),
            (ChangeKind::Update, "u", row("Toys"), true),
            (ChangeKind::Delete, "d", row("Toys"), false),
        ] {
            let (key, event) = encoded(ChangeForm::Debezium, kind, after);
            assert_eq!(key, b"o1");
            let snapshot = if op == "r" { "true" } else { "false" };
            let source = json!({
                "version": "1", "connector": "mercato", "name": "mercato", "ts_ms": -1,
                "snapshot": snapshot, "db": "shop", "table": "or\"ders", "sequence": SEQUENCE,
            });
            let after = if has_after { row(after) } else { Value::Null };
            let expected =
                json!({"before": before, "after": after, "source": source, "op": op, "ts_ms": -1});
            assert_eq!(event.unwrap().to_string(), expected.to_string(), "in this order");
        }
    }
}

#[test]
fn an_upsert_is_the_row_after_the_change() {
    for kind in [ChangeKind::Read, ChangeKind::Create, ChangeKind::Update] {
        let (key, value) = encoded(ChangeForm::Upsert, kind, "Books");
        assert_eq!((&*key, value), (&b"o1"[..], Some(row("Books"))));
    }
}

#[test]
fn a_tombstone_is_a_key_without_a_value() {
    for (form, kind) in [
        (ChangeForm::Upsert, ChangeKind::Delete),
        (ChangeForm::Upsert, ChangeKind::Tombstone),
        (ChangeForm::Debezium, ChangeKind::Tombstone),
    ] {
        assert_eq!(encoded(form, kind, "Books"), (b"o1".to_vec(), None));
    }
}
