//! Names of client properties whose values are secrets.
//!
//! Flags refuse them before anything is logged, and the client redacts them, so both read one list.

/// The text in the place of a secret.
pub const REDACTED: &str = "[redacted]";

/// The properties that librdkafka 2.12 itself marks as sensitive, their aliases, and Java's and
/// Python's.
///
/// Two that librdkafka marks are missing on purpose, `ssl.key.location` and
/// `sasl.oauthbearer.assertion.private.key.file`:
/// they hold the name of a file and not what is in it, and an error that hides the name helps
/// nobody.
pub const SENSITIVE: [&str; 18] = [
    "sasl.jaas.config",
    "sasl.oauthbearer.assertion.private.key.passphrase",
    "sasl.oauthbearer.assertion.private.key.pem",
    "sasl.oauthbearer.client.credentials.client.secret",
    "sasl.oauthbearer.client.secret",
    "sasl.oauthbearer.config",
    "sasl.password",
    "sasl.plain.password",
    "sasl.plain.username",
    "sasl.username",
    "ssl.ca.pem",
    "ssl.key.password",
    "ssl.key.pem",
    "ssl.keystore.key",
    "ssl.keystore.password",
    "ssl.truststore.certificates",
    "ssl.truststore.password",
    "ssl_key",
];

/// Returns whether a property's value must never be shown.
///
/// Names that no list knows yet are judged by what they contain.
pub fn is_sensitive(name: &str) -> bool {
    let name = name.trim().to_ascii_lowercase();
    let dotted = name.replace('_', ".");
    let has = ["passw", "passphrase", "secret", "user.info", "api.key", "apikey", "authorization"];
    let looks_secret = has.iter().any(|part| dotted.contains(part)) || dotted.ends_with("token");
    looks_secret || [name, dotted].iter().any(|name| SENSITIVE.contains(&name.as_str()))
}
