//! The stream `events` of document 002: what users do in the shop, one record an event, keyed by
//! the user.

mod config;
mod custom;
mod fields;
mod frame;
mod narration;
mod params;
mod render;

use mercato_draw::{CounterHash, Words};
use mercato_engine::{
    Arrival, Arrivals, Format, Record, Schedule, Step, Stream, StreamId, Trace, World,
};
use mercato_schema::{EventMetadata, Minutes, Timestamp, UserEvent};

use crate::{purposes, quick};
pub use config::{EventsConfig, FieldConfig};
use custom::CustomField;
use frame::{Csv, Json};
pub use narration::narrate;
pub use params::EventsParams;
use render::Renderer;

/// The stream `events`.
///
/// The key is `user_id`; a record's kind is its event type.
#[derive(Debug, Clone)]
pub struct Events {
    params: EventsParams,
    schedule: Schedule,
    compact: bool,
    /// What draws the further fields, one each.
    hashes: Box<[CounterHash]>,
    json: Renderer<Json>,
    csv: Renderer<Csv>,
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
        Self {
            json: Renderer::new(&params, &hashes),
            csv: Renderer::new(&params, &hashes),
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
    hash.at(step.arrival, step.lane.into())
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
        quick::unsigned(key, event.user);
    }

    #[inline]
    fn trace(&self, event: &UserAction, arrival: Arrival, trace: &mut Trace) {
        trace.push(arrival.at, event.event_type);
    }

    #[inline]
    fn render(&self, event: &UserAction, step: Step, record: &mut Record<'_>) {
        quick::unsigned(record.key(), event.user);
        match record.format() {
            Format::Json => self.json.append(event, step, record.value()),
            Format::Csv => self.csv.append(event, step, record.value()),
        }
    }

    fn columns(&self) -> Vec<String> {
        let own = self.params.fields.iter().map(CustomField::described);
        UserEvent::description_with(own).columns()
    }
}
