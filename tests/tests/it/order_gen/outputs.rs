//! Where records go: endings, compression, CSV, several places at once, and nowhere.

use std::io::{BufRead, BufReader, Read};

use mercato_test_support::{Program, ended_within, folder, json, read, signal};
use serde_json::Value;

use super::order_gen;

const HEADER: &str = "order_id,timestamp,product_id,product_name,quantity,price,total,customer_id,customer_email,\
                      payment_method,shipping_address.street,shipping_address.city,shipping_address.state,\
                      shipping_address.zip_code,shipping_address.country,status";

/// The cells of a JSON record, nested fields in their place.
fn cells(value: &Value) -> Vec<String> {
    match value {
        Value::Object(fields) => fields.values().flat_map(cells).collect(),
        Value::String(text) => vec![text.clone()],
        other => vec![other.to_string()],
    }
}

#[test]
fn csv_has_a_header_with_dotted_columns_and_the_same_records() {
    let folder = folder();
    for (stream, header) in
        [("sales", HEADER), ("orders", "orderId,customerId,amount,timestamp,category")]
    {
        let run = format!("--stream {stream} --count 500");
        let path = folder.path().join(stream).with_extension("csv");
        order_gen(&run).arg("-o").arg(&path).run().success();
        let csv = String::from_utf8(read(&path)).unwrap();
        let mut rows = csv.lines();
        assert_eq!(rows.next(), Some(header));
        let expected: Vec<String> =
            order_gen(&run).run().records().iter().map(|record| cells(record).join(",")).collect();
        assert!(rows.eq(expected), "{stream}");
    }
}

#[test]
fn every_ending_says_how_a_file_is_written() {
    let folder = folder();
    let printed = order_gen("--count 300").run().success();
    for ending in ["ndjson", "jsonl", "json", "NDJSON", "ndjson.gz", "ndjson.zst"] {
        let path = folder.path().join(format!("sales.{ending}"));
        assert!(order_gen("--count 300 -o").arg(&path).run().success().is_empty());
        let stored = read(&path);
        let mut plain = Vec::new();
        match ending.rsplit('.').next().unwrap() {
            "gz" => flate2::read::MultiGzDecoder::new(&stored[..]).read_to_end(&mut plain).unwrap(),
            "zst" => zstd::stream::read::Decoder::new(&stored[..])
                .unwrap()
                .read_to_end(&mut plain)
                .unwrap(),
            _ => stored.as_slice().read_to_end(&mut plain).unwrap(),
        };
        assert!(plain == printed, "{ending}");
    }
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(left.len(), 6, "no partial file stays behind");
}

#[test]
fn packed_csv_keeps_its_header() {
    let folder = folder();
    let path = folder.path().join("sales.csv.gz");
    order_gen("--count 3 -o").arg(&path).run().success();
    let mut plain = String::new();
    flate2::read::MultiGzDecoder::new(&read(&path)[..]).read_to_string(&mut plain).unwrap();
    assert_eq!((plain.lines().next(), plain.lines().count()), (Some(HEADER), 4));
}

#[test]
fn null_makes_everything_and_keeps_nothing() {
    let folder = folder();
    let summary = folder.path().join("run.json");
    let ended = order_gen("--count 1000 -o null: --summary-json").arg(&summary).run();
    assert!(ended.success().is_empty());
    let bytes = order_gen("--count 1000").run().success().len();
    assert_eq!(json(&summary)["counts"]["bytes"], bytes);
}

#[test]
fn records_can_be_printed_and_stored_at_once() {
    let folder = folder();
    let path = folder.path().join("sales.ndjson");
    let printed = order_gen("--count 300 --output-console -o").arg(&path).run().success();
    assert!(!printed.is_empty() && read(&path) == printed);
}

#[test]
fn a_file_that_exists_is_replaced_only_by_force() {
    let folder = folder();
    let run = |words: &str| {
        Program::new("order-gen")
            .words("-q --count 3 --clock fast")
            .words(words)
            .in_folder(folder.path())
            .run()
    };
    for (path, topics) in [("sales.ndjson", "sales.ndjson"), ("all/", "all/ecommerce-sales.ndjson")]
    {
        let written = folder.path().join(topics);
        run(&format!("--seed 1 -o {path}")).success();
        let first = read(&written);
        run(&format!("--seed 2 -o {path}")).fails_with(8, &[topics, "already exists", "--force"]);
        assert!(read(&written) == first, "nothing was written");
        run(&format!("--seed 2 -o {path} --force")).success();
        assert!(read(&written) != first);
    }
    run("-o /dev/null").success();
    run("-o /dev/null").success();
}

#[test]
fn a_file_bears_its_name_only_when_it_is_whole() {
    let folder = folder();
    let path = folder.path().join("sales.ndjson");
    let flags = "-q --rate 1000/s --output-console -o";
    let mut child = Program::new("order-gen").words(flags).arg(&path).start();
    let mut printed = BufReader::new(child.stdout.take().unwrap());
    let mut first = String::new();
    printed.read_line(&mut first).unwrap();
    assert!(!path.exists(), "the run goes on");
    signal(&child, "INT");
    let mut rest = String::new();
    printed.read_to_string(&mut rest).unwrap();
    let ended = ended_within(child, std::time::Duration::from_secs(20));
    assert_eq!(ended.code, Some(9), "{}", ended.stderr);
    assert!(read(&path) == (first + &rest).as_bytes());
}

#[test]
fn a_dash_is_refused_where_a_file_is_needed_and_makes_no_file() {
    let folder = folder();
    for (words, said) in [
        ("-o -", "to write to standard output, omit the path"),
        ("--summary-json -", "--summary-json: - is not a file"),
        ("--log-file -", "--log-file: - is not a file"),
        ("-o null: --malformed 1% --ledger -", "--ledger: - is not a file"),
    ] {
        let run = Program::new("order-gen").words("--count 3 --clock fast").words(words);
        run.in_folder(folder.path()).run().fails_with(2, &[said]);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "{words}");
    }
}

#[test]
fn discarded_records_are_delivered_to_null_with_one_colon() {
    let ended = Program::new("order-gen").words("--count 3 --clock fast -o null:").run();
    assert!(ended.stderr.contains("Delivered to null: "), "{}", ended.stderr);
    assert!(!ended.stderr.contains("null::"), "{}", ended.stderr);
}
