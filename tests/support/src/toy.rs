//! One toy stream, for the tests of whatever carries streams out: visits of a few users.
//!
//! It has what a stream can have: substreams, traces of several steps, two topics, counters for a
//! fold. A test sets the fields it is about and takes the others as they come.

use std::borrow::Cow;

use mercato_draw::{UniformInt, Words};
use mercato_encode::{Layout, Writer};
use mercato_engine::{
    Accumulator, Arrival, Arrivals, Fold, FoldWindow, Rate, Schedule, Step, Stream, StreamId,
    Trace, Window,
};
use mercato_schema::{Description, Field, Kind};
use serde::{Deserialize, Serialize};

/// Visits of up to four steps by a few users.
#[derive(Debug, Clone)]
pub struct Toy {
    /// Number of the toy in its run; topics, purpose and rank follow from it.
    pub number: u8,
    /// The laws by which visits begin, one a substream.
    pub substreams: Vec<Arrivals>,
    /// Number of users; a single one takes no word.
    pub users: u64,
    /// The most steps after an arrival, 0 to 3; none takes no word.
    pub steps: usize,
    /// The longest time from an arrival to its last step, in microseconds.
    pub longest: i64,
    /// Number of arrivals after which a visit is over, where arrivals are spread.
    pub room: Option<u64>,
    /// Number of topics: 1, or 2 of which the second takes the steps at odd microseconds.
    pub topics: u16,
    /// Text in each record, to make it larger.
    pub padding: String,
}

impl Toy {
    /// Number of counters: records, the sum of their users, and records of either kind.
    pub const CELLS: usize = 4;

    /// Visits by 23 users of up to three steps more, within four seconds, in two topics.
    pub fn new(substreams: Vec<Arrivals>) -> Self {
        Self {
            number: 0,
            substreams,
            users: 23,
            steps: 3,
            longest: 4_000_000,
            room: None,
            topics: 2,
            padding: String::new(),
        }
    }
}

/// A rate of this many arrivals a second, by a schedule.
pub fn per_second(arrivals: u64, schedule: Schedule) -> Rate {
    Rate::new(arrivals * 3_600_000_000, schedule).expect("no toy is as fast as that")
}

/// A visit: its user, and the times between its steps.
#[derive(Debug, Clone, Copy)]
pub struct Visit {
    user: u64,
    gaps: [i64; 3],
    count: usize,
}

/// The record of one step of a visit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitRecord<'a> {
    /// Number of the visit in its substream.
    pub arrival: u64,
    /// The substream.
    pub substream: u8,
    /// Number of the step in the visit, 0 for the arrival.
    pub number: u16,
    /// Event time in microseconds since the Unix epoch.
    pub at: i64,
    /// The visitor; the key of the record.
    pub user: u64,
    /// 0 for an arrival and a step at an even microsecond, 1 for others.
    pub kind: u16,
    /// True if the step was brought forward.
    pub hurried: bool,
    /// [`Toy::padding`].
    pub padding: Cow<'a, str>,
}

impl Stream for Toy {
    type Entity = Visit;

    fn id(&self) -> StreamId {
        StreamId { name: "toy", purpose: 200 + self.number, rank: 3 + self.number }
    }

    fn topics(&self) -> Vec<String> {
        let names = ["toys", "more-toys"].map(|name| format!("{name}-{}", self.number));
        names.into_iter().take(self.topics.into()).collect()
    }

    fn topic_of(&self, kind: u16) -> u16 {
        kind.min(self.topics - 1)
    }

    fn kinds(&self) -> Vec<String> {
        vec!["visit".into(), "step".into()]
    }

    fn arrivals(&self) -> Vec<Arrivals> {
        self.substreams.clone()
    }

    fn words(&self) -> usize {
        usize::from(self.users > 1) + if self.steps > 0 { self.steps + 1 } else { 0 }
    }

    fn draw(&self, _: Arrival, words: &mut Words<'_>) -> Visit {
        let longest = self.longest / self.steps.max(1) as i64;
        let gap = UniformInt::new(0, longest).expect("a visit takes no negative time");
        let mut visit = Visit { user: 0, gaps: [0; 3], count: 0 };
        visit.gaps[..self.steps].fill_with(|| gap.pick(words.take()));
        if self.users > 1 {
            visit.user = words.take() % self.users;
        }
        if self.steps > 0 {
            visit.count = (words.take() % (self.steps as u64 + 1)) as usize;
        }
        visit
    }

    fn owner(&self, visit: &Visit, _: Arrival, key: &mut Vec<u8>) {
        key.extend_from_slice(visit.user.to_string().as_bytes());
    }

    fn trace(&self, visit: &Visit, arrival: Arrival, trace: &mut Trace) {
        let mut at = arrival.at;
        if let Some(room) = self.room {
            trace.end_before(room);
        }
        trace.push(at, 0);
        for gap in &visit.gaps[..visit.count] {
            at += gap;
            trace.push(at, (at % 2) as u16);
        }
    }

    fn longest_trace(&self) -> i64 {
        if self.steps > 0 { self.longest } else { 0 }
    }

    fn layout(&self, _: u16) -> Layout {
        let fields = [
            ("arrival", Kind::Long),
            ("substream", Kind::Integer),
            ("number", Kind::Integer),
            ("at", Kind::Long),
            ("user", Kind::Long),
            ("kind", Kind::Integer),
            ("hurried", Kind::Boolean),
            ("padding", Kind::Text),
        ];
        let field = |(name, kind): (&'static str, Kind)| Field {
            name: name.into(),
            doc: "Part of a step.".into(),
            kind,
            nullable: false,
        };
        let fields = fields.into_iter().map(field).collect();
        Layout::new(Description { fields, ..Description::default() })
    }

    fn write<W: Writer>(&self, visit: &Visit, step: Step, writer: &mut W) {
        let Step { arrival, substream, number, kind, at, hurried } = step;
        let (user, padding) = (visit.user, Cow::Borrowed(self.padding.as_str()));
        writer.key(|key| key.extend_from_slice(user.to_string().as_bytes()));
        writer.serialize(&VisitRecord {
            arrival,
            substream,
            number,
            at,
            user,
            kind,
            hurried,
            padding,
        });
    }

    fn accumulate(&self, visit: &Visit, step: Step, accumulator: &mut Accumulator) {
        accumulator.add(0, 1);
        accumulator.add(1, visit.user as i64);
        accumulator.add(2 + usize::from(step.kind), 1);
    }
}

/// Sums over the records of toys, in windows of several lengths.
#[derive(Debug, Clone)]
pub struct Sums {
    windows: Vec<FoldWindow>,
}

impl Sums {
    /// Sums in windows of these lengths in microseconds, each with this number of records.
    pub fn new(windows: &[(i64, u16)]) -> Self {
        let window = |&(micros, records): &(i64, u16)| {
            let kind = format!("sum-{micros}");
            FoldWindow { micros, records, kind }
        };
        Self { windows: windows.iter().map(window).collect() }
    }
}

impl Fold for Sums {
    fn name(&self) -> &'static str {
        "sums"
    }

    fn topic(&self) -> String {
        "sums".into()
    }

    fn windows(&self) -> Vec<FoldWindow> {
        self.windows.clone()
    }

    fn cells(&self) -> usize {
        Toy::CELLS
    }

    /// Writes the index of the length, start, end and number of the window, the number of the
    /// record and the counters.
    fn write<W: Writer>(&self, window: Window, cells: &[i64], number: u16, writer: &mut W) {
        writer.key(|key| key.extend_from_slice(number.to_string().as_bytes()));
        writer.serialize(&(window.length, window.from, window.to, window.number, number, cells));
    }

    fn layout(&self) -> Layout {
        Layout::new(Description::default())
    }
}
