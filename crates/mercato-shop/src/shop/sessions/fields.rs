//! Fields of the hash of a session's word, above those that its basket is drawn from.

pub(super) const DEVICE: u64 = 1 << 34;
pub(super) const INTEREST: u64 = (1 << 34) + 1;
pub(super) const SETTLING: u64 = (1 << 34) + 2;
pub(super) const NOISE: u64 = (1 << 34) + 3;
pub(super) const PAYMENT: u64 = (1 << 34) + 4;
pub(super) const ALARM: u64 = (1 << 34) + 5;
pub(super) const LATENCY: u64 = (1 << 34) + 6;
pub(super) const STRANGEST: u64 = (1 << 34) + 7;
pub(super) const KIND: u64 = 1 << 35;
pub(super) const PAGE: u64 = 1 << 36;
pub(super) const PAGE_HASTE: u64 = 1 << 37;
