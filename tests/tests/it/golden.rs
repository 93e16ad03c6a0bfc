//! Golden fingerprints: the bytes of fixed runs do not change by accident.
//!
//! The policy for changing one stands at the head of each file in `tests/fingerprints`.

use std::path::Path;

use mercato_test_support::{Program, fingerprint, read};

/// The programs that have fingerprints.
const PROGRAMS: [&str; 4] = ["order-gen", "txn-gen", "event-gen", "mercato"];

/// The line of the run of `program` with these flags, made anew.
fn line(program: &str, flags: &str, threads: &str) -> String {
    let fixed = "-q --seed 42 --start 2025-11-09T15:55:40Z --clock fast --threads";
    let bytes = Program::new(program).words(flags).words(fixed).words(threads).run().success();
    let records = bytes.iter().filter(|byte| **byte == b'\n').count();
    format!("{} {records} {} {flags}", fingerprint(&bytes), bytes.len())
}

#[test]
fn the_bytes_of_fixed_runs_are_those_that_were_committed() {
    for program in PROGRAMS {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("fingerprints")
            .join(program)
            .with_extension("txt");
        let text = String::from_utf8(read(&path)).unwrap();
        for threads in ["1", "3"] {
            let renewed = text.lines().map(|committed| match committed.splitn(4, ' ').nth(3) {
                Some(flags) if !committed.starts_with('#') => line(program, flags, threads),
                _ => committed.to_owned(),
            });
            let renewed = renewed.collect::<Vec<_>>().join("\n") + "\n";
            assert!(
                renewed == text,
                "{} does not hold; read the policy at its head. These runs give:\n{renewed}",
                path.display()
            );
        }
    }
}
