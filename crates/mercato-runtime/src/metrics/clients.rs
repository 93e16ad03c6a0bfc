//! Clients of the metrics server: one thread that waits for none of them.
//!
//! Sockets don't block.
//! While there are clients, the thread looks at each every few milliseconds; without any it sleeps
//! until the next connects.
//! The number of clients and the time each may take are bounded, so neither a slow client nor many
//! idle ones can keep `/healthz` silent.

use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use super::Registry;
use crate::clock::WallClock;

/// Time limit for a client's request and for reading the response, in microseconds.
const PATIENCE: i64 = 2_000_000;
/// Clients at a time; of more, the one that has been there longest is dropped.
const MOST_CLIENTS: usize = 64;
/// Interval between looks at clients.
const INTERVAL: Duration = Duration::from_millis(5);
/// Bytes of a request that are looked at.
const LONGEST_REQUEST: usize = 8 * 1024;

/// Makes the answer to a request from its first line.
pub(super) type Answer = fn(&str, &Registry) -> Vec<u8>;

/// A listener and its clients.
pub(super) struct Server {
    listener: TcpListener,
    registry: Registry,
    answer: Answer,
    clock: WallClock,
    clients: VecDeque<Client>,
}

impl Server {
    /// A server on `listener` that gives each client the `answer` to the first line of its request.
    pub(super) fn new(listener: TcpListener, registry: Registry, answer: Answer) -> Self {
        Self { listener, registry, answer, clock: WallClock::start(), clients: VecDeque::new() }
    }

    /// Answers clients for as long as the process lives.
    pub(super) fn serve(mut self) {
        loop {
            if self.clients.is_empty() {
                self.accept_one();
            }
            self.accept_waiting();
            let (registry, now) = (&self.registry, self.clock.now());
            let answer = |request: &str| (self.answer)(request, registry);
            self.clients.retain_mut(|client| now < client.deadline && client.proceed(&answer));
            if !self.clients.is_empty() {
                thread::sleep(INTERVAL);
            }
        }
    }

    /// Waits for a client.
    fn accept_one(&mut self) {
        let accepted = self.listener.set_nonblocking(false).and_then(|()| self.listener.accept());
        match accepted {
            Ok((stream, _)) => self.add(stream),
            // Such as a process with too many open files, which others may close.
            Err(_) => thread::sleep(INTERVAL),
        }
    }

    /// Takes the clients that are waiting already.
    fn accept_waiting(&mut self) {
        if self.listener.set_nonblocking(true).is_err() {
            return;
        }
        for _ in 0..MOST_CLIENTS {
            let Ok((stream, _)) = self.listener.accept() else { return };
            self.add(stream);
        }
    }

    fn add(&mut self, stream: TcpStream) {
        if stream.set_nonblocking(true).is_err() {
            return;
        }
        if self.clients.len() == MOST_CLIENTS {
            self.clients.pop_front();
        }
        let deadline = self.clock.now().saturating_add(PATIENCE);
        self.clients.push_back(Client { stream, deadline, request: Vec::new(), answer: None });
    }
}

/// A client and how far it has come.
struct Client {
    stream: TcpStream,
    deadline: i64,
    request: Vec<u8>,
    /// The answer and how much of it has been sent; none while the request is read.
    answer: Option<(Vec<u8>, usize)>,
}

impl Client {
    /// Reads and writes as far as possible without waiting; false once there is nothing left to do.
    ///
    /// A mistake of the client is its own loss: there is nobody else to tell.
    fn proceed(&mut self, answer: &dyn Fn(&str) -> Vec<u8>) -> bool {
        if self.answer.is_none() {
            match self.read() {
                Ok(()) => self.answer = Some((answer(&self.first_line()), 0)),
                Err(error) => return error.kind() == ErrorKind::WouldBlock,
            }
        }
        let Some((bytes, sent)) = &mut self.answer else { return true };
        while *sent < bytes.len() {
            match self.stream.write(&bytes[*sent..]) {
                Ok(0) => return false,
                Ok(count) => *sent += count,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return error.kind() == ErrorKind::WouldBlock,
            }
        }
        // The connection is about to be closed in any case.
        let _ = self.stream.shutdown(Shutdown::Write);
        false
    }

    /// Reads what has arrived of the request, until it is complete or as long as is looked at.
    ///
    /// All of the request is read, or closing would reset the connection before the answer is read.
    fn read(&mut self) -> io::Result<()> {
        let mut bytes = [0; 1024];
        loop {
            let is_whole = [&b"\r\n\r\n"[..], b"\n\n"]
                .into_iter()
                .any(|end| self.request.windows(end.len()).any(|window| window == end));
            if is_whole || self.request.len() >= LONGEST_REQUEST {
                return Ok(());
            }
            match self.stream.read(&mut bytes) {
                Ok(0) => return Ok(()),
                Ok(count) => self.request.extend_from_slice(&bytes[..count]),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn first_line(&self) -> String {
        let first = self.request.split(|byte| *byte == b'\n').next().unwrap_or_default();
        String::from_utf8_lossy(first).trim_end().to_owned()
    }
}
