//! Another project that generates orders in its own process and checks them.

use std::error::Error;

use mercato::draw::Seed;
use mercato::engine::{Extent, Run, Schedule, World};
use mercato::shop::sales::{Sales, SalesParams};

fn main() -> Result<(), Box<dyn Error>> {
    let world = World { seed: Seed::new(42), origin: 1_762_646_400_000_000 };
    let sales = Sales::new(world, SalesParams::default(), Schedule::default());
    let extent = Extent { arrivals: Some(100), drain: true, ..Extent::default() };
    let run = Run::builder(world).extent(extent).stream(sales)?;
    let records: usize = run.batches()?.map(|batch| batch.len()).sum();
    assert_eq!(records, 400, "each of a hundred orders goes through four states");
    println!("{records} records of 100 orders");
    Ok(())
}
