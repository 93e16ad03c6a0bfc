//! Events in time as a pure function.
//!
//! A [`Stream`] says how entities arrive, what each is and which records it leaves behind.
//! A [`Run`] evaluates one or more streams: all of it, a window, a shard, or from a [`Cursor`] on.
//! The work falls into tasks that any number of threads may carry out in any order;
//! what comes out is the same to the byte.
//!
//! There is no clock, no thread, no file and no environment in this crate.

mod arrivals;
mod assembly;
mod block;
mod check;
mod cursor;
mod disorder;
mod error;
mod fields;
mod fold;
mod limit;
mod outline;
mod output;
mod plan;
mod radix;
mod record;
mod run;
mod schedule;
mod shard;
mod skeleton;
mod slice;
mod stream;
mod timeline;

pub use arrivals::{Arrivals, Curve, Delays, Rate};
pub use assembly::{Assembly, Part, PartialTally};
pub use cursor::{Cursor, Key};
pub use disorder::Malformed;
pub use error::EngineError;
pub use fields::{Field, FieldKind, FieldValue, Fields};
pub use fold::{Fold, FoldWindow, Tally, Window};
use limit::RecordLimit;
pub use plan::{BlockTask, Planner, Task};
pub use record::{Format, Record};
pub use run::{Batches, Extent, Run, RunBuilder};
pub use schedule::{Burst, Schedule};
pub use shard::Shard;
pub use skeleton::LaneStart;
pub use slice::{Scratch, Slice};
pub use stream::{Arrival, Step, Stream, StreamId, Trace, World};
