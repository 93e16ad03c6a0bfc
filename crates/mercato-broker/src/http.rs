//! A request by which a registry shows that it is ready: one page, without a client library.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

/// The start of an answer that is a success.
const SUCCESS: &[u8] = b"HTTP/1.1 200";

/// Returns whether the server at `port` of loopback has a page at `path`.
pub(crate) fn answers(port: u16, path: &str, limit: Duration) -> bool {
    ask(port, path, limit).is_ok_and(|start| start == SUCCESS)
}

/// The start of the answer.
fn ask(port: u16, path: &str, limit: Duration) -> io::Result<[u8; SUCCESS.len()]> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut stream = TcpStream::connect_timeout(&address, limit)?;
    stream.set_read_timeout(Some(limit))?;
    stream.set_write_timeout(Some(limit))?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n")?;
    let mut start = [0; SUCCESS.len()];
    stream.read_exact(&mut start)?;
    // What nobody reads would be a broken connection in the server's log.
    drop(io::copy(&mut stream.take(1 << 20), &mut io::sink()));
    Ok(start)
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::thread;

    use super::*;

    /// Answers one request with `response`; returns the port.
    fn server(response: &'static [u8]) -> u16 {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 1024];
            let length = stream.read(&mut request).unwrap();
            assert!(request[..length].starts_with(b"GET /subjects HTTP/1.1\r\n"));
            stream.write_all(response).unwrap();
        });
        port
    }

    #[test]
    fn a_registry_is_ready_when_it_has_the_page() {
        let asked = |response| answers(server(response), "/subjects", Duration::from_secs(5));
        assert!(asked(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]"));
        assert!(!asked(b"HTTP/1.1 503 Service Unavailable\r\n\r\n"), "it is starting");
        assert!(!asked(b"HTTP/1.1"), "it ended in the middle");
    }
}
