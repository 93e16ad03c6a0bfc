//! Results of pipelines against answers.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::io::Cursor;

use mercato_truth::result::{
    Answer, AnswerError, Columns, Comparison, Mode, ResultReport, RowError, Tolerance, Verdict,
};
use mercato_truth::{Documents, Lines};
use proptest::prelude::*;

const ANSWER: &str = r#"{"window_start":"2025-11-09T00:00:00.000Z","window_end":"2025-11-09T00:01:00.000Z","status":"paid","count":3,"sum(total)":12.5}
{"window_start":"2025-11-09T00:00:00.000Z","window_end":"2025-11-09T00:01:00.000Z","status":null,"count":1,"sum(total)":null}
{"window_start":"2025-11-09T00:02:00.000Z","window_end":"2025-11-09T00:03:00.000Z","status":"paid","count":1,"sum(total)":7.0}
"#;

/// The same as a database would print it.
const RIGHT: &str = "status,count,sum(total),window_start,window_end,extra
,1,,2025-11-09 00:00:00,2025-11-09 00:01:00,x
paid,1,7.00,2025-11-09 00:02:00,2025-11-09 00:03:00,x
paid,3,12.50,2025-11-09 00:00:00,2025-11-09 00:01:00,x
";

fn documents(text: &str) -> Documents {
    let is_csv = !text.starts_with('{');
    Documents::new(Lines::new("result", Cursor::new(text.to_owned())).unwrap(), is_csv)
}

fn answer(text: &str, keys: &[&str]) -> Result<Answer, AnswerError> {
    let keys: Vec<String> = keys.iter().map(ToString::to_string).collect();
    Answer::read(documents(text), &keys)
}

fn compared(
    answer: &Answer,
    result: &str,
    columns: Columns,
    mode: Mode,
    tolerance: &str,
) -> Result<ResultReport, RowError> {
    let tolerance: Tolerance = tolerance.parse().unwrap();
    let mut comparison = Comparison::new(answer, columns, mode, tolerance, 20)?;
    let mut rows = documents(result);
    while let Some((line, row)) = rows.read().unwrap() {
        comparison.add(&format_args!("result:{line}"), row)?;
    }
    Ok(comparison.report())
}

fn verdict(result: &str) -> ResultReport {
    compared(&answer(ANSWER, &[]).unwrap(), result, Columns::default(), Mode::Append, "0").unwrap()
}

#[test]
fn a_right_result_is_right_however_it_is_spelled_and_ordered() {
    let report = verdict(RIGHT);
    assert!(report.is_clean(), "{report}");
    assert_eq!((report.expected, report.actual, report.matching), (3, 3, 3));
    assert!(verdict(ANSWER).is_clean());
}

#[test]
fn each_mistake_has_its_verdict_its_group_and_its_place() {
    let lines: Vec<&str> = RIGHT.lines().collect();
    let told = |lines: &[&str]| {
        let report = verdict(&(lines.join("\n") + "\n"));
        assert!(!report.is_clean());
        let [difference] = &report.differences[..] else { panic!("{report}") };
        (difference.verdict, difference.to_string())
    };
    let (of, text) = told(&lines[..3]);
    assert_eq!(of, Verdict::Missing);
    assert!(
        text.contains("window_start=2025-11-09T00:00:00Z") && text.contains("status=paid"),
        "{text}"
    );
    let wrong = lines[2].replace("7.00", "7.01");
    let (of, text) = told(&[lines[0], lines[1], &wrong, lines[3]]);
    assert_eq!(of, Verdict::Value);
    assert!(text.ends_with("sum(total) is 7.01 instead of 7 (+0.01), at result:3"), "{text}");
    let (of, text) = told(&[lines[0], lines[1], lines[2], lines[3], lines[3]]);
    assert!(of == Verdict::Extra && text.ends_with("at result:5"), "{text}");
    let other = lines[3].replace("paid", "open");
    assert_eq!(told(&[lines[0], lines[1], lines[2], lines[3], &other]).0, Verdict::Extra);
    let elsewhere = lines[3].replace("00:00:00", "00:01:00");
    assert_eq!(
        told(&[lines[0], lines[1], lines[2], lines[3], &elsewhere]).0,
        Verdict::SpuriousWindow
    );
}

#[test]
fn an_upsert_result_is_its_last_rows_and_a_retract_result_what_is_left() {
    let answer =
        answer("{\"user\":\"a\",\"count\":2}\n{\"user\":\"b\",\"count\":1}\n", &[]).unwrap();
    let of = |text: &str, mode| compared(&answer, text, Columns::default(), mode, "0").unwrap();
    let changes = "{\"user\":\"a\",\"count\":1}\n{\"user\":\"b\",\"count\":1}\n{\"user\":\"a\",\"count\":2}\n";
    assert!(of(changes, Mode::Upsert).is_clean());
    assert_eq!(of(changes, Mode::Append).count(Verdict::Extra), 1);
    let retracted = "{\"op\":\"+I\",\"user\":\"a\",\"count\":1}\n{\"op\":\"-U\",\"user\":\"a\",\"count\":1}\n\
        {\"op\":\"+U\",\"user\":\"a\",\"count\":2}\n{\"op\":\"+I\",\"user\":\"b\",\"count\":1}\n\
        {\"op\":\"+I\",\"user\":\"c\",\"count\":9}\n{\"op\":\"-D\",\"user\":\"c\",\"count\":9}\n";
    assert!(of(retracted, Mode::Retract).is_clean());
    // A row that was added twice is there once too often until it is taken back once.
    let again = format!("{retracted}{{\"op\":\"+I\",\"user\":\"a\",\"count\":2}}\n");
    assert_eq!(of(&again, Mode::Retract).count(Verdict::Extra), 1);
    let back = format!("{again}{{\"op\":\"-D\",\"user\":\"a\",\"count\":2}}\n");
    assert!(of(&back, Mode::Retract).is_clean());
    let unknown = format!("{retracted}{{\"op\":\"-D\",\"user\":\"a\",\"count\":7}}\n");
    let refused = compared(&answer, &unknown, Columns::default(), Mode::Retract, "0").unwrap_err();
    assert!(refused.to_string().contains("not there: user=a"), "{refused}");
    let refused = compared(&answer, changes, Columns::default(), Mode::Retract, "0").unwrap_err();
    assert!(refused.to_string().contains("+I, -U, +U and -D"), "{refused}");
}

#[test]
fn a_tolerance_is_for_numbers_only() {
    let of_answer = answer("{\"user\":\"a\",\"avg(total)\":1.333}\n", &[]).unwrap();
    let of = |found: &str, tolerance| {
        let row = format!("{{\"user\":\"a\",\"avg(total)\":{found}}}\n");
        compared(&of_answer, &row, Columns::default(), Mode::Append, tolerance).unwrap().is_clean()
    };
    assert!(of("1.3333333", "0.001") && of("1.334", "0.001") && !of("1.3341", "0.001"));
    assert!(!of("1.3333333", "0") && !of("null", "10") && !of("\"x\"", "10"));
    for text in ["-1", "", "x", "NaN"] {
        assert!(text.parse::<Tolerance>().is_err(), "{text}");
    }
}

#[test]
fn columns_may_have_other_names_and_one_that_lacks_is_named() {
    let result = "who,n\na,2\n";
    let of_answer = answer("{\"user\":\"a\",\"count\":2}\n", &[]).unwrap();
    let renamed = |pairs: &[(&str, &str)]| {
        Columns::new(pairs.iter().map(|(one, other)| (one.to_string(), other.to_string())))
    };
    let columns = renamed(&[("user", "who"), ("count", "n")]);
    assert!(compared(&of_answer, result, columns, Mode::Append, "0").unwrap().is_clean());
    let refused =
        |columns| compared(&of_answer, result, columns, Mode::Append, "0").unwrap_err().to_string();
    assert_eq!(
        refused(renamed(&[("user", "who")])),
        "result:2 has no column `count`: it has who, n"
    );
    assert!(refused(renamed(&[("users", "who")])).contains("the answer has no column `users`"));
}

#[test]
fn epochs_in_cells_lists_and_repeated_names_are_what_they_are() {
    let epochs = RIGHT
        .replace("2025-11-09 00:00:00", "1762646400")
        .replace("2025-11-09 00:01:00", "1762646460000")
        .replace("2025-11-09 00:02:00", "1762646520.0")
        .replace("2025-11-09 00:03:00", "1762646580000000");
    assert!(verdict(&epochs).is_clean(), "{}", verdict(&epochs));
    let of_answer =
        answer("{\"user\":\"a\",\"top(2, x)\":[{\"value\":\"b\",\"count\":2}]}\n", &[]).unwrap();
    let of = |row: &str| compared(&of_answer, row, Columns::default(), Mode::Append, "0");
    let other = "{\"user\":\"a\",\"top(2, x)\":[ {\"count\": 2.0, \"value\":\"b\"} ]}\n";
    assert!(of(other).unwrap().is_clean());
    let cell = "user,\"top(2, x)\"\na,\"[{\"\"count\"\":2,\"\"value\"\":\"\"b\"\"}]\"\n";
    assert!(of(cell).unwrap().is_clean());
    assert!(!of(&other.replace("\"b\"", "\"c\"")).unwrap().is_clean());
    let twice = "{\"user\":\"a\",\"top(2, x)\":[],\"user\":\"b\"}\n";
    assert!(of(twice).unwrap_err().to_string().contains("the column `user` twice"));
}

#[test]
fn an_answer_that_cannot_be_compared_with_is_refused() {
    let refused = |text: &str, keys: &[&str]| answer(text, keys).unwrap_err().to_string();
    assert!(refused("{\"user\":\"a\"}\n", &[]).contains("no column of values"));
    assert!(answer("{\"user\":\"a\",\"name\":\"A\"}\n", &["user"]).is_ok());
    assert!(refused("{\"user\":\"a\",\"count\":1}\n", &["usr"]).contains("no column `usr`"));
    let twice = "{\"user\":\"a\",\"count\":1}\n{\"user\":\"a\",\"count\":2}\n";
    assert!(refused(twice, &[]).contains("same group"));
    assert!(
        refused("{\"user\":\"a\",\"count\":1}\n{\"user\":\"b\"}\n", &[]).contains(":2 is no row")
    );
    assert!(refused("{\"user\":\"a\",\"count\":1}\n7\n", &[]).contains(":2 is no row"));
}

#[test]
fn the_report_is_well_formed_for_ci() {
    let report = verdict(&RIGHT.replace("paid,3,12.50", "a<&\">b,3,12.50"));
    let xml = report.junit("result");
    assert!(xml.contains(r#"tests="4" failures="2""#), "{xml}");
    assert!(xml.contains("a&lt;&amp;&quot;&gt;b") && !xml.contains("a<&"), "{xml}");
    assert_eq!(verdict(RIGHT).junit("result").matches("<failure").count(), 0);
}

proptest! {
    /// One changed value is found in any table, and nothing else.
    #[test]
    fn one_changed_value_is_one_difference(
        counts in prop::collection::vec(0u32..1000, 1..40),
        chosen in any::<prop::sample::Index>(),
        by in 1u32..5,
    ) {
        let rows = |counts: &[u32]| -> String {
            let row = |(user, count): (usize, &u32)| format!("{{\"user\":\"u{user}\",\"count\":{count}}}\n");
            counts.iter().enumerate().map(row).collect()
        };
        let of_answer = answer(&rows(&counts), &[]).unwrap();
        let of = |counts: &[u32]| compared(&of_answer, &rows(counts), Columns::default(), Mode::Append, "0").unwrap();
        prop_assert!(of(&counts).is_clean());
        let mut changed = counts.clone();
        *chosen.get_mut(&mut changed) += by;
        let report = of(&changed);
        prop_assert_eq!(report.count(Verdict::Value), 1);
        prop_assert_eq!(report.matching, counts.len() as u64 - 1);
        let far = by.to_string();
        prop_assert_eq!(report.differences[0].difference.as_deref(), Some(far.as_str()));
    }
}
