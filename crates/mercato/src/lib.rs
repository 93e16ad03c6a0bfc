//! Event streams of an online shop as a pure function.
//!
//! This is the face of the workspace for another Rust project: every crate under one name.
//! A stream says what there is ([`shop`], or your own [`engine::Stream`]),
//! a [`engine::Run`] which part of it is wanted, a [`sinks::Sink`] where it goes,
//! and [`runtime::run::Drive`] carries it out on threads and in time.
//!
//! ```
//! use mercato::draw::Seed;
//! use mercato::engine::{Extent, Run, Schedule, World};
//! use mercato::shop::orders::{Orders, OrdersParams};
//!
//! let world = World { seed: Seed::new(42), origin: 1_762_646_400_000_000 };
//! let orders = Orders::new(world, OrdersParams::default(), Schedule::default());
//! let run = Run::builder(world).extent(Extent { arrivals: Some(2), ..Extent::default()
//! }).stream(orders)?;
//!
//! let batch = run.batches()?.next().expect("a run of two orders has a batch");
//! assert_eq!(batch.len(), 2);
//! assert!(batch.value(0).starts_with(br#"{"orderId":"order_00001","customerId":"customer_00"#));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod configuration;
mod error;
mod exit;
mod generation;
mod generator;
mod schedules;
mod start;
mod streams;
mod topic_check;

pub use error::{GenerationError, StreamError};
pub use generation::Generation;
pub use generator::{CategoryStatistics, Generator, GeneratorError, Records, Statistics};
#[cfg(feature = "broker")]
pub use mercato_broker as broker;
pub use mercato_config as config;
pub use mercato_draw as draw;
pub use mercato_encode as encode;
pub use mercato_engine as engine;
#[cfg(feature = "kafka")]
pub use mercato_kafka as kafka;
pub use mercato_lifecycle as lifecycle;
#[cfg(feature = "parquet")]
pub use mercato_parquet as parquet;
pub use mercato_patterns as patterns;
#[cfg(feature = "kafka")]
pub use mercato_registry as registry;
pub use mercato_runtime as runtime;
pub use mercato_schema as schema;
pub use mercato_shop as shop;
pub use mercato_sinks as sinks;
pub use mercato_truth as truth;
pub use mercato_units as units;
pub use schedules::Schedules;
pub use streams::{
    BuiltIn, DATA_VERSION, NAMES, Prepare, PreparedQueries, PreparedTable, SECTIONS, STREAMS,
    StreamRow, StreamSpec, TableOf, TopicPreset, TopicRecord, topic_presets,
};

/// The code of the page for authors of streams.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/own-streams.md")]
struct OwnStreams;
