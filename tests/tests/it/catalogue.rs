//! Catalogues of a user's own, from the files in which they stand to the records.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use mercato_test_support::{Ended, Program, folder, read, timed};

/// Two categories, a price, a range and a weight, as a spreadsheet writes them.
const CATALOGUE: &str = "\u{feff}id,name,category,price,min_price,max_price,weight\r\n\
    TEA-1,\"Green tea, 100 g\",Tea,4.50,,,10\r\n\
    TEA-2,Black tea,Tea,,3.50,5.00,30\r\n\
    BOOK-1,A book about tea,Books,,,,1\r\n";

const SHOP: &str =
    "[shop.catalogue]\nproducts_file = \"catalogue.csv\"\n[shop.sessions]\nbasket_lines = [1, 1]\n";
const SALES: &str =
    "[sales]\ncategories = { Tea = 4, Books = \"9.99\" }\nproducts_file = \"catalogue.csv\"\n";

fn write(folder: &Path, name: &str, text: &str) {
    std::fs::write(folder.join(name), text).unwrap();
}

fn sales(folder: &Path, file: &str) -> Ended {
    let words = "--seed 42 --start 2026-01-01 --count 200 --clock fast --drain --config";
    Program::new("order-gen").words(words).arg(file).in_folder(folder).run()
}

#[test]
fn a_csv_file_is_the_catalogue_of_both_streams_and_of_a_run_that_is_verified() {
    let folder = folder();
    let at = folder.path();
    write(at, "catalogue.csv", CATALOGUE);
    write(at, "sales.toml", SALES);
    write(at, "shop.toml", SHOP);
    let mut sold = BTreeSet::new();
    for sale in sales(at, "sales.toml").records() {
        sold.insert((sale["product_id"].to_string(), sale["product_name"].to_string()));
        let price = sale["price"].as_f64().unwrap();
        match sale["product_id"].as_str().unwrap() {
            "TEA-1" => assert_eq!(price.to_string(), "4.5"),
            "TEA-2" => assert!((3.5..=5.0).contains(&price), "{price}"),
            _ => assert_eq!(price.to_string(), "9.99"),
        }
    }
    assert_eq!(sold.len(), 3, "{sold:?}");
    assert!(sold.iter().any(|(_, name)| name.contains("Green tea, 100 g")), "{sold:?}");

    let generate = "generate --type transactions --seed 42 --start 2026-01-01 --count 50 --config shop.toml \
                    -o t.ndjson --summary-json run.json";
    Program::new("mercato").words(generate).in_folder(at).run().success();
    let records = String::from_utf8(read(&at.join("t.ndjson"))).unwrap();
    assert!(
        records.contains("\"product_id\":\"TEA-2\",\"name\":\"Black tea\",\"category\":\"Tea\"")
    );
    // The products are in the summary, so the file is no longer needed.
    std::fs::remove_file(at.join("catalogue.csv")).unwrap();
    Program::new("mercato")
        .words("verify shop t.ndjson --run run.json")
        .in_folder(at)
        .run()
        .success();
}

#[test]
fn toml_yaml_and_csv_say_the_same() {
    let folder = folder();
    let at = folder.path();
    write(at, "catalogue.csv", CATALOGUE);
    write(at, "a.toml", SALES);
    write(
        at,
        "b.toml",
        "[sales]\ncategories = { Tea = [4, 4.0], Books = 9.99 }\nproducts = [\n\
         { id = \"TEA-1\", name = \"Green tea, 100 g\", category = \"Tea\", price = 4.5, weight = 10 },\n\
         { id = \"TEA-2\", name = \"Black tea\", category = \"Tea\", price = [3.5, \"5.00\"], weight = 30 },\n\
         { id = \"BOOK-1\", name = \"A book about tea\", category = \"Books\" },\n]\n",
    );
    write(
        at,
        "c.yaml",
        "sales:\n  categories: {Tea: 4, Books: 9.99}\n  products:\n\
         \x20   - {id: TEA-1, name: 'Green tea, 100 g', category: Tea, price: '4.50', weight: 10}\n\
         \x20   - {id: TEA-2, name: Black tea, category: Tea, price: [3.5, 5], weight: 30}\n\
         \x20   - {id: BOOK-1, name: A book about tea, category: Books}\n",
    );
    let csv = sales(at, "a.toml").success();
    assert!(!csv.is_empty());
    assert!(csv == sales(at, "b.toml").success() && csv == sales(at, "c.yaml").success());
}

#[test]
fn what_is_wrong_in_a_catalogue_is_told_with_file_line_and_value() {
    let folder = folder();
    let at = folder.path();
    write(at, "sales.toml", SALES);
    write(at, "shop.toml", SHOP);
    let head = "id,name,category,price\nA,One,Tea,1\n";
    for (rows, words) in [
        ("\nA,Two,Tea,1\n", &["catalogue.csv:4", "\"A\" is listed twice"][..]),
        ("B,,Tea,1\n", &["catalogue.csv:3", "name"]),
        ("B,Two,Tea,-1.00\n", &["catalogue.csv:3", "-1.00", "0.01 to"]),
        ("B,Two,Tea,1.005\n", &["catalogue.csv:3", "1.005", "two decimals"]),
        ("B,Two,Tea,cheap\n", &["catalogue.csv:3", "cheap"]),
        ("B,Two,,1\n", &["catalogue.csv:3", "category"]),
        ("B,Two,Tea\n", &["catalogue.csv:3", "3 cells", "4 columns"]),
        ("B,   ,Tea,1\n", &["catalogue.csv:3", "products[1].name", "not blank"]),
        (" B ,Two,Tea,1\n", &["catalogue.csv:3", "products[1].id", "without spaces at its ends"]),
        ("B,T\0wo,Tea,1\n", &["catalogue.csv:3", "products[1].name", "NUL"]),
    ] {
        write(at, "catalogue.csv", &format!("{head}{rows}"));
        for (program, file) in [("order-gen", "sales.toml"), ("mercato", "shop.toml")] {
            let stream = if program == "mercato" { "stream" } else { "" };
            let ended = Program::new(program)
                .words(stream)
                .words("--count 1 --clock fast -o null: --config")
                .arg(file)
                .in_folder(at)
                .run();
            ended.fails_with(3, words);
        }
    }
    for (text, words) in [
        ("id,name,category\n", &["catalogue.csv:1: sales.products is empty"][..]),
        (
            "id,name,category,weight\nA,One,Tea,0\n",
            &["catalogue.csv:1: ", "the weights sum to zero"],
        ),
        (
            "id,name,category,price,min_price,max_price\nA,One,Tea,1,2,3\n",
            &["catalogue.csv:2: `price` and `min_price` are both given"],
        ),
    ] {
        write(at, "catalogue.csv", text);
        sales(at, "sales.toml").fails_with(3, words);
    }
    write(at, "catalogue.csv", "id,name,category,price\nA,One,Drones,0\n");
    let stream = "stream --count 1 --clock fast -o null: --config shop.toml";
    let ended = Program::new("mercato").words(stream).in_folder(at).run();
    ended.fails_with(3, &["catalogue.csv:2: shop.catalogue.products[0].price[0]: 0"]);
    std::fs::remove_file(at.join("catalogue.csv")).unwrap();
    sales(at, "sales.toml")
        .fails_with(3, &["sales.toml:3: sales.products_file: cannot read the catalogue file"]);
}

/// `count` products in four forms, and the configuration files that have or name them.
fn large(folder: &Path, count: usize) -> [&'static str; 4] {
    let (mut toml, mut yaml, mut json, mut csv) =
        (String::new(), String::new(), String::new(), "id,name,category,price\n".to_owned());
    for number in 0..count {
        let price = number % 500 + 1;
        let json_of = format!(
            "{{\"id\": \"SKU-{number:06}\", \"name\": \"Item {number}\", \"category\": \"A\", \"price\": {price}.99}}"
        );
        let comma = if number + 1 < count { "," } else { "" };
        writeln!(json, "{json_of}{comma}").unwrap();
        writeln!(yaml, "    - {json_of}").unwrap();
        writeln!(csv, "SKU-{number:06},Item {number},A,{price}.99").unwrap();
        writeln!(
            toml,
            "{{ id = \"SKU-{number:06}\", name = \"Item {number}\", category = \"A\", price = {price}.99 }},"
        )
        .unwrap();
    }
    write(folder, "a.toml", &format!("[sales]\ncategories = {{ A = 1 }}\nproducts = [\n{toml}]\n"));
    write(folder, "b.yaml", &format!("sales:\n  categories: {{A: 1}}\n  products:\n{yaml}"));
    write(
        folder,
        "c.json",
        &format!("{{\"sales\": {{\"categories\": {{\"A\": 1}}, \"products\": [\n{json}]}}}}"),
    );
    write(folder, "catalogue.csv", &csv);
    write(folder, "d.toml", "[sales]\ncategories = { A = 1 }\nproducts_file = \"catalogue.csv\"\n");
    ["a.toml", "b.yaml", "c.json", "d.toml"]
}

#[test]
fn the_largest_catalogue_is_loaded_and_a_larger_one_refused_without_a_wait() {
    let folder = folder();
    let at = folder.path();
    let config =
        |file: &str| Program::new("mercato").words("config validate").arg(file).in_folder(at).run();
    for file in large(at, 65_536) {
        // In release mode it is a second; a scan for each value took minutes.
        let (ended, time) = timed(|| config(file));
        ended.success();
        assert!(time.as_secs() < 60, "{file} took {time:?}");
    }
    for file in large(at, 70_000) {
        let (ended, time) = timed(|| config(file));
        ended.fails_with(3, &["65536"]);
        assert!(time.as_secs() < 60, "{file} took {time:?}");
    }
}
