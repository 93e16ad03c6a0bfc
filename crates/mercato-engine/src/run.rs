//! A run: which streams, from where, how much of it, and how encoded.

use std::fmt;
use std::panic::resume_unwind;
use std::sync::Arc;

use mercato_draw::Label;
use mercato_encode::{Batch, Coordinates};

use crate::assembly::Folded;
use crate::block::{Block, Context, Limit};
use crate::check::Check;
use crate::disorder::{Disorder, Malformed};
use crate::outline::{Joining, Member, Outlets, Outline, refuse_lost, refuse_twins, refuse_unfit};
use crate::skeleton::{BlockPlan, LaneStart, Skeleton};
use crate::stream::{Stream, StreamId, World};
use crate::{Assembly, Cursor, EngineError, Fold, Format, Key, Planner, Scratch, Shard, Task};

/// Which part of a run is evaluated.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Extent {
    /// The run ends with this arrival, counted from 1 over all lanes of the streams that are not
    /// [beside](RunBuilder::beside) others; none: it does not end by count.
    pub arrivals: Option<u64>,
    /// The run ends before this time, in microseconds since the Unix epoch; none: it does not end
    /// by time.
    pub until: Option<i64>,
    /// Entities that have arrived go on to their last step after the end.
    pub drain: bool,
    /// Only records from this time on are emitted; none: from the origin.
    pub from: Option<i64>,
    /// Only records before this time are emitted; none: to the end.
    pub to: Option<i64>,
    /// The run ends with this record, counted from 1 over those that are emitted; none: it does not
    /// end by records.
    ///
    /// Shards of such a run do not make up the whole: each ends with a record of its own.
    pub records: Option<u64>,
    /// No record behind this one is emitted, as when a run was interrupted there; none: to the end.
    pub last: Option<Key>,
}

/// One or more streams under one seed, and the part of them that is to be evaluated.
#[derive(Debug, Clone)]
pub struct Run {
    world: World,
    block_len: u16,
    extent: Extent,
    sources: Vec<Arc<dyn Source>>,
    folded: Option<Arc<Folded>>,
    format: Format,
    topics: Vec<String>,
    kinds: Vec<String>,
    columns: Vec<Vec<String>>,
}

/// Collects what makes a run.
pub struct RunBuilder {
    settings: Settings,
    topics: Option<Vec<String>>,
    streams: Vec<Joining>,
    fold: Option<Box<dyn Fold>>,
}

/// What all streams of a run have in common.
#[derive(Debug)]
pub(crate) struct Settings {
    world: World,
    block_len: u16,
    extent: Extent,
    shard: Shard,
    format: Format,
    malformed: Option<Malformed>,
    largest_record: usize,
    /// Whether a fold wants to know of every record.
    tallied: bool,
}

impl Settings {
    /// What makes faults, where records can have them.
    fn disorder(&self) -> Option<Disorder> {
        let malformed = self.malformed.as_ref().filter(|_| self.format == Format::Json);
        malformed.and_then(|malformed| Disorder::new(self.world, malformed))
    }

    fn check(&self) -> Check {
        Check { largest: self.largest_record, format: self.format }
    }
}

impl<S: Stream> Member for S {
    fn id(&self) -> StreamId {
        Stream::id(self)
    }

    fn topics(&self) -> Vec<String> {
        Stream::topics(self)
    }

    fn kinds(&self) -> Vec<String> {
        Stream::kinds(self)
    }

    fn topic_of(&self, kind: u16) -> u16 {
        Stream::topic_of(self, kind)
    }

    fn columns_of(&self, topic: u16) -> Vec<String> {
        Stream::columns_of(self, topic)
    }

    fn join(
        mut self: Box<Self>,
        settings: &Settings,
        outlets: Outlets,
        counted: bool,
    ) -> Arc<dyn Source> {
        // A fold wants to know of every record, whoever else wants it.
        self.narrow(
            &outlets.wanted.iter().map(|wanted| *wanted || settings.tallied).collect::<Vec<_>>(),
        );
        let StreamId { rank, purpose, .. } = Stream::id(&*self);
        Arc::new(Adapter(Arc::new(Context {
            world: settings.world,
            rank,
            purpose,
            words: self.words(),
            longest_trace: self.longest_trace(),
            block_len: settings.block_len,
            shard: settings.shard,
            tallied: settings.tallied,
            counted,
            format: settings.format,
            check: settings.check(),
            outlets: outlets.kinds,
            disorder: settings.disorder(),
            stream: *self,
        })))
    }
}

impl RunBuilder {
    /// Evaluates only this part.
    #[must_use]
    pub fn extent(mut self, extent: Extent) -> Self {
        self.settings.extent = extent;
        self
    }

    /// Emits only the owners of this shard.
    #[must_use]
    pub fn shard(mut self, shard: Shard) -> Self {
        self.settings.shard = shard;
        self
    }

    /// Encodes records like this.
    #[must_use]
    pub fn format(mut self, format: Format) -> Self {
        self.settings.format = format;
        self
    }

    /// Makes some records malformed; only JSON records can be.
    #[must_use]
    pub fn malformed(mut self, malformed: Option<Malformed>) -> Self {
        self.settings.malformed = malformed;
        self
    }

    /// Rejects records of more bytes, key and value together; [`Run::LARGEST_RECORD`] unless given.
    ///
    /// Streams that are not [`Stream::CHECKED`] are not asked.
    #[must_use]
    pub fn largest_record(mut self, bytes: usize) -> Self {
        self.settings.largest_record = bytes;
        self
    }

    /// Sets the number of arrivals in a block, from 1 to 2,048; 1,024 unless a test wants more
    /// borders.
    ///
    /// The length is part of the data version: another length is another run.
    #[must_use]
    pub fn block_len(mut self, block_len: u16) -> Self {
        self.settings.block_len = block_len.clamp(1, 2048);
        self
    }

    /// Emits only records of these topics, in the order of the streams whichever order the names
    /// have; none: of all.
    ///
    /// What is emitted has the bytes it has in the whole run.
    #[must_use]
    pub fn topics(mut self, names: Option<Vec<String>>) -> Self {
        self.topics = names;
        self
    }

    /// Adds a stream to the run.
    ///
    /// Each needs a rank and a purpose of its own; see [`StreamId`].
    #[must_use]
    pub fn and(mut self, stream: impl Stream) -> Self {
        self.streams.push(Joining { stream: Box::new(stream), counted: true });
        self
    }

    /// Adds a stream whose entities are not what the run is counted in: [`Extent::arrivals`] does
    /// not count them, and their records are neither the [first](mercato_encode::Stamp::first) nor
    /// the last of an entity.
    ///
    /// So a run of so many sessions stays one, however many prices change meanwhile.
    /// A run that has nothing else is not ended by arrivals.
    #[must_use]
    pub fn beside(mut self, stream: impl Stream) -> Self {
        self.streams.push(Joining { stream: Box::new(stream), counted: false });
        self
    }

    /// Adds records that say what those of all streams add up to, window by window; a second fold
    /// replaces the first.
    ///
    /// They are a topic of the run like others, but no entity's: they count neither as arrivals nor
    /// as open.
    /// Windows that are not over when the run ends have none, and what is [drained](Extent::drain)
    /// is in none.
    /// A run begins with the windows in which its origin lies, which may be less than whole.
    ///
    /// In a run of shards the fold belongs to the first, which draws what the others have as well.
    /// Where its topic is not wanted, nothing is tallied.
    #[must_use]
    pub fn folded(mut self, fold: impl Fold) -> Self {
        self.fold = Some(Box::new(fold));
        self
    }

    /// The run of one stream, or of one more; refuses what [`RunBuilder::build`] refuses.
    pub fn stream(self, stream: impl Stream) -> Result<Run, EngineError> {
        self.and(stream).build()
    }

    /// The run of the streams added; refuses a window that ends before it begins, a topic that no
    /// stream has, streams that share a rank or a purpose, or a topic for which they have other
    /// columns, kinds whose records would have no topic, and a fold whose windows do not fit into
    /// each other.
    pub fn build(self) -> Result<Run, EngineError> {
        let Self { mut settings, topics: wanted, streams, fold } = self;
        if let (Some(from), Some(to)) = (settings.extent.from, settings.extent.to)
            && from > to
        {
            return Err(EngineError::Window { from, to });
        }
        refuse_twins(&streams)?;
        refuse_lost(&streams)?;
        if let Some(fold) = &fold {
            refuse_unfit(&**fold, &streams)?;
        }
        let mut outline = Outline::new(&streams, fold.as_deref(), wanted)?;
        settings.tallied = settings.shard.is_first()
            && fold.as_ref().is_some_and(|fold| outline.wants(&fold.topic()));
        let mut sources = Vec::new();
        for Joining { stream, counted } in streams {
            let outlets = outline.outlets(&*stream)?;
            sources.push(stream.join(&settings, outlets, counted));
        }
        let folded = fold.and_then(|fold| {
            let outlets = outline.outlets_of_fold(&*fold);
            let check = fold.is_checked().then(|| settings.check());
            let Settings { world, format, .. } = settings;
            let (windows, disorder) = (fold.windows(), settings.disorder());
            let folded =
                Folded { fold, windows, outlets, origin: world.origin, format, check, disorder };
            settings.tallied.then(|| Arc::new(folded))
        });
        let Outline { topics, kinds, columns, .. } = outline;
        let Settings { world, block_len, extent, format, .. } = settings;
        Ok(Run { world, block_len, extent, sources, folded, format, topics, kinds, columns })
    }
}

impl fmt::Debug for RunBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let streams: Vec<_> = self.streams.iter().map(|joining| joining.stream.id().name).collect();
        f.debug_struct("RunBuilder")
            .field("settings", &self.settings)
            .field("streams", &streams)
            .finish_non_exhaustive()
    }
}

impl Run {
    /// Arrivals in a block unless a test says otherwise.
    pub const BLOCK_LEN: u16 = 1024;

    /// Bytes of the largest record that a checked stream may have unless a run says otherwise: what
    /// Kafka's clients and brokers take as they come.
    pub const LARGEST_RECORD: usize = 1_000_000;

    /// Begins to describe a run: all of it, whole, as JSON.
    pub fn builder(world: World) -> RunBuilder {
        let settings = Settings {
            world,
            block_len: Self::BLOCK_LEN,
            extent: Extent::default(),
            shard: Shard::WHOLE,
            format: Format::Json,
            malformed: None,
            largest_record: Self::LARGEST_RECORD,
            tallied: false,
        };
        RunBuilder { settings, topics: None, streams: Vec::new(), fold: None }
    }

    /// Seed and origin.
    pub fn world(&self) -> World {
        self.world
    }

    /// Which part is evaluated.
    pub fn extent(&self) -> Extent {
        self.extent
    }

    /// Names of the topics, indexed by a span's topic.
    pub fn topics(&self) -> &[String] {
        &self.topics
    }

    /// The same run with another name for its topic; a run of several topics keeps theirs.
    #[must_use]
    pub fn with_only_topic(mut self, name: String) -> Self {
        if let [topic] = self.topics.as_mut_slice() {
            *topic = name;
        }
        self
    }

    /// Names of the kinds of record, indexed by a span's kind.
    pub fn kinds(&self) -> &[String] {
        &self.kinds
    }

    /// How records are encoded.
    pub fn format(&self) -> Format {
        self.format
    }

    /// Names of the CSV columns of one topic's records in order; nothing if there is no such topic.
    pub fn columns(&self, topic: u16) -> &[String] {
        self.columns.get(usize::from(topic)).map_or(&[], Vec::as_slice)
    }

    /// The tasks of the run from its beginning on.
    pub fn planner(&self) -> Result<Planner, EngineError> {
        Planner::new(self, None)
    }

    /// The tasks of the run from behind `cursor` on; refuses a cursor with other lanes than the
    /// run's.
    pub fn resume(&self, cursor: &Cursor) -> Result<Planner, EngineError> {
        Planner::new(self, Some(cursor))
    }

    /// Event time of the last arrival of a run that ends by count; none if it does not.
    ///
    /// The skeletons are walked for it, at a few nanoseconds an arrival.
    pub fn last_arrival(&self) -> Result<Option<i64>, EngineError> {
        Ok(self.planner()?.walk_to_end().map(|key| key.at))
    }

    /// Arrivals in the part of the run that time cuts out, to within one a lane and the chance
    /// within a block; nothing if no time ends the run, and without regard to [`Extent::arrivals`],
    /// [`Extent::records`] and the shard.
    ///
    /// Streams [beside](RunBuilder::beside) the others do not count.
    pub fn expected_arrivals(&self) -> Option<u64> {
        let Extent { until, from, to, .. } = self.extent;
        let (from, to) = (from.unwrap_or(self.world.origin), until.into_iter().chain(to).min()?);
        let counted = self.sources.iter().filter(|source| source.is_counted());
        let lanes = counted.flat_map(|source| source.skeletons(self.world, self.block_len));
        Some(lanes.map(|mut skeleton| skeleton.expected_between(from, to)).sum())
    }

    /// The run's batches in order, made on this thread.
    pub fn batches(&self) -> Result<Batches, EngineError> {
        Ok(Batches::of(self.planner()?))
    }

    /// Every record of the arrival that `coordinates` name, drawn alone; none if there is no such
    /// arrival.
    ///
    /// A record of the fold comes with what else there is at its moment, for which its window is
    /// tallied again.
    pub fn entity(&self, coordinates: Coordinates) -> Option<Batch> {
        if let Some(at) = self.folded.as_ref().and_then(|folded| folded.time_of(coordinates)) {
            let extent = Extent {
                from: Some(at),
                to: Some(at.checked_add(1)?),
                records: None,
                ..self.extent
            };
            let mut batches = Run { extent, ..self.clone() }.batches().ok()?;
            let has = |batch: &Batch| {
                batch.spans().iter().any(|span| span.stamp.coordinates == coordinates)
            };
            return std::iter::from_fn(|| batches.try_next().ok().flatten()).find(has);
        }
        let source = self.sources.iter().find(|source| source.id().rank == coordinates.rank)?;
        let mut skeleton = source
            .skeletons(self.world, self.block_len)
            .into_iter()
            .nth(coordinates.lane.into())?;
        skeleton.seek_block(coordinates.block);
        let plan = skeleton.advance();
        let block = source.draw_alone(
            coordinates.lane,
            &plan,
            coordinates.position,
            &mut Scratch::default(),
        )?;
        let mut batch = Batch::default();
        for index in block.range(i64::MIN, i64::MAX) {
            block.render(index, &mut batch, None);
        }
        Some(batch)
    }

    pub(crate) fn block_len(&self) -> u16 {
        self.block_len
    }

    pub(crate) fn sources(&self) -> &[Arc<dyn Source>] {
        &self.sources
    }

    /// The fold whose records this run makes; none where nobody wants them.
    pub(crate) fn folded(&self) -> Option<&Arc<Folded>> {
        self.folded.as_ref()
    }
}

/// A stream of any type, as the planner sees it.
pub(crate) trait Source: Send + Sync + fmt::Debug {
    fn id(&self) -> StreamId;
    /// Whether its arrivals are those that a run is counted in.
    fn is_counted(&self) -> bool;
    fn longest_trace(&self) -> i64;
    fn skeletons(&self, world: World, block_len: u16) -> Vec<Skeleton>;
    fn draw(
        &self,
        lane: u8,
        plan: &BlockPlan,
        limit: Limit,
        scratch: &mut Scratch,
    ) -> Arc<dyn Block>;
    fn draw_alone(
        &self,
        lane: u8,
        plan: &BlockPlan,
        position: u16,
        scratch: &mut Scratch,
    ) -> Option<Arc<dyn Block>>;
}

struct Adapter<S>(Arc<Context<S>>);

impl<S: Stream> Source for Adapter<S> {
    fn id(&self) -> StreamId {
        self.0.stream.id()
    }

    fn is_counted(&self) -> bool {
        self.0.counted
    }

    fn longest_trace(&self) -> i64 {
        self.0.longest_trace
    }

    fn skeletons(&self, world: World, block_len: u16) -> Vec<Skeleton> {
        let lane = |(number, arrivals)| {
            let label = Label::new(self.0.purpose, number as u8);
            Skeleton::new(
                &arrivals,
                world.seed,
                label,
                world.origin,
                block_len,
                self.0.longest_trace,
            )
        };
        self.0.stream.arrivals().into_iter().enumerate().map(lane).collect()
    }

    fn draw(
        &self,
        lane: u8,
        plan: &BlockPlan,
        limit: Limit,
        scratch: &mut Scratch,
    ) -> Arc<dyn Block> {
        self.0.draw(lane, plan, limit, &mut scratch.draw)
    }

    fn draw_alone(
        &self,
        lane: u8,
        plan: &BlockPlan,
        position: u16,
        scratch: &mut Scratch,
    ) -> Option<Arc<dyn Block>> {
        self.0.draw_alone(lane, plan, position, &mut scratch.draw)
    }
}

impl<S: Stream> fmt::Debug for Adapter<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Stream").field(&self.0.stream.id()).finish()
    }
}

/// A run's batches in order, made on the calling thread.
#[derive(Debug)]
pub struct Batches {
    planner: Planner,
    scratch: Scratch,
    assembly: Assembly,
    lookback: Arc<[LaneStart]>,
}

impl Batches {
    /// Carries out the tasks of `planner`.
    pub fn of(planner: Planner) -> Self {
        let assembly = planner.assembly();
        Self { planner, scratch: Scratch::default(), assembly, lookback: Arc::new([]) }
    }

    /// The skeletons from which a run goes on behind any record of the batch that came last.
    pub fn lookback(&self) -> &[LaneStart] {
        &self.lookback
    }

    /// Takes back a batch, so that its memory serves again.
    pub fn recycle(&mut self, batch: Batch) {
        self.scratch.recycle(batch);
    }

    /// The next batch; none at the end of the run. Fails when a stream panics, and the run cannot
    /// go on then.
    pub fn try_next(&mut self) -> Result<Option<Batch>, EngineError> {
        self.try_next_while(|| true)
    }

    /// The next batch; none at the end of the run, nor once `may_go_on` says no, which is asked
    /// between two slices:
    /// where nothing is wanted of what happens, a batch may be long in coming.
    pub fn try_next_while(
        &mut self,
        may_go_on: impl Fn() -> bool,
    ) -> Result<Option<Batch>, EngineError> {
        while !self.assembly.is_over() && may_go_on() {
            if let Some(batch) = self.assembly.next_batch(|| self.scratch.spare())? {
                return Ok(Some(batch));
            }
            match self.planner.next_task()? {
                None => return Ok(None),
                Some(Task::Draw(block)) => block.draw(&mut self.scratch)?,
                Some(Task::Render(slice)) => {
                    self.lookback = Arc::clone(slice.lookback());
                    let assembly = &mut self.assembly;
                    slice.render(&mut self.scratch, |_, part| assembly.push(part))?;
                }
            }
        }
        Ok(None)
    }
}

/// Panics when a stream does; [`Batches::try_next`] returns an error instead.
impl Iterator for Batches {
    type Item = Batch;

    fn next(&mut self) -> Option<Batch> {
        self.try_next().unwrap_or_else(|error| resume_unwind(Box::new(error.to_string())))
    }
}
