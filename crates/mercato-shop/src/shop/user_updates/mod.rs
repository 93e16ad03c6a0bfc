//! Users as records: who becomes a regular user, moves or has a new e-mail address.
//!
//! A user's first record is their profile: it comes with the first visit that is their turn, whether
//! or not they are travelling then, as a step of that session; and with each campaign against them.
//! Changes are the stream of this module. They come by a calendar of their own, so that a user may
//! change before they have come; so the first change of each user brings the profile along that
//! holds until then.
//! A profile that comes again says what the record before it says.

mod record;

use mercato_draw::Words;
use mercato_encode::{Layout, Writer};
use mercato_engine::{Arrival, Arrivals, Delays, Schedule, Step, Stream, StreamId, Trace, World};
use mercato_schema::UserUpdate;

use super::users::{Transition, Users, append_user};
use super::{ShopParams, Topic};
use crate::purposes;
pub(super) use record::{Update, UpdateKind, layout};

/// The changes of a shop's users: the topic `users`, keyed by the user.
#[derive(Debug, Clone)]
pub struct UserUpdates {
    topic: String,
    users: Users,
}

/// A change, or an arrival without one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UserChange {
    number: u64,
    transition: Option<Transition>,
}

impl UserUpdates {
    /// The changes of the users of the shop of `params` in `world`.
    pub fn new(world: World, params: &ShopParams) -> Self {
        Self { topic: params.topic(Topic::USERS).to_owned(), users: params.users(world) }
    }

    /// The record of a step as a value: the slow path, which says what the fast one must write; none
    /// for an arrival without a change.
    pub fn record(&self, change: &UserChange, step: Step) -> Option<UserUpdate<'_>> {
        Some(update(change, step)?.record(&self.users))
    }
}

/// The record of a step.
fn update(change: &UserChange, step: Step) -> Option<Update> {
    let transition = change.transition.as_ref()?;
    Some(if step.kind == UpdateKind::Profile as u16 {
        Update::before_change(transition, change.number, step.at)
    } else {
        Update::of_change(transition, change.number, step.at)
    })
}

impl Stream for UserUpdates {
    type Entity = UserChange;

    const CHECKED: bool = false;

    fn id(&self) -> StreamId {
        StreamId { name: "user-updates", purpose: purposes::USER_UPDATES, rank: 1 }
    }

    fn topics(&self) -> Vec<String> {
        vec![self.topic.clone()]
    }

    fn kinds(&self) -> Vec<String> {
        UpdateKind::ALL.map(|kind| kind.name().to_owned()).into()
    }

    fn arrivals(&self) -> Vec<Arrivals> {
        // The parameters have been checked.
        let delays = |step| Delays::new(step, step, Schedule::default()).ok();
        let steps = self.users.changes().and_then(|changes| delays(changes.step()));
        steps.map(Arrivals::Delays).into_iter().collect()
    }

    fn words(&self) -> usize {
        0
    }

    fn draw(&self, arrival: Arrival, _: &mut Words<'_>) -> UserChange {
        let due = self.users.changes().and_then(|changes| {
            let number = changes.at(arrival.index)?;
            Some((number, self.users.transition(changes, number)))
        });
        UserChange {
            number: due.map_or(0, |(number, _)| number),
            transition: due.map(|(_, transition)| transition),
        }
    }

    fn owner(&self, change: &UserChange, _: Arrival, key: &mut Vec<u8>) {
        if let Some(transition) = &change.transition {
            append_user(key, transition.after.number);
        }
    }

    fn trace(&self, change: &UserChange, arrival: Arrival, trace: &mut Trace) {
        let Some(transition) = &change.transition else { return };
        if transition.is_first {
            trace.push(arrival.at, UpdateKind::Profile as u16);
        }
        trace.push(arrival.at, UpdateKind::from(transition.change) as u16);
    }

    fn layout(&self, _: u16) -> Layout {
        layout(&self.users)
    }

    fn write<W: Writer>(&self, change: &UserChange, step: Step, writer: &mut W) {
        if let Some(update) = update(change, step) {
            update.write(writer);
        }
    }
}
