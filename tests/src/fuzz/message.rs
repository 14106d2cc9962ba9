//! A request as one text, in which a fuzzer can change any part.
//!
//! ```text
//! first line, whatever the target needs
//! POST https://example.com/hook?a=b
//! :authority: example.com
//! x-signature: 5a5a
//!
//! body
//! ```
//!
//! What HTTP has no header for stands in lines that begin with a colon.

use std::net::IpAddr;

use hookseal::{HeaderSlots, Headers, Request, Verifier};

const AUTHORITY: &[u8] = b":authority";
const SCHEME: &[u8] = b":scheme";
const PEER: &[u8] = b":peer";

/// A request, borrowed from the text.
#[derive(Clone, Debug)]
pub struct Message<'m> {
    /// Up to the first blank of its line.
    pub method: &'m [u8],
    /// The rest of that line.
    pub target: &'m [u8],
    /// `:authority`.
    pub authority: Option<&'m [u8]>,
    /// `:scheme`.
    pub scheme: Option<&'m [u8]>,
    /// Name and value in order.
    pub headers: Vec<(&'m [u8], &'m [u8])>,
    /// Everything behind the empty line.
    pub body: &'m [u8],
    /// `:peer`.
    pub peer: Option<IpAddr>,
}

impl<'m> Message<'m> {
    /// Reads any text.
    #[must_use]
    pub fn read(text: &'m [u8]) -> Self {
        let (first, mut rest) = split_line(text);
        let (method, target) = split_at_byte(first, b' ');
        let mut message = Self {
            method,
            target,
            authority: None,
            scheme: None,
            headers: Vec::new(),
            body: &[],
            peer: None,
        };
        while !rest.is_empty() {
            let (line, behind) = split_line(rest);
            rest = behind;
            if line.is_empty() {
                break;
            }
            message.read_line(line);
        }
        message.body = rest;
        message
    }

    fn read_line(&mut self, line: &'m [u8]) {
        // The colon in front of a name that HTTP does not have is part of it.
        let colon = line.iter().skip(1).position(|byte| *byte == b':');
        let (name, value) = match colon {
            Some(colon) => (&line[..=colon], &line[colon + 2..]),
            None => (line, &[][..]),
        };
        let value = value.strip_prefix(b" ").unwrap_or(value);
        match name {
            AUTHORITY => self.authority = Some(value),
            SCHEME => self.scheme = Some(value),
            PEER => {
                self.peer = str::from_utf8(value)
                    .ok()
                    .and_then(|text| text.parse().ok())
            }
            _ => self.headers.push((name, value)),
        }
    }

    /// Writes it; what is written reads as the same, unless a line holds a break.
    #[must_use]
    pub fn write(&self) -> Vec<u8> {
        let mut text = [self.method, self.target].join(&b' ');
        let peer = self.peer.map(|peer| peer.to_string());
        let known = [
            (AUTHORITY, self.authority),
            (SCHEME, self.scheme),
            (PEER, peer.as_deref().map(str::as_bytes)),
        ];
        let known = known
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?)));
        for (name, value) in known.chain(self.headers.iter().copied()) {
            text.extend([b"\n", name, b": ", value].concat());
        }
        text.extend(b"\n\n");
        text.extend(self.body);
        text
    }

    /// Calls with the request, its headers as pairs.
    pub fn with_pairs<T>(&self, call: impl FnOnce(&Request<'_>) -> T) -> T {
        call(&self.request(Headers::Pairs(&self.headers)))
    }

    /// Calls with the request, its headers picked as a binding picks them.
    pub fn with_slots<T>(&self, verifier: &Verifier, call: impl FnOnce(&Request<'_>) -> T) -> T {
        let mut slots = HeaderSlots::new();
        for (index, wanted) in verifier.header_names().iter().enumerate() {
            for (name, value) in &self.headers {
                if wanted.as_bytes().eq_ignore_ascii_case(name) {
                    slots.set(index, value);
                }
            }
        }
        call(&self.request(Headers::Slots(&slots)))
    }

    fn request<'r>(&'r self, headers: Headers<'r>) -> Request<'r> {
        Request {
            method: self.method,
            target: self.target,
            authority: self.authority,
            scheme: self.scheme,
            headers,
            body: self.body,
            peer: self.peer,
        }
    }
}

/// The first line, and what follows it.
#[must_use]
pub fn split_line(text: &[u8]) -> (&[u8], &[u8]) {
    split_at_byte(text, b'\n')
}

fn split_at_byte(text: &[u8], byte: u8) -> (&[u8], &[u8]) {
    match text.iter().position(|other| *other == byte) {
        Some(position) => (&text[..position], &text[position + 1..]),
        None => (text, &[]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_as_the_same() {
        for text in [
            "POST https://h/a b\n:authority: h:1\n:scheme: https\n:peer: ::1\nx: y: z\nempty: \n\nbody\n\n",
            "GET /\n\n",
            " \n\n",
        ] {
            let message = Message::read(text.as_bytes());
            assert_eq!(String::from_utf8(message.write()).unwrap(), text);
        }
    }

    #[test]
    fn any_text_is_a_request() {
        for text in [
            "",
            "\n",
            ":",
            "a\n:",
            "a\n:b",
            "a\n:authority",
            "a b\nc\n\nd",
            "\0\u{ff}",
        ] {
            let message = Message::read(text.as_bytes());
            assert!(message.body.len() <= text.len(), "{text:?}");
        }
        let message = Message::read(b"a\n:authority:\nb:c\n\n");
        assert_eq!(message.authority, Some(&b""[..]));
        assert_eq!(message.headers, [(&b"b"[..], &b"c"[..])]);
    }
}
