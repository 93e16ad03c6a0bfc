//! The command that repeats a run.

use super::super::{Layers, Origin, RunSettings, Setting};
use mercato_units::Duration;

/// A flag that sets the duration as a time; commands that have it give it among their own.
pub(crate) const END: &str = "--end";

/// The command that makes the same records again on standard output, quoted for a POSIX shell.
///
/// Seed and start are pinned, whatever they came from, and so is what variables said;
/// sinks and threads are left out, because they change no record, and secrets with them.
/// A clock that was chosen is kept: it changes no record either, but a run made at full speed
/// would otherwise be waited for.
/// `own` are the program's own flags, such as `["--stream", "orders"]`.
pub fn repeat_command(layers: &Layers, run: &RunSettings, own: &[String]) -> String {
    let mut words: Vec<String> = layers.program().command.iter().map(ToString::to_string).collect();
    words.extend_from_slice(own);
    for file in layers.files() {
        words.extend(["--config".to_owned(), file.display().to_string()]);
    }
    let mut flag = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            words.extend([name.to_owned(), value]);
        }
    };
    flag("--seed", Some(run.seed.value.to_string()));
    flag("--start", Some(run.start.value.to_string()));
    flag("--count", pinned(run.records.as_ref().or(run.count.as_ref())));
    let duration = run.duration.clone().filter(|duration| duration.origin != Origin::Flag(END));
    flag("--duration", pinned(duration.map(|set| set.map(length)).as_ref()));
    flag("--from", pinned(run.from.as_ref()));
    flag("--to", pinned(run.to.as_ref()));
    flag("--rate", pinned(run.rate.as_ref()));
    flag(
        "--clock",
        Some(&run.clock)
            .filter(|clock| clock.origin != Origin::Default)
            .and_then(|clock| pinned(Some(clock))),
    );
    flag(
        "--shard",
        Some(&run.shard)
            .filter(|shard| shard.value.count() > 1)
            .and_then(|shard| pinned(Some(shard))),
    );
    if run.drain.value && !of_file(&run.drain) {
        words.push("--drain".to_owned());
    }
    words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ")
}

/// A length of time as a flag takes it.
fn length(micros: i64) -> Duration {
    Duration::from_micros(micros).unwrap_or_default()
}

/// A value as a flag takes it, unless one of the files says it anyway.
fn pinned<T: ToString>(setting: Option<&Setting<T>>) -> Option<String> {
    setting.filter(|setting| !of_file(setting)).map(|setting| setting.value.to_string())
}

fn of_file<T>(setting: &Setting<T>) -> bool {
    matches!(setting.origin, Origin::File(_))
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
