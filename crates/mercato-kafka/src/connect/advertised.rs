//! The addresses that brokers advertise: where a client is sent once it has asked.
//!
//! A broker in a container often answers at one address and advertises another that only its own
//! network knows. The client then connects, learns of the topic, and waits forever; so the
//! addresses of the topic's leaders are tried before a run begins.

use std::io;
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

use rdkafka::metadata::Metadata;

/// Time limit for each address to accept a connection.
const LIMIT: Duration = Duration::from_secs(2);

/// An advertised address that this machine cannot use.
#[derive(Debug)]
pub(super) struct Unusable {
    /// Advice on what to do, and why.
    pub(super) advice: String,
    /// The underlying I/O error.
    pub(super) source: io::Error,
}

/// Returns the first advertised address of a leader of `topic`, or of any broker, that this machine
/// cannot use.
///
/// Addresses in `usable` are not tried; those that can be used are added to it.
pub(super) fn unusable(
    metadata: &Metadata,
    topic: Option<&str>,
    usable: &mut Vec<String>,
) -> Option<Unusable> {
    let leads = |id: i32| {
        let Some(topic) = topic else { return true };
        let mut partitions = metadata.topics().iter().filter(|entry| entry.name() == topic);
        partitions.any(|entry| entry.partitions().iter().any(|partition| partition.leader() == id))
    };
    let mut others = metadata.brokers().iter().filter(|broker| leads(broker.id()));
    others.find_map(|broker| {
        let port = u16::try_from(broker.port()).unwrap_or_default();
        let address = format!("{}:{port}", broker.host());
        if usable.contains(&address) {
            return None;
        }
        if let Some((problem, source)) = problem(broker.host(), port) {
            return Some(Unusable { advice: advice(&address, problem), source });
        }
        usable.push(address);
        None
    })
}

/// Says how to make an advertised address usable.
pub(super) fn advice(address: &str, problem: &str) -> String {
    format!(
        "it answers but advertises {address}, {problem}; set advertised.listeners of the broker to \
         an address that this machine can reach"
    )
}

/// The problem of an address whose host name nobody knows here.
pub(super) const UNRESOLVED: &str = "which this machine cannot resolve";

fn problem(host: &str, port: u16) -> Option<(&'static str, io::Error)> {
    let addresses = match (host, port).to_socket_addrs() {
        Ok(addresses) => addresses,
        Err(error) => return Some((UNRESOLVED, error)),
    };
    let mut last = None;
    for address in addresses {
        match TcpStream::connect_timeout(&address, LIMIT) {
            Ok(_) => return None,
            Err(error) => last = Some(error),
        }
    }
    let error = last.unwrap_or_else(|| io::Error::other("the name has no address"));
    Some(("which this machine cannot reach", error))
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, TcpListener};

    use super::*;

    #[test]
    fn a_name_nobody_knows_and_a_port_nobody_listens_on_cannot_be_used() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        assert!(problem("127.0.0.1", port).is_none());
        drop(listener);
        assert_eq!(problem("127.0.0.1", port).unwrap().0, "which this machine cannot reach");
        assert_eq!(
            problem("kafka.invalid", 29_092).unwrap().0,
            "which this machine cannot resolve"
        );
    }
}
