//! Errors that end a run, with what is committed by then.

use std::sync::atomic::Ordering;

use mercato_sinks::SinkError;
use rdkafka::error::RDKafkaErrorCode as Code;

use super::ExactlyOnceSink;
use crate::producer::advice::{self, Loss};
use crate::producer::exactly_once::machine::Reason;
use crate::producer::exactly_once::patience::begin_refused;
use crate::producer::exactly_once::progress::unfit;

impl ExactlyOnceSink {
    pub(super) fn in_vain(&mut self) -> SinkError {
        if self.machine.has_begun() {
            return self.undelivered(Code::AllBrokersDown);
        }
        SinkError::Connect {
            destination: format!("the transaction coordinator of {}", self.config.address()),
            advice: "it has not answered; a cluster of fewer than three brokers needs \
                     transaction.state.log.replication.factor=1 and transaction.state.log.min.isr=1"
                .to_owned(),
            source: Box::new(Code::RequestTimedOut),
        }
    }

    /// The error of a run that ends now.
    pub(super) fn undelivered(&mut self, code: Code) -> SinkError {
        self.lost = Some(code);
        self.counts.ended.store(1, Ordering::Release);
        let delivery = self.counts.delivery();
        let loss = Loss { failed: delivery.failed, complete: delivery.acknowledged };
        advice::undelivered(self.config.address(), loss, code, "")
    }

    pub(super) fn stopped(&mut self, reason: Reason, code: Option<Code>) -> SinkError {
        let has_begun = self.machine.has_begun();
        self.counts.ended.store(1, Ordering::Release);
        match (reason, code) {
            (Reason::Overtaken, _) => SinkError::Fenced {
                run: format!("{}, shard {}", self.progress.run.name, self.progress.run.shard),
                winner: self.writer.clone().unwrap_or_else(|| "an unknown instance".to_owned()),
                complete: self.counts.delivery().acknowledged,
            },
            (Reason::Lost, Some(code)) if !has_begun => {
                unfit(&self.progress.run.topic(), begin_refused(code))
            }
            (Reason::Lost, code) => self.undelivered(code.unwrap_or(Code::Fatal)),
        }
    }
}
