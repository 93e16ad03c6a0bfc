//! Avro and Protobuf read back with `apache-avro` and `prost-reflect`, which know nothing but the schema.
//!
//! Values come back as the JSON of the same record, so that the two can be compared.

use apache_avro::reader::datum::GenericDatumReader;
use apache_avro::types::Value as Avro;
use apache_avro::{Reader, Schema};
use mercato_schema::dialect::{avro, protobuf};
use mercato_schema::{Description, Field, InstantForm, Kind, Timestamp};
use prost_reflect::{
    DescriptorPool, DynamicMessage, MapKey, MessageDescriptor, ReflectMessage as _, Value as Proto,
};
use serde_json::{Map, Value, json};

/// A reader of the records of one description.
#[derive(Debug)]
pub struct Schemas {
    fields: Vec<Field>,
    avro: Schema,
    protobuf: MessageDescriptor,
}

impl Schemas {
    /// Readers that know the schemas of `description`.
    ///
    /// # Panics
    ///
    /// Panics if one of the schemas is not one.
    pub fn of(description: &Description) -> Self {
        let schema = avro::schema(description).to_string();
        let avro = Schema::parse_str(&schema).expect("the printed Avro schema is one");
        let file = protobuf::file(&[description]);
        Self {
            fields: description.fields.clone(),
            avro,
            protobuf: message(&file, &description.name),
        }
    }

    /// The record that these bytes are in Avro.
    ///
    /// # Panics
    ///
    /// Panics if they are none, or more than one.
    pub fn avro(&self, mut bytes: &[u8]) -> Value {
        let reader = GenericDatumReader::builder(&self.avro).build();
        let value = reader.and_then(|reader| reader.read_value(&mut bytes));
        let value = value.expect("the bytes are a record of the schema");
        assert!(bytes.is_empty(), "{} bytes are left", bytes.len());
        of_avro_record(&self.fields, &value)
    }

    /// The records of an Avro file, with the schema that it brings itself.
    ///
    /// # Panics
    ///
    /// Panics if it cannot be read.
    pub fn avro_file(&self, bytes: &[u8]) -> Vec<Value> {
        let reader = Reader::new(bytes).expect("the bytes are an Avro file");
        assert_eq!(reader.writer_schema().canonical_form(), self.avro.canonical_form());
        let record = |value: Result<Avro, _>| {
            of_avro_record(&self.fields, &value.expect("a record can be read"))
        };
        reader.map(record).collect()
    }

    /// The record that these bytes are in Protobuf.
    ///
    /// # Panics
    ///
    /// Panics if they are none, or have a field that the definition does not know.
    pub fn protobuf(&self, bytes: &[u8]) -> Value {
        let message = DynamicMessage::decode(self.protobuf.clone(), bytes);
        of_message(&self.fields, &message.expect("the bytes are a message of the definition"))
    }

    /// The records of a file of Protobuf messages, each after its length.
    ///
    /// # Panics
    ///
    /// Panics if it cannot be read.
    pub fn protobuf_file(&self, mut bytes: &[u8]) -> Vec<Value> {
        let mut records = Vec::new();
        while !bytes.is_empty() {
            let (mut length, mut shift) = (0_usize, 0);
            loop {
                let (byte, rest) = bytes.split_first().expect("a length ends");
                bytes = rest;
                length |= usize::from(byte & 0x7f) << shift;
                shift += 7;
                if *byte < 0x80 {
                    break;
                }
            }
            let (record, rest) = bytes.split_at(length);
            records.push(self.protobuf(record));
            bytes = rest;
        }
        records
    }
}

/// The definition of `name` in a file.
fn message(file: &str, name: &str) -> MessageDescriptor {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let path = folder.path().join("records.proto");
    std::fs::write(&path, file).expect("the file can be written");
    let files = protox::compile([&path], [folder.path()]).expect("the printed definition is one");
    let pool = DescriptorPool::from_file_descriptor_set(files).expect("its types are known");
    let name = format!("{}.{name}", protobuf::PACKAGE);
    pool.get_message_by_name(&name).expect("the message is defined")
}

fn of_avro_record(fields: &[Field], value: &Avro) -> Value {
    let Avro::Record(values) = value else { panic!("no record: {value:?}") };
    assert_eq!(values.len(), fields.len());
    let member = |(field, (_, value)): (&Field, &(String, Avro))| {
        let value = match (field.nullable, value) {
            (true, Avro::Union(_, value)) => of_avro(&field.kind, value),
            (false, value) => of_avro(&field.kind, value),
            (true, value) => panic!("no union: {value:?}"),
        };
        (field.name.to_string(), value)
    };
    Value::Object(fields.iter().zip(values).map(member).collect())
}

fn of_avro(kind: &Kind, value: &Avro) -> Value {
    match (kind, value) {
        (_, Avro::Null) => Value::Null,
        (Kind::Identifier | Kind::Text, Avro::String(text)) => json!(text),
        (Kind::Boolean, Avro::Boolean(truth)) => json!(truth),
        (Kind::Integer, Avro::Int(number)) => json!(number),
        (Kind::Long, Avro::Long(number)) => json!(number),
        (Kind::Number { .. }, Avro::Double(number)) => json!(number),
        (Kind::Decimal { scale, .. }, Avro::Decimal(decimal)) => {
            let bytes = Vec::<u8>::try_from(decimal).expect("a decimal is bytes");
            let first = bytes.first().map_or(0, |first| i64::from(*first as i8) >> 7);
            let units = bytes.iter().fold(first, |units, byte| units << 8 | i64::from(*byte));
            json!(units as f64 / 10_f64.powi(i32::from(*scale)))
        }
        (Kind::Instant(form), Avro::TimestampMillis(millis)) => instant(*form, millis * 1_000),
        (Kind::Instant(form), Avro::TimestampMicros(micros)) => instant(*form, *micros),
        (Kind::Struct(fields), value) => of_avro_record(fields, value),
        (Kind::List(of), Avro::Array(items)) => {
            items.iter().map(|item| of_avro(of, item)).collect()
        }
        (Kind::Map(of), Avro::Map(members)) => Value::Object(
            members.iter().map(|(name, value)| (name.clone(), of_avro(of, value))).collect(),
        ),
        (kind, value) => panic!("{value:?} is not {kind:?}"),
    }
}

fn instant(form: InstantForm, micros: i64) -> Value {
    match form {
        InstantForm::EpochMillis => json!(micros / 1_000),
        InstantForm::Millis => json!(time(micros, 3)),
        InstantForm::Micros => json!(time(micros, 6)),
        InstantForm::EpochMicros => json!(micros),
    }
}

/// The text of a time with so many digits of a second.
fn time(micros: i64, digits: usize) -> String {
    let text = Timestamp::from_micros(micros).to_string();
    let text = text.trim_end_matches('Z');
    let (second, fraction) = text.split_once('.').unwrap_or((text, ""));
    format!("{second}.{}Z", &format!("{fraction:0<6}")[..digits])
}

fn of_message(fields: &[Field], message: &DynamicMessage) -> Value {
    assert_eq!(message.unknown_fields().count(), 0, "{message:?}");
    let members = fields.iter().enumerate().map(|(place, field)| {
        let number = protobuf::field_number(place);
        let known = message.descriptor().get_field(number).expect("the field is defined");
        let value = if field.nullable && known.supports_presence() && !message.has_field(&known) {
            Value::Null
        } else {
            of_proto(&field.kind, &message.get_field(&known))
        };
        (field.name.to_string(), value)
    });
    Value::Object(members.collect())
}

fn of_proto(kind: &Kind, value: &Proto) -> Value {
    match (kind, value) {
        (Kind::Identifier | Kind::Text, Proto::String(text)) => json!(text),
        (Kind::Boolean, Proto::Bool(truth)) => json!(truth),
        (Kind::Integer, Proto::I32(number)) => json!(number),
        (Kind::Long, Proto::I64(number)) => json!(number),
        (Kind::Number { .. }, Proto::F64(number)) => json!(number),
        (Kind::Decimal { scale, .. }, Proto::String(text)) => {
            let digits = text.split_once('.').map_or(0, |(_, digits)| digits.len());
            assert_eq!(digits, usize::from(*scale), "all digits of {text}");
            json!(text.parse::<f64>().expect("a decimal is a number"))
        }
        (Kind::Instant(form), Proto::Message(time)) => {
            let [seconds, nanos] = [1, 2].map(|number| {
                let field = time.descriptor().get_field(number).expect("a timestamp has it");
                let value = time.get_field(&field);
                value.as_i64().or(value.as_i32().map(i64::from)).expect("a number")
            });
            instant(*form, seconds * 1_000_000 + nanos / 1_000)
        }
        (Kind::Struct(fields), Proto::Message(message)) => of_message(fields, message),
        (Kind::List(of), Proto::List(items)) => {
            items.iter().map(|item| of_item(of, item)).collect()
        }
        (Kind::Map(of), Proto::Map(members)) => {
            let member = |(name, value): (&MapKey, &Proto)| {
                (name.as_str().expect("a name is text").to_owned(), of_item(of, value))
            };
            Value::Object(members.iter().map(member).collect::<Map<_, _>>())
        }
        (kind, value) => panic!("{value:?} is not {kind:?}"),
    }
}

/// A value in a list or a map, where a list or a map is in a message of its own.
fn of_item(kind: &Kind, value: &Proto) -> Value {
    match (kind, value) {
        (Kind::List(_) | Kind::Map(_), Proto::Message(around)) => {
            let values = around.descriptor().get_field(1).expect("the message has its values");
            of_proto(kind, &around.get_field(&values))
        }
        (kind, value) => of_proto(kind, value),
    }
}
