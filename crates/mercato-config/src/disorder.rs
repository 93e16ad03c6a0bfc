//! `[disorder]`: faults that are deliberately injected into the records.

mod deviation;
mod list;

use std::path::PathBuf;

use mercato_encode::FaultKind;
use mercato_units::Share;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::suggest;

use deviation::bounded;
pub use deviation::{Deviation, DeviationLaw};
pub use list::DisorderList;

/// `[disorder]`: faults that are deliberately injected into the records.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DisorderSection {
    /// Records released after their event time, by up to the longest delay.
    #[serde(deserialize_with = "bounded", skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"1%:30s")]
    pub late: Option<Deviation>,
    /// Records released a little after their event time, behind some that come later.
    #[serde(deserialize_with = "bounded", skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"2%:5s")]
    pub reorder: Option<Deviation>,
    /// Records that come twice: the second time right behind the first, or up to the longest delay
    /// after it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"0.5%")]
    pub duplicate: Option<Deviation>,
    /// Share of the records that never come.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"0.1%")]
    pub drop: Option<Share>,
    /// Records released before the time they say they are of, by up to the longest time.
    #[serde(deserialize_with = "bounded", skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"0.01%:2h")]
    pub future: Option<Deviation>,
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
        self.kinds.clone().unwrap_or_else(|| FaultKind::MALFORMED.to_vec())
    }

    /// The deviations in time and number, by their kind.
    pub fn deviations(&self) -> impl Iterator<Item = (FaultKind, Deviation)> {
        let drop = self.drop.map(Deviation::of);
        let kinds = [
            (FaultKind::Late, self.late),
            (FaultKind::Reorder, self.reorder),
            (FaultKind::Duplicate, self.duplicate),
            (FaultKind::Drop, drop),
            (FaultKind::Future, self.future),
        ];
        let wanted = |(kind, deviation): (_, Option<Deviation>)| Some((kind, deviation?));
        let kinds = kinds.into_iter().filter_map(wanted);
        kinds.filter(|(_, deviation)| deviation.share > Share::default())
    }

    /// Returns true if records may be changed, left out or released at another time.
    pub fn changes_records(&self) -> bool {
        self.malformed > Share::default() || self.deviations().next().is_some()
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
    let names = FaultKind::MALFORMED.map(FaultKind::name);
    json_schema!({ "type": "array", "items": { "enum": names }, "minItems": 1 })
}

fn fault_kind(name: &str) -> Result<FaultKind, String> {
    let known = FaultKind::MALFORMED.map(FaultKind::name);
    let kind = FaultKind::MALFORMED.into_iter().find(|kind| kind.name() == name);
    kind.ok_or_else(|| format!("unknown kind of fault `{name}`; {}", suggest::hint(name, &known)))
}

#[expect(clippy::ref_option, reason = "serde hands over a reference to the field")]
fn fault_names<S: Serializer>(
    kinds: &Option<Vec<FaultKind>>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let kinds = kinds.as_deref().unwrap_or(&FaultKind::MALFORMED);
    serializer.collect_seq(kinds.iter().map(|kind| kind.name()))
}
