//! Did you mean: the nearest of the known names, if it is near enough.

/// The name among `known` that `name` was probably meant to be.
///
/// A third of the letters may differ (a swap of neighbours counts once), with hyphens and
/// underscores alike;
/// otherwise a suggestion would mislead more than help.
pub(crate) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let distances = known.into_iter().filter_map(|known| Some((distance(name, known)?, known)));
    distances.min_by_key(|(distance, _)| *distance).map(|(_, known)| known)
}

/// The number of letters in which `name` differs from `known`, if it was probably meant to be that.
pub(crate) fn distance(name: &str, known: &str) -> Option<usize> {
    let [name, known] = [name, known].map(plain);
    let allowed = (name.chars().count() / 3).max(1);
    Some(strsim::osa_distance(&name, &known)).filter(|distance| *distance <= allowed)
}

pub(crate) fn plain(text: &str) -> String {
    text.to_ascii_lowercase().replace('-', "_")
}

/// The end of a message about an unknown name: the nearest known one, or all of them.
pub fn hint(name: &str, known: &[&str]) -> String {
    match nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() => "nothing is allowed here".to_owned(),
        None => format!("known here: {}", known.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_suggested_and_far_ones_are_not() {
        let known = ["seed", "start", "duration", "record_timestamp"];
        for (name, near) in [
            ("sede", Some("seed")),
            ("durration", Some("duration")),
            ("record-timestamp", Some("record_timestamp")),
            ("Start", Some("start")),
            ("banana", None),
            ("x", None),
        ] {
            assert_eq!(nearest(name, known), near, "{name}");
        }
    }
}
