//! A configuration file that has everything in it, each key commented out with its default.

use std::fmt::Write;

use serde_json::{Map, Value};

/// Letters of a line of comment or of values.
const WIDTH: usize = 110;

const HEAD: &str = "\
# Configuration of mercato, order-gen, txn-gen and event-gen; pass the file to any of them with --config.
# Every key is listed with its default, or with an example if it has none; uncomment a line to change it. Lists and
# values replace the default as a whole; tables are merged key by key.
";

/// A commented TOML file with every section and key of `schema`, which [`super::schema`] gives.
///
/// Comments begin with `# `; a line that begins with `#` and no space is a setting with its
/// default, or with an example where there is none. Nothing is set unless a `#` is taken away.
pub fn template(schema: &Value) -> String {
    let mut file = Writer { schema, text: HEAD.to_owned() };
    for (name, section) in properties(schema) {
        file.section(name, section);
    }
    file.text
}

struct Writer<'a> {
    schema: &'a Value,
    text: String,
}

impl<'a> Writer<'a> {
    fn section(&mut self, name: &str, section: &'a Value) {
        self.text.push('\n');
        self.comment(section);
        let section = self.resolved(section);
        if let Some(items) = section.get("items") {
            self.line(&format!("[[{name}]]"));
            let item = self.resolved(items);
            return self.keys(name, item, &Map::new());
        }
        // An empty section sets nothing, and shows where what follows belongs.
        let _ = writeln!(self.text, "[{name}]");
        self.keys(name, section, &Map::new());
    }

    /// The keys of a table with their defaults, tables within it after the rest.
    fn keys(&mut self, path: &str, table: &'a Value, defaults: &Map<String, Value>) {
        let mut tables = Vec::new();
        for (key, property) in properties(table) {
            let resolved = self.resolved(property);
            let default = defaults.get(key).or(property.get("default")).or(resolved.get("default"));
            if resolved.get("type").is_some_and(|kind| kind == "object") {
                tables.push((key, property, resolved, default));
                continue;
            }
            self.comment(property);
            let value = default.or_else(|| example(property)).or_else(|| example(resolved));
            self.setting(key, &value.cloned().unwrap_or_else(|| placeholder(resolved)));
        }
        for (key, property, resolved, default) in tables {
            let path = format!("{path}.{}", quoted_key(key));
            self.text.push('\n');
            self.comment(property);
            self.line(&format!("[{path}]"));
            let values = default
                .or_else(|| example(resolved))
                .and_then(Value::as_object)
                .cloned()
                .unwrap_or_default();
            if properties(resolved).next().is_some() {
                self.keys(&path, resolved, &values);
            } else {
                values.iter().for_each(|(key, value)| self.setting(key, value));
            }
        }
    }

    /// A schema, or the one it refers to.
    fn resolved(&self, schema: &'a Value) -> &'a Value {
        let name = schema
            .get("$ref")
            .and_then(Value::as_str)
            .and_then(|path| path.strip_prefix("#/$defs/"));
        name.and_then(|name| self.schema.get("$defs")?.get(name)).unwrap_or(schema)
    }

    /// The description as lines of comment.
    fn comment(&mut self, schema: &Value) {
        let text = schema.get("description").and_then(Value::as_str).unwrap_or_default();
        for paragraph in text.split("\n\n") {
            let mut line = String::new();
            for word in paragraph.split_whitespace() {
                if !line.is_empty() && line.chars().count() + word.chars().count() > WIDTH {
                    let _ = writeln!(self.text, "#{line}");
                    line.clear();
                }
                line.push(' ');
                line.push_str(word);
            }
            if !line.is_empty() {
                let _ = writeln!(self.text, "#{line}");
            }
        }
    }

    fn setting(&mut self, key: &str, value: &Value) {
        let key = quoted_key(key);
        let whole = format!("{key} = {}", inline(value));
        match value {
            // Rows of tables stand below one another, numbers side by side however many there are.
            Value::Array(items)
                if whole.chars().count() > WIDTH && items.iter().any(Value::is_object) =>
            {
                self.line(&format!("{key} = ["));
                items.iter().for_each(|item| self.line(&format!("    {},", inline(item))));
                self.line("]");
            }
            _ => self.line(&whole),
        }
    }

    /// A line of settings, commented out.
    fn line(&mut self, line: &str) {
        let _ = writeln!(self.text, "#{line}");
    }
}

fn properties(table: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let properties = table.get("properties").and_then(Value::as_object).into_iter().flatten();
    properties.map(|(key, value)| (key.as_str(), value))
}

fn example(schema: &Value) -> Option<&Value> {
    ["examples", "enum"].iter().find_map(|list| schema.get(list)?.get(0))
}

/// Something of the right type for a key that has neither default nor example.
fn placeholder(schema: &Value) -> Value {
    match schema.get("type").and_then(Value::as_str) {
        Some("boolean") => Value::Bool(false),
        Some("array") => {
            let item = schema.get("items").and_then(example).cloned();
            Value::Array(item.into_iter().collect())
        }
        Some("integer" | "number") => Value::from(1),
        _ => Value::from("..."),
    }
}

/// A value as TOML writes it on one line.
fn inline(value: &Value) -> String {
    match value {
        Value::Array(items) => {
            format!("[{}]", items.iter().map(inline).collect::<Vec<_>>().join(", "))
        }
        Value::Object(table) => {
            let entry = |(key, value): (&String, &Value)| {
                format!("{} = {}", quoted_key(key), inline(value))
            };
            format!("{{ {} }}", table.iter().map(entry).collect::<Vec<_>>().join(", "))
        }
        // Strings, numbers and truth values are written as in JSON.
        scalar => scalar.to_string(),
    }
}

fn quoted_key(key: &str) -> String {
    let bare = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
    if !key.is_empty() && key.bytes().all(bare) {
        key.to_owned()
    } else {
        Value::from(key).to_string()
    }
}
