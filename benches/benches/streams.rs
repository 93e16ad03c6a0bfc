//! Layers 2 and 3, `mercato-engine` with the streams of `mercato-shop`: whole records in the steady
//! state, one thread.

use criterion::{Criterion, criterion_group, criterion_main};
use mercato::engine::{Extent, Format, Run};
use mercato_benches::{Steady, endless, orders, quick, run, sales, throughput};

/// Measures portions of `run` once `records` of it have passed.
fn stream(criterion: &mut Criterion, name: &str, run: &Run, records: u64) {
    let mut steady = Steady::after(run, records);
    // Portions differ by less than a batch; the mean of a few is what throughput is counted in.
    let portions: Vec<(u64, u64)> = (0..8).map(|_| steady.portion()).collect();
    let mean =
        |of: fn(&(u64, u64)) -> u64| portions.iter().map(of).sum::<u64>() / portions.len() as u64;
    let mut group = criterion.benchmark_group("streams");
    group.throughput(throughput(mean(|(records, _)| *records), mean(|(_, bytes)| *bytes)));
    group.bench_function(name, |bencher| bencher.iter(|| steady.portion()));
    group.finish();
}

fn streams(criterion: &mut Criterion) {
    let few = 10;
    stream(criterion, "sales as JSON, 900 orders open", &endless(sales(few)), 100_000);
    let csv = run(sales(few), Format::Csv, Extent::default());
    stream(criterion, "sales as CSV, 900 orders open", &csv, 100_000);
    // An order is open for 90 s in the mean and for 135 s at most.
    let many = 7_444;
    stream(criterion, "sales as JSON, 670,000 orders open", &endless(sales(many)), 3_000_000);
    stream(criterion, "orders as JSON", &endless(orders(few)), 100_000);
}

criterion_group! { name = benches; config = quick(); targets = streams }
criterion_main!(benches);
