//! The stream `shop`: one shop with several topics.

use mercato_config::RowsFile;
use mercato_engine::{Format, Run};
use mercato_runtime::session::Plan;
use mercato_runtime::summary::SummaryStyle;
use mercato_schema::Rate;
use mercato_shop::ParamsError;
use mercato_shop::shop::{
    Analytics, Campaigns, ProductUpdates, Shop, ShopConfig, ShopParams, Topic,
};

use super::{StreamSpec, TopicPreset, products};
use crate::{Schedules, StreamError};

impl StreamSpec for ShopConfig {
    const NAME: &'static str = "shop";
    const ABOUT: &'static str = "One shop whose sessions produce user events and transactions (mercato generate, mercato stream).";
    const WORDING: SummaryStyle = SummaryStyle::Topics;
    const ROWS_FILES: &'static [RowsFile] = products::OF_SHOP;
    const HAS_SCENARIOS: bool = true;

    fn topics() -> Vec<TopicPreset> {
        let preset = |topic: &Topic| TopicPreset {
            name: topic.name,
            partitions: topic.partitions,
            compacted: topic.compacted,
        };
        Topic::ALL.iter().map(preset).collect()
    }

    fn check(&self) -> Result<(), ParamsError> {
        ShopParams::new(self).map(drop)
    }

    fn set_rate(&mut self, rate: Rate) -> Result<(), ParamsError> {
        *self = self.with_sessions(rate)?;
        Ok(())
    }

    fn run(&self, plan: &Plan, format: Format) -> Result<Run, StreamError> {
        let Parts { shop, updates, campaigns, analytics, updates_topic } = Parts::new(self, plan)?;
        // Sessions are drawn only where somebody sees them, or counts them.
        let only_updates = plan.topics.as_ref().is_some_and(|names| *names == [updates_topic]);
        if only_updates && plan.extent.arrivals.is_none() {
            return Ok(plan.run(updates, format)?);
        }
        let builder = plan.builder(format)?.and(shop).beside(updates).beside(campaigns);
        Ok(plan.build(builder.folded(analytics))?)
    }
}

/// The streams that a shop is made of.
struct Parts {
    shop: Shop,
    updates: ProductUpdates,
    campaigns: Campaigns,
    analytics: Analytics,
    updates_topic: String,
}

impl Parts {
    fn new(config: &ShopConfig, plan: &Plan) -> Result<Self, StreamError> {
        let params = ShopParams::new(config)?;
        let Schedules { sessions, campaigns } = Schedules::new(&params, &plan.timetable)?;
        Ok(Self {
            updates: ProductUpdates::new(plan.world, &params),
            campaigns: Campaigns::new(plan.world, &params, campaigns),
            analytics: Analytics::new(&params),
            updates_topic: params.topic(Topic::PRODUCT_UPDATES).to_owned(),
            shop: Shop::new(plan.world, params, sessions),
        })
    }
}
