//! The condition that records must meet: its text, and what that says of fields.

use super::fields::find;
use super::tokens::{Token, Tokens};
use super::{Field, FieldKind, QueryError};

use mercato_units::Timestamp;

/// A condition as it is written, which is not yet known to fit the fields.
///
/// ```
/// use mercato_truth::answer::Filter;
///
/// assert!(Filter::parse("total > 10.00 and status in ('paid', 'shipped')").is_ok());
/// assert!(Filter::parse("not (category is null or quantity <= 2)").is_ok());
/// assert!(Filter::parse("total >").is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    text: String,
    written: Written,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Written {
    Is { field: String, comparison: Comparison, literals: Vec<Literal> },
    IsNull { field: String },
    Not(Box<Self>),
    And(Vec<Self>),
    Or(Vec<Self>),
}

/// How a value stands to others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    /// Equal to any of them.
    In,
    NotEqual,
    Less,
    AtMost,
    Greater,
    AtLeast,
}

/// A value as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Literal {
    Number(String),
    Text(String),
    Boolean(bool),
}

/// A condition on fields that there are, with values that they can have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Condition {
    Is { field: Field, comparison: Comparison, values: Vec<Operand> },
    IsNull { field: Field },
    Not(Box<Self>),
    And(Vec<Self>),
    Or(Vec<Self>),
}

/// A value that a field is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Operand {
    /// Units of the last of so many digits after the point; of an instant, microseconds.
    Number {
        units: i128,
        digits: u32,
    },
    Text(Vec<u8>),
    Boolean(bool),
}

/// Conditions inside one another, at most.
const DEEPEST: usize = 100;
/// Digits of a number, at most.
const MOST_DIGITS: usize = 18;

impl Filter {
    /// Reads a condition.
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        let mut tokens = Tokens::new(text);
        let written = any_of(&mut tokens, DEEPEST)?;
        if tokens.peek()?.is_some() {
            return Err(tokens.expected("`and`, `or` or the end"));
        }
        Ok(Self { text: text.trim().to_owned(), written })
    }

    /// The condition as it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The same of the fields that there are.
    pub(super) fn bind(&self, fields: &[Field]) -> Result<Condition, QueryError> {
        bind(&self.written, fields)
    }
}

fn any_of(tokens: &mut Tokens<'_>, deep: usize) -> Result<Written, QueryError> {
    let mut parts = vec![all_of(tokens, deep)?];
    while tokens.takes_word("or")? {
        parts.push(all_of(tokens, deep)?);
    }
    Ok(if parts.len() == 1 { parts.remove(0) } else { Written::Or(parts) })
}

fn all_of(tokens: &mut Tokens<'_>, deep: usize) -> Result<Written, QueryError> {
    let mut parts = vec![one(tokens, deep)?];
    while tokens.takes_word("and")? {
        parts.push(one(tokens, deep)?);
    }
    Ok(if parts.len() == 1 { parts.remove(0) } else { Written::And(parts) })
}

fn one(tokens: &mut Tokens<'_>, deep: usize) -> Result<Written, QueryError> {
    let Some(deep) = deep.checked_sub(1) else {
        return Err(tokens.expected("fewer conditions inside one another"));
    };
    if tokens.takes_word("not")? {
        return Ok(Written::Not(Box::new(one(tokens, deep)?)));
    }
    if tokens.takes(&Token::Symbol("("))? {
        let inner = any_of(tokens, deep)?;
        return if tokens.takes(&Token::Symbol(")"))? {
            Ok(inner)
        } else {
            Err(tokens.expected("`)`"))
        };
    }
    comparison(tokens)
}

fn comparison(tokens: &mut Tokens<'_>) -> Result<Written, QueryError> {
    let Some(Token::Word(field)) = tokens.peek()? else {
        return Err(tokens.expected("a field, `not` or `(`"));
    };
    let field = field.to_owned();
    tokens.next()?;
    if tokens.takes_word("is")? {
        let is_negated = tokens.takes_word("not")?;
        if !tokens.takes_word("null")? {
            return Err(tokens.expected("`null` or `not null`"));
        }
        return Ok(negated(Written::IsNull { field }, is_negated));
    }
    let is_negated = tokens.takes_word("not")?;
    if tokens.takes_word("in")? {
        let literals = list(tokens)?;
        return Ok(negated(
            Written::Is { field, comparison: Comparison::In, literals },
            is_negated,
        ));
    }
    let comparison = match tokens.peek()? {
        Some(Token::Symbol("=" | "==")) => Comparison::In,
        Some(Token::Symbol("!=" | "<>")) => Comparison::NotEqual,
        Some(Token::Symbol("<")) => Comparison::Less,
        Some(Token::Symbol("<=")) => Comparison::AtMost,
        Some(Token::Symbol(">")) => Comparison::Greater,
        Some(Token::Symbol(">=")) => Comparison::AtLeast,
        _ => return Err(tokens.expected("=, !=, <, <=, >, >=, `in`, `not in` or `is`")),
    };
    if is_negated {
        return Err(tokens.expected("`in`"));
    }
    tokens.next()?;
    Ok(Written::Is { field, comparison, literals: vec![literal(tokens)?] })
}

fn negated(written: Written, is_negated: bool) -> Written {
    if is_negated { Written::Not(Box::new(written)) } else { written }
}

fn list(tokens: &mut Tokens<'_>) -> Result<Vec<Literal>, QueryError> {
    if !tokens.takes(&Token::Symbol("("))? {
        return Err(tokens.expected("`(` and values"));
    }
    let mut literals = vec![literal(tokens)?];
    while tokens.takes(&Token::Symbol(","))? {
        literals.push(literal(tokens)?);
    }
    if tokens.takes(&Token::Symbol(")"))? {
        Ok(literals)
    } else {
        Err(tokens.expected("`,` or `)`"))
    }
}

fn literal(tokens: &mut Tokens<'_>) -> Result<Literal, QueryError> {
    let literal = match tokens.peek()? {
        Some(Token::Number(text)) => Literal::Number(text.to_owned()),
        Some(Token::Text(text)) => Literal::Text(text),
        Some(Token::Word(word)) if word.eq_ignore_ascii_case("true") => Literal::Boolean(true),
        Some(Token::Word(word)) if word.eq_ignore_ascii_case("false") => Literal::Boolean(false),
        _ => return Err(tokens.expected("a number, a text in quotes, true or false")),
    };
    tokens.next()?;
    Ok(literal)
}

fn bind(written: &Written, fields: &[Field]) -> Result<Condition, QueryError> {
    let all = |parts: &[Written]| -> Result<_, QueryError> {
        parts.iter().map(|part| bind(part, fields)).collect()
    };
    Ok(match written {
        Written::Not(inner) => Condition::Not(Box::new(bind(inner, fields)?)),
        Written::And(parts) => Condition::And(all(parts)?),
        Written::Or(parts) => Condition::Or(all(parts)?),
        Written::IsNull { field } => Condition::IsNull { field: find(fields, field)?.clone() },
        Written::Is { field, comparison, literals } => {
            let field = find(fields, field)?.clone();
            let operand = |literal| operand(&field, *comparison, literal);
            let values = literals.iter().map(operand).collect::<Result<_, _>>()?;
            Condition::Is { field, comparison: *comparison, values }
        }
    })
}

fn operand(
    field: &Field,
    comparison: Comparison,
    literal: &Literal,
) -> Result<Operand, QueryError> {
    let refuse = |expected| {
        let literal = match literal {
            Literal::Number(text) => text.clone(),
            Literal::Text(text) => format!("'{text}'"),
            Literal::Boolean(boolean) => boolean.to_string(),
        };
        QueryError::Literal { field: field.name.clone(), literal, expected }
    };
    match (field.kind, literal) {
        (FieldKind::Integer | FieldKind::Decimal(_), Literal::Number(text)) => {
            units(text).ok_or_else(|| refuse("expected a number of at most 18 digits"))
        }
        (FieldKind::Integer | FieldKind::Decimal(_), _) => Err(refuse("expected a number")),
        (FieldKind::Instant(form), Literal::Number(text)) if form.is_number() => {
            let micros = if form.has_micros() { 1 } else { 1_000 };
            match units(text) {
                Some(Operand::Number { units, digits: 0 }) => {
                    Ok(Operand::Number { units: units * micros, digits: 0 })
                }
                _ => Err(refuse("expected a whole number of at most 18 digits")),
            }
        }
        (FieldKind::Instant(_), Literal::Text(text)) => match text.parse::<Timestamp>() {
            Ok(instant) => Ok(Operand::Number { units: instant.micros().into(), digits: 0 }),
            Err(_) => Err(refuse("expected an instant such as '2026-01-01T00:00:00Z'")),
        },
        (FieldKind::Instant(_), _) => {
            Err(refuse("expected an instant such as '2026-01-01T00:00:00Z'"))
        }
        (FieldKind::Text, Literal::Text(text)) => Ok(Operand::Text(text.clone().into_bytes())),
        (FieldKind::Text, _) => Err(refuse("expected a text in quotes")),
        (FieldKind::Boolean, Literal::Boolean(boolean))
            if matches!(comparison, Comparison::In | Comparison::NotEqual) =>
        {
            Ok(Operand::Boolean(*boolean))
        }
        (FieldKind::Boolean, _) => Err(refuse("expected = or != and true or false")),
    }
}

/// A decimal number in units of its last digit.
fn units(text: &str) -> Option<Operand> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = format!("{whole}{fraction}");
    let count = digits.trim_start_matches('-').len();
    let units = digits.parse().ok()?;
    (count <= MOST_DIGITS).then_some(Operand::Number { units, digits: fraction.len() as u32 })
}

impl Condition {
    /// The fields that it is about.
    pub(super) fn fields(&self) -> Vec<&Field> {
        match self {
            Self::Is { field, .. } | Self::IsNull { field } => vec![field],
            Self::Not(inner) => inner.fields(),
            Self::And(parts) | Self::Or(parts) => parts.iter().flat_map(Self::fields).collect(),
        }
    }
}
