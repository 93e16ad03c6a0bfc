//! The one erasure of a stream's type: a run holds streams of any type as this trait.

use std::fmt;
use std::sync::Arc;

use mercato_encode::Layout;

use crate::block::Drawn;
use crate::draw::Limit;
use crate::process::{ArrivalProcess, BlockPlan};
use crate::route::Routes;
use crate::scheduled::DrawScratch;
use crate::settings::StreamSettings;
use crate::stream::{Stream, StreamId};
use crate::stream_spec::StreamSpec;

/// A stream of a run, whatever its type.
pub(crate) trait ErasedStream: Send + Sync + fmt::Debug {
    fn id(&self) -> StreamId;

    /// Returns true if its arrivals are those that a run is counted in.
    fn is_counted(&self) -> bool;

    fn topics(&self) -> Vec<String>;

    fn kinds(&self) -> Vec<String>;

    fn topic_of(&self, kind: u16) -> u16;

    fn layout(&self, topic: u16) -> Layout;

    /// Completes the stream for its run, before anything is drawn.
    fn join(&mut self, settings: &StreamSettings, routes: Routes);

    /// The longest time from an arrival to the last step of its trace, in microseconds.
    fn longest_trace(&self) -> i64;

    /// The longest time from an arrival to the release of its last record, in microseconds.
    fn reach(&self) -> i64;

    /// Returns true if records may be displaced.
    fn has_displaced(&self) -> bool;

    /// The arrival processes, one a substream.
    fn processes(&self) -> Vec<ArrivalProcess>;

    /// Draws the entities of a block and sorts their steps.
    fn draw(
        self: Arc<Self>,
        substream: u8,
        plan: &BlockPlan,
        limit: Limit,
        scratch: &mut DrawScratch,
    ) -> Drawn;

    /// Draws one entity of a block and nothing else; none if the block has no such arrival.
    fn draw_alone(
        self: Arc<Self>,
        substream: u8,
        plan: &BlockPlan,
        position: u16,
        scratch: &mut DrawScratch,
    ) -> Option<Drawn>;
}

impl<S: Stream> ErasedStream for StreamSpec<S> {
    fn id(&self) -> StreamId {
        self.stream.id()
    }

    fn is_counted(&self) -> bool {
        self.counted
    }

    fn topics(&self) -> Vec<String> {
        self.stream.topics()
    }

    fn kinds(&self) -> Vec<String> {
        self.stream.kinds()
    }

    fn topic_of(&self, kind: u16) -> u16 {
        self.stream.topic_of(kind)
    }

    fn layout(&self, topic: u16) -> Layout {
        self.stream.layout(topic)
    }

    fn join(&mut self, settings: &StreamSettings, routes: Routes) {
        Self::join(self, settings, routes);
    }

    fn longest_trace(&self) -> i64 {
        self.longest_trace
    }

    fn reach(&self) -> i64 {
        self.longest_trace.saturating_add(self.settings.disorder.longest_delay())
    }

    fn has_displaced(&self) -> bool {
        self.settings.disorder.laws().is_some()
    }

    fn processes(&self) -> Vec<ArrivalProcess> {
        let StreamSettings { world, block_len, .. } = self.settings;
        let process = |(substream, arrivals)| {
            let label = self.label(substream);
            let (seed, origin) = (world.seed, world.origin);
            ArrivalProcess::new(&arrivals, seed, label, origin, block_len, self.longest_trace)
        };
        (0..).zip(self.stream.arrivals()).map(process).collect()
    }

    fn draw(
        self: Arc<Self>,
        substream: u8,
        plan: &BlockPlan,
        limit: Limit,
        scratch: &mut DrawScratch,
    ) -> Drawn {
        Self::draw(&self, substream, plan, limit, scratch)
    }

    fn draw_alone(
        self: Arc<Self>,
        substream: u8,
        plan: &BlockPlan,
        position: u16,
        scratch: &mut DrawScratch,
    ) -> Option<Drawn> {
        Self::draw_alone(&self, substream, plan, position, scratch)
    }
}

impl<S: Stream> fmt::Debug for StreamSpec<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Stream").field(&self.stream.id()).finish()
    }
}
