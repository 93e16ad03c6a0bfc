//! Why a place cannot be used.

/// Parameters or rows that describe no place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GeographicError {
    /// Coordinates that are not on the globe.
    #[error(
        "latitude {latitude_e4} or longitude {longitude_e4} (in 1e-4 degrees) is outside ±900000 and ±1800000"
    )]
    Coordinates {
        /// Latitude as given, in 1e-4 degrees.
        latitude_e4: i32,
        /// Longitude as given, in 1e-4 degrees.
        longitude_e4: i32,
    },
    /// A scatter too wide for the flat arithmetic it is made with.
    #[error("a scatter of {sigma_metres} metres is out of range (0 to {max})")]
    Sigma {
        /// Standard deviation as given.
        sigma_metres: u32,
        /// Largest allowed one.
        max: u32,
    },
    /// A cell of a table of cities that cannot be read.
    #[error("line {line}: {column} \"{value}\" is not {expected}")]
    Cell {
        /// Line of the text, counted from 1.
        line: usize,
        /// Name of the column.
        column: &'static str,
        /// The cell as given.
        value: String,
        /// The expected form.
        expected: &'static str,
    },
    /// A city that is listed twice.
    #[error("line {line}: duplicate city {city} in the same country and subdivision")]
    Duplicate {
        /// Line of the second row, counted from 1.
        line: usize,
        /// Name of the city.
        city: String,
    },
    /// A table without a city.
    #[error("the table contains no cities")]
    Empty,
}
