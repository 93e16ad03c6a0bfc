//! The checked lifecycle, laid out for walking.

use mercato_draw::{AliasTable, DrawError};

use crate::survey::{self, Edge, Extent};
use crate::{Dwell, LifecycleError, Plan};

/// A lifecycle that is known to end.
#[derive(Debug, Clone)]
pub struct Lifecycle {
    names: Box<[String]>,
    states: Box<[State]>,
    /// The ways out of all states, those of one state beside each other.
    ways: Box<[Way]>,
    extent: Extent,
}

/// A state's outgoing transitions, and the choice among them.
#[derive(Debug, Clone)]
struct State {
    first: u32,
    exits: Exits,
}

#[derive(Debug, Clone)]
enum Exits {
    /// The lifecycle ends here.
    None,
    /// There is nothing to choose, and no word is asked for.
    One,
    Many(AliasTable),
}

#[derive(Debug, Clone)]
struct Way {
    to: u16,
    dwell: Dwell,
}

impl Lifecycle {
    /// The largest number of states.
    pub const MAX_STATES: usize = 1000;
    /// The largest number of steps of a walk.
    pub const MAX_STEPS: u16 = 1000;

    /// The lifecycle of a plan; refuses what has no first or last state, cannot be reached or could
    /// go on for ever.
    pub fn new(plan: &Plan) -> Result<Self, LifecycleError> {
        check_names(&plan.states)?;
        let bound = match plan.max_steps {
            Some(steps) if steps == 0 || steps > Self::MAX_STEPS => {
                return Err(LifecycleError::Steps {
                    steps: usize::from(steps),
                    max: Self::MAX_STEPS,
                });
            }
            bound => bound,
        };
        let edges = edges(plan)?;
        let (states, ways) = layout(plan, &edges)?;
        let open: Vec<Edge> = edges
            .iter()
            .zip(&plan.transitions)
            .filter(|(_, t)| t.weight > 0)
            .map(|(e, _)| *e)
            .collect();
        survey::check(&plan.states, &open, bound.is_some())?;
        let extent = survey::extent(plan.states.len(), &open, bound.unwrap_or(Self::MAX_STEPS));
        Ok(Self {
            names: plan.states.clone().into(),
            states: states.into(),
            ways: ways.into(),
            extent,
        })
    }

    /// Names of the states, indexed as [`Lifecycle::walk`] reports them.
    pub fn states(&self) -> &[String] {
        &self.names
    }

    /// The longest time from the first step to the last, in microseconds.
    pub fn longest(&self) -> i64 {
        self.extent.longest
    }

    /// The largest number of steps of a walk, the first included.
    pub fn steps(&self) -> u16 {
        self.extent.steps
    }

    /// Returns the number of words that a walk may request, numbered from 0.
    ///
    /// The move to step *n* asks for word 2(*n* − 1) if there is more than one way, and always for
    /// word 2*n* − 1.
    pub fn words(&self) -> u16 {
        2 * (self.extent.steps - 1)
    }

    /// Reports every step to `visit`, the index of the state and the instant at which it is
    /// reached, beginning with state 0 at `start` microseconds.
    ///
    /// `word` must give the same word for the same number.
    #[inline]
    pub fn walk(
        &self,
        start: i64,
        mut word: impl FnMut(u16) -> u64,
        mut visit: impl FnMut(u16, i64),
    ) {
        let (mut state, mut at) = (0, start);
        visit(state, at);
        for number in (0..self.words()).step_by(2) {
            let here = &self.states[usize::from(state)];
            let chosen = match &here.exits {
                Exits::None => return,
                Exits::One => 0,
                Exits::Many(choice) => choice.pick(word(number)),
            };
            let way = &self.ways[here.first as usize + chosen];
            at += way.dwell.pick(word(number + 1));
            state = way.to;
            visit(state, at);
        }
    }
}

fn check_names(names: &[String]) -> Result<(), LifecycleError> {
    if !(1..=Lifecycle::MAX_STATES).contains(&names.len()) {
        return Err(LifecycleError::States { count: names.len(), max: Lifecycle::MAX_STATES });
    }
    match names.iter().enumerate().find(|(index, name)| names[..*index].contains(name)) {
        Some((_, state)) => Err(LifecycleError::Duplicate { state: state.clone() }),
        None => Ok(()),
    }
}

/// The transitions between indices instead of names.
fn edges(plan: &Plan) -> Result<Vec<Edge>, LifecycleError> {
    let index = |name: &String| {
        plan.states.iter().position(|state| state == name).ok_or_else(|| {
            LifecycleError::UnknownState { state: name.clone(), known: plan.states.join(", ") }
        })
    };
    let edge = |t: &crate::Transition| {
        Ok(Edge { from: index(&t.from)?, to: index(&t.to)?, longest: t.dwell.longest() })
    };
    plan.transitions.iter().map(edge).collect()
}

/// Gathers the ways out of each state.
fn layout(plan: &Plan, edges: &[Edge]) -> Result<(Vec<State>, Vec<Way>), LifecycleError> {
    let (mut states, mut ways) = (Vec::new(), Vec::new());
    for (state, name) in plan.states.iter().enumerate() {
        let first = ways.len() as u32;
        let mut weights = Vec::new();
        for (edge, transition) in
            edges.iter().zip(&plan.transitions).filter(|(edge, _)| edge.from == state)
        {
            weights.push(transition.weight);
            ways.push(Way { to: edge.to as u16, dwell: transition.dwell.clone() });
        }
        states.push(State { first, exits: exits(name, &weights)? });
    }
    Ok((states, ways))
}

fn exits(name: &str, weights: &[u64]) -> Result<Exits, LifecycleError> {
    if weights.is_empty() {
        return Ok(Exits::None);
    }
    let choice = AliasTable::new(weights).map_err(|error| match error {
        DrawError::NoWeight => LifecycleError::NoWeight { state: name.to_owned() },
        _ => LifecycleError::WeightTooLarge { state: name.to_owned(), max: AliasTable::MAX_SUM },
    })?;
    Ok(if weights.len() == 1 { Exits::One } else { Exits::Many(choice) })
}
