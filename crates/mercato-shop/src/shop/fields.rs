//! The fields of the shop's records by the names of their CSV columns, for folds over them.

use mercato_engine::Field;

/// Columns that hold numbers, with their digits behind the point; they mean the same in every
/// topic.
const NUMBERS: [(&str, u32); 9] = [
    ("duration_seconds", 0),
    ("total_amount", 2),
    ("amount", 2),
    ("location.latitude", 4),
    ("location.longitude", 4),
    ("fraud_score", 2),
    ("old_price", 2),
    ("new_price", 2),
    ("quantity", 0),
];

/// Columns of text in which an empty cell stands for `null`, and not for an empty text.
pub const NULLABLE: [&str; 3] = ["product_id", "category", "replaces"];

/// The fields of the records that have these columns.
pub fn fields(columns: &[String]) -> Vec<Field> {
    let field = |name: &String| match NUMBERS.into_iter().find(|(number, _)| number == name) {
        Some((_, 0)) => Field::integer(name),
        Some((_, digits)) => Field::decimal(name, digits),
        None => Field::text(name),
    };
    columns.iter().map(field).collect()
}
