//! `mercato topics`: the topics of a cluster, and the pre-set ones of the streams.

use std::collections::BTreeMap;

use clap::{Args, Subcommand};
use mercato::config::args::{ConfigArgs, ConnectionArgs, LogArgs, bound_by};
use mercato::config::{Cdc, Connection, OptionValue};
use mercato::kafka::admin::{Admin, AdminError, NewTopic, TopicDescription, TopicSummary};
use mercato::runtime::exit::{Exit, Failure};
use mercato::runtime::kafka;
use mercato::units::{Duration, ValueError, Whole};
use mercato::{TopicPreset, topic_presets};

use crate::{layers, print};

/// Partitions of a topic that no preset knows: what documents 002 and 003 have.
const PARTITIONS: u32 = 3;

#[derive(Debug, Subcommand)]
pub(crate) enum Topics {
    /// List all topics with their partitions and replication
    #[command(after_help = EXAMPLES)]
    List(Cluster),
    /// Create topics; without a name, those of all streams
    #[command(after_help = EXAMPLES)]
    Create(Create),
    /// Delete topics with all their records
    #[command(after_help = EXAMPLES)]
    Delete(Delete),
    /// Show a topic's partitions, offsets and settings
    #[command(after_help = EXAMPLES)]
    Describe(Describe),
}

#[derive(Debug, Args)]
pub(crate) struct Cluster {
    #[command(flatten)]
    connection: ConnectionArgs,
    #[command(flatten)]
    config: ConfigArgs,
    #[command(flatten)]
    log: LogArgs,
}

#[derive(Debug, Args)]
pub(crate) struct Create {
    /// Topics to create [default: the topics of all streams; with --cdc, those of tables]
    #[arg(value_name = "NAME")]
    names: Vec<String>,

    /// Number of partitions of each topic [default: the stream's own, else 3]
    #[arg(long, value_name = "N", value_parser = bound_by(partitions))]
    partitions: Option<u32>,

    /// Retain records for this long, such as 7d, or `forever`; their age counts from event time, so
    /// history needs a long retention [default: the cluster's]
    #[arg(long, value_name = "D", allow_negative_numbers = true, value_parser = bound_by(retention))]
    retention: Option<i64>,

    /// Compact the topic: keep the latest record of each key, whatever its age [default: the
    /// stream's own]
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true", require_equals = true)]
    compact: Option<bool>,

    /// Create topics for changes of rows: compacted for `upsert`; not for `debezium`, where every
    /// event counts
    #[arg(long, value_name = "FORM", value_parser = Cdc::parser())]
    cdc: Option<Cdc>,

    /// Replication factor of each topic [default: the cluster's]
    #[arg(long, value_name = "N", value_parser = bound_by(copies))]
    replication_factor: Option<u16>,

    /// Set a topic property, such as --topic-config retention.ms=-1; may be repeated
    #[arg(long = "topic-config", value_name = "K=V", value_parser = bound_by(setting))]
    settings: Vec<(String, String)>,

    /// Leave existing topics as they are instead of failing
    #[arg(long)]
    if_not_exists: bool,

    #[command(flatten)]
    cluster: Cluster,
}

#[derive(Debug, Args)]
pub(crate) struct Delete {
    /// Topics to delete
    #[arg(value_name = "NAME", required = true)]
    names: Vec<String>,

    /// Succeed for topics that do not exist
    #[arg(long)]
    if_exists: bool,

    #[command(flatten)]
    cluster: Cluster,
}

#[derive(Debug, Args)]
pub(crate) struct Describe {
    /// Topic to describe
    #[arg(value_name = "NAME")]
    name: String,
    #[command(flatten)]
    cluster: Cluster,
}

pub(crate) const EXAMPLES: &str = "\
Examples:
  mercato topics create                            the topics of all streams, at localhost:9092
  mercato topics create ecommerce-sales --partitions 6 --retention forever -b broker:9092
  mercato topics create --cdc upsert               the topics of tables, compacted
  mercato topics list
  mercato topics describe ecommerce-sales
  mercato topics delete user-events transactions --if-exists";

impl Topics {
    pub(crate) fn run(&self) -> Result<Exit, Failure> {
        match self {
            Self::List(cluster) => print(&table(&cluster.admin()?.list().map_err(failed)?)),
            Self::Create(create) => create.run(),
            Self::Delete(delete) => delete.run(),
            Self::Describe(Describe { name, cluster }) => {
                print(&description(&cluster.admin()?.describe(name).map_err(failed)?))
            }
        }
    }
}

impl Cluster {
    pub(crate) fn admin(&self) -> Result<Admin, Failure> {
        let layers = layers(&self.config, &self.log)?;
        let connection = Connection::resolve(&self.connection, &layers)?;
        kafka::log_loaded(&connection);
        Admin::connect(&kafka::client(&connection, "mercato"), None).map_err(failed)
    }
}

impl Delete {
    /// Deletes the topics one by one; none if one of them does not exist.
    fn run(&self) -> Result<Exit, Failure> {
        let admin = self.cluster.admin()?;
        let known = admin.list().map_err(failed)?;
        let is_known = |name: &&String| known.iter().any(|topic| topic.name == **name);
        if let Some(missing) = self.names.iter().find(|name| !is_known(name) && !self.if_exists) {
            return admin.describe(missing).map_err(failed).map(|_| Exit::Done);
        }
        for name in &self.names {
            if is_known(&name) {
                admin.delete(name).map_err(failed)?;
                print(&format!("deleted {name}"))?;
            } else {
                print(&format!("{name} does not exist"))?;
            }
        }
        Ok(Exit::Done)
    }
}

impl Create {
    fn run(&self) -> Result<Exit, Failure> {
        let is_wanted = |preset: &TopicPreset| self.cdc.is_none() || preset.table.is_some();
        let presets = topic_presets();
        let (wanted, others): (Vec<TopicPreset>, Vec<_>) = presets.into_iter().partition(is_wanted);
        let all = || wanted.iter().map(|preset| preset.name.to_owned()).collect();
        let names: Vec<String> = if self.names.is_empty() { all() } else { self.names.clone() };
        if let Some(other) = others.iter().find(|other| names.iter().any(|name| name == other.name))
        {
            let reason = format!(
                "no change events of {}: its records are events, not rows of a table that change",
                other.name
            );
            return Err(Failure::new(Exit::Config, reason).advise("omit --cdc for this topic"));
        }
        let admin = self.cluster.admin()?;
        for name in names {
            let topic = self.topic(&name);
            match admin.create(&topic) {
                Ok(()) => print(&format!("created {name} with {} partitions", topic.partitions))?,
                Err(AdminError::Exists { .. }) if self.if_not_exists => {
                    print(&format!("{name} already exists"))?
                }
                Err(error) => return Err(failed(error)),
            };
        }
        Ok(Exit::Done)
    }

    /// The topic as flags, else its stream's preset, want it.
    fn topic(&self, name: &str) -> NewTopic {
        let preset = topic_presets().into_iter().find(|preset| preset.name == name);
        let partitions =
            self.partitions.or(preset.map(|preset| preset.partitions)).unwrap_or(PARTITIONS);
        let mut config = BTreeMap::new();
        let mut set = |name: &str, value: String| drop(config.insert(name.to_owned(), value));
        let of_changes = self.cdc.map(|form| form == Cdc::Upsert);
        let own = of_changes.or(preset.map(|preset| preset.compacted)).unwrap_or(false);
        let compact = self.compact.unwrap_or(own);
        match (compact, self.retention) {
            (true, None) => set("cleanup.policy", "compact".to_owned()),
            // Old records go even where a key has no later one.
            (true, Some(_)) => set("cleanup.policy", "compact,delete".to_owned()),
            _ => {}
        }
        if let Some(millis) = self.retention {
            set("retention.ms", millis.to_string());
        }
        config.extend(self.settings.iter().cloned());
        NewTopic { replication: self.replication_factor, config, ..NewTopic::new(name, partitions) }
    }
}

fn partitions(text: &str) -> Result<u32, ValueError> {
    text.parse::<Whole<1, { u32::MAX as u64 }>>().map(|count| count.get() as u32)
}

fn copies(text: &str) -> Result<u16, ValueError> {
    text.parse::<Whole<1, { u16::MAX as u64 }>>().map(|count| count.get() as u16)
}

/// Milliseconds; -1 is for ever.
fn retention(text: &str) -> Result<i64, ValueError> {
    if matches!(text, "forever" | "-1") {
        return Ok(-1);
    }
    let retention: Duration = text.parse().map_err(|_| {
        let expected = "expected a duration of at most 36500d, such as 12h or 7d, or forever";
        ValueError::invalid("retention", text, expected)
    })?;
    Ok(retention.micros() / 1000)
}

fn setting(text: &str) -> Result<(String, String), ValueError> {
    let (name, value) = text.split_once('=').ok_or_else(|| {
        ValueError::invalid("setting", text, "expected NAME=VALUE, such as retention.ms=-1")
    })?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}

fn table(topics: &[TopicSummary]) -> String {
    let width = topics.iter().map(|topic| topic.name.len()).max().unwrap_or(0).max("TOPIC".len());
    let mut lines = vec![format!("{:width$}  PARTITIONS  REPLICATION", "TOPIC")];
    let line = |topic: &TopicSummary| {
        format!("{:width$}  {:>10}  {:>11}", topic.name, topic.partitions, topic.replication)
    };
    lines.extend(topics.iter().map(line));
    lines.join("\n")
}

fn description(topic: &TopicDescription) -> String {
    let mut lines = vec![format!("topic {}, {} partitions", topic.name, topic.partitions.len())];
    for partition in &topic.partitions {
        let leader =
            partition.leader.map_or_else(|| "none".to_owned(), |leader| leader.to_string());
        let records = partition
            .offsets
            .map_or_else(|| "unknown".to_owned(), |(first, next)| format!("{first} to {next}"));
        let (replicas, in_sync) = (&partition.replicas, &partition.in_sync);
        let number = partition.partition;
        lines.push(format!(
            "  partition {number}: leader {leader}, replicas {replicas:?}, in sync {in_sync:?}, offsets {records}"
        ));
    }
    for setting in &topic.settings {
        let whose = if setting.set_here { "set here" } else { "default" };
        lines.push(format!("  {} = {} ({whose})", setting.name, setting.value));
    }
    lines.join("\n")
}

pub(crate) fn failed(error: AdminError) -> Failure {
    let exit = match &error {
        AdminError::Config { .. } => Exit::Config,
        AdminError::Reach { .. } => Exit::Connect,
        _ => Exit::Undelivered,
    };
    Failure::new(exit, error)
}
