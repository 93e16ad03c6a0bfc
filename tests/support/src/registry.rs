//! A schema registry that answers as a test tells it to, on loopback.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

/// A request.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// Method and path, such as `POST /subjects/orders-value/versions`.
    pub what: String,
    /// The header `Authorization`.
    pub authorization: Option<String>,
    /// The body; null without one.
    pub body: Value,
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: String,
    /// Time before it is sent.
    pub delay: Duration,
}

impl Reply {
    /// An answer at once.
    pub fn new(status: u16, body: &Value) -> Self {
        Self { status, body: body.to_string(), delay: Duration::ZERO }
    }
}

/// A registry.
#[derive(Debug)]
pub struct Registry {
    /// Its address: `http://127.0.0.1:PORT`.
    pub url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Registry {
    /// A registry that answers with `reply`.
    pub fn start(reply: impl Fn(&Asked) -> Reply + Send + 'static) -> Self {
        let listener =
            TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has free ports");
        let address = listener.local_addr().expect("a listener has an address");
        let asked = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&asked);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let Some(question) = read(&client) else { continue };
                log.lock().unwrap_or_else(PoisonError::into_inner).push(question.clone());
                let reply = reply(&question);
                thread::sleep(reply.delay);
                write(client, &reply);
            }
        });
        Self { url: format!("http://{address}"), asked }
    }

    /// A registry that takes every schema, with ids from 1 on in the order of their texts' first
    /// appearance.
    pub fn that_takes_all() -> Self {
        let known = Mutex::new(BTreeMap::new());
        Self::start(move |asked| {
            let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
            let next = known.len() + 1;
            let id = *known.entry(asked.body["schema"].to_string()).or_insert(next);
            Reply::new(200, &json!({"id": id}))
        })
    }

    /// All requests so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn read(client: &TcpStream) -> Option<Asked> {
    let mut reader = BufReader::new(client);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let what = line.split(' ').take(2).collect::<Vec<_>>().join(" ");
    let (mut length, mut authorization) = (0, None);
    loop {
        line.clear();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim().split_once(':') else { break };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.trim().parse().ok()?,
            "authorization" => authorization = Some(value.trim().to_owned()),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
    Some(Asked { what, authorization, body })
}

/// A client that has gone away is none of the registry's business.
fn write(mut client: TcpStream, reply: &Reply) {
    let head = format!(
        "HTTP/1.1 {} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        reply.status,
        reply.body.len()
    );
    let _ =
        client.write_all(head.as_bytes()).and_then(|()| client.write_all(reply.body.as_bytes()));
}
