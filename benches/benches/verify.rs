//! Layer 4, `mercato-truth`: comparing a file with the run it should be.

use std::fs;

use criterion::{Criterion, criterion_group, criterion_main};
use mercato::engine::{Extent, Format, Run};
use mercato::truth::{Lines, Verifier};
use mercato_benches::{possible, quick, run, sales, throughput};

fn verify(criterion: &mut Criterion) {
    let extent = Extent { arrivals: Some(25_000), drain: true, ..Extent::default() };
    let run: Run = run(sales(10), Format::Json, extent);
    let (mut records, mut lines) = (0, Vec::new());
    for batch in possible(run.batches()) {
        records += batch.len() as u64;
        lines.extend_from_slice(batch.bytes());
    }
    let folder = possible(tempfile::tempdir());
    let path = folder.path().join("sales.ndjson");
    possible(fs::write(&path, &lines));

    let mut group = criterion.benchmark_group("verify");
    group.throughput(throughput(records, lines.len() as u64));
    group.bench_function("a file of 100,000 sales", |bencher| {
        bencher.iter(|| {
            let report = possible(Verifier::new(&run).verify(&mut possible(Lines::open(&path))));
            assert!(report.is_clean(), "{report}");
        });
    });
    group.finish();
}

criterion_group! { name = benches; config = quick(); targets = verify }
criterion_main!(benches);
