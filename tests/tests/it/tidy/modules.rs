//! The arrows between the modules of a crate, and the circles they make.
//!
//! A module and what lies inside it are one room, so a look into a parent or a child is no arrow.
//! An arrow goes from one child of a module to another, from whatever lies in the one to whatever
//! lies in the other.
//! A name that a module has brought in by `use` counts where it comes from.

use std::collections::{BTreeMap, BTreeSet};

use super::sources::Source;

/// A module by its names from the root of the crate.
type Module = Vec<String>;

/// Modules each of which needs all others, if only by way of them.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Circle {
    /// Their paths in alphabetical order.
    pub(crate) modules: Vec<String>,
    /// Each arrow among them, with a line of code that draws it.
    pub(crate) arrows: Vec<String>,
}

/// The circles among the modules of one crate.
pub(crate) fn circles(sources: &[&Source]) -> Vec<Circle> {
    let arrows = arrows(sources);
    let mut reached: BTreeMap<&Module, BTreeSet<&Module>> = BTreeMap::new();
    for (from, to) in arrows.keys() {
        reached.entry(from).or_default().insert(to);
    }
    while let Some((from, to)) = reached.iter().find_map(|(from, near)| {
        let far = near.iter().filter_map(|near| reached.get(*near)).flatten();
        far.copied().find(|far| !near.contains(far)).map(|far| (*from, far))
    }) {
        reached.entry(from).or_default().insert(to);
    }
    let meets = |from: &Module, to: &Module| reached.get(from).is_some_and(|all| all.contains(to));
    let mut circles: BTreeMap<Vec<String>, Vec<String>> = BTreeMap::new();
    for ((from, to), seen) in arrows.iter().filter(|((from, to), _)| meets(to, from)) {
        let members = reached.keys().filter(|other| meets(from, other) && meets(other, from));
        let members = members.map(|member| member.join("::")).collect();
        let arrow = format!("{} -> {} in {seen}", from.join("::"), to.join("::"));
        circles.entry(members).or_default().push(arrow);
    }
    circles.into_iter().map(|(modules, arrows)| Circle { modules, arrows }).collect()
}

/// Arrows between children of one module, each with a line of code that draws it.
fn arrows(sources: &[&Source]) -> BTreeMap<(Module, Module), String> {
    let modules: BTreeSet<&Module> = sources.iter().map(|source| &source.module).collect();
    let names =
        Names { modules, brought: sources.iter().map(|s| (&s.module, brought(s))).collect() };
    let mut arrows = BTreeMap::new();
    for source in sources {
        for (number, path) in paths(source) {
            let needed = names.home(&path);
            let common =
                source.module.iter().zip(&needed).take_while(|(here, there)| here == there).count();
            if common < source.module.len() && common < needed.len() {
                let end = |module: &Module| module[..=common].to_vec();
                arrows
                    .entry((end(&source.module), end(&needed)))
                    .or_insert_with(|| format!("{}:{number}", source.path));
            }
        }
    }
    arrows
}

/// The modules of a crate, and the names that each has brought in.
struct Names<'a> {
    modules: BTreeSet<&'a Module>,
    brought: BTreeMap<&'a Module, BTreeMap<String, Vec<String>>>,
}

impl Names<'_> {
    /// The module in which the item of this path is defined.
    fn home(&self, path: &[String]) -> Module {
        let mut path = path.to_vec();
        // Names are re-exported a few times at most; a circle of re-exports does not compile.
        for _ in 0..8 {
            let depth = (0..=path.len()).rev().find(|depth| self.is_module(&path[..*depth]));
            let (module, rest) = path.split_at(depth.unwrap_or(0));
            let origin =
                rest.first().and_then(|name| self.brought.get(&module.to_vec())?.get(name));
            let Some(origin) = origin else { return module.to_vec() };
            path = origin.iter().chain(&rest[1..]).cloned().collect();
        }
        path
    }

    fn is_module(&self, path: &[String]) -> bool {
        self.modules.contains(&path.to_vec())
    }
}

/// The names that a module brings in from its crate, each with its origin.
fn brought(source: &Source) -> BTreeMap<String, Vec<String>> {
    let text = text_of(source);
    let mut brought = BTreeMap::new();
    for statement in text.split(';') {
        let statement = statement.rsplit(['\n', '}']).find(|line| line.contains("use "));
        let Some((_, tree)) = statement.and_then(|line| line.split_once("use ")) else { continue };
        for (path, alias) in tree_paths(tree) {
            let Some(origin) = from_root(&path, &source.module) else { continue };
            let name = alias.or_else(|| path.last().cloned()).unwrap_or_default();
            brought.insert(name, origin);
        }
    }
    brought
}

/// Paths in the source that begin at the crate, at a parent or here, from the root of the crate,
/// each with its line.
fn paths(source: &Source) -> Vec<(usize, Vec<String>)> {
    let text = text_of(source);
    let line_of = |at: usize| source.code[text[..at].matches('\n').count()].0;
    let mut found = Vec::new();
    for start in ["crate::", "super::", "self::"] {
        for (at, _) in text.match_indices(start) {
            let before = text[..at].chars().next_back();
            if before.is_some_and(|c| c.is_alphanumeric() || "_:".contains(c)) {
                continue;
            }
            let paths = tree_paths(&text[at..]);
            let from_root = paths.iter().filter_map(|(path, _)| from_root(path, &source.module));
            found.extend(from_root.map(|path| (line_of(at), path)));
        }
    }
    found
}

/// The lines of code as one text.
fn text_of(source: &Source) -> String {
    source.code.iter().map(|(_, line)| line.as_str()).collect::<Vec<_>>().join("\n")
}

/// A path as written in `module`, from the root of the crate; nothing for a path into another
/// crate.
fn from_root(path: &[String], module: &Module) -> Option<Vec<String>> {
    let mut at = module.clone();
    let mut rest = path;
    match rest.first()?.as_str() {
        "crate" => at.clear(),
        "self" => {}
        "super" => {
            at.pop();
        }
        _ => return None,
    }
    rest = &rest[1..];
    while let Some(("super", after)) =
        rest.split_first().map(|(first, after)| (first.as_str(), after))
    {
        at.pop();
        rest = after;
    }
    at.extend(rest.iter().cloned());
    Some(at)
}

/// The paths of a tree such as `a::{b, c::{self, d as e}}` at the start of `text`, with aliases.
fn tree_paths(text: &str) -> Vec<(Vec<String>, Option<String>)> {
    let mut found = Vec::new();
    tree(&mut text.trim_start(), &mut Vec::new(), &mut found);
    found
}

fn tree(text: &mut &str, path: &mut Vec<String>, found: &mut Vec<(Vec<String>, Option<String>)>) {
    let depth = path.len();
    loop {
        let name = word(text);
        if !name.is_empty() && (name != "self" || path.is_empty()) {
            path.push(name);
        }
        let Some(rest) = text.strip_prefix("::") else { break };
        *text = rest.trim_start();
        if let Some(rest) = text.strip_prefix('{') {
            *text = rest.trim_start();
            while !text.is_empty() && !text.starts_with('}') {
                tree(text, path, found);
                let Some(rest) = text.trim_start().strip_prefix(',') else { break };
                *text = rest.trim_start();
            }
            *text = text.trim_start().strip_prefix('}').unwrap_or(text);
            path.truncate(depth);
            return;
        }
        if text.starts_with('*') || text.starts_with('<') {
            *text = text.strip_prefix('*').unwrap_or(text);
            break;
        }
    }
    let alias = text.strip_prefix(" as ").map(|rest| {
        *text = rest;
        word(text)
    });
    found.push((path.clone(), alias));
    path.truncate(depth);
}

/// Takes the identifier at the start of `text` away.
fn word(text: &mut &str) -> String {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    *text = rest;
    name.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(module: &str, code: &str) -> Source {
        let names = module.split("::").filter(|name| !name.is_empty());
        Source {
            path: format!("{module}.rs"),
            package: String::new(),
            module: names.map(str::to_owned).collect(),
            code: code.lines().enumerate().map(|(at, line)| (at + 1, line.to_owned())).collect(),
        }
    }

    fn circles_of(files: &[(&str, &str)]) -> Vec<String> {
        let sources: Vec<Source> = files.iter().map(|(name, code)| source(name, code)).collect();
        let circles = circles(&sources.iter().collect::<Vec<_>>());
        circles.into_iter().flat_map(|circle| circle.arrows).collect()
    }

    #[test]
    fn two_modules_that_need_each_other_are_a_circle() {
        let files = [("", ""), ("a", "use crate::b::B;"), ("b", "fn f(a: super::a::A) {}")];
        assert_eq!(circles_of(&files), ["a -> b in a.rs:1", "b -> a in b.rs:1"]);
    }

    #[test]
    fn a_circle_of_three_is_one_circle() {
        let sources = [
            source("", ""),
            source("a", "use crate::b::B;"),
            source("b", "use crate::c::C;"),
            source("c", "use crate::a::A;"),
            source("d", "use crate::a::A;"),
        ];
        let circles = circles(&sources.iter().collect::<Vec<_>>());
        assert_eq!(circles.len(), 1);
        assert_eq!(circles[0].modules, ["a", "b", "c"]);
    }

    #[test]
    fn a_name_counts_where_it_comes_from() {
        let root = "mod a;\nmod b;\npub use self::b::{c::C as D, B};";
        let files = [
            ("", root),
            ("a", "use crate::{D, X};"),
            ("b", ""),
            ("b::c", "use super::super::a::A;"),
        ];
        assert_eq!(circles_of(&files), ["a -> b in a.rs:1", "b -> a in b::c.rs:1"]);
    }

    #[test]
    fn arrows_one_way_and_looks_into_a_parent_are_no_circle() {
        let files = [
            ("", "use crate::a::A;"),
            ("a", "use crate::{Root, b::{self, B}};"),
            ("a::x", "use super::A;"),
            ("b", "use crate::Root;\nuse other::a::A;"),
        ];
        assert_eq!(circles_of(&files), Vec::<String>::new());
    }
}
