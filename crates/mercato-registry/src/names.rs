//! Names of properties about schema registries, and what a misspelt one was meant to be.

/// Letters in which a misspelt name differs at most; a swap of neighbours counts once.
const MOST_DIFFERENT: usize = 2;

/// The properties that are read here.
pub(crate) const READ: [&str; 22] = [
    "auto.register.schemas",
    "basic.auth.credentials.source",
    "basic.auth.user.info",
    "bearer.auth.token",
    "schema.registry.basic.auth.credentials.source",
    "schema.registry.basic.auth.user.info",
    "schema.registry.bearer.auth.token",
    "schema.registry.request.timeout.ms",
    "schema.registry.ssl.ca.location",
    "schema.registry.ssl.certificate.location",
    "schema.registry.ssl.key.location",
    "schema.registry.ssl.key.password",
    "schema.registry.ssl.keystore.location",
    "schema.registry.ssl.keystore.password",
    "schema.registry.ssl.keystore.type",
    "schema.registry.ssl.truststore.location",
    "schema.registry.ssl.truststore.password",
    "schema.registry.ssl.truststore.type",
    "schema.registry.url",
    "use.latest.version",
    "use.schema.id",
    "value.subject.name.strategy",
];

/// Those that do not begin with a [prefix](PREFIXES).
const NAMES: [&str; 4] =
    ["auto.register.schemas", "use.latest.version", "use.schema.id", "value.subject.name.strategy"];

/// Beginnings of the names of the others.
const PREFIXES: [&str; 3] = ["schema.registry.", "basic.auth.", "bearer.auth."];

/// Returns true if a property is about a schema registry and nothing that a Kafka client reads.
pub fn is_registry_property(name: &str) -> bool {
    NAMES.contains(&name) || PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

/// The property that a misspelt name was probably meant to be; none for one that is known, and for
/// one that is near to none.
pub(crate) fn meant(name: &str) -> Option<&'static str> {
    let plain = name.to_ascii_lowercase().replace(['_', '-'], ".");
    let distances = READ.map(|known| (strsim::osa_distance(&plain, known), known));
    let (distance, known) = distances.into_iter().min()?;
    (known != name && distance <= MOST_DIFFERENT).then_some(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_name_is_the_nearest_one_and_strange_ones_are_left_alone() {
        for (name, known) in [
            ("schema.registry.ulr", Some("schema.registry.url")),
            ("schema.registy.url", Some("schema.registry.url")),
            ("schema_registry_url", Some("schema.registry.url")),
            ("auto.register.schema", Some("auto.register.schemas")),
            ("basic.auth.userinfo", Some("basic.auth.user.info")),
            ("schema.registry.url", None),
            ("schema.registry.oauth.scope", None),
            ("key.subject.name.strategy", None),
            ("sasl.username", None),
            ("linger.ms", None),
        ] {
            assert_eq!(meant(name), known, "{name}");
        }
        for name in READ {
            assert!(is_registry_property(name) && meant(name).is_none(), "{name}");
        }
    }
}
