//! Lifecycles through their public face: rules, and the laws of what is drawn.

mod laws;
mod lifecycle;
