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
mod batches;
mod block;
mod builder;
mod burst;
mod check;
mod cursor;
mod disorder;
mod draw;
mod erased;
mod error;
mod extent;
mod fold;
mod last_arrival;
mod layout;
mod limit;
mod output;
mod plan;
mod process;
mod radix;
mod route;
mod run;
mod schedule;
mod scheduled;
mod scratch;
mod settings;
mod shard;
mod slice;
mod step_record;
mod stream;
mod stream_spec;
mod substream;
mod timeline;
mod world;

pub use arrivals::{Arrivals, Curve, Delays, Rate};
pub use assembly::Assembly;
pub use batches::Batches;
pub use builder::RunBuilder;
pub use burst::Burst;
pub use cursor::{Cursor, Key};
pub use disorder::{Deviation, Deviations, Disorder, Malformed};
pub use error::EngineError;
pub use extent::Extent;
pub use fold::{Accumulator, Fold, FoldWindow, PartialAccumulator, Window, WindowRecord};
pub use mercato_encode::{Format, Layout, Writer};
pub use mercato_lifecycle::{Dwell, DwellError};
pub use mercato_units::Shard;
pub use output::Part;
pub use plan::{BlockTask, Planner, Task};
pub use process::SubstreamStart;
pub use run::Run;
pub use schedule::Schedule;
pub use scratch::Scratch;
pub use slice::Slice;
pub use step_record::StepRecord;
pub use stream::{Arrival, Step, Stream, StreamId, Trace};
pub use world::World;
