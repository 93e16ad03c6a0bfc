//! The facade as its users see it: the generator, and the examples.

mod examples;
mod generator;
