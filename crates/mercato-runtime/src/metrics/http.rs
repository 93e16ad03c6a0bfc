//! `/metrics`, `/healthz` and `/readyz` over HTTP.
//!
//! A scraper asks every few seconds and wants one page, so one thread answers one request after the
//! other and closes; a client that keeps it waiting is dropped.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use super::{Registry, prometheus};

/// Time limit for a client's request and for reading the response.
const PATIENCE: Duration = Duration::from_secs(2);

/// Bytes of a request that are looked at.
const LONGEST_REQUEST: u64 = 8 * 1024;

/// The address cannot be listened on.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {address} for metrics: {advice}")]
pub struct ListenError {
    /// The address as given.
    pub address: String,
    /// Advice on what to do.
    pub advice: &'static str,
    /// The underlying I/O error.
    pub source: io::Error,
}

impl ListenError {
    fn new(address: &str, source: io::Error) -> Self {
        let advice = match source.kind() {
            io::ErrorKind::AddrInUse => {
                "stop the program that uses this address, or choose another port with --metrics-listen; port 0 picks a free one"
            }
            io::ErrorKind::AddrNotAvailable => {
                "this machine has no such address; --metrics-listen 0.0.0.0:PORT listens on all of its addresses"
            }
            io::ErrorKind::PermissionDenied => {
                "this user may not listen there; choose a port of 1024 or above with --metrics-listen"
            }
            _ => {
                "use --metrics-listen HOST:PORT, such as 127.0.0.1:9464, or 0.0.0.0:9464 for all of this machine's addresses"
            }
        };
        Self { address: address.to_owned(), advice, source }
    }
}

/// Begins to answer at `address` on a thread of its own; returns where, which tells the port when 0
/// was asked for.
pub fn listen(address: &str, registry: Registry) -> Result<SocketAddr, ListenError> {
    let failed = |source| ListenError::new(address, source);
    let listener = TcpListener::bind(address).map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    thread::spawn(move || {
        for client in listener.incoming() {
            // What a client does wrong is its own loss: there is nobody else to tell.
            let _ = client.and_then(|client| answer(&client, &registry));
        }
    });
    Ok(bound)
}

fn answer(client: &TcpStream, registry: &Registry) -> io::Result<()> {
    client.set_read_timeout(Some(PATIENCE))?;
    client.set_write_timeout(Some(PATIENCE))?;
    let mut lines = BufReader::new(client.take(LONGEST_REQUEST)).lines();
    let request = lines.next().unwrap_or_else(|| Ok(String::new()))?;
    // The rest of the request is read, or closing would reset the connection before the answer is
    // read.
    for line in lines {
        if line?.is_empty() {
            break;
        }
    }
    let Page { status, kind, body } = page(&request, registry);
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    );
    let mut out = client;
    out.write_all(head.as_bytes())?;
    if !request.starts_with("HEAD ") {
        out.write_all(body.as_bytes())?;
    }
    out.flush()
}

struct Page {
    status: &'static str,
    kind: &'static str,
    body: String,
}

fn page(request: &str, registry: &Registry) -> Page {
    let plain = |status, body: &str| Page {
        status,
        kind: "text/plain; charset=utf-8",
        body: format!("{body}\n"),
    };
    let mut words = request.split_whitespace();
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    if !matches!(method, "GET" | "HEAD") {
        return plain("405 Method Not Allowed", "only GET and HEAD are supported");
    }
    match target.split('?').next().unwrap_or_default() {
        "/metrics" => Page {
            status: "200 OK",
            kind: "text/plain; version=0.0.4; charset=utf-8",
            body: prometheus::text(registry),
        },
        "/healthz" => plain("200 OK", "ok"),
        "/readyz" if registry.is_ready() => plain("200 OK", "ready"),
        "/readyz" => plain("503 Service Unavailable", "not ready: the destination is not open yet"),
        _ => plain("404 Not Found", "not found: use /metrics, /healthz or /readyz"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn get(address: SocketAddr, request: &str) -> String {
        let mut client = TcpStream::connect(address).unwrap();
        client.write_all(request.as_bytes()).unwrap();
        let mut text = String::new();
        client.read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn each_page_answers_and_readiness_follows_the_runs() {
        let registry = Registry::default();
        let address = listen("127.0.0.1:0", registry.clone()).unwrap();
        assert!(get(address, "GET /readyz HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 503"));
        let run = registry.register("sales", &["t".into()], "0/1");
        run.ready();
        assert!(get(address, "GET /readyz HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 200"));
        assert!(get(address, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").ends_with("\r\n\r\nok\n"));
        assert!(
            get(address, "GET /metrics?x=1 HTTP/1.1\r\n\r\n").contains("mercato_records_total{")
        );
        assert!(get(address, "GET / HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 404"));
        assert!(get(address, "POST /metrics HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 405"));
    }

    #[test]
    fn an_address_in_use_is_named() {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = taken.local_addr().unwrap().to_string();
        let error = listen(&address, Registry::default()).unwrap_err();
        assert!(
            error.to_string().contains(&address) && error.to_string().contains("--metrics-listen"),
            "{error}"
        );
    }
}
