//! `[disorder]`: faults that are deliberately injected into the records.

mod deviation;
mod list;

use std::collections::BTreeMap;
use std::path::PathBuf;

use mercato_encode::FaultKind;
use mercato_units::{Duration, Share};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::suggest;

use deviation::bounded;
pub use deviation::{Deviation, DeviationLaw};
pub use list::DisorderList;

/// Declares a section whose first keys are the kinds of deviation in time and number.
macro_rules! section {
    ($(#[doc = $about:tt])+ $name:ident { $($rest:tt)* }) => {
        $(#[doc = $about])+
        #[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields, default)]
        pub struct $name {
            /// Records released after their event time, by up to the longest delay.
            #[serde(deserialize_with = "bounded", skip_serializing_if = "Option::is_none")]
            #[schemars(example = &"1%:30s")]
            pub late: Option<Deviation>,
            /// Records released a little after their event time, behind some that come later.
            #[serde(deserialize_with = "bounded", skip_serializing_if = "Option::is_none")]
            #[schemars(example = &"2%:5s")]
            pub reorder: Option<Deviation>,
            /// Records that come twice: the second time right behind the first, or up to the longest
            /// delay after it.
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
            $($rest)*
        }

        impl $name {
            /// The kinds of deviation, as far as the section sets them.
            fn deviations(&self) -> [(FaultKind, Option<Deviation>); 5] {
                [
                    (FaultKind::Late, self.late),
                    (FaultKind::Reorder, self.reorder),
                    (FaultKind::Duplicate, self.duplicate),
                    (FaultKind::Drop, self.drop.map(Deviation::of)),
                    (FaultKind::Future, self.future),
                ]
            }
        }
    };
}

section! {
    /// `[disorder]`: faults that are deliberately injected into the records.
    DisorderSection {
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
        /// Kinds of the records of one topic, in the place of those of all.
        #[serde(skip_serializing_if = "BTreeMap::is_empty")]
        #[schemars(extend("examples" = [{"transactions": {"late": "5%:1m"}}]))]
        pub topics: BTreeMap<String, TopicDisorder>,
    }
}

section! {
    /// Deviations of the records of one topic.
    TopicDisorder {}
}

impl DisorderSection {
    /// The kinds of malformed records.
    pub fn kinds(&self) -> Vec<FaultKind> {
        self.kinds.clone().unwrap_or_else(|| FaultKind::MALFORMED.to_vec())
    }

    /// The deviations in time and number, by their kind, of records of a topic that has its `own`
    /// or of any other.
    pub fn deviations_of(
        &self,
        own: Option<&TopicDisorder>,
    ) -> impl Iterator<Item = (FaultKind, Deviation)> + use<> {
        let own = own.cloned().unwrap_or_default().deviations();
        let kinds = self.deviations().into_iter().zip(own);
        let wanted = kinds.filter_map(|((kind, all), (_, own))| Some((kind, own.or(all)?)));
        wanted.filter(|(_, deviation)| deviation.share > Share::default())
    }

    /// The longest time by which a record of any topic may be ahead of its time.
    pub fn longest_future(&self) -> Option<Duration> {
        let topics = self.topics.values().map(Some).chain([None]);
        let kinds = topics.flat_map(|own| self.deviations_of(own));
        let future = kinds.filter(|(kind, _)| *kind == FaultKind::Future);
        future.filter_map(|(_, deviation)| Some(deviation.time?.0)).max()
    }

    /// Returns true if records may be changed, left out or released at another time.
    pub fn changes_records(&self) -> bool {
        let mut topics = self.topics.values().map(Some).chain([None]);
        self.malformed > Share::default()
            || topics.any(|own| self.deviations_of(own).next().is_some())
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
