//! Why a schema has no id.

/// Why a registry could not be asked, or what it refused.
///
/// Messages name the address without the user's name and password in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RegistryError {
    /// A property has a value that means nothing.
    #[error("invalid property {name}: {reason}")]
    Property {
        /// The name as given.
        name: String,
        /// The mistake, and the allowed values.
        reason: String,
    },
    /// Nobody answers.
    #[error(
        "cannot reach the schema registry at {address}: {reason}; check that it is running and that \
         the address and port are right"
    )]
    Unreachable {
        /// The address.
        address: String,
        /// The reason.
        reason: String,
    },
    /// The answer takes too long.
    #[error(
        "the schema registry at {address} did not answer within {millis} ms; check that it is \
         healthy, or raise schema.registry.request.timeout.ms"
    )]
    Timeout {
        /// The address.
        address: String,
        /// The limit.
        millis: u64,
    },
    /// The registry wants other credentials, or allows less.
    #[error(
        "the schema registry at {address} refused access to subject {subject} ({status}): check \
         basic.auth.user.info, and that the user may {action} schemas of this subject"
    )]
    Access {
        /// The address.
        address: String,
        /// The subject.
        subject: String,
        /// The HTTP status.
        status: u16,
        /// The action that was attempted.
        action: &'static str,
    },
    /// The schema or subject does not exist.
    #[error("{what} is not in the schema registry at {address}: {advice}")]
    Missing {
        /// The address.
        address: String,
        /// The schema or subject.
        what: String,
        /// A way out.
        advice: &'static str,
    },
    /// The subject has a schema with which ours is not compatible.
    #[error(
        "the schema registry at {address} refused the schema of topic {topic} for subject \
         {subject}{}: {reason}; the subject has records of another shape, so choose another topic, \
         another value.subject.name.strategy, or a weaker compatibility of the subject", after(*.version)
    )]
    Incompatible {
        /// The address.
        address: String,
        /// The topic.
        topic: String,
        /// The subject.
        subject: String,
        /// The latest version of the subject, if it can be read.
        version: Option<u32>,
        /// The registry's own reason.
        reason: String,
    },
    /// The registry does not accept the schema.
    #[error(
        "the schema registry at {address} does not accept the schema of topic {topic} for subject \
         {subject}: {reason}; check that it supports {kind} schemas"
    )]
    Invalid {
        /// The address.
        address: String,
        /// The topic.
        topic: String,
        /// The subject.
        subject: String,
        /// The language of the schema.
        kind: &'static str,
        /// The registry's own reason.
        reason: String,
    },
    /// The schema there is another one than that of the records.
    #[error(
        "{what} in the schema registry at {address} does not describe the records of topic {topic}: \
         {reason}; register the schema that `mercato schema` prints, or omit use.latest.version and \
         --schema-id"
    )]
    Different {
        /// The address.
        address: String,
        /// The topic.
        topic: String,
        /// The schema there.
        what: String,
        /// The difference.
        reason: String,
    },
    /// Records that were read name the schema of other records.
    #[error(transparent)]
    Foreign(Box<ForeignSchema>),
    /// The answer is none that the API describes.
    #[error("the schema registry at {address} answered {status} for subject {subject}: {reason}")]
    Answer {
        /// The address.
        address: String,
        /// The subject.
        subject: String,
        /// The HTTP status.
        status: u16,
        /// The registry's own reason.
        reason: String,
    },
}

/// A schema that records name and that does not describe the expected ones.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "records of topic {topic} name schema {id}, which is {found} in the schema registry at {address} \
     and not the expected {expected}: {reason}; name the stream and the configuration that wrote the \
     topic, or read another topic"
)]
pub struct ForeignSchema {
    /// The address.
    pub address: String,
    /// The topic.
    pub topic: String,
    /// The id that the records name.
    pub id: u32,
    /// The name of the record of that schema.
    pub found: String,
    /// The name of the record that is expected.
    pub expected: String,
    /// The difference.
    pub reason: String,
}

impl RegistryError {
    /// Returns true if the registry could not be used, and false if it refused the schema or was never asked.
    pub fn is_connection(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::Timeout { .. } | Self::Access { .. } => true,
            Self::Answer { status, .. } => *status >= 500,
            _ => false,
        }
    }
}

fn after(version: Option<u32>) -> String {
    version.map(|version| format!(" after version {version}")).unwrap_or_default()
}
