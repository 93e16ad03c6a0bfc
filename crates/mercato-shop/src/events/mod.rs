//! The stream `events` of document 002: what users do in the shop, one record an event, keyed by
//! the user.

mod config;
mod custom;
mod narration;
mod params;
mod ranges;

use mercato_draw::{CounterHash, Words};
use mercato_encode::{Constant, Layout, Writer, numbers};
use mercato_engine::{Arrival, Arrivals, Schedule, Step, Stream, StreamId, Trace, World};
use mercato_schema::{CustomValue, EventMetadata, InstantForm, Minutes, Timestamp, UserEvent};

use crate::purposes;
pub use config::{EventsConfig, FieldConfig};
use custom::{CustomField, FieldLaw};
pub use narration::narrate;
pub use params::EventsParams;

/// The stream `events`.
///
/// The key is `user_id`; a record's kind is its event type.
#[derive(Debug, Clone)]
pub struct Events {
    params: EventsParams,
    schedule: Schedule,
    compact: bool,
    /// The counter hashes of the additional fields, one each.
    hashes: Box<[CounterHash]>,
    /// The further fields' names in a layout.
    paths: Box<[String]>,
}

/// Everything random about one event but its further fields, which are drawn when they are
/// rendered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UserAction {
    user: u32,
    product: u32,
    session_hundredths: u32,
    event_type: u16,
}

impl Events {
    /// The stream of `params` in `world`, with more or fewer arrivals where `schedule` says so.
    pub fn new(world: World, params: EventsParams, schedule: Schedule) -> Self {
        let hashes: Box<[CounterHash]> =
            params.fields.iter().map(|field| field.hash(world.seed)).collect();
        let path = |field: &CustomField| format!("metadata.{}", field.name);
        Self {
            paths: params.fields.iter().map(path).collect(),
            compact: params.is_compact(),
            params,
            schedule,
            hashes,
        }
    }

    /// The record of one event as a value: the slow path, which says what the fast one must write.
    pub fn record(&self, event: &UserAction, step: Step) -> UserEvent<'_> {
        let fields = self.params.fields.iter().zip(&self.hashes);
        UserEvent {
            user_id: event.user.into(),
            event_type: self.params.types.names()[usize::from(event.event_type)].as_str().into(),
            timestamp: Timestamp::from_micros(step.at),
            metadata: EventMetadata {
                product_id: event.product.into(),
                session_length: Minutes::from_hundredths(event.session_hundredths.into()),
                custom: fields
                    .map(|(field, hash)| {
                        (field.name.as_str().into(), field.value(word(*hash, step)))
                    })
                    .collect(),
            },
        }
    }
}

/// The word of a further field in the record of one arrival.
#[inline]
fn word(hash: CounterHash, step: Step) -> u64 {
    hash.at(step.arrival, step.substream.into())
}

impl Stream for Events {
    type Entity = UserAction;
    // The types of parameters and records guarantee it, and tests compare every byte with
    // `serde_json`.
    const CHECKED: bool = false;

    fn id(&self) -> StreamId {
        StreamId { name: "events", purpose: purposes::EVENTS, rank: 1 }
    }

    fn topics(&self) -> Vec<String> {
        vec![self.params.topic.clone()]
    }

    fn kinds(&self) -> Vec<String> {
        self.params.types.names().to_vec()
    }

    fn arrivals(&self) -> Vec<Arrivals> {
        vec![self.params.arrivals.arrivals(self.schedule.clone())]
    }

    fn words(&self) -> usize {
        if self.compact { 1 } else { 4 }
    }

    /// A word is four times as long as what an event needs of it, and drawing words is a good part
    /// of drawing an event:
    /// so one is split between user, product, session and type where their ranges allow it, which
    /// is exact to 2^-32 of each outcome's share, and with larger ranges each has a word of its
    /// own.
    #[expect(
        clippy::inline_always,
        reason = "an event that is handed over through memory takes 5 ns more to be kept"
    )]
    #[inline(always)]
    fn draw(&self, _: Arrival, words: &mut Words<'_>) -> UserAction {
        let mut rest = words.take();
        let mut next = |range: mercato_draw::UniformInt| {
            let (outcome, left) = range.split(rest);
            rest = if self.compact { left } else { words.take() };
            outcome as u32
        };
        let (user, product) = (next(self.params.users), next(self.params.products));
        let session_hundredths = next(self.params.session);
        UserAction { user, product, session_hundredths, event_type: self.params.types.pick(rest) }
    }

    #[inline]
    fn owner(&self, event: &UserAction, _: Arrival, key: &mut Vec<u8>) {
        numbers::unsigned(key, event.user);
    }

    #[inline]
    fn trace(&self, event: &UserAction, arrival: Arrival, trace: &mut Trace) {
        trace.push(arrival.at, event.event_type);
    }

    fn layout(&self, _: u16) -> Layout {
        let name = |name: &String| [name.as_str().into()];
        let description =
            UserEvent::description_with(self.params.fields.iter().map(CustomField::described));
        let types = self.params.types.names().iter().map(name);
        let layout = Layout::new(description).table("event_type", ["event_type"], types);
        let fields = self.params.fields.iter().zip(&self.paths);
        fields.fold(layout, |layout, (field, path)| match &field.law {
            FieldLaw::Choice(choice) => {
                layout.table(path, [path.as_str()], choice.names().iter().map(name))
            }
            FieldLaw::Constant(value) => layout.table(path, [path.as_str()], [[constant(value)]]),
            FieldLaw::Integer(_) | FieldLaw::Decimal { .. } => layout,
        })
    }

    #[expect(
        clippy::inline_always,
        reason = "a writer that is handed on by address is kept in memory"
    )]
    #[inline(always)]
    fn write<W: Writer>(&self, event: &UserAction, step: Step, writer: &mut W) {
        writer.key(|key| numbers::unsigned(key, event.user));
        writer.integer("user_id", event.user);
        writer.piece("event_type", event.event_type.into());
        writer.instant("timestamp", step.at, InstantForm::Millis);
        writer.integer("metadata.product_id", event.product);
        writer.decimal("metadata.session_length", event.session_hundredths.into(), 2);
        for ((field, hash), path) in self.params.fields.iter().zip(&self.hashes).zip(&self.paths) {
            let word = word(*hash, step);
            match &field.law {
                FieldLaw::Choice(choice) => writer.piece(path, choice.pick(word).into()),
                FieldLaw::Constant(_) => writer.piece(path, 0),
                FieldLaw::Integer(range) => writer.long(path, range.pick(word)),
                FieldLaw::Decimal { units, decimals } => {
                    writer.decimal(path, units.pick(word), *decimals);
                }
            }
        }
    }
}

fn constant(value: &CustomValue<'_>) -> Constant {
    match value {
        CustomValue::Text(text) => Constant::Text(text.to_string()),
        CustomValue::Truth(truth) => Constant::Boolean(*truth),
        CustomValue::Integer(number) => Constant::Integer(*number),
        CustomValue::Decimal(number) => Constant::Double(*number),
    }
}
