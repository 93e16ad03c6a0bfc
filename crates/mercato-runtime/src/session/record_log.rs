//! Logging of single records.

/// Describes a record from its value; `None` if there is nothing to describe, as after a fault.
pub type Describe = fn(&[u8]) -> Option<String>;

/// Logging of single records.
#[derive(Debug, Clone, Copy)]
pub enum RecordLog {
    /// When a record leaves, after the word `Sent`; a line of its own says where the broker has put
    /// it.
    Sending(Describe),
    /// In one line when the broker has put it somewhere: `<text>, Partition: 1, Offset: 1234`.
    Delivery(Describe),
}
