//! The plan of a lifecycle, before it is checked.

use crate::Dwell;

/// States and the ways between them, as a configuration states them.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// Names of the states; an entity begins in the first.
    pub states: Vec<String>,
    /// The ways between states; a state that none leads out of ends the lifecycle.
    pub transitions: Vec<Transition>,
    /// Largest number of steps, the first state included; needed only where a state can come again.
    ///
    /// A walk that has made them stays in the state it has reached.
    pub max_steps: Option<u16>,
}

/// One way from a state to the next.
#[derive(Debug, Clone)]
pub struct Transition {
    /// Name of the state that is left.
    pub from: String,
    /// Name of the state that follows.
    pub to: String,
    /// Weight of this transition, relative to the sum over all transitions out of `from`; 0 is
    /// never.
    pub weight: u64,
    /// Dwell time in `from` before this transition.
    pub dwell: Dwell,
}

impl Plan {
    /// A plan of states without any way between them.
    pub fn new<S: Into<String>>(states: impl IntoIterator<Item = S>) -> Self {
        Self {
            states: states.into_iter().map(Into::into).collect(),
            transitions: Vec::new(),
            max_steps: None,
        }
    }

    /// The same plan with one more way.
    #[must_use]
    pub fn with(mut self, transition: Transition) -> Self {
        self.transitions.push(transition);
        self
    }
}

impl Transition {
    /// A way from one state to another.
    pub fn new(from: impl Into<String>, to: impl Into<String>, weight: u64, dwell: Dwell) -> Self {
        Self { from: from.into(), to: to.into(), weight, dwell }
    }
}
