//! The findings: for each rule how much was checked, how much of it was wrong, and the first
//! examples.

use std::fmt;
use std::path::PathBuf;

use serde::{Serialize, Serializer};

use super::Rule;

/// Findings by rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RulesReport {
    /// Records that were looked at.
    pub records: u64,
    /// Deletes of a key in a compacted topic, which are no records.
    pub deletes: u64,
    /// The entries among the files that are none, such as a named pipe.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub skipped: Vec<PathBuf>,
    /// The rules, those that nothing was checked of included.
    pub rules: Vec<Finding>,
}

/// The findings of one rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The rule, by its name.
    #[serde(serialize_with = "name")]
    pub rule: Rule,
    /// Its requirement.
    pub meaning: &'static str,
    /// The number of times it was checked.
    pub checked: u64,
    /// The number of times it was not met.
    pub violations: u64,
    /// The first places where.
    pub examples: Vec<Example>,
}

/// A place where a rule is not met.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Example {
    /// File or topic and line or offset: `transactions.ndjson:17`.
    pub place: String,
    /// The value there.
    pub value: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn name<S: Serializer>(rule: &Rule, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(rule.name())
}

impl RulesReport {
    /// Returns true if every rule is met.
    pub fn is_clean(&self) -> bool {
        self.rules.iter().all(|finding| finding.violations == 0)
    }

    /// Returns true if there was nothing to check.
    pub fn is_empty(&self) -> bool {
        self.records == 0 && self.deletes == 0
    }

    /// Violations of all rules.
    pub fn violations(&self) -> u64 {
        self.rules.iter().map(|finding| finding.violations).sum()
    }
}

impl fmt::Display for RulesReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:24} {:>12} {:>12}", "RULE", "CHECKED", "VIOLATIONS")?;
        for Finding { rule, meaning, checked, violations, examples } in &self.rules {
            writeln!(f, "{:24} {checked:>12} {violations:>12}", rule.name())?;
            if *violations > 0 {
                writeln!(f, "    {meaning}")?;
                examples.iter().try_for_each(|Example { place, value }| {
                    writeln!(f, "    {}: {}", tame(place), tame(value))
                })?;
            }
        }
        for path in &self.skipped {
            writeln!(f, "skipped {}: not a regular file", tame(&path.display().to_string()))?;
        }
        write!(f, "{} records, ", self.records)?;
        match self.deletes {
            0 => {}
            1 => write!(f, "1 delete, ")?,
            deletes => write!(f, "{deletes} deletes, ")?,
        }
        match self.violations() {
            0 => write!(f, "no violation"),
            1 => write!(f, "1 violation"),
            violations => write!(f, "{violations} violations"),
        }
    }
}

/// A text without what would move a terminal's cursor or change its colours.
fn tame(text: &str) -> String {
    let tamed = |letter: char| {
        if letter.is_control() { letter.escape_default().to_string() } else { letter.to_string() }
    };
    text.chars().map(tamed).collect()
}

/// Findings while they are made.
#[derive(Debug)]
pub(super) struct Findings {
    records: u64,
    deletes: u64,
    skipped: Vec<PathBuf>,
    rules: Vec<Finding>,
    examples: usize,
}

impl Findings {
    pub(super) fn new(examples: usize) -> Self {
        let finding = |rule: Rule| Finding {
            rule,
            meaning: rule.meaning(),
            checked: 0,
            violations: 0,
            examples: Vec::new(),
        };
        let rules = Rule::ALL.map(finding).into();
        Self { records: 0, deletes: 0, skipped: Vec::new(), rules, examples }
    }

    /// Counts a record.
    pub(super) fn record(&mut self) {
        self.records += 1;
    }

    /// Counts a delete.
    pub(super) fn delete(&mut self) {
        self.deletes += 1;
    }

    /// Notes what was found among the files and is none.
    pub(super) fn skip(&mut self, paths: Vec<PathBuf>) {
        self.skipped.extend(paths);
    }

    /// Notes whether `rule` is met at `place`; if not, `value` says what is there.
    #[inline]
    pub(super) fn judge(
        &mut self,
        rule: Rule,
        place: &dyn fmt::Display,
        is_met: bool,
        value: impl FnOnce() -> String,
    ) {
        let Some(finding) = self.rules.get_mut(rule as usize) else { return };
        finding.checked += 1;
        if !is_met {
            finding.violations += 1;
            if finding.examples.len() < self.examples {
                finding.examples.push(Example { place: place.to_string(), value: value() });
            }
        }
    }

    pub(super) fn report(&self) -> RulesReport {
        RulesReport {
            records: self.records,
            deletes: self.deletes,
            skipped: self.skipped.clone(),
            rules: self.rules.clone(),
        }
    }
}
