//! Malformed records: faults made on purpose in the text of records, each labelled.

use mercato_draw::{AliasTable, CounterHash, Label, Probability, below};
use mercato_encode::{Batch, Coordinates, Fault, FaultKind};

use super::PURPOSE;
use crate::world::World;

/// Fields of the counter hash.
const WHETHER: u64 = 0;
const WHICH: u64 = 1;
const WHERE: u64 = 2;

/// A share of records that is malformed, and the kinds of fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Malformed {
    /// Share of records that are changed.
    pub share: Probability,
    /// Kinds of change with integer weights; a kind of weight 0 does not occur.
    pub kinds: Vec<(FaultKind, u64)>,
}

/// Makes records of one run malformed.
#[derive(Debug, Clone)]
pub(super) struct Malformer {
    hash: CounterHash,
    share: Probability,
    kinds: Vec<FaultKind>,
    choice: AliasTable,
}

impl Malformer {
    /// Makes records malformed by this law; none when no kind has a weight.
    pub(super) fn new(world: World, malformed: &Malformed) -> Option<Self> {
        let weights: Vec<u64> = malformed.kinds.iter().map(|(_, weight)| *weight).collect();
        Some(Self {
            hash: world.seed.hash(Label::new(PURPOSE, 0)),
            share: malformed.share,
            kinds: malformed.kinds.iter().map(|(kind, _)| *kind).collect(),
            choice: AliasTable::new(&weights).ok()?,
        })
    }

    /// Changes the record at the end of `batch` that has not been sealed yet, if its coordinates
    /// say so.
    #[inline]
    pub(super) fn apply(&self, batch: &mut Batch, coordinates: Coordinates, event_time: i64) {
        // A duplicate has the fault of its record.
        let Coordinates { rank, substream, block, position, step, .. } = coordinates;
        let stream = u64::from(rank) << 8 | u64::from(substream);
        let place = u64::from(position) << 32 | u64::from(step) << 16;
        self.apply_at(stream, block, place, event_time, batch);
    }

    /// The same from numbers: coordinates handed on by address would be put together in memory for every record.
    #[inline(never)]
    fn apply_at(&self, stream: u64, block: u64, place: u64, event_time: i64, batch: &mut Batch) {
        let record = self.hash.child(stream);
        let word = |field| record.at(block, place | field);
        if !self.share.hits(word(WHETHER)) {
            return;
        }
        let kind = self.kinds[self.choice.pick(word(WHICH))];
        let changed = malform(batch.open_value(), kind, word(WHERE));
        batch.replace_open(&changed);
        batch.faults.push(Fault { span: batch.len() as u32, kind, event_time, micros: 0 });
    }
}

/// The JSON object `record` with one fault in it, placed by `word`.
fn malform(record: &[u8], kind: FaultKind, word: u64) -> Vec<u8> {
    let members = members(record);
    let chosen = || members.get(below(word, members.len() as u64) as usize);
    match (kind, chosen()) {
        (FaultKind::WrongType, Some(member)) => {
            let value = &record[member.value..member.end];
            [&record[..member.value], &other_type(value), &record[member.end..]].concat()
        }
        (FaultKind::MissingField, Some(member)) => {
            // The comma goes with the field: the one before it, or for the first field the one
            // behind.
            let (start, end) = match (record.get(member.start - 1), record.get(member.end)) {
                (Some(b','), _) => (member.start - 1, member.end),
                (_, Some(b',')) => (member.start, member.end + 1),
                _ => (member.start, member.end),
            };
            [&record[..start], &record[end..]].concat()
        }
        (FaultKind::UnknownField, Some(member)) => {
            [&record[..member.start], b"\"unexpected_field\":true,", &record[member.start..]]
                .concat()
        }
        _ => truncated(record, word),
    }
}

/// The record cut off somewhere before its last byte, at a character's border.
fn truncated(record: &[u8], word: u64) -> Vec<u8> {
    let mut length = 1 + below(word, (record.len() as u64).saturating_sub(1).max(1)) as usize;
    while record.get(length).is_some_and(|byte| byte & 0xc0 == 0x80) {
        length -= 1;
    }
    record[..length.min(record.len())].to_vec()
}

/// A value of another type that still shows what was there.
fn other_type(value: &[u8]) -> Vec<u8> {
    match value.first() {
        Some(b'"') => b"0".to_vec(),
        Some(b'{' | b'[') => b"\"\"".to_vec(),
        _ => [b"\"", value, b"\""].concat(),
    }
}

/// The place of a member of the outermost object.
struct Member {
    /// First byte of the name's quote.
    start: usize,
    /// First byte of the value.
    value: usize,
    /// First byte after the value.
    end: usize,
}

/// The members of the outermost object of compact JSON text.
fn members(record: &[u8]) -> Vec<Member> {
    let mut members = Vec::new();
    let (mut depth, mut quoted, mut escaped) = (0, false, false);
    let (mut start, mut value) = (1, None);
    for (at, byte) in record.iter().enumerate() {
        if quoted {
            quoted = escaped || *byte != b'"';
            escaped = !escaped && *byte == b'\\';
            continue;
        }
        let closes = depth == 1 && matches!(byte, b',' | b'}');
        match byte {
            b'"' => quoted = true,
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth -= 1,
            b':' if depth == 1 => value = value.or(Some(at + 1)),
            _ => {}
        }
        if closes && let Some(value) = value.take() {
            members.push(Member { start, value, end: at });
            start = at + 1;
        }
    }
    members
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Map, Value};

    use super::*;

    fn scalar() -> impl Strategy<Value = Value> {
        prop_oneof![
            any::<String>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            Just(Value::Bool(true))
        ]
    }

    fn object() -> impl Strategy<Value = Value> {
        let nested = prop::collection::vec(("[a-z]{1,8}", scalar()), 0..3)
            .prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>()));
        prop::collection::vec(("[a-z\"\\\\,:{}]{1,8}", prop_oneof![scalar(), nested]), 1..6)
            .prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>()))
    }

    proptest! {
        #[test]
        fn a_truncated_record_is_no_json(value in object(), word in any::<u64>()) {
            let text = serde_json::to_vec(&value).unwrap();
            let cut = malform(&text, FaultKind::TruncatedJson, word);
            prop_assert!(text.starts_with(&cut) && cut.len() < text.len());
            prop_assert!(std::str::from_utf8(&cut).is_ok());
            prop_assert!(serde_json::from_slice::<Value>(&cut).is_err());
        }

        #[test]
        fn a_missing_field_leaves_the_others(value in object(), word in any::<u64>()) {
            let text = serde_json::to_vec(&value).unwrap();
            let less: Value = serde_json::from_slice(&malform(&text, FaultKind::MissingField, word)).unwrap();
            let (whole, less) = (value.as_object().unwrap(), less.as_object().unwrap());
            prop_assert_eq!(less.len() + 1, whole.len());
            prop_assert!(less.iter().all(|(name, member)| &whole[name] == member));
        }

        #[test]
        fn an_unknown_field_keeps_the_others(value in object(), word in any::<u64>()) {
            let text = serde_json::to_vec(&value).unwrap();
            let mut more: Value = serde_json::from_slice(&malform(&text, FaultKind::UnknownField, word)).unwrap();
            prop_assert_eq!(more.as_object_mut().unwrap().remove("unexpected_field"), Some(Value::Bool(true)));
            prop_assert_eq!(more.as_object().unwrap().len(), value.as_object().unwrap().len());
        }

        #[test]
        fn a_wrong_type_changes_one_value(value in object(), word in any::<u64>()) {
            let text = serde_json::to_vec(&value).unwrap();
            let other: Value = serde_json::from_slice(&malform(&text, FaultKind::WrongType, word)).unwrap();
            let (whole, other) = (value.as_object().unwrap(), other.as_object().unwrap());
            let changed: Vec<_> = whole.iter().filter(|(name, member)| &other[*name] != *member).collect();
            prop_assert_eq!(changed.len(), 1);
            let (name, member) = changed[0];
            prop_assert_ne!(std::mem::discriminant(member), std::mem::discriminant(&other[name]));
        }
    }
}
