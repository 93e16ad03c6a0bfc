//! Avro and Protobuf say what JSON says, however a layout cuts a record into slots.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod changes;

use std::sync::Arc;

use mercato_encode::{
    Batch, Constant, Coordinates, Encoding, Format, Layout, Out, Stamp, WriteRecord, Writer,
};
use mercato_schema::{Description, Field, InstantForm, Kind};
use mercato_test_support::schemas::Schemas;
use proptest::prelude::*;
use serde::Serialize;
use serde_json::{Value, json};

fn field(name: &'static str, kind: Kind) -> Field {
    Field::new(name, "A field.", kind)
}

fn nullable(name: &'static str, kind: Kind) -> Field {
    Field { nullable: true, ..field(name, kind) }
}

/// A record with every kind of value, structs in structs and at both ends of one another.
fn description() -> Description {
    let place = Kind::Struct(vec![
        field("city", Kind::Text),
        field(
            "at",
            Kind::Struct(vec![field("x", Kind::Number { scale: 4 }), nullable("y", Kind::Long)]),
        ),
    ]);
    let item = Kind::Struct(vec![
        field("name", Kind::Text),
        field("price", Kind::MONEY),
        field("tags", Kind::List(Box::new(Kind::Text))),
    ]);
    Description {
        name: "Everything".into(),
        doc: "A record.".into(),
        key: "id".into(),
        fields: vec![
            field("id", Kind::Identifier),
            field("place", place),
            nullable("note", Kind::Text),
            field("count", Kind::Integer),
            field("yes", Kind::Boolean),
            field("made", Kind::Instant(InstantForm::Micros)),
            field("sent", Kind::Instant(InstantForm::EpochMillis)),
            field("seen", Kind::Instant(InstantForm::Millis)),
            nullable("price", Kind::MONEY),
            field("items", Kind::List(Box::new(item))),
            field("rows", Kind::List(Box::new(Kind::List(Box::new(Kind::Long))))),
            field("by_name", Kind::Map(Box::new(Kind::Number { scale: 2 }))),
            field(
                "last",
                Kind::Struct(vec![field("of", Kind::Text), nullable("all", Kind::Boolean)]),
            ),
        ],
    }
}

/// The part of the record that is in tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tables {
    None,
    /// A struct as a whole, and the fields around its inner one.
    Whole,
    /// Fields on both sides of the borders of structs.
    Across,
}

const NAMES: [&str; 3] = ["", "a \"b\"", "ö"];
const CITIES: [&str; 2] =
    ["Bonn", "a city whose name is so long that it has more than sixty-three bytes, and more"];

fn layout(tables: Tables) -> Layout {
    let layout =
        Layout::new(description()).prefix("id", "id_").names("by_name", NAMES.map(String::from));
    let place = |city: &str, y: Constant| [city.into(), Constant::Decimal(-12_345), y];
    let places = [place(CITIES[0], Constant::Null), place(CITIES[1], Constant::Integer(-7))];
    let layout = match tables {
        Tables::None => return layout,
        Tables::Whole => layout.table("place", ["place.city", "place.at.x", "place.at.y"], places),
        Tables::Across => {
            let rows = [
                [Constant::Decimal(-12_345), Constant::Null, Constant::Null, Constant::Integer(0)],
                [
                    Constant::Decimal(-12_345),
                    Constant::Integer(-7),
                    "n".into(),
                    Constant::Integer(300),
                ],
            ];
            layout.table("inner", ["place.at.x", "place.at.y", "note", "count"], rows)
        }
    };
    let last = |of: &str, all| [of.into(), all];
    layout.table(
        "last",
        ["last.of", "last.all"],
        [last("", Constant::Null), last("x", Constant::Boolean(true))],
    )
}

/// The values of a record.
#[derive(Debug, Clone)]
struct Everything {
    tables: Tables,
    row: usize,
    text: String,
    count: u32,
    micros: i64,
    cents: Option<i64>,
    items: Vec<(String, i64, Vec<String>)>,
    rows: Vec<Vec<i64>>,
    members: Vec<(usize, i64)>,
}

impl Everything {
    fn is_there(&self) -> bool {
        self.row == 1
    }

    /// The note and the count, which a table across the borders has in its rows.
    fn note(&self) -> (Option<String>, u32) {
        match (self.tables, self.is_there()) {
            (Tables::Across, true) => (Some("n".to_owned()), 300),
            (Tables::Across, false) => (None, 0),
            (_, there) => (there.then(|| self.text.replace('"', "")), self.count),
        }
    }
}

impl WriteRecord for Everything {
    fn write<W: Writer>(&mut self, writer: &mut W) {
        let (there, (note, count)) = (self.is_there(), self.note());
        writer.key(|key| key.push(b'k'));
        writer.plain("id", |out| out.extend(b"7"));
        if self.tables == Tables::Whole {
            writer.piece("place", self.row);
        } else {
            writer.text("place.city", |out| out.extend(CITIES[self.row].as_bytes()));
        }
        match self.tables {
            Tables::None => {
                writer.decimal("place.at.x", -12_345, 4);
                if there { writer.long("place.at.y", -7) } else { writer.null("place.at.y") }
            }
            Tables::Whole => {}
            Tables::Across => writer.piece("inner", self.row),
        }
        if self.tables != Tables::Across {
            writer.optional_text("note", note, |note, out| out.extend(note.as_bytes()));
            writer.integer("count", count);
        }
        writer.boolean("yes", there);
        writer.instant("made", self.micros, InstantForm::Micros);
        writer.instant("sent", self.micros, InstantForm::EpochMillis);
        writer.instant("seen", self.micros, InstantForm::Millis);
        match self.cents {
            Some(cents) => writer.decimal("price", cents, 2),
            None => writer.null("price"),
        }
        writer.list("items", &self.items, |writer, (name, price, tags)| {
            writer.string("name", name);
            writer.decimal("price", *price, 2);
            writer.list("tags", tags, |writer, tag| writer.string("", tag));
        });
        writer.list("rows", &self.rows, |writer, row| {
            writer.list("", row, |writer, number| writer.long("", *number));
        });
        writer.map("by_name", self.members.clone(), 2);
        if self.tables == Tables::None {
            writer.string("last.of", if there { "x" } else { "" });
            if there { writer.boolean("last.all", true) } else { writer.null("last.all") }
        } else {
            writer.piece("last", self.row);
        }
    }
}

/// A record as a whole.
struct Whole<'a>(&'a Value);

impl WriteRecord for Whole<'_> {
    fn write<W: Writer>(&mut self, writer: &mut W) {
        writer.serialize(self.0);
    }
}

fn encoded(layout: &Arc<Layout>, format: Format, record: &mut impl WriteRecord) -> Batch {
    let encoding = Encoding::new(layout, format, |_| true);
    assert_eq!(encoding.flaw(), None);
    let mut batch = Batch::default();
    assert!(encoding.encode::<true>(&mut batch, 0, record).complete, "{format:?}");
    batch.seal(Stamp::at(0, Coordinates::default()));
    batch
}

fn check(record: &Everything) {
    let layout = Arc::new(layout(record.tables));
    assert_eq!(layout.flaw(), None);
    let schemas = Schemas::of(layout.description());
    let json = encoded(&layout, Format::Json, &mut record.clone());
    let expected: Value = serde_json::from_slice(json.value(0)).unwrap();
    for format in [Format::Avro, Format::Protobuf] {
        let batch = encoded(&layout, format, &mut record.clone());
        let value = batch.value(0);
        let read =
            if format == Format::Avro { schemas.avro(value) } else { schemas.protobuf(value) };
        assert_eq!(read, expected, "{format:?} {:?}", record.tables);
        assert_eq!(encoded(&layout, format, &mut Whole(&expected)).value(0), value, "as a whole");
        assert_eq!((batch.key(0), batch.value_bytes(0..1)), (&b"k"[..], value.len()));
    }
    let file = encoded(&layout, Format::Protobuf, &mut record.clone());
    assert_eq!(schemas.protobuf_file(file.bytes()), [expected]);
}

fn texts() -> impl Strategy<Value = String> {
    prop_oneof!["[a-zö\"]{0,12}", "[a-z]{60,70}", "[a-z]{120,135}", "[a-z]{16000,17000}"]
}

fn records() -> impl Strategy<Value = Everything> {
    let tables = prop_oneof![Just(Tables::None), Just(Tables::Whole), Just(Tables::Across)];
    let cents = -1_000_000_000_000_i64..1_000_000_000_000;
    let item = (texts(), cents.clone(), prop::collection::vec("[a-z]{0,3}", 0..4));
    let rows = prop::collection::vec(prop::collection::vec(any::<i64>(), 0..3), 0..4);
    let members = prop::sample::subsequence(vec![0, 1, 2], 0..=3);
    (
        (tables, 0_usize..2, texts(), any::<i32>(), 0_i64..4_000_000_000_000_000),
        (prop::option::of(cents), prop::collection::vec(item, 0..70), rows, members, any::<i16>()),
    )
        .prop_map(
            |((tables, row, text, count, micros), (cents, items, rows, members, value))| {
                Everything {
                    tables,
                    row,
                    text,
                    count: count.unsigned_abs() >> 1,
                    micros,
                    cents,
                    items,
                    rows,
                    members: members.into_iter().map(|member| (member, i64::from(value))).collect(),
                }
            },
        )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn every_kind_of_value_is_read_back(record in records()) {
        check(&record);
    }
}

#[test]
fn instants_before_1970_and_sizes_at_the_borders_are_read_back() {
    for (micros, length) in
        [(-1, 0), (-86_400_000_001, 63), (0, 64), (999, 127), (1_000_000, 128), (1, 16_384)]
    {
        for tables in [Tables::None, Tables::Whole, Tables::Across] {
            check(&Everything {
                tables,
                row: 1,
                text: "x".repeat(length),
                count: 0,
                micros,
                cents: Some(-1),
                items: Vec::new(),
                rows: vec![Vec::new()],
                members: Vec::new(),
            });
        }
    }
}

#[test]
fn a_layout_that_a_format_cannot_say_has_a_flaw() {
    let of = |kind| {
        Arc::new(Layout::new(Description {
            fields: vec![field("a", kind)],
            ..Description::default()
        }))
    };
    let flaw = |layout: &Arc<Layout>, format| {
        Encoding::new(layout, format, |_| true).flaw().map(str::to_owned)
    };
    let digits = of(Kind::Decimal { precision: 30, scale: 20 });
    let mut deep = Kind::Long;
    for _ in 0..17 {
        deep = Kind::Struct(vec![field("a", deep)]);
    }
    let deep = of(deep);
    let wrong =
        Layout::new(Description { fields: vec![field("a", Kind::Long)], ..Description::default() });
    let wrong = Arc::new(wrong.table("a", ["a"], [[Constant::Null]]));
    for (layout, said) in
        [(&digits, "20 digits"), (&deep, "16 structs"), (&wrong, "is not a value of a")]
    {
        for format in [Format::Avro, Format::Protobuf] {
            assert!(flaw(layout, format).unwrap().contains(said), "{said}");
        }
        assert_eq!(flaw(layout, Format::Json), None);
    }
}

#[test]
fn a_value_that_is_not_as_described_is_incomplete() {
    #[derive(Serialize)]
    struct Odd {
        id: u32,
    }
    struct Serialized;
    impl WriteRecord for Serialized {
        fn write<W: Writer>(&mut self, writer: &mut W) {
            writer.serialize(&Odd { id: 7 });
        }
    }
    struct Null;
    impl WriteRecord for Null {
        fn write<W: Writer>(&mut self, writer: &mut W) {
            writer.null("id");
        }
    }
    let description =
        Description { fields: vec![field("id", Kind::Text)], ..Description::default() };
    let layout = Arc::new(Layout::new(description));
    for format in [Format::Avro, Format::Protobuf] {
        let encoding = Encoding::new(&layout, format, |_| true);
        let mut batch = Batch::default();
        assert!(!encoding.encode::<true>(&mut batch, 0, &mut Serialized).complete);
        assert!(!encoding.encode::<true>(&mut batch, 0, &mut Null).complete);
        assert!(
            !encoding
                .encode::<true>(&mut batch, 0, &mut Whole(&json!({"id": "x", "more": 1})))
                .complete
        );
        assert!(encoding.encode::<true>(&mut batch, 0, &mut Whole(&json!({"id": "x"}))).complete);
    }
}
