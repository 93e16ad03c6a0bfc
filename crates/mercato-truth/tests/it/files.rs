//! Lines of files and pipes, as they are and as they break.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::io::{self, Read, Write};

use crate::common::{Shelf, run_of, toy};
use flate2::{Compression, write::GzEncoder};
use mercato_engine::{Extent, Format, Run};
use mercato_truth::{
    Actual, Kind, Layout, Lines, LinesError, Meter, Report, Verifier, VerifyError,
};

const HEADER: &str = "arrival,substream,number,at,user,kind,hurried,padding";

fn run(format: Format) -> Run {
    run_of(7, toy(2, 5), 200, format)
}

fn text(run: &Run) -> String {
    let shelf = Shelf::of(run, Layout::Lines);
    shelf.partitions[0]
        .iter()
        .map(|item| String::from_utf8(item.value.clone()).unwrap() + "\n")
        .collect()
}

fn verify(verifier: &Verifier<'_>, bytes: impl Into<Vec<u8>>) -> Report {
    let mut lines = Lines::new("toys", io::Cursor::new(bytes.into())).unwrap();
    verifier.verify(&mut lines).unwrap()
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn read_all(mut lines: Lines) -> Result<Vec<Vec<u8>>, LinesError> {
    let mut all = Vec::new();
    while let Some(found) = lines.next(0)? {
        all.push(found.value.to_vec());
        assert_eq!(found.position, all.len() as u64);
    }
    Ok(all)
}

/// Gives one byte at a time, and is interrupted before each.
struct Trickle<R>(R, bool);

impl<R: Read> Read for Trickle<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.1 = !self.1;
        if self.1 {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let end = buffer.len().min(1);
        self.0.read(&mut buffer[..end])
    }
}

#[test]
fn plain_and_compressed_files_are_the_same() {
    let run = run(Format::Json);
    let text = text(&run);
    let (first, second) = text.split_at(text.len() / 2);
    let folder = tempfile::tempdir().unwrap();
    let cases = [
        ("a.ndjson", text.clone().into_bytes()),
        ("a.ndjson.gz", gzip(&text)),
        ("two-members.gz", [gzip(first), gzip(second)].concat()),
        ("a.ndjson.zst", zstd::encode_all(text.as_bytes(), 1).unwrap()),
        (
            "two-frames.zst",
            [first, second].map(|part| zstd::encode_all(part.as_bytes(), 1).unwrap()).concat(),
        ),
    ];
    for (name, bytes) in cases {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        let report = Verifier::new(&run).verify(&mut Lines::open(&path).unwrap()).unwrap();
        assert!(report.is_clean(), "{name}: {report}");
        assert_eq!(report.counts.matching, text.lines().count() as u64, "{name}");
    }
}

#[test]
fn lines_are_what_stands_between_line_endings() {
    let long = "x".repeat(3 * 256 * 1024);
    let cases: [(&str, &[&str]); 6] = [
        ("", &[]),
        ("a", &["a"]),
        ("a\n", &["a"]),
        ("a\r\nb \r", &["a", "b "]),
        (&format!("a\n{long}\nb\n"), &["a", &long, "b"]),
        ("(\u{b5}/\n", &["(\u{b5}/"]),
    ];
    for (text, wanted) in cases {
        let bytes = text.as_bytes().to_vec();
        assert_eq!(
            read_all(Lines::new("a", io::Cursor::new(bytes.clone())).unwrap()).unwrap(),
            wanted.iter().map(|line| line.as_bytes()).collect::<Vec<_>>()
        );
        let trickle = Trickle(io::Cursor::new(bytes), false);
        assert_eq!(read_all(Lines::new("a", trickle).unwrap()).unwrap().len(), wanted.len());
    }
}

#[test]
fn what_cannot_be_read_says_where() {
    let missing = Lines::open("no-such-folder/sales.ndjson").unwrap_err();
    assert!(missing.to_string().contains("no-such-folder/sales.ndjson"), "{missing}");

    let mut cut = gzip(&"line\n".repeat(1000));
    cut.truncate(cut.len() - 10);
    let cut = read_all(Lines::new("sales.gz", io::Cursor::new(cut)).unwrap()).unwrap_err();
    assert!(
        matches!(&cut, LinesError::Read { name, line, .. } if name == "sales.gz" && *line <= 1000),
        "{cut:?}"
    );

    let endless = read_all(Lines::new("zeros", io::repeat(0)).unwrap()).unwrap_err();
    assert!(
        matches!(endless, LinesError::TooLong { line: 1, max_bytes: Lines::MAX_BYTES, .. }),
        "{endless:?}"
    );
}

#[test]
fn a_header_is_compared_and_is_no_record() {
    let run = run(Format::Csv);
    let (verifier, text) = (Verifier::new(&run).header(HEADER), text(&run));
    let records = text.lines().count() as u64;

    let whole = verify(&verifier, format!("{HEADER}\n{text}"));
    assert!(whole.is_clean(), "{whole}");
    assert_eq!(
        (whole.counts.expected, whole.counts.actual, whole.counts.matching),
        (records, records, records)
    );

    let header_only = verify(&verifier, HEADER);
    assert_eq!((header_only.counts.missing, header_only.counts.expected), (records, records));
    let empty = verify(&verifier, "");
    assert_eq!((empty.counts.missing, empty.counts.expected), (records + 1, records + 1));

    let kinds = |report: Report| {
        report.differences.iter().map(|found| (found.kind, found.place)).collect::<Vec<_>>()
    };
    let line = |line| Some(mercato_truth::Place::Line { line });
    assert_eq!(kinds(verify(&verifier, text.clone())), [(Kind::Missing, None)]);
    assert_eq!(
        kinds(verify(&verifier, format!("arrival;substream\n{text}"))),
        [(Kind::Altered, line(1))]
    );
    let (first, rest) = text.split_once('\n').unwrap();
    let twice = format!("{HEADER}\n{first}\n{HEADER}\n{rest}");
    assert_eq!(kinds(verify(&verifier, twice)), [(Kind::Doubled, line(3))]);
}

#[test]
fn an_interrupted_run_is_verified_by_its_number_of_records() {
    let whole = text(&run(Format::Json));
    let endless = Run::builder(run(Format::Json).world()).block_len(16).extent(Extent::default());
    let endless = endless.stream(toy(2, 5)).unwrap();
    let first: String = whole.split_inclusive('\n').take(100).collect();
    let report = verify(&Verifier::new(&endless).records(100), first.clone());
    assert!(report.is_clean() && report.counts.expected == 100, "{report}");
    let mut lines = Lines::new("toys", io::Cursor::new(first)).unwrap();
    assert!(matches!(Verifier::new(&endless).verify(&mut lines), Err(VerifyError::Endless)));
}

#[test]
fn another_run_is_given_up_soon() {
    let [run, other] = [7, 8].map(|seed| run_of(seed, toy(2, 5), 2000, Format::Json));
    let other = text(&other);
    let report = verify(&Verifier::new(&run).patience(100), other.clone());
    assert!(!report.complete && !report.is_clean(), "{report}");
    assert!(report.to_string().contains("is it this run"), "{report}");
    assert!((50..70).contains(&report.counts.altered) && report.counts.actual < 70, "{report}");
    assert!(
        verify(&Verifier::new(&run).patience(100), "").complete,
        "what is missing at the end is only counted"
    );
    assert!(!verify(&Verifier::new(&run).patience(100), text(&run) + &other).complete);
    assert!(verify(&Verifier::new(&run), text(&run) + &other).complete);
}

#[test]
fn only_records_of_the_topic_are_expected() {
    let run = run(Format::Json);
    let report = verify(&Verifier::new(&run).topic(0), text(&run));
    assert!(report.is_clean());
    let report = verify(&Verifier::new(&run).topic(1), text(&run));
    assert_eq!((report.counts.expected, report.counts.unexpected), (0, report.counts.actual));
}

#[test]
fn a_report_shows_the_first_differences_and_counts_the_rest() {
    let run = run(Format::Json);
    let whole = text(&run);
    let mut lines: Vec<String> = whole.lines().map(str::to_owned).collect();
    lines[3] = lines[3].replace(',', ";");
    lines.insert(10, lines[8].clone());
    lines.remove(20);
    let damaged = lines.join("\n");
    let report = verify(&Verifier::new(&run).differences(2), damaged.clone());
    assert_eq!(
        report.to_string(),
        format!(
            "{all} records expected, {all} found, {matching} matching: 3 differences\n  \
               missing       1\n  \
               doubled       1\n  \
               altered       1\n\
             {first}\n{second}\nand 1 more",
            all = lines.len(),
            matching = lines.len() - 2,
            first = report.differences[0],
            second = report.differences[1],
        )
    );
    let altered = report.differences[0].to_string();
    assert!(altered.starts_with("altered at line 4, key "), "{altered}");
    assert!(altered.contains("rank 3, substream "), "{altered}");
    assert!(
        altered.contains(&lines[3]) && altered.contains(whole.lines().nth(3).unwrap()),
        "{altered}"
    );

    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(
        (&json["missing"], &json["doubled"], &json["altered"]),
        (&1.into(), &1.into(), &1.into())
    );
    assert_eq!(json["differences"][1]["kind"], "doubled");
    assert_eq!(json["differences"][1]["place"]["line"], 11);
    assert_eq!(json["differences"][1]["actual"], lines[8]);
    assert!(json["differences"][1]["origin"]["event_time_micros"].is_i64());

    let counts_only = verify(&Verifier::new(&run).differences(0), damaged);
    assert_eq!((counts_only.counts, counts_only.differences.len()), (report.counts, 0));
}

#[test]
fn files_behind_one_another_are_one_and_only_the_first_header_counts() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    };
    let files = || {
        vec![file("a.csv", b"head\n1\n"), file("b.csv", b"head\n"), file("c.csv", b"head\n2\n3\n")]
    };
    let read = |rows: bool| {
        let mut lines = Lines::of_files("days", files(), rows, &Meter::default()).unwrap();
        let mut found = Vec::new();
        while let Some(line) = lines.next(0).unwrap() {
            found.push(String::from_utf8_lossy(line.value).into_owned());
        }
        found
    };
    assert_eq!(read(true), ["head", "1", "2", "3"]);
    assert_eq!(read(false), ["head", "1", "head", "head", "2", "3"]);
    let mut missing = Lines::of_files(
        "days",
        vec![file("a.csv", b"12345\n"), folder.path().join("none.csv")],
        false,
        &Meter::default(),
    )
    .unwrap();
    assert!(missing.next(0).unwrap().is_some());
    let error = missing.next(0).unwrap_err();
    assert!(error.to_string().contains("days"), "{error}");
    assert!(std::error::Error::source(&error).unwrap().to_string().contains("none.csv"));
}
