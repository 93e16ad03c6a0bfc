//! `[disorder]`: faults that are deliberately injected into the records.

use std::path::PathBuf;

use mercato_encode::FaultKind;
use mercato_units::Share;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::suggest;

/// `[disorder]`: faults that are deliberately injected into the records.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DisorderSection {
    /// Share of the records that are malformed; 0 by default.
    pub malformed: Share,
    /// The kinds of malformed records, each as likely as another; all by default.
    #[serde(deserialize_with = "fault_kinds", serialize_with = "fault_names")]
    #[schemars(schema_with = "fault_kinds_schema")]
    pub kinds: Option<Vec<FaultKind>>,
    /// The file that names each changed record; the output's name with `.faults.ndjson` by default.
    #[schemars(example = "faults.ndjson")]
    #[serde(skip_serializing)]
    pub ledger: Option<PathBuf>,
}

impl DisorderSection {
    /// The kinds of malformed records.
    pub fn kinds(&self) -> Vec<FaultKind> {
        self.kinds.clone().unwrap_or_else(|| FaultKind::ALL.to_vec())
    }
}

fn fault_kinds<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Vec<FaultKind>>, D::Error> {
    let names = Vec::<String>::deserialize(deserializer)?;
    if names.is_empty() {
        return Err(D::Error::custom("list at least one kind, or omit the key for all of them"));
    }
    names
        .iter()
        .map(|name| fault_kind(name).map_err(D::Error::custom))
        .collect::<Result<_, _>>()
        .map(Some)
}

fn fault_kinds_schema(_: &mut SchemaGenerator) -> Schema {
    let names = FaultKind::ALL.map(FaultKind::name);
    json_schema!({ "type": "array", "items": { "enum": names }, "minItems": 1 })
}

fn fault_kind(name: &str) -> Result<FaultKind, String> {
    let known = FaultKind::ALL.map(FaultKind::name);
    let kind = FaultKind::ALL.into_iter().find(|kind| kind.name() == name);
    kind.ok_or_else(|| format!("unknown kind of fault `{name}`; {}", suggest::hint(name, &known)))
}

#[expect(clippy::ref_option, reason = "serde hands over a reference to the field")]
fn fault_names<S: Serializer>(
    kinds: &Option<Vec<FaultKind>>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer
        .collect_seq(kinds.as_deref().unwrap_or(&FaultKind::ALL).iter().map(|kind| kind.name()))
}
