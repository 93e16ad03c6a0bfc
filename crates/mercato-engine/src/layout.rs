//! The layout of a run: the topics, kinds and columns of its streams and its fold, and what cannot
//! be together.

use crate::erased::ErasedStream;
use crate::fold::{FOLD_RANK, Fold, FoldWindow};
use crate::route::{Route, Routes};
use crate::{EngineError, StreamId};

/// The topics, kinds and columns of a run: topics of one name are one topic, and kinds of one name
/// one kind.
#[derive(Debug, Clone)]
pub(crate) struct RunLayout {
    /// None: all.
    wanted: Option<Vec<String>>,
    pub(crate) topics: Vec<String>,
    pub(crate) kinds: Vec<String>,
    pub(crate) columns: Vec<Vec<String>>,
}

impl RunLayout {
    /// Refuses a topic that neither a stream has nor the fold.
    pub(crate) fn new(
        streams: &[Box<dyn ErasedStream>],
        fold: Option<&dyn Fold>,
        wanted: Option<Vec<String>>,
    ) -> Result<Self, EngineError> {
        let mut known: Vec<String> = Vec::new();
        for name in streams.iter().flat_map(|stream| stream.topics()) {
            place(&mut known, name);
        }
        known.extend(fold.map(Fold::topic));
        if let Some(name) = wanted.iter().flatten().find(|name| !known.contains(name)) {
            return Err(EngineError::Topic { name: name.clone(), known: known.join(", ") });
        }
        Ok(Self { wanted, topics: Vec::new(), kinds: Vec::new(), columns: Vec::new() })
    }

    /// Returns true if records of the topic are wanted.
    pub(crate) fn wants(&self, topic: &String) -> bool {
        self.wanted.as_ref().is_none_or(|wanted| wanted.contains(topic))
    }

    /// Adds a fold, whose topic no stream has; by the length of its windows.
    pub(crate) fn routes_of_fold(&mut self, fold: &dyn Fold) -> Box<[Route]> {
        let (name, names) = (fold.topic(), fold.columns());
        let mut route = Route { columns: names.len() as u16, ..Route::default() };
        if self.wants(&name) {
            route.topic = Some(place(&mut self.topics, name) as u16);
            self.columns.push(names);
        }
        let windows = fold.windows().into_iter();
        windows
            .map(|window| Route { kind: place(&mut self.kinds, window.kind) as u16, ..route })
            .collect()
    }

    /// Adds a stream; refuses one whose records have other columns than those of the same topic.
    pub(crate) fn routes(&mut self, stream: &dyn ErasedStream) -> Result<Routes, EngineError> {
        let mut topics = Vec::new();
        for (index, name) in (0..).zip(stream.topics()) {
            let own = stream.columns_of(index);
            let columns = own.len() as u16;
            if !self.wants(&name) {
                topics.push(Route { columns, ..Route::default() });
                continue;
            }
            let topic = place(&mut self.topics, name.clone());
            match self.columns.get(topic) {
                None => self.columns.push(own),
                Some(others) if *others == own => {}
                Some(others) => {
                    let [expected, found] = [others, &own].map(|columns| columns.join(","));
                    return Err(EngineError::Columns {
                        topic: name,
                        stream: stream.id().name,
                        found,
                        expected,
                    });
                }
            }
            topics.push(Route { topic: Some(topic as u16), columns, ..Route::default() });
        }
        let mut kinds = Vec::new();
        for (kind, name) in (0..).zip(stream.kinds()) {
            let topic = topics.get(usize::from(stream.topic_of(kind))).copied().unwrap_or_default();
            kinds.push(Route { kind: place(&mut self.kinds, name) as u16, ..topic });
        }
        if kinds.is_empty() {
            kinds.extend(topics.first());
        }
        let wanted = topics.iter().map(|route| route.topic.is_some()).collect();
        Ok(Routes { wanted, kinds: kinds.into() })
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
    fold: &dyn Fold,
    streams: &[Box<dyn ErasedStream>],
) -> Result<(), EngineError> {
    let windows = fold.windows();
    let refused = |reason: String| Err(EngineError::Fold { fold: fold.name(), reason });
    if windows.is_empty() || windows.len() > usize::from(u8::MAX) {
        return refused(format!(
            "it has windows of {} lengths, and 1 to {} can be",
            windows.len(),
            u8::MAX
        ));
    }
    if let Some(window) =
        windows.iter().find(|window| !(1..=FoldWindow::MAX_MICROS).contains(&window.micros))
    {
        let (micros, max) = (window.micros, FoldWindow::MAX_MICROS);
        return refused(format!("its windows of {micros} microseconds must be 1 to {max} long"));
    }
    let unfit = |pair: &&[FoldWindow]| {
        pair[1].micros <= pair[0].micros || pair[1].micros % pair[0].micros != 0
    };
    if let Some([short, long]) = windows.windows(2).find(unfit) {
        let (short, long) = (short.micros, long.micros);
        return refused(format!(
            "windows of {long} microseconds must be a multiple of the {short} before them"
        ));
    }
    if fold.cells() > u32::MAX as usize {
        return refused(format!("it has {} cells, and {} can be", fold.cells(), u32::MAX));
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
