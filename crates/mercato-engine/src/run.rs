//! A run: which streams, from where, how much of it, and how encoded.

use std::sync::Arc;

use mercato_encode::{Batch, Coordinates, Layout};

use crate::layout::RunLayout;
use crate::plan::PlannedRun;
use crate::scratch::Scratch;
use crate::settings::BLOCK_LEN;
use crate::{Batches, Cursor, EngineError, Extent, Format, Planner, World};

/// One or more streams under one seed, and the part of them that is to be evaluated.
#[derive(Debug, Clone)]
pub struct Run {
    planned: PlannedRun,
    format: Format,
    layout: RunLayout,
}

impl Run {
    /// Arrivals in a block unless a test says otherwise.
    pub const BLOCK_LEN: u16 = BLOCK_LEN;

    /// Bytes of the largest record that a checked stream may have unless a run says otherwise: what
    /// Kafka's clients and brokers take as they come.
    pub const LARGEST_RECORD: usize = 1_000_000;

    pub(crate) fn new(planned: PlannedRun, format: Format, layout: RunLayout) -> Self {
        Self { planned, format, layout }
    }

    /// Seed and origin.
    pub fn world(&self) -> World {
        self.planned.world
    }

    /// The part that is evaluated.
    pub fn extent(&self) -> Extent {
        self.planned.extent
    }

    /// Names of the topics, indexed by a span's topic.
    pub fn topics(&self) -> &[String] {
        &self.layout.topics
    }

    /// The same run with another name for its topic; a run of several topics keeps theirs.
    #[must_use]
    pub fn with_only_topic(mut self, name: String) -> Self {
        if let [topic] = self.layout.topics.as_mut_slice() {
            *topic = name;
        }
        self
    }

    /// Names of the kinds of record, indexed by a span's kind.
    pub fn kinds(&self) -> &[String] {
        &self.layout.kinds
    }

    /// The encoding of records.
    pub fn format(&self) -> Format {
        self.format
    }

    /// Names of the CSV columns of one topic's records in order; nothing if there is no such topic.
    pub fn columns(&self, topic: u16) -> &[String] {
        self.layout.columns.get(usize::from(topic)).map_or(&[], Vec::as_slice)
    }

    /// The records of a topic; none if there is no such topic.
    pub fn layout(&self, topic: u16) -> Option<&Arc<Layout>> {
        self.layout.layouts.get(usize::from(topic))
    }

    /// The tasks of the run from its beginning on.
    pub fn planner(&self) -> Result<Planner, EngineError> {
        Planner::new(&self.planned, None)
    }

    /// The tasks of the run from after `cursor` on; refuses a cursor with other substreams than the
    /// run's.
    pub fn resume(&self, cursor: &Cursor) -> Result<Planner, EngineError> {
        Planner::new(&self.planned, Some(cursor))
    }

    /// Event time of the last arrival of a run that ends by count; none if it does not.
    ///
    /// Whole blocks are counted for it; only the last ones are looked at arrival by arrival.
    pub fn last_arrival(&self) -> Result<Option<i64>, EngineError> {
        Ok(self.planner()?.last_arrival().map(|key| key.event_time))
    }

    /// Arrivals in the part of the run that time cuts out, to within one a substream and the chance
    /// within a block; nothing if no time ends the run, and without regard to [`Extent::arrivals`],
    /// [`Extent::records`] and the shard.
    ///
    /// Streams [beside](crate::RunBuilder::beside) the others do not count.
    pub fn expected_arrivals(&self) -> Option<u64> {
        let Extent { until, from, to, .. } = self.planned.extent;
        let (from, to) =
            (from.unwrap_or(self.planned.world.origin), until.into_iter().chain(to).min()?);
        let counted = self.planned.streams.iter().filter(|stream| stream.is_counted());
        let substreams = counted.flat_map(|stream| stream.processes());
        Some(substreams.map(|mut substream| substream.expected_between(from, to)).sum())
    }

    /// The run's batches in order, made on this thread.
    pub fn batches(&self) -> Result<Batches, EngineError> {
        Ok(Batches::of(self.planner()?))
    }

    /// Every record of the arrival that `coordinates` name, drawn alone; none if there is no such
    /// arrival.
    ///
    /// A record of the fold comes with what else there is at its moment, for which its window is
    /// accumulated again.
    pub fn entity(&self, coordinates: Coordinates) -> Option<Batch> {
        if let Some(at) = self.planned.fold.as_ref().and_then(|fold| fold.time_of(coordinates)) {
            return self.batch_at(at, coordinates);
        }
        let Coordinates { rank, substream, block, position, .. } = coordinates;
        let stream = self.planned.streams.iter().find(|stream| stream.id().rank == rank)?;
        let mut process = stream.processes().into_iter().nth(substream.into())?;
        process.seek_block(block);
        let plan = process.advance();
        let scratch = &mut Scratch::default().draw;
        let drawn = Arc::clone(stream).draw_alone(substream, &plan, position, scratch)?;
        let blocks = [Some(drawn.on_time), drawn.displaced];
        let mut batch = Batch::default();
        let mut records = Vec::new();
        for block in blocks.iter().flatten() {
            let range = block.range(i64::MIN, i64::MAX);
            records.extend(range.map(|index| (block.key(index), block, index)));
        }
        records.sort_by_key(|(key, ..)| *key);
        for (_, block, index) in records {
            block.render(index, &mut batch, None);
        }
        Some(batch)
    }

    /// The batch of the records at one moment in which the record at `coordinates` is.
    fn batch_at(&self, at: i64, coordinates: Coordinates) -> Option<Batch> {
        let mut run = self.clone();
        let extent = &mut run.planned.extent;
        (extent.from, extent.to, extent.records) = (Some(at), Some(at.checked_add(1)?), None);
        let mut batches = run.batches().ok()?;
        let has =
            |batch: &Batch| batch.spans().iter().any(|span| span.stamp.coordinates == coordinates);
        std::iter::from_fn(|| batches.try_next().ok().flatten()).find(has)
    }
}
