//! Did you mean: the nearest of the known names, if it is near enough.

/// The name among `known` that `name` was probably meant to be.
///
/// A third of the letters may differ (a swap of neighbours counts once), capitals or not;
/// otherwise a suggestion would mislead more than help.
pub(crate) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let name = name.to_lowercase();
    let allowed = (name.chars().count() / 3).max(1);
    let distances =
        known.into_iter().map(|known| (strsim::osa_distance(&name, &known.to_lowercase()), known));
    distances
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known)
}

/// Known names that are listed; of more, the first are.
const LISTED: usize = 50;

/// The known names one after another, and the one that was probably meant.
pub(crate) fn known<'a>(name: &str, known: impl Iterator<Item = &'a str> + Clone) -> String {
    let mut all = known.clone().take(LISTED).collect::<Vec<_>>().join(", ");
    let more = known.clone().skip(LISTED).count();
    if more > 0 {
        all += &format!(" and {more} more");
    }
    match nearest(name, known) {
        Some(near) => format!("{all}; did you mean {near:?}?"),
        None => all,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_suggested_and_far_ones_are_not() {
        let names = ["Electronics", "Books"];
        assert_eq!(nearest("electonics", names), Some("Electronics"));
        assert_eq!(nearest("Bokos", names), Some("Books"));
        assert_eq!(nearest("Fashion", names), None);
        assert_eq!(
            known("Bokos", names.into_iter()),
            "Electronics, Books; did you mean \"Books\"?"
        );
        assert_eq!(known("Fashion", names.into_iter()), "Electronics, Books");
    }
}
