//! Did you mean: the nearest of the known names, if it is near enough.

/// The name among `known` that `name` was probably meant to be.
///
/// A third of the letters may differ (a swap of neighbours counts once), with hyphens and
/// underscores alike;
/// otherwise a suggestion would mislead more than help.
pub(crate) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let plain = |text: &str| text.to_ascii_lowercase().replace('-', "_");
    let name = plain(name);
    let allowed = (name.chars().count() / 3).max(1);
    let distances =
        known.into_iter().map(|known| (strsim::osa_distance(&name, &plain(known)), known));
    distances
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known)
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
