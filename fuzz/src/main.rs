//! Mutates the committed inputs of every target for some seconds, and stops at the first broken
//! promise with the input that broke it.

use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use mercato_fuzz::mutate::Mutations;
use mercato_fuzz::{TARGETS, Target};

const USAGE: &str = "usage: mercato-fuzz [--seconds N] [--seed N] [TARGET]...
Each target runs for N seconds [default: 10]; without TARGET all of them do.";

/// What to run, for how long each, from which seed.
struct Work {
    targets: Vec<Target>,
    time: Duration,
    seed: u64,
}

fn main() -> ExitCode {
    match work(std::env::args().skip(1)) {
        Ok(work) => {
            work.targets.iter().for_each(|target| search(target, &work));
            ExitCode::SUCCESS
        }
        Err(mistake) => {
            eprintln!("{mistake}\n{USAGE}");
            ExitCode::from(2)
        }
    }
}

fn work(arguments: impl Iterator<Item = String>) -> Result<Work, String> {
    let mut work = Work { targets: Vec::new(), time: Duration::from_secs(10), seed: 1 };
    let mut arguments = arguments;
    while let Some(argument) = arguments.next() {
        let mut number = || {
            let text = arguments.next().unwrap_or_default();
            text.parse().map_err(|_| format!("{argument} '{text}': expected a whole number"))
        };
        match argument.as_str() {
            "--seconds" => work.time = Duration::from_secs(number()?),
            "--seed" => work.seed = number()?,
            name => match TARGETS.iter().find(|target| target.name == name) {
                Some(target) => work.targets.push(*target),
                None => return Err(format!("unknown target '{name}'")),
            },
        }
    }
    if work.targets.is_empty() {
        work.targets = TARGETS.to_vec();
    }
    Ok(work)
}

/// Runs the target until its time is over. The input is on the disk before it runs, so it is there
/// after a panic and after a stack overflow alike.
#[expect(clippy::disallowed_methods, reason = "a search is bounded by time")]
fn search(target: &Target, work: &Work) {
    let path = Path::new("target").join(format!("fuzz-{}", target.name));
    let _ = std::fs::create_dir_all("target");
    let corpus = target.corpus();
    let mutations = Mutations::new(corpus.iter().map(|(_, input)| input.as_slice()), work.seed);
    let begin = Instant::now();
    let mut number = 0;
    while begin.elapsed() < work.time {
        let input = mutations.at(number);
        if let Err(error) = std::fs::write(&path, &input) {
            eprintln!("cannot write {}: {error}", path.display());
        }
        (target.run)(&input);
        number += 1;
    }
    println!("{}: {number} inputs in {} s", target.name, work.time.as_secs());
}
