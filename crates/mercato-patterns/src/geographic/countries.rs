//! The countries of ISO 3166 with their currencies of ISO 4217, as of January 2026.
//!
//! All are here but the places where nobody lives: AQ, BV, GS, HM, IO, TF and UM.
//! Names are those of everyday English.
//! The continent of a country that lies on two is where most of its people are for Russia (Europe),
//! and the United Nations' choice else (Türkiye, Georgia, Kazakhstan: Asia), but Cyprus is Europe
//! with the European Union.

use Continent::{Africa, Asia, Europe, NorthAmerica, Oceania, SouthAmerica};

use super::{Continent, Region};

/// A country or territory with an ISO 3166 code of its own.
#[derive(Debug, PartialEq, Eq)]
pub struct Country {
    alpha2: &'static str,
    alpha3: &'static str,
    currency: &'static str,
    continent: Continent,
    name: &'static str,
}

impl Country {
    /// All countries in order of their two-letter codes.
    pub fn all() -> &'static [Self] {
        &COUNTRIES
    }

    /// The country of an ISO 3166-1 alpha-2 code in capitals, such as `GB`.
    pub fn by_alpha2(code: &str) -> Option<&'static Self> {
        let index = COUNTRIES.binary_search_by(|country| country.alpha2.cmp(code)).ok()?;
        COUNTRIES.get(index)
    }

    /// The ISO 3166-1 alpha-2 code, such as `GB`.
    pub fn alpha2(&self) -> &'static str {
        self.alpha2
    }

    /// The ISO 3166-1 alpha-3 code, such as `GBR`.
    pub fn alpha3(&self) -> &'static str {
        self.alpha3
    }

    /// The ISO 4217 code of the currency in which shops there name prices, such as `GBP`.
    pub fn currency(&self) -> &'static str {
        self.currency
    }

    /// The continent.
    pub fn continent(&self) -> Continent {
        self.continent
    }

    /// The sales region.
    pub fn region(&self) -> Region {
        self.continent.region()
    }

    /// The everyday English name.
    pub fn name(&self) -> &'static str {
        self.name
    }
}

const fn row(
    alpha2: &'static str,
    alpha3: &'static str,
    currency: &'static str,
    continent: Continent,
    name: &'static str,
) -> Country {
    Country { alpha2, alpha3, currency, continent, name }
}

/// By alpha-2 code, so that a binary search finds a row.
static COUNTRIES: [Country; 242] = [
    row("AD", "AND", "EUR", Europe, "Andorra"),
    row("AE", "ARE", "AED", Asia, "United Arab Emirates"),
    row("AF", "AFG", "AFN", Asia, "Afghanistan"),
    row("AG", "ATG", "XCD", NorthAmerica, "Antigua and Barbuda"),
    row("AI", "AIA", "XCD", NorthAmerica, "Anguilla"),
    row("AL", "ALB", "ALL", Europe, "Albania"),
    row("AM", "ARM", "AMD", Asia, "Armenia"),
    row("AO", "AGO", "AOA", Africa, "Angola"),
    row("AR", "ARG", "ARS", SouthAmerica, "Argentina"),
    row("AS", "ASM", "USD", Oceania, "American Samoa"),
    row("AT", "AUT", "EUR", Europe, "Austria"),
    row("AU", "AUS", "AUD", Oceania, "Australia"),
    row("AW", "ABW", "AWG", NorthAmerica, "Aruba"),
    row("AX", "ALA", "EUR", Europe, "Åland Islands"),
    row("AZ", "AZE", "AZN", Asia, "Azerbaijan"),
    row("BA", "BIH", "BAM", Europe, "Bosnia and Herzegovina"),
    row("BB", "BRB", "BBD", NorthAmerica, "Barbados"),
    row("BD", "BGD", "BDT", Asia, "Bangladesh"),
    row("BE", "BEL", "EUR", Europe, "Belgium"),
    row("BF", "BFA", "XOF", Africa, "Burkina Faso"),
    row("BG", "BGR", "EUR", Europe, "Bulgaria"),
    row("BH", "BHR", "BHD", Asia, "Bahrain"),
    row("BI", "BDI", "BIF", Africa, "Burundi"),
    row("BJ", "BEN", "XOF", Africa, "Benin"),
    row("BL", "BLM", "EUR", NorthAmerica, "Saint Barthélemy"),
    row("BM", "BMU", "BMD", NorthAmerica, "Bermuda"),
    row("BN", "BRN", "BND", Asia, "Brunei"),
    row("BO", "BOL", "BOB", SouthAmerica, "Bolivia"),
    row("BQ", "BES", "USD", NorthAmerica, "Bonaire, Sint Eustatius and Saba"),
    row("BR", "BRA", "BRL", SouthAmerica, "Brazil"),
    row("BS", "BHS", "BSD", NorthAmerica, "Bahamas"),
    row("BT", "BTN", "BTN", Asia, "Bhutan"),
    row("BW", "BWA", "BWP", Africa, "Botswana"),
    row("BY", "BLR", "BYN", Europe, "Belarus"),
    row("BZ", "BLZ", "BZD", NorthAmerica, "Belize"),
    row("CA", "CAN", "CAD", NorthAmerica, "Canada"),
    row("CC", "CCK", "AUD", Asia, "Cocos (Keeling) Islands"),
    row("CD", "COD", "CDF", Africa, "Congo (Kinshasa)"),
    row("CF", "CAF", "XAF", Africa, "Central African Republic"),
    row("CG", "COG", "XAF", Africa, "Congo (Brazzaville)"),
    row("CH", "CHE", "CHF", Europe, "Switzerland"),
    row("CI", "CIV", "XOF", Africa, "Côte d'Ivoire"),
    row("CK", "COK", "NZD", Oceania, "Cook Islands"),
    row("CL", "CHL", "CLP", SouthAmerica, "Chile"),
    row("CM", "CMR", "XAF", Africa, "Cameroon"),
    row("CN", "CHN", "CNY", Asia, "China"),
    row("CO", "COL", "COP", SouthAmerica, "Colombia"),
    row("CR", "CRI", "CRC", NorthAmerica, "Costa Rica"),
    row("CU", "CUB", "CUP", NorthAmerica, "Cuba"),
    row("CV", "CPV", "CVE", Africa, "Cabo Verde"),
    row("CW", "CUW", "XCG", NorthAmerica, "Curaçao"),
    row("CX", "CXR", "AUD", Asia, "Christmas Island"),
    row("CY", "CYP", "EUR", Europe, "Cyprus"),
    row("CZ", "CZE", "CZK", Europe, "Czechia"),
    row("DE", "DEU", "EUR", Europe, "Germany"),
    row("DJ", "DJI", "DJF", Africa, "Djibouti"),
    row("DK", "DNK", "DKK", Europe, "Denmark"),
    row("DM", "DMA", "XCD", NorthAmerica, "Dominica"),
    row("DO", "DOM", "DOP", NorthAmerica, "Dominican Republic"),
    row("DZ", "DZA", "DZD", Africa, "Algeria"),
    row("EC", "ECU", "USD", SouthAmerica, "Ecuador"),
    row("EE", "EST", "EUR", Europe, "Estonia"),
    row("EG", "EGY", "EGP", Africa, "Egypt"),
    row("EH", "ESH", "MAD", Africa, "Western Sahara"),
    row("ER", "ERI", "ERN", Africa, "Eritrea"),
    row("ES", "ESP", "EUR", Europe, "Spain"),
    row("ET", "ETH", "ETB", Africa, "Ethiopia"),
    row("FI", "FIN", "EUR", Europe, "Finland"),
    row("FJ", "FJI", "FJD", Oceania, "Fiji"),
    row("FK", "FLK", "FKP", SouthAmerica, "Falkland Islands"),
    row("FM", "FSM", "USD", Oceania, "Micronesia"),
    row("FO", "FRO", "DKK", Europe, "Faroe Islands"),
    row("FR", "FRA", "EUR", Europe, "France"),
    row("GA", "GAB", "XAF", Africa, "Gabon"),
    row("GB", "GBR", "GBP", Europe, "United Kingdom"),
    row("GD", "GRD", "XCD", NorthAmerica, "Grenada"),
    row("GE", "GEO", "GEL", Asia, "Georgia"),
    row("GF", "GUF", "EUR", SouthAmerica, "French Guiana"),
    row("GG", "GGY", "GBP", Europe, "Guernsey"),
    row("GH", "GHA", "GHS", Africa, "Ghana"),
    row("GI", "GIB", "GIP", Europe, "Gibraltar"),
    row("GL", "GRL", "DKK", NorthAmerica, "Greenland"),
    row("GM", "GMB", "GMD", Africa, "Gambia"),
    row("GN", "GIN", "GNF", Africa, "Guinea"),
    row("GP", "GLP", "EUR", NorthAmerica, "Guadeloupe"),
    row("GQ", "GNQ", "XAF", Africa, "Equatorial Guinea"),
    row("GR", "GRC", "EUR", Europe, "Greece"),
    row("GT", "GTM", "GTQ", NorthAmerica, "Guatemala"),
    row("GU", "GUM", "USD", Oceania, "Guam"),
    row("GW", "GNB", "XOF", Africa, "Guinea-Bissau"),
    row("GY", "GUY", "GYD", SouthAmerica, "Guyana"),
    row("HK", "HKG", "HKD", Asia, "Hong Kong"),
    row("HN", "HND", "HNL", NorthAmerica, "Honduras"),
    row("HR", "HRV", "EUR", Europe, "Croatia"),
    row("HT", "HTI", "HTG", NorthAmerica, "Haiti"),
    row("HU", "HUN", "HUF", Europe, "Hungary"),
    row("ID", "IDN", "IDR", Asia, "Indonesia"),
    row("IE", "IRL", "EUR", Europe, "Ireland"),
    row("IL", "ISR", "ILS", Asia, "Israel"),
    row("IM", "IMN", "GBP", Europe, "Isle of Man"),
    row("IN", "IND", "INR", Asia, "India"),
    row("IQ", "IRQ", "IQD", Asia, "Iraq"),
    row("IR", "IRN", "IRR", Asia, "Iran"),
    row("IS", "ISL", "ISK", Europe, "Iceland"),
    row("IT", "ITA", "EUR", Europe, "Italy"),
    row("JE", "JEY", "GBP", Europe, "Jersey"),
    row("JM", "JAM", "JMD", NorthAmerica, "Jamaica"),
    row("JO", "JOR", "JOD", Asia, "Jordan"),
    row("JP", "JPN", "JPY", Asia, "Japan"),
    row("KE", "KEN", "KES", Africa, "Kenya"),
    row("KG", "KGZ", "KGS", Asia, "Kyrgyzstan"),
    row("KH", "KHM", "KHR", Asia, "Cambodia"),
    row("KI", "KIR", "AUD", Oceania, "Kiribati"),
    row("KM", "COM", "KMF", Africa, "Comoros"),
    row("KN", "KNA", "XCD", NorthAmerica, "Saint Kitts and Nevis"),
    row("KP", "PRK", "KPW", Asia, "North Korea"),
    row("KR", "KOR", "KRW", Asia, "South Korea"),
    row("KW", "KWT", "KWD", Asia, "Kuwait"),
    row("KY", "CYM", "KYD", NorthAmerica, "Cayman Islands"),
    row("KZ", "KAZ", "KZT", Asia, "Kazakhstan"),
    row("LA", "LAO", "LAK", Asia, "Laos"),
    row("LB", "LBN", "LBP", Asia, "Lebanon"),
    row("LC", "LCA", "XCD", NorthAmerica, "Saint Lucia"),
    row("LI", "LIE", "CHF", Europe, "Liechtenstein"),
    row("LK", "LKA", "LKR", Asia, "Sri Lanka"),
    row("LR", "LBR", "LRD", Africa, "Liberia"),
    row("LS", "LSO", "LSL", Africa, "Lesotho"),
    row("LT", "LTU", "EUR", Europe, "Lithuania"),
    row("LU", "LUX", "EUR", Europe, "Luxembourg"),
    row("LV", "LVA", "EUR", Europe, "Latvia"),
    row("LY", "LBY", "LYD", Africa, "Libya"),
    row("MA", "MAR", "MAD", Africa, "Morocco"),
    row("MC", "MCO", "EUR", Europe, "Monaco"),
    row("MD", "MDA", "MDL", Europe, "Moldova"),
    row("ME", "MNE", "EUR", Europe, "Montenegro"),
    row("MF", "MAF", "EUR", NorthAmerica, "Saint Martin"),
    row("MG", "MDG", "MGA", Africa, "Madagascar"),
    row("MH", "MHL", "USD", Oceania, "Marshall Islands"),
    row("MK", "MKD", "MKD", Europe, "North Macedonia"),
    row("ML", "MLI", "XOF", Africa, "Mali"),
    row("MM", "MMR", "MMK", Asia, "Myanmar"),
    row("MN", "MNG", "MNT", Asia, "Mongolia"),
    row("MO", "MAC", "MOP", Asia, "Macao"),
    row("MP", "MNP", "USD", Oceania, "Northern Mariana Islands"),
    row("MQ", "MTQ", "EUR", NorthAmerica, "Martinique"),
    row("MR", "MRT", "MRU", Africa, "Mauritania"),
    row("MS", "MSR", "XCD", NorthAmerica, "Montserrat"),
    row("MT", "MLT", "EUR", Europe, "Malta"),
    row("MU", "MUS", "MUR", Africa, "Mauritius"),
    row("MV", "MDV", "MVR", Asia, "Maldives"),
    row("MW", "MWI", "MWK", Africa, "Malawi"),
    row("MX", "MEX", "MXN", NorthAmerica, "Mexico"),
    row("MY", "MYS", "MYR", Asia, "Malaysia"),
    row("MZ", "MOZ", "MZN", Africa, "Mozambique"),
    row("NA", "NAM", "NAD", Africa, "Namibia"),
    row("NC", "NCL", "XPF", Oceania, "New Caledonia"),
    row("NE", "NER", "XOF", Africa, "Niger"),
    row("NF", "NFK", "AUD", Oceania, "Norfolk Island"),
    row("NG", "NGA", "NGN", Africa, "Nigeria"),
    row("NI", "NIC", "NIO", NorthAmerica, "Nicaragua"),
    row("NL", "NLD", "EUR", Europe, "Netherlands"),
    row("NO", "NOR", "NOK", Europe, "Norway"),
    row("NP", "NPL", "NPR", Asia, "Nepal"),
    row("NR", "NRU", "AUD", Oceania, "Nauru"),
    row("NU", "NIU", "NZD", Oceania, "Niue"),
    row("NZ", "NZL", "NZD", Oceania, "New Zealand"),
    row("OM", "OMN", "OMR", Asia, "Oman"),
    row("PA", "PAN", "PAB", NorthAmerica, "Panama"),
    row("PE", "PER", "PEN", SouthAmerica, "Peru"),
    row("PF", "PYF", "XPF", Oceania, "French Polynesia"),
    row("PG", "PNG", "PGK", Oceania, "Papua New Guinea"),
    row("PH", "PHL", "PHP", Asia, "Philippines"),
    row("PK", "PAK", "PKR", Asia, "Pakistan"),
    row("PL", "POL", "PLN", Europe, "Poland"),
    row("PM", "SPM", "EUR", NorthAmerica, "Saint Pierre and Miquelon"),
    row("PN", "PCN", "NZD", Oceania, "Pitcairn"),
    row("PR", "PRI", "USD", NorthAmerica, "Puerto Rico"),
    row("PS", "PSE", "ILS", Asia, "Palestine"),
    row("PT", "PRT", "EUR", Europe, "Portugal"),
    row("PW", "PLW", "USD", Oceania, "Palau"),
    row("PY", "PRY", "PYG", SouthAmerica, "Paraguay"),
    row("QA", "QAT", "QAR", Asia, "Qatar"),
    row("RE", "REU", "EUR", Africa, "Réunion"),
    row("RO", "ROU", "RON", Europe, "Romania"),
    row("RS", "SRB", "RSD", Europe, "Serbia"),
    row("RU", "RUS", "RUB", Europe, "Russia"),
    row("RW", "RWA", "RWF", Africa, "Rwanda"),
    row("SA", "SAU", "SAR", Asia, "Saudi Arabia"),
    row("SB", "SLB", "SBD", Oceania, "Solomon Islands"),
    row("SC", "SYC", "SCR", Africa, "Seychelles"),
    row("SD", "SDN", "SDG", Africa, "Sudan"),
    row("SE", "SWE", "SEK", Europe, "Sweden"),
    row("SG", "SGP", "SGD", Asia, "Singapore"),
    row("SH", "SHN", "SHP", Africa, "Saint Helena, Ascension and Tristan da Cunha"),
    row("SI", "SVN", "EUR", Europe, "Slovenia"),
    row("SJ", "SJM", "NOK", Europe, "Svalbard and Jan Mayen"),
    row("SK", "SVK", "EUR", Europe, "Slovakia"),
    row("SL", "SLE", "SLE", Africa, "Sierra Leone"),
    row("SM", "SMR", "EUR", Europe, "San Marino"),
    row("SN", "SEN", "XOF", Africa, "Senegal"),
    row("SO", "SOM", "SOS", Africa, "Somalia"),
    row("SR", "SUR", "SRD", SouthAmerica, "Suriname"),
    row("SS", "SSD", "SSP", Africa, "South Sudan"),
    row("ST", "STP", "STN", Africa, "São Tomé and Príncipe"),
    row("SV", "SLV", "USD", NorthAmerica, "El Salvador"),
    row("SX", "SXM", "XCG", NorthAmerica, "Sint Maarten"),
    row("SY", "SYR", "SYP", Asia, "Syria"),
    row("SZ", "SWZ", "SZL", Africa, "Eswatini"),
    row("TC", "TCA", "USD", NorthAmerica, "Turks and Caicos Islands"),
    row("TD", "TCD", "XAF", Africa, "Chad"),
    row("TG", "TGO", "XOF", Africa, "Togo"),
    row("TH", "THA", "THB", Asia, "Thailand"),
    row("TJ", "TJK", "TJS", Asia, "Tajikistan"),
    row("TK", "TKL", "NZD", Oceania, "Tokelau"),
    row("TL", "TLS", "USD", Asia, "Timor-Leste"),
    row("TM", "TKM", "TMT", Asia, "Turkmenistan"),
    row("TN", "TUN", "TND", Africa, "Tunisia"),
    row("TO", "TON", "TOP", Oceania, "Tonga"),
    row("TR", "TUR", "TRY", Asia, "Türkiye"),
    row("TT", "TTO", "TTD", NorthAmerica, "Trinidad and Tobago"),
    row("TV", "TUV", "AUD", Oceania, "Tuvalu"),
    row("TW", "TWN", "TWD", Asia, "Taiwan"),
    row("TZ", "TZA", "TZS", Africa, "Tanzania"),
    row("UA", "UKR", "UAH", Europe, "Ukraine"),
    row("UG", "UGA", "UGX", Africa, "Uganda"),
    row("US", "USA", "USD", NorthAmerica, "United States"),
    row("UY", "URY", "UYU", SouthAmerica, "Uruguay"),
    row("UZ", "UZB", "UZS", Asia, "Uzbekistan"),
    row("VA", "VAT", "EUR", Europe, "Vatican City"),
    row("VC", "VCT", "XCD", NorthAmerica, "Saint Vincent and the Grenadines"),
    row("VE", "VEN", "VES", SouthAmerica, "Venezuela"),
    row("VG", "VGB", "USD", NorthAmerica, "British Virgin Islands"),
    row("VI", "VIR", "USD", NorthAmerica, "U.S. Virgin Islands"),
    row("VN", "VNM", "VND", Asia, "Viet Nam"),
    row("VU", "VUT", "VUV", Oceania, "Vanuatu"),
    row("WF", "WLF", "XPF", Oceania, "Wallis and Futuna"),
    row("WS", "WSM", "WST", Oceania, "Samoa"),
    row("YE", "YEM", "YER", Asia, "Yemen"),
    row("YT", "MYT", "EUR", Africa, "Mayotte"),
    row("ZA", "ZAF", "ZAR", Africa, "South Africa"),
    row("ZM", "ZMB", "ZMW", Africa, "Zambia"),
    row("ZW", "ZWE", "ZWG", Africa, "Zimbabwe"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_well_formed_unique_and_sorted() {
        assert!(COUNTRIES.windows(2).all(|pair| pair[0].alpha2 < pair[1].alpha2));
        let mut alpha3: Vec<&str> = COUNTRIES.iter().map(|country| country.alpha3).collect();
        alpha3.sort_unstable();
        alpha3.dedup();
        assert_eq!(alpha3.len(), COUNTRIES.len());
        let capitals = |code: &str| code.bytes().all(|byte| byte.is_ascii_uppercase());
        for country in &COUNTRIES {
            assert!(
                [2, 3, 3] == [country.alpha2, country.alpha3, country.currency].map(str::len),
                "{country:?}"
            );
            assert!(
                capitals(country.alpha2) && capitals(country.alpha3) && capitals(country.currency),
                "{country:?}"
            );
        }
    }

    #[test]
    fn a_country_is_found_by_its_code_alone() {
        assert_eq!(Country::by_alpha2("GB").map(Country::alpha3), Some("GBR"));
        assert_eq!(Country::by_alpha2("CH").map(Country::currency), Some("CHF"));
        assert_eq!(Country::by_alpha2("UK"), None);
        assert_eq!(Country::by_alpha2("gb"), None);
    }
}
