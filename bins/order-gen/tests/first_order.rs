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

#[cfg(not(feature = "kafka"))]
#[test]
fn a_build_without_kafka_says_so() {
    let asked = [vec!["--kafka"], vec!["-b", "localhost:9092"]];
    let by_flag = asked.iter().map(|flags| (flags.as_slice(), None));
    let by_variable = (&[][..], Some("localhost:9092"));
    for (flags, variable) in by_flag.chain([by_variable]) {
        let mut program = Command::new(env!("CARGO_BIN_EXE_order-gen"));
        program.args(flags).current_dir(std::env::temp_dir());
        program.envs(variable.map(|address| ("KAFKA_BOOTSTRAP_SERVERS", address)));
        let output = program.output().unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{flags:?}: {error}");
        assert!(error.contains("this build does not include Kafka"), "{flags:?}: {error}");
        assert!(error.contains("the feature `kafka`") && output.stdout.is_empty(), "{error}");
    }
}
