//! The layout of a run: the topics, kinds and columns of its streams and its fold, and what cannot
//! be together.

use std::collections::BTreeMap;
use std::sync::Arc;

use mercato_encode::{Encoding, Format, Layout};

use crate::erased::ErasedStream;
use crate::fold::{ErasedFold, FOLD_RANK, FoldWindow};
use crate::route::{Route, Routes};
use crate::settings::StreamSettings;
use crate::{EngineError, StreamId};

/// The topics, kinds and columns of a run: topics of one name are one topic, and kinds of one name
/// one kind.
#[derive(Debug, Clone)]
pub(crate) struct RunLayout {
    /// The topics of all streams and of the fold.
    known: Vec<String>,
    /// None: all.
    wanted: Option<Vec<String>>,
    pub(crate) topics: Vec<String>,
    pub(crate) kinds: Vec<String>,
    /// The index of each kind: a configuration may have tens of thousands.
    places: BTreeMap<String, usize>,
    pub(crate) columns: Vec<Vec<String>>,
    pub(crate) layouts: Vec<Arc<Layout>>,
}

impl RunLayout {
    /// Refuses a topic that neither a stream has nor the fold.
    pub(crate) fn new(
        streams: &[Box<dyn ErasedStream>],
        fold: Option<&dyn ErasedFold>,
        wanted: Option<Vec<String>>,
    ) -> Result<Self, EngineError> {
        let mut known: Vec<String> = Vec::new();
        for name in streams.iter().flat_map(|stream| stream.topics()) {
            place(&mut known, name);
        }
        known.extend(fold.map(ErasedFold::topic));
        if let Some(name) = wanted.iter().flatten().find(|name| !known.contains(name)) {
            return Err(EngineError::Topic { name: name.clone(), known: known.join(", ") });
        }
        let (topics, kinds, places, columns, layouts) = Default::default();
        Ok(Self { known, wanted, topics, kinds, places, columns, layouts })
    }

    /// The topics that the run will have once all streams are added, in their order.
    pub(crate) fn expected_topics(&self) -> Vec<String> {
        self.known.iter().filter(|name| self.wants(name)).cloned().collect()
    }

    /// Returns true if records of the topic are wanted.
    pub(crate) fn wants(&self, topic: &String) -> bool {
        self.wanted.as_ref().is_none_or(|wanted| wanted.contains(topic))
    }

    /// Adds a fold, whose topic no stream has; returns its routes, by the length of its windows,
    /// and the encoding of its records.
    pub(crate) fn routes_of_fold(
        &mut self,
        fold: &dyn ErasedFold,
        settings: &StreamSettings,
    ) -> Result<(Box<[Route]>, Option<Encoding>), EngineError> {
        let name = fold.topic();
        let (mut route, mut encoding) = (Route::default(), None);
        if self.wants(&name) {
            (route, encoding) = self.topic(name, fold.layout(), fold.name(), settings)?;
        }
        let windows = fold.windows().into_iter();
        let routes =
            windows.map(|window| Route { kind: self.kind(window.kind), ..route }).collect();
        Ok((routes, encoding))
    }

    /// Adds a stream; refuses one whose records have other columns than those of the same topic.
    pub(crate) fn routes(
        &mut self,
        stream: &dyn ErasedStream,
        settings: &StreamSettings,
    ) -> Result<Routes, EngineError> {
        let (mut topics, mut encodings) = (Vec::new(), Vec::new());
        for (index, name) in (0..).zip(stream.topics()) {
            let (mut route, mut encoding) = (Route::default(), None);
            if self.wants(&name) {
                let layout = stream.layout(index);
                (route, encoding) = self.topic(name, layout, stream.id().name, settings)?;
            }
            topics.push(Route { encoding: index, ..route });
            encodings.push(encoding);
        }
        let mut kinds = Vec::new();
        for (kind, name) in (0..).zip(stream.kinds()) {
            let topic = topics.get(usize::from(stream.topic_of(kind))).copied().unwrap_or_default();
            kinds.push(Route { kind: self.kind(name), ..topic });
        }
        if kinds.is_empty() {
            kinds.extend(topics.first());
        }
        let wanted = topics.iter().map(|route| route.topic.is_some()).collect();
        Ok(Routes { wanted, kinds: kinds.into(), encodings: encodings.into() })
    }

    /// The index of a kind, which is added if it is not there.
    fn kind(&mut self, name: String) -> u16 {
        let kinds = &mut self.kinds;
        let place = self.places.entry(name).or_insert_with_key(|name| {
            kinds.push(name.clone());
            kinds.len() - 1
        });
        *place as u16
    }

    /// Adds a topic, or finds it, and makes the records of `layout` ready for it.
    fn topic(
        &mut self,
        name: String,
        layout: Layout,
        stream: &'static str,
        settings: &StreamSettings,
    ) -> Result<(Route, Option<Encoding>), EngineError> {
        if let Some(reason) = layout.flaw() {
            return Err(EngineError::Layout { stream, reason: reason.to_owned() });
        }
        check_changes(&name, &layout, settings)?;
        let columns = layout.description().columns();
        let single = |path: &&String| layout.description().value_at(path).is_some();
        let known = columns.iter().filter(single).cloned().collect();
        let layout = layout.shaped(&settings.shape).map_err(|key| EngineError::Key {
            topic: name.clone(),
            key,
            known,
        })?;
        let topic = place(&mut self.topics, name.clone());
        let layout = match self.layouts.get(topic) {
            Some(other) if self.columns[topic] != columns => {
                let found = columns.join(",");
                let expected = other.description().columns().join(",");
                return Err(EngineError::Columns { topic: name, stream, found, expected });
            }
            Some(other) if settings.format == Format::Columns && **other != layout => {
                let reason =
                    format!("the topic \"{name}\" has a different layout in another stream");
                return Err(EngineError::Layout { stream, reason });
            }
            Some(other)
                if settings.format.is_binary()
                    && other.description().fields != layout.description().fields =>
            {
                let reason =
                    format!("the topic \"{name}\" has fields of other kinds in another stream");
                return Err(EngineError::Layout { stream, reason });
            }
            // Lines of one topic may come from different tables.
            Some(_) => Arc::new(layout),
            None => {
                let layout = Arc::new(layout);
                self.layouts.push(Arc::clone(&layout));
                self.columns.push(columns.clone());
                layout
            }
        };
        let is_wanted = |leaf: usize| {
            settings.fields.as_ref().is_none_or(|fields| fields.contains(&columns[leaf]))
        };
        let encoding = Encoding::new(&layout, settings.format, is_wanted);
        if let Some(reason) = encoding.flaw() {
            return Err(EngineError::Layout { stream, reason: reason.to_owned() });
        }
        let columns = columns.len() as u16;
        let route = Route { topic: Some(topic as u16), columns, ..Route::default() };
        Ok((route, Some(encoding)))
    }
}

/// Refuses changes of records that are no rows, and of rows in another shape than theirs.
fn check_changes(
    topic: &str,
    layout: &Layout,
    settings: &StreamSettings,
) -> Result<(), EngineError> {
    if settings.shape.changes.is_none() {
        return Ok(());
    }
    if layout.rows().is_none() {
        return Err(EngineError::NotRows { topic: topic.to_owned() });
    }
    let refused = |reason| Err(EngineError::Changes { topic: topic.to_owned(), reason });
    if settings.format != Format::Json {
        return refused("change events are JSON only: use ndjson");
    }
    if settings.shape.key.is_some() {
        return refused("the key of a change is that of its row: omit --key");
    }
    if settings.disorder.deviates() {
        return refused("a spoilt change would spoil its table: omit --malformed and --disorder");
    }
    Ok(())
}

/// The index of a name among `names`, to which it is added if it is not there.
fn place(names: &mut Vec<String>, name: String) -> usize {
    names.iter().position(|known| *known == name).unwrap_or_else(|| {
        names.push(name);
        names.len() - 1
    })
}

/// Refuses streams whose records or draws could not be told apart.
pub(crate) fn check_unique_ids(streams: &[Box<dyn ErasedStream>]) -> Result<(), EngineError> {
    for (number, stream) in streams.iter().enumerate() {
        let StreamId { name, purpose, rank } = stream.id();
        let mut before = streams.iter().take(number).map(|stream| stream.id());
        if let Some(other) = before.find(|other| other.rank == rank || other.purpose == purpose) {
            return Err(EngineError::Twins { first: other.name, second: name });
        }
    }
    Ok(())
}

/// Refuses kinds of record that go to a topic which their stream does not name.
pub(crate) fn check_topics(streams: &[Box<dyn ErasedStream>]) -> Result<(), EngineError> {
    for stream in streams {
        let topics = stream.topics().len();
        let lost = |kind: &(u16, String)| usize::from(stream.topic_of(kind.0)) >= topics;
        if let Some((_, kind)) = (0..).zip(stream.kinds()).find(lost) {
            return Err(EngineError::Kind { stream: stream.id().name, kind, topics });
        }
    }
    Ok(())
}

/// Refuses a fold whose windows do not fit into each other, or whose records would not be behind
/// all others.
pub(crate) fn check_windows(
    fold: &dyn ErasedFold,
    streams: &[Box<dyn ErasedStream>],
) -> Result<(), EngineError> {
    let windows = fold.windows();
    let refused = |reason: String| Err(EngineError::Fold { fold: fold.name(), reason });
    if windows.is_empty() || windows.len() > usize::from(u8::MAX) {
        return refused(format!(
            "it has windows of {} lengths (allowed: 1 to {})",
            windows.len(),
            u8::MAX
        ));
    }
    if let Some(window) =
        windows.iter().find(|window| !(1..=FoldWindow::MAX_MICROS).contains(&window.micros))
    {
        let (micros, max) = (window.micros, FoldWindow::MAX_MICROS);
        return refused(format!(
            "its window length of {micros} microseconds is out of range (1 to {max})"
        ));
    }
    let unfit = |pair: &&[FoldWindow]| {
        pair[1].micros <= pair[0].micros || pair[1].micros % pair[0].micros != 0
    };
    if let Some([short, long]) = windows.windows(2).find(unfit) {
        let (short, long) = (short.micros, long.micros);
        return refused(format!(
            "windows of {long} microseconds must be a multiple of the preceding {short}"
        ));
    }
    if fold.cells() > u32::MAX as usize {
        return refused(format!(
            "it has {} cells (at most {} are allowed)",
            fold.cells(),
            u32::MAX
        ));
    }
    let topic = fold.topic();
    match streams
        .iter()
        .find(|stream| stream.id().rank == FOLD_RANK || stream.topics().contains(&topic))
    {
        Some(stream) => refused(format!(
            "the stream \"{}\" has the rank {FOLD_RANK}, which is a fold's, or the fold's topic \"{topic}\"",
            stream.id().name
        )),
        None => Ok(()),
    }
}
