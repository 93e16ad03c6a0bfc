//! The house style that neither rustfmt nor clippy checks: one concept a file, one step a function,
//! no circles between the modules of a crate.
//!
//! A finding is mended by moving the second concept to a module of its own.
//! Where the rule is wrong for once, [`EXCEPTIONS`] says why; an exception that nothing needs any
//! more fails as well.

mod modules;
mod sources;

use std::collections::BTreeMap;

use crate::workspace::root;
use sources::{Source, sources};

/// Most lines of code in a file, without comments and tests.
const LONGEST_FILE: usize = 350;

/// Most lines of code in a function.
const LONGEST_FUNCTION: usize = 60;

/// Findings that stand, each with the reason.
const EXCEPTIONS: [(&str, &str); 1] = [(
    "crates/mercato-truth/src/rules/catalogue.rs: function told",
    "a table of rules, one arm for each",
)];

/// Fails with the findings that break `rule`: each is what [`EXCEPTIONS`] may name, and a detail.
fn assert_none(rule: &str, found: impl IntoIterator<Item = (String, String)>) {
    let allowed = |what: &str| EXCEPTIONS.iter().any(|(exception, _)| *exception == what);
    let found = found.into_iter().filter(|(what, _)| !allowed(what));
    let lines: Vec<String> = found.map(|(what, detail)| format!("{what}: {detail}")).collect();
    assert!(lines.is_empty(), "{rule}:\n{}", lines.join("\n"));
}

fn long_files(sources: &[Source]) -> impl Iterator<Item = (String, String)> {
    let long = sources.iter().filter(|source| source.code.len() > LONGEST_FILE);
    long.map(|source| (source.path.clone(), format!("{} lines", source.code.len())))
}

fn long_functions(sources: &[Source]) -> impl Iterator<Item = (String, String)> {
    sources.iter().flat_map(|source| {
        let long =
            source.functions().into_iter().filter(|function| function.lines > LONGEST_FUNCTION);
        long.map(|function| {
            let what = format!("{}: function {}", source.path, function.name);
            (what, format!("{} lines from line {}", function.lines, function.number))
        })
    })
}

fn circles(sources: &[Source]) -> impl Iterator<Item = (String, String)> {
    let mut crates: BTreeMap<&str, Vec<&Source>> = BTreeMap::new();
    sources.iter().for_each(|source| crates.entry(&source.package).or_default().push(source));
    crates.into_iter().flat_map(|(package, sources)| {
        let circles = modules::circles(&sources).into_iter();
        circles.map(move |circle| {
            (format!("{package}: {}", circle.modules.join(" and ")), circle.arrows.join(", "))
        })
    })
}

#[test]
fn files_hold_one_concept() {
    let rule = format!("more than {LONGEST_FILE} lines of code: look for the second concept");
    assert_none(&rule, long_files(&sources(root())));
}

#[test]
fn functions_do_one_thing() {
    let rule = format!("more than {LONGEST_FUNCTION} lines of code: look for the second step");
    assert_none(&rule, long_functions(&sources(root())));
}

#[test]
fn modules_do_not_need_each_other_in_a_circle() {
    assert_none("modules need each other in a circle", circles(&sources(root())));
}

#[test]
fn every_exception_is_needed() {
    let sources = sources(root());
    let all = long_files(&sources).chain(long_functions(&sources)).chain(circles(&sources));
    let found: Vec<String> = all.map(|(what, _)| what).collect();
    let needless: Vec<&str> = EXCEPTIONS
        .iter()
        .map(|(exception, _)| *exception)
        .filter(|exception| !found.iter().any(|what| what == exception))
        .collect();
    assert!(needless.is_empty(), "take these exceptions away: {needless:?}");
}
