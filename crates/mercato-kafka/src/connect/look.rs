//! A look at what listens at an address: after a connection failed, and only to say why.
//!
//! librdkafka has one sentence for every certificate it refuses, and none at all for a listener of
//! another protocol.
//! Here the same address is asked the questions whose answers differ; no name and no password is
//! ever sent.

use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

use openssl::asn1::Asn1Time;
use openssl::error::ErrorStack;
use openssl::ssl::{SslConnector, SslMethod, SslStream, SslVerifyMode};
use openssl::x509::{X509, X509VerifyResult};
use rdkafka::ClientConfig;

/// Time limit of each step: the user is already waiting for a failed connection.
const LIMIT: Duration = Duration::from_secs(2);

/// `X509_V_ERR_HOSTNAME_MISMATCH` and `X509_V_ERR_IP_ADDRESS_MISMATCH`.
const OTHER_NAME: [i32; 2] = [62, 64];

/// The kind of listener at an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Look {
    /// Nothing responds, or nothing recognizable.
    Unknown,
    /// It speaks TLS.
    Tls(Proof),
    /// It does not speak TLS.
    Plain(Login),
}

/// The status of a broker's certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Proof {
    /// It is in order, and this is what is asked of clients.
    Good(Login),
    /// It expired at this time.
    Expired(String),
    /// It is for these names.
    OtherName(String),
    /// Nobody trusted has signed it; this is who did.
    Untrusted(String),
}

/// The authentication required by a listener.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Login {
    /// It does, by one of these mechanisms.
    Asked(String),
    /// It does not.
    NotAsked,
    /// Unknown.
    Unknown,
}

/// Looks at the first address of a list, trusting whom `properties` trust.
pub(super) fn look(addresses: &str, properties: &ClientConfig) -> Look {
    let address = addresses.split(',').next().unwrap_or_default();
    let address = address.split_once("://").map_or(address, |(_, address)| address).trim();
    let host = address.rsplit_once(':').map_or(address, |(host, _)| host).trim_matches(['[', ']']);
    let address = if address.ends_with(']') || !address.contains(':') {
        format!("{address}:9092")
    } else {
        address.to_owned()
    };
    let Ok(stream) = connect(&address) else { return Look::Unknown };
    match encrypted(stream, host, properties) {
        Some(mut stream) => {
            let proof = refused(&stream);
            Look::Tls(proof.unwrap_or_else(|| Proof::Good(ask_for_login(&mut stream))))
        }
        None => {
            connect(&address).map_or(Look::Unknown, |mut stream| match ask_for_login(&mut stream) {
                Login::Unknown => Look::Unknown,
                login => Look::Plain(login),
            })
        }
    }
}

fn connect(address: &str) -> io::Result<TcpStream> {
    let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for address in address.to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, LIMIT) {
            Ok(stream) => {
                stream.set_read_timeout(Some(LIMIT))?;
                stream.set_write_timeout(Some(LIMIT))?;
                return Ok(stream);
            }
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// The stream under TLS, whatever the certificate; none where nobody speaks it.
fn encrypted(
    stream: TcpStream,
    host: &str,
    properties: &ClientConfig,
) -> Option<SslStream<TcpStream>> {
    let connector = || -> Result<_, ErrorStack> {
        let mut builder = SslConnector::builder(SslMethod::tls_client())?;
        // What does not hold is looked up afterwards; nothing secret goes over this connection.
        builder.set_verify(SslVerifyMode::NONE);
        if let Some(file) = properties.get("ssl.ca.location").filter(|file| *file != "probe") {
            builder.set_ca_file(file)?;
        }
        builder.build().configure()
    };
    connector().ok()?.connect(host, stream).ok()
}

/// Returns the problem of the certificate, if any.
fn refused(stream: &SslStream<TcpStream>) -> Option<Proof> {
    let certificate = stream.ssl().peer_certificate()?;
    // An expired certificate of an unknown authority is told as expired: that is wrong whomever one
    // trusts.
    if Asn1Time::days_from_now(0).is_ok_and(|now| *certificate.not_after() < now) {
        return Some(Proof::Expired(certificate.not_after().to_string()));
    }
    match stream.ssl().verify_result() {
        X509VerifyResult::OK => None,
        result if OTHER_NAME.contains(&result.as_raw()) => {
            Some(Proof::OtherName(names(&certificate)))
        }
        _ => Some(Proof::Untrusted(issuer(&certificate))),
    }
}

fn names(certificate: &X509) -> String {
    let names = certificate.subject_alt_names();
    let names =
        names.iter().flatten().filter_map(|name| name.dnsname()).collect::<Vec<_>>().join(", ");
    if names.is_empty() { "no host".to_owned() } else { names }
}

fn issuer(certificate: &X509) -> String {
    let parts =
        certificate.issuer_name().entries().filter_map(|entry| entry.data().to_string().ok());
    parts.map(|part| String::from(&*part)).collect::<Vec<_>>().join(", ")
}

/// Asks which mechanisms there are to log in: a Kafka `SaslHandshake`, which brokers answer to
/// anybody.
fn ask_for_login(stream: &mut (impl Read + Write)) -> Login {
    mechanisms(stream).unwrap_or(Login::Unknown)
}

fn mechanisms(stream: &mut (impl Read + Write)) -> io::Result<Login> {
    const SASL_HANDSHAKE: u8 = 17;
    const VERSION: u8 = 1;
    const ILLEGAL_SASL_STATE: i16 = 34;
    const MOST_BYTES: usize = 4096;
    // Key, version, correlation 1, client id "mercato", mechanism "PLAIN", after its length.
    let mut request = vec![0, 0, 0, 24, 0, SASL_HANDSHAKE, 0, VERSION, 0, 0, 0, 1, 0, 7];
    request.extend_from_slice(b"mercato\x00\x05PLAIN");
    stream.write_all(&request)?;
    let mut length = [0; 4];
    stream.read_exact(&mut length)?;
    let mut answer = vec![0; (u32::from_be_bytes(length) as usize).min(MOST_BYTES)];
    stream.read_exact(&mut answer)?;
    Ok(match answer.as_slice() {
        [0, 0, 0, 1, high, low, ..] if i16::from_be_bytes([*high, *low]) == ILLEGAL_SASL_STATE => {
            Login::NotAsked
        }
        [0, 0, 0, 1, _, _, _, _, _, _, list @ ..] => Login::Asked(listed(list)),
        _ => Login::Unknown,
    })
}

/// Strings, each after its length in two bytes.
fn listed(mut list: &[u8]) -> String {
    let mut names = Vec::new();
    while let [high, low, rest @ ..] = list {
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        let Some((name, rest)) = rest.split_at_checked(length) else { break };
        names.push(String::from_utf8_lossy(name).into_owned());
        list = rest;
    }
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives the first, keeps what is written in the second.
    struct Peer(io::Cursor<Vec<u8>>, Vec<u8>);

    impl Read for Peer {
        fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
            self.0.read(buf)
        }
    }

    impl Write for Peer {
        fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
            self.1.write(buf)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn answered(body: &[u8]) -> (Login, Vec<u8>) {
        let mut peer =
            Peer(io::Cursor::new([&(body.len() as u32).to_be_bytes(), body].concat()), Vec::new());
        (ask_for_login(&mut peer), peer.1)
    }

    #[test]
    fn mechanisms_are_read_from_the_answer() {
        let body = b"\0\0\0\x01\0\x21\0\0\0\x02\0\x05PLAIN\0\x0dSCRAM-SHA-256";
        let (login, asked) = answered(body);
        assert_eq!(login, Login::Asked("PLAIN, SCRAM-SHA-256".to_owned()));
        assert_eq!(asked.len() - 4, asked[3] as usize, "the length says how much follows");
        assert_eq!(answered(b"\0\0\0\x01\0\x22\0\0\0\0").0, Login::NotAsked);
        assert_eq!(answered(b"HTTP/1.1 400").0, Login::Unknown);
        assert_eq!(answered(b"").0, Login::Unknown);
    }
}
