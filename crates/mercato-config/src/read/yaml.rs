//! YAML into a tree.

use saphyr::{LoadableYamlNode, MarkedYaml, Scalar, YamlData};

use super::{Broken, MAX_DEPTH, Source, too_deep};
use crate::tree::{Entry, Node, Table, Value};

pub(super) fn read(source: &Source<'_>) -> Result<Node, Broken> {
    refuse_deep_blocks(source.text)?;
    // The parser reports what is missing at the end on the line after the last.
    let last = source.text.lines().count().max(1) as u32;
    let documents = MarkedYaml::load_from_str(source.text)
        .map_err(|error| ((error.marker().line() as u32).min(last), error.info().to_owned()))?;
    match documents.as_slice() {
        [] => Ok(Node { value: Value::Null, place: source.line(1) }),
        [document] => node(source, document),
        [_, second, ..] => Err((line(second), "only one document per file is allowed".to_owned())),
    }
}

/// Columns before the first word of a line in which blocks can be opened; each level takes at least
/// one.
///
/// The parser bounds what stands in brackets, but would follow blocks until the stack is full.
const MAX_COLUMNS: usize = 4 * MAX_DEPTH;

fn refuse_deep_blocks(text: &str) -> Result<(), Broken> {
    let opens = |byte: &u8| matches!(byte, b' ' | b'-' | b'?' | b':');
    let columns = |line: &str| line.bytes().take_while(|byte| opens(byte)).count();
    let deep = text.lines().position(|line| columns(line) > MAX_COLUMNS);
    deep.map_or(Ok(()), |line| Err((line as u32 + 1, too_deep())))
}

fn line(yaml: &MarkedYaml<'_>) -> u32 {
    yaml.span.start.line() as u32
}

fn node(source: &Source<'_>, yaml: &MarkedYaml<'_>) -> Result<Node, Broken> {
    let value = match &yaml.data {
        YamlData::Value(scalar) => plain(scalar),
        YamlData::Sequence(items) => {
            Value::List(items.iter().map(|item| node(source, item)).collect::<Result<_, _>>()?)
        }
        YamlData::Mapping(mapping) => {
            let entry = |(key, value)| entry(source, key, value);
            Value::Table(mapping.iter().map(entry).collect::<Result<Table, _>>()?)
        }
        YamlData::Tagged(tag, _) => {
            return Err((line(yaml), format!("unknown tag {tag}")));
        }
        YamlData::Representation(..) | YamlData::Alias(_) | YamlData::BadValue => {
            return Err((line(yaml), "invalid value".to_owned()));
        }
    };
    Ok(Node { value, place: source.line(line(yaml)) })
}

fn entry(
    source: &Source<'_>,
    key: &MarkedYaml<'_>,
    value: &MarkedYaml<'_>,
) -> Result<(String, Entry), Broken> {
    let name = match &key.data {
        YamlData::Value(Scalar::String(text)) => text.to_string(),
        YamlData::Value(Scalar::Integer(number)) => number.to_string(),
        YamlData::Value(Scalar::Boolean(truth)) => truth.to_string(),
        _ => return Err((line(key), "a key must be a string".to_owned())),
    };
    Ok((name, Entry { key: source.line(line(key)), node: node(source, value)? }))
}

fn plain(scalar: &Scalar<'_>) -> Value {
    match scalar {
        Scalar::Null => Value::Null,
        Scalar::Boolean(truth) => Value::Truth(*truth),
        Scalar::Integer(number) => Value::Integer(i128::from(*number)),
        Scalar::FloatingPoint(number) => Value::Float(number.into_inner()),
        Scalar::String(text) => Value::Text(text.to_string()),
    }
}
