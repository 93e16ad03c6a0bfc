//! The serde form of an ordered list of named values: an object whose names are data.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Writes the values under their names, in order.
pub(crate) fn serialize<V: Serialize, S: Serializer>(
    entries: &[(Cow<'_, str>, V)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(entries.iter().map(|(name, value)| (name, value)))
}

/// Reads the values and their names, in order; refuses a name that comes twice.
pub(crate) fn deserialize<'de, 'a, V: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<(Cow<'a, str>, V)>, D::Error> {
    deserializer.deserialize_map(Members(PhantomData))
}

struct Members<'a, V>(PhantomData<(&'a str, V)>);

impl<'de, 'a, V: Deserialize<'de>> Visitor<'de> for Members<'a, V> {
    type Value = Vec<(Cow<'a, str>, V)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let (mut entries, mut seen) = (Vec::new(), BTreeSet::new());
        while let Some((name, value)) = map.next_entry::<String, V>()? {
            if !seen.insert(name.clone()) {
                return Err(de::Error::custom(format_args!("duplicate field `{name}`")));
            }
            entries.push((Cow::Owned(name), value));
        }
        Ok(entries)
    }
}
