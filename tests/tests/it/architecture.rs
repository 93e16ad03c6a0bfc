//! The map in docs/architecture.md against the workspace as it is.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;

use serde_json::Value;

use crate::workspace::{self, root};

/// Packages that stand beside the house: nothing depends on them.
const BESIDE: [&str; 4] =
    ["mercato-benches", "mercato-fuzz", "mercato-test-support", "mercato-tests"];

/// Crates beside `mercato-sinks` that are destinations, or what is in them.
const TO_SINKS: [&str; 2] = ["mercato-kafka", "mercato-parquet"];

/// The layer of each crate by the table of the page.
fn layers() -> BTreeMap<String, u32> {
    let page = std::fs::read_to_string(root().join("docs/architecture.md")).unwrap();
    let row = |line: &str| {
        let mut cells = line.strip_prefix("| ")?.split(" | ");
        let layer = cells.next()?.parse().ok()?;
        Some((cells.next()?.trim_matches('`').to_owned(), layer))
    };
    page.lines().filter_map(row).collect()
}

/// The packages of the workspace and what each needs of the others outside of its tests.
fn packages() -> BTreeMap<String, Vec<String>> {
    let name = |value: &Value| value["name"].as_str().unwrap().to_owned();
    let needs = |package: &Value| {
        let dependencies = package["dependencies"].as_array().unwrap().iter();
        dependencies
            .filter(|dependency| dependency["kind"] != "dev" && dependency.get("path").is_some())
            .map(name)
            .collect()
    };
    workspace::packages().iter().map(|package| (name(package), needs(package))).collect()
}

#[test]
fn the_page_names_the_crates_that_there_are() {
    let on_the_page: Vec<String> = layers().into_keys().collect();
    let there: Vec<String> =
        packages().into_keys().filter(|name| !BESIDE.contains(&name.as_str())).collect();
    assert_eq!(on_the_page, there);
}

#[test]
fn arrows_point_down_only() {
    let layers = layers();
    for (package, needs) in packages() {
        let Some(layer) = layers.get(&package) else { continue };
        for needed in needs {
            let allowed = layers[&needed] < *layer
                || (TO_SINKS.contains(&package.as_str()) && needed == "mercato-sinks");
            assert!(
                allowed,
                "{package} (layer {layer}) must not depend on {needed} (layer {})",
                layers[&needed]
            );
        }
    }
}

#[test]
fn nothing_depends_on_what_stands_beside_the_house() {
    let needed: Vec<String> = packages().into_values().flatten().collect();
    assert!(BESIDE.iter().all(|package| !needed.contains(&(*package).to_owned())));
}
