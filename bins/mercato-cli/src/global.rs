//! Flags that may stand before the command, as document 004 writes them: `mercato --verbose
//! generate`.

use std::ffi::OsString;

use clap::Command;

/// Flags with a value that may stand there.
const WITH_VALUE: [&str; 5] = ["--log-level", "--log-format", "--log-file", "--color", "--config"];
/// Flags without one.
const PLAIN: [&str; 2] = ["--verbose", "--quiet"];

/// The words of a command line with the flags of all commands moved from before the command to its
/// end, where the command takes them. How much is logged is of no matter to a command that logs
/// nothing, so those flags are left out there.
pub(crate) fn moved(words: impl IntoIterator<Item = OsString>, program: &Command) -> Vec<OsString> {
    let mut words = words.into_iter().peekable();
    let mut line: Vec<OsString> = words.next().into_iter().collect();
    let mut flags = Vec::new();
    while let Some(word) = words.next_if(|word| word.to_str().is_some_and(is_global)) {
        let takes_next = word.to_str().is_some_and(|word| WITH_VALUE.contains(&word));
        flags.push(word);
        flags.extend(if takes_next { words.next() } else { None });
    }
    line.extend(words);
    // A command is needed for the flags to be of; without one, clap reports what is missing.
    if line.len() == 1 {
        return line.into_iter().chain(flags).collect();
    }
    if !logs(program, &line[1..]) {
        flags.retain(|flag| flag.to_str().is_none_or(|flag| !is_verbosity(flag)));
    }
    // Words after `--` are arguments.
    let end = line.iter().position(|word| word == "--").unwrap_or(line.len());
    line.splice(end..end, flags);
    line
}

fn is_global(word: &str) -> bool {
    let name = word.split_once('=').map_or(word, |(name, _)| name);
    WITH_VALUE.contains(&name) || is_verbosity(word)
}

fn is_verbosity(word: &str) -> bool {
    let letters = word.strip_prefix('-').filter(|letters| !letters.is_empty());
    PLAIN.contains(&word)
        || letters.is_some_and(|letters| letters.bytes().all(|letter| b"vq".contains(&letter)))
}

/// Returns true if the command that `words` begin with has the flags of logging.
fn logs(program: &Command, words: &[OsString]) -> bool {
    let mut command = program;
    for word in words {
        match command.find_subcommand(word) {
            Some(found) => command = found,
            None => break,
        }
    }
    command.get_arguments().any(|argument| argument.get_long() == Some("verbose"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_before_the_command_move_to_its_end() {
        let line = |text: &str| {
            let words = text.split_whitespace().map(OsString::from);
            let moved = moved(words, &crate::cli::program())
                .into_iter()
                .map(|word| word.into_string().unwrap());
            moved.collect::<Vec<_>>().join(" ")
        };
        for (given, expected) in [
            ("mercato --verbose generate --type x", "mercato generate --type x --verbose"),
            ("mercato -vv -q stream", "mercato stream -vv -q"),
            (
                "mercato --config a.toml --log-level debug config show",
                "mercato config show --config a.toml --log-level debug",
            ),
            ("mercato --log-level=debug generate", "mercato generate --log-level=debug"),
            ("mercato -v verify sales -- -a.ndjson", "mercato verify sales -v -- -a.ndjson"),
            ("mercato generate -v", "mercato generate -v"),
            ("mercato --bogus -v generate", "mercato --bogus -v generate"),
            ("mercato --version", "mercato --version"),
            ("mercato --verbose completions bash", "mercato completions bash"),
            ("mercato -v config schema", "mercato config schema"),
            ("mercato -v", "mercato -v"),
            ("mercato", "mercato"),
        ] {
            assert_eq!(line(given), expected);
        }
    }
}
