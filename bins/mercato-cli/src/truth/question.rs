//! The flags that ask a question.

use clap::Args;
use mercato::patterns::{Zone, ZoneError};
use mercato::truth::answer::{Aggregate, Filter, QueryError, Question, Windows};
use mercato::units::Duration;

/// The flags of other questions, which have no use for those of windows.
const WITHOUT_WINDOWS: [&str; 3] = ["table", "latest", "queries"];

/// The flags that ask a question.
#[derive(Debug, Clone, Args)]
pub(crate) struct QuestionArgs {
    /// Windows: D or tumbling:D, hopping:SIZE/HOP, cumulative:SIZE/STEP, session:GAP, or none for all
    /// records together
    #[arg(long, value_name = "WINDOW", value_parser = windows, required_unless_present_any = ["table", "latest", "queries"])]
    window: Option<Windows>,

    /// Let windows begin by so much later than at multiples of their length since 1970-01-01
    #[arg(long, value_name = "D", conflicts_with_all = WITHOUT_WINDOWS)]
    offset: Option<Duration>,

    /// Time zone whose clocks say where windows begin, such as Europe/Berlin or +05:30 [default: UTC]
    #[arg(long, value_name = "ZONE", alias = "time-zone", conflicts_with_all = WITHOUT_WINDOWS, value_parser = zone)]
    zone: Option<Zone>,

    /// Fields to group by: their CSV names, separated by commas
    #[arg(long, value_name = "FIELD", value_delimiter = ',')]
    by: Vec<String>,

    /// Records that count, such as `total > 10.00 and status in ('paid', 'shipped')`
    #[arg(long = "where", value_name = "CONDITION", conflicts_with_all = WITHOUT_WINDOWS, value_parser = filter)]
    filter: Option<Filter>,

    /// Aggregates to compute, separated by commas: count, or sum, avg, min, max, `count_distinct`,
    /// first, last of (FIELD), or top(N, FIELD); each also followed by `as NAME`
    #[arg(long, value_name = "AGG", default_value = "count", value_parser = aggregates)]
    agg: Vec<Aggregates>,
}

/// The aggregates of one flag.
#[derive(Debug, Clone)]
struct Aggregates(Vec<Aggregate>);

fn windows(text: &str) -> Result<Windows, QueryError> {
    text.parse()
}

fn zone(text: &str) -> Result<Zone, ZoneError> {
    text.parse()
}

fn filter(text: &str) -> Result<Filter, QueryError> {
    Filter::parse(text)
}

fn aggregates(text: &str) -> Result<Aggregates, QueryError> {
    Aggregate::parse_list(text).map(Aggregates)
}

impl QuestionArgs {
    /// The question, if there is one.
    pub(crate) fn question(&self) -> Option<Question> {
        Some(Question {
            windows: self.window?,
            offset: self.offset,
            zone: self.zone,
            by: self.by.clone(),
            aggregates: self.agg.iter().flat_map(|list| list.0.clone()).collect(),
            filter: self.filter.clone(),
        })
    }
}
