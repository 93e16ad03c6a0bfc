//! Analyses a plan before it is executed: reachable states, cycles, duration.

use crate::LifecycleError;

/// A way of positive weight, with the longest time it can take.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Edge {
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) longest: i64,
}

/// The extent of a lifecycle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Extent {
    /// Largest number of steps, the first included.
    pub(crate) steps: u16,
    /// Longest time from the first step to the last, in microseconds.
    pub(crate) longest: i64,
}

/// Refuses what cannot be reached or never ends.
pub(crate) fn check(names: &[String], edges: &[Edge], bounded: bool) -> Result<(), LifecycleError> {
    let start = || names[0].clone();
    let reached = reachable(names.len(), edges, &[0]);
    if let Some(lost) = reached.iter().position(|reached| !reached) {
        return Err(LifecycleError::Unreachable { state: names[lost].clone(), start: start() });
    }
    if (0..names.len()).all(|state| edges.iter().any(|edge| edge.from == state)) {
        return Err(LifecycleError::Endless { start: start() });
    }
    let returns = |state: &usize| reachable(names.len(), edges, &successors(edges, *state))[*state];
    match (0..names.len()).find(returns) {
        Some(state) if !bounded => Err(LifecycleError::Cycle { state: names[state].clone() }),
        _ => Ok(()),
    }
}

/// Follows all paths at once, step by step, keeping the longest time to every state.
pub(crate) fn extent(states: usize, edges: &[Edge], max_steps: u16) -> Extent {
    let mut extent = Extent { steps: 1, longest: 0 };
    let mut front = vec![None; states];
    front[0] = Some(0i64);
    while extent.steps < max_steps {
        let mut next = vec![None; states];
        for edge in edges {
            if let Some(time) = front[edge.from] {
                next[edge.to] = next[edge.to].max(Some(time + edge.longest));
            }
        }
        let Some(longest) = next.iter().flatten().max() else { break };
        extent = Extent { steps: extent.steps + 1, longest: extent.longest.max(*longest) };
        front = next;
    }
    extent
}

fn successors(edges: &[Edge], state: usize) -> Vec<usize> {
    edges.iter().filter(|edge| edge.from == state).map(|edge| edge.to).collect()
}

/// Returns the states reachable from `starts`, including these.
fn reachable(states: usize, edges: &[Edge], starts: &[usize]) -> Vec<bool> {
    let mut reached = vec![false; states];
    let mut open = starts.to_vec();
    while let Some(state) = open.pop() {
        if !std::mem::replace(&mut reached[state], true) {
            open.extend(successors(edges, state));
        }
    }
    reached
}
