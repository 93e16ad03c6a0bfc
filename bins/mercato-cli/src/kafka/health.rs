//! `mercato health`: checks whether a run could start now, and says what to do if not.

use clap::Args;
use mercato::config::args::bound;
use mercato::config::env::now_micros;
use mercato::kafka::ReachError;
use mercato::kafka::admin::{Admin, AdminError, Limits, Retention, TopicDescription, span};
use mercato::kafka::config::DEFAULT_BATCH_BYTES;
use mercato::runtime::exit::{Exit, Failure};
use mercato::topic_presets;
use mercato::units::{DurationOrNumber, Timestamp, Unit};

use super::topics::{Cluster, failed};
use crate::print;

/// Check connection, login and topics; exit with code 4 and say what to do if a run could not
/// start.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Health {
    /// Topics that must exist [default: report on the topics of all streams, require none]
    #[arg(value_name = "TOPIC")]
    topics: Vec<String>,

    /// Check that the topics retain records from this event time on [default:
    /// now]
    #[arg(long, value_name = "T", value_parser = bound::<Timestamp>())]
    start: Option<Timestamp>,

    /// The same, as a time before now
    #[arg(long, value_name = "D", value_parser = bound::<DurationOrNumber>(), conflicts_with = "start")]
    backfill: Option<DurationOrNumber>,

    #[command(flatten)]
    cluster: Cluster,
}

const EXAMPLES: &str = "\
Examples:
  mercato health                                   localhost:9092 and the topics of all streams
  mercato health ecommerce-sales -b broker:9092 --command-config client.properties
  mercato health transactions user-events --backfill 7d";

/// The finding about one topic.
enum Finding {
    Good(String),
    Missing(String),
    Bad(String),
}

impl Health {
    pub(crate) fn run(&self) -> Result<Exit, Failure> {
        let admin = self.cluster.admin()?;
        print(&format!("✓ connected to {}, logged in, listed topics", admin.address()))?;
        let oldest = self.oldest()?;
        let mut exit = Exit::Done;
        for (topic, required) in self.wanted() {
            let line = match look(&admin, &topic, oldest)? {
                Finding::Good(what) => format!("✓ {topic}: {what}"),
                Finding::Missing(what) if !required => format!("- {topic}: {what}"),
                Finding::Missing(what) | Finding::Bad(what) => {
                    exit = Exit::Connect;
                    format!("✗ {topic}: {what}")
                }
            };
            print(&line)?;
        }
        Ok(exit)
    }

    fn wanted(&self) -> Vec<(String, bool)> {
        if self.topics.is_empty() {
            return topic_presets().iter().map(|preset| (preset.name.to_owned(), false)).collect();
        }
        self.topics.iter().map(|topic| (topic.clone(), true)).collect()
    }

    /// Returns the age of the oldest record in milliseconds.
    fn oldest(&self) -> Result<i64, Failure> {
        let micros = match (self.start, self.backfill) {
            (Some(start), _) => now_micros().saturating_sub(start.micros()),
            (None, Some(backfill)) => backfill.in_unit(Unit::Hours)?.micros(),
            (None, None) => 0,
        };
        Ok(micros.max(0) / 1000)
    }
}

/// Examines a topic; fails only if the cluster can no longer be queried.
fn look(admin: &Admin, topic: &str, oldest_millis: i64) -> Result<Finding, Failure> {
    match admin.describe(topic) {
        Ok(described) => Ok(judged(&described, oldest_millis)),
        Err(AdminError::Reach(ReachError::TopicMissing { command, .. })) => {
            Ok(Finding::Missing(format!("does not exist; create it with `{command}`")))
        }
        Err(AdminError::Reach(error @ ReachError::TopicRefused { .. })) => {
            Ok(Finding::Bad(error.to_string()))
        }
        Err(error @ AdminError::Refused { .. }) => Ok(Finding::Bad(error.to_string())),
        Err(error) => Err(failed(error)),
    }
}

fn judged(topic: &TopicDescription, oldest_millis: i64) -> Finding {
    let partitions = topic.partitions.len();
    let copies =
        topic.partitions.iter().map(|partition| partition.replicas.len()).min().unwrap_or(0);
    let retention = Retention::of(&topic.settings);
    let whole = format!(
        "{}, {}, {retention}",
        counted(partitions, "partition"),
        counted(copies, "replica")
    );
    if let Some(leaderless) = topic.partitions.iter().find(|partition| partition.leader.is_none()) {
        let number = leaderless.partition;
        return Finding::Bad(format!(
            "{whole}; partition {number} has no leader: check which broker is down"
        ));
    }
    let limits = Limits::of(&topic.settings);
    if let Some(state) = topic.partitions.iter().find(|state| limits.lacking(state) > 0) {
        return Finding::Bad(format!(
            "{whole}; partition {} has {}, fewer than min.insync.replicas={}, so no record is acknowledged: check which \
             broker is down",
            state.partition,
            counted(state.in_sync.len(), "in-sync replica"),
            limits.in_sync
        ));
    }
    if let Some(oldest) = limits.oldest_millis.filter(|_| limits.rejects(oldest_millis)) {
        return Finding::Bad(format!(
            "{whole}; rejects records older than {} (message.timestamp.before.max.ms), but they would start {} ago: \
             start later, raise the limit, or send them with --record-timestamp wall",
            span(oldest),
            span(oldest_millis)
        ));
    }
    if let Some(largest) = limits.largest_batch.filter(|largest| *largest < DEFAULT_BATCH_BYTES) {
        return Finding::Bad(format!(
            "{whole}; rejects batches of more than {largest} bytes (max.message.bytes), but a producer makes batches of up \
             to {DEFAULT_BATCH_BYTES}: raise the limit, or send with -X batch.size={largest}"
        ));
    }
    if retention.deletes(oldest_millis) {
        return Finding::Bad(format!(
            "{whole}; records would start {} ago and be deleted at once: create the topic with --retention forever, \
             start later, or send them with --record-timestamp wall",
            span(oldest_millis)
        ));
    }
    Finding::Good(whole)
}

fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}
