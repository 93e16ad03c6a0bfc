//! Avro's object container files.

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Read};

use flate2::read::DeflateDecoder;
use mercato_schema::{Description, Field, dialect};
use serde_json::Value;

use super::source::Source;
use super::stream::{MOST_BYTES, Pieces, bytes, cut_off, invalid, varint};
use super::{avro, schema};

/// The first bytes of a file.
pub(super) const MAGIC: &[u8; 4] = b"Obj\x01";

/// Reads the records of a file as lines of JSON; spelled as one of `known` says, if they are such.
pub(in crate::records) fn lines(
    reader: Box<dyn Read>,
    known: &[Description],
) -> io::Result<impl Read + use<>> {
    let mut input = BufReader::new(reader);
    let header = header(&mut input, known)?;
    Ok(Pieces::new(move |text: &mut Vec<u8>| block(&mut input, &header, text)))
}

/// The header of a file, as far as its blocks need it.
struct Header {
    fields: Vec<Field>,
    codec: String,
    sync: Vec<u8>,
}

fn header(input: &mut impl BufRead, known: &[Description]) -> io::Result<Header> {
    if bytes(input, MAGIC.len() as u64, "the beginning")? != MAGIC {
        return Err(invalid("it does not begin as an Avro file"));
    }
    let mut metadata = BTreeMap::new();
    loop {
        let count = long(input)?;
        if count == 0 {
            break;
        }
        if count < 0 {
            long(input)?;
        }
        for _ in 0..count.unsigned_abs() {
            let name = String::from_utf8_lossy(&counted(input, "a name")?).into_owned();
            metadata.insert(name, counted(input, "the header")?);
        }
    }
    let text =
        |name: &str| metadata.get(name).map(|value| String::from_utf8_lossy(value).into_owned());
    let schema = text("avro.schema").unwrap_or_default();
    let schema: Value = serde_json::from_str(&schema)
        .map_err(|error| invalid(format!("its Avro schema is not JSON: {error}")))?;
    let own = known.iter().find(|known| dialect::avro::schema(known) == schema);
    let fields = match own {
        Some(own) => own.fields.clone(),
        None => schema::fields(&schema).map_err(invalid)?,
    };
    let codec = text("avro.codec").unwrap_or_else(|| "null".to_owned());
    if !["null", "deflate", "zstandard", "snappy"].contains(&codec.as_str()) {
        return Err(invalid(format!(
            "its blocks are compressed by {codec}; null, deflate, zstandard and snappy can be read"
        )));
    }
    Ok(Header { fields, codec, sync: bytes(input, 16, "the mark")? })
}

/// Appends the records of the next block; false after the last.
fn block(input: &mut impl BufRead, header: &Header, text: &mut Vec<u8>) -> io::Result<bool> {
    let Some(count) = varint(input)?.map(signed) else { return Ok(false) };
    let packed = counted(input, "a block")?;
    if bytes(input, 16, "the mark")? != header.sync {
        return Err(invalid("the mark after a block is not that of the file: it is damaged"));
    }
    let block = unpacked(&header.codec, packed)?;
    let mut source = Source(&block);
    for _ in 0..count {
        avro::record(text, &header.fields, &mut source).map_err(invalid)?;
        text.push(b'\n');
    }
    if source.is_empty() {
        Ok(true)
    } else {
        Err(invalid(format!("a block of {count} records has more bytes than they")))
    }
}

fn unpacked(codec: &str, packed: Vec<u8>) -> io::Result<Vec<u8>> {
    let mut block = Vec::new();
    match codec {
        "deflate" => {
            DeflateDecoder::new(&*packed).take(MOST_BYTES).read_to_end(&mut block)?;
        }
        "zstandard" => {
            zstd::stream::read::Decoder::new(&*packed)?.take(MOST_BYTES).read_to_end(&mut block)?;
        }
        "snappy" => {
            let (packed, sum) = packed.split_last_chunk::<4>().ok_or_else(cut_off)?;
            let length = snap::raw::decompress_len(packed).map_err(io::Error::other)?;
            if length as u64 > MOST_BYTES {
                return Err(invalid(format!("a block of {length} bytes is too long")));
            }
            block = snap::raw::Decoder::new().decompress_vec(packed).map_err(io::Error::other)?;
            let mut found = flate2::Crc::new();
            found.update(&block);
            if found.sum() != u32::from_be_bytes(*sum) {
                return Err(invalid("the checksum of a block is wrong: the file is damaged"));
            }
        }
        _ => block = packed,
    }
    Ok(block)
}

fn counted(input: &mut impl BufRead, what: &str) -> io::Result<Vec<u8>> {
    let length = long(input)?;
    let length = u64::try_from(length).map_err(|_| invalid("a length is negative"))?;
    bytes(input, length, what)
}

fn long(input: &mut impl BufRead) -> io::Result<i64> {
    varint(input)?.map(signed).ok_or_else(cut_off)
}

fn signed(value: u64) -> i64 {
    (value >> 1) as i64 ^ -((value & 1) as i64)
}
