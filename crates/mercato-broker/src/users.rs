//! The one user of a local broker: a name, and a password that is drawn anew for each state folder.
//!
//! The password stands in files that only their owner can read.
//! SCRAM's verifiers are computed here, because handing the password to `kafka-storage` would show
//! it in the machine's list of processes.

use std::fs;
use std::path::Path;

use openssl::base64::encode_block;
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::pkcs5::pbkdf2_hmac;
use openssl::rand::rand_bytes;

use crate::{BrokerError, private};

/// The name the user logs in with.
pub const USER: &str = "mercato";

/// The minimum required by RFC 7677 and by Kafka.
const ITERATIONS: usize = 4096;

/// The user's password; `Debug` does not show it.
pub(crate) struct Password(String);

impl Password {
    /// The password of `state_dir`, drawn when there is none yet.
    pub(crate) fn of(state_dir: &Path) -> Result<Self, BrokerError> {
        let path = state_dir.join("password");
        if let Some(kept) = fs::read_to_string(&path).ok().filter(|kept| kept.trim().len() >= 16) {
            return Ok(Self(kept.trim().to_owned()));
        }
        let mut bytes = [0; 18];
        rand_bytes(&mut bytes)
            .map_err(|source| BrokerError::Certificates { source: source.into() })?;
        // Letters and digits alone, so that it needs no escapes in a line of JAAS or of properties.
        let drawn: String = encode_block(&bytes).replace(['+', '/'], "x");
        private::write(&path, drawn.as_bytes()).map_err(BrokerError::io("write", &path))?;
        Ok(Self(drawn))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The argument of `kafka-storage format --add-scram` for one mechanism, without the password.
    fn scram(&self, mechanism: &str, digest: MessageDigest) -> Result<String, ErrorStack> {
        let mut salt = [0; 16];
        rand_bytes(&mut salt)?;
        let mut salted = vec![0; digest.size()];
        pbkdf2_hmac(self.0.as_bytes(), &salt, ITERATIONS, digest, &mut salted)?;
        let (salt, salted) = (encode_block(&salt), encode_block(&salted));
        Ok(format!(
            "{mechanism}=[name={USER},salt=\"{salt}\",saltedpassword=\"{salted}\",iterations={ITERATIONS}]"
        ))
    }

    /// The same for both mechanisms.
    pub(crate) fn scrams(&self) -> Result<[String; 2], BrokerError> {
        let broken = |source: ErrorStack| BrokerError::Certificates { source: source.into() };
        Ok([
            self.scram("SCRAM-SHA-256", MessageDigest::sha256()).map_err(broken)?,
            self.scram("SCRAM-SHA-512", MessageDigest::sha512()).map_err(broken)?,
        ])
    }
}
