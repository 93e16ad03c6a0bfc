//! Protocols that are wrong on purpose: a check that does not find them proves nothing.

use crate::producer::exactly_once::machine::{Action, Event, Machine, State};

/// One mistake in the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mutant {
    /// Aborts nothing after an error: the producer and its transaction are used again.
    KeepsTheTransaction,
    /// Takes a commit whose outcome is unknown for done.
    TrustsTheCommit,
    /// Sends what it holds again even if that is committed.
    ResendsWhatIsCommitted,
    /// Does not send again what was aborted.
    ForgetsWhatIsAborted,
    /// Goes on after another instance has committed.
    IgnoresOthers,
}

impl Mutant {
    pub(super) const ALL: [Self; 5] = [
        Self::KeepsTheTransaction,
        Self::TrustsTheCommit,
        Self::ResendsWhatIsCommitted,
        Self::ForgetsWhatIsAborted,
        Self::IgnoresOthers,
    ];

    /// What the machine does with this mistake.
    pub(super) fn next(self, machine: &mut Machine, event: Event) -> Action {
        let goes_on = machine.committed.filter(|committed| machine.taken > *committed);
        let (state, action) = match (self, machine.state, event) {
            (Self::KeepsTheTransaction, State::Looking, Event::Alone)
            | (Self::ResendsWhatIsCommitted, State::Reading, Event::Found(_))
                if goes_on.is_some() =>
            {
                (State::Resending, Action::Resend)
            }
            (Self::TrustsTheCommit, State::Committing, Event::Failed) => {
                machine.confirm(machine.taken)
            }
            (Self::ForgetsWhatIsAborted, State::Reading, Event::Found(position))
                if goes_on == Some(position) =>
            {
                machine.again()
            }
            (Self::IgnoresOthers, State::Looking, Event::Overtaken) => {
                (State::Opening, Action::Open)
            }
            (Self::IgnoresOthers, State::Reading, Event::Found(position)) if goes_on.is_some() => {
                machine.committed = Some(position);
                machine.found(position)
            }
            _ => return machine.next(event),
        };
        machine.state = state;
        action
    }
}
