//! Laws of positions: where a scatter may and does lie, and how far places are apart.
#![cfg(feature = "geographic")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use mercato_draw::CounterHash;
use mercato_patterns::geographic::{Atlas, GeographicError, Position, Scatter, distance_metres};
use proptest::prelude::*;

const DRAWS: u64 = 200_000;
/// Share of a cloud within 1.1774 standard deviations of its centre (half of a normal one).
const INNER: f64 = 0.4769;

fn any_position() -> impl Strategy<Value = Position> {
    (-900_000..=900_000, -1_800_000..=1_800_000)
        .prop_map(|(north, east)| Position::new(north, east).unwrap())
}

proptest! {
    #[test]
    fn a_scatter_stays_within_its_bound(
        centre in (-700_000..=700_000, -1_800_000..=1_800_000),
        sigma in 0u32..=Scatter::MAX_SIGMA_METRES,
        word in any::<u64>(),
    ) {
        let centre = Position::new(centre.0, centre.1).unwrap();
        let scatter = Scatter::new(sigma).unwrap();
        let distance = distance_metres(centre, scatter.around(centre, word));
        let bound = sigma * 16 / 5;
        // Rounding of both coordinates, and the parallels that draw together towards the pole over
        // sixty kilometres.
        prop_assert!(distance <= bound + bound / 50 + 10, "{distance}");
    }

    #[test]
    fn no_centre_and_no_word_leave_the_globe(centre in any_position(), word in any::<u64>()) {
        let at = Scatter::new(Scatter::MAX_SIGMA_METRES).unwrap().around(centre, word);
        prop_assert!(Position::new(at.latitude_e4(), at.longitude_e4()).is_ok());
    }

    #[test]
    fn distances_are_a_metric(a in any_position(), b in any_position(), c in any_position()) {
        prop_assert_eq!(distance_metres(a, a), 0);
        prop_assert_eq!(distance_metres(a, b), distance_metres(b, a));
        // Two metres of rounding.
        prop_assert!(distance_metres(a, c) <= distance_metres(a, b) + distance_metres(b, c) + 2);
        // Half a great circle.
        prop_assert!(distance_metres(a, b) <= 20_015_114);
    }
}

/// Metres to the north and east of a city at 60 degrees north, where a degree of longitude is half
/// as wide.
fn offsets(draw: impl Fn(Position, u64) -> Position) -> Vec<[f64; 2]> {
    let (centre, hash) = (Position::new(600_000, 249_384).unwrap(), CounterHash::new(23, 5));
    (0..DRAWS)
        .map(|i| draw(centre, hash.at(i, 0)))
        .map(|at| {
            let north = f64::from(at.latitude_e4() - centre.latitude_e4()) * 11.119_5;
            let east = f64::from(at.longitude_e4() - centre.longitude_e4()) * 11.119_5 * 0.5;
            [north, east]
        })
        .collect()
}

/// Returns whether positions are centred, have a standard deviation of 2,500 metres both ways and
/// the radii of sums of three uniforms.
fn follows_the_law(draw: impl Fn(Position, u64) -> Position) -> Result<(), String> {
    let (offsets, count) = (offsets(draw), DRAWS as f64);
    for axis in [0, 1] {
        let mean = offsets.iter().map(|offset| offset[axis]).sum::<f64>() / count;
        let deviation =
            (offsets.iter().map(|offset| offset[axis].powi(2)).sum::<f64>() / count).sqrt();
        // Five standard errors of the mean.
        if mean.abs() > 5.0 * 2_500.0 / count.sqrt() {
            return Err(format!("the mean of axis {axis} is {mean} metres"));
        }
        // Drawing in the farthest takes less than one per cent.
        if !(2_465.0..2_505.0).contains(&deviation) {
            return Err(format!("the standard deviation of axis {axis} is {deviation} metres"));
        }
    }
    // Integrating the density of two sums of three uniforms gives INNER; five standard errors are
    // 0.006.
    let inside =
        offsets.iter().filter(|[north, east]| north.hypot(*east) < 1.177_4 * 2_500.0).count()
            as f64
            / count;
    if (inside - INNER).abs() > 0.006 {
        Err(format!("{inside} lie in the inner half"))
    } else {
        Ok(())
    }
}

#[test]
fn a_scatter_is_centred_and_round() {
    follows_the_law(|centre, word| Scatter::default().around(centre, word)).unwrap();
}

#[test]
fn the_law_of_the_scatter_refuses_mutants() {
    let scatter = Scatter::default();
    let moved = |at: Position, north, east| {
        Position::new(at.latitude_e4() + north, at.longitude_e4() + east).unwrap()
    };
    let refusal = |draw: &dyn Fn(Position, u64) -> Position| follows_the_law(draw).unwrap_err();
    // Thirty metres off the centre.
    assert!(
        refusal(&|centre, word| moved(scatter.around(centre, word), 3, 0))
            .contains("mean of axis 0")
    );
    // Longitude not widened by latitude.
    let unscaled = |centre: Position, word| {
        let at = scatter.around(centre, word);
        moved(at, 0, (centre.longitude_e4() - at.longitude_e4()) / 2)
    };
    assert!(refusal(&unscaled).contains("deviation of axis 1"));
    // A square with the same standard deviations.
    let square = |centre: Position, word: u64| {
        let uniform =
            |part: u64, width: i32| ((part as i64 * 2 * i64::from(width)) >> 32) as i32 - width;
        moved(centre, uniform(word >> 32, 389), uniform(word & 0xffff_ffff, 778))
    };
    assert!(refusal(&square).contains("inner half"));
}

#[test]
fn a_scatter_is_frozen() {
    let london = Atlas::world().find("GB", "London").unwrap().position();
    let hash = CounterHash::new(1, 1);
    let drawn: Vec<String> =
        (0..4).map(|i| Scatter::default().around(london, hash.at(i, 0)).to_string()).collect();
    assert_eq!(drawn, ["51.5018,-0.1099", "51.5314,-0.1511", "51.5477,-0.1086", "51.5464,-0.0922"]);
    assert_eq!(Scatter::default().sigma_metres(), 2_500);
}

#[test]
fn a_scatter_wider_than_a_city_is_refused() {
    assert_eq!(
        Scatter::new(20_001),
        Err(GeographicError::Sigma { sigma_metres: 20_001, max: 20_000 })
    );
}

#[test]
fn known_distances_are_met() {
    // Great-circle distances between these centres; airline tables agree within half a per cent.
    let pairs = [
        (("GB", "London"), ("FR", "Paris"), 343_557),
        (("US", "New York"), ("US", "Los Angeles"), 3_935_752),
        (("US", "New York"), ("GB", "London"), 5_570_230),
        (("AU", "Sydney"), ("NZ", "Auckland"), 2_155_000),
        (("JP", "Tokyo"), ("US", "San Francisco"), 8_270_000),
        (("ES", "Madrid"), ("NZ", "Wellington"), 19_850_000),
    ];
    for (from, to, expected) in pairs {
        let position = |(country, name)| Atlas::world().find(country, name).unwrap().position();
        let distance = distance_metres(position(from), position(to));
        assert!(distance.abs_diff(expected) * 200 <= expected, "{from:?} to {to:?}: {distance}");
    }
}

#[test]
fn distances_are_frozen() {
    let position = |country, name| Atlas::world().find(country, name).unwrap().position();
    assert_eq!(distance_metres(position("GB", "London"), position("FR", "Paris")), 343_557);
    let pole_to_pole =
        distance_metres(Position::new(900_000, 0).unwrap(), Position::new(-900_000, 0).unwrap());
    assert_eq!(pole_to_pole, 20_015_114);
}
