//! The facade as its users see it: the generator, and the examples.

mod catalogue;
mod examples;
mod generator;
mod presets;
