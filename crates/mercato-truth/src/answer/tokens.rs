//! The words, numbers, texts and symbols that a condition is made of.

use super::QueryError;

/// A piece of a condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// The name of a field, or a word such as `and`.
    Word(&'a str),
    Number(&'a str),
    /// A text without its quotes.
    Text(String),
    Symbol(&'a str),
}

/// The pieces of a text, one after the other.
#[derive(Debug)]
pub(super) struct Tokens<'a> {
    rest: &'a str,
}

const SYMBOLS: [&str; 11] = ["==", "!=", "<>", "<=", ">=", "=", "<", ">", "(", ")", ","];

impl<'a> Tokens<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { rest: text.trim_start() }
    }

    /// The refusal of what comes next.
    pub(super) fn expected(&self, expected: &'static str) -> QueryError {
        let at = if self.rest.is_empty() { "its end" } else { self.rest };
        QueryError::Condition { at: at.to_owned(), expected }
    }

    /// The next piece, which stays; none at the end.
    pub(super) fn peek(&self) -> Result<Option<Token<'a>>, QueryError> {
        Ok(self.read()?.map(|(token, _)| token))
    }

    /// Takes the next piece.
    pub(super) fn next(&mut self) -> Result<(), QueryError> {
        if let Some((_, length)) = self.read()? {
            self.rest = self.rest[length..].trim_start();
        }
        Ok(())
    }

    /// Takes the next piece if it is `token`.
    pub(super) fn takes(&mut self, token: &Token<'_>) -> Result<bool, QueryError> {
        let is_next = self.peek()?.is_some_and(|next| next == *token);
        if is_next {
            self.next()?;
        }
        Ok(is_next)
    }

    /// Takes the next piece if it is `word`, in capitals or not.
    pub(super) fn takes_word(&mut self, word: &str) -> Result<bool, QueryError> {
        let is_next =
            matches!(self.peek()?, Some(Token::Word(next)) if next.eq_ignore_ascii_case(word));
        if is_next {
            self.next()?;
        }
        Ok(is_next)
    }

    /// The next piece and its length.
    fn read(&self) -> Result<Option<(Token<'a>, usize)>, QueryError> {
        let rest = self.rest;
        let Some(first) = rest.chars().next() else { return Ok(None) };
        let until = |ends: &dyn Fn(char) -> bool| rest.find(ends).unwrap_or(rest.len());
        if let Some(symbol) = SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol)) {
            return Ok(Some((Token::Symbol(symbol), symbol.len())));
        }
        if first == '\'' || first == '"' {
            return self.quoted(first).map(Some);
        }
        if first.is_ascii_digit() || first == '-' {
            let length = 1 + rest[1..]
                .find(|letter: char| !letter.is_ascii_digit() && letter != '.')
                .unwrap_or(rest.len() - 1);
            return Ok(Some((Token::Number(&rest[..length]), length)));
        }
        if first.is_alphabetic() || first == '_' {
            let length =
                until(&|letter| !letter.is_alphanumeric() && !matches!(letter, '_' | '.' | '-'));
            return Ok(Some((Token::Word(&rest[..length]), length)));
        }
        Err(self.expected("a field, a value or a comparison"))
    }

    /// A text up to its closing quote; two of them stand for one in the text, as in SQL.
    fn quoted(&self, quote: char) -> Result<(Token<'a>, usize), QueryError> {
        let (mut text, mut letters) = (String::new(), self.rest.char_indices().skip(1).peekable());
        while let Some((place, letter)) = letters.next() {
            if letter != quote {
                text.push(letter);
            } else if letters.peek().is_some_and(|(_, next)| *next == quote) {
                text.push(quote);
                letters.next();
            } else {
                return Ok((Token::Text(text), place + 1));
            }
        }
        Err(self.expected("a text with a closing quote"))
    }
}
