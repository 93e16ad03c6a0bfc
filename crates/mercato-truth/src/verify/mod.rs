//! Compares recorded output with the run that should have produced it.
//!
//! A [`Verifier`] walks over the run (`expected`) and pulls records from an
//! [`Actual`](crate::Actual) beside it.
//! Each partition has an `alignment`, a machine without input and output that holds the chain of
//! matches (`match_chain`) and what waits for a partner (`pending`, by `content`); `comparison` feeds
//! all of them.
//! Where something is left over, `explain` evaluates the run once more, and `order` decides whether
//! a moved record breaks the order of its key.
//! The [`Report`] counts and shows what was found, cut by `excerpt`.
//!
//! Records are compared byte by byte, and by value where their bytes differ (`content`): what passed
//! another JSON library is no difference.
//!
//! Nothing here reads files or topics, or knows what a record means.

mod alignment;
mod comparison;
mod content;
mod excerpt;
mod expected;
mod explain;
mod match_chain;
mod order;
mod pending;
mod report;
mod verifier;

pub use report::{Counts, Difference, Kind, Origin, Place, Report};
pub use verifier::{Verifier, VerifyError};
