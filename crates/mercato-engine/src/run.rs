//! A run: which streams, from where, how much of it, and how encoded.

use std::collections::VecDeque;
use std::fmt;
use std::panic::resume_unwind;
use std::sync::Arc;

use mercato_draw::Label;
use mercato_encode::{Batch, Coordinates};

use crate::block::{Block, Context, Limit, Outlet};
use crate::check::Check;
use crate::disorder::{Disorder, Malformed};
use crate::skeleton::{BlockPlan, LaneStart, Skeleton};
use crate::stream::{Stream, StreamId, World};
use crate::{Cursor, EngineError, Format, Key, Planner, RecordLimit, Scratch, Shard, Task};

/// Which part of a run is evaluated.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Extent {
    /// The run ends with this arrival, counted from 1 over all lanes of the streams that are not
    /// [beside](RunBuilder::beside) others; none: it does not end by count.
    pub arrivals: Option<u64>,
    /// The run ends before this time, in microseconds since the Unix epoch; none: it does not end by time.
    pub until: Option<i64>,
    /// Entities that have arrived go on to their last step after the end.
    pub drain: bool,
    /// Only records from this time on are emitted; none: from the origin.
    pub from: Option<i64>,
    /// Only records before this time are emitted; none: to the end.
    pub to: Option<i64>,
    /// The run ends with this record, counted from 1 over those that are emitted; none: it does not end by records.
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
}

/// What all streams of a run have in common.
#[derive(Debug)]
struct Settings {
    world: World,
    block_len: u16,
    extent: Extent,
    shard: Shard,
    format: Format,
    malformed: Option<Malformed>,
    largest_record: usize,
}

/// A stream that was added to a run.
struct Joining {
    stream: Box<dyn Member>,
    counted: bool,
}

/// A stream of any type, before the run is complete.
trait Member: Send {
    fn id(&self) -> StreamId;
    fn topics(&self) -> Vec<String>;
    fn kinds(&self) -> Vec<String>;
    fn topic_of(&self, kind: u16) -> u16;
    fn columns_of(&self, topic: u16) -> Vec<String>;
    fn join(self: Box<Self>, settings: &Settings, outlets: Outlets, counted: bool) -> Arc<dyn Source>;
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

    fn join(mut self: Box<Self>, settings: &Settings, outlets: Outlets, counted: bool) -> Arc<dyn Source> {
        self.narrow(&outlets.wanted);
        let StreamId { rank, purpose, .. } = Stream::id(&*self);
        let malformed = settings.malformed.as_ref().filter(|_| settings.format == Format::Json);
        Arc::new(Adapter(Arc::new(Context {
            world: settings.world,
            rank,
            purpose,
            words: self.words(),
            longest_trace: self.longest_trace(),
            block_len: settings.block_len,
            shard: settings.shard,
            counted,
            format: settings.format,
            check: Check { largest: settings.largest_record, format: settings.format },
            outlets: outlets.kinds,
            disorder: malformed.and_then(|malformed| Disorder::new(settings.world, malformed)),
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

    /// Sets the number of arrivals in a block, from 1 to 2,048; 1,024 unless a test wants more borders.
    ///
    /// The length is part of the data version: another length is another run.
    #[must_use]
    pub fn block_len(mut self, block_len: u16) -> Self {
        self.settings.block_len = block_len.clamp(1, 2048);
        self
    }

    /// Emits only records of these topics, in the order of the streams whichever order the names have; none: of all.
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

    /// Adds a stream whose entities are not what the run is counted in: [`Extent::arrivals`] does not count them, and
    /// their records are neither the [first](mercato_encode::Stamp::first) nor the last of an entity.
    ///
    /// So a run of so many sessions stays one, however many prices change meanwhile.
    /// A run that has nothing else is not ended by arrivals.
    #[must_use]
    pub fn beside(mut self, stream: impl Stream) -> Self {
        self.streams.push(Joining { stream: Box::new(stream), counted: false });
        self
    }

    /// The run of one stream, or of one more; refuses what [`RunBuilder::build`] refuses.
    pub fn stream(self, stream: impl Stream) -> Result<Run, EngineError> {
        self.and(stream).build()
    }

    /// The run of the streams added; refuses a window that ends before it begins, a topic that no stream has,
    /// streams that share a rank or a purpose, or a topic for which they have other columns, and kinds whose records would
    /// have no topic.
    pub fn build(self) -> Result<Run, EngineError> {
        let Self { settings, topics: wanted, streams } = self;
        if let (Some(from), Some(to)) = (settings.extent.from, settings.extent.to)
            && from > to
        {
            return Err(EngineError::Window { from, to });
        }
        refuse_twins(&streams)?;
        refuse_lost(&streams)?;
        let mut outline = Outline::new(&streams, wanted)?;
        let mut sources = Vec::new();
        for Joining { stream, counted } in streams {
            let outlets = outline.outlets(&*stream)?;
            sources.push(stream.join(&settings, outlets, counted));
        }
        let Outline { topics, kinds, columns, .. } = outline;
        let Settings { world, block_len, extent, format, .. } = settings;
        Ok(Run { world, block_len, extent, sources, format, topics, kinds, columns })
    }
}

/// Where the records of one stream go.
struct Outlets {
    /// Whether each of its topics is wanted.
    wanted: Vec<bool>,
    /// By kind.
    kinds: Box<[Outlet]>,
}

/// What the streams of a run have together: topics of one name are one topic, and kinds of one name one kind.
struct Outline {
    /// None: all.
    wanted: Option<Vec<String>>,
    topics: Vec<String>,
    kinds: Vec<String>,
    columns: Vec<Vec<String>>,
}

impl Outline {
    /// Refuses a topic that no stream has.
    fn new(streams: &[Joining], wanted: Option<Vec<String>>) -> Result<Self, EngineError> {
        let mut known: Vec<String> = Vec::new();
        for name in streams.iter().flat_map(|joining| joining.stream.topics()) {
            place(&mut known, name);
        }
        if let Some(name) = wanted.iter().flatten().find(|name| !known.contains(name)) {
            return Err(EngineError::Topic { name: name.clone(), known: known.join(", ") });
        }
        Ok(Self { wanted, topics: Vec::new(), kinds: Vec::new(), columns: Vec::new() })
    }

    /// Adds a stream; refuses one whose records have other columns than those of the same topic.
    fn outlets(&mut self, stream: &dyn Member) -> Result<Outlets, EngineError> {
        let mut topics = Vec::new();
        for (index, name) in (0..).zip(stream.topics()) {
            let own = stream.columns_of(index);
            let columns = own.len() as u16;
            if self.wanted.as_ref().is_some_and(|wanted| !wanted.contains(&name)) {
                topics.push(Outlet { columns, ..Outlet::default() });
                continue;
            }
            let topic = place(&mut self.topics, name.clone());
            match self.columns.get(topic) {
                None => self.columns.push(own),
                Some(others) if *others == own => {}
                Some(others) => {
                    let [expected, found] = [others, &own].map(|columns| columns.join(","));
                    return Err(EngineError::Columns { topic: name, stream: stream.id().name, found, expected });
                }
            }
            topics.push(Outlet { topic: Some(topic as u16), columns, ..Outlet::default() });
        }
        let mut kinds = Vec::new();
        for (kind, name) in (0..).zip(stream.kinds()) {
            let topic = topics.get(usize::from(stream.topic_of(kind))).copied().unwrap_or_default();
            kinds.push(Outlet { kind: place(&mut self.kinds, name) as u16, ..topic });
        }
        if kinds.is_empty() {
            kinds.extend(topics.first());
        }
        let wanted = topics.iter().map(|outlet| outlet.topic.is_some()).collect();
        Ok(Outlets { wanted, kinds: kinds.into() })
    }
}

/// The index of a name among `names`, to which it is added if it is not there.
fn place(names: &mut Vec<String>, name: String) -> usize {
    names.iter().position(|known| *known == name).unwrap_or_else(|| {
        names.push(name);
        names.len() - 1
    })
}

/// Refuses streams whose records or draws could not be told apart.
fn refuse_twins(streams: &[Joining]) -> Result<(), EngineError> {
    for (number, joining) in streams.iter().enumerate() {
        let StreamId { name, purpose, rank } = joining.stream.id();
        let mut before = streams.iter().take(number).map(|joining| joining.stream.id());
        if let Some(other) = before.find(|other| other.rank == rank || other.purpose == purpose) {
            return Err(EngineError::Twins { first: other.name, second: name });
        }
    }
    Ok(())
}

/// Refuses kinds of record that go to a topic which their stream does not name.
fn refuse_lost(streams: &[Joining]) -> Result<(), EngineError> {
    for Joining { stream, .. } in streams {
        let topics = stream.topics().len();
        let lost = |kind: &(u16, String)| usize::from(stream.topic_of(kind.0)) >= topics;
        if let Some((_, kind)) = (0..).zip(stream.kinds()).find(lost) {
            return Err(EngineError::Kind { stream: stream.id().name, kind, topics });
        }
    }
    Ok(())
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

    /// Bytes of the largest record that a checked stream may have unless a run says otherwise: what Kafka's clients
    /// and brokers take as they come.
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
        };
        RunBuilder { settings, topics: None, streams: Vec::new() }
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

    /// The tasks of the run from behind `cursor` on; refuses a cursor with other lanes than the run's.
    pub fn resume(&self, cursor: &Cursor) -> Result<Planner, EngineError> {
        Planner::new(self, Some(cursor))
    }

    /// Event time of the last arrival of a run that ends by count; none if it does not.
    ///
    /// The skeletons are walked for it, at a few nanoseconds an arrival.
    pub fn last_arrival(&self) -> Result<Option<i64>, EngineError> {
        Ok(self.planner()?.walk_to_end().map(|key| key.at))
    }

    /// Arrivals in the part of the run that time cuts out, to within one a lane and the chance within a block; nothing
    /// if no time ends the run, and without regard to [`Extent::arrivals`], [`Extent::records`] and the shard.
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

    /// Every record of the arrival that `coordinates` name, drawn alone; none if there is no such arrival.
    pub fn entity(&self, coordinates: Coordinates) -> Option<Batch> {
        let source = self.sources.iter().find(|source| source.id().rank == coordinates.rank)?;
        let mut skeleton = source.skeletons(self.world, self.block_len).into_iter().nth(coordinates.lane.into())?;
        skeleton.seek_block(coordinates.block);
        let plan = skeleton.advance();
        let block = source.draw_alone(coordinates.lane, &plan, coordinates.position, &mut Scratch::default())?;
        let mut batch = Batch::default();
        for index in block.range(i64::MIN, i64::MAX) {
            block.render(index, &mut batch);
        }
        Some(batch)
    }

    pub(crate) fn block_len(&self) -> u16 {
        self.block_len
    }

    pub(crate) fn sources(&self) -> &[Arc<dyn Source>] {
        &self.sources
    }
}

/// A stream of any type, as the planner sees it.
pub(crate) trait Source: Send + Sync + fmt::Debug {
    fn id(&self) -> StreamId;
    /// Whether its arrivals are those that a run is counted in.
    fn is_counted(&self) -> bool;
    fn longest_trace(&self) -> i64;
    fn skeletons(&self, world: World, block_len: u16) -> Vec<Skeleton>;
    fn draw(&self, lane: u8, plan: &BlockPlan, limit: Limit, scratch: &mut Scratch) -> Arc<dyn Block>;
    fn draw_alone(&self, lane: u8, plan: &BlockPlan, position: u16, scratch: &mut Scratch) -> Option<Arc<dyn Block>>;
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
            Skeleton::new(&arrivals, world.seed, label, world.origin, block_len, self.0.longest_trace)
        };
        self.0.stream.arrivals().into_iter().enumerate().map(lane).collect()
    }

    fn draw(&self, lane: u8, plan: &BlockPlan, limit: Limit, scratch: &mut Scratch) -> Arc<dyn Block> {
        self.0.draw(lane, plan, limit, &mut scratch.draw)
    }

    fn draw_alone(&self, lane: u8, plan: &BlockPlan, position: u16, scratch: &mut Scratch) -> Option<Arc<dyn Block>> {
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
    ready: VecDeque<Batch>,
    lookback: Arc<[LaneStart]>,
    limit: RecordLimit,
}

impl Batches {
    /// Carries out the tasks of `planner`.
    pub fn of(planner: Planner) -> Self {
        let limit = planner.record_limit();
        Self { planner, scratch: Scratch::default(), ready: VecDeque::new(), lookback: Arc::new([]), limit }
    }

    /// The skeletons from which a run goes on behind any record of the batch that came last.
    pub fn lookback(&self) -> &[LaneStart] {
        &self.lookback
    }

    /// Takes back a batch, so that its memory serves again.
    pub fn recycle(&mut self, batch: Batch) {
        self.scratch.recycle(batch);
    }

    /// The next batch; none at the end of the run. Fails when a stream panics, and the run cannot go on then.
    pub fn try_next(&mut self) -> Result<Option<Batch>, EngineError> {
        while self.ready.is_empty() && !self.limit.is_reached() {
            match self.planner.next_task()? {
                None => return Ok(None),
                Some(Task::Draw(block)) => block.draw(&mut self.scratch)?,
                Some(Task::Render(slice)) => {
                    self.lookback = Arc::clone(slice.lookback());
                    let ready = &mut self.ready;
                    slice.render(&mut self.scratch, |_, batch| ready.push_back(batch))?;
                }
            }
        }
        Ok(self.ready.pop_front().and_then(|batch| self.limit.admit(batch)))
    }
}

/// Panics when a stream does; [`Batches::try_next`] returns an error instead.
impl Iterator for Batches {
    type Item = Batch;

    fn next(&mut self) -> Option<Batch> {
        self.try_next().unwrap_or_else(|error| resume_unwind(Box::new(error.to_string())))
    }
}
