//! The records of the topic `users`: what is fixed about them, and what each one brings.

use mercato_encode::{Constant, Layout, Out, Writer, numbers};
use mercato_patterns::geographic::City;
use mercato_schema::{InstantForm, Timestamp, UserUpdate};
use mercato_units::enumerated;

use crate::population::{Mailbox, Person};
use crate::shop::Topic;
use crate::shop::users::{Change, State, Transition, UserKind, Users, append_number, append_user};

enumerated! {
    /// The kinds of record of a user.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(in crate::shop) enum UpdateKind {
        Profile,
        BecameRegular,
        Moved,
        EmailChanged,
    }
}

/// The origin of a record: before the number in its identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::shop) enum Source {
    /// A session or campaign of that number.
    Visit,
    /// The first change of a user.
    Before,
    Change,
}

/// A record of a user: what they were and are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::shop) struct Update {
    pub(in crate::shop) source: Source,
    pub(in crate::shop) number: u64,
    pub(in crate::shop) at: i64,
    kind: UpdateKind,
    before: State,
    after: State,
}

impl UpdateKind {
    pub(in crate::shop) const fn name(self) -> &'static str {
        match self {
            Self::Profile => "profile",
            Self::BecameRegular => "became_regular",
            Self::Moved => "moved",
            Self::EmailChanged => "email_changed",
        }
    }
}

impl From<Change> for UpdateKind {
    fn from(change: Change) -> Self {
        match change {
            Change::BecameRegular => Self::BecameRegular,
            Change::Moved => Self::Moved,
            Change::EmailChanged => Self::EmailChanged,
        }
    }
}

impl Source {
    const fn prefix(self) -> &'static [u8; 4] {
        match self {
            Self::Visit => b"usr_",
            Self::Before => b"pre_",
            Self::Change => b"chg_",
        }
    }
}

/// The layout of users' records.
pub(in crate::shop) fn layout(users: &Users) -> Layout {
    let kinds = || UserKind::ALL.map(|kind| [Constant::from(kind.name())]);
    let before =
        |rows: Vec<[Constant; 1]>| [[Constant::Null]].into_iter().chain(rows).collect::<Vec<_>>();
    let home = |city: &City| {
        [city.country().alpha2(), city.subdivision(), city.name()].map(Constant::from)
    };
    let cities = || users.cities().iter();
    Topic::USERS
        .layout()
        .prefix("user_id", "user_")
        .table("update_type", ["update_type"], UpdateKind::ALL.map(|kind| [kind.name().into()]))
        .table("user_type", ["user_type"], kinds())
        .table(
            "age_group",
            ["age_group"],
            users.ages().names().iter().map(|name| [name.as_str().into()]),
        )
        .table("home", ["country", "state", "city"], cities().map(|city| home(city)))
        .table("previous_user_type", ["previous_user_type"], before(kinds().into()))
        .table(
            "previous_city",
            ["previous_city"],
            before(cities().map(|city| [city.name().into()]).collect()),
        )
}

impl Update {
    /// The profile of the user of a visit that begins at `at`.
    pub(in crate::shop) fn of_visit(users: &Users, user: u32, visit: u64, at: i64) -> Self {
        let state = users.state(user, at);
        let kind = UpdateKind::Profile;
        Self { source: Source::Visit, number: visit, at, kind, before: state, after: state }
    }

    /// The record of a change at `at`.
    pub(in crate::shop) fn of_change(transition: &Transition, change: u64, at: i64) -> Self {
        let Transition { change: kind, before, after, .. } = *transition;
        Self { source: Source::Change, number: change, at, kind: kind.into(), before, after }
    }

    /// The profile before a user's first change.
    pub(in crate::shop) fn before_change(transition: &Transition, change: u64, at: i64) -> Self {
        let before = transition.before;
        let kind = UpdateKind::Profile;
        Self { source: Source::Before, number: change, at, kind, before, after: before }
    }

    /// The record as a value: the slow path, which says what the fast one must write.
    pub(in crate::shop) fn record<'a>(&self, users: &'a Users) -> UserUpdate<'a> {
        let Self { kind, before, after, .. } = *self;
        let city = |state: State| users.places()[usize::from(state.home)];
        let text = |append: &dyn Fn(&mut Vec<u8>)| {
            let mut out = Vec::new();
            append(&mut out);
            String::from_utf8_lossy(&out).into_owned()
        };
        let prefix = String::from_utf8_lossy(self.source.prefix());
        UserUpdate {
            update_id: format!("{prefix}{:09}", self.number).into(),
            user_id: text(&|out| append_user(out, after.number)).into(),
            update_type: kind.name().into(),
            timestamp: Timestamp::from_micros(self.at),
            user_type: after.kind.name().into(),
            age_group: users.ages().names()[usize::from(after.age)].as_str().into(),
            name: text(&|out| Person::of(after.name).append_name(out)).into(),
            email: text(&|out| mailbox(after).append(out)).into(),
            country: city(after).country().alpha2().into(),
            state: city(after).subdivision().into(),
            city: city(after).name().into(),
            previous_user_type: (kind == UpdateKind::BecameRegular)
                .then(|| before.kind.name().into()),
            previous_email: (kind == UpdateKind::EmailChanged)
                .then(|| text(&|out| mailbox(before).append(out)).into()),
            previous_city: (kind == UpdateKind::Moved).then(|| city(before).name().into()),
        }
    }

    /// Writes the record.
    #[expect(
        clippy::inline_always,
        reason = "a writer that is handed on by address is kept in memory"
    )]
    #[inline(always)]
    pub(in crate::shop) fn write(&self, writer: &mut impl Writer) {
        let Self { kind, before, after, .. } = *self;
        writer.key(|key| append_user(key, after.number));
        writer.plain("update_id", |out| {
            out.array(self.source.prefix());
            numbers::nine(out, self.number);
        });
        writer.plain("user_id", |out| append_number(out, after.number));
        writer.piece("update_type", kind as usize);
        writer.instant("timestamp", self.at, InstantForm::Millis);
        writer.piece("user_type", after.kind as usize);
        writer.piece("age_group", after.age.into());
        writer.plain("name", |out| Person::of(after.name).append_name(out));
        writer.plain("email", |out| mailbox(after).append(out));
        writer.piece("home", after.home.into());
        let is = |is_it, row: usize| if is_it { row + 1 } else { 0 };
        writer.piece(
            "previous_user_type",
            is(kind == UpdateKind::BecameRegular, before.kind as usize),
        );
        let email = (kind == UpdateKind::EmailChanged).then(|| mailbox(before));
        writer.optional_text("previous_email", email, Mailbox::append);
        writer.piece("previous_city", is(kind == UpdateKind::Moved, before.home.into()));
    }
}

fn mailbox(state: State) -> Mailbox {
    Mailbox { person: Person::of(state.name), number: state.number, before: state.emails }
}
