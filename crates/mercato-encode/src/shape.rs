//! The shape of records as others need it: another key, instants in another form, or changes of
//! rows.

use mercato_schema::{ChangeForm, Description, Field, InstantForm, Kind};

/// What is changed of records before they are written; by default nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shape {
    /// The key; none for that of the record type.
    pub key: Option<RecordKey>,
    /// The form of every instant; none for that of its field.
    pub instants: Option<Instants>,
    /// The form in which changes of rows are written; none for records as they are.
    pub changes: Option<ChangeForm>,
}

/// The key of records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordKey {
    /// No key.
    Absent,
    /// The value of the field at this dotted path.
    Field(String),
}

/// The form of all instants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Instants {
    /// RFC 3339 text; a number of milliseconds has three decimals.
    Text,
    /// Whole milliseconds since the Unix epoch.
    EpochMillis,
    /// Whole microseconds since the Unix epoch.
    EpochMicros,
}

/// The source of a record's key.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) enum KeySource {
    /// The stream writes it.
    #[default]
    Stream,
    /// There is none.
    Absent,
    /// The value under these names, and in the column of this index.
    Field { names: Vec<String>, column: usize },
}

/// The form in which an instant of the form `own` is written.
#[inline]
pub(crate) fn form_of(own: InstantForm, all: Option<Instants>) -> InstantForm {
    match all {
        None => own,
        Some(Instants::EpochMillis) => InstantForm::EpochMillis,
        Some(Instants::EpochMicros) => InstantForm::EpochMicros,
        Some(Instants::Text) if own.has_micros() => InstantForm::Micros,
        Some(Instants::Text) => InstantForm::Millis,
    }
}

impl Shape {
    /// Changes a description as the records are changed; refuses a key that is none of its values.
    pub(crate) fn apply(&self, description: &mut Description) -> Result<KeySource, String> {
        if let Some(instants) = self.instants {
            description.fields.iter_mut().for_each(|field| reform(&mut field.kind, instants));
        }
        let path = match &self.key {
            None => return Ok(KeySource::Stream),
            Some(RecordKey::Absent) => {
                description.key = "".into();
                return Ok(KeySource::Absent);
            }
            Some(RecordKey::Field(path)) => path,
        };
        let Some((names, _)) = description.value_at(path) else {
            return Err(path.clone());
        };
        let names = names.into_iter().map(str::to_owned).collect();
        let column = description.columns().iter().position(|column| column == path);
        description.key = path.clone().into();
        Ok(KeySource::Field { names, column: column.unwrap_or_default() })
    }
}

fn reform(kind: &mut Kind, instants: Instants) {
    match kind {
        Kind::Instant(form) => *form = form_of(*form, Some(instants)),
        Kind::Struct(fields) => {
            fields.iter_mut().for_each(|Field { kind, .. }| reform(kind, instants));
        }
        Kind::List(of) | Kind::Map(of) => reform(of, instants),
        _ => {}
    }
}
