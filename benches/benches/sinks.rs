//! Layer 3, `mercato-sinks`: what taking a batch costs, for records that are already there.

use std::path::Path;

use criterion::{Criterion, criterion_group, criterion_main};
use mercato::encode::Batch;
use mercato::sinks::OutputPath;
use mercato_benches::{endless, possible, quick, sales, throughput};

/// Batches of one file.
const BATCHES: u64 = 32;

/// Opens what `name` says, writes the batch again and again, and finishes the file.
fn write(name: &Path, batch: &Batch) {
    let mut sink = possible(possible(OutputPath::parse(name)).open(&[]));
    for _ in 0..BATCHES {
        possible(sink.write(batch, 0..batch.len()));
    }
    possible(sink.finish());
}

fn sinks(criterion: &mut Criterion) {
    let run = endless(sales(10));
    let Some(batch) = possible(run.batches()).next() else { return };
    let folder = possible(tempfile::tempdir());
    let mut group = criterion.benchmark_group("sinks");
    group
        .throughput(throughput(BATCHES * batch.len() as u64, BATCHES * batch.bytes().len() as u64));
    for (name, path) in [
        ("null", "null:".into()),
        ("a file of 8 MiB", folder.path().join("sales.ndjson")),
        ("a file of 8 MiB as Zstandard", folder.path().join("sales.ndjson.zst")),
        ("a file of 8 MiB as gzip", folder.path().join("sales.ndjson.gz")),
    ] {
        group.bench_function(name, |bencher| bencher.iter(|| write(&path, &batch)));
    }
    group.finish();
}

criterion_group! { name = benches; config = quick(); targets = sinks }
criterion_main!(benches);
