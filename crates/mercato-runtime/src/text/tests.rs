//! Tables of what each parser takes and refuses.

use std::fmt::Display;
use std::str::FromStr;

use super::*;

/// Each text reads as the value beside it, and the value's own text reads back.
fn reads<T>(table: &[(&str, T)])
where
    T: FromStr<Err = TextError> + Display + PartialEq + std::fmt::Debug,
{
    for (text, value) in table {
        assert_eq!(&text.parse::<T>().unwrap(), value, "{text}");
        assert_eq!(&value.to_string().parse::<T>().unwrap(), value, "{text} shown as {value}");
    }
}

/// Each text is refused by a message that names it and the bound.
fn refuses<T: FromStr<Err = TextError>>(table: &[(&str, &str)]) {
    for (text, bound) in table {
        let Err(error) = text.parse::<T>() else { panic!("{text} was accepted") };
        let message = error.to_string();
        assert!(
            message.contains(&format!("`{text}`")) && message.contains(bound),
            "{text}: {message}"
        );
    }
}

#[test]
fn rates() {
    let rate = |millionths| Rate::new(millionths).unwrap();
    reads(&[
        ("1000/h", rate(1_000_000_000)),
        ("1000", rate(1_000_000_000)),
        ("50/s", rate(180_000_000_000)),
        ("2/m", rate(120_000_000)),
        ("0.1", rate(100_000)),
        (".5/s", rate(1_800_000_000)),
        ("0.000001/h", rate(1)),
        ("1000000000/s", rate(Rate::MAX)),
        ("1.5 / min", rate(90_000_000)),
    ]);
    refuses::<Rate>(&[
        ("", "/s, /m or /h"),
        ("fast", "/s, /m or /h"),
        ("10/y", "/s, /m or /h"),
        ("-1/s", "/s, /m or /h"),
        ("1e3", "/s, /m or /h"),
        ("1.0000001", "6 more after the point"),
        ("0", "above 0"),
        ("0/s", "above 0"),
        ("1000000001/s", "1000000000/s"),
        ("999999999999/s", "1000000000/s"),
    ]);
}

#[test]
fn times() {
    let time = |micros| Time::new(micros).unwrap();
    reads(&[
        ("1970-01-01T00:00:00Z", time(0)),
        ("2025-01-01", time(1_735_689_600_000_000)),
        ("2025-01-01T01:00:00+01:00", time(1_735_689_600_000_000)),
        ("2025-01-01T00:00:00.000001Z", time(1_735_689_600_000_001)),
        ("2025-01-01 00:00:00.5Z", time(1_735_689_600_500_000)),
        ("9000-12-31T23:59:59Z", time(221_876_927_999_000_000)),
    ]);
    refuses::<Time>(&[
        ("yesterday", "RFC 3339"),
        ("2025-13-01", "RFC 3339"),
        ("2025-1-1", "RFC 3339"),
        ("2025-01-01T00:00:00", "RFC 3339"),
        ("1969-12-31T23:59:59Z", "1970 to 9000"),
        ("9001-01-01", "1970 to 9000"),
        ("2025-01-01T00:00:00.0000001Z", "six digits"),
    ]);
}

#[test]
fn stretches() {
    reads(&[
        ("500ms", Stretch::Micros(500_000)),
        ("90s", Stretch::Micros(90_000_000)),
        ("5m", Stretch::Micros(300_000_000)),
        ("1.5h", Stretch::Micros(5_400_000_000)),
        ("1h30m", Stretch::Micros(5_400_000_000)),
        ("1d", Stretch::Micros(86_400_000_000)),
        ("0s", Stretch::Micros(0)),
        ("36500d", Stretch::Micros(Stretch::MAX_MICROS)),
        ("5", Stretch::Bare(5_000_000)),
        ("0.5", Stretch::Bare(500_000)),
    ]);
    refuses::<Stretch>(&[
        ("", "90s"),
        ("m", "90s"),
        ("5y", "90s"),
        ("5m30", "90s"),
        ("-5m", "90s"),
        ("1..5s", "90s"),
        ("36501d", "36500d"),
        ("999999999999d", "36500d"),
    ]);
}

#[test]
fn a_bare_stretch_counts_the_unit_of_its_command() {
    let five: Stretch = "2.5".parse().unwrap();
    assert_eq!(five.micros(Unit::Second), Ok(2_500_000));
    assert_eq!(five.micros(Unit::Minute), Ok(150_000_000));
    assert_eq!(five.micros(Unit::Hour), Ok(9_000_000_000));
    let long: Stretch = "876001".parse().unwrap();
    assert!(long.micros(Unit::Second).is_ok());
    assert!(long.micros(Unit::Hour).unwrap_err().to_string().contains("36500d"));
}

#[test]
fn delays() {
    for (text, micros) in
        [("1", 1_000_000), ("0.25", 250_000), ("500ms", 500_000), ("100d", Delay::MAX_MICROS)]
    {
        assert_eq!(text.parse::<Delay>().unwrap().micros(), micros, "{text}");
    }
    refuses::<Delay>(&[("-1", "100d"), ("soon", "500ms"), ("101d", "100d"), ("8640001", "100d")]);
}

#[test]
fn shards() {
    let shard = |index, count| Shard::new(index, count).unwrap();
    reads(&[("0/1", Shard::WHOLE), ("2/3", shard(2, 3)), ("1023/1024", shard(1023, 1024))]);
    refuses::<Shard>(&[
        ("3/2", "from 0 to 1"),
        ("1/1", "from 0 to 0"),
        ("0/0", "1 to 1024"),
        ("0/1025", "1 to 1024"),
        ("1", "0/4"),
        ("a/b", "0/4"),
        ("-1/2", "0/4"),
    ]);
}

#[test]
fn clocks() {
    reads(&[
        ("wall", Clock::Wall),
        ("fast", Clock::Fast),
        ("Fast", Clock::Fast),
        ("1x", Clock::Paced { event: 1, wall: 1 }),
        ("60x", Clock::Paced { event: 60, wall: 1 }),
        ("0.5x", Clock::Paced { event: 1, wall: 2 }),
        ("1.2x", Clock::Paced { event: 6, wall: 5 }),
        ("1000000x", Clock::Paced { event: 1_000_000, wall: 1 }),
    ]);
    refuses::<Clock>(&[
        ("0x", "above 0x"),
        ("slow", "wall, fast"),
        ("60", "60x"),
        ("1000001x", "1000000x"),
    ]);
}

#[test]
fn shares_factors_and_moments() {
    for (text, millionths) in [("0", 0), ("0.01", 10_000), ("1", 1_000_000), ("1.0", 1_000_000)] {
        assert_eq!(text.parse::<Share>().unwrap().millionths(), millionths, "{text}");
    }
    refuses::<Share>(&[("1.1", "0 to 1"), ("-0.1", "0 to 1"), ("1%", "0 to 1")]);
    for (text, millionths) in
        [("0", 0), ("5", 5_000_000), ("2.5x", 2_500_000), ("1000", Factor::MAX)]
    {
        assert_eq!(text.parse::<Factor>().unwrap().millionths(), millionths, "{text}");
    }
    refuses::<Factor>(&[("1001", "0 to 1000"), ("ten", "0 to 1000")]);
    reads(&[
        ("+10m", Moment::After(600_000_000)),
        ("+0s", Moment::After(0)),
        ("2025-01-01T00:00:00Z", Moment::At("2025-01-01".parse().unwrap())),
    ]);
    refuses::<Moment>(&[("+10", "+10m"), ("10m", "RFC 3339"), ("-10m", "RFC 3339")]);
}

#[test]
fn brokers_and_topics() {
    for text in [
        "localhost:9092",
        "a:1,b:65535",
        "host",
        "[::1]:9092",
        "[::1]",
        "SASL_SSL://pkc-1.example.com:9092",
    ] {
        assert_eq!(text.parse::<Brokers>().unwrap().as_str(), text);
    }
    assert_eq!("a:1, b:2".parse::<Brokers>().unwrap().as_str(), "a:1,b:2");
    refuses::<Brokers>(&[
        ("", "HOST:PORT"),
        ("a:1,", "HOST:PORT"),
        ("a:0", "65535"),
        ("a:70000", "65535"),
        ("a:", "65535"),
    ]);
    assert_eq!("ecommerce-sales".parse::<Topic>().unwrap().as_str(), "ecommerce-sales");
    refuses::<Topic>(&[("", "249"), ("a b", "249"), ("..", "249"), ("käse", "249")]);
}

#[test]
fn properties_are_read_and_never_shown() {
    let property = Property::parse("sasl.password = a=b ").unwrap();
    assert_eq!((property.name.as_str(), property.value.as_str()), ("sasl.password", "a=b"));
    assert!(!format!("{property:?}").contains("a=b"));
    for text in ["sasl.password hunter2", "sasl.password:hunter2", "=hunter2"] {
        let message = Property::parse(text).unwrap_err().to_string();
        assert!(!message.contains("hunter2"), "{message}");
    }
}

#[test]
fn a_java_properties_file_is_read() {
    let text = "# comment\n! comment\n\nacks=all\nlinger.ms : 20\nsasl.password=p\\=a\\\\b#c\nssl.ca.location=/a\\\n   /b\nempty=\n";
    let read: Vec<_> = parse_properties(text)
        .unwrap()
        .into_iter()
        .map(|entry| (entry.name, entry.value))
        .collect();
    let expected = [
        ("acks", "all"),
        ("linger.ms", "20"),
        ("sasl.password", "p=a\\b#c"),
        ("ssl.ca.location", "/a/b"),
        ("empty", ""),
    ];
    assert_eq!(read, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    assert_eq!(parse_properties("acks=all\nnonsense").unwrap_err().line, 2);
}

#[test]
fn a_file_gives_strings_or_bare_numbers() {
    let json = serde_json::json!([50, 0.1, "2/m"]);
    let rates: Vec<Rate> = serde_json::from_value(json).unwrap();
    assert_eq!(rates.iter().map(Rate::to_string).collect::<Vec<_>>(), ["50/h", "0.1/h", "120/h"]);
    assert_eq!(serde_json::to_string(&rates[0]).unwrap(), "\"50/h\"");
    let refused = serde_json::from_str::<Shard>("\"3/2\"").unwrap_err().to_string();
    assert!(refused.contains("from 0 to 1"), "{refused}");
}
