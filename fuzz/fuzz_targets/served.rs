//! A request that is accepted is the one that was signed: on the URL that is
//! served, with the body that is handed on, under one replay key.

#![no_main]

use std::sync::LazyLock;

use conformance::format::DEFAULT_NOW;
use conformance::fuzz::{Message, Sample, samples, split_line};
use hookseal::{CoverageLevel, ReplayKey, Verified};
use libfuzzer_sys::fuzz_target;

/// Each genuine request with its replay key.
static SAMPLES: LazyLock<Vec<(Sample, Option<ReplayKey>)>> = LazyLock::new(|| {
    let samples = samples().expect("every scheme has a genuine request");
    let replay_key = |sample: &Sample| {
        Message::read(&sample.text).with_pairs(|request| {
            let verified = sample.verifier.verify_at(request, DEFAULT_NOW);
            verified.expect("it was signed").replay_key()
        })
    };
    let with_key = |sample| {
        let key = replay_key(&sample);
        (sample, key)
    };
    samples.into_iter().map(with_key).collect()
});

fuzz_target!(|data: &[u8]| {
    let (number, text) = split_line(data);
    let number = str::from_utf8(number)
        .ok()
        .and_then(|text| text.parse().ok());
    let Some((sample, replay_key)) = SAMPLES.get(number.unwrap_or(usize::MAX)) else {
        return;
    };
    let message = Message::read(text);
    message.with_pairs(|request| {
        if let Ok(verified) = sample.verifier.verify_at(request, DEFAULT_NOW) {
            assert_eq!(verified.replay_key(), *replay_key);
            // Of what runs together, the end of the URL can be a part of the next field.
            if verified.covers().url > CoverageLevel::Joined {
                check_url(sample, &served(&message), &verified);
            }
            if verified.covers().body == CoverageLevel::Full {
                assert_eq!(message.body, sample.body.as_bytes());
            }
        }
    });
});

/// The URL that a server routes by: the one in the request line, or what Host
/// and connection make of a target.
fn served(message: &Message<'_>) -> Vec<u8> {
    match message.target {
        [] | [b'/' | b'?', ..] => [
            message.scheme.expect("a target alone is no URL"),
            b"://",
            message.authority.expect("a target alone is no URL"),
            message.target,
        ]
        .concat(),
        url => url.to_vec(),
    }
}

fn check_url(sample: &Sample, served: &[u8], verified: &Verified<'_>) {
    let is_as_is = verified.url_form() == "as-is";
    let (signed, served) = (Url::split(sample.url.as_bytes()), Url::split(served));
    let covers = verified.covers();
    let signs = |part: &str| covers.parts.iter().any(|signed| signed == part);
    let signs_base = signs("url") || signs("url.base");
    assert_eq!(signed.path, served.path);
    // A WebSocket is signed as if it were HTTP, so either may be called.
    if signs_base && is_as_is && !sample.url.starts_with("ws") {
        assert_eq!(signed.scheme, served.scheme);
    }
    if signs_base && is_as_is {
        assert_eq!(signed.authority, served.authority);
    } else if signs_base {
        assert_eq!(host(signed.authority), host(served.authority));
    } else if signs("url.authority") {
        // RFC 9421 section 2.2.3: in lower case, without the usual port.
        let [signed, served] =
            [&signed, &served].map(|url| host(url.authority).to_ascii_lowercase());
        assert_eq!(signed, served);
    }
    if covers.url == CoverageLevel::Full {
        assert_eq!(parameters(signed.query), parameters(served.query));
    }
}

/// A URL, split by nobody else's rules.
struct Url<'u> {
    scheme: &'u [u8],
    authority: &'u [u8],
    path: &'u [u8],
    query: &'u [u8],
}

impl<'u> Url<'u> {
    fn split(url: &'u [u8]) -> Self {
        let colon = url.windows(3).position(|window| window == b"://");
        let (scheme, rest) = url.split_at(colon.expect("a URL has a scheme"));
        let rest = &rest[3..];
        let is_end = |byte: &u8| matches!(byte, b'/' | b'?');
        let (authority, rest) = rest.split_at(rest.iter().position(is_end).unwrap_or(rest.len()));
        let question = rest.iter().position(|byte| *byte == b'?');
        let (path, query) = rest.split_at(question.unwrap_or(rest.len()));
        Self {
            scheme,
            authority,
            path,
            query: query.strip_prefix(b"?").unwrap_or_default(),
        }
    }
}

/// Without a port.
fn host(authority: &[u8]) -> &[u8] {
    let digits = authority
        .iter()
        .rev()
        .take_while(|byte| byte.is_ascii_digit());
    let before = &authority[..authority.len() - digits.count()];
    before.strip_suffix(b":").unwrap_or(authority)
}

/// Decoded and sorted, as some schemes sign them.
fn parameters(query: &[u8]) -> Vec<(String, String)> {
    let pairs = form_urlencoded::parse(query);
    let mut pairs: Vec<_> = pairs
        .map(|(name, value)| (name.into(), value.into()))
        .collect();
    pairs.sort();
    pairs
}
