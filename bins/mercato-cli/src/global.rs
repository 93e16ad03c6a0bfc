//! Flags that may stand before the command, as document 004 writes them: `mercato --verbose
//! generate`.

use std::ffi::OsString;

/// Flags with a value that may stand there.
const WITH_VALUE: [&str; 5] = ["--log-level", "--log-format", "--log-file", "--color", "--config"];
/// Flags without one.
const PLAIN: [&str; 2] = ["--verbose", "--quiet"];

/// The words of a command line with the flags of all commands moved from before the command to its
/// end, where every command takes them.
pub(crate) fn moved(words: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
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
    // Words after `--` are no flags.
    let end = line.iter().position(|word| word == "--").unwrap_or(line.len());
    line.splice(end..end, flags);
    line
}

fn is_global(word: &str) -> bool {
    let name = word.split_once('=').map_or(word, |(name, _)| name);
    let letters = word.strip_prefix('-').filter(|letters| !letters.is_empty());
    WITH_VALUE.contains(&name)
        || PLAIN.contains(&word)
        || letters.is_some_and(|letters| letters.bytes().all(|letter| b"vq".contains(&letter)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_before_the_command_move_to_its_end() {
        let line = |text: &str| {
            let words = text.split_whitespace().map(OsString::from);
            let moved = moved(words).into_iter().map(|word| word.into_string().unwrap());
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
            ("mercato -v", "mercato -v"),
            ("mercato", "mercato"),
        ] {
            assert_eq!(line(given), expected);
        }
    }
}
