//! Replaces everything that needs Kafka in a build without it: each command reports that and exits
//! with code 2.

use std::ffi::OsString;

use clap::{Args, Subcommand};
use mercato::config::KafkaSettings;
use mercato::runtime::exit::{Exit, Failure};
use mercato::runtime::session::SessionError;
use mercato::schema::Description;
use mercato::truth::result::Comparison;
use mercato::truth::rules::{Checker, Topic};
use mercato::truth::{Report, Verifier};

use crate::reading::ReadingArgs;

/// True if the help hides these commands.
pub(crate) const HIDDEN: bool = true;

pub(crate) const BROKER_EXAMPLES: &str = "";
pub(crate) const REGISTRY_EXAMPLES: &str = "";
pub(crate) const TOPICS_EXAMPLES: &str = "";

/// The words after `broker`.
#[derive(Debug, Subcommand)]
pub(crate) enum Broker {
    #[command(external_subcommand)]
    Words(Vec<OsString>),
}

/// The words after `registry`.
#[derive(Debug, Subcommand)]
pub(crate) enum Registry {
    #[command(external_subcommand)]
    Words(Vec<OsString>),
}

/// The words after `topics`.
#[derive(Debug, Subcommand)]
pub(crate) enum Topics {
    #[command(external_subcommand)]
    Words(Vec<OsString>),
}

/// The words after `health`.
#[derive(Debug, Args)]
pub(crate) struct Health {
    #[arg(hide = true, trailing_var_arg = true, allow_hyphen_values = true)]
    words: Vec<OsString>,
}

impl Broker {
    pub(crate) fn run(&self) -> Result<Exit, Failure> {
        let Self::Words(words) = self;
        refused(words)
    }
}

impl Registry {
    pub(crate) fn run(&self) -> Result<Exit, Failure> {
        let Self::Words(words) = self;
        refused(words)
    }
}

impl Topics {
    pub(crate) fn run(&self) -> Result<Exit, Failure> {
        let Self::Words(words) = self;
        refused(words)
    }
}

impl Health {
    pub(crate) fn run(&self) -> Result<Exit, Failure> {
        refused(&self.words)
    }
}

/// Refuses a command, whatever it was asked to do.
fn refused(_: &[OsString]) -> Result<Exit, Failure> {
    Err(SessionError::NoKafka.into())
}

/// The records of a topic, which is never read.
pub(crate) enum Records {}

impl Records {
    /// Refuses to read a topic.
    pub(crate) fn new(
        _: &KafkaSettings,
        _: &str,
        _: Option<&Description>,
        _: &ReadingArgs,
    ) -> Result<Self, Failure> {
        Err(SessionError::NoKafka.into())
    }
}

/// Refuses to read a topic.
pub(crate) fn verify(
    _: &Verifier<'_>,
    _: &KafkaSettings,
    _: Records,
    _: bool,
) -> Result<Report, Failure> {
    Err(SessionError::NoKafka.into())
}

/// Refuses to read a topic.
pub(crate) fn check(
    _: &mut Checker,
    _: &KafkaSettings,
    _: Records,
    _: Option<Topic>,
) -> Result<(), Failure> {
    Err(SessionError::NoKafka.into())
}

/// Refuses to read a topic.
pub(crate) fn compare(
    _: &mut Comparison<'_>,
    _: &KafkaSettings,
    _: &str,
    _: &ReadingArgs,
) -> Result<(), Failure> {
    Err(SessionError::NoKafka.into())
}
