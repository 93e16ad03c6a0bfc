//! A report as JUnit's XML, which CI servers show.

use std::fmt::{self, Write as _};

use super::report::{ResultReport, Verdict};

impl ResultReport {
    /// The report as a test suite `name` with a test for each verdict.
    pub fn junit(&self, name: &str) -> String {
        let mut xml = String::new();
        // A String takes everything.
        let _ = self.write_junit(name, &mut xml);
        xml
    }

    fn write_junit(&self, name: &str, xml: &mut String) -> fmt::Result {
        let failures = self.counts.iter().filter(|(_, count)| *count > 0).count();
        let tests = self.counts.len();
        writeln!(xml, r#"<?xml version="1.0" encoding="UTF-8"?>"#)?;
        writeln!(
            xml,
            r#"<testsuites><testsuite name="{}" tests="{tests}" failures="{failures}">"#,
            Escaped(name)
        )?;
        for (verdict, count) in &self.counts {
            let case =
                format!(r#"<testcase classname="{}" name="{}""#, Escaped(name), verdict.name());
            if *count == 0 {
                writeln!(xml, "{case}/>")?;
                continue;
            }
            writeln!(xml, r#"{case}><failure message="{count} rows {}">"#, told(*verdict))?;
            for difference in self.differences.iter().filter(|found| found.verdict == *verdict) {
                writeln!(xml, "{}", Escaped(&difference.to_string()))?;
            }
            writeln!(xml, "</failure></testcase>")?;
        }
        writeln!(xml, "</testsuite></testsuites>")
    }
}

/// A report of a comparison that could not be made, as a test suite `name` with one error.
pub fn junit_error(name: &str, error: &str) -> String {
    let (name, error) = (Escaped(name), Escaped(error));
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <testsuites><testsuite name=\"{name}\" tests=\"1\" failures=\"0\" errors=\"1\">\n\
         <testcase classname=\"{name}\" name=\"comparison\"><error message=\"{error}\"/></testcase>\n\
         </testsuite></testsuites>\n"
    )
}

/// A verdict behind a number of rows.
fn told(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Missing => "are missing",
        Verdict::Extra => "are too many",
        Verdict::SpuriousWindow => "are in windows that should not be there",
        Verdict::Value => "have another value",
    }
}

/// A text inside of XML, without the characters that XML cannot hold.
struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|letter| match letter {
            '&' => f.write_str("&amp;"),
            '<' => f.write_str("&lt;"),
            '>' => f.write_str("&gt;"),
            '"' => f.write_str("&quot;"),
            '\t' | '\n' | '\r' => f.write_char(letter),
            control if control < ' ' || matches!(control, '\u{fffe}' | '\u{ffff}') => {
                f.write_char('\u{fffd}')
            }
            other => f.write_char(other),
        })
    }
}
