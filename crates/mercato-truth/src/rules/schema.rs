//! Schema: fields, types and formats.

use mercato_schema::{Field, InstantForm, Kind};

use super::currency::Currency;
use super::{Facts, Findings, Rule, excerpt};
use crate::records::{Node, NodeKind};

pub(super) fn check(facts: &Facts<'_>, findings: &mut Findings) {
    let (place, record) = (facts.place, facts.record);
    let mut faults = Faults::default();
    faults.object(&facts.description.fields, record, &Path::root(facts.currency));
    let Faults { missing, wrong, repeated, ill_named } = faults;
    findings.judge(Rule::Required, place, missing.is_none(), || {
        format!("{} is missing", missing.unwrap_or_default())
    });
    findings.judge(Rule::Type, place, wrong.is_none(), || wrong.unwrap_or_default());
    findings.judge(Rule::Duplicate, place, repeated.is_none(), || {
        format!("{} occurs twice", repeated.unwrap_or_default())
    });
    findings.judge(Rule::Identifier, place, ill_named.is_none(), || ill_named.unwrap_or_default());
}

/// The first fault of each kind in a record, by the path of the field.
#[derive(Debug, Default)]
struct Faults {
    missing: Option<String>,
    wrong: Option<String>,
    repeated: Option<String>,
    /// An identifier that begins otherwise, or is nothing but its beginning, without its path.
    ill_named: Option<String>,
}

/// The path of an object, which is written only where there is a fault.
#[derive(Clone, Copy)]
struct Path<'a> {
    around: Option<&'a Path<'a>>,
    name: &'a str,
    /// `[]` where the objects are those of a list.
    ending: &'static str,
    /// The currency of amounts in the object.
    currency: Currency,
}

impl Path<'_> {
    fn root(currency: Currency) -> Self {
        Self { around: None, name: "", ending: "", currency }
    }

    /// The path of the member called `name`.
    #[cold]
    fn to(&self, name: &str) -> String {
        match self.around {
            Some(around) => format!("{}{}.{name}", around.to(self.name), self.ending),
            None => name.to_owned(),
        }
    }
}

impl Faults {
    /// Compares the members of `object` with `fields`.
    ///
    /// Members mostly come in the order of the fields, which then need no search; and members that
    /// all are other fields have no name twice.
    fn object(&mut self, fields: &[Field], object: Node<'_>, path: &Path<'_>) {
        let mut members = object.members();
        let mut in_order = true;
        for field in fields {
            let value = match in_order.then(|| members.next()).flatten() {
                Some((name, value)) if name == field.name => Some(value),
                _ => {
                    in_order = false;
                    object.get(&field.name)
                }
            };
            self.field(field, value, path);
        }
        if !in_order || members.next().is_some() {
            self.names(object, path);
        }
    }

    fn field(&mut self, field: &Field, value: Option<Node<'_>>, path: &Path<'_>) {
        let Some(value) = value.filter(|value| !value.is_null()) else {
            if !field.nullable {
                self.missing.get_or_insert_with(|| path.to(&field.name));
            }
            return;
        };
        if !is_of(&field.kind, value, path.currency) {
            self.wrong.get_or_insert_with(|| {
                // Digits do not say whether they are seconds, milliseconds or microseconds.
                let is_digits =
                    matches!(field.kind, Kind::Instant(_)) && value.kind() == NodeKind::Number;
                let hint = if is_digits { "; rules read instants as text only" } else { "" };
                format!("{} is {}{hint}", path.to(&field.name), excerpt(value))
            });
        }
        let inside = |ending| Path { around: Some(path), name: &field.name, ending, ..*path };
        match &field.kind {
            Kind::Identifier | Kind::Text => self.identifier(&field.name, value),
            Kind::Struct(inner) if value.is_object() => self.object(inner, value, &inside("")),
            Kind::List(of) => {
                let Kind::Struct(inner) = &**of else { return };
                for element in value.items().filter(|element| element.is_object()) {
                    let currency = Currency::of(element, path.currency);
                    self.object(inner, element, &Path { currency, ..inside("[]") });
                }
            }
            Kind::Map(_) => self.names(value, &inside("")),
            _ => {}
        }
    }

    /// Looks at the beginning of an identifier.
    fn identifier(&mut self, field: &str, value: Node<'_>) {
        let (Some(prefix), Some(text)) = (prefix(field), value.text()) else { return };
        if text.strip_prefix(prefix).is_none_or(str::is_empty) {
            self.ill_named.get_or_insert_with(|| format!("{field} is {text:?}"));
        }
    }

    /// Looks for a name that occurs twice among the members of `object`.
    fn names(&mut self, object: Node<'_>, path: &Path<'_>) {
        let mut names: Vec<&str> = object.members().map(|(name, _)| name).collect();
        names.sort_unstable();
        if let Some(twice) = names.windows(2).find(|pair| pair.first() == pair.last()) {
            self.repeated.get_or_insert_with(|| path.to(twice[0]));
        }
    }
}

fn is_of(kind: &Kind, value: Node<'_>, currency: Currency) -> bool {
    match kind {
        Kind::Boolean => value.kind() == NodeKind::Boolean,
        Kind::Integer
        | Kind::Long
        | Kind::Instant(InstantForm::EpochMillis | InstantForm::EpochMicros) => value
            .number()
            .is_some_and(|number| number.parse::<i64>().is_ok() || number.parse::<u64>().is_ok()),
        Kind::Decimal { .. } if *kind == Kind::MONEY => currency.units(value).is_some(),
        Kind::Decimal { .. } => value.cents().is_some(),
        Kind::Number { .. } => value.kind() == NodeKind::Number,
        Kind::Identifier
        | Kind::Text
        | Kind::Instant(InstantForm::Millis | InstantForm::Micros) => {
            value.kind() == NodeKind::Text
        }
        Kind::Struct(_) => value.is_object(),
        Kind::List(of) => {
            value.kind() == NodeKind::Array && value.items().all(|value| is_of(of, value, currency))
        }
        Kind::Map(of) => {
            value.is_object() && value.members().all(|(_, value)| is_of(of, value, currency))
        }
    }
}

/// The beginning of the identifiers in `field`.
fn prefix(field: &str) -> Option<&'static str> {
    Some(match field {
        "transaction_id" => "txn_",
        "user_id" => "user_",
        "product_id" => "prod_",
        "event_id" => "evt_",
        "session_id" => "sess_",
        _ => return None,
    })
}
