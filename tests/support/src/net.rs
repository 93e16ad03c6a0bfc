//! Loopback: free ports, and what a program answers on one.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};

/// The status and body of what a program answers at `address`, which must be listening.
pub fn get(address: &str, path: &str) -> (u16, String) {
    let mut client = TcpStream::connect(address).expect("the program listens");
    write!(client, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")
        .expect("the program reads");
    let mut answer = String::new();
    client.read_to_string(&mut answer).expect("the program answers");
    let (head, body) = answer.split_once("\r\n\r\n").expect("an answer has a head");
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok())
        .expect("an answer has a status");
    (status, body.to_owned())
}

/// The value of `name` in a page of metrics; several series are added up.
pub fn metric(page: &str, name: &str) -> f64 {
    let series = page
        .lines()
        .filter(|line| line.strip_prefix(name).is_some_and(|rest| rest.starts_with('{')));
    let values =
        series.map(|line| line.rsplit(' ').next().and_then(|value| value.parse::<f64>().ok()));
    values.map(|value| value.expect("a metric is a number")).sum()
}

/// A port of loopback that nobody listens on at this moment.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has free ports");
    listener.local_addr().expect("a listener has an address").port()
}

/// The first of `count` ports in a row that nobody listens on at this moment.
pub fn free_ports(count: u16) -> u16 {
    let free = |port: u16| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok();
    let fits = |first: &u16| first.checked_add(count).is_some_and(|end| (*first..end).all(free));
    std::iter::repeat_with(free_port)
        .take(100)
        .find(fits)
        .expect("loopback has free ports in a row")
}
