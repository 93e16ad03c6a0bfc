//! The tax on a sum, by place.

use mercato_schema::Money;

/// Standard rates of value added, goods and services or sales tax, in tenths of a per cent, as
/// published by the tax authorities for 2025; for the United States, where rates are the states',
/// the document's 8 %.
/// Countries that are not listed have the document's rate too.
const TENTHS: [(&str, u64); 69] = [
    ("AE", 50),
    ("AR", 210),
    ("AT", 200),
    ("AU", 100),
    ("BD", 150),
    ("BE", 210),
    ("BG", 200),
    ("BR", 170),
    ("CA", 130),
    ("CH", 81),
    ("CL", 190),
    ("CN", 130),
    ("CO", 190),
    ("CR", 130),
    ("CZ", 210),
    ("DE", 190),
    ("DK", 250),
    ("DO", 180),
    ("DZ", 190),
    ("EC", 150),
    ("EE", 220),
    ("EG", 140),
    ("ES", 210),
    ("FI", 255),
    ("FR", 200),
    ("GB", 200),
    ("GH", 150),
    ("GR", 240),
    ("GT", 120),
    ("HK", 0),
    ("HR", 250),
    ("HU", 270),
    ("ID", 110),
    ("IE", 230),
    ("IL", 180),
    ("IN", 180),
    ("IT", 220),
    ("JP", 100),
    ("KE", 160),
    ("KR", 100),
    ("KZ", 120),
    ("LK", 180),
    ("LT", 210),
    ("LV", 210),
    ("MA", 200),
    ("MX", 160),
    ("MY", 100),
    ("NG", 75),
    ("NL", 210),
    ("NO", 250),
    ("NZ", 150),
    ("PA", 70),
    ("PE", 180),
    ("PH", 120),
    ("PK", 180),
    ("PL", 230),
    ("PT", 230),
    ("RO", 190),
    ("RS", 200),
    ("RU", 200),
    ("SA", 150),
    ("SE", 250),
    ("SG", 90),
    ("TH", 70),
    ("TR", 200),
    ("TW", 50),
    ("UA", 200),
    ("VN", 100),
    ("ZA", 150),
];

/// The document's example: 8 %.
const DOCUMENTED: u64 = 80;

/// The rate of a country in tenths of a per cent.
pub(super) fn tenths(country: &str) -> u64 {
    TENTHS.iter().find(|(code, _)| *code == country).map_or(DOCUMENTED, |(_, tenths)| *tenths)
}

/// A sum with its tax, which is rounded to the cent, halves up.
#[inline]
pub(super) fn with_tax(sum: Money, tenths: u64) -> Money {
    let cents = sum.cents();
    Money::from_cents(cents + (cents * tenths as i64 + 500) / 1_000)
}

#[cfg(test)]
mod tests {
    use mercato_patterns::geographic::Country;

    use super::*;

    #[test]
    fn the_documents_example_is_met() {
        assert_eq!(with_tax(Money::from_cents(29_999), tenths("US")), Money::from_cents(32_399));
        assert_eq!(
            with_tax(Money::from_cents(1_050), 50),
            Money::from_cents(1_103),
            "52.5 cents are 53"
        );
    }

    #[test]
    fn every_listed_country_is_one_and_is_listed_once() {
        assert!(TENTHS.is_sorted_by(|(a, _), (b, _)| a < b));
        let unknown: Vec<_> =
            TENTHS.iter().filter(|(code, _)| Country::by_alpha2(code).is_none()).collect();
        assert!(unknown.is_empty(), "{unknown:?}");
    }
}
