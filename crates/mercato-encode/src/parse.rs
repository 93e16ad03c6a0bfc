//! Values of `serde` as the slots of a record.

use mercato_schema::{InstantForm, Kind, Timestamp};
use serde_json::Value;

use crate::layout::{Constant, Part, Slot};
use crate::{Layout, Writer};

/// Writes `value` slot by slot; false where it is not as the layout describes it.
pub(crate) fn write(layout: &Layout, value: &Value, writer: &mut impl Writer) -> bool {
    let leaves = layout.description().leaves();
    let values: Vec<&Value> = leaves.iter().map(|leaf| at(value, &leaf.path)).collect();
    let known = leaves.iter().map(|leaf| &leaf.field.kind).collect::<Vec<_>>();
    layout.slots().iter().all(|slot| {
        let (kinds, values) = (&known[slot.leaves.clone()], &values[slot.leaves.clone()]);
        write_slot(slot, kinds, values, writer)
    })
}

/// The value at a dotted path; a name may have dots itself.
fn at<'a>(value: &'a Value, path: &str) -> &'a Value {
    const NULL: &Value = &Value::Null;
    if path.is_empty() {
        return value;
    }
    let Value::Object(members) = value else { return NULL };
    if let Some(found) = members.get(path) {
        return found;
    }
    let inner = members.iter().find_map(|(name, inner)| {
        Some((inner, path.strip_prefix(name.as_str())?.strip_prefix('.')?))
    });
    inner.map_or(NULL, |(inner, rest)| at(inner, rest))
}

fn write_slot(slot: &Slot, kinds: &[&Kind], values: &[&Value], writer: &mut impl Writer) -> bool {
    let name = slot.name.as_str();
    match (&slot.part, kinds, values) {
        (Part::Table(rows), _, values) => {
            let is_row = |row: &Vec<Constant>| {
                row.iter().zip(values).zip(kinds).all(|((own, value), kind)| own.is(kind, value))
            };
            let Some(row) = rows.iter().position(is_row) else { return false };
            writer.piece(name, row);
            true
        }
        (Part::List(item), _, [Value::Array(items)]) => {
            let mut fits = true;
            writer.list(name, items, |writer, value| fits &= write(item, value, writer));
            fits
        }
        (Part::Map(names), [Kind::Map(kind)], [Value::Object(members)]) => {
            let scale = scale(kind);
            let member = |(member, value): (&String, &Value)| {
                Some((names.iter().position(|name| name == member)?, units(value, scale)?))
            };
            let Some(found) = members.iter().map(member).collect::<Option<Vec<_>>>() else {
                return false;
            };
            writer.map(name, found, scale);
            true
        }
        (Part::Value { prefix }, [kind], [value]) => write_value(name, prefix, kind, value, writer),
        _ => false,
    }
}

fn write_value(
    name: &str,
    prefix: &str,
    kind: &Kind,
    value: &Value,
    writer: &mut impl Writer,
) -> bool {
    match (kind, value) {
        (_, Value::Null) => writer.null(name),
        (Kind::Identifier | Kind::Text, Value::String(text)) => {
            let Some(rest) = text.strip_prefix(prefix) else { return false };
            writer.string(name, rest);
        }
        (Kind::Boolean, Value::Bool(truth)) => writer.boolean(name, *truth),
        (Kind::Integer | Kind::Long, Value::Number(number)) => match number.as_i64() {
            Some(number) => writer.long(name, number),
            None => return false,
        },
        (Kind::Decimal { .. } | Kind::Number { .. }, value) => match units(value, scale(kind)) {
            Some(units) => writer.decimal(name, units, scale(kind)),
            None => return false,
        },
        (Kind::Instant(form), value) => match micros(*form, value) {
            Some(micros) => writer.instant(name, micros, *form),
            None => return false,
        },
        _ => return false,
    }
    true
}

/// An instant in microseconds since the Unix epoch, from the form in which JSON has it.
pub(crate) fn micros(form: InstantForm, value: &Value) -> Option<i64> {
    match form {
        InstantForm::EpochMillis => value.as_i64()?.checked_mul(1_000),
        InstantForm::EpochMicros => value.as_i64(),
        InstantForm::Millis | InstantForm::Micros => {
            Some(Timestamp::of_record(value.as_str()?).ok()?.micros())
        }
    }
}

fn scale(kind: &Kind) -> u32 {
    match kind {
        Kind::Decimal { scale, .. } | Kind::Number { scale } => u32::from(*scale),
        _ => 0,
    }
}

/// A number in units of the last of `scale` digits after the point; none if it has more of them.
pub(crate) fn units(value: &Value, scale: u32) -> Option<i64> {
    let text = value.as_number()?.to_string();
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let fraction = fraction.trim_end_matches('0');
    let missing = (scale as usize).checked_sub(fraction.len())?;
    format!("{whole}{fraction}{:0<missing$}", "").parse().ok()
}

impl Constant {
    /// Returns true if a field of `kind` with this constant has `value`.
    fn is(&self, kind: &Kind, value: &Value) -> bool {
        match self {
            Self::Null => value.is_null(),
            Self::Text(text) => value == text,
            Self::Boolean(truth) => value == truth,
            Self::Integer(number) => value.as_i64() == Some(*number),
            Self::Decimal(own) => units(value, scale(kind)) == Some(*own),
            Self::Double(number) => value.as_f64() == Some(*number),
        }
    }
}
