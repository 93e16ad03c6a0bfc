//! The fast path: copying what was rendered once and appending digits.

use std::marker::PhantomData;

use mercato_draw::{AliasTable, CounterHash, UniformInt};
use mercato_encode::{digits, json};
use mercato_engine::Step;

use super::custom::{CustomField, FieldLaw};
use super::frame::{self, Frame};
use super::{EventsParams, UserAction};
use crate::quick::{self, Out, Snippet};

/// Everything of one format that can be rendered before the first record.
#[derive(Debug, Clone)]
pub(super) struct Renderer<F> {
    /// From behind the user's number to before the time, for each event type.
    types: Box<[Snippet<TYPE_BYTES>]>,
    /// The further fields whose values are drawn.
    fields: Box<[Field]>,
    /// From behind the last value that is drawn to the end.
    end: Snippet<32>,
    /// Whether what every event has, and the end, are short enough for a line of [`ROOM`] bytes.
    fits_line: bool,
    frame: PhantomData<F>,
}

/// A further field; the constants before it are part of its texts.
#[derive(Debug, Clone)]
enum Field {
    Choice { table: AliasTable, texts: Box<[Snippet<64>]>, hash: CounterHash },
    Integer { before: Snippet<32>, range: UniformInt, hash: CounterHash },
    Decimal { before: Snippet<32>, units: UniformInt, decimals: u32, hash: CounterHash },
}

/// Bytes of a time.
const TIME_BYTES: usize = 24;

/// Bytes of a type's text that are copied the quick way: enough for a name of 18 letters.
const TYPE_BYTES: usize = 48;

/// Bytes enough for a line: 56 of the frame, two numbers of up to 10 digits, a length of up to 9, a
/// type's text, a time, and the 32 that are copied for the end, wherever it begins.
const ROOM: usize = 192;

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
        let types: Box<[Snippet<TYPE_BYTES>]> =
            params.types.names().iter().map(event_type).collect();
        let end = Snippet::new(|out| out.extend_from_slice(&waiting));
        let fits_line = end.is_short() && types.iter().all(Snippet::is_short);
        Self { types, fields: fields.into(), end, fits_line, frame: PhantomData }
    }

    /// Appends the record of one event.
    #[inline]
    pub(super) fn append(&self, event: &UserAction, step: Step, out: &mut Vec<u8>) {
        if self.fits_line && self.fields.is_empty() {
            return quick::line::<ROOM>(out, |line| {
                self.append_documented(event, step, line);
                self.end.append(line);
            });
        }
        if self.fits_line {
            quick::line::<ROOM>(out, |line| self.append_documented(event, step, line));
        } else {
            self.append_documented(event, step, out);
        }
        for field in &self.fields {
            field.append(step, out);
        }
        self.end.append(out);
    }

    /// Appends what every event has.
    #[expect(
        clippy::inline_always,
        reason = "the length of a line stays in a register only where it is not handed on"
    )]
    #[inline(always)]
    fn append_documented(&self, event: &UserAction, step: Step, out: &mut impl Out) {
        F::USER.append(out);
        quick::unsigned(out, event.user);
        self.types[usize::from(event.event_type)].append(out);
        out.put(&digits::millis_text(step.at), TIME_BYTES);
        F::PRODUCT.append(out);
        quick::unsigned(out, event.product);
        F::SESSION.append(out);
        quick::hundredths(out, event.session_hundredths);
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
                Self::Choice {
                    table: choice.table().clone(),
                    texts: choice.names().iter().map(whole).collect(),
                    hash,
                }
            }
            FieldLaw::Integer(range) => {
                Self::Integer { before: Snippet::new(text), range: *range, hash }
            }
            FieldLaw::Decimal { units, decimals } => Self::Decimal {
                before: Snippet::new(text),
                units: *units,
                decimals: *decimals,
                hash,
            },
            FieldLaw::Constant(_) => return None,
        })
    }

    #[inline]
    fn append(&self, step: Step, out: &mut Vec<u8>) {
        match self {
            Self::Choice { table, texts, hash } => {
                texts[table.pick(super::word(*hash, step))].append(out)
            }
            Self::Integer { before, range, hash } => {
                before.append(out);
                quick::signed(out, range.pick(super::word(*hash, step)));
            }
            Self::Decimal { before, units, decimals, hash } => {
                before.append(out);
                let units = units.pick(super::word(*hash, step));
                if *decimals == 2 && units >= 0 {
                    quick::cents(out, units)
                } else {
                    json::fixed(out, units, *decimals)
                }
            }
        }
    }
}

fn append_constant<F: Frame>(out: &mut Vec<u8>, field: &CustomField) {
    if let FieldLaw::Constant(value) = &field.law {
        frame::constant::<F>(out, value);
    }
}
