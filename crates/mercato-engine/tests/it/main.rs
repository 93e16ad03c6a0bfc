//! The engine through its public face: the laws of a run, for toy streams.

mod beside;
mod common;
mod disorder;
mod fold;
mod late;
mod laws;
mod limit;
mod shared_topics;
