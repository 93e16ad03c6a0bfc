//! The stream `sales`.

use mercato_config::RowsFile;
use mercato_engine::{Format, Run};
use mercato_runtime::session::Plan;
use mercato_runtime::summary::SummaryStyle;
use mercato_schema::{Rate, Sale};
use mercato_shop::ParamsError;
use mercato_shop::sales::{ORDERS, Sales, SalesConfig, SalesParams};

use super::{StreamSpec, TopicPreset, products};
use crate::StreamError;

impl StreamSpec for SalesConfig {
    const NAME: &'static str = "sales";
    const ABOUT: &'static str = "Orders with a lifecycle (order-gen).";
    const WORDING: SummaryStyle = SummaryStyle::Orders;
    const ROWS_FILES: &'static [RowsFile] = products::OF_SALES;
    const DEFAULT_DURATION: Option<i64> = Some(300_000_000);

    fn topics() -> Vec<TopicPreset> {
        vec![TopicPreset::new(Sale::TOPIC, 3).of_rows(ORDERS)]
    }

    fn check(&self) -> Result<(), ParamsError> {
        SalesParams::new(self).map(drop)
    }

    fn set_rate(&mut self, rate: Rate) -> Result<(), ParamsError> {
        self.rate = Some(rate);
        Ok(())
    }

    fn run(&self, plan: &Plan, format: Format) -> Result<Run, StreamError> {
        Ok(plan.run(stream(self, plan)?, format)?)
    }
}

fn stream(config: &SalesConfig, plan: &Plan) -> Result<Sales, StreamError> {
    let params = SalesParams::new(config)?;
    Ok(Sales::new(plan.world, params, plan.timetable.bursts(SalesConfig::NAME)?))
}
