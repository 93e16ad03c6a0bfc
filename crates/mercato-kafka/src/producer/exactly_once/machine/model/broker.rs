//! The broker of the model: one open transaction, its log, and requests that are still under way.

pub(super) type Epoch = u8;

/// A change that a client asks the broker for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Request {
    Record(u64),
    Progress { position: u64, instance: usize },
    End,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) struct Broker {
    pub(super) epoch: Epoch,
    /// The open transaction, in the order of its writes.
    pub(super) open: Vec<Request>,
    pub(super) records: Vec<u64>,
    pub(super) progress: Option<(u64, usize)>,
    /// Requests that are still under way, each with the epoch of its sender.
    pub(super) late: Vec<(Epoch, Request)>,
}

impl Broker {
    pub(super) fn initialize(&mut self) -> Epoch {
        self.open.clear();
        self.epoch += 1;
        self.epoch
    }

    /// Returns whether the request is carried out: a fenced sender changes nothing.
    pub(super) fn take(&mut self, epoch: Epoch, request: Request) -> bool {
        if epoch != self.epoch {
            return false;
        }
        match request {
            Request::End => {
                for written in std::mem::take(&mut self.open) {
                    match written {
                        Request::Record(record) => self.records.push(record),
                        Request::Progress { position, instance } => {
                            self.progress = Some((position, instance));
                        }
                        Request::End => unreachable!("it is not written"),
                    }
                }
            }
            written => self.open.push(written),
        }
        true
    }

    /// Gives up the open transaction, as brokers do after its timeout.
    pub(super) fn give_up(&mut self) {
        self.initialize();
    }
}
