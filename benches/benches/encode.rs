//! Layer 1, `mercato-encode`: what one value of a record costs.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use mercato::draw::Label;
use mercato::encode::digits;
use mercato::encode::{csv, json};
use mercato_benches::{quick, throughput, world};

/// Values of one iteration.
const VALUES: usize = 1024;

/// Measures `write` of 1,024 random words into a buffer that is large enough.
fn each(criterion: &mut Criterion, name: &str, write: impl Fn(&mut Vec<u8>, u64)) {
    let mut words = vec![0; VALUES];
    world().seed.fill_block(Label::new(203, 0), 0, 0, &mut words);
    let mut out = Vec::new();
    fill(&mut out, &words, &write);
    let mut group = criterion.benchmark_group("encode");
    group.throughput(throughput(VALUES as u64, out.len() as u64));
    group.bench_function(name, |bencher| {
        bencher.iter(|| {
            fill(&mut out, &words, &write);
            black_box(&out);
        });
    });
    group.finish();
}

/// Writes every word after the other.
fn fill(out: &mut Vec<u8>, words: &[u64], write: &impl Fn(&mut Vec<u8>, u64)) {
    out.clear();
    for word in words {
        write(out, *word);
    }
}

fn values(criterion: &mut Criterion) {
    const STREET: &str = "40772 Amy Parks";
    let origin = world().origin;
    // Two minutes, which is about what a slice of a live run spans.
    each(criterion, "time to the microsecond", |out, word| {
        digits::micros(out, origin + (word >> 37) as i64);
    });
    each(criterion, "cents as a number", |out, word| json::cents(out, (word % 150_000) as i64));
    each(criterion, "integer of 1 to 5 digits", |out, word| digits::unsigned(out, word % 100_000));
    each(criterion, "eight digits", |out, word| digits::eight(out, (word % 100_000_000) as u32));
    each(criterion, "text as JSON", |out, _| json::string(out, black_box(STREET)));
    each(criterion, "text as CSV", |out, _| csv::field(out, black_box(STREET)));
}

criterion_group! { name = encode; config = quick(); targets = values }
criterion_main!(encode);
