//! Memory is asked for block by block, never record by record.
//!
//! Each claim is counted by an allocator that counts; it needs no unsafe code here.

use std::sync::Arc;

use allocation_counter::{AllocationInfo, measure};
use mercato::draw::{Label, Words};
use mercato::encode::{Batch, Encoding};
use mercato::engine::{Arrival, Format, Run, Step, StepRecord, Stream};
use mercato_benches::{Steady, endless, orders, sales, world};

/// Draws and renders 10,000 entities of `stream` into memory that is there already.
fn of_entities<S: Stream>(stream: &S, format: Format) -> AllocationInfo {
    let mut words = vec![0; stream.words() * 10_000];
    world().seed.fill_block(Label::new(204, 0), 0, 0, &mut words);
    let mut batch = Batch::default();
    let encoding = Encoding::new(&Arc::new(stream.layout(0)), format, |_| true);
    let mut key = Vec::with_capacity(1 << 10);
    let mut pass = || {
        for (index, words) in words.chunks_exact(stream.words()).enumerate() {
            let at = world().origin + index as i64;
            let arrival = Arrival { index: index as u64, substream: 0, at };
            let entity = stream.draw(arrival, &mut Words::new(words));
            stream.owner(&entity, arrival, &mut key);
            let step = Step {
                arrival: index as u64,
                substream: 0,
                number: 0,
                kind: 0,
                at,
                hurried: false,
            };
            encoding.encode::<false>(&mut batch, 0, &mut StepRecord::new(stream, &entity, step));
            key.clear();
            batch.clear();
        }
    };
    // The first pass allocates the buffers, which later passes reuse.
    pass();
    measure(pass)
}

#[test]
fn drawing_and_rendering_a_record_allocates_nothing() {
    let rate = 10;
    for format in [Format::Json, Format::Csv] {
        assert_eq!(of_entities(&sales(rate), format).count_total, 0, "sales as {format:?}");
        assert_eq!(of_entities(&orders(rate), format).count_total, 0, "orders as {format:?}");
    }
}

#[test]
fn walking_through_a_lifecycle_allocates_nothing() {
    let sales = sales(10);
    let mut last = 0;
    let counted = measure(|| {
        for index in 0..10_000 {
            sales.walk(Arrival { index, substream: 0, at: world().origin }, |_, at| last = at);
        }
    });
    assert_eq!(counted.count_total, 0);
    assert!(last > world().origin);
}

/// Allocations, and bytes that stay, of a run in its steady state, for each block of 1,024
/// arrivals.
fn of_blocks(run: &Run, warm_up: u64, records_of_a_block: u64) -> (f64, f64) {
    let mut steady = Steady::after(run, warm_up);
    let mut records = 0;
    let counted = measure(|| {
        for _ in 0..20 {
            records += steady.portion().0;
        }
    });
    let blocks = records as f64 / records_of_a_block as f64;
    (counted.count_total as f64 / blocks, counted.bytes_current as f64 / blocks)
}

#[test]
fn a_run_allocates_a_few_times_for_each_block_and_keeps_nothing() {
    for (name, run, warm_up, records_of_a_block) in [
        ("few sales open", endless(sales(10)), 200_000, 4 * 1024),
        ("many sales open", endless(sales(1_000)), 800_000, 4 * 1024),
        ("orders", endless(orders(10)), 100_000, 1024),
    ] {
        let (allocations, kept) = of_blocks(&run, warm_up, records_of_a_block);
        assert!(allocations < 32.0, "{name}: {allocations} allocations for each block");
        assert!(kept < 1024.0, "{name}: {kept} more bytes kept for each block");
    }
}
