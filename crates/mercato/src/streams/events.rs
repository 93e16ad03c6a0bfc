//! The stream `events`.

use mercato_engine::{Format, Run};
use mercato_runtime::session::{Plan, RecordLog};
use mercato_runtime::summary::SummaryStyle;
use mercato_schema::{Rate, UserEvent};
use mercato_shop::ParamsError;
use mercato_shop::events::{self, Events, EventsConfig, EventsParams};

use super::{StreamSpec, TopicPreset};
use crate::StreamError;

impl StreamSpec for EventsConfig {
    const NAME: &'static str = "events";
    const ABOUT: &'static str = "User events (event-gen).";
    const WORDING: SummaryStyle = SummaryStyle::Producer;
    const NARRATION: Option<RecordLog> = Some(RecordLog::Delivery(|value| {
        Some(format!("Event sent successfully - {}", events::narrate(value)?))
    }));

    fn topics() -> Vec<TopicPreset> {
        vec![TopicPreset::new(UserEvent::TOPIC, 6)]
    }

    fn check(&self) -> Result<(), ParamsError> {
        EventsParams::new(self).map(drop)
    }

    fn set_rate(&mut self, rate: Rate) -> Result<(), ParamsError> {
        self.rate = Some(rate);
        Ok(())
    }

    fn run(&self, plan: &Plan, format: Format) -> Result<Run, StreamError> {
        Ok(plan.run(stream(self, plan)?, format)?)
    }
}

fn stream(config: &EventsConfig, plan: &Plan) -> Result<Events, StreamError> {
    let params = EventsParams::new(config)?;
    Ok(Events::new(plan.world, params, plan.timetable.bursts(EventsConfig::NAME)?))
}
