//! The schema of a table, and its comparison with another.

use mercato_schema::Description;
use mercato_schema::dialect::delta;
use serde_json::Value;

/// The column that a table is partitioned by; the files are in folders of its values.
pub(super) const PARTITION: &str = "dt";

/// The schema of a table of such records.
pub(super) fn of(description: &Description) -> Value {
    delta::schema(description, &[(PARTITION, "date")])
}

/// The first column in which two schemas differ, as each has it; comments do not count.
pub(super) fn difference(one: &Value, other: &Value) -> Option<(String, String)> {
    let columns = |schema: &Value| -> Vec<Value> {
        let fields = schema.get("fields").and_then(Value::as_array);
        fields.into_iter().flatten().cloned().map(without_comments).collect()
    };
    let (one, other) = (columns(one), columns(other));
    let differs = |index: &usize| one.get(*index) != other.get(*index);
    let index = (0..one.len().max(other.len())).find(differs)?;
    Some((shown(one.get(index)), shown(other.get(index))))
}

fn without_comments(mut value: Value) -> Value {
    match &mut value {
        Value::Object(table) => {
            table.shift_remove("metadata");
            for (_, part) in table.iter_mut() {
                *part = without_comments(part.take());
            }
        }
        Value::Array(items) => {
            for item in items {
                *item = without_comments(item.take());
            }
        }
        _ => {}
    }
    value
}

fn shown(field: Option<&Value>) -> String {
    let Some(field) = field else { return "no further column".to_owned() };
    let name = field.get("name").and_then(Value::as_str).unwrap_or_default();
    let of = match field.get("type") {
        Some(Value::String(of)) => of.clone(),
        of => of.map(Value::to_string).unwrap_or_default(),
    };
    let nullable = field.get("nullable").and_then(Value::as_bool).unwrap_or(true);
    format!("`{name}` {of}{}", if nullable { "" } else { " not null" })
}

#[cfg(test)]
mod tests {
    use mercato_schema::{Described, Order};
    use serde_json::json;

    use super::*;

    #[test]
    fn comments_are_no_difference_and_types_are() {
        let ours = of(&Order::description());
        let mut other = ours.clone();
        other["fields"][0]["metadata"] = json!({});
        assert_eq!(difference(&ours, &other), None);
        other["fields"][2]["type"] = json!("double");
        let expected = ("`amount` decimal(15,2) not null", "`amount` double not null");
        let expected = (expected.0.to_owned(), expected.1.to_owned());
        assert_eq!(difference(&ours, &other), Some(expected));
        let mut longer = ours.clone();
        let more = json!({"name": "more", "type": "string", "nullable": true, "metadata": {}});
        longer["fields"].as_array_mut().unwrap().push(more);
        let expected = ("no further column".to_owned(), "`more` string".to_owned());
        assert_eq!(difference(&ours, &longer), Some(expected));
    }
}
