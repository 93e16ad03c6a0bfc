//! Currencies and their decimals, by ISO 4217.

/// The currencies whose amounts have no two decimals, in alphabetical order: ISO 4217, list one,
/// column "minor unit".
const EXCEPTIONS: [(&str, u32); 25] = [
    ("BHD", 3),
    ("BIF", 0),
    ("CLF", 4),
    ("CLP", 0),
    ("DJF", 0),
    ("GNF", 0),
    ("IQD", 3),
    ("ISK", 0),
    ("JOD", 3),
    ("JPY", 0),
    ("KMF", 0),
    ("KRW", 0),
    ("KWD", 3),
    ("LYD", 3),
    ("OMR", 3),
    ("PYG", 0),
    ("RWF", 0),
    ("TND", 3),
    ("UGX", 0),
    ("UYW", 4),
    ("VND", 0),
    ("VUV", 0),
    ("XAF", 0),
    ("XOF", 0),
    ("XPF", 0),
];

/// Returns the number of decimals of amounts in the currency with this ISO 4217 code; two for a code
/// that is not known.
///
/// ```
/// assert_eq!(["EUR", "JPY", "KWD", "CLF"].map(mercato_units::minor_digits), [2, 0, 3, 4]);
/// ```
pub fn minor_digits(code: &str) -> u32 {
    let found = EXCEPTIONS.binary_search_by_key(&code, |(code, _)| *code);
    found.ok().and_then(|place| EXCEPTIONS.get(place)).map_or(2, |(_, digits)| *digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_exception_of_iso_4217_is_found_and_everything_else_has_cents() {
        assert!(EXCEPTIONS.is_sorted_by(|(one, _), (other, _)| one < other));
        for (code, digits) in EXCEPTIONS {
            assert_eq!(minor_digits(code), digits, "{code}");
        }
        for code in ["EUR", "USD", "jpy", "", "XXXX"] {
            assert_eq!(minor_digits(code), 2, "{code}");
        }
    }
}
