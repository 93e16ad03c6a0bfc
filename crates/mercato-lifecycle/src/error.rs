//! Errors of invalid lifecycles.

/// States and transitions that make no lifecycle.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LifecycleError {
    /// No state, or more than can be numbered.
    #[error("the number of states {count} is out of range (1 to {max})")]
    States {
        /// Number of states as given.
        count: usize,
        /// Largest number of states.
        max: usize,
    },
    /// Two states of one name.
    #[error("the state {state:?} is listed twice")]
    Duplicate {
        /// Its name.
        state: String,
    },
    /// A transition from or to a state that is not listed.
    #[error("a transition names the unknown state {state:?}; expected one of {known}")]
    UnknownState {
        /// The name as given.
        state: String,
        /// Names of all states, separated by commas.
        known: String,
    },
    /// Transitions lead out of a state, but none can be taken.
    #[error("the transitions out of {state:?} all have weight 0; at least one must be positive")]
    NoWeight {
        /// Name of the state.
        state: String,
    },
    /// Weights that cannot be added up.
    #[error("the weights of the transitions out of {state:?} sum to more than {max}")]
    WeightTooLarge {
        /// Name of the state.
        state: String,
        /// Largest allowed sum.
        max: u64,
    },
    /// A state that no path of positive weight reaches.
    #[error("the state {state:?} cannot be reached from {start:?}")]
    Unreachable {
        /// Name of the state.
        state: String,
        /// Name of the first state.
        start: String,
    },
    /// Every state is left again, so no walk ever ends by itself.
    #[error("no state that ends the lifecycle can be reached from {start:?}")]
    Endless {
        /// Name of the first state.
        start: String,
    },
    /// A state can follow itself and nothing bounds the number of steps.
    #[error(
        "the state {state:?} can recur; a lifecycle with a cycle requires a maximum number of steps"
    )]
    Cycle {
        /// Name of the first such state.
        state: String,
    },
    /// A bound on steps that is none or too large.
    #[error("the maximum number of steps {steps} is out of range (1 to {max})")]
    Steps {
        /// Number of steps as given, or of the longest path.
        steps: usize,
        /// Largest allowed number.
        max: u16,
    },
}
