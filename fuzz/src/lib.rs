//! Fuzz targets for everything that reads what people and other programs write.
//!
//! A target is a function of bytes that panics when a parser breaks a promise; it runs in two ways.
//! `cargo run -p mercato-fuzz -- --seconds 10` mutates the inputs in `corpus` on the stable
//! compiler, from a seed, so what it finds it finds again.
//! `cargo fuzz run --features libfuzzer toml` has libFuzzer search by coverage, on a nightly one.
//!
//! An input that broke a promise goes into `corpus` and stays there: the tests read all of it.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a target that cannot go on has found something"
)]

pub mod mutate;
pub mod targets;

use std::path::{Path, PathBuf};

/// A parser under test.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// Its name, which is also that of its folder in `corpus`.
    pub name: &'static str,
    /// Panics when the parser breaks a promise over this input.
    pub run: fn(&[u8]),
}

/// Every target.
pub const TARGETS: [Target; 7] = [
    Target { name: "toml", run: targets::toml },
    Target { name: "yaml", run: targets::yaml },
    Target { name: "json", run: targets::json },
    Target { name: "dotenv", run: targets::dotenv },
    Target { name: "properties", run: targets::properties },
    Target { name: "csv", run: targets::csv },
    Target { name: "ndjson", run: targets::ndjson },
];

impl Target {
    /// The committed inputs in order of their names, with their paths.
    pub fn corpus(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(self.name);
        let entries = std::fs::read_dir(&folder).expect("every target has a folder in corpus");
        let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        let read = |path: PathBuf| (path.clone(), std::fs::read(path).expect("corpus is readable"));
        paths.into_iter().map(read).collect()
    }
}
