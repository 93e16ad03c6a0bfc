//! The ways into a local broker, and which of them it offers.

use mercato_units::enumerated;

/// Listeners of a local broker besides the one in plaintext.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Security {
    /// TLS, with certificates made on the spot.
    pub tls: bool,
    /// A name and a password, over TLS too where that is offered.
    pub sasl: bool,
    /// Certificates that clients must reject: expired, or for another host. Requires `tls`.
    pub faulty_tls: bool,
}

impl Security {
    /// Returns the listeners for clients.
    pub fn listeners(self) -> Vec<Listener> {
        let offered = |listener: &Listener| match listener {
            Listener::Plaintext => true,
            Listener::Ssl | Listener::MutualSsl => self.tls,
            Listener::SaslSsl => self.tls && self.sasl,
            Listener::SaslPlaintext => self.sasl,
            Listener::ExpiredSsl | Listener::OtherNameSsl => self.tls && self.faulty_tls,
        };
        Listener::ALL.into_iter().filter(offered).collect()
    }
}

enumerated! {
    /// A way into a local broker, each on a port of its own after the first.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum Listener {
        /// Neither encryption nor password.
        Plaintext,
        /// Encrypted.
        Ssl,
        /// Encrypted, with name and password.
        SaslSsl,
        /// Name and password in the clear.
        SaslPlaintext,
        /// Encrypted, for clients with a certificate.
        MutualSsl,
        /// Encrypted under a certificate that has expired.
        ExpiredSsl,
        /// Encrypted under another host's certificate.
        OtherNameSsl,
    }
}

impl Listener {
    /// Its port at a broker whose first port is `first`.
    pub fn port(self, first: u16) -> u16 {
        first.saturating_add(self as u16)
    }

    /// Returns its address, in the form of `-b`, for a broker whose first port is `first`.
    pub fn address(self, first: u16) -> String {
        format!("localhost:{}", self.port(first))
    }
}
