//! Collecting what makes a run.

use std::fmt;
use std::sync::Arc;

use mercato_encode::Shape;

use crate::disorder::{Disorder, DisorderStage};
use crate::erased::ErasedStream;
use crate::fold::{ErasedFold, Fold, RunFold};
use crate::layout::{RunLayout, check_topics, check_unique_ids, check_windows};
use crate::plan::PlannedRun;
use crate::settings::StreamSettings;
use crate::stream_spec::StreamSpec;
use crate::{EngineError, Extent, Format, Run, Shard, Stream, World};

/// Collects what makes a run.
pub struct RunBuilder {
    settings: StreamSettings,
    extent: Extent,
    disorder: Disorder,
    topics: Option<Vec<String>>,
    streams: Vec<Box<dyn ErasedStream>>,
    fold: Option<Box<dyn ErasedFold>>,
}

impl RunBuilder {
    /// Evaluates only this part.
    #[must_use]
    pub fn extent(mut self, extent: Extent) -> Self {
        self.extent = extent;
        self
    }

    /// Keeps only these columns of records as [columns](Format::Columns); none: all. In other
    /// formats a record is whole.
    #[must_use]
    pub fn fields(mut self, names: Option<Vec<String>>) -> Self {
        self.settings.fields = names;
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

    /// Writes records with another key or with instants in another form; by default as their
    /// streams do.
    #[must_use]
    pub fn shape(mut self, shape: Shape) -> Self {
        self.settings.shape = shape;
        self
    }

    /// Makes some records malformed, late, repeated, missing or ahead of their time on purpose; by
    /// default none is.
    #[must_use]
    pub fn disorder(mut self, disorder: Disorder) -> Self {
        self.disorder = disorder;
        self
    }

    /// Rejects records of more bytes, key and value together; [`Run::LARGEST_RECORD`] by default.
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
    /// The records emitted have the bytes they have in the whole run.
    #[must_use]
    pub fn topics(mut self, names: Option<Vec<String>>) -> Self {
        self.topics = names;
        self
    }

    /// Adds a stream to the run.
    ///
    /// Each needs a rank and a purpose of its own; see [`StreamId`](crate::StreamId).
    #[must_use]
    pub fn and(mut self, stream: impl Stream) -> Self {
        self.add(stream, true);
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
        self.add(stream, false);
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
    /// Nothing is accumulated if its topic is not wanted.
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
        let Self { mut settings, extent, disorder, topics: wanted, streams, fold } = self;
        if let (Some(from), Some(to)) = (extent.from, extent.to)
            && from > to
        {
            return Err(EngineError::Window { from, to });
        }
        check_unique_ids(&streams)?;
        check_topics(&streams)?;
        if let Some(fold) = &fold {
            check_windows(&**fold, &streams)?;
        }
        let mut layout = RunLayout::new(&streams, fold.as_deref(), wanted)?;
        settings.accumulated = settings.shard.index() == 0
            && fold.as_ref().is_some_and(|fold| layout.wants(&fold.topic()));
        settings.disorder = DisorderStage::new(
            settings.world,
            &disorder,
            settings.format,
            &layout.expected_topics(),
        )?;
        let mut joined: Vec<Arc<dyn ErasedStream>> = Vec::new();
        for mut stream in streams {
            let routes = layout.routes(&*stream, &settings)?;
            stream.join(&settings, routes);
            joined.push(stream.into());
        }
        let fold = match fold {
            Some(fold) => {
                let routes = layout.routes_of_fold(&*fold, &settings)?;
                settings.accumulated.then(|| Arc::new(RunFold::new(fold, routes, &settings)))
            }
            None => None,
        };
        let planned = PlannedRun {
            world: settings.world,
            block_len: settings.block_len,
            extent,
            streams: joined,
            fold,
        };
        Ok(Run::new(planned, settings.format, layout))
    }

    fn add(&mut self, stream: impl Stream, counted: bool) {
        self.streams.push(Box::new(StreamSpec::new(stream, counted, self.settings.clone())));
    }
}

impl fmt::Debug for RunBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let streams: Vec<_> = self.streams.iter().map(|stream| stream.id().name).collect();
        f.debug_struct("RunBuilder")
            .field("settings", &self.settings)
            .field("streams", &streams)
            .finish_non_exhaustive()
    }
}

impl Run {
    /// Begins to describe a run: all of it, whole, as JSON.
    pub fn builder(world: World) -> RunBuilder {
        let settings = StreamSettings {
            world,
            block_len: Self::BLOCK_LEN,
            shard: Shard::WHOLE,
            format: Format::Json,
            fields: None,
            shape: Shape::default(),
            largest_record: Self::LARGEST_RECORD,
            disorder: DisorderStage::default(),
            accumulated: false,
        };
        RunBuilder {
            settings,
            extent: Extent::default(),
            disorder: Disorder::default(),
            topics: None,
            streams: Vec::new(),
            fold: None,
        }
    }
}
