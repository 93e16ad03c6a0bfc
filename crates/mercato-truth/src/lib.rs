//! Verifies recorded output, computes the expected results of aggregations, checks quality rules.
//!
//! | room | what lives there |
//! |---|---|
//! | `verify` | comparing recorded output with the run: [`Verifier`] and its [`Report`] |
//! | [`answer`] | the expected results of windowed aggregations |
//! | [`rules`] | quality rules for records of the shop's topics, whoever made them |
//! | [`result`] | what a pipeline has computed, against that |
//! | [`profile`] | statistics of any records |
//! | `records` | the common place: how records that were left behind are read |
//!
//! The rooms know `records` and not each other.
//!
//! A run is a pure function, so nothing has to be recorded to check what became of it:
//! a [`Verifier`] evaluates the run once more and compares it, record by record, with [`Lines`] of
//! a file or pipe, or with any other [`Actual`], such as a topic that is read back.
//! The [`Report`] names every difference by its [`Kind`]: missing, doubled, out of order within a
//! key, altered, misplaced or unexpected.
//!
//! - Records that stand where they should be are compared byte by byte and forgotten:
//!   memory grows with the differences and not with the run.
//! - Where something differs, the run is evaluated a second time to tell a copy from a foreign
//!   record, and a record that is out of order within its key from one that only changed places
//!   with other keys'.
//! - The order of different keys is no difference, in a file as little as in a topic: shards that
//!   were merged in another order hold the same truth.
//!   [`Counts::moved`] says how many records it concerns.
//! - A record that is none of the run's counts as altered when, between the same two matching
//!   neighbours, a record of the same key is missing; lines have no keys, so there any missing
//!   record will do.
//! - A header of a CSV file is compared like a record.
//!
//! There is no clock here, and no broker's client: a topic is read by an [`Actual`] of its reader.
//!
//! ```
//! # use mercato_draw::{Seed, Words};
//! # use mercato_engine::{Arrival, Arrivals, Delays, Extent, Layout, Run, Schedule, Step, Stream, StreamId, World, Writer};
//! # use mercato_schema::Description;
//! use mercato_truth::{Kind, Lines, Place, Verifier};
//! # struct Visits;
//! # impl Stream for Visits {
//! #     type Entity = ();
//! #     fn id(&self) -> StreamId { StreamId { name: "visits", purpose: 200, rank: 0 } }
//! #     fn topics(&self) -> Vec<String> { vec!["visits".into()] }
//! #     fn kinds(&self) -> Vec<String> { vec!["visit".into()] }
//! #     fn arrivals(&self) -> Vec<Arrivals> {
//! #         Delays::new(1, 1, Schedule::default()).map(Arrivals::Delays).into_iter().collect()
//! #     }
//! #     fn words(&self) -> usize { 0 }
//! #     fn draw(&self, _: Arrival, _: &mut Words<'_>) {}
//! #     fn owner(&self, (): &(), _: Arrival, _: &mut Vec<u8>) {}
//! #     fn layout(&self, _: u16) -> Layout { Layout::new(Description::default()) }
//! #     fn write<W: Writer>(&self, (): &(), step: Step, writer: &mut W) { writer.serialize(&step.arrival); }
//! # }
//! # let world = World { seed: Seed::new(1), origin: 0 };
//! # let extent = Extent { arrivals: Some(5), ..Extent::default() };
//!
//! // A run of five records: 0, 1, 2, 3 and 4, one a line.
//! let run = Run::builder(world).extent(extent).stream(Visits)?;
//!
//! let mut whole = Lines::new("visits.ndjson", "0\n1\n2\n3\n4\n".as_bytes())?;
//! assert!(Verifier::new(&run).verify(&mut whole)?.is_clean());
//!
//! let mut damaged = Lines::new("visits.ndjson", "0\n1\n1\n3\n4\n".as_bytes())?;
//! let report = Verifier::new(&run).verify(&mut damaged)?;
//! let found: Vec<_> = report.differences.iter().map(|difference| (difference.kind, difference.place)).collect();
//! assert_eq!(found, [(Kind::Missing, None), (Kind::Doubled, Some(Place::Line { line: 3 }))]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod answer;
pub mod profile;
mod records;
pub mod result;
pub mod rules;
mod verify;

pub use records::{
    Actual, Below, Decoder, Document, Documents, Enclosed, EnclosedValue, Encoding, FolderError,
    Form, Found, Header, Hints, Layout, Lines, LinesError, Meter, Node, NodeKind, Payloads, Row,
    Shape,
};
pub use verify::{Counts, Difference, Kind, Origin, Place, Report, Verifier, VerifyError};
