//! The packages that the workspace is built from: licences, and one version of each.
//!
//! Both rules stand in `deny.toml`, where cargo-deny reads them; this test checks them where
//! cargo-deny is not installed.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::workspace::{metadata, root};

fn rules() -> toml::Table {
    std::fs::read_to_string(root().join("deny.toml")).unwrap().parse().unwrap()
}

/// The packages of other projects that are built on this platform.
fn packages() -> Vec<Value> {
    let target = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    let metadata = metadata(&["--locked", "--filter-platform", &target]);
    let nodes = metadata["resolve"]["nodes"].as_array().unwrap();
    let built: BTreeSet<&str> = nodes.iter().map(|node| node["id"].as_str().unwrap()).collect();
    let packages = metadata["packages"].as_array().unwrap().iter();
    let foreign = |package: &&Value| {
        !package["source"].is_null() && built.contains(package["id"].as_str().unwrap())
    };
    packages.filter(foreign).cloned().collect()
}

/// Returns whether an SPDX expression can be met with the allowed licences.
fn is_met(expression: &str, allowed: &BTreeSet<&str>) -> bool {
    let plain = expression.replace(['(', ')'], "").replace('/', " OR ");
    plain.split(" AND ").all(|part| part.split(" OR ").any(|name| allowed.contains(name.trim())))
}

#[test]
fn every_licence_is_allowed() {
    let rules = rules();
    let allowed = rules["licenses"]["allow"].as_array().unwrap();
    let allowed: BTreeSet<&str> = allowed.iter().map(|name| name.as_str().unwrap()).collect();
    let refused: Vec<String> = packages()
        .iter()
        .filter(|package| !package["license"].as_str().is_some_and(|text| is_met(text, &allowed)))
        .map(|package| format!("{} {}", package["name"], package["license"]))
        .collect();
    assert!(refused.is_empty(), "licences that deny.toml does not allow: {refused:?}");
}

#[test]
fn a_package_comes_in_one_version_or_has_a_reason() {
    let rules = rules();
    let skipped: BTreeMap<&str, &str> = rules["bans"]["skip"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| (entry["crate"].as_str().unwrap(), entry["reason"].as_str().unwrap()))
        .collect();
    let mut versions: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for package in packages() {
        let text = |key: &str| package[key].as_str().unwrap().to_owned();
        versions.entry(text("name")).or_default().insert(text("version"));
    }
    let mut used = BTreeSet::new();
    for (name, versions) in versions.iter().filter(|(_, versions)| versions.len() > 1) {
        let mut reason = |version: &&String| {
            let asked = |at: &&str| {
                let (known, prefix) = at.split_once('@').unwrap();
                known == name && version.starts_with(&format!("{prefix}."))
            };
            let found = skipped.keys().copied().find(asked);
            used.extend(found);
            found.is_some()
        };
        let without = versions.iter().filter(|version| !reason(version)).count();
        assert!(without <= 1, "{name} comes in {versions:?}: see [bans] in deny.toml");
    }
    let unused: Vec<&&str> = skipped.keys().filter(|entry| !used.contains(*entry)).collect();
    assert!(unused.is_empty(), "deny.toml gives reasons that are not needed: {unused:?}");
}

#[test]
fn expressions_of_licences_are_read() {
    let allowed = BTreeSet::from(["MIT", "Unicode-3.0"]);
    for met in ["MIT", "GPL-3.0/MIT", "Apache-2.0 OR MIT", "(MIT OR Apache-2.0) AND Unicode-3.0"] {
        assert!(is_met(met, &allowed), "{met}");
    }
    for unmet in ["GPL-3.0", "MIT AND GPL-3.0", "", "(GPL-2.0 OR GPL-3.0) AND MIT"] {
        assert!(!is_met(unmet, &allowed), "{unmet}");
    }
}
