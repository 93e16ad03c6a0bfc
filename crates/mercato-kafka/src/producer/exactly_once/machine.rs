//! The protocol of exactly-once delivery as a pure state machine: events in, actions out.
//!
//! It does not know Kafka, clocks or records: a position is the number of records that the run has
//! sent from its beginning.
//! The driver carries out each action and reports the outcome as the next event.
//!
//! | state | event | action | next state |
//! |---|---|---|---|
//! | opening | opened | read the progress record | reading |
//! | reading | found the position of the last commit | proceed; resend what is held; or commit again | taking, resending, committing |
//! | reading | found the position of the commit whose outcome was unknown | forget what is held | taking |
//! | reading | found any other position | stop: overtaken | ended |
//! | resending | resent | proceed, or commit again | taking, committing |
//! | taking | taken | proceed | taking |
//! | taking | cut | commit | committing |
//! | committing | committed | forget what is held | taking |
//! | any | failed | look who committed last | looking |
//! | looking | alone | open | opening |
//! | looking | overtaken | stop: overtaken | ended |
//! | any | lost | stop: lost | ended |
//!
//! To open means to retire the producer and to make a new one, whose `init_transactions` fences
//! every earlier instance and ends its transaction; only then is the progress record final.
//! To look before that keeps two instances from fencing each other in turn.

/// The outcome of an action, or a wish of the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Event {
    /// A new producer has fenced every earlier one.
    Opened,
    /// The last committed progress record has this position; 0 if there is none.
    Found(u64),
    /// Everything that is held is with the new producer.
    Resent,
    /// The run hands over one more record.
    Taken,
    /// The run ends the transaction.
    Cut,
    /// The transaction is committed.
    Committed,
    /// An action failed, and its effect is unknown.
    Failed,
    /// No other instance has committed since this one did or began.
    Alone,
    /// Another instance has.
    Overtaken,
    /// A record or the run is refused for good.
    Lost,
}

/// A task for the driver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    /// Retire the producer, make a new one, and fence every earlier one.
    Open,
    /// Read the progress record up to the end of its partition.
    Read,
    /// Send what is held, in a new transaction.
    Resend,
    /// Commit what has been sent, together with the position after it.
    Commit,
    /// Drop what is held: it is committed. Then let the run go on.
    Forget,
    /// Let the run go on.
    Proceed,
    /// Find out which instance has committed last.
    Look,
    /// Send nothing more.
    Stop(Reason),
}

/// Why nothing more is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reason {
    /// Another instance of the same run has taken over.
    Overtaken,
    /// A record or the run is refused for good.
    Lost,
}

/// The outcome that the machine waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum State {
    Opening,
    Reading,
    Resending,
    Taking,
    Committing,
    Looking,
    Ended(Reason),
}

/// The state of one instance of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Machine {
    state: State,
    /// Position of the last commit that is known; none before the first read.
    committed: Option<u64>,
    /// Position after the last record that was taken.
    taken: u64,
    /// Position of a commit that was asked for and is not confirmed.
    wanted: Option<u64>,
}

impl Machine {
    /// The machine of an instance that starts; its first action is [`Action::Open`].
    pub(super) fn new() -> Self {
        Self { state: State::Opening, committed: None, taken: 0, wanted: None }
    }

    /// Position after the last record that was taken.
    pub(super) fn taken(&self) -> u64 {
        self.taken
    }

    /// Returns whether the progress record has been read once.
    pub(super) fn has_begun(&self) -> bool {
        self.committed.is_some()
    }

    /// Returns the action that follows `event`.
    ///
    /// An event that the state does not expect changes nothing: the run waits in [`State::Taking`]
    /// only, and the driver reports the outcome of each action once.
    pub(super) fn next(&mut self, event: Event) -> Action {
        let (state, action) = match (self.state, event) {
            (State::Ended(reason), _) => (self.state, Action::Stop(reason)),
            (_, Event::Lost) => stopped(Reason::Lost),
            (State::Opening, Event::Opened) => (State::Reading, Action::Read),
            (State::Reading, Event::Found(position)) => self.found(position),
            (State::Resending, Event::Resent) => self.again(),
            (State::Taking, Event::Taken) => {
                self.taken += 1;
                (State::Taking, Action::Proceed)
            }
            (State::Taking, Event::Cut) => {
                self.wanted = Some(self.taken);
                (State::Committing, Action::Commit)
            }
            (State::Committing, Event::Committed) => self.confirm(self.taken),
            (State::Looking, Event::Alone) => (State::Opening, Action::Open),
            (State::Looking, Event::Overtaken) => stopped(Reason::Overtaken),
            (_, Event::Failed) => (State::Looking, Action::Look),
            (state, _) => (state, Action::Proceed),
        };
        self.state = state;
        action
    }

    /// The progress record is at `position`, and no transaction of this run is open.
    fn found(&mut self, position: u64) -> (State, Action) {
        match self.committed {
            None => {
                (self.committed, self.taken) = (Some(position), position);
                (State::Taking, Action::Proceed)
            }
            Some(committed) if position == committed && self.taken > committed => {
                (State::Resending, Action::Resend)
            }
            Some(committed) if position == committed => self.again(),
            Some(_) if self.wanted == Some(position) => self.confirm(position),
            Some(_) => stopped(Reason::Overtaken),
        }
    }

    /// Goes on where an error came in between: with the commit, if one was asked for.
    fn again(&self) -> (State, Action) {
        match self.wanted {
            Some(_) => (State::Committing, Action::Commit),
            None => (State::Taking, Action::Proceed),
        }
    }

    fn confirm(&mut self, position: u64) -> (State, Action) {
        (self.committed, self.wanted) = (Some(position), None);
        (State::Taking, Action::Forget)
    }
}

fn stopped(reason: Reason) -> (State, Action) {
    (State::Ended(reason), Action::Stop(reason))
}

#[cfg(test)]
mod model;
