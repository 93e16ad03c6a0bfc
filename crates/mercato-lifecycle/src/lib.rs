//! A state machine in time: which state follows, and when.
//!
//! A [`Lifecycle`] is made of states, of transitions between them with weights, and of a [`Dwell`]
//! law on each transition that says how long the state before it lasts.
//! Every law is truncated, so a lifecycle knows its longest duration and its largest number of
//! steps;
//! a generator that wants to know what is open at an instant has to look back that far and no
//! further.
//!
//! Walking is a pure function of the start and of the words it is given.
//! The words have fixed numbers, two for every move (which way, how long), so that adding a way out
//! of one state moves no draw of another.
//! There is no clock here, no record and no I/O.
//!
//! ```
//! use mercato_lifecycle::{Dwell, Lifecycle, Plan, Transition};
//!
//! const SECOND: i64 = 1_000_000;
//! let plan = Plan::new(["pending", "shipped", "cancelled"])
//!     .with(Transition::new("pending", "shipped", 9, Dwell::uniform(10 * SECOND, 30 * SECOND)?))
//!     .with(Transition::new("pending", "cancelled", 1, Dwell::fixed(5 * SECOND)?));
//! let lifecycle = Lifecycle::new(&plan)?;
//! assert_eq!(lifecycle.longest(), 30 * SECOND);
//!
//! let mut seen = Vec::new();
//! lifecycle.walk(0, |number| [1 << 63, 0][usize::from(number)], |state, at| seen.push((state, at)));
//! assert_eq!(seen, [(0, 0), (2, 5 * SECOND)]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod dwell;
mod error;
mod machine;
mod plan;
mod quantiles;
mod survey;

pub use dwell::{Dwell, DwellError};
pub use error::LifecycleError;
pub use machine::Lifecycle;
pub use plan::{Plan, Transition};
