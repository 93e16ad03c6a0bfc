//! The source files of the workspace as lines of code, without comments and tests.
//!
//! Nothing is parsed: rustfmt has seen to it that an item ends with a closing brace or a semicolon
//! at the column where it began.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// A file below the `src` folder of a package.
#[derive(Debug)]
pub(crate) struct Source {
    /// Path from the root of the workspace.
    pub(crate) path: String,
    /// The package's folder, such as `crates/mercato-draw`.
    pub(crate) package: String,
    /// The module that the file holds, from the root of the crate; empty for `lib.rs` and
    /// `main.rs`.
    pub(crate) module: Vec<String>,
    /// Lines of code with their numbers: no blank lines, no comments, nothing under `cfg(test)`.
    pub(crate) code: Vec<(usize, String)>,
}

/// A function of a file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Function<'a> {
    /// The number of the line on which it begins.
    pub(crate) number: usize,
    pub(crate) name: &'a str,
    /// Lines of code between the first and the last.
    pub(crate) lines: usize,
}

impl Source {
    fn read(root: &Path, package: &str, path: &Path) -> (Self, Vec<String>) {
        let text = fs::read_to_string(path).unwrap();
        let (code, tests) = without_tests(&text);
        let inside = path.strip_prefix(root.join(package).join("src")).unwrap().with_extension("");
        let mut module: Vec<String> =
            inside.iter().map(|part| part.to_str().unwrap().to_owned()).collect();
        if module.last().is_some_and(|last| ["mod", "lib", "main"].contains(&last.as_str())) {
            module.pop();
        }
        let path = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
        (Self { path, package: package.to_owned(), module, code }, tests)
    }

    /// The functions of the file.
    pub(crate) fn functions(&self) -> Vec<Function<'_>> {
        let begins = self.code.iter().enumerate().filter_map(|(at, (number, line))| {
            let name = function_name(line)?;
            let length =
                self.code[at..].iter().take_while(|(_, later)| !ends_item(later, indent(line)));
            Some(Function { number: *number, name, lines: length.count().saturating_sub(1) })
        });
        begins.collect()
    }
}

/// Every file of code of the workspace: libraries, programs and benchmarks, without their tests.
pub(crate) fn sources(root: &Path) -> Vec<Source> {
    let mut found = Vec::new();
    for package in packages(root) {
        let mut read = Vec::new();
        let mut tests = BTreeSet::new();
        for path in rust_files(&root.join(&package).join("src")) {
            let (source, under_test) = Source::read(root, &package, &path);
            tests.extend(under_test.into_iter().map(|name| {
                let mut module = source.module.clone();
                module.push(name);
                module
            }));
            read.push(source);
        }
        let is_test = |source: &Source| tests.iter().any(|test| source.module.starts_with(test));
        found.extend(read.into_iter().filter(|source| !is_test(source)));
    }
    assert!(found.len() > 100, "the workspace has sources");
    found
}

/// Folders of the packages, from the root of the workspace.
fn packages(root: &Path) -> Vec<String> {
    let of = |group: &str| {
        let entries = fs::read_dir(root.join(group)).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut packages: Vec<String> = names.map(|name| format!("{group}/{name}")).collect();
        packages.retain(|package| root.join(package).join("Cargo.toml").is_file());
        packages.sort();
        packages
    };
    ["crates", "bins", "tests"]
        .into_iter()
        .flat_map(of)
        .chain(["benches", "fuzz"].map(str::to_owned))
        .collect()
}

/// The Rust files in a folder and in those inside, in order; build output is left out.
fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let within = |path: PathBuf| {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() && name != "target" && !name.starts_with('.') {
            return rust_files(&path);
        }
        let is_rust = path.extension().is_some_and(|ending| ending == "rs");
        if is_rust { vec![path] } else { Vec::new() }
    };
    paths.into_iter().flat_map(within).collect()
}

/// The lines of code with their numbers, and the names of the modules in files of their own that
/// are compiled for tests only.
fn without_tests(text: &str) -> (Vec<(usize, String)>, Vec<String>) {
    let lines: Vec<&str> = text.lines().collect();
    let (mut code, mut tests) = (Vec::new(), Vec::new());
    let mut at = 0;
    while at < lines.len() {
        let line = lines[at];
        if is_for_tests(line) {
            let item = (at + 1..lines.len()).find(|at| !lines[*at].trim().starts_with("#["));
            at = item.unwrap_or(lines.len());
            let name =
                lines[at].trim().strip_prefix("mod ").and_then(|rest| rest.strip_suffix(';'));
            tests.extend(name.map(str::to_owned));
            while !ends_item(lines[at], indent(line)) {
                at += 1;
            }
        } else if !line.trim().is_empty() && !line.trim().starts_with("//") {
            code.push((at + 1, line.to_owned()));
        }
        at += 1;
    }
    (code, tests)
}

/// Returns whether what follows this line is compiled for tests only.
fn is_for_tests(line: &str) -> bool {
    let line = line.trim();
    line == "#[cfg(test)]" || line.starts_with("#[cfg(all(test,")
}

/// Returns whether an item that began at column `start` ends with this line.
fn ends_item(line: &str, start: usize) -> bool {
    indent(line) == start && (line.trim().starts_with('}') || line.ends_with([';', '}']))
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// The name of the function that begins with this line.
fn function_name(line: &str) -> Option<&str> {
    let (before, after) = line.trim().split_once("fn ")?;
    let only_words = before.chars().all(|c| c.is_ascii_lowercase() || " ():".contains(c));
    let name = after.split(['(', '<']).next()?;
    (only_words && !name.is_empty()).then_some(name)
}

#[test]
fn code_is_told_from_tests_and_comments() {
    let text = "//! Head.\nuse a::b;\n#[cfg(test)]\nmod tests;\n\n/// Doc.\npub(crate) fn one() {\n    \
                two();\n    // Why.\n    three();\n}\n#[cfg(test)]\nmod more {\n    fn four() {\n    \
                }\n}\nfn five() {}\n";
    let (code, tests) = without_tests(text);
    let numbers: Vec<usize> = code.iter().map(|(number, _)| *number).collect();
    assert_eq!(numbers, [2, 7, 8, 10, 11, 17]);
    assert_eq!(tests, ["tests"]);
    let source = Source { path: String::new(), package: String::new(), module: Vec::new(), code };
    let one = Function { number: 7, name: "one", lines: 2 };
    let five = Function { number: 17, name: "five", lines: 0 };
    assert_eq!(source.functions(), [one, five]);
}
