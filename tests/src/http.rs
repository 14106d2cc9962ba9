//! A small HTTP/1.1 client that sends bytes exactly as given: odd request
//! targets, repeated headers, bodies with and without a length. Ordinary
//! clients normalise what these tests are about.
//!
//! It is bounded in time and size, keeps its connection where the server does,
//! and speaks to loopback addresses only in this project.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// How long one read or write may take.
const TIME_OUT: Duration = Duration::from_secs(30);

/// The longest response head and the longest response body that are read.
const MAX_HEAD: u64 = 64 << 10;
const MAX_BODY: u64 = 64 << 20;

/// The size of one chunk of a chunked request body.
const CHUNK: usize = 4096;

/// One request. Nothing is checked, encoded or added, except for the framing
/// that [`Body`] asks for.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// E.g. `b"POST"`.
    pub method: Vec<u8>,
    /// What stands in the request line, e.g. `b"/a/../b?x=%zz"`.
    pub target: Vec<u8>,
    /// In the order they are sent; `Host` belongs here too.
    pub headers: Vec<(Vec<u8>, Vec<u8>)>,
    /// The body and how its end is told.
    pub body: Body,
}

/// A body and how its end is told.
#[derive(Clone, Debug, Default)]
pub enum Body {
    /// No body and no framing header.
    #[default]
    None,
    /// With the right `Content-Length`.
    Sized(Vec<u8>),
    /// With `Transfer-Encoding: chunked`.
    Chunked(Vec<u8>),
}

impl Request {
    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: impl AsRef<[u8]>, value: impl AsRef<[u8]>) -> Self {
        self.headers
            .push((name.as_ref().to_vec(), value.as_ref().to_vec()));
        self
    }

    /// The bytes that go over the wire.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = [&self.method[..], b" ", &self.target, b" HTTP/1.1\r\n"].concat();
        for (name, value) in &self.headers {
            bytes.extend_from_slice(&[&name[..], b": ", value, b"\r\n"].concat());
        }
        match &self.body {
            Body::None => bytes.extend_from_slice(b"\r\n"),
            Body::Sized(body) => {
                bytes.extend_from_slice(
                    format!("Content-Length: {}\r\n\r\n", body.len()).as_bytes(),
                );
                bytes.extend_from_slice(body);
            }
            Body::Chunked(body) => {
                bytes.extend_from_slice(b"Transfer-Encoding: chunked\r\n\r\n");
                for chunk in body.chunks(CHUNK) {
                    bytes.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
                    bytes.extend_from_slice(chunk);
                    bytes.extend_from_slice(b"\r\n");
                }
                bytes.extend_from_slice(b"0\r\n\r\n");
            }
        }
        bytes
    }
}

/// One response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// E.g. 401.
    pub status: u16,
    /// In the order they came; names in lower case.
    pub headers: Vec<(String, Vec<u8>)>,
    /// Without its transfer coding.
    pub body: Vec<u8>,
}

impl Response {
    /// The first value of a header, by its lower-case name, where it is text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self
            .headers
            .iter()
            .filter(|(candidate, _)| candidate == name);
        values
            .next()
            .and_then(|(_, value)| std::str::from_utf8(value).ok())
    }
}

/// A client of one server, with at most one open connection.
#[derive(Debug)]
pub struct Client {
    address: SocketAddr,
    connection: Option<BufReader<TcpStream>>,
}

impl Client {
    /// A client that connects with its first request.
    #[must_use]
    pub const fn new(address: SocketAddr) -> Self {
        Self {
            address,
            connection: None,
        }
    }

    /// Sends one request and reads the response to it.
    ///
    /// # Errors
    /// Where the server does not answer in time, or not with HTTP/1.
    pub fn send(&mut self, request: &Request) -> io::Result<Response> {
        let bytes = request.to_bytes();
        if let Some(kept) = self.connection.take() {
            // A server may close an idle connection at any time. Only where not
            // one byte of a response came is the request sent again.
            match exchange(kept, &bytes, &request.method) {
                Err(Failure::NoResponse(_)) => {}
                outcome => return self.keep(outcome),
            }
        }
        let fresh = BufReader::new(connect(self.address)?);
        let outcome = exchange(fresh, &bytes, &request.method);
        self.keep(outcome)
    }

    /// Closes the connection, so that the next request opens a new one.
    pub fn close(&mut self) {
        self.connection = None;
    }

    fn keep(&mut self, outcome: Result<Exchanged, Failure>) -> io::Result<Response> {
        match outcome {
            Ok(exchanged) => {
                self.connection = exchanged.connection;
                Ok(exchanged.response)
            }
            Err(Failure::NoResponse(error) | Failure::BadResponse(error)) => Err(error),
        }
    }
}

struct Exchanged {
    response: Response,
    /// Present where it can carry another request.
    connection: Option<BufReader<TcpStream>>,
}

enum Failure {
    NoResponse(io::Error),
    BadResponse(io::Error),
}

fn connect(address: SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect_timeout(&address, TIME_OUT)?;
    stream.set_read_timeout(Some(TIME_OUT))?;
    stream.set_write_timeout(Some(TIME_OUT))?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

fn exchange(
    mut connection: BufReader<TcpStream>,
    request: &[u8],
    method: &[u8],
) -> Result<Exchanged, Failure> {
    // A server that refuses a body may answer and close before all of it is
    // written, so a failed write does not mean that there is no response.
    let written = connection.get_mut().write_all(request);
    let first = connection.fill_buf().map(<[u8]>::is_empty);
    if first.map_err(Failure::NoResponse)? {
        let error = written
            .err()
            .unwrap_or_else(|| io::Error::from(io::ErrorKind::UnexpectedEof));
        return Err(Failure::NoResponse(error));
    }
    let (response, reusable) =
        read_response(&mut connection, method).map_err(Failure::BadResponse)?;
    let reusable = reusable && written.is_ok() && connection.buffer().is_empty();
    Ok(Exchanged {
        response,
        connection: reusable.then_some(connection),
    })
}

/// Reads one response; the flag tells whether the connection stays open.
fn read_response(reader: &mut impl BufRead, method: &[u8]) -> io::Result<(Response, bool)> {
    let (version, status, headers) = loop {
        let head = read_head(reader)?;
        // 100 Continue and its like precede the response proper.
        if head.1 / 100 != 1 {
            break head;
        }
    };
    let mut response = Response {
        status,
        headers,
        body: Vec::new(),
    };
    let connection = response
        .header("connection")
        .unwrap_or("")
        .to_ascii_lowercase();
    let mut keep = version == "HTTP/1.1" && connection != "close";

    let chunked = response
        .header("transfer-encoding")
        .is_some_and(|coding| coding.eq_ignore_ascii_case("chunked"));
    if method == b"HEAD" || matches!(status, 204 | 304) {
        // No body, whatever the headers say.
    } else if chunked {
        response.body = read_chunks(reader)?;
    } else if let Some(length) = response.header("content-length") {
        let length = length
            .trim()
            .parse()
            .map_err(|_| malformed("content-length"))?;
        response.body = read_exactly(reader, length)?;
    } else {
        keep = false;
        reader.take(MAX_BODY).read_to_end(&mut response.body)?;
    }
    Ok((response, keep))
}

type Head = (String, u16, Vec<(String, Vec<u8>)>);

fn read_head(reader: &mut impl BufRead) -> io::Result<Head> {
    let mut reader = reader.take(MAX_HEAD);
    let status_line = read_line(&mut reader)?;
    let status_line = String::from_utf8_lossy(&status_line).into_owned();
    let (version, rest) = status_line
        .split_once(' ')
        .filter(|(version, _)| version.starts_with("HTTP/1."))
        .ok_or_else(|| malformed("status line"))?;
    let status = rest
        .get(..3)
        .and_then(|digits| digits.parse().ok())
        .ok_or_else(|| malformed("status"))?;
    let mut headers = Vec::new();
    loop {
        let line = read_line(&mut reader)?;
        if line.is_empty() {
            return Ok((version.to_owned(), status, headers));
        }
        let colon = line
            .iter()
            .position(|&byte| byte == b':')
            .ok_or_else(|| malformed("header line"))?;
        let (name, value) = line.split_at(colon);
        headers.push((
            String::from_utf8_lossy(name).to_ascii_lowercase(),
            value[1..].trim_ascii().to_vec(),
        ));
    }
}

fn read_chunks(reader: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let line = read_line(&mut reader.take(MAX_HEAD))?;
        let line = String::from_utf8_lossy(&line).into_owned();
        let digits = line.split(';').next().unwrap_or("").trim();
        let size = u64::from_str_radix(digits, 16).map_err(|_| malformed("chunk size"))?;
        if size == 0 {
            // Trailers, if any, end with an empty line like a head.
            while !read_line(&mut reader.take(MAX_HEAD))?.is_empty() {}
            return Ok(body);
        }
        body.extend(read_exactly(reader, size)?);
        if body.len() as u64 > MAX_BODY || !read_line(&mut reader.take(MAX_HEAD))?.is_empty() {
            return Err(malformed("chunk"));
        }
    }
}

fn read_exactly(reader: &mut impl BufRead, length: u64) -> io::Result<Vec<u8>> {
    if length > MAX_BODY {
        return Err(malformed("length: the body is too long"));
    }
    let mut bytes = Vec::new();
    reader.take(length).read_to_end(&mut bytes)?;
    if (bytes.len() as u64) < length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(bytes)
}

/// One line without its end.
fn read_line(reader: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut line = Vec::new();
    reader.read_until(b'\n', &mut line)?;
    if line.pop() != Some(b'\n') {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    if line.last() == Some(&b'\r') {
        line.pop();
    }
    Ok(line)
}

fn malformed(what: &str) -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        format!("malformed {what} in the response"),
    )
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::thread;

    use super::*;

    /// Serves each connection with the next canned answer and returns what it
    /// read up to the first pause.
    fn canned(answers: Vec<&'static [u8]>) -> (SocketAddr, thread::JoinHandle<Vec<Vec<u8>>>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = thread::spawn(move || {
            let serve = |answer: &[u8]| {
                let (mut stream, _) = listener.accept().unwrap();
                let mut request = vec![0; 64 << 10];
                let length = stream.read(&mut request).unwrap();
                request.truncate(length);
                stream.write_all(answer).unwrap();
                request
            };
            answers.into_iter().map(serve).collect()
        });
        (address, server)
    }

    fn get(target: &str) -> Request {
        Request {
            method: b"GET".to_vec(),
            target: target.as_bytes().to_vec(),
            ..Request::default()
        }
        .header("Host", "h")
    }

    #[test]
    fn bytes_go_out_as_given() {
        let request = Request {
            method: b"POST".to_vec(),
            target: b"//a/../%zz?;\xff".to_vec(),
            headers: Vec::new(),
            body: Body::Sized(b"\0\xff".to_vec()),
        }
        .header("X", "1")
        .header("X", [0xe9]);
        assert_eq!(
            request.to_bytes(),
            b"POST //a/../%zz?;\xff HTTP/1.1\r\nX: 1\r\nX: \xe9\r\nContent-Length: 2\r\n\r\n\0\xff"
        );
        let chunked = Request {
            body: Body::Chunked(b"abc".to_vec()),
            ..get("/")
        };
        assert!(
            chunked
                .to_bytes()
                .ends_with(b"chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n")
        );
    }

    #[test]
    fn every_framing_is_read() {
        for answer in [
            &b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 401 No\r\nA: 1\r\nContent-Length: 5\r\n\r\nhello"[..],
            b"HTTP/1.1 401 No\r\na:1\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nhe\r\n3\r\nllo\r\n0\r\nT: 1\r\n\r\n",
            b"HTTP/1.0 401 No\r\nA:  1 \r\n\r\nhello",
        ] {
            let (address, server) = canned(vec![answer]);
            let response = Client::new(address).send(&get("/")).unwrap();
            assert_eq!(response.status, 401);
            assert_eq!(response.header("a"), Some("1"));
            assert_eq!(response.body, b"hello");
            server.join().unwrap();
        }
    }

    #[test]
    fn a_connection_closed_while_idle_is_opened_again() {
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
        let (address, server) = canned(vec![answer, answer]);
        let mut client = Client::new(address);
        client.send(&get("/1")).unwrap();
        client.send(&get("/2")).unwrap();
        let requests = server.join().unwrap();
        assert!(requests[1].starts_with(b"GET /2 "));
    }

    #[test]
    fn broken_responses_are_errors() {
        for answer in [
            &b""[..],
            b"SSH-2.0\r\n\r\n",
            b"HTTP/1.1 2\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort",
            b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        ] {
            let (address, server) = canned(vec![answer]);
            assert!(Client::new(address).send(&get("/")).is_err(), "{answer:?}");
            server.join().unwrap();
        }
    }
}
