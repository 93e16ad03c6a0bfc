//! Values as a person writes them, from [`mercato_units`], and the properties of a Kafka client.

mod properties;

pub use mercato_units::{
    Brokers, Clock, Count, Delay, Duration, DurationOrNumber, Factor, Moment, Rate, Scalar,
    SeedNumber, Shard, Share, Threads, Timestamp, Topic, Unit, ValueError, Whole,
};

pub use properties::{Property, PropertyLineError, parse_properties};
