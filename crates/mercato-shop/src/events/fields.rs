//! The fields of an event, read from what it was drawn as.

use mercato_encode::digits;
use mercato_engine::{Field, FieldKind, FieldValue, Fields, Step, Stream};
use mercato_schema::CustomValue;

use super::custom::{CustomField, FieldLaw};
use super::{Events, UserAction, word};

/// The documented columns, before those of configured fields.
const DOCUMENTED: [FieldKind; 5] = [
    FieldKind::Integer,
    FieldKind::Text,
    FieldKind::Text,
    FieldKind::Integer,
    // Minutes in hundredths.
    FieldKind::Decimal(2),
];

impl Fields for Events {
    fn fields(&self) -> Vec<Field> {
        let own = self.params.fields.iter().map(kind);
        self.columns()
            .into_iter()
            .zip(DOCUMENTED.into_iter().chain(own))
            .map(|(name, kind)| Field { name, kind })
            .collect()
    }

    fn field<'a>(&'a self, event: &UserAction, step: Step, index: usize) -> FieldValue<'a> {
        match index {
            0 => FieldValue::Number(event.user.into()),
            1 => FieldValue::Text(
                self.params.types.names()[usize::from(event.event_type)].as_str().into(),
            ),
            2 => FieldValue::Text(time(step.at).into()),
            3 => FieldValue::Number(event.product.into()),
            4 => FieldValue::Number(event.session_hundredths.into()),
            _ => match index
                .checked_sub(DOCUMENTED.len())
                .and_then(|own| self.params.fields.get(own))
            {
                Some(field) => custom(field, word(self.hashes[index - DOCUMENTED.len()], step)),
                None => FieldValue::Absent,
            },
        }
    }
}

fn time(at: i64) -> String {
    digits::millis_text(at).map(char::from).iter().collect()
}

fn kind(field: &CustomField) -> FieldKind {
    match &field.law {
        FieldLaw::Integer(_) | FieldLaw::Constant(CustomValue::Integer(_)) => FieldKind::Integer,
        FieldLaw::Decimal { decimals, .. } => FieldKind::Decimal(*decimals),
        // Nobody adds up numbers that are all the same: what is no integer is something to group
        // by.
        FieldLaw::Choice(_) | FieldLaw::Constant(_) => FieldKind::Text,
    }
}

fn custom(field: &CustomField, word: u64) -> FieldValue<'_> {
    match &field.law {
        FieldLaw::Choice(choice) => {
            FieldValue::Text(choice.names()[usize::from(choice.pick(word))].as_str().into())
        }
        FieldLaw::Integer(range) => FieldValue::Number(range.pick(word)),
        FieldLaw::Decimal { units, .. } => FieldValue::Number(units.pick(word)),
        FieldLaw::Constant(CustomValue::Text(text)) => FieldValue::Text(text.as_ref().into()),
        FieldLaw::Constant(CustomValue::Integer(number)) => FieldValue::Number(*number),
        FieldLaw::Constant(CustomValue::Truth(truth)) => FieldValue::Text(truth.to_string().into()),
        FieldLaw::Constant(CustomValue::Decimal(number)) => {
            FieldValue::Text(serde_json::to_string(number).unwrap_or_default().into())
        }
    }
}
