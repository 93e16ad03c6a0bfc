//! Lists of products in CSV files.

use mercato_config::{CellKind, Column, RowsFile};

/// The columns of a file of products.
const COLUMNS: &[Column] = &[
    Column { name: "id", key: "id", kind: CellKind::Text, required: true },
    Column { name: "name", key: "name", kind: CellKind::Text, required: true },
    Column { name: "category", key: "category", kind: CellKind::Text, required: true },
    Column { name: "price", key: "price", kind: CellKind::Text, required: false },
    Column { name: "min_price", key: "price", kind: CellKind::Low, required: false },
    Column { name: "max_price", key: "price", kind: CellKind::High, required: false },
    Column { name: "weight", key: "weight", kind: CellKind::Text, required: false },
];

/// The products of `[sales]`.
pub(super) const OF_SALES: &[RowsFile] =
    &[RowsFile { key: "products_file", list: "products", columns: COLUMNS }];

/// The products of `[shop.catalogue]`.
pub(super) const OF_SHOP: &[RowsFile] =
    &[RowsFile { key: "catalogue.products_file", list: "catalogue.products", columns: COLUMNS }];
