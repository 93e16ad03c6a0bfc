//! `/metrics`, `/healthz` and `/readyz` over HTTP.
//!
//! A scraper asks every few seconds and wants one page, so one thread is enough; it waits for no
//! client ([`super::clients`]).

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::thread;

use super::clients::Server;
use super::{Registry, prometheus};

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
    let serve = move || Server::new(listener, registry, answer).serve();
    thread::Builder::new().name("metrics".to_owned()).spawn(serve).map_err(failed)?;
    Ok(bound)
}

/// The answer to the request whose first line is `request`, as bytes of HTTP.
fn answer(request: &str, registry: &Registry) -> Vec<u8> {
    let Page { status, kind, body } = page(request, registry);
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    );
    let body = if request.starts_with("HEAD ") { "" } else { &body };
    [head.as_bytes(), body.as_bytes()].concat()
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
        "/readyz" if registry.is_silent() => plain(
            "503 Service Unavailable",
            "not ready: records are waiting for a destination that has stopped answering",
        ),
        "/readyz" if registry.is_ready() => plain("200 OK", "ready"),
        "/readyz" => plain("503 Service Unavailable", "not ready: the destination is not open yet"),
        _ => plain("404 Not Found", "not found: use /metrics, /healthz or /readyz"),
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpStream;
    use std::time::{Duration, Instant};

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
    #[expect(clippy::disallowed_methods, reason = "the test measures how long an answer takes")]
    fn idle_and_slow_clients_do_not_keep_others_waiting() {
        let address = listen("127.0.0.1:0", Registry::default()).unwrap();
        let connect = || TcpStream::connect(address).unwrap();
        // More idle clients than are kept, and some that send a byte at a time.
        let idle: Vec<TcpStream> = (0..100).map(|_| connect()).collect();
        let mut slow: Vec<TcpStream> = (0..5).map(|_| connect()).collect();
        let started = Instant::now();
        for round in 0..20 {
            slow.iter_mut().for_each(|client| {
                let _ = client.write_all(&b"GET /healthz HTTP/1.1\r\nHost: abc"[round..=round]);
            });
            assert!(get(address, "GET /healthz HTTP/1.1\r\n\r\n").ends_with("ok\n"));
        }
        assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
        drop(idle);
    }

    #[test]
    fn a_request_that_is_too_long_is_answered_nevertheless() {
        let address = listen("127.0.0.1:0", Registry::default()).unwrap();
        let long = format!("GET /healthz HTTP/1.1\r\nX: {}", "x".repeat(8 * 1024));
        assert!(get(address, &long).starts_with("HTTP/1.1 200"));
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
