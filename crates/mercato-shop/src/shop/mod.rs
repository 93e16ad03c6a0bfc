//! One shop: people, products, and the sessions in which they meet.

pub mod catalogue;
