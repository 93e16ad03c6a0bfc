//! The `.env` file of the working folder: `KEY=value` lines, read without touching the process's
//! environment.
//!
//! Understood are `export KEY=value`, comments, single quotes (everything as it stands) and double
//! quotes (`\n`, `\t`, `\"`, `\\` and `\$` are escapes); both kinds of quotes may go over several
//! lines.
//! A `$` stands for itself: nothing is substituted.
//! A line without `=` is skipped, because other programs keep such lines in the same file.

use std::collections::BTreeMap;

/// A value, and the line where it stands.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Assignment {
    pub(crate) value: String,
    pub(crate) line: u32,
}

/// A quoted value that does not end, and the line where it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unclosed {
    pub(crate) line: u32,
}

/// Reads the text of a `.env` file; of two assignments to one name the later counts.
pub(crate) fn parse(text: &str) -> Result<BTreeMap<String, Assignment>, Unclosed> {
    let mut found = BTreeMap::new();
    let mut rest = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut line = 1;
    while !rest.is_empty() {
        let (assignment, after) = assignment(rest).ok_or(Unclosed { line })?;
        if let Some((name, value)) = assignment {
            found.insert(name.to_owned(), Assignment { value, line });
        }
        line += rest[..rest.len() - after.len()].matches('\n').count() as u32;
        rest = after;
    }
    Ok(found)
}

/// The assignment that begins the text, if there is one, and the text after its last line; nothing
/// if a quote is open.
fn assignment(text: &str) -> Option<(Option<(&str, String)>, &str)> {
    let (first, after) = text.split_once('\n').unwrap_or((text, ""));
    let Some((name, value)) =
        first.split_once('=').filter(|_| !first.trim_start().starts_with('#'))
    else {
        return Some((None, after));
    };
    let name = name.trim();
    let name = name
        .strip_prefix("export")
        .filter(|rest| rest.starts_with([' ', '\t']))
        .map_or(name, str::trim);
    let begin = first.len() - value.trim_start().len();
    let (value, after) = match text[begin..].chars().next() {
        Some('\'') => single_quoted(&text[begin + 1..])?,
        Some('"') => double_quoted(&text[begin + 1..])?,
        _ => (unquoted(value), after),
    };
    let named = !name.is_empty() && !name.contains(char::is_whitespace);
    Some((named.then_some((name, value)), after))
}

/// A value up to a comment, which begins with `#` at the value's start or after white space.
fn unquoted(value: &str) -> String {
    let comment =
        |(at, _): &(usize, &str)| value[..*at].chars().next_back().is_none_or(char::is_whitespace);
    let end = value.match_indices('#').find(comment).map_or(value.len(), |(at, _)| at);
    value[..end].trim().to_owned()
}

fn single_quoted(text: &str) -> Option<(String, &str)> {
    let (value, rest) = text.split_once('\'')?;
    Some((value.to_owned(), next_line(rest)))
}

fn double_quoted(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return Some((value, next_line(&text[at + 1..]))),
            '\\' => match letters.next()?.1 {
                'n' => value.push('\n'),
                't' => value.push('\t'),
                escaped @ ('"' | '\\' | '$') => value.push(escaped),
                other => value.extend(['\\', other]),
            },
            other => value.push(other),
        }
    }
    None
}

fn next_line(text: &str) -> &str {
    text.split_once('\n').map_or("", |(_, after)| after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_assignment_is_read() {
        for (text, expected) in [
            ("A=1", "1"),
            ("A=", ""),
            ("export A=1", "1"),
            ("  A = 1  ", "1"),
            ("A=1 # comment", "1"),
            ("A=a#b", "a#b"),
            ("A=# comment", ""),
            ("A=a=b", "a=b"),
            ("A='a # \"b\" \\n'", "a # \"b\" \\n"),
            ("A=\"a\\n\\\"b\\\" \\$C\\d\" # comment", "a\n\"b\" $C\\d"),
            ("A=\"two\nlines\"", "two\nlines"),
            ("A=1\r\n", "1"),
            ("A=1\nA=2", "2"),
            ("\u{feff}A=1", "1"),
            ("exporter\n#A=0\nA=1", "1"),
        ] {
            let found = parse(text).unwrap();
            assert_eq!(found["A"].value, expected, "{text:?}");
            assert_eq!(found.len(), 1, "{text:?}");
        }
    }

    #[test]
    fn lines_are_counted_through_quotes() {
        let found = parse("A=1\n\nB=\"x\ny\"\nC=3").unwrap();
        assert_eq!(["A", "B", "C"].map(|name| found[name].line), [1, 3, 5]);
    }

    #[test]
    fn an_open_quote_is_told_by_its_line() {
        assert_eq!(parse("A=1\nB=\"x\nC=3").err(), Some(Unclosed { line: 2 }));
        assert_eq!(parse("A='x").err(), Some(Unclosed { line: 1 }));
    }
}
