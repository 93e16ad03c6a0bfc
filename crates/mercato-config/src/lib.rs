//! Settings and where they come from: flags, environment, `.env`, files, defaults, in this order.
//!
//! A program's `main` goes three steps.
//! It parses its flags ([`args`]), lays all sources over one another ([`Layers`]),
//! and resolves what it needs ([`RunSettings`], [`OutputSettings`], [`LogSettings`],
//! `KafkaSettings`, and its streams' own sections with [`Layers::section`]), each value with its
//! [`Origin`].
//!
//! One file serves all programs: a program checks the spelling of every section's name,
//! and the contents of the sections it reads.
//!
//! ```
//! use mercato_config::{Key, Layers, Program};
//! use mercato_config::env::Environment;
//! use mercato_units::{Rate, Unit};
//!
//! const PROGRAM: Program = Program {
//!     command: &["shop-gen"],
//!     bare_duration: Unit::Seconds,
//!     variables: &[("run.rate", "GENERATION_RATE")],
//!     sections: &["sales"],
//! };
//! const RATE: Key = Key { flag: "--rate", variables: &[], file: "run.rate" };
//!
//! let environment = Environment::new([("GENERATION_RATE".into(), "50/s".into())], "")?;
//! let layers = Layers::load(PROGRAM, &[], environment)?;
//! let rate = layers.pick::<Rate>(&RATE, None, None)?.expect("it is set");
//! assert_eq!(rate.value.per_second(), 50.0);
//! assert_eq!(rate.origin.to_string(), "GENERATION_RATE in the environment");
//! # Ok::<(), mercato_config::ConfigError>(())
//! ```

pub mod args;
mod de;
mod dotenv;
mod effective;
pub mod env;
mod error;
mod layers;
mod origin;
mod program;
mod properties;
mod read;
mod sections;
mod settings;
mod suggest;
mod tree;

pub use effective::Effective;
pub use error::ConfigError;
pub use layers::Layers;
pub use origin::{Origin, Setting};
pub use program::{Key, Program};
pub use properties::{Property, PropertyLineError, parse_properties};
pub use sections::{
    ColorChoice, DisorderSection, KafkaSection, LogFormat, LogLevel, LogSection, OnLag,
    OutputSection, Properties, RecordTime, RunSection, ScheduleEntry,
};
#[cfg(feature = "kafka")]
pub use settings::KafkaSettings;
#[cfg(feature = "kafka")]
pub(crate) use settings::property_variable;
pub use settings::{LogSettings, OutputSettings, RunDefaults, RunSettings, repeat_command};
pub use suggest::hint as did_you_mean;
pub use tree::Place;
