//! Python expressions, one line each if they are short.

use super::names::indented;

/// Longer expressions are broken.
const WIDTH: usize = 88;

/// Writes a call.
pub(super) fn call(function: &str, arguments: &[String]) -> String {
    format!("{function}({})", separated(arguments))
}

/// Writes a list, one item a line.
pub(super) fn list_of(items: &[String]) -> String {
    format!("[{}]", broken(items))
}

fn separated(parts: &[String]) -> String {
    let line = parts.join(", ");
    if line.contains('\n') || line.len() > WIDTH { broken(parts) } else { line }
}

fn broken(parts: &[String]) -> String {
    let lines: String = parts.iter().map(|part| format!("\n    {},", indented(part, 4))).collect();
    if lines.is_empty() { lines } else { lines + "\n" }
}
