//! Routes: the topics and kinds of a run to which the records of a stream belong.

use mercato_encode::Encoding;

/// The topic and the kind of one kind of record, by their indices in the run.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Route {
    /// Index of the topic; none if its records are not wanted.
    pub(crate) topic: Option<u16>,
    /// Index of the kind.
    pub(crate) kind: u16,
    /// Number of CSV columns.
    pub(crate) columns: u16,
    /// Index of the encoding among those of the stream.
    pub(crate) encoding: u16,
}

/// The routes of one stream.
pub(crate) struct Routes {
    /// True for each topic of the stream that is wanted.
    pub(crate) wanted: Vec<bool>,
    /// The routes, by kind.
    pub(crate) kinds: Box<[Route]>,
    /// The encodings of records, by topic of the stream; none where they are not wanted.
    pub(crate) encodings: Box<[Option<Encoding>]>,
}
