//! A request by which a broker shows that it is ready: one question of Kafka's protocol, without a
//! client library.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

/// Asks for the members of the cluster and for no topics: `Metadata` in version 1, correlation 1,
/// client `mercato`.
const REQUEST: &[u8] = b"\0\0\0\x15\0\x03\0\x01\0\0\0\x01\0\x07mercato\0\0\0\0";

/// Returns whether the broker at `port` of loopback names a member of its cluster, which is itself
/// once it is ready.
pub(crate) fn answers(port: u16, limit: Duration) -> bool {
    ask(port, limit).is_ok_and(|members| members > 0)
}

/// The number of members.
fn ask(port: u16, limit: Duration) -> io::Result<i32> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut stream = TcpStream::connect_timeout(&address, limit)?;
    stream.set_read_timeout(Some(limit))?;
    stream.set_write_timeout(Some(limit))?;
    stream.write_all(REQUEST)?;
    // Size, correlation, members.
    let mut head = [0; 12];
    stream.read_exact(&mut head)?;
    let [.., a, b, c, d] = head;
    Ok(i32::from_be_bytes([a, b, c, d]))
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::thread;

    use super::*;

    /// Answers one request with `response`; returns the port.
    fn broker(response: &'static [u8]) -> u16 {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; REQUEST.len()];
            stream.read_exact(&mut request).unwrap();
            stream.write_all(response).unwrap();
        });
        port
    }

    #[test]
    fn a_broker_is_ready_when_it_names_a_member() {
        let asked = |response| answers(broker(response), Duration::from_secs(5));
        assert!(asked(b"\0\0\0\x08\0\0\0\x01\0\0\0\x01"));
        assert!(!asked(b"\0\0\0\x08\0\0\0\x01\0\0\0\0"), "it has not joined its cluster yet");
        assert!(!asked(b"\0\0\0\x08\0\0\0\x01"), "it ended in the middle");
    }

    #[test]
    fn the_length_of_the_request_is_its_own() {
        let [a, b, c, d, rest @ ..] = REQUEST else { unreachable!() };
        assert_eq!(u32::from_be_bytes([*a, *b, *c, *d]) as usize, rest.len());
    }

    #[test]
    fn nobody_there_is_no_answer() {
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
        assert!(!answers(free.port(), Duration::from_secs(1)));
    }
}
