//! What a configuration file may say: its JSON Schema, and a file that says all of it.
//!
//! Both come from the types that files are read into: their documentation is the schema's
//! descriptions and the file's comments, their defaults are its values, so neither can say anything
//! else than what is read.

mod template;

use mercato_config::{
    DisorderSection, KafkaSection, LogSection, OutputSection, RunSection, ScheduleEntry,
};
use mercato_shop::events::EventsConfig;
use mercato_shop::orders::OrdersConfig;
use mercato_shop::sales::SalesConfig;
use mercato_shop::shop::ShopConfig;
use mercato_shop::transactions::TransactionsConfig;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::Value;

pub use template::template;

/// Settings of mercato's programs.
///
/// Every section and every key may be left out. One file serves all programs.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
#[expect(dead_code, reason = "its schema is all that is asked of it")]
struct Configuration {
    /// Which run, and which part of it; the names of the flags, with underscores.
    run: Option<RunSection>,
    /// Where records and the summary go.
    output: Option<OutputSection>,
    /// The connection to Kafka; brokers are contacted only if a flag or a variable asks for it.
    kafka: Option<KafkaSection>,
    /// What is said on standard error.
    log: Option<LogSection>,
    /// Stretches of event time in which arrivals come more or less often; they must not overlap.
    schedule: Option<Vec<ScheduleEntry>>,
    /// Faults that are put into records on purpose.
    disorder: Option<DisorderSection>,
    /// One shop whose sessions make user events and transactions (mercato generate, mercato
    /// stream).
    shop: Option<ShopConfig>,
    /// Orders with a lifecycle (order-gen).
    sales: Option<SalesConfig>,
    /// Compact orders (order-gen --stream orders).
    orders: Option<OrdersConfig>,
    /// User events (event-gen).
    events: Option<EventsConfig>,
    /// Transactions (txn-gen).
    transactions: Option<TransactionsConfig>,
}

/// The JSON Schema (draft 2020-12) of a configuration file, whether it is TOML, YAML or JSON.
///
/// ```
/// let schema = mercato::configuration::schema();
/// let seed = &schema["$defs"]["RunSection"]["properties"]["seed"];
/// assert_eq!(seed["type"][0], "integer");
/// ```
pub fn schema() -> Value {
    let generator = SchemaSettings::draft2020_12().into_generator();
    let mut schema = generator.into_root_schema_for::<Configuration>().to_value();
    without_null(&mut schema);
    schema
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
