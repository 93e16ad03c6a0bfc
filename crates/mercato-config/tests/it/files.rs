//! Configuration files: what is wrong in them is told with file, line, key and what was probably
//! meant.

#![expect(clippy::disallowed_methods, reason = "how long reading takes is what is tested")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use crate::common::{PROGRAM, World, message};
use mercato_config::env::Environment;
use mercato_config::{ConfigError, Layers};
use serde::Deserialize;

/// A stream's section in the manner of those that binaries bring.
#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Sales {
    min_delay: f64,
    payment_methods: Vec<String>,
    dwell: Dwell,
    country: Option<Country>,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Dwell {
    pending: u32,
    confirmed: u32,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Country {
    Usa,
    Other { code: String },
}

fn sales(name: &'static str, text: &'static str) -> Result<Sales, ConfigError> {
    World::of_file(name, text).layers()?.section("sales")
}

fn refused(name: &'static str, text: &'static str) -> String {
    message(&sales(name, text).unwrap_err())
}

#[test]
fn the_three_formats_say_the_same() {
    let expected = Sales {
        min_delay: 2.0,
        payment_methods: vec!["paypal".into()],
        dwell: Dwell { pending: 10, confirmed: 0 },
        country: Some(Country::Other { code: "FRA".into() }),
    };
    for (name, text) in [
        (
            "a.toml",
            "[sales]\nmin_delay = 2\npayment_methods = [\"paypal\"]\ndwell.pending = 10\ncountry.other = { code = \"FRA\" }\n",
        ),
        (
            "a.yaml",
            "sales:\n  min_delay: 2\n  payment_methods: [paypal]\n  dwell:\n    pending: 10\n  country: {other: {code: FRA}}\n",
        ),
        (
            "a.json",
            r#"{"sales": {"min_delay": 2, "payment_methods": ["paypal"], "dwell": {"pending": 10}, "country": {"other": {"code": "FRA"}}}}"#,
        ),
    ] {
        assert_eq!(sales(name, text).unwrap(), expected, "{name}");
    }
    assert_eq!(sales("a.toml", "[sales]\ncountry = \"usa\"").unwrap().country, Some(Country::Usa));
}

#[test]
fn a_misspelt_key_is_told_by_line_with_what_was_meant() {
    let expected = "unknown key `sales.dwell.pendding`; did you mean `pending`?";
    for (name, text, line) in [
        (
            "a.toml",
            "[run]\nseed = 1\n\n[sales.dwell]\n# how long\nconfirmed = 2\npendding = 10\n",
            7,
        ),
        ("a.yml", "run:\n  seed: 1\n\nsales:\n  dwell:\n    confirmed: 2\n    pendding: 10\n", 7),
        (
            "a.json",
            "{\n  \"run\": {\"seed\": 1},\n  \"sales\": {\n    \"dwell\": {\n      \"pendding\":\n        10\n    }\n  }\n}\n",
            5,
        ),
    ] {
        assert_eq!(refused(name, text), format!("{name}:{line}: {expected}"));
    }
}

#[test]
fn a_misspelt_section_is_told_whether_or_not_it_is_read() {
    for (text, rest) in [
        ("seed = 1", "`seed`; did you mean `run.seed`?"),
        ("sede = 1", "`sede`; did you mean `run.seed`?"),
        ("max-outage = '1m'", "`max-outage`; did you mean `kafka.max_outage`?"),
        ("path = 'a.csv'", "`path`; did you mean `output.path`?"),
        ("factor = 2", "`factor`; did you mean `schedule[].factor`?"),
        ("weekend_multiplier = 2", "`weekend_multiplier`; it is called `orders.week.weekend` here"),
        ("[sales]\nseed = 1", "`sales.seed`; did you mean `run.seed`?"),
        (
            "banana = 1",
            "`banana`; known here: run, output, kafka, log, schedule, disorder, sales, orders",
        ),
    ] {
        let line = text.lines().count();
        assert_eq!(refused("a.toml", text), format!("a.toml:{line}: unknown key {rest}"));
    }
    assert_eq!(
        refused("a.yaml", "\nordres: {}\n"),
        "a.yaml:2: unknown key `ordres`; did you mean `orders`?"
    );
    assert_eq!(
        refused("a.json", "{\"Sale\": {}}"),
        "a.json:1: unknown key `Sale`; did you mean `sales`?"
    );
}

#[test]
fn a_key_that_is_like_no_other_is_told_with_all_that_are_known() {
    let known = "known here: min_delay, payment_methods, dwell, country";
    assert_eq!(
        refused("a.toml", "[sales]\nbanana = 1"),
        format!("a.toml:2: unknown key `sales.banana`; {known}")
    );
}

#[test]
fn a_wrong_value_is_told_by_line_and_path() {
    for (name, text, expected) in [
        (
            "a.toml",
            "[sales]\nmin_delay = \"x\"",
            "a.toml:2: sales.min_delay: expected a number, found a string",
        ),
        (
            "a.yaml",
            "sales:\n  payment_methods:\n    - paypal\n    - 7\n",
            "a.yaml:4: sales.payment_methods[1]: expected a string, found `7`",
        ),
        (
            "a.json",
            "{\"sales\":\n{\"dwell\": {\"pending\": -1}}}",
            "a.json:2: sales.dwell.pending: expected a whole number from 0 to 4294967295, found `-1`",
        ),
        ("a.toml", "[sales]\ndwell = 5", "a.toml:2: sales.dwell: expected a table, found `5`"),
        (
            "a.toml",
            "[sales]\ncountry = \"uas\"",
            "a.toml:2: sales.country: `uas` is not allowed; did you mean `usa`?",
        ),
    ] {
        assert_eq!(refused(name, text), expected);
    }
}

#[test]
fn a_wrong_value_of_a_run_names_its_bound() {
    for (text, expected) in [
        (
            "[run]\nshard = \"3/2\"",
            "a.toml:2: run.shard: invalid shard '3/2': with 2 shards the index is 0 or 1",
        ),
        ("[run]\nrate = 0", "a.toml:2: run.rate: 0 is out of range (0.000001/h to 1000000000/s)"),
        (
            "[run]\nduration = 5",
            "a.toml:2: run.duration: invalid duration '5': expected a unit, because that of a bare number differs from program to program; write 5s or 5m",
        ),
        (
            "[run]\ncount = 1.5",
            "a.toml:2: run.count: expected a whole number from 1 to 288230376151711744 (in quotes if it is very large), found `1.5`",
        ),
        (
            "[run]\nstart = 2025-01-01T00:00:00Z\nbackfill = \"1h\"",
            "a.toml:3: run.backfill: conflicts with run.start: keep one of the two",
        ),
        (
            "[disorder]\nkinds = [\"truncated\"]",
            "a.toml:2: disorder.kinds: unknown kind of fault `truncated`; known here: truncated_json, wrong_type, missing_field, unknown_field",
        ),
        (
            "[disorder]\nkinds = []",
            "a.toml:2: disorder.kinds: list at least one kind, or omit the key for all of them",
        ),
        (
            "[[schedule]]\nfrom = \"+10m\"\nto = \"+20m\"\nfactor = 5\n[[schedule]]\nfrom = \"+10m\"\nto = \"+20m\"\nfaktor = 5",
            "a.toml:8: unknown key `schedule[1].faktor`; did you mean `factor`?",
        ),
        (
            "[[schedule]]\nfrom = \"+10m\"\nto = \"+20m\"",
            "a.toml:1: schedule[0]: it needs a `factor`, a `scenario` or both",
        ),
    ] {
        let error = World::of_file("a.toml", text).run(&[]).unwrap_err();
        assert_eq!(message(&error), expected);
    }
}

#[test]
fn a_file_that_is_not_well_written_is_told_by_line() {
    for (name, text, line) in [
        ("a.toml", "[sales]\nmin_delay = \n", "a.toml:2: "),
        ("a.toml", "[sales]\nmin_delay = 1\nmin_delay = 2\n", "a.toml:3: "),
        ("a.yaml", "sales:\n  min_delay: [1\n", "a.yaml:"),
        ("a.yaml", "sales:\n  min_delay: 1\n  min_delay: 2\n", "a.yaml:3: "),
        ("a.yaml", "a: 1\n---\nb: 1\n", "a.yaml:3: "),
        ("a.json", "{\"sales\":\n{\"min_delay\": }}", "a.json:2: "),
        ("a.json", "{\"sales\":\n{\"min_delay\": 1,\n\"min_delay\": 2}}", "a.json:3: "),
        ("a.json", "[]", "a.json:1: expected a table of sections"),
        ("a.ini", "", "cannot tell the format of a.ini: the allowed extensions are .toml"),
    ] {
        let shown = refused(name, text);
        assert!(shown.starts_with(line), "{text:?}: {shown}");
    }
}

#[test]
fn an_empty_file_says_nothing() {
    for name in ["a.toml", "a.yaml"] {
        assert_eq!(sales(name, "# nothing\n").unwrap(), Sales::default());
    }
    assert_eq!(sales("a.json", "{}").unwrap(), Sales::default());
}

#[test]
fn later_files_are_merged_over_earlier_ones() {
    let world = World {
        files: vec![
            (
                "a.toml",
                "[sales]\nmin_delay = 1\npayment_methods = [\"a\", \"b\"]\n[sales.dwell]\npending = 1\nconfirmed = 1\n",
            ),
            ("b.yaml", "sales:\n  payment_methods: [c]\n  dwell: {confirmed: 2}\n"),
        ],
        ..World::default()
    };
    let merged: Sales = world.layers().unwrap().section("sales").unwrap();
    assert!((merged.min_delay - 1.0).abs() < f64::EPSILON);
    assert_eq!(merged.payment_methods, ["c"]);
    assert_eq!(merged.dwell, Dwell { pending: 1, confirmed: 2 });
}

#[test]
fn an_error_in_a_merged_section_blames_the_file_it_stands_in() {
    let world = World {
        files: vec![
            ("a.toml", "[sales]\nmin_delay = 1\n"),
            ("b.json", "{\"sales\":\n\n{\"dwel\": {}}}"),
        ],
        ..World::default()
    };
    let error = world.layers().unwrap().section::<Sales>("sales").unwrap_err();
    assert_eq!(message(&error), "b.json:3: unknown key `sales.dwel`; did you mean `dwell`?");
}

#[test]
fn a_file_that_is_missing_is_named() {
    let environment = mercato_config::env::Environment::default();
    let layers =
        mercato_config::Layers::load(crate::common::PROGRAM, &["nowhere.toml".into()], environment);
    assert_eq!(layers.unwrap_err().to_string(), "cannot read configuration file nowhere.toml");
}

#[test]
fn seeds_above_the_signed_integers_are_exact_or_refused() {
    let seed = |name, text| World::of_file(name, text).run(&[]).map(|run| run.seed.value);
    assert_eq!(seed("a.json", "{\"run\": {\"seed\": 18446744073709551615}}").unwrap(), u64::MAX);
    assert_eq!(seed("a.toml", "[run]\nseed = 18446744073709551615").unwrap(), u64::MAX);
    assert_eq!(seed("a.yaml", "run: {seed: \"18446744073709551615\"}").unwrap(), u64::MAX);
    let bare = seed("a.yaml", "run: {seed: 18446744073709551615}").unwrap_err();
    assert!(message(&bare).contains("in quotes if it is very large"), "{bare}");
}

#[test]
fn nothing_of_a_file_is_shown_when_layers_are() {
    let layers = World::of_file("a.toml", "[kafka.properties]\nsasl.password = \"hunter2\"\n")
        .layers()
        .unwrap();
    let shown = format!("{layers:?}");
    assert!(shown.contains("a.toml") && !shown.contains("hunter2"), "{shown}");
}

/// A section with products, which may stand in a CSV file.
#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Orders {
    products: Vec<Product>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Product {
    id: String,
    price: Option<Vec<String>>,
    #[serde(default)]
    weight: u8,
}

/// The products of `text`, which a TOML file beside it names.
fn products(text: &[u8]) -> Result<Orders, String> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("c.csv"), text).unwrap();
    let file = folder.path().join("a.toml");
    std::fs::write(&file, "[orders]\nproducts_file = \"c.csv\"\n").unwrap();
    let layers = Layers::load(PROGRAM, &[file], Environment::default());
    let read = layers.and_then(|layers| layers.section("orders"));
    read.map_err(|error| message(&error))
}

#[test]
fn rows_of_a_csv_file_are_the_tables_of_a_list() {
    let text = "\u{feff}weight,id,max_price,min_price\r\n3,\"a, \"\"b\"\"\",2.50,1\r\n\r\n,c,,\r\n";
    let expected = vec![
        Product { id: "a, \"b\"".into(), price: Some(vec!["1".into(), "2.50".into()]), weight: 3 },
        Product { id: "c".into(), price: None, weight: 0 },
    ];
    assert_eq!(products(text.as_bytes()).unwrap().products, expected);
}

#[test]
fn what_is_wrong_in_a_csv_file_is_told_with_its_line() {
    let many = format!("id\n{}", "a\n".repeat(65_537));
    for (text, expected) in [
        ("", "c.csv:1: missing column `id`"),
        ("name\n", "c.csv:1: unknown column `name`; known here: id, min_price, max_price, weight"),
        ("id,wieght\n", "c.csv:1: unknown column `wieght`; did you mean `weight`?"),
        ("id,id\n", "c.csv:1: duplicate column `id`"),
        ("id,weight\na,1\nb\n", "c.csv:3: the row has 1 cells, but the header has 2 columns"),
        ("id,weight\na,1\nb,many\n", "c.csv:3: weight: expected a whole number, found 'many'"),
        (
            "id,weight\na,1\nb,-1\n",
            "c.csv:3: orders.products[1].weight: expected a whole number from 0 to 255, found `-1`",
        ),
        ("id,weight\n\n,1\n", "c.csv:3: orders.products[0]: missing field `id`"),
        ("id,min_price\na,1\n", "c.csv:2: `max_price` is missing beside `min_price`"),
        ("id,min_price,max_price\na,,1\n", "c.csv:2: `min_price` is missing beside `max_price`"),
        ("id\ra\r", "c.csv:1: lines must end in LF or CRLF, not in CR alone"),
        ("id\n\"a\nb\n", "c.csv:2: a cell's closing quote is missing"),
        (&many, "c.csv:65538: the file has more than 65536 rows, the maximum"),
    ] {
        assert_eq!(products(text.as_bytes()).unwrap_err(), expected);
    }
    let refused = products(b"id\n\xff\n").unwrap_err();
    assert!(refused.starts_with("a.toml:2: orders.products_file: cannot read the catalogue file"));
    assert!(refused.ends_with("c.csv: line 2 is not valid UTF-8"), "{refused}");
}

#[test]
fn a_list_stands_in_one_place() {
    let world = World::of_file("a.toml", "[orders]\nproducts = []\nproducts_file = \"c.csv\"\n");
    let refused = message(&world.layers().unwrap_err());
    assert_eq!(
        refused,
        "a.toml:3: `orders.products_file` and `orders.products` are mutually exclusive: keep one of them"
    );
    let world = World::of_file("a.toml", "[orders]\nproducts_file = \"none.csv\"\n");
    let refused = message(&world.layers().unwrap_err());
    assert!(refused.starts_with("a.toml:2: orders.products_file: cannot read the"), "{refused}");
    assert!(refused.contains("none.csv"), "{refused}");
}

#[test]
fn lists_and_tables_have_a_bound_and_a_million_entries_are_refused_at_once() {
    let begin = std::time::Instant::now();
    let list = format!("[sales]\npayment_methods = [{}]\n", "\"a\",".repeat(1_000_000));
    let table = "sales:\n  dwell:\n".to_owned()
        + &(0..70_000).map(|key| format!("    k{key}: 1\n")).collect::<String>();
    for (name, text, key, entries) in
        [("a.toml", list, "payment_methods", 1_000_000), ("a.yaml", table, "dwell", 70_000)]
    {
        let world = World::of_file(name, text.leak());
        let error = world.layers().unwrap().section::<Sales>("sales").unwrap_err();
        let shown = message(&error);
        let expected = format!("sales.{key}: {entries} entries are too many: the maximum is 65536");
        assert!(shown.contains(&expected) && shown.contains(name), "{shown}");
    }
    assert!(begin.elapsed().as_secs() < 30, "it took {:?}", begin.elapsed());
}

#[test]
fn a_long_file_is_read_in_linear_time() {
    let rows =
        |count: usize| (0..count).map(|row| format!("  \"method {row}\",\n")).collect::<String>();
    let many = rows(65_536);
    let begin = std::time::Instant::now();
    for (name, text) in [
        ("a.toml", format!("[sales]\npayment_methods = [\n{many}]\n")),
        ("a.json", format!("{{\"sales\": {{\"payment_methods\": [\n{}\"last\"]}}}}", rows(65_535))),
    ] {
        let world = World::of_file(name, text.leak());
        let sales: Sales = world.layers().unwrap().section("sales").unwrap();
        assert_eq!(sales.payment_methods.len(), 65_536);
    }
    // A scan from the file's beginning for each value took minutes.
    assert!(begin.elapsed().as_secs() < 30, "it took {:?}", begin.elapsed());
}
