//! Summarizes the contents of record files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use mercato::runtime::exit::{Exit, Failure};
use mercato::sinks::{Format, OutputPath};
use mercato::truth::profile::{Profile, Told, ToldField};
use mercato::truth::{Actual, Lines, cells};
use serde_json::Value;

use crate::files::{below, is_columnar, topic_of};

/// Letters of a value in the table.
const WIDTH: usize = 40;

/// The profiles of `files` by topic, as a table or as JSON.
pub(super) fn shown(files: &[PathBuf], as_json: bool) -> Result<String, Failure> {
    let mut profiles = BTreeMap::new();
    for file in files {
        let found = if file.is_dir() { below(file)? } else { vec![file.clone()] };
        if found.is_empty() {
            let reason = format!("no record files in {}: expected .ndjson or .csv", file.display());
            return Err(Failure::new(Exit::File, reason));
        }
        found.iter().try_for_each(|file| read(file, &mut profiles))?;
    }
    let told: BTreeMap<&String, Told> =
        profiles.iter().map(|(topic, profile)| (topic, profile.told())).collect();
    if as_json {
        return serde_json::to_string_pretty(&told)
            .map_err(|error| Failure::new(Exit::Unexpected, error));
    }
    if told.is_empty() {
        return Ok("no records".to_owned());
    }
    Ok(told.iter().map(|(topic, told)| table(topic, told)).collect::<Vec<_>>().join("\n\n"))
}

/// Adds the records of a file to those of their topics; records without an envelope are of the
/// topic the file is called like.
fn read(path: &Path, profiles: &mut BTreeMap<String, Profile>) -> Result<(), Failure> {
    let unreadable = |error| Failure::new(Exit::File, error);
    let is_csv = OutputPath::parse(path).is_ok_and(|path| path.format() == Format::Csv);
    if is_columnar(path) {
        let reason = format!("{} is Parquet, but statistics require ndjson or csv", path.display());
        return Err(Failure::new(Exit::Usage, reason));
    }
    let topic = topic_of(path);
    let mut lines = Lines::open(path).map_err(unreadable)?;
    let mut columns: Option<Vec<String>> = None;
    while let Some(found) = lines.next(0).map_err(unreadable)? {
        let text = String::from_utf8_lossy(found.value);
        match &columns {
            Some(columns) => profiles.entry(topic.clone()).or_default().add_row(columns, &text),
            None if is_csv => columns = Some(cells(&text)),
            None => add(&text, &topic, profiles),
        }
    }
    Ok(())
}

fn add(line: &str, topic: &str, profiles: &mut BTreeMap<String, Profile>) {
    let Ok(value) = serde_json::from_str::<Value>(line) else {
        return profiles.entry(topic.to_owned()).or_default().add_malformed();
    };
    let (topic, key, value) = match (&value["topic"], &value["key"], &value["value"]) {
        (Value::String(topic), key, enclosed @ Value::Object(_)) => {
            (topic.as_str(), key.as_str(), enclosed)
        }
        _ => (topic, None, &value),
    };
    profiles.entry(topic.to_owned()).or_default().add_json(key, value);
}

fn table(topic: &str, told: &Told) -> String {
    let Told { records, malformed, keys, time, fields } = told;
    let mut head = format!("{topic}: {records} records");
    if let Some((first, last)) = time {
        head += &format!(", {first} to {last}");
    }
    if let Some(keys) = keys {
        head += &format!(", {keys} keys");
    }
    if *malformed > 0 {
        head += &format!(", {malformed} malformed");
    }
    let width =
        fields.keys().map(|name| name.chars().count()).max().unwrap_or(0).max("FIELD".len());
    let mut lines =
        vec![head, format!("  {:width$}  {:>10}  {:>10}  VALUES", "FIELD", "PRESENT", "DISTINCT")];
    lines.extend(fields.iter().map(|(name, field)| {
        format!("  {name:width$}  {:>10}  {:>10}  {}", field.present, field.distinct, values(field))
    }));
    lines.join("\n")
}

/// A number's range and sum, frequent values, or where texts begin and end.
fn values(field: &ToldField) -> String {
    let cut = |text: &str| match text.char_indices().nth(WIDTH) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    };
    let range = |field: &ToldField| match (&field.min, &field.max) {
        (Some(min), Some(max)) => format!("{} to {}", cut(min), cut(max)),
        _ => String::new(),
    };
    match &field.sum {
        Some(sum) => format!("{}, sum {sum}", range(field)),
        None if field.top.is_empty() => range(field),
        None => {
            let top = field.top.iter().map(|(text, count)| format!("{} ({count})", cut(text)));
            top.collect::<Vec<_>>().join(", ")
        }
    }
}
