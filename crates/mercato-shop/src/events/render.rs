//! The fast path: copying what was rendered once and appending digits.

use std::marker::PhantomData;

use mercato_draw::{AliasTable, CounterHash, UniformInt};
use mercato_encode::digits::{Precision, TimeWriter};
use mercato_encode::json;
use mercato_engine::Step;

use super::custom::{CustomField, FieldLaw};
use super::frame::{self, Frame};
use super::{EventsParams, UserAction};
use crate::quick::{self, Snippet};

/// Everything of one format that can be rendered before the first record.
#[derive(Debug, Clone)]
pub(super) struct Renderer<F> {
    /// From behind the user's number to before the time, for each event type.
    types: Box<[Snippet<64>]>,
    /// The further fields whose values are drawn.
    fields: Box<[Field]>,
    /// From behind the last value that is drawn to the end.
    end: Snippet<32>,
    frame: PhantomData<F>,
}

/// A further field; the constants before it are part of its texts.
#[derive(Debug, Clone)]
enum Field {
    Choice { table: AliasTable, texts: Box<[Snippet<64>]>, hash: CounterHash },
    Integer { before: Snippet<32>, range: UniformInt, hash: CounterHash },
    Decimal { before: Snippet<32>, units: UniformInt, decimals: u32, hash: CounterHash },
}

/// Times as records show them.
pub(super) const TIME: TimeWriter = TimeWriter::new(Precision::Millis);

impl<F: Frame> Renderer<F> {
    /// The renderer of `params`, whose fields are drawn by `hashes`.
    pub(super) fn new(params: &EventsParams, hashes: &[CounterHash]) -> Self {
        let event_type = |name: &String| {
            Snippet::new(|out| {
                out.extend_from_slice(F::TYPE);
                F::text(out, name);
                out.extend_from_slice(F::TIMESTAMP);
            })
        };
        let (mut fields, mut waiting) = (Vec::new(), Vec::new());
        for (field, hash) in params.fields.iter().zip(hashes) {
            F::field(&mut waiting, &field.name);
            match Field::new::<F>(field, &waiting, *hash) {
                Some(drawn) => {
                    fields.push(drawn);
                    waiting.clear();
                }
                None => append_constant::<F>(&mut waiting, field),
            }
        }
        waiting.extend_from_slice(F::END);
        Self {
            types: params.types.names().iter().map(event_type).collect(),
            fields: fields.into(),
            end: Snippet::new(|out| out.extend_from_slice(&waiting)),
            frame: PhantomData,
        }
    }

    /// Appends the record of one event.
    #[inline]
    pub(super) fn append(&self, event: &UserAction, step: Step, out: &mut Vec<u8>) {
        out.extend_from_slice(F::USER);
        quick::unsigned(out, event.user);
        self.types[usize::from(event.event_type)].append(out);
        TIME.write(out, step.at);
        out.extend_from_slice(F::PRODUCT);
        quick::unsigned(out, event.product);
        out.extend_from_slice(F::SESSION);
        quick::cents(out, event.session_hundredths.into());
        for field in &self.fields {
            field.append(step, out);
        }
        self.end.append(out);
    }
}

impl Field {
    /// The field behind the text `before`; none for a constant.
    fn new<F: Frame>(field: &CustomField, before: &[u8], hash: CounterHash) -> Option<Self> {
        let text = |out: &mut Vec<u8>| out.extend_from_slice(before);
        Some(match &field.law {
            FieldLaw::Choice(choice) => {
                let whole = |name: &String| {
                    Snippet::new(|out| {
                        text(out);
                        F::text(out, name);
                    })
                };
                Self::Choice { table: choice.table().clone(), texts: choice.names().iter().map(whole).collect(), hash }
            }
            FieldLaw::Integer(range) => Self::Integer { before: Snippet::new(text), range: *range, hash },
            FieldLaw::Decimal { units, decimals } => {
                Self::Decimal { before: Snippet::new(text), units: *units, decimals: *decimals, hash }
            }
            FieldLaw::Constant(_) => return None,
        })
    }

    #[inline]
    fn append(&self, step: Step, out: &mut Vec<u8>) {
        match self {
            Self::Choice { table, texts, hash } => texts[table.pick(super::word(*hash, step))].append(out),
            Self::Integer { before, range, hash } => {
                before.append(out);
                quick::signed(out, range.pick(super::word(*hash, step)));
            }
            Self::Decimal { before, units, decimals, hash } => {
                before.append(out);
                let units = units.pick(super::word(*hash, step));
                if *decimals == 2 && units >= 0 { quick::cents(out, units) } else { json::fixed(out, units, *decimals) }
            }
        }
    }
}

fn append_constant<F: Frame>(out: &mut Vec<u8>, field: &CustomField) {
    if let FieldLaw::Constant(value) = &field.law {
        frame::constant::<F>(out, value);
    }
}
