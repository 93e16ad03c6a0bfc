//! Summarizes the contents of record files.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use mercato::runtime::exit::{Exit, Failure};
use mercato::truth::profile::{Profile, Told, ToldField};
use mercato::truth::rules::Topic;
use mercato::truth::{Actual, Document, Enclosed, Header, Hints, Lines, Meter, Row, Shape};

use crate::files::{below, nothing, progress, topic_of};
use crate::reading::ReadingArgs;

/// Letters of a value in the table.
const WIDTH: usize = 40;

/// The profiles of `files` by topic, as a table or as JSON.
pub(super) fn shown(
    files: &[PathBuf],
    reading: &ReadingArgs,
    as_json: bool,
) -> Result<String, Failure> {
    let mut all = Vec::new();
    for file in files {
        let found = if file.is_dir() { below(file)? } else { vec![file.clone()] };
        if found.is_empty() && !reading.allow_empty {
            let reason = format!(
                "no record files in {}: expected .ndjson, .csv, .parquet, .avro or .pb",
                file.display()
            );
            return Err(Failure::new(Exit::File, reason));
        }
        all.extend(found);
    }
    let mut profiler = Profiler::default();
    let shown = progress(&profiler.meter, &all);
    all.iter().try_for_each(|file| profiler.read(file, reading))?;
    drop(shown);
    let told: BTreeMap<&String, Told> =
        profiler.profiles.iter().map(|(topic, profile)| (topic, profile.told())).collect();
    if told.values().all(|told| told.records == 0) && !reading.allow_empty {
        return Err(nothing(
            &files.first().map_or_else(String::new, |file| file.display().to_string()),
        ));
    }
    if as_json {
        return serde_json::to_string_pretty(&told)
            .map_err(|error| Failure::new(Exit::Unexpected, error));
    }
    if told.is_empty() {
        return Ok("no records".to_owned());
    }
    Ok(told.iter().map(|(topic, told)| table(topic, told)).collect::<Vec<_>>().join("\n\n"))
}

/// Profiles by topic, with room for the record that is being read.
#[derive(Debug, Default)]
struct Profiler {
    profiles: BTreeMap<String, Profile>,
    meter: Meter,
    document: Document,
    enclosed: Document,
    row: Row,
    json: Vec<u8>,
}

impl Profiler {
    /// Adds the records of a file to those of their topics; records without an envelope are of the
    /// topic the file is called like.
    fn read(&mut self, path: &Path, reading: &ReadingArgs) -> Result<(), Failure> {
        let unreadable = |error| Failure::new(Exit::File, error);
        let (lines, is_csv, topic) = if path.as_os_str() == "-" {
            let input = self.meter.count(io::stdin());
            let lines = Lines::new_known("standard input", input, &hints("-", reading));
            (lines, reading.is_csv(None), "-".to_owned())
        } else {
            let topic = topic_of(path);
            let lines = Lines::open_known(path, &self.meter, &hints(&topic, reading));
            (lines, reading.is_csv(Some(path)), topic)
        };
        let lines = lines.map_err(unreadable)?;
        let mut lines = if is_csv { lines.rows() } else { lines };
        let mut header = None;
        while let Some(found) = lines.next(0).map_err(unreadable)? {
            if is_csv {
                self.add_row(found.value, &topic, &mut header);
            } else {
                self.add(found.value, &topic);
            }
        }
        Ok(())
    }

    fn add_row(&mut self, row: &[u8], topic: &str, header: &mut Option<Header>) {
        self.row.read(row);
        let Some(header) = header else {
            *header = Some(Header::new(&self.row.texts(), &[], true));
            return;
        };
        let fits = header.object(&self.row, &mut self.json) && self.document.read(&self.json);
        let profile = self.profiles.entry(topic.to_owned()).or_default();
        if fits {
            profile.add(None, self.document.root());
        } else {
            profile.add_malformed();
        }
    }

    fn add(&mut self, line: &[u8], topic: &str) {
        let Self { profiles, document, enclosed, .. } = self;
        let mut profile = |topic: &str, key: Option<&str>, record: Option<&Document>| {
            let profile = profiles.entry(topic.to_owned()).or_default();
            match record {
                Some(record) if record.root().is_null() => profile.add_delete(key),
                Some(record) => profile.add(key, record.root()),
                None => profile.add_malformed(),
            }
        };
        if !document.read(line) {
            return profile(topic, None, None);
        }
        match Enclosed::of(document.root()) {
            Some(inside) => {
                let fits = enclosed.read(inside.json().unwrap_or("null").as_bytes());
                profile(inside.topic, inside.key, fits.then_some(enclosed));
            }
            None => profile(topic, None, Some(document)),
        }
    }
}

/// What is known of the records in a file of this topic: programs share names of topics, so that the
/// first record decides among those that have such.
fn hints(topic: &str, reading: &ReadingArgs) -> Hints {
    let name = Topic::named(topic).map_or(topic, |topic| topic.name);
    let mut records = Shape::of_topic(name);
    // Who says the format of a file says that its name means nothing.
    if records.is_empty() && reading.format.is_some() {
        records = Shape::all().into_iter().map(|shape| shape.description).collect();
    }
    Hints { records, ..Hints::default() }.stored_as(reading.form())
}

fn table(topic: &str, told: &Told) -> String {
    let Told { records, malformed, deletes, keys, time, fields } = told;
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
    if *deletes > 0 {
        head += &format!(", {deletes} deletes");
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
