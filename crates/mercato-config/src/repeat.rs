//! The command that repeats a run.

use crate::options::Row;
use crate::{Layers, RunSpec};

/// The command that makes the same records again on standard output, quoted for a POSIX shell.
///
/// Seed and start are pinned, whatever they came from, and so is what variables said;
/// sinks and threads are left out, because they change no record, and secrets with them.
/// A clock that was chosen is kept: it changes no record either, but a run made at full speed
/// would otherwise be waited for.
/// `own` are the program's own flags, such as `["--stream", "orders"]`.
pub fn repeat_command(layers: &Layers, run: &RunSpec, own: &[String]) -> String {
    let mut words: Vec<String> = layers.program().command.iter().map(ToString::to_string).collect();
    words.extend_from_slice(own);
    for file in layers.files() {
        words.extend(["--config".to_owned(), file.display().to_string()]);
    }
    words.extend(run.rows().iter().flat_map(Row::words));
    words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ")
}

/// A word as a POSIX shell reads it back.
fn quoted(word: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_@%+=:,./-".contains(&byte);
    if !word.is_empty() && word.bytes().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_only_where_a_shell_needs_it() {
        for (word, expected) in [
            ("a-b_c.toml", "a-b_c.toml"),
            ("", "''"),
            ("a b", "'a b'"),
            ("it's", r"'it'\''s'"),
            ("$HOME", "'$HOME'"),
        ] {
            assert_eq!(quoted(word), expected);
        }
    }
}
