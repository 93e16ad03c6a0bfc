//! `mercato health`: whether a run could begin now, and what to do if not.

use clap::Args;
use mercato::kafka::ReachError;
use mercato::kafka::admin::{Admin, AdminError, TopicDescription};
use mercato::runtime::args::bound;
use mercato::runtime::env::now_micros;
use mercato::runtime::exit::{Exit, Failure};
use mercato::runtime::text::{Stretch, Time, Unit};

use crate::presets;
use crate::print;
use crate::topics::{Cluster, failed};

/// Connect, log in, and look at topics; exits with 4 and says what to do where a run could not begin.
#[derive(Debug, Args)]
pub(crate) struct Health {
    /// Topics that must be there [default: those of all streams, of which none must]
    #[arg(value_name = "TOPIC")]
    topics: Vec<String>,

    /// Event time at which records would begin: is it older than what the topics keep? [default: now]
    #[arg(long, value_name = "T", value_parser = bound::<Time>)]
    start: Option<Time>,

    /// The same as a time before now
    #[arg(long, value_name = "D", value_parser = bound::<Stretch>, conflicts_with = "start")]
    backfill: Option<Stretch>,

    #[command(flatten)]
    cluster: Cluster,
}

/// What there is to say of one topic.
enum Finding {
    Good(String),
    Missing(String),
    Bad(String),
}

impl Health {
    pub(crate) fn run(&self) -> Result<Exit, Failure> {
        let admin = self.cluster.admin()?;
        print(&format!("✓ connected to {}, logged in, topics can be listed", admin.address()))?;
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
            return presets::ALL.iter().map(|preset| (preset.topic.to_owned(), false)).collect();
        }
        self.topics.iter().map(|topic| (topic.clone(), true)).collect()
    }

    /// How long before now the oldest record would be, in milliseconds.
    fn oldest(&self) -> Result<i64, Failure> {
        let micros = match (self.start, self.backfill) {
            (Some(start), _) => now_micros().saturating_sub(start.micros()),
            (None, Some(backfill)) => backfill.micros(Unit::Hour)?,
            (None, None) => 0,
        };
        Ok(micros.max(0) / 1000)
    }
}

/// How a topic stands; fails only when the cluster can no longer be asked.
fn look(admin: &Admin, topic: &str, oldest_millis: i64) -> Result<Finding, Failure> {
    match admin.describe(topic) {
        Ok(described) => Ok(judged(&described, oldest_millis)),
        Err(AdminError::Reach(ReachError::TopicMissing { command, .. })) => {
            Ok(Finding::Missing(format!("does not exist; create it with `{command}`")))
        }
        Err(AdminError::Reach(error @ ReachError::TopicRefused { .. })) => Ok(Finding::Bad(error.to_string())),
        Err(error @ AdminError::Refused { .. }) => Ok(Finding::Bad(error.to_string())),
        Err(error) => Err(failed(error)),
    }
}

fn judged(topic: &TopicDescription, oldest_millis: i64) -> Finding {
    let partitions = topic.partitions.len();
    let copies = topic.partitions.iter().map(|partition| partition.replicas.len()).min().unwrap_or(0);
    let retention = Retention::of(topic);
    let whole = format!("{}, {}, {}", counted(partitions, "partition"), counted(copies, "replica"), retention.shown());
    if let Some(leaderless) = topic.partitions.iter().find(|partition| partition.leader.is_none()) {
        let number = leaderless.partition;
        return Finding::Bad(format!("{whole}; partition {number} has no leader: see which broker is down"));
    }
    if retention.deletes(oldest_millis) {
        return Finding::Bad(format!(
            "{whole}; records would begin {} ago and be deleted at once: create the topic with --retention forever, \
             begin later, or send them with --record-timestamp wall",
            span(oldest_millis)
        ));
    }
    Finding::Good(whole)
}

/// How long a topic keeps a record.
struct Retention {
    /// Whether age counts at all.
    by_age: bool,
    compacted: bool,
    /// Negative for ever.
    millis: i64,
}

impl Retention {
    fn of(topic: &TopicDescription) -> Self {
        let setting = |name: &str| topic.settings.iter().find(|setting| setting.name == name);
        let policy = setting("cleanup.policy").map_or("delete", |setting| setting.value.as_str());
        let millis = setting("retention.ms").and_then(|setting| setting.value.parse().ok()).unwrap_or(-1);
        Self { by_age: policy.contains("delete"), compacted: policy.contains("compact"), millis }
    }

    fn deletes(&self, age_millis: i64) -> bool {
        self.by_age && self.millis >= 0 && age_millis > self.millis
    }

    fn shown(&self) -> String {
        let age = match self.millis {
            millis if self.by_age && millis >= 0 => format!("keeps records {}", span(millis)),
            _ => "keeps records for ever".to_owned(),
        };
        if self.compacted { format!("compacted, {age}") } else { age }
    }
}

fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

/// Milliseconds in the largest unit that leaves no rest.
fn span(millis: i64) -> String {
    const UNITS: [(i64, &str); 4] = [(86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1000, "s")];
    let fits = |(size, _): &&(i64, &str)| millis >= *size && millis % size == 0;
    UNITS.iter().find(fits).map_or_else(|| format!("{millis} ms"), |(size, unit)| format!("{}{unit}", millis / size))
}

#[cfg(test)]
mod tests {
    use mercato::kafka::admin::TopicSetting;

    use super::*;

    fn retention(policy: &str, millis: &str) -> Retention {
        let setting = |name: &str, value: &str| TopicSetting { name: name.into(), value: value.into(), set_here: true };
        let settings = vec![setting("cleanup.policy", policy), setting("retention.ms", millis)];
        Retention::of(&TopicDescription { name: "t".into(), partitions: Vec::new(), settings })
    }

    #[test]
    fn only_a_policy_that_deletes_by_age_deletes_history() {
        const DAY: i64 = 86_400_000;
        assert!(retention("delete", "604800000").deletes(8 * DAY));
        assert!(!retention("delete", "604800000").deletes(6 * DAY));
        assert!(!retention("delete", "-1").deletes(8 * DAY));
        assert!(!retention("compact", "604800000").deletes(8 * DAY));
        assert!(retention("compact,delete", "604800000").deletes(8 * DAY));
        assert_eq!(retention("delete", "604800000").shown(), "keeps records 7d");
    }
}
