//! The stream `transactions`.

use mercato_engine::{Format, Run};
use mercato_runtime::session::Plan;
use mercato_runtime::summary::SummaryStyle;
use mercato_schema::{Rate, Transaction};
use mercato_shop::ParamsError;
use mercato_shop::transactions::{Transactions, TransactionsConfig, TransactionsParams};

use super::{StreamSpec, TopicPreset};
use crate::StreamError;

impl StreamSpec for TransactionsConfig {
    const NAME: &'static str = "transactions";
    const ABOUT: &'static str = "Transactions (txn-gen).";
    const WORDING: SummaryStyle = SummaryStyle::Single("transactions");

    fn topics() -> Vec<TopicPreset> {
        vec![TopicPreset::new(Transaction::TOPIC, 6)]
    }

    fn check(&self) -> Result<(), ParamsError> {
        TransactionsParams::new(self).map(drop)
    }

    fn set_rate(&mut self, rate: Rate) -> Result<(), ParamsError> {
        self.rate = rate;
        Ok(())
    }

    fn run(&self, plan: &Plan, format: Format) -> Result<Run, StreamError> {
        Ok(plan.run(stream(self, plan)?, format)?)
    }
}

fn stream(config: &TransactionsConfig, plan: &Plan) -> Result<Transactions, StreamError> {
    let params = TransactionsParams::new(config)?;
    Ok(Transactions::new(plan.world, params, plan.timetable.bursts(TransactionsConfig::NAME)?))
}
