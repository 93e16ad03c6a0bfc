//! The patterns through their public face: tables, laws and refusals.

mod atlas;
mod places;
mod seasonal;
mod temporal;
