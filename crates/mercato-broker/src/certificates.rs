//! Certificates for a broker on loopback, made on the spot: nothing secret is shipped, and none
//! outlives its folder.
//!
//! Everything is PEM, which Kafka, librdkafka and OpenSSL read alike, so no key store needs a
//! password.
//! Besides the ones that work there are some that must not: whoever writes a client wants to see it
//! refuse them.

use std::fs;
use std::path::{Path, PathBuf};

use mercato_units::enumerated;
use openssl::asn1::{Asn1Integer, Asn1Time};
use openssl::bn::{BigNum, MsbOption};
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::x509::extension::{
    BasicConstraints, ExtendedKeyUsage, KeyUsage, SubjectAlternativeName,
};
use openssl::x509::{X509, X509Builder, X509NameBuilder};

use crate::clock::now_seconds;
use crate::{BrokerError, private};

/// Validity of a certificate in days: meant for tests on loopback, not for deployment.
const VALID_DAYS: i64 = 365;

const DAY_SECONDS: i64 = 24 * 3600;

/// A client's certificate and its private key, as PEM files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientCertificate {
    /// The certificate.
    pub certificate: PathBuf,
    /// The private key.
    pub key: PathBuf,
}

/// The certificates of a state folder, as PEM files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificates {
    /// The authority that clients are to trust.
    pub ca: PathBuf,
    /// A client's certificate, signed by that authority.
    pub client: ClientCertificate,
    /// An authority that signed nothing that counts here.
    pub stranger_ca: PathBuf,
    /// A client's certificate of that other authority.
    pub stranger: ClientCertificate,
    /// A client's certificate that has expired.
    pub expired: ClientCertificate,
    folder: PathBuf,
}

enumerated! {
    /// A broker's certificate, which may be one that clients must refuse.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(crate) enum Server {
        Good,
        Expired,
        OtherName,
    }
}

impl Server {
    fn file(self) -> &'static str {
        match self {
            Self::Good => "broker.pem",
            Self::Expired => "broker-expired.pem",
            Self::OtherName => "broker-other-name.pem",
        }
    }
}

impl Certificates {
    /// The names of the files in `folder`, whether or not they are there.
    pub fn in_folder(folder: &Path) -> Self {
        let file = |name: &str| folder.join(name);
        let pair = |name: &str| ClientCertificate {
            certificate: file(&format!("{name}.pem")),
            key: file(&format!("{name}.key")),
        };
        Self {
            ca: file("ca.pem"),
            client: pair("client"),
            stranger_ca: file("stranger-ca.pem"),
            stranger: pair("client-stranger"),
            expired: pair("client-expired"),
            folder: folder.to_owned(),
        }
    }

    /// Key and certificate of the broker in one file, as Kafka reads them.
    pub(crate) fn server(&self, which: Server) -> PathBuf {
        self.folder.join(which.file())
    }

    /// Makes what is missing; a folder that has its certificates keeps them, unless they are about
    /// to expire.
    pub fn make(folder: &Path) -> Result<Self, BrokerError> {
        let files = Self::in_folder(folder);
        if files.are_fresh() {
            return Ok(files);
        }
        fs::create_dir_all(folder).map_err(BrokerError::io("create", folder))?;
        let made =
            Made::new().map_err(|source| BrokerError::Certificates { source: source.into() })?;
        made.write(&files).map(|()| files)
    }

    fn are_fresh(&self) -> bool {
        let soon = Asn1Time::days_from_now(7);
        let client =
            fs::read(&self.client.certificate).ok().and_then(|pem| X509::from_pem(&pem).ok());
        let lasts = client.zip(soon.ok()).is_some_and(|(client, soon)| client.not_after() > soon);
        lasts && Server::ALL.iter().all(|which| self.server(*which).exists())
    }
}

/// A certificate with its key.
struct Pair {
    key: PKey<Private>,
    certificate: X509,
}

/// The contents of a certificate.
struct Wish<'a> {
    name: &'a str,
    hosts: &'a [&'a str],
    is_ca: bool,
    from_days: i64,
    to_days: i64,
}

impl<'a> Wish<'a> {
    fn lasting(name: &'a str) -> Self {
        Self { name, hosts: &[], is_ca: false, from_days: -1, to_days: VALID_DAYS }
    }

    fn expired(self) -> Self {
        Self { from_days: -30, to_days: -1, ..self }
    }

    /// Signed by `signer`, or by itself.
    fn signed(&self, signer: Option<&Pair>) -> Result<Pair, ErrorStack> {
        let key = PKey::from_rsa(Rsa::generate(2048)?)?;
        let name = name(self.name)?;
        let mut builder = X509::builder()?;
        builder.set_version(2)?;
        builder.set_serial_number(&*serial()?)?;
        builder.set_subject_name(&name)?;
        builder
            .set_issuer_name(signer.map_or(&*name, |signer| signer.certificate.subject_name()))?;
        builder.set_pubkey(&key)?;
        builder.set_not_before(&*days(self.from_days)?)?;
        builder.set_not_after(&*days(self.to_days)?)?;
        self.extend(&mut builder, signer)?;
        builder.sign(signer.map_or(&key, |signer| &signer.key), MessageDigest::sha256())?;
        Ok(Pair { certificate: builder.build(), key })
    }

    fn extend(&self, builder: &mut X509Builder, signer: Option<&Pair>) -> Result<(), ErrorStack> {
        if self.is_ca {
            builder.append_extension(BasicConstraints::new().critical().ca().build()?)?;
            return builder
                .append_extension(KeyUsage::new().critical().key_cert_sign().crl_sign().build()?);
        }
        builder.append_extension(BasicConstraints::new().build()?)?;
        builder.append_extension(ExtendedKeyUsage::new().server_auth().client_auth().build()?)?;
        if self.hosts.is_empty() {
            return Ok(());
        }
        let mut names = SubjectAlternativeName::new();
        for host in self.hosts {
            if host.parse::<std::net::IpAddr>().is_ok() {
                names.ip(host)
            } else {
                names.dns(host)
            };
        }
        let issuer = signer.map(|signer| &*signer.certificate);
        let names = names.build(&builder.x509v3_context(issuer, None))?;
        builder.append_extension(names)
    }
}

/// All certificates, in memory.
struct Made {
    ca: Pair,
    servers: Vec<(Server, Pair)>,
    client: Pair,
    expired: Pair,
    stranger_ca: Pair,
    stranger: Pair,
}

impl Made {
    fn new() -> Result<Self, ErrorStack> {
        let authority = |name| Wish { is_ca: true, ..Wish::lasting(name) }.signed(None);
        let ca = authority("mercato local authority")?;
        let stranger_ca = authority("mercato stranger authority")?;
        let local: &[&str] = &["localhost", "127.0.0.1", "::1"];
        let server = |which| {
            let wish = Wish { hosts: local, ..Wish::lasting("localhost") };
            let wish = match which {
                Server::Good => wish,
                Server::Expired => wish.expired(),
                Server::OtherName => {
                    Wish { name: "elsewhere.example", hosts: &["elsewhere.example"], ..wish }
                }
            };
            Ok((which, wish.signed(Some(&ca))?))
        };
        Ok(Self {
            servers: Server::ALL.into_iter().map(server).collect::<Result<_, ErrorStack>>()?,
            client: Wish::lasting("mercato").signed(Some(&ca))?,
            expired: Wish::lasting("mercato").expired().signed(Some(&ca))?,
            stranger: Wish::lasting("stranger").signed(Some(&stranger_ca))?,
            ca,
            stranger_ca,
        })
    }

    fn write(&self, files: &Certificates) -> Result<(), BrokerError> {
        let broken = |source: ErrorStack| BrokerError::Certificates { source: source.into() };
        let public = |path: &Path, certificate: &X509| {
            let pem = certificate.to_pem().map_err(broken)?;
            fs::write(path, pem).map_err(BrokerError::io("write", path))
        };
        let secret = |path: &Path, pem: Vec<u8>| {
            private::write(path, &pem).map_err(BrokerError::io("write", path))
        };
        let key = |pair: &Pair| pair.key.private_key_to_pem_pkcs8().map_err(broken);
        for (which, pair) in &self.servers {
            let both = [key(pair)?, pair.certificate.to_pem().map_err(broken)?].concat();
            secret(&files.server(*which), both)?;
        }
        public(&files.ca, &self.ca.certificate)?;
        public(&files.stranger_ca, &self.stranger_ca.certificate)?;
        let clients = [
            (&files.stranger, &self.stranger),
            (&files.expired, &self.expired),
            (&files.client, &self.client),
        ];
        clients.into_iter().try_for_each(|(file, pair)| {
            public(&file.certificate, &pair.certificate)?;
            secret(&file.key, key(pair)?)
        })
    }
}

fn name(common: &str) -> Result<openssl::x509::X509Name, ErrorStack> {
    let mut name = X509NameBuilder::new()?;
    name.append_entry_by_nid(Nid::ORGANIZATIONNAME, "mercato local broker")?;
    name.append_entry_by_nid(Nid::COMMONNAME, common)?;
    Ok(name.build())
}

fn serial() -> Result<Asn1Integer, ErrorStack> {
    let mut number = BigNum::new()?;
    number.rand(127, MsbOption::MAYBE_ZERO, false)?;
    number.to_asn1_integer()
}

/// So many days from now; negative ones are past.
fn days(count: i64) -> Result<Asn1Time, ErrorStack> {
    Asn1Time::from_unix(now_seconds() + count * DAY_SECONDS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(path: &Path) -> X509 {
        X509::from_pem(&fs::read(path).unwrap()).unwrap()
    }

    #[test]
    fn certificates_are_signed_by_their_authority_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        let made = Certificates::make(folder.path()).unwrap();
        let (ca, client) = (read(&made.ca), read(&made.client.certificate));
        assert!(client.verify(&ca.public_key().unwrap()).unwrap());
        assert!(!read(&made.stranger.certificate).verify(&ca.public_key().unwrap()).unwrap());
        let now = Asn1Time::days_from_now(0).unwrap();
        assert!(client.not_after() > now && read(&made.expired.certificate).not_after() < now);
        let key = PKey::private_key_from_pem(&fs::read(&made.client.key).unwrap()).unwrap();
        assert!(client.public_key().unwrap().public_eq(&key));
        let names = read(&made.server(Server::Good)).subject_alt_names().unwrap();
        assert_eq!(
            names.iter().filter_map(|name| name.dnsname()).collect::<Vec<_>>(),
            ["localhost"]
        );
        Certificates::make(folder.path()).unwrap();
        assert_eq!(read(&made.ca), ca, "a second start makes no new ones");
    }
}
