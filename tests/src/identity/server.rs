//! The server: at every path it does what it was told last, and counts.

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

/// The size of what [`Answer::Flood`] offers.
const FLOOD: usize = 50 << 20;

/// The longest request head that is read.
const MAX_HEAD: u64 = 64 << 10;

/// How long a connection is kept that a client does not close.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a path answers with.
#[derive(Clone, Debug)]
pub enum Answer {
    /// 200 with this document.
    Document(Vec<u8>),
    /// The same after a pause.
    Late(Duration, Vec<u8>),
    /// The same, a byte every 100 ms.
    Drip(Vec<u8>),
    /// An error status.
    Status(u16),
    /// 302 to this address.
    Redirect(String),
    /// 50 MiB of JSON, the length told or not.
    Flood {
        /// By `Content-Length`.
        length_told: bool,
    },
    /// Nothing at all: the connection stays open.
    Stall,
    /// Nothing: the connection is closed.
    HangUp,
    /// The document but for its last byte: the connection is closed.
    BreakOff(Vec<u8>),
}

/// A server on the loopback that ends with the process.
#[derive(Debug)]
pub struct IdentityServer {
    address: SocketAddr,
    places: Arc<Mutex<Places>>,
}

type Places = BTreeMap<String, Place>;

#[derive(Debug)]
struct Place {
    answer: Answer,
    /// The heads of all requests.
    requests: Vec<String>,
    /// How many bytes of bodies the clients took.
    taken: usize,
}

impl IdentityServer {
    /// Starts one that knows no path yet.
    ///
    /// # Errors
    /// Where no port is free.
    pub fn start() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let server = Self {
            address: listener.local_addr()?,
            places: Arc::default(),
        };
        let places = Arc::clone(&server.places);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let places = Arc::clone(&places);
                // A client that goes away is what it does, not an error of ours.
                thread::spawn(move || serve(stream, &places).ok());
            }
        });
        Ok(server)
    }

    /// The address of a path.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Says what a path answers with from now on.
    pub fn set(&self, path: &str, answer: Answer) {
        let mut places = lock(&self.places);
        if let Some(place) = places.get_mut(path) {
            place.answer = answer;
            return;
        }
        let place = Place {
            answer,
            requests: Vec::new(),
            taken: 0,
        };
        places.insert(path.to_owned(), place);
    }

    /// The heads of all requests for a path.
    #[must_use]
    pub fn requests(&self, path: &str) -> Vec<String> {
        let places = lock(&self.places);
        places
            .get(path)
            .map(|place| place.requests.clone())
            .unwrap_or_default()
    }

    /// How many bytes of bodies were taken from a path.
    #[must_use]
    pub fn taken(&self, path: &str) -> usize {
        lock(&self.places).get(path).map_or(0, |place| place.taken)
    }
}

fn lock(places: &Mutex<Places>) -> MutexGuard<'_, Places> {
    places.lock().unwrap_or_else(PoisonError::into_inner)
}

fn serve(stream: TcpStream, places: &Mutex<Places>) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream);
    let head = read_head(&mut reader)?;
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    let answer = match lock(places).get_mut(&path) {
        None => Answer::Status(404),
        Some(place) => {
            place.requests.push(head);
            place.answer.clone()
        }
    };
    let count = |bytes: usize| {
        if let Some(place) = lock(places).get_mut(&path) {
            place.taken += bytes;
        }
    };
    send(reader.into_inner(), answer, count)
}

/// The request line and the header lines, as they came.
fn read_head(reader: &mut impl BufRead) -> io::Result<String> {
    let mut reader = reader.take(MAX_HEAD);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(head)
}

fn send(mut stream: TcpStream, answer: Answer, count: impl Fn(usize)) -> io::Result<()> {
    let document = |stream: &mut TcpStream, body: &[u8]| {
        stream.write_all(ok(Some(body.len())).as_bytes())?;
        stream.write_all(body)
    };
    match answer {
        Answer::Document(body) => document(&mut stream, &body),
        Answer::Late(pause, body) => {
            thread::sleep(pause);
            document(&mut stream, &body)
        }
        Answer::Drip(body) => {
            stream.write_all(ok(Some(body.len())).as_bytes())?;
            for byte in body {
                thread::sleep(Duration::from_millis(100));
                stream.write_all(&[byte])?;
            }
            Ok(())
        }
        Answer::Status(status) => {
            let head = format!(
                "HTTP/1.1 {status} X\r\nContent-Length: 2\r\nContent-Type: application/json\r\n\
                 Connection: close\r\n\r\n{{}}"
            );
            stream.write_all(head.as_bytes())
        }
        Answer::Redirect(url) => {
            let head = format!(
                "HTTP/1.1 302 Found\r\nLocation: {url}\r\nContent-Length: 0\r\n\
                 Connection: close\r\n\r\n"
            );
            stream.write_all(head.as_bytes())
        }
        Answer::Flood { length_told } => {
            stream.write_all(ok(length_told.then_some(FLOOD)).as_bytes())?;
            let chunk = [b' '; 64 << 10];
            for _ in 0..FLOOD / chunk.len() {
                stream.write_all(&chunk)?;
                count(chunk.len());
            }
            Ok(())
        }
        Answer::Stall => io::copy(&mut stream, &mut io::sink()).map(drop),
        Answer::HangUp => Ok(()),
        Answer::BreakOff(body) => {
            stream.write_all(ok(Some(body.len())).as_bytes())?;
            stream.write_all(body.split_last().map_or(&[], |(_, rest)| rest))
        }
    }
}

/// The head of a response that succeeds; without a length, the body ends with
/// the connection.
fn ok(length: Option<usize>) -> String {
    let length = length.map_or_else(String::new, |length| {
        format!("Content-Length: {length}\r\n")
    });
    format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n{length}Connection: close\r\n\r\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::{Client, Request};

    fn get(server: &IdentityServer, path: &str) -> io::Result<(u16, usize)> {
        let request = Request {
            method: b"GET".to_vec(),
            target: path.as_bytes().to_vec(),
            ..Request::default()
        };
        let response = Client::new(server.address).send(&request.header("Host", "h"))?;
        Ok((response.status, response.body.len()))
    }

    #[test]
    fn every_path_answers_as_told_and_is_counted() {
        let server = IdentityServer::start().unwrap();
        for (answer, expected) in [
            (Answer::Document(b"{}".to_vec()), (200, 2)),
            (Answer::Late(Duration::ZERO, b"{ }".to_vec()), (200, 3)),
            (Answer::Drip(b"{}".to_vec()), (200, 2)),
            (Answer::Status(500), (500, 2)),
            (Answer::Redirect(server.url("/b")), (302, 0)),
            (Answer::Flood { length_told: true }, (200, FLOOD)),
            (Answer::Flood { length_told: false }, (200, FLOOD)),
        ] {
            server.set("/a", answer.clone());
            assert_eq!(get(&server, "/a").unwrap(), expected, "{answer:?}");
        }
        for answer in [Answer::HangUp, Answer::BreakOff(b"{}".to_vec())] {
            server.set("/a", answer);
            assert!(get(&server, "/a").is_err());
        }
        assert_eq!(get(&server, "/b").unwrap().0, 404);
        assert_eq!(server.requests("/a").len(), 9);
        assert_eq!(
            server.requests("/a")[0],
            "GET /a HTTP/1.1\r\nHost: h\r\n\r\n"
        );
        assert_eq!(server.taken("/a"), 2 * FLOOD);
        assert!(server.requests("/b").is_empty());
    }
}
