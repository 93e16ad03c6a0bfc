//! What the texts of a configuration look like in its JSON Schema.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::{Brokers, Clock, Factor, Moment, Rate, Shard, Share, Stretch, Time, Topic, Whole};

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
    Brokers: {
        "description": "HOST:PORT, several with commas between them.",
        "type": "string",
        "examples": ["localhost:9092"]
    },
    Clock: {
        "description": "wall, fast, or a pace such as 1x or 60x.",
        "type": "string",
        "examples": ["fast"]
    },
    Factor: {
        "description": "0 to 1000, at most six decimals.",
        "type": ["number", "string"],
        "examples": [5]
    },
    Moment: {
        "description": "A time, or an offset from the run's start such as +10m.",
        "type": "string",
        "examples": ["+10m"]
    },
    Rate: {
        "description": "Arrivals in a unit of time: 1000/h, 2/m, 50/s; a bare number is an hour's.",
        "type": ["string", "number"],
        "examples": ["1000/h"]
    },
    Shard: {
        "description": "I/N: shard I of N, counted from 0.",
        "type": "string",
        "pattern": "^[0-9]+/[0-9]+$",
        "examples": ["0/1"]
    },
    Share: {
        "description": "0 to 1, at most six decimals.",
        "type": ["number", "string"],
        "examples": [0.01]
    },
    Stretch: {
        "description": "A time with its unit: 90s, 5m, 2h.",
        "type": "string",
        "examples": ["5m"]
    },
    Time: {
        "description": "RFC 3339, or a date for its midnight in UTC.",
        "type": "string",
        "examples": ["2026-11-20T09:30:00Z"]
    },
    Topic: {
        "description": "The name of a Kafka topic: letters, digits, dots, underscores and hyphens.",
        "type": "string",
        "examples": ["my-topic"]
    }
}

impl<const MIN: u64, const MAX: u64> JsonSchema for Whole<MIN, MAX> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Whole".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": MIN, "maximum": MAX, "examples": [MIN.max(1)] })
    }
}
