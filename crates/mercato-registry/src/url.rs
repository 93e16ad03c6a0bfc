//! Addresses of registries.

/// An address without what stands before an `@`, and that.
///
/// Fails with the reason if it is none; a user's name or password is never repeated.
pub(crate) fn address(url: &str) -> Result<(String, Option<String>), String> {
    let shown = url.rsplit('@').next().unwrap_or_default();
    let refused = |reason: &str| {
        Err(format!("expected http://HOST:PORT or https://HOST:PORT, found `{shown}`{reason}"))
    };
    let scheme = ["http://", "https://"]
        .into_iter()
        .find(|scheme| url.get(..scheme.len()).is_some_and(|its| its.eq_ignore_ascii_case(scheme)));
    let Some(scheme) = scheme else { return refused("") };
    let rest = url[scheme.len()..].trim_end_matches('/');
    let authority = rest.split('/').next().unwrap_or_default();
    let (user, _) = authority.rsplit_once('@').unzip();
    let place = user.map_or(rest, |user| &rest[user.len() + 1..]);
    if place.chars().any(|letter| letter.is_whitespace() || letter.is_control()) {
        return refused(": it contains a blank");
    }
    if place.contains(['?', '#']) {
        return refused(": leave out ? and # and what follows");
    }
    let authority = place.split('/').next().unwrap_or_default();
    if !authority.starts_with('[') && authority.matches(':').count() > 1 {
        return refused(": an IPv6 address stands in [ ]");
    }
    let (host, port) = match authority.strip_prefix('[') {
        Some(inside) => match inside.split_once(']') {
            Some((host, after)) => {
                (host, after.strip_prefix(':').or(after.is_empty().then_some("80")))
            }
            None => return refused(": the ] after an IPv6 address is missing"),
        },
        None => match authority.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, Some("80")),
        },
    };
    if host.is_empty() {
        return refused(": the host is missing");
    }
    if port.and_then(|port| port.parse::<u16>().ok()).is_none_or(|port| port == 0) {
        return refused(": the port must be 1 to 65535");
    }
    Ok((format!("{scheme}{place}"), user.map(str::to_owned)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_and_what_is_none_is_refused_with_the_reason() {
        for (url, place) in [
            ("http://localhost:8081", "http://localhost:8081"),
            ("HTTPS://r.example/path/", "https://r.example/path"),
            ("http://[::1]:8081", "http://[::1]:8081"),
            ("http://[::1]", "http://[::1]"),
        ] {
            assert_eq!(address(url), Ok((place.to_owned(), None)));
        }
        let with_user = address("http://ann:pass@host:1");
        assert_eq!(with_user, Ok(("http://host:1".to_owned(), Some("ann:pass".to_owned()))));
        for (url, said) in [
            ("localhost:8081", "found `localhost:8081`"),
            ("ftp://ann:secret@host", "found `host`"),
            ("http//host", "expected http://HOST:PORT"),
            ("http://", "the host is missing"),
            ("http://:8081", "the host is missing"),
            ("http://host:", "1 to 65535"),
            ("http://host:80a", "1 to 65535"),
            ("http://host:99999", "1 to 65535"),
            ("http://::1:8081", "stands in [ ]"),
            ("http://[::1", "] after an IPv6 address"),
            ("http://[::1]8081", "1 to 65535"),
            ("http://a b:1", "contains a blank"),
            ("http://host:1?a=b", "leave out ?"),
        ] {
            let reason = address(url).unwrap_err();
            assert!(reason.contains(said) && !reason.contains("secret"), "{url}: {reason}");
        }
    }
}
