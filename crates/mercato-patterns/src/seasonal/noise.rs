//! Smooth random numbers over the globe and time: value noise in integers.

use mercato_draw::CounterHash;

/// One cell of the lattice.
pub(super) const CELL: i64 = 1 << 16;

/// A number from 0 to 65,535 that changes smoothly from point to point.
///
/// Each corner of a lattice cell has a hashed number; between corners they are blended with the
/// curve 3t² − 2t³, so that there is no kink at a corner.
/// The first axis is closed after `around` cells, as longitude is.
pub(super) fn smooth(hash: CounterHash, [x, y, z]: [i64; 3], around: i64) -> i64 {
    let corner = |[dx, dy, dz]: [i64; 3]| {
        let (column, row, layer) = (
            (x.div_euclid(CELL) + dx).rem_euclid(around),
            y.div_euclid(CELL) + dy,
            z.div_euclid(CELL) + dz,
        );
        (hash.at((column as u64) << 32 | u64::from(row as u32), layer as u64) >> 48) as i64
    };
    let [east, north, later] = [x, y, z].map(|coordinate| eased(coordinate.rem_euclid(CELL)));
    let along_x = |dy, dz| blend(corner([0, dy, dz]), corner([1, dy, dz]), east);
    let along_y = |dz| blend(along_x(0, dz), along_x(1, dz), north);
    blend(along_y(0), along_y(1), later)
}

/// The curve 3t² − 2t³ for t from 0 to 1 in units of a cell.
fn eased(part: i64) -> i64 {
    part * part / CELL * (3 * CELL - 2 * part) / CELL
}

fn blend(low: i64, high: i64, part: i64) -> i64 {
    low + (high - low) * part / CELL
}
