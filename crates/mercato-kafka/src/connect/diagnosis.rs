//! From what the client said to what the user should do next.

use rdkafka::ClientConfig;
use rdkafka::error::RDKafkaErrorCode as Code;

use super::advertised;
use super::look::{Login, Look, Proof, look};

/// The port that the client uses where none is given.
const DEFAULT_PORT: &str = ":9092";

/// A failed connection: what the client said last, and how it was to connect.
pub(super) struct Failed<'a> {
    pub(super) code: Code,
    pub(super) said: &'a str,
    pub(super) address: &'a str,
    pub(super) properties: &'a ClientConfig,
}

impl Failed<'_> {
    /// The recommended next step.
    ///
    /// Words that leave the reason open are settled by a look at the address.
    pub(super) fn advice(&self) -> String {
        self.by_words()
            .or_else(|| self.by_look(&look(self.address, self.properties)))
            .unwrap_or_else(|| self.general())
    }

    fn property(&self, name: &str) -> &str {
        self.properties.get(name).unwrap_or_default()
    }

    /// Returns whether `HOST:PORT` is among the addresses that the user gave; the client uses port
    /// 9092 where none is given.
    fn was_given(&self, name: &str) -> bool {
        self.address.split(',').any(|entry| {
            let entry = entry.split_once("://").map_or(entry, |(_, address)| address).trim();
            entry == name || name.strip_suffix(DEFAULT_PORT).is_some_and(|host| entry == host)
        })
    }

    fn protocol(&self) -> String {
        let set = self.properties.get("security.protocol").unwrap_or("plaintext");
        set.to_ascii_uppercase()
    }

    /// Returns the advice that follows from the client's message.
    fn by_words(&self) -> Option<String> {
        let says = |words: &str| self.said.contains(words);
        let mechanism = self.property("sasl.mechanisms").to_owned();
        if self.code == Code::Resolve {
            // The client has gone on to an address that a broker advertises.
            let quoted =
                self.said.split_once("resolve '").and_then(|(_, rest)| rest.split_once('\''));
            return Some(match quoted {
                Some((name, _)) if !self.was_given(name) => {
                    advertised::advice(name, advertised::UNRESOLVED)
                }
                Some((name, _)) => {
                    format!("this machine cannot resolve {name}; check the list of brokers")
                }
                None => "the host name cannot be resolved; check the list of brokers".to_owned(),
            });
        }
        if says("Unsupported SASL mechanism") {
            let offered =
                self.said.rsplit_once("mechanisms:").map_or("others", |(_, list)| list.trim());
            let offered = offered.split(" (after").next().unwrap_or(offered);
            return Some(format!(
                "the broker does not support {mechanism}; set sasl.mechanisms to one of {offered}"
            ));
        }
        if says("current SASL state") {
            return Some(format!(
                "this listener does not use SASL; set security.protocol={} or use the SASL listener",
                if self.protocol() == "SASL_SSL" { "SSL" } else { "PLAINTEXT" }
            ));
        }
        if matches!(self.code, Code::Authentication | Code::SaslAuthenticationFailed) {
            return Some(match mechanism.to_ascii_uppercase().as_str() {
                "OAUTHBEARER" => {
                    "the broker rejected the token; check the sasl.oauthbearer.* settings"
                        .to_owned()
                }
                _ => format!(
                    "the broker rejected the user name or password for {mechanism}; check sasl.username and sasl.password"
                ),
            });
        }
        if says("alert certificate required")
            || says("alert bad certificate")
            || says("alert handshake failure")
        {
            return Some(match self.property("ssl.certificate.location") {
                "" => "the broker requires a client certificate; set ssl.certificate.location and ssl.key.location"
                    .to_owned(),
                file => format!(
                    "the broker rejected the client certificate {file}; find out which authority must sign it"
                ),
            });
        }
        if says("alert certificate") || says("alert unknown ca") {
            let file = self.property("ssl.certificate.location");
            return Some(format!(
                "the broker rejected the client certificate {file}: it has expired or its authority is not trusted; request another"
            ));
        }
        says("PLAINTEXT broker listener").then(|| self.no_tls_there())
    }

    /// Returns the advice that follows from probing the address.
    fn by_look(&self, look: &Look) -> Option<String> {
        let protocol = self.protocol();
        let (tls, sasl) = (protocol.ends_with("SSL"), protocol.starts_with("SASL"));
        match look {
            Look::Plain(_) if tls => Some(self.no_tls_there()),
            Look::Tls(_) if !tls => {
                let wanted =
                    if sasl { "SASL_SSL" } else { "SSL, or SASL_SSL with a name and a password" };
                Some(format!(
                    "this listener uses TLS, but security.protocol is {protocol}; set it to {wanted}"
                ))
            }
            Look::Tls(Proof::Expired(when)) => Some(format!(
                "the broker's certificate expired on {when}; its operator must renew it"
            )),
            Look::Tls(Proof::OtherName(names)) => Some(format!(
                "the broker's certificate is for {names}, not for the host in {}; use one of these names, or have it reissued",
                self.address
            )),
            Look::Tls(Proof::Untrusted(issuer)) => Some(self.untrusted(issuer)),
            Look::Plain(Login::Asked(mechanisms))
            | Look::Tls(Proof::Good(Login::Asked(mechanisms)))
                if !sasl =>
            {
                let wanted = if tls { "SASL_SSL" } else { "SASL_PLAINTEXT" };
                Some(format!(
                    "this listener requires a user name and password; set security.protocol={wanted}, sasl.mechanisms \
                     (one of {mechanisms}), sasl.username and sasl.password"
                ))
            }
            _ => None,
        }
    }

    fn no_tls_there(&self) -> String {
        let wanted = if self.protocol() == "SASL_SSL" { "SASL_PLAINTEXT" } else { "PLAINTEXT" };
        format!(
            "this listener does not use TLS, but security.protocol is {}; use the TLS listener, or set {wanted}",
            self.protocol()
        )
    }

    fn untrusted(&self, issuer: &str) -> String {
        let trusted = match self.property("ssl.ca.location") {
            "" | "probe" => "this system's authorities".to_owned(),
            file => file.to_owned(),
        };
        format!(
            "the broker's certificate is signed by {issuer}, which is not among {trusted}; set ssl.ca.location to a \
             PEM file of the authority to trust"
        )
    }

    fn general(&self) -> String {
        match self.code {
            Code::SSL => {
                "the TLS handshake failed; check security.protocol and ssl.ca.location".to_owned()
            }
            _ if self.is_local() => {
                "start a broker with `mercato broker start`, or choose another with -b".to_owned()
            }
            _ => "check -b, the broker and any firewall between".to_owned(),
        }
    }

    fn is_local(&self) -> bool {
        let host = self.address.split(',').next().unwrap_or_default();
        ["localhost:", "127.", "[::1]:"].iter().any(|local| host.starts_with(local))
            || host == "localhost"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn advice(code: Code, said: &str, properties: &[(&str, &str)], seen: &Look) -> String {
        let mut config = ClientConfig::new();
        for (name, value) in properties {
            config.set(*name, *value);
        }
        let failed = Failed { code, said, address: "shop:9093", properties: &config };
        failed.by_words().or_else(|| failed.by_look(seen)).unwrap_or_else(|| failed.general())
    }

    #[test]
    fn an_address_is_the_user_s_own_with_and_without_the_default_port() {
        let said = "foo:9092/bootstrap: Failed to resolve 'foo:9092': Name or service not known";
        let properties = ClientConfig::new();
        let advice = |address| {
            let code = Code::Resolve;
            Failed { code, said, address, properties: &properties }.by_words().unwrap()
        };
        for address in ["foo", "foo:9092", "bar:1,foo", "SSL://foo:9092"] {
            assert_eq!(
                advice(address),
                "this machine cannot resolve foo:9092; check the list of brokers"
            );
        }
        for address in ["foo:9093", "barfoo:9092", "foobar"] {
            assert!(advice(address).contains("advertises foo:9092"), "{address}");
        }
    }

    #[test]
    fn each_trouble_has_a_next_step_of_its_own() {
        const TLS: (&str, &str) = ("security.protocol", "SSL");
        let untrusted = Look::Tls(Proof::Untrusted("Shop CA".to_owned()));
        let other = Look::Tls(Proof::OtherName("a.example".to_owned()));
        let expired = Look::Tls(Proof::Expired("May  1 2020".to_owned()));
        let asked = Look::Plain(Login::Asked("PLAIN".to_owned()));
        let cases = [
            (
                Code::Authentication,
                "Authentication failed",
                vec![("sasl.mechanisms", "PLAIN")],
                &Look::Unknown,
                "check sasl.username and sasl.password",
            ),
            (
                Code::Authentication,
                "Unsupported SASL mechanism: broker's supported mechanisms: PLAIN (after 3ms)",
                vec![],
                &Look::Unknown,
                "to one of PLAIN",
            ),
            (
                Code::Resolve,
                "kafka:29092/1: Failed to resolve 'kafka:29092': Name or service not known (after 3ms)",
                vec![],
                &Look::Unknown,
                "advertises kafka:29092, which this machine cannot resolve",
            ),
            (
                Code::Resolve,
                "shop:9093/bootstrap: Failed to resolve 'shop:9093': Name or service not known",
                vec![],
                &Look::Unknown,
                "this machine cannot resolve shop:9093; check the list of brokers",
            ),
            (
                Code::SSL,
                "certificate verify failed",
                vec![TLS],
                &untrusted,
                "signed by Shop CA, which is not among this system's",
            ),
            (
                Code::SSL,
                "certificate verify failed",
                vec![TLS],
                &other,
                "is for a.example, not for the host in shop:9093",
            ),
            (Code::SSL, "certificate verify failed", vec![TLS], &expired, "expired on May  1 2020"),
            (
                Code::SSL,
                "ssl/tls alert bad certificate",
                vec![TLS],
                &Look::Unknown,
                "requires a client certificate",
            ),
            (
                Code::BrokerTransportFailure,
                "",
                vec![],
                &untrusted,
                "uses TLS, but security.protocol is PLAINTEXT",
            ),
            (Code::BrokerTransportFailure, "", vec![TLS], &asked, "does not use TLS"),
            (
                Code::BrokerTransportFailure,
                "",
                vec![],
                &asked,
                "set security.protocol=SASL_PLAINTEXT",
            ),
            (Code::BrokerTransportFailure, "", vec![], &Look::Unknown, "check -b, the broker"),
        ];
        for (code, said, properties, seen, expected) in cases {
            let advice = advice(code, said, &properties, seen);
            assert!(advice.contains(expected), "{advice}");
        }
    }
}
