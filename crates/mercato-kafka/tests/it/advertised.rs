//! A broker that answers and advertises an address that nobody can use.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use mercato_kafka::KafkaConfig;
use mercato_kafka::admin::Admin;

/// Starts a broker that knows two requests, `ApiVersions` and `Metadata`, and advertises this host and
/// port; returns its own port.
fn broker_that_advertises(host: &'static str, port: u16) -> io::Result<u16> {
    let (listener, own) = listener()?;
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // A client that leaves ends its thread.
            thread::spawn(move || answer(stream, host, port));
        }
    });
    Ok(own)
}

fn listener() -> io::Result<(TcpListener, u16)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let port = listener.local_addr()?.port();
    Ok((listener, port))
}

fn answer(mut stream: TcpStream, host: &str, port: u16) -> io::Result<()> {
    loop {
        let mut length = [0; 4];
        stream.read_exact(&mut length)?;
        let mut request = vec![0; u32::from_be_bytes(length) as usize];
        stream.read_exact(&mut request)?;
        let (api, version) = (&request[..2], &request[2..4]);
        let mut response = request[4..8].to_vec();
        match (api, version) {
            ([0, 18], [0, 0]) => {
                response.extend([0, 0, 0, 0, 0, 2]);
                response.extend([0, 3, 0, 1, 0, 1]);
                response.extend([0, 18, 0, 0, 0, 0]);
            }
            // Only version 0 is known; 35 is Kafka's code for that.
            ([0, 18], _) => response.extend([0, 35, 0, 0, 0, 0]),
            _ => {
                response.extend([0, 0, 0, 1, 0, 0, 0, 7]);
                response.extend((host.len() as u16).to_be_bytes());
                response.extend(host.as_bytes());
                response.extend(u32::from(port).to_be_bytes());
                // No rack, broker 7 is the controller, no topics.
                response.extend([255, 255, 0, 0, 0, 7, 0, 0, 0, 0]);
            }
        }
        stream.write_all(&(response.len() as u32).to_be_bytes())?;
        stream.write_all(&response)?;
    }
}

#[test]
fn an_advertised_address_that_cannot_be_used_is_named_within_seconds() {
    let (_, free) = listener().unwrap();
    for (host, port, problem) in [
        ("kafka.invalid", 29_092, "kafka.invalid:29092, which this machine cannot resolve"),
        ("127.0.0.1", free, "which this machine cannot reach"),
    ] {
        let address = format!("127.0.0.1:{}", broker_that_advertises(host, port).unwrap());
        let limit = Some(Duration::from_secs(10));
        let Err(error) = Admin::connect(&KafkaConfig::new(&address), limit) else {
            panic!("{host}:{port} cannot be used");
        };
        let said = error.to_string();
        for words in [address.as_str(), "answers but advertises", problem, "advertised.listeners"] {
            assert!(said.contains(words), "{said}");
        }
    }
}
