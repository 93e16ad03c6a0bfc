//! The paths of all settings that a file may have, for suggestions: `run.seed`,
//! `shop.week.weekend`.
//!
//! They come from the JSON Schemas of the sections, which come from the types that files are read
//! into.

use schemars::{JsonSchema, schema_for};
use serde_json::Value;

use crate::suggest::{distance, hint, nearest, plain};
use crate::{
    DisorderSection, KafkaSection, LogSection, OutputSection, RunSection, ScheduleEntry, Section,
};

/// Levels of tables below a section that are searched; the deepest section has five.
const DEPTH: usize = 6;
/// The most paths that are suggested for one name.
const MOST: usize = 3;

/// Names that a message lists; of more, it says where they are listed.
const LISTED: usize = 12;

/// The end of a message about an unknown key among `known` ones of a configuration file, in which
/// the streams have `sections`.
///
/// It says what the key is called here if it is a founding document's, or names the nearest key of
/// the same table, or else of any section.
pub(crate) fn key_hint(key: &str, known: &[&str], sections: &[Section]) -> String {
    let mut documented = sections.iter().flat_map(|section| section.documented);
    if let Some((_, path)) = documented.find(|(name, _)| plain(name) == plain(key)) {
        return format!("it is called `{path}` here");
    }
    if let Some(near) = nearest(key, known.iter().copied()) {
        return format!("did you mean `{near}`?");
    }
    let elsewhere = like(key, sections);
    match elsewhere.as_slice() {
        [all @ .., last] if !all.is_empty() => {
            format!("did you mean `{}` or `{last}`?", all.join("`, `"))
        }
        [only] => format!("did you mean `{only}`?"),
        _ if known.len() > LISTED => "`mercato config init` lists every key".to_owned(),
        _ => hint(key, known),
    }
}

/// The paths in all sections whose last key is `name` or was probably meant to be: the nearest,
/// those nearer to the top first.
fn like(name: &str, sections: &[Section]) -> Vec<String> {
    let last = |path: &String| path.rsplit('.').next().unwrap_or_default().to_owned();
    let found = all(sections).into_iter();
    let found = found.filter_map(|path| Some((distance(name, &last(&path))?, path)));
    let mut found: Vec<(usize, String)> = found.collect();
    let nearest = found.iter().map(|(distance, _)| *distance).min().unwrap_or(0);
    found.retain(|(distance, _)| *distance == nearest);
    found.sort_by_key(|(_, path)| path.matches('.').count());
    found.into_iter().take(MOST).map(|(_, path)| path).collect()
}

fn all(sections: &[Section]) -> Vec<String> {
    let mut paths = Vec::new();
    let mut add = |name: &str, schema: Value| {
        walk(&schema, &schema, name, DEPTH, &mut paths);
    };
    add("run", schema::<RunSection>());
    add("output", schema::<OutputSection>());
    add("kafka", schema::<KafkaSection>());
    add("log", schema::<LogSection>());
    add("schedule[]", schema::<ScheduleEntry>());
    add("disorder", schema::<DisorderSection>());
    for section in sections {
        if let Some(schema) = section.schema {
            add(section.name, schema());
        }
    }
    paths
}

fn schema<T: JsonSchema>() -> Value {
    schema_for!(T).to_value()
}

/// Adds the paths of the properties of `node`, a part of `root`, which stands at `path`.
fn walk(root: &Value, node: &Value, path: &str, depth: usize, paths: &mut Vec<String>) {
    if depth == 0 {
        return;
    }
    if let Some(Value::String(reference)) = node.get("$ref") {
        let pointer = reference.strip_prefix('#').unwrap_or_default();
        if let Some(definition) = root.pointer(pointer) {
            walk(root, definition, path, depth - 1, paths);
        }
    }
    if let Some(Value::Object(properties)) = node.get("properties") {
        for (key, property) in properties {
            let path = format!("{path}.{key}");
            if !paths.contains(&path) {
                paths.push(path.clone());
            }
            walk(root, property, &path, depth - 1, paths);
        }
    }
    if let Some(items) = node.get("items") {
        walk(root, items, &format!("{path}[]"), depth - 1, paths);
    }
    for form in ["anyOf", "oneOf", "allOf"].into_iter().filter_map(|key| node.get(key)) {
        for form in form.as_array().into_iter().flatten() {
            walk(root, form, path, depth, paths);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_list_of_keys_is_not_shown() {
        let known = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m"];
        assert_eq!(key_hint("banana", &known, &[]), "`mercato config init` lists every key");
        assert_eq!(key_hint("banana", &known[..2], &[]), "known here: a, b");
    }

    #[test]
    fn a_name_is_found_in_whatever_section_it_stands() {
        assert_eq!(like("seed", &[]), ["run.seed"]);
        assert_eq!(like("sede", &[]), ["run.seed"]);
        assert_eq!(like("summary-json", &[]), ["output.summary_json"]);
        assert_eq!(like("factor", &[]), ["schedule[].factor"]);
        assert_eq!(like("banana", &[]), [""; 0]);
    }
}
