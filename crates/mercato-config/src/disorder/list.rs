//! Kinds of disorder in one text: `late=1%:30s,duplicate=0.5%,drop=0.1%`.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use mercato_units::Share;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error;
use serde::{Deserialize, Deserializer};

use super::{Deviation, DisorderSection};
use crate::suggest::hint;

/// The kinds that a list can have.
const KINDS: [&str; 6] = ["late", "reorder", "duplicate", "drop", "future", "malformed"];

/// Kinds of disorder, each with its share and as far as needed its longest time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DisorderList(Vec<(&'static str, Deviation)>);

impl DisorderList {
    /// Puts the kinds of the list in the place of those of a section.
    pub(crate) fn apply(&self, section: &mut DisorderSection) {
        for (kind, deviation) in &self.0 {
            match *kind {
                "late" => section.late = Some(*deviation),
                "reorder" => section.reorder = Some(*deviation),
                "duplicate" => section.duplicate = Some(*deviation),
                "drop" => section.drop = Some(deviation.share),
                "future" => section.future = Some(*deviation),
                _ => section.malformed = deviation.share,
            }
        }
    }
}

impl FromStr for DisorderList {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut list = Self::default();
        for part in text.split(',').map(str::trim) {
            let Some((name, value)) = part.split_once('=') else {
                return Err(format!(
                    "invalid disorder '{part}': expected KIND=SHARE or KIND=SHARE:MAX, such as late=1%:30s"
                ));
            };
            let Some(kind) = KINDS.into_iter().find(|kind| *kind == name.trim()) else {
                return Err(format!("unknown kind of disorder `{name}`; {}", hint(name, &KINDS)));
            };
            if list.0.iter().any(|(known, _)| *known == kind) {
                return Err(format!("{kind} is given twice"));
            }
            let deviation = read(kind, value).map_err(|reason| format!("{kind}: {reason}"))?;
            list.0.push((kind, deviation));
        }
        Ok(list)
    }
}

/// The value of a kind.
fn read(kind: &str, value: &str) -> Result<Deviation, String> {
    match kind {
        "drop" | "malformed" => {
            let share = value.trim().parse::<Share>().map_err(|error| error.to_string())?;
            Ok(Deviation::of(share))
        }
        "duplicate" => value.parse(),
        _ => value.parse::<Deviation>()?.with_bound(),
    }
}

impl fmt::Display for DisorderList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (kind, deviation)) in self.0.iter().enumerate() {
            let comma = if index > 0 { "," } else { "" };
            write!(f, "{comma}{kind}={deviation}")?;
        }
        Ok(())
    }
}

impl<'de> Deserialize<'de> for DisorderList {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl JsonSchema for DisorderList {
    fn schema_name() -> Cow<'static, str> {
        "DisorderList".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": format!("^\\s*({0})\\s*=[^,]+(,\\s*({0})\\s*=[^,]+)*$", KINDS.join("|")),
            "examples": ["late=1%:30s,duplicate=0.5%,drop=0.1%"],
        })
    }
}
