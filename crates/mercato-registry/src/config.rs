//! The properties of Confluent's serializers, read and checked before anything is contacted.

use std::fmt;
use std::time::Duration;

use crate::RegistryError;
use crate::names::{is_registry_property, meant};
use crate::tls::{self, Tls};
use crate::url::address;

/// Time limit of an answer unless a property says otherwise.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The name of a schema's subject.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Strategy {
    /// The topic and `-value`.
    #[default]
    Topic,
    /// The full name of the record.
    Record,
    /// The topic, a hyphen and the full name of the record.
    TopicRecord,
}

impl Strategy {
    const ALL: [(&'static str, &'static str, Self); 3] = [
        ("topic", "TopicNameStrategy", Self::Topic),
        ("record", "RecordNameStrategy", Self::Record),
        ("topic-record", "TopicRecordNameStrategy", Self::TopicRecord),
    ];

    /// Reads a short name, or that of a class of Confluent's, with or without its package.
    fn parse(text: &str) -> Option<Self> {
        let class = text.rsplit('.').next().unwrap_or(text);
        let known = Self::ALL.iter().find(|(short, long, _)| *short == text || *long == class);
        known.map(|(_, _, strategy)| *strategy)
    }

    /// The subject of the records of `topic`.
    pub(crate) fn subject(self, topic: &str, record: &str) -> String {
        match self {
            Self::Topic => format!("{topic}-value"),
            Self::Record => record.to_owned(),
            Self::TopicRecord => format!("{topic}-{record}"),
        }
    }
}

/// The schema of a subject that records name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// Their own, registered if it is not there.
    Register,
    /// Their own, which must be there.
    Find,
    /// The latest, which must describe them.
    Latest,
    /// The one with this id, which must describe them.
    Id(u32),
}

/// The addresses of a registry, and the way in which it is used.
#[derive(Clone)]
pub struct RegistryConfig {
    /// Addresses without the user's name and password, in the order in which they are tried; none
    /// where the id is taken as it is given.
    pub(crate) addresses: Vec<String>,
    pub(crate) authorization: Option<String>,
    pub(crate) tls: Tls,
    pub(crate) timeout: Duration,
    pub(crate) strategy: Strategy,
    pub(crate) choice: Choice,
}

impl RegistryConfig {
    /// Reads the properties that are about a registry, of which the last of one name counts; an
    /// address and an id given beside them win.
    ///
    /// None if neither says where a registry is nor which id to use.
    /// Fails where a property has a wrong value, and where the name of one is nearly that of
    /// another: a misspelt property would have no effect.
    pub fn new<'a>(
        properties: impl IntoIterator<Item = (&'a str, &'a str)>,
        url: Option<&'a str>,
        id: Option<u32>,
    ) -> Result<Option<Self>, RegistryError> {
        let mut own = Vec::new();
        for (name, value) in properties {
            check_name(name)?;
            if is_registry_property(name) {
                own.push((name, value));
            }
        }
        let properties = Given(own);
        let url = url.or_else(|| properties.get("schema.registry.url"));
        let choice = properties.choice(id)?;
        if url.is_none() && !matches!(choice, Choice::Id(_)) {
            return Ok(None);
        }
        let mut addresses = Vec::new();
        let mut users = None;
        for url in url.unwrap_or_default().split(',').map(str::trim).filter(|url| !url.is_empty()) {
            let (address, user) =
                address(url).map_err(|reason| refused("schema.registry.url", reason))?;
            addresses.push(address);
            users = users.or(user);
        }
        if url.is_some() && addresses.is_empty() {
            let reason = "expected http://HOST:PORT, but no address is given".to_owned();
            return Err(refused("schema.registry.url", reason));
        }
        let timeout = properties.timeout()?;
        let strategy = properties.strategy()?;
        Ok(Some(Self {
            addresses,
            authorization: properties.authorization(users)?,
            tls: tls::read(|name| properties.get(name))?,
            timeout,
            strategy,
            choice,
        }))
    }

    /// The same without a check of the registry's certificate.
    #[must_use]
    pub fn without_verification(mut self, skip: bool) -> Self {
        self.tls.skip_verification = skip;
        self
    }

    /// Returns true if there is a registry that can be asked.
    pub fn has_address(&self) -> bool {
        !self.addresses.is_empty()
    }

    /// The schema that records are to name.
    pub fn choice(&self) -> Choice {
        self.choice
    }
}

impl fmt::Debug for RegistryConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RegistryConfig")
            .field("addresses", &self.addresses)
            .field("strategy", &self.strategy)
            .field("choice", &self.choice)
            .finish_non_exhaustive()
    }
}

/// Properties as they were given.
struct Given<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Given<'a> {
    fn get(&self, name: &str) -> Option<&'a str> {
        let found = self.0.iter().rev().find(|(known, _)| *known == name);
        found.map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    }

    /// The first of two names that is there: Confluent has most with a prefix and without.
    fn either(&self, name: &str) -> Option<&'a str> {
        self.get(&format!("schema.registry.{name}")).or_else(|| self.get(name))
    }

    fn switch(&self, name: &str, otherwise: bool) -> Result<bool, RegistryError> {
        match self.get(name) {
            None => Ok(otherwise),
            Some("true") => Ok(true),
            Some("false") => Ok(false),
            Some(other) => Err(refused(name, format!("expected true or false, found `{other}`"))),
        }
    }

    fn choice(&self, id: Option<u32>) -> Result<Choice, RegistryError> {
        let latest = self.switch("use.latest.version", false)?;
        let register = self.switch("auto.register.schemas", true)?;
        let number = |text: &str| {
            text.parse().map_err(|_| {
                refused("use.schema.id", format!("expected the id of a schema, found `{text}`"))
            })
        };
        let id =
            id.map_or_else(|| self.get("use.schema.id").map(number).transpose(), |id| Ok(Some(id)));
        Ok(match id? {
            Some(id) => Choice::Id(id),
            None if latest => Choice::Latest,
            None if register => Choice::Register,
            None => Choice::Find,
        })
    }

    fn strategy(&self) -> Result<Strategy, RegistryError> {
        let name = "value.subject.name.strategy";
        let Some(text) = self.get(name) else { return Ok(Strategy::default()) };
        Strategy::parse(text).ok_or_else(|| {
            refused(name, format!("expected topic, record or topic-record, found `{text}`"))
        })
    }

    fn timeout(&self) -> Result<Duration, RegistryError> {
        let name = "schema.registry.request.timeout.ms";
        let Some(text) = self.get(name) else { return Ok(TIMEOUT) };
        match text.parse() {
            Ok(millis @ 1..=600_000) => Ok(Duration::from_millis(millis)),
            _ => Err(refused(name, format!("expected 1 to 600000 milliseconds, found `{text}`"))),
        }
    }

    /// The header with which requests say whose they are.
    fn authorization(&self, of_url: Option<String>) -> Result<Option<String>, RegistryError> {
        if let Some(token) = self.either("bearer.auth.token") {
            return Ok(Some(format!("Bearer {token}")));
        }
        let source = self.either("basic.auth.credentials.source");
        let user_info = self.either("basic.auth.user.info");
        let user = match source {
            Some("URL") => of_url,
            None => user_info.map(str::to_owned).or(of_url),
            Some("USER_INFO") => user_info.map(str::to_owned),
            Some(other) => {
                return Err(refused(
                    "basic.auth.credentials.source",
                    format!("expected USER_INFO or URL, found `{other}`"),
                ));
            }
        };
        let Some(user) = user else {
            return match source {
                None => Ok(None),
                Some(_) => Err(refused(
                    "basic.auth.credentials.source",
                    "it names credentials that are not given: set basic.auth.user.info to \
                     USER:PASSWORD"
                        .to_owned(),
                )),
            };
        };
        if !user.contains(':') {
            let reason = "expected USER:PASSWORD".to_owned();
            return Err(refused("basic.auth.user.info", reason));
        }
        Ok(Some(format!("Basic {}", base64(user.as_bytes()))))
    }
}

/// Refuses a name that is nearly that of a property about registries.
pub fn check_name(name: &str) -> Result<(), RegistryError> {
    meant(name).map_or(Ok(()), |known| {
        Err(refused(name, format!("there is no such property; did you mean {known}?")))
    })
}

fn refused(name: &str, reason: String) -> RegistryError {
    RegistryError::Property { name: name.to_owned(), reason }
}

/// The text of bytes in base 64, RFC 4648.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let bits = group.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte));
        let bits = bits << (8 * (3 - group.len()));
        for letter in 0..4 {
            let index = (bits >> (18 - 6 * letter) & 63) as usize;
            text.push(if letter <= group.len() { char::from(LETTERS[index]) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(properties: &[(&str, &str)]) -> Result<Option<RegistryConfig>, RegistryError> {
        RegistryConfig::new(properties.iter().copied(), None, None)
    }

    #[test]
    fn base_64_is_that_of_the_standard() {
        for (text, expected) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("user:pass", "dXNlcjpwYXNz"),
        ] {
            assert_eq!(base64(text.as_bytes()), expected);
        }
    }

    #[test]
    fn credentials_come_from_a_property_or_the_address_and_are_never_shown() {
        let url = ("schema.registry.url", "https://ann:secret@registry:8081/,http://second:1");
        let config = read(&[url]).unwrap().unwrap();
        assert_eq!(config.addresses, ["https://registry:8081", "http://second:1"]);
        assert_eq!(config.authorization.as_deref(), Some("Basic YW5uOnNlY3JldA=="));
        assert!(!format!("{config:?}").contains("secret"));
        let user = ("basic.auth.user.info", "bob:other");
        let config = read(&[url, user]).unwrap().unwrap();
        assert_eq!(config.authorization, Some(format!("Basic {}", base64(b"bob:other"))));
        let token = ("bearer.auth.token", "t");
        let config = read(&[url, user, token]).unwrap().unwrap();
        assert_eq!(config.authorization.as_deref(), Some("Bearer t"));
    }

    #[test]
    fn what_records_name_follows_from_confluents_properties() {
        let url = ("schema.registry.url", "http://r:1");
        for (properties, choice) in [
            (&[url][..], Choice::Register),
            (&[url, ("auto.register.schemas", "false")], Choice::Find),
            (
                &[url, ("auto.register.schemas", "false"), ("use.latest.version", "true")],
                Choice::Latest,
            ),
            (&[url, ("use.schema.id", "7")], Choice::Id(7)),
            (&[("use.schema.id", "7")], Choice::Id(7)),
        ] {
            assert_eq!(read(properties).unwrap().unwrap().choice(), choice, "{properties:?}");
        }
        assert!(read(&[("auto.register.schemas", "false")]).unwrap().is_none());
    }

    #[test]
    fn what_means_nothing_is_refused_with_what_is_allowed() {
        let url = ("schema.registry.url", "http://r:1");
        for (properties, said) in [
            (&[("schema.registry.url", "u:secret@r:8081")][..], "http://HOST:PORT"),
            (&[("schema.registry.url", "http://:8081")], "the host is missing"),
            (&[("schema.registry.url", ",")], "no address is given"),
            (&[("schema.registry.ulr", "http://r:1")], "did you mean schema.registry.url?"),
            (&[url, ("auto.register.schemas", "yes")], "true or false, found `yes`"),
            (&[url, ("use.schema.id", "x")], "the id of a schema"),
            (&[url, ("value.subject.name.strategy", "x")], "topic, record or topic-record"),
            (&[url, ("schema.registry.request.timeout.ms", "0")], "1 to 600000"),
            (&[url, ("basic.auth.credentials.source", "SASL_INHERIT")], "USER_INFO or URL"),
            (&[url, ("basic.auth.credentials.source", "USER_INFO")], "USER:PASSWORD"),
            (&[url, ("basic.auth.user.info", "ann-secret")], "USER:PASSWORD"),
            (&[url, ("schema.registry.ssl.truststore.type", "JKS")], "PEM"),
            (&[url, ("schema.registry.ssl.ca.location", "/no/such/file")], "/no/such/file"),
            (&[url, ("schema.registry.ssl.certificate.location", "c.pem")], "ssl.key.location"),
        ] {
            let error = read(properties).unwrap_err().to_string();
            assert!(error.contains(said) && !error.contains("secret"), "{error}");
        }
    }

    #[test]
    fn subjects_are_named_by_topic_or_record() {
        for (name, subject) in [
            ("topic", "orders-value"),
            ("io.confluent.kafka.serializers.subject.RecordNameStrategy", "mercato.Order"),
            ("TopicRecordNameStrategy", "orders-mercato.Order"),
        ] {
            assert_eq!(Strategy::parse(name).unwrap().subject("orders", "mercato.Order"), subject);
        }
    }
}
