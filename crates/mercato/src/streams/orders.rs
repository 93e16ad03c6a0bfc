//! The stream `orders`.

use mercato_engine::{Format, Run};
use mercato_runtime::session::{Plan, RecordLog};
use mercato_runtime::summary::SummaryStyle;
use mercato_schema::{Order, Rate};
use mercato_shop::ParamsError;
use mercato_shop::orders::{self, Orders, OrdersConfig, OrdersParams};

use super::{StreamSpec, TopicPreset};
use crate::StreamError;

impl StreamSpec for OrdersConfig {
    const NAME: &'static str = "orders";
    const ABOUT: &'static str = "Compact orders (order-gen --stream orders).";
    const WORDING: SummaryStyle = SummaryStyle::Single("orders");
    const NARRATION: Option<RecordLog> =
        Some(RecordLog::Sending(|value| Some(format!("Order> {}", orders::narrate(value)?))));

    fn topics() -> Vec<TopicPreset> {
        vec![TopicPreset::new(Order::TOPIC, 3)]
    }

    fn check(&self) -> Result<(), ParamsError> {
        OrdersParams::new(self).map(drop)
    }

    fn set_rate(&mut self, rate: Rate) -> Result<(), ParamsError> {
        self.rate = Some(rate);
        Ok(())
    }

    fn run(&self, plan: &Plan, format: Format) -> Result<Run, StreamError> {
        Ok(plan.run(stream(self, plan)?, format)?)
    }
}

fn stream(config: &OrdersConfig, plan: &Plan) -> Result<Orders, StreamError> {
    let params = OrdersParams::new(config)?;
    Ok(Orders::new(plan.world, params, plan.timetable.bursts(OrdersConfig::NAME)?))
}
