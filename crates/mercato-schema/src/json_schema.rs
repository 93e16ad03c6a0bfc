//! What the units of a configuration look like in its JSON Schema.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::{Discount, Duration, Minutes, Money, Rate};

macro_rules! schema_of {
    ($($name:ident: $schema:tt),*) => {$(
        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($schema)
            }
        }
    )*};
}

schema_of! {
    Duration: {
        "description": "A time with its unit, several in a row: 90s, 500ms, 1h30m, 2d.",
        "type": "string",
        "pattern": "^[0-9]",
        "examples": ["1s"]
    },
    Rate: {
        "description": "Arrivals in a unit of time: 1000/h, 2/m, 50/s; a bare number is an hour's.",
        "type": ["string", "number"],
        "examples": ["1000/h"]
    },
    Money: {
        "description": "An amount with at most two decimals.",
        "type": "number",
        "examples": [19.99]
    },
    Minutes: {
        "description": "Minutes with at most two decimals.",
        "type": "number",
        "minimum": 0,
        "examples": [0.5]
    },
    Discount: {
        "description": "A share of the price with at most two decimals.",
        "type": "number",
        "minimum": 0,
        "maximum": 1,
        "examples": [0.3]
    }
}
