//! The contents of a configuration file: its JSON Schema, and a commented template.
//!
//! Both come from the types that files are read into: their documentation is the schema's
//! descriptions and the file's comments, their defaults are its values, so neither can say anything
//! else than what is read.

mod presets;
mod template;

use mercato_config::{
    DisorderSection, KafkaSection, LogSection, MAX_ENTRIES, OutputSection, RunSection,
    ScheduleEntry,
};
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::Value;

use crate::STREAMS;

pub use presets::{PRESETS, Preset};
pub use template::template;

/// Settings of mercato's programs.
///
/// Every section and every key may be left out. One file serves all programs.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
#[expect(dead_code, reason = "its schema is all that is asked of it")]
struct Configuration {
    /// The run and the part of it to emit; keys are the names of the flags, with underscores.
    run: Option<RunSection>,
    /// Destinations of records and summary.
    output: Option<OutputSection>,
    /// The connection to Kafka; brokers are contacted only if a flag or a variable asks for it.
    kafka: Option<KafkaSection>,
    /// Logging to standard error and to a file.
    log: Option<LogSection>,
    /// Stretches of event time in which arrivals come more or less often; they must not overlap.
    schedule: Option<Vec<ScheduleEntry>>,
    /// Faults that are put into records on purpose.
    disorder: Option<DisorderSection>,
}

/// The JSON Schema (draft 2020-12) of a configuration file, whether it is TOML, YAML or JSON.
///
/// ```
/// let schema = mercato::configuration::schema();
/// let seed = &schema["$defs"]["RunSection"]["properties"]["seed"];
/// assert_eq!(seed["type"][0], "integer");
/// ```
pub fn schema() -> Value {
    let mut generator = SchemaSettings::draft2020_12().into_generator();
    let mut root = generator.root_schema_for::<Configuration>();
    let sections = STREAMS.map(|stream| {
        let mut section = (stream.schema)(&mut generator);
        section.insert("description".to_owned(), stream.about.into());
        (stream.name, section)
    });
    if let Some(Value::Object(properties)) = root.get_mut("properties") {
        for (name, section) in sections {
            properties.insert(name.to_owned(), section.to_value());
        }
    }
    root.insert("$defs".to_owned(), Value::Object(generator.take_definitions(true)));
    let mut schema = root.to_value();
    without_null(&mut schema);
    bounded(&mut schema);
    schema
}

/// States the most entries of each list that has no other bound.
fn bounded(schema: &mut Value) {
    match schema {
        Value::Object(table) => {
            if table.get("type").is_some_and(|kind| kind == "array") {
                table.entry("maxItems").or_insert(MAX_ENTRIES.into());
            }
            table.values_mut().for_each(bounded);
        }
        Value::Array(items) => items.iter_mut().for_each(bounded),
        _ => {}
    }
}

/// A key that is not set is left out of a file: `null`, which stands for that in Rust, is not
/// written.
fn without_null(schema: &mut Value) {
    match schema {
        Value::Object(table) => {
            if table.get("default").is_some_and(Value::is_null) {
                table.remove("default");
            }
            if let Some(Value::Array(types)) = table.get_mut("type") {
                types.retain(|name| name != "null");
                if let [only] = types.as_slice() {
                    let only = only.clone();
                    table.insert("type".to_owned(), only);
                }
            }
            if let Some(Value::Array(values)) = table.get_mut("enum") {
                values.retain(|value| !value.is_null());
            }
            if let Some(Value::Array(forms)) = table.get_mut("anyOf") {
                forms.retain(|form| form.get("type").is_none_or(|name| name != "null"));
                if forms.len() == 1 {
                    let only = forms.remove(0);
                    table.remove("anyOf");
                    if let Value::Object(only) = only {
                        // What is said beside the alternative is about this place, and goes before.
                        for (key, value) in only {
                            table.entry(key).or_insert(value);
                        }
                    }
                }
            }
            table.values_mut().for_each(without_null);
        }
        Value::Array(items) => items.iter_mut().for_each(without_null),
        _ => {}
    }
}
