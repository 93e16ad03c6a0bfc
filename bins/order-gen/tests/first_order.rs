//! The README's first command: an order appears at once, as JSON, without a broker.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

#[test]
fn the_first_order_appears_at_once() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_order-gen"))
        .current_dir(std::env::temp_dir())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    let order: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert_eq!(order["status"], "pending");
    assert!(order["order_id"].as_str().unwrap().starts_with("ORD-"));
}
