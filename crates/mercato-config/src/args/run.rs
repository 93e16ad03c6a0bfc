//! Which run, and how much of it.

use clap::Args;

use super::bound;
use crate::OnLag;
use mercato_units::{
    Clock, Count, DurationOrNumber, Moment, Rate, SeedNumber, Shard, Threads, Timestamp,
};

/// Flags that choose a run, a part of it, and its pace.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Run")]
pub struct RunArgs {
    /// Seed of all randomness: the same seed, start and settings make the same records
    /// [default: a fresh one, which is printed] [env: `MERCATO_SEED`]
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = bound::<SeedNumber>())]
    pub seed: Option<SeedNumber>,

    /// End with the arrival of this many orders, transactions or events
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = bound::<Count>())]
    pub count: Option<Count>,

    /// End after this much event time: 90s, 5m, 2h
    #[arg(long, value_name = "D", allow_negative_numbers = true, value_parser = bound::<DurationOrNumber>())]
    pub duration: Option<DurationOrNumber>,

    /// Event time at which the run begins, such as 2025-01-31T09:30:00Z
    /// [default: now; with a duration on another clock than `wall`, so long before now]
    #[arg(long, value_name = "T", value_parser = bound::<Timestamp>())]
    pub start: Option<Timestamp>,

    /// Emit nothing of the run before this time, or before an offset from its start such as +10m
    #[arg(long, value_name = "T", value_parser = bound::<Moment>())]
    pub from: Option<Moment>,

    /// Emit nothing of the run from this time on, or from an offset from its start on
    #[arg(long, value_name = "T", value_parser = bound::<Moment>())]
    pub to: Option<Moment>,

    /// Begin so long before now: history at full speed, then live
    #[arg(long, value_name = "D", allow_negative_numbers = true, value_parser = bound::<DurationOrNumber>(), conflicts_with_all = ["start"])]
    pub backfill: Option<DurationOrNumber>,

    /// `wall` (event time is wall time, the past is due at once), `fast` (no waiting), or a pace
    /// such as 1x or 60x [default: wall]
    #[arg(long, value_name = "C", value_parser = bound::<Clock>())]
    pub clock: Option<Clock>,

    /// Arrivals: 1000/h, 2/m, 50/s; a bare number is per hour
    #[arg(long, value_name = "R", allow_hyphen_values = true, value_parser = bound::<Rate>())]
    pub rate: Option<Rate>,

    /// Worker threads; they never change a byte [default: all cores on the clock `fast`, else 1]
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = bound::<Threads>())]
    pub threads: Option<Threads>,

    /// Emit only shard I of N; every key belongs to one of them [default: 0/1]
    #[arg(long, value_name = "I/N", value_parser = bound::<Shard>())]
    pub shard: Option<Shard>,

    /// After the end, let open orders or sessions finish instead of leaving them where they are
    #[arg(long)]
    pub drain: bool,

    /// When records leave later than planned: `catch-up` at full speed, `shed` those that are too
    /// late (skipped, counted, named in the ledger), or `stretch` the plan by the lag [default:
    /// catch-up]
    #[arg(long, value_name = "WHAT")]
    pub on_lag: Option<OnLag>,

    /// Lateness beyond which a run counts as behind, and its records as too late [default: 5s]
    #[arg(long, value_name = "D", allow_negative_numbers = true, value_parser = bound::<DurationOrNumber>())]
    pub lag_bound: Option<DurationOrNumber>,
}
