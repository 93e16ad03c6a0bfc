//! Requests to a registry.

use serde_json::{Value, json};
use ureq::Agent;
use ureq::http::StatusCode;

use crate::compare::{difference, name_of};
use crate::{Choice, ForeignSchema, RegistryConfig, RegistryError, Schema, SchemaKind};

/// The type of requests and answers.
const MEDIA: &str = "application/vnd.schemaregistry.v1+json";

/// A schema with its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registered {
    /// The id that records name.
    pub id: u32,
    /// The subject; none where an id was taken as it was given.
    pub subject: Option<String>,
}

/// A registry that is asked for ids.
#[derive(Debug)]
pub struct Registry {
    config: RegistryConfig,
    agent: Agent,
}

/// An answer of the API.
struct Answer {
    address: String,
    status: u16,
    body: Value,
}

impl Answer {
    fn reason(&self) -> String {
        match (&self.body["message"], &self.body["error_code"]) {
            (Value::String(message), Value::Number(code)) => format!("{message} (error {code})"),
            (Value::String(message), _) => message.clone(),
            _ => "without a reason".to_owned(),
        }
    }

    fn number(&self, name: &str) -> Option<u32> {
        self.body[name].as_u64().and_then(|number| u32::try_from(number).ok())
    }
}

impl Registry {
    /// A client; nothing is contacted yet.
    pub fn new(config: RegistryConfig) -> Self {
        let agent = Agent::config_builder()
            .timeout_global(Some(config.timeout))
            .http_status_as_error(false)
            .proxy(None)
            .tls_config(config.tls.config())
            .user_agent(concat!("mercato/", env!("CARGO_PKG_VERSION")))
            .build();
        Self { config, agent: agent.into() }
    }

    /// The id of `schema`.
    ///
    /// Fails where the registry cannot be used, where it refuses the schema, and where the schema
    /// that is to be used does not describe the records.
    pub fn id(&self, schema: &Schema<'_>) -> Result<Registered, RegistryError> {
        let subject = self.config.strategy.subject(schema.topic, schema.record);
        let path = format!("/subjects/{}", escaped(&subject));
        let own = json!({"schema": schema.text, "schemaType": schema.kind.name()});
        let (id, subject) = match self.config.choice {
            Choice::Register => {
                let answer = self.post(&format!("{path}/versions"), &own, &subject, "register")?;
                (self.registered(&answer, schema, &subject)?, Some(subject))
            }
            Choice::Find => {
                let answer = self.post(&path, &own, &subject, "read")?;
                (self.registered(&answer, schema, &subject)?, Some(subject))
            }
            Choice::Latest => {
                let answer = self.get(&format!("{path}/versions/latest"), &subject)?;
                let version = answer.number("version").unwrap_or(0);
                let what = format!("version {version} of subject {subject}");
                check_same(&answer, schema, &what, &subject)?;
                (self.registered(&answer, schema, &subject)?, Some(subject))
            }
            Choice::Id(id) => {
                if !self.config.addresses.is_empty() {
                    let answer = self.get(&format!("/schemas/ids/{id}"), &subject)?;
                    check_same(&answer, schema, &format!("schema {id}"), &subject)?;
                }
                (id, None)
            }
        };
        Ok(Registered { id, subject })
    }

    /// The language of the schema with this id; none if it is one that records here never have.
    pub fn kind(&self, id: u32, topic: &str) -> Result<Option<SchemaKind>, RegistryError> {
        let answer = self.schema(id, topic)?;
        Ok(SchemaKind::ALL.into_iter().find(|kind| kind.name() == kind_of(&answer)))
    }

    /// Fails unless the schema with this id, which records of the topic name, is `schema`.
    pub fn check(&self, id: u32, schema: &Schema<'_>) -> Result<(), RegistryError> {
        let answer = self.schema(id, schema.topic)?;
        let Some(reason) = differing(&answer, schema) else { return Ok(()) };
        let found = name_of(answer.body["schema"].as_str().unwrap_or_default());
        let (topic, expected) = (schema.topic.to_owned(), schema.record.to_owned());
        let address = answer.address;
        let foreign = ForeignSchema { address, topic, id, found, expected, reason };
        Err(RegistryError::Foreign(Box::new(foreign)))
    }

    /// Reads the schema with this id.
    fn schema(&self, id: u32, topic: &str) -> Result<Answer, RegistryError> {
        let subject = self.config.strategy.subject(topic, "");
        let answer = self.get(&format!("/schemas/ids/{id}"), &subject)?;
        let address = answer.address.clone();
        match answer.status {
            200..=299 => Ok(answer),
            404 => Err(RegistryError::Missing {
                address,
                what: format!("schema {id}, which records of topic {topic} name,"),
                advice: "check that it is the registry of those who wrote the topic",
            }),
            status => {
                let reason = answer.reason();
                Err(RegistryError::Answer { address, subject, status, reason })
            }
        }
    }

    /// The id in an answer, or why there is none.
    fn registered(
        &self,
        answer: &Answer,
        schema: &Schema<'_>,
        subject: &str,
    ) -> Result<u32, RegistryError> {
        let (address, reason) = (answer.address.clone(), answer.reason());
        let (topic, subject) = (schema.topic.to_owned(), subject.to_owned());
        match answer.status {
            200..=299 if let Some(id) = answer.number("id") => Ok(id),
            404 => Err(RegistryError::Missing {
                address,
                what: format!("the schema of topic {topic} under subject {subject}"),
                advice: "register it, or set auto.register.schemas=true",
            }),
            409 => {
                let version = self.latest_version(&subject);
                Err(RegistryError::Incompatible { address, topic, subject, version, reason })
            }
            422 => {
                let kind = schema.kind.name();
                Err(RegistryError::Invalid { address, topic, subject, kind, reason })
            }
            status => Err(RegistryError::Answer { address, subject, status, reason }),
        }
    }

    fn latest_version(&self, subject: &str) -> Option<u32> {
        let path = format!("/subjects/{}/versions/latest", escaped(subject));
        self.get(&path, subject).ok()?.number("version")
    }

    fn get(&self, path: &str, subject: &str) -> Result<Answer, RegistryError> {
        self.ask(subject, "read", |address| {
            let mut request = self.agent.get(format!("{address}{path}")).header("Accept", MEDIA);
            if let Some(authorization) = &self.config.authorization {
                request = request.header("Authorization", authorization);
            }
            request.call()
        })
    }

    fn post(
        &self,
        path: &str,
        body: &Value,
        subject: &str,
        action: &'static str,
    ) -> Result<Answer, RegistryError> {
        let body = body.to_string();
        self.ask(subject, action, |address| {
            let request = self.agent.post(format!("{address}{path}"));
            let mut request = request.header("Accept", MEDIA).content_type(MEDIA);
            if let Some(authorization) = &self.config.authorization {
                request = request.header("Authorization", authorization);
            }
            request.send(&body)
        })
    }

    /// Asks one address after the other until one answers.
    fn ask(
        &self,
        subject: &str,
        action: &'static str,
        call: impl Fn(&str) -> Result<ureq::http::Response<ureq::Body>, ureq::Error>,
    ) -> Result<Answer, RegistryError> {
        let mut failed = None;
        for address in &self.config.addresses {
            match call(address).and_then(|response| {
                let status = response.status();
                Ok((status, response.into_body().read_to_string()?))
            }) {
                Ok((status, text)) => return answer(address, status, &text, subject, action),
                Err(error) => failed = Some(self.unreachable(address, &error)),
            }
        }
        Err(failed.unwrap_or_else(|| RegistryError::Property {
            name: "schema.registry.url".to_owned(),
            reason: "no address is given".to_owned(),
        }))
    }

    fn unreachable(&self, address: &str, error: &ureq::Error) -> RegistryError {
        let address = address.to_owned();
        match error {
            ureq::Error::Timeout(_) => {
                RegistryError::Timeout { address, millis: self.config.timeout.as_millis() as u64 }
            }
            ureq::Error::Io(error) if error.kind() == std::io::ErrorKind::TimedOut => {
                RegistryError::Timeout { address, millis: self.config.timeout.as_millis() as u64 }
            }
            error => RegistryError::Unreachable { address, reason: error.to_string() },
        }
    }
}

/// Refuses an answer that is about the user, and one that is not JSON.
fn answer(
    address: &str,
    status: StatusCode,
    text: &str,
    subject: &str,
    action: &'static str,
) -> Result<Answer, RegistryError> {
    let (address, subject, status) = (address.to_owned(), subject.to_owned(), status.as_u16());
    if matches!(status, 401 | 403) {
        return Err(RegistryError::Access { address, subject, status, action });
    }
    if let Ok(body) = serde_json::from_str(text) {
        return Ok(Answer { address, status, body });
    }
    let reason =
        "the answer is not JSON, so it is no schema registry with Confluent's API at this \
                  address"
            .to_owned();
    Err(RegistryError::Answer { address, subject, status, reason })
}

/// Refuses a schema that is there and does not describe the records.
fn check_same(
    answer: &Answer,
    schema: &Schema<'_>,
    what: &str,
    subject: &str,
) -> Result<(), RegistryError> {
    let address = answer.address.clone();
    match answer.status {
        200..=299 => {}
        404 => {
            let what = if what.starts_with("version") {
                format!("subject {subject}")
            } else {
                what.to_owned()
            };
            let advice = "check its name, or let the schema be registered";
            return Err(RegistryError::Missing { address, what, advice });
        }
        status => {
            let (subject, reason) = (subject.to_owned(), answer.reason());
            return Err(RegistryError::Answer { address, subject, status, reason });
        }
    }
    let reason = differing(answer, schema);
    let (topic, what) = (schema.topic.to_owned(), what.to_owned());
    reason.map_or(Ok(()), |reason| Err(RegistryError::Different { address, topic, what, reason }))
}

/// The type of the schema in an answer; the API leaves it out for Avro.
fn kind_of(answer: &Answer) -> &str {
    answer.body["schemaType"].as_str().unwrap_or("AVRO")
}

/// The difference between the schema in an answer and the expected one.
fn differing(answer: &Answer, schema: &Schema<'_>) -> Option<String> {
    let kind = kind_of(answer);
    if kind == schema.kind.name() {
        let found = answer.body["schema"].as_str().unwrap_or_default();
        return difference(schema.kind, found, schema.text);
    }
    Some(format!("it is a schema of type {kind}, and the records are {}", schema.kind.name()))
}

/// The text of a subject in a path.
fn escaped(subject: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    let byte = |byte: u8| {
        if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }
    };
    subject.bytes().map(byte).collect()
}
