//! The record types of a stream, from the run that it would make.

use mercato_draw::Seed;
use mercato_encode::Shape;
use mercato_engine::{Disorder, Extent, Run, Shard, World};
use mercato_runtime::session::{Plan, Timetable};
use mercato_schema::dialect::Record;
use mercato_schema::{ChangeForm, Description};

/// The records of a topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopicRecord {
    /// The topic's name in the configuration.
    pub topic: String,
    /// The description of its records.
    pub description: Description,
    /// The form in which changes of them are written, if these are rows and changes are written.
    pub changes: Option<ChangeForm>,
}

impl TopicRecord {
    /// The same, for a dialect to write.
    pub fn borrowed(&self) -> Record<'_> {
        Record { changes: self.changes, ..Record::new(&self.topic, &self.description) }
    }
}

/// A plan for a run of the wanted topics that is only looked at: seed, start and schedule change no
/// record type.
pub(super) fn any_plan(shape: &Shape, topic: Option<&str>) -> Plan {
    Plan {
        world: World { seed: Seed::new(0), origin: 0 },
        warm_up: 0,
        extent: Extent::default(),
        shard: Shard::WHOLE,
        timetable: Timetable::default(),
        topics: topic.map(|topic| vec![topic.to_owned()]),
        fields: None,
        disorder: Disorder::default(),
        shape: shape.clone(),
    }
}

/// The record types of a run, in the order of its topics.
pub(super) fn of_run(run: &Run) -> Vec<TopicRecord> {
    let topics = (0..).zip(run.topics());
    let records = topics.filter_map(|(index, topic)| {
        let layout = run.layout(index)?;
        let (description, changes) = (layout.description().clone(), layout.changes());
        Some(TopicRecord { topic: topic.clone(), description, changes })
    });
    records.collect()
}
