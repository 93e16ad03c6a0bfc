//! Settings and where they come from: flags, environment, `.env`, files, defaults, in this order.
//!
//! A program's `main` goes three steps.
//! It parses its flags ([`args`]), lays all sources over one another ([`Layers`]),
//! and resolves what it needs ([`RunSpec`], [`OutputSettings`], [`LogSettings`], `KafkaSettings`,
//! and its streams' own sections with [`Layers::section`]), each value with its [`Origin`].
//!
//! One file serves all programs: a program checks the spelling of every section's name,
//! and the contents of the sections it reads.
//!
//! ```
//! use mercato_config::{Key, Layers, Program, Section};
//! use mercato_config::env::Environment;
//! use mercato_units::{Rate, Unit};
//!
//! const PROGRAM: Program = Program {
//!     command: &["shop-gen"],
//!     bare_duration: Unit::Seconds,
//!     variables: &[("run.rate", "GENERATION_RATE")],
//!     sections: &[Section::new("sales")],
//! };
//! const RATE: Key = Key { flag: "--rate", variables: &[], file: "run.rate" };
//!
//! let environment = Environment::new([("GENERATION_RATE".into(), "50/s".into())], "")?;
//! let layers = Layers::load(PROGRAM, &[], environment)?;
//! let rate = layers.pick::<Rate>(&RATE, None)?.expect("it is set");
//! assert_eq!(rate.value.per_second(), 50.0);
//! assert_eq!(rate.origin.to_string(), "GENERATION_RATE in the environment");
//! # Ok::<(), mercato_config::ConfigError>(())
//! ```

pub mod args;
mod de;
mod disorder;
mod dotenv;
mod effective;
pub mod env;
mod error;
mod formats;
mod layers;
mod names;
mod options;
mod origin;
mod paths;
mod program;
mod properties;
mod range;
mod read;
mod record;
mod repeat;
mod rows;
mod schedule;
mod suggest;
mod text_file;
mod tree;
mod value;

pub use de::MAX_ENTRIES;
pub use disorder::{Deviation, DeviationLaw, DisorderList, DisorderSection, TopicDisorder};
pub use effective::Effective;
pub use error::ConfigError;
pub use layers::Layers;
pub use names::{
    Cdc, ColorChoice, DeliveryGuarantee, KafkaCompression, LogFormat, LogLevel, OnLag, RecordTime,
    TimestampFormat,
};
pub use options::kafka::{Connection, KafkaSection, KafkaSettings};
pub use options::log::{LogSection, LogSettings};
pub use options::output::{OutputSection, OutputSettings};
pub use options::run::{Counted, RunDefaults, RunSection, RunSpec};
pub use options::{Header, Repeat, Row, TopicCompression, TopicCompressions};
pub use origin::{Origin, Setting};
pub use program::{Key, Program, Section};
pub use properties::{Properties, Property, PropertyLineError, parse_properties};
pub use range::RunRange;
pub use record::RecordSection;
pub use repeat::repeat_command;
pub use rows::{CellKind, Column, RowsFile};
pub use schedule::ScheduleEntry;
pub use suggest::hint as did_you_mean;
pub use text_file::read_text_file;
pub use tree::Place;
pub use value::OptionValue;
