//! Lists that stand in a CSV file of their own, which a configuration file names.

use std::path::{Path, PathBuf};

use super::tree::{Entry, Node, Place, Table, Value};
use super::{ConfigError, MAX_ENTRIES, Program, read, suggest};

/// A key that names a CSV file, whose rows become a list of tables.
///
/// A row is checked like a table of a configuration file, and what is wrong with it is reported
/// with the CSV file's line.
#[derive(Debug, Clone, Copy)]
pub struct RowsFile {
    /// The key within its section: `products_file`.
    pub key: &'static str,
    /// The list that the rows become, within the same section: `products`.
    pub list: &'static str,
    /// The columns that a file may have, in any order.
    pub columns: &'static [Column],
}

/// A column of a CSV file.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// Its name in the header.
    pub name: &'static str,
    /// The key that its cells become; an empty cell leaves the key out.
    pub key: &'static str,
    /// The kind of its cells.
    pub kind: CellKind,
    /// True if a file must have it.
    pub required: bool,
}

/// The kind of a column's cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CellKind {
    /// A text, or anything that is written as one.
    Text,
    /// A whole number.
    Integer,
    /// The first of a list of two.
    Low,
    /// The second of a list of two.
    High,
}

/// Puts the lists of the CSV files that `tree` names into it; their names are relative to the
/// folder of `path`. Returns the files.
pub(super) fn load(
    tree: &mut Node,
    program: &Program,
    path: &Path,
) -> Result<Vec<PathBuf>, ConfigError> {
    let mut named = Vec::new();
    let folder = path.parent().unwrap_or(Path::new(""));
    for section in program.sections {
        for file in section.rows_files {
            let Some(table) = table_of(tree, section.name, file.key) else { continue };
            let key = last(file.key);
            let Some(Entry { key: place, node: Node { value: Value::Text(name), .. } }) =
                table.get(key).cloned()
            else {
                continue;
            };
            if name.is_empty() {
                table.remove(key);
                continue;
            }
            if table.contains_key(last(file.list)) {
                let (key, list) = (
                    format!("{}.{}", section.name, file.key),
                    format!("{}.{}", section.name, file.list),
                );
                let reason =
                    format!("`{key}` and `{list}` are mutually exclusive: keep one of them");
                return Err(ConfigError::File { place, reason });
            }
            let list = folder.join(name);
            let setting = format!("{}.{}", section.name, file.key);
            let rows = read_rows(&list, file).map_err(|error| unread(error, &setting, place))?;
            // A mistake in the list as a whole is a mistake in this file.
            let place = Place { file: list.as_path().into(), line: 1 };
            named.push(list);
            table.remove(key);
            let node = Node { value: Value::List(rows), place: place.clone() };
            table.insert(last(file.list).to_owned(), Entry { key: place, node });
        }
    }
    Ok(named)
}

/// The error of a file that cannot be read, at the `place` of the `setting` that names it.
fn unread(error: ConfigError, setting: &str, place: Place) -> ConfigError {
    let ConfigError::Read { path, source } = error else { return error };
    let path = path.display();
    let reason = format!("{setting}: cannot read the catalogue file {path}: {source}");
    ConfigError::File { place, reason }
}

/// Reads the rows of the CSV file at `path`, the first of which names its columns.
fn read_rows(path: &Path, file: &RowsFile) -> Result<Vec<Node>, ConfigError> {
    let (mut columns, mut tables) = (None, Vec::new());
    read::each_row(path, |place, cells| {
        let broken = |reason| ConfigError::File { place: place.clone(), reason };
        match &columns {
            None => columns = Some(header(file, &cells).map_err(broken)?),
            Some(_) if tables.len() == MAX_ENTRIES => return Err(broken(too_many())),
            Some(columns) => tables.push(table(file, columns, cells, &place).map_err(broken)?),
        }
        Ok(())
    })?;
    if columns.is_none() {
        // An empty file has no header, so a column may be missing.
        let place = Place { file: path.into(), line: 1 };
        header(file, &[]).map_err(|reason| ConfigError::File { place, reason })?;
    }
    Ok(tables)
}

fn last(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}

/// The table in which `key` of a section stands.
fn table_of<'a>(tree: &'a mut Node, section: &str, key: &str) -> Option<&'a mut Table> {
    let mut node = tree;
    let tables = key.rsplit_once('.').map_or("", |(tables, _)| tables);
    for name in std::iter::once(section).chain(tables.split('.').filter(|name| !name.is_empty())) {
        let Value::Table(table) = &mut node.value else { return None };
        node = &mut table.get_mut(name)?.node;
    }
    match &mut node.value {
        Value::Table(table) => Some(table),
        _ => None,
    }
}

/// The columns of a header; refuses one that is unknown, comes twice or is missing.
fn header<'a>(file: &'a RowsFile, names: &[String]) -> Result<Vec<&'a Column>, String> {
    let known: Vec<&str> = file.columns.iter().map(|column| column.name).collect();
    let mut found: Vec<&Column> = Vec::new();
    for name in names {
        let name = name.trim();
        let Some(column) = file.columns.iter().find(|column| column.name == name) else {
            return Err(format!("unknown column `{name}`; {}", suggest::hint(name, &known)));
        };
        if found.iter().any(|other| other.name == name) {
            return Err(format!("duplicate column `{name}`"));
        }
        found.push(column);
    }
    let has = |name: &str| found.iter().any(|column| column.name == name);
    match file.columns.iter().find(|column| column.required && !has(column.name)) {
        Some(missing) => Err(format!("missing column `{}`", missing.name)),
        None => Ok(found),
    }
}

/// The table that a row of `file` makes.
fn table(
    file: &RowsFile,
    columns: &[&Column],
    cells: Vec<String>,
    place: &Place,
) -> Result<Node, String> {
    if cells.len() != columns.len() {
        return Err(format!(
            "the row has {} cells, but the header has {} columns",
            cells.len(),
            columns.len()
        ));
    }
    let node = |value| Node { value, place: place.clone() };
    let mut table = Table::new();
    let mut filled: Vec<&Column> = Vec::new();
    for (column, cell) in columns.iter().zip(cells).filter(|(_, cell)| !cell.is_empty()) {
        let value = match column.kind {
            CellKind::Integer => Value::Integer(cell.trim().parse().map_err(|_| {
                format!("{}: expected a whole number, found '{cell}'", column.name)
            })?),
            _ => Value::Text(cell),
        };
        let entry = table
            .entry(column.key.to_owned())
            .or_insert_with(|| Entry { key: place.clone(), node: node(Value::Null) });
        match (column.kind, &mut entry.node.value) {
            (CellKind::Low, Value::List(pair)) => pair.insert(0, node(value)),
            (CellKind::High, Value::List(pair)) => pair.push(node(value)),
            (CellKind::Low | CellKind::High, both @ Value::Null) => {
                *both = Value::List(vec![node(value)]);
            }
            (_, single @ Value::Null) => *single = value,
            _ => {
                let other = filled.iter().find(|other| other.key == column.key);
                let other = other.map_or(column.key, |other| other.name);
                return Err(format!(
                    "`{other}` and `{}` are both given: leave one of the cells empty",
                    column.name
                ));
            }
        }
        filled.push(column);
    }
    check_pairs(file, &filled)?;
    Ok(node(Value::Table(table)))
}

/// Refuses one end of a range without the other.
fn check_pairs(file: &RowsFile, filled: &[&Column]) -> Result<(), String> {
    for column in filled {
        let other = match column.kind {
            CellKind::Low => CellKind::High,
            CellKind::High => CellKind::Low,
            CellKind::Text | CellKind::Integer => continue,
        };
        let is_other = |found: &&Column| found.key == column.key && found.kind == other;
        let missing = file.columns.iter().find(is_other);
        if let Some(missing) = missing.filter(|_| !filled.iter().any(is_other)) {
            return Err(format!("`{}` is missing beside `{}`", missing.name, column.name));
        }
    }
    Ok(())
}

/// The error of a file with more rows than a list may have.
fn too_many() -> String {
    format!("the file has more than {MAX_ENTRIES} rows, the maximum")
}
