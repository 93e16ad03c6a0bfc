//! Every committed input, and a fixed number of mutations of each corpus.

use mercato_fuzz::TARGETS;
use mercato_fuzz::mutate::Mutations;

#[test]
fn committed_inputs_break_no_promise() {
    for target in TARGETS {
        for (path, input) in target.corpus() {
            println!("{}", path.display());
            (target.run)(&input);
        }
    }
}

#[test]
fn a_few_hundred_mutations_break_no_promise() {
    for target in TARGETS {
        let corpus = target.corpus();
        let mutations = Mutations::new(corpus.iter().map(|(_, input)| input.as_slice()), 1);
        for number in 0..300 {
            let input = mutations.at(number);
            println!("{}: {}", target.name, String::from_utf8_lossy(&input));
            (target.run)(&input);
        }
    }
}
