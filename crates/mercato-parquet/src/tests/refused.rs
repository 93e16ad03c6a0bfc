//! What a file cannot hold is refused with its place; nothing is cut off or guessed.

use mercato_encode::{Batch, Coordinates, Encoding, Format, Out, Stamp, WriteRecord, Writer};
use mercato_schema::Kind;
use serde_json::json;

use super::{Compression, batch, field, layout, written};
use crate::file::{File, Limits};
use crate::{Parquet, ParquetError};

#[test]
fn values_out_of_range_are_refused_with_their_column() {
    let layout = layout(vec![
        field("small", Kind::Integer, true),
        field("place", Kind::Struct(vec![field("price", Kind::MONEY, false)]), false),
    ]);
    let most = 999_999_999_999_999i64;
    let record = |small: i64, cents: i64| {
        let price = cents as f64 / 100.0;
        json!({"small": small, "place": {"price": price}})
    };
    let (low, high) = (i64::from(i32::MIN), i64::from(i32::MAX));
    let within = [record(low, most), record(high, -most)];
    assert!(written(&layout, Compression::None, &within).is_ok());
    for (record, column) in [
        (record(high + 1, 0), "column small (whole numbers of 32 bits)"),
        (record(low - 1, 0), "column small (whole numbers of 32 bits)"),
        (record(0, most + 1), "column place.price (as many digits"),
        (record(0, -most - 1), "column place.price (as many digits"),
    ] {
        let records = [within[0].clone(), record];
        let error = written(&layout, Compression::None, &records).unwrap_err().to_string();
        assert!(error.contains(column), "{error}");
    }
}

#[test]
fn columns_of_another_layout_and_lines_are_refused() {
    let texts = layout(vec![field("a", Kind::Text, false)]);
    let numbers = layout(vec![field("a", Kind::Long, false)]);
    let two = layout(vec![field("a", Kind::Text, false), field("b", Kind::Text, false)]);
    let mut refused =
        File::begin(std::io::sink(), "topic", &texts, Compression::None, Limits::USUAL, &[])
            .unwrap();
    let number = batch(&numbers, &[json!({"a": 1})]);
    let pair = batch(&two, &[json!({"a": "x", "b": "y"})]);
    for other in [number, pair] {
        let error = refused.take_rows(other.columns(0).unwrap(), 0..1).unwrap_err();
        assert!(error.to_string().contains("do not match those of topic"), "{error}");
    }
    let mut lines = Batch::default();
    lines.push(b"key", b"{}", Stamp::at(0, Coordinates::default()));
    assert!(mercato_sinks::Body::take(&mut refused, &lines, 0..1).is_err());
}

#[test]
fn text_that_is_not_utf_8_is_refused() {
    struct Broken;

    impl WriteRecord for Broken {
        fn write<W: Writer>(&mut self, writer: &mut W) {
            writer.text("name", |out| out.extend(b"\xff"));
        }
    }
    let layout = layout(vec![field("name", Kind::Text, false)]);
    let encoding = Encoding::new(&layout.clone().into(), Format::Columns, |_| true);
    let mut batch = Batch::default();
    assert!(encoding.encode::<true>(&mut batch, 0, &mut Broken).complete);
    batch.seal(Stamp::at(0, Coordinates::default()));
    let parquet = Parquet::new([("topic", &layout)], Compression::Zstd).unwrap();
    let error = parquet.file_len("topic", 0, &[batch]).unwrap_err();
    assert_eq!(error.to_string(), "a text of topic in column name is not UTF-8");
}

#[test]
fn forms_that_are_not_written_are_refused_when_the_files_are_described() {
    let number = || Box::new(Kind::Long);
    let nested = Kind::List(Box::new(Kind::Struct(vec![field("in", Kind::List(number()), false)])));
    for (kind, nullable, path) in [
        (nested, false, "outer.list.element.in"),
        (Kind::List(number()), true, "outer"),
        (Kind::Struct(vec![field("in", Kind::Long, false)]), true, "outer"),
        (Kind::Map(Box::new(Kind::Text)), false, "outer"),
    ] {
        let layout = layout(vec![field("outer", kind, nullable)]);
        let error = Parquet::new([("topic", &layout)], Compression::Zstd).unwrap_err();
        assert!(matches!(&error, ParquetError::Field { path: own, .. } if own == path), "{error}");
    }
}
