//! A stream as one run has it: the stream, the settings of the run and the routes of its records.

use mercato_draw::Label;
use mercato_encode::Encoding;

use crate::route::{Route, Routes};
use crate::settings::StreamSettings;
use crate::stream::{Stream, StreamId};

/// A stream of a run, shared by its blocks.
pub(crate) struct StreamSpec<S> {
    pub(crate) stream: S,
    pub(crate) rank: u8,
    pub(crate) purpose: u8,
    /// Number of words of an entity.
    pub(crate) words: usize,
    pub(crate) longest_trace: i64,
    /// Its entities are those that a run is counted in.
    pub(crate) counted: bool,
    pub(crate) settings: StreamSettings,
    /// Routes of its records, by kind; none until the stream has joined its run.
    pub(crate) routes: Box<[Route]>,
    /// Encodings of its records, by topic of the stream.
    pub(crate) encodings: Box<[Option<Encoding>]>,
}

impl<S: Stream> StreamSpec<S> {
    pub(crate) fn new(stream: S, counted: bool, settings: StreamSettings) -> Self {
        let StreamId { rank, purpose, .. } = stream.id();
        let (words, longest_trace) = (stream.words(), stream.longest_trace());
        let (routes, encodings) = (Box::default(), Box::default());
        Self { stream, rank, purpose, words, longest_trace, counted, settings, routes, encodings }
    }

    /// Takes over what is known once every stream of the run is: its settings and the stream's
    /// routes.
    pub(crate) fn join(&mut self, settings: &StreamSettings, routes: Routes) {
        self.settings = settings.clone();
        (self.routes, self.encodings) = (routes.kinds, routes.encodings);
        // A fold counts every record, whoever else wants it.
        let wanted: Vec<bool> =
            routes.wanted.iter().map(|wanted| *wanted || settings.accumulated).collect();
        self.stream.narrow(&wanted);
        self.words = self.stream.words();
        self.longest_trace = self.stream.longest_trace();
    }
}

impl<S> StreamSpec<S> {
    /// The label under which one substream draws.
    pub(crate) fn label(&self, substream: u8) -> Label {
        Label::new(self.purpose, substream)
    }

    /// The encoding of records on a route; none where nobody wants them.
    #[inline]
    pub(crate) fn encoding(&self, route: Route) -> Option<&Encoding> {
        self.encodings.get(usize::from(route.encoding))?.as_ref()
    }

    /// The route of records of `kind`; a kind without a name takes that of the first.
    #[inline]
    pub(crate) fn route(&self, kind: u16) -> Route {
        self.routes.get(usize::from(kind)).or(self.routes.first()).copied().unwrap_or_default()
    }
}
