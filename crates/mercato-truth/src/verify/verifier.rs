//! The verifier: two passes over a pure function, and a report.

use std::ops::ControlFlow;

use mercato_encode::Envelope;
use mercato_engine::{EngineError, Format, Run};

use super::comparison::Comparison;
use super::content::Form;
use super::excerpt::{around_difference, beginning};
use super::expected::Expectation;
use super::explain::{Finding, explain};
use super::report::{Difference, Kind, Origin, Place, Report};
use crate::records::{Actual, Layout};

/// Why a comparison cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError<E> {
    /// The run cannot be evaluated.
    #[error("the run cannot be evaluated")]
    Run(#[source] EngineError),
    /// The run has no end, so that everything would be missing for ever.
    #[error(
        "the run has no end: name its number of arrivals, its duration, or how many records are expected"
    )]
    Endless,
    /// The actual records cannot be read.
    #[error("what is there cannot be read to its end")]
    Actual(#[source] E),
}

impl<E> From<EngineError> for VerifyError<E> {
    fn from(error: EngineError) -> Self {
        Self::Run(error)
    }
}

/// Compares what is there with the run it should be, by value.
///
/// Memory grows with the number of differences, and with nothing else; see [`Verifier::patience`].
#[derive(Debug, Clone)]
pub struct Verifier<'a> {
    expectation: Expectation<'a>,
    differences: usize,
    patience: u64,
}

impl<'a> Verifier<'a> {
    /// Differences that are shown in full unless [`Verifier::differences`] says otherwise.
    pub const DIFFERENCES: usize = 10;

    /// Records without a partner at which a comparison is given up unless [`Verifier::patience`]
    /// says otherwise.
    ///
    /// They take about a quarter of a gigabyte.
    pub const PATIENCE: u64 = 1_000_000;

    /// Expects every record of `run`, of all its topics.
    pub fn new(run: &'a Run) -> Self {
        let expectation =
            Expectation { run, header: None, topic: None, records: None, envelope: None };
        Self { expectation, differences: Self::DIFFERENCES, patience: Self::PATIENCE }
    }

    /// Expects lines to begin with this one, without its line feed; a topic has none.
    #[must_use]
    pub fn header(mut self, header: impl Into<Vec<u8>>) -> Self {
        self.expectation.header = Some(header.into());
        self
    }

    /// Expects only records of this topic, an index into [`Run::topics`].
    #[must_use]
    pub fn topic(mut self, topic: u16) -> Self {
        self.expectation.topic = Some(topic);
        self
    }

    /// Expects each record in an envelope with its topic and key, as records of several topics come
    /// in one place.
    #[must_use]
    pub fn enveloped(mut self) -> Self {
        self.expectation.envelope = Some(Envelope::new(self.expectation.run.topics()));
        self
    }

    /// Expects only the first `records` of the run, counted over all topics: what an interrupted
    /// run left.
    #[must_use]
    pub fn records(mut self, records: u64) -> Self {
        self.expectation.records = Some(records);
        self
    }

    /// Shows the first `differences` in full; 10 by default.
    #[must_use]
    pub fn differences(mut self, differences: usize) -> Self {
        self.differences = differences;
        self
    }

    /// Gives up when more than `records` of both sides wait for a partner at a time; a million by
    /// default.
    ///
    /// So a comparison with another run ends soon and in bounded memory, and not with every record
    /// remembered.
    /// Records that are missing after everything was read, and those that have found their partner,
    /// do not count.
    #[must_use]
    pub fn patience(mut self, records: u64) -> Self {
        self.patience = records;
        self
    }

    /// Reads `actual` to its end and compares it with the run.
    ///
    /// Fails when the run has no end or cannot be evaluated, and when `actual` cannot be read.
    pub fn verify<A: Actual>(&self, actual: &mut A) -> Result<Report, VerifyError<A::Error>> {
        if self.expectation.is_endless() {
            return Err(VerifyError::Endless);
        }
        let layout = actual.layout();
        let mut comparison = Comparison::new(layout, self.form(), self.differences);
        let mut expectation = self.expectation.clone();
        let walked = expectation.walk(layout, |expected| {
            comparison.compare(expected, actual).map_err(VerifyError::Actual)?;
            let goes_on = comparison.open() <= self.patience;
            Ok::<_, VerifyError<A::Error>>(if goes_on {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            })
        })?;
        let within = |open| open <= self.patience;
        let complete = within(comparison.open())
            && comparison.finish(actual, within).map_err(VerifyError::Actual)?;
        expectation.records = Some(walked);
        let (counts, findings) = explain(comparison, &expectation)?;
        let shown = findings.iter().take(self.differences);
        let differences = shown.map(|finding| self.describe(layout, finding)).collect();
        Ok(Report { counts, complete, differences })
    }

    /// The form of the records: a run writes rows where its format says so.
    fn form(&self) -> Form {
        let Expectation { run, topic, .. } = &self.expectation;
        match run.layout(topic.unwrap_or_default()) {
            Some(layout) if run.format() == Format::Csv => Form::rows(layout.description()),
            _ => Form::Json,
        }
    }

    /// Puts `finding` into words; the expected record is drawn again, alone.
    fn describe(&self, layout: Layout, finding: &Finding) -> Difference {
        let expected = self.expected(finding);
        let (key, value) = expected.map_or((None, None), |(key, value)| (Some(key), Some(value)));
        let found_key = || finding.text.as_ref().map(|text| text.key.to_vec());
        let key = key.or_else(found_key).filter(|key| !key.is_empty());
        let (expected, actual) = excerpts(finding, value.as_deref());
        Difference {
            kind: finding.kind,
            key: key.map(|key| beginning(&key)),
            origin: finding.at.map(Origin::from),
            place: finding.position.map(|position| Place::new(layout, finding.partition, position)),
            belongs_to_partition: (finding.kind == Kind::Misplaced).then_some(finding.home),
            expected,
            actual,
        }
    }

    /// Key and value of the record that a finding is about.
    fn expected(&self, finding: &Finding) -> Option<(Vec<u8>, Vec<u8>)> {
        let Some(at) = finding.at else {
            let header =
                self.expectation.header.clone().filter(|_| finding.kind != Kind::Unexpected);
            return header.map(|header| (Vec::new(), header));
        };
        let batch = self.expectation.run.entity(at.coordinates)?;
        let index =
            batch.spans().iter().position(|span| span.stamp.coordinates == at.coordinates)?;
        let mut enclosed = Vec::new();
        let value = self.expectation.as_it_stands(&batch, index, &mut enclosed);
        Some((batch.key(index).to_vec(), value.to_vec()))
    }
}

/// The expected and the actual record, as far as it is of use: of a copy one text says all.
fn excerpts(finding: &Finding, expected: Option<&[u8]>) -> (Option<String>, Option<String>) {
    let actual = finding.text.as_ref().map(|text| &*text.value);
    match (finding.kind, expected, actual) {
        (Kind::Altered, Some(expected), Some(actual)) => {
            let (expected, actual) = around_difference(expected, actual);
            (Some(expected), Some(actual))
        }
        (Kind::Doubled | Kind::Misplaced, _, Some(actual)) => (None, Some(beginning(actual))),
        _ => (expected.map(beginning), actual.map(beginning)),
    }
}
