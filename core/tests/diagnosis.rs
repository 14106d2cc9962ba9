//! Whatever a rejected request holds, its detail is a short line of printable
//! text that tells nothing which is not meant for a log.

mod common;

use std::net::IpAddr;
use std::sync::LazyLock;

use common::{NOW, schemes};
use hookseal::{Headers, Options, Request, Verifier};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// Planted wherever a detail must not look.
const MARKER: &str = "Pl4ntedM4rker";

/// Every scheme that signs, with nothing set, with proxies, with a public URL
/// and with all that can be rejected before a signature is looked at; and two
/// that sign nothing.
static VERIFIERS: LazyLock<Vec<Verifier>> = LazyLock::new(|| {
    let mut verifiers = Vec::new();
    for scheme in schemes() {
        let plain = || scheme.options();
        let public_url = format!("https://u:{MARKER}@example.com/a");
        for options in [
            plain(),
            plain()
                .with("trusted_proxies", "10.0.0.0/8")
                .with("allowed_hosts", "example.com"),
            plain().with("public_url", public_url.as_str()),
            plain()
                .with("allowed_ips", "10.0.0.0/8")
                .with("require_https", true),
        ] {
            verifiers.push(Verifier::new(&scheme.id, options).unwrap());
        }
    }
    let decrypts = Options::new()
        .with("secret", "9v3kQ0pXz6tB1rYw")
        .with("url_token", "t0k3nOfTheUrl-8h2j")
        .with("cipher", "aes-256-cbc");
    verifiers.push(Verifier::new("vcc-live", decrypts).unwrap());
    let ciphers = Options::new().with("app_id", "9v3kQ0pXz6tB1rYw");
    verifiers.push(Verifier::new("enablex", ciphers).unwrap());
    verifiers
});

/// Text of every kind that somebody could want to see in a log.
fn hostile() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        "[a-z0-9.:=,;\"-]{0,12}".prop_map(String::into_bytes),
        select(vec![
            "\r\n", "\x1b[2J", "\u{202e}", "\0", "`", "\\", "gzip", "https"
        ])
        .prop_map(|text| text.as_bytes().to_vec()),
        vec(any::<u8>(), 0..8),
        Just(vec![b'a'; 500]),
    ];
    vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn a_detail_is_a_short_line_without_anything_private(
        verifier in (0..VERIFIERS.len()).prop_map(|index| &VERIFIERS[index]),
        wanted in vec((any::<prop::sample::Index>(), hostile()), 0..8),
        path in hostile(),
        query in vec(hostile(), 0..4),
        peer in select(vec![None, Some("10.0.0.5"), Some("::1"), Some("203.0.113.7")]),
        secure in any::<bool>(),
    ) {
        let names = verifier.diagnostic_header_names();
        let is_private = |name: &str| {
            name.contains("signature") || name == "authorization" || name.contains("forwarded-for")
        };
        let mut headers: Vec<(Vec<u8>, Vec<u8>)> = wanted
            .iter()
            .map(|(index, value)| {
                let name = index.get(&names);
                let value = if is_private(name) { MARKER.as_bytes() } else { value };
                (name.clone().into_bytes(), value.to_vec())
            })
            .collect();
        headers.push((b"Cookie".to_vec(), MARKER.as_bytes().to_vec()));
        let pairs: Vec<(&[u8], &[u8])> = headers
            .iter()
            .map(|(name, value)| (name.as_slice(), value.as_slice()))
            .collect();
        let mut target = if secure { b"https://h/".to_vec() } else { b"http://u:Pl4ntedM4rker@h/".to_vec() };
        target.extend(path.iter().filter(|byte| **byte != b'?'));
        target.push(b'?');
        target.extend(MARKER.as_bytes());
        for value in query {
            // The names of parameters are told, their values are not.
            target.extend(b"&p=");
            target.extend(MARKER.as_bytes());
            target.extend(value.into_iter().filter(|byte| *byte != b'&'));
        }
        let request = Request {
            method: b"POST",
            target: &target,
            authority: None,
            scheme: None,
            headers: Headers::Pairs(&pairs),
            body: MARKER.as_bytes(),
            peer: peer.map(|peer| peer.parse::<IpAddr>().unwrap()),
        };
        for rejected in [verifier.verify_at(&request, NOW).map(|_| ()), verifier.check_head_at(&request, NOW)] {
            let Err(error) = rejected else { continue };
            let detail = error.detail();
            prop_assert!(!detail.contains(MARKER), "{detail}");
            prop_assert!(detail.chars().all(|it| matches!(it, ' '..='~' | '…')), "{detail:?}");
            prop_assert!(detail.len() < 2500, "{} bytes", detail.len());
        }
    }
}
