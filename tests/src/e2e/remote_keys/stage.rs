//! Where a scenario is played: a receiver, one entry of it, and the place at
//! the identity server where the entry's keys are.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hookseal::ErrorCode;
use serde_json::{Map, Value, json};

use super::{Scenario, Verdict};
use crate::e2e::answer::Answer as Answered;
use crate::e2e::report;
use crate::format::{self, DEFAULT_NOW};
use crate::http::{Body, Client, Request};
use crate::identity::{Answer, IdentityServer, SigningKey, key_set};
use crate::outcomes::Outcome;

/// The option `jwks_cooldown` of most entries, in seconds.
pub(super) const COOLDOWN: u32 = 2;

/// How long a receiver may wait for keys before it answers, with a margin for a
/// busy machine.
pub(super) const TIME_LIMIT: Duration = Duration::from_secs(9);

/// How many deliveries come at once.
const BURST: usize = 50;

const BODY: &[u8] = br#"[{"type":"test"}]"#;

/// A scheme, and what its tokens say.
pub(super) struct Profile {
    pub(super) scheme: &'static str,
    issuer: &'static str,
    audience: &'static str,
    /// The option that names where the keys are.
    address_option: &'static str,
}

/// Tokens of an identity server of the customer's own.
pub(super) static OWN: Profile = Profile {
    scheme: "bearer-jwt",
    issuer: "https://identity.test",
    audience: "receiver",
    address_option: "jwks_uri",
};

/// Tokens of a system that publishes a directory of its keys.
pub(super) static AZURE: Profile = Profile {
    scheme: "azure-communication-services",
    issuer: "https://acscallautomation.communication.azure.com",
    audience: "a46cfa6a-73ce-4b07-9cfd-c3c28496ca08",
    address_option: "metadata_uri",
};

/// Two keys, of which one replaces the other.
pub(super) struct Keys {
    pub(super) old: SigningKey,
    pub(super) new: SigningKey,
}

/// The keys of each scheme.
pub(super) fn keys() -> io::Result<BTreeMap<&'static str, Keys>> {
    let own = Keys {
        old: SigningKey::new_ed25519("old")?,
        new: SigningKey::new_ed25519("new")?,
    };
    let azure = Keys {
        old: SigningKey::test_rsa(1, "old")?,
        new: SigningKey::test_rsa(2, "new")?,
    };
    Ok(BTreeMap::from([(OWN.scheme, own), (AZURE.scheme, azure)]))
}

/// The options of an entry whose keys are at `url`.
pub(super) fn options(scenario: &Scenario, url: &str) -> Map<String, Value> {
    let profile = scenario.profile;
    let mut options = Map::from_iter([
        ("issuer".to_owned(), json!(profile.issuer)),
        ("audience".to_owned(), json!(profile.audience)),
        ("public_url".to_owned(), json!("https://hooks.example.com")),
        (profile.address_option.to_owned(), json!(url)),
        ("jwks_cooldown".to_owned(), json!(scenario.cooldown)),
    ]);
    if let Some(seconds) = scenario.max_age {
        options.insert("jwks_max_age".to_owned(), json!(seconds));
    }
    options
}

impl Profile {
    /// What a good token says.
    pub(super) fn claims(&self) -> Value {
        json!({
            "iss": self.issuer,
            "aud": self.audience,
            "iat": DEFAULT_NOW,
            "nbf": DEFAULT_NOW,
            "exp": DEFAULT_NOW + 300,
        })
    }
}

/// See the module.
pub(super) struct Stage<'a> {
    pub(super) receiver: SocketAddr,
    pub(super) entry: &'a str,
    pub(super) profile: &'a Profile,
    pub(super) cooldown: u32,
    pub(super) keys: &'a Keys,
    pub(super) server: &'a IdentityServer,
    pub(super) path: String,
}

impl Stage<'_> {
    /// Says what the server answers with where the entry's keys are.
    pub(super) fn serves(&self, answer: Answer) {
        self.server.set(&self.path, answer);
    }

    /// Has the server publish these keys.
    pub(super) fn publishes<'k>(&self, keys: impl IntoIterator<Item = &'k SigningKey>) {
        self.serves(Answer::Document(key_set(keys)));
    }

    /// Waits until keys may be fetched again.
    pub(super) fn pause(&self) {
        thread::sleep(Duration::from_millis(u64::from(self.cooldown) * 1000 + 200));
    }

    /// How often the keys were asked for so far.
    pub(super) fn times_asked(&self) -> usize {
        self.server.requests(&self.path).len()
    }

    /// How often the keys were asked for must be `expected` by now, each time
    /// with the request that is promised.
    pub(super) fn was_asked(&self, expected: usize) -> Verdict {
        let requests = self.server.requests(&self.path);
        if requests.len() != expected {
            return Err(format!(
                "the keys were fetched {} times instead of {expected}",
                requests.len()
            ));
        }
        let accepts = "\r\naccept: application/json, */*;q=0.1\r\n";
        let is_wrong = |head: &&String| {
            !head.starts_with("GET ") || !head.to_ascii_lowercase().contains(accepts)
        };
        match requests.iter().find(is_wrong) {
            Some(head) => Err(format!("the keys were asked for with {head:?}")),
            None => Ok(()),
        }
    }

    /// A delivery with a token of that key must be verified.
    pub(super) fn accepts(&self, key: &SigningKey) -> Verdict {
        self.accepts_claims(key, &self.profile.claims())
    }

    /// The same with other claims.
    pub(super) fn accepts_claims(&self, key: &SigningKey, claims: &Value) -> Verdict {
        self.answers(&key.token(claims), &self.verified(key, claims))
    }

    /// A delivery with that token must be refused for that reason.
    pub(super) fn refuses(&self, token: &str, code: ErrorCode) -> Verdict {
        let refusal = Outcome::Rejected {
            code: code.as_str().to_owned(),
            answer: Some(format::Answer {
                status: code.status(),
                authenticate: Some("Bearer error=\"invalid_token\"".to_owned()),
                reply: None,
            }),
        };
        self.answers(token, &refusal)
    }

    /// A delivery with a token of that key cannot be judged: its sender is to
    /// try again.
    pub(super) fn cannot_judge(&self, key: &SigningKey) -> Verdict {
        self.cannot_judge_token(&key.token(&self.profile.claims()))
    }

    /// The same of any token.
    pub(super) fn cannot_judge_token(&self, token: &str) -> Verdict {
        let unavailable = Outcome::rejected(ErrorCode::KeyUnavailable);
        self.answers(token, &unavailable)
    }

    /// As many deliveries at once, all with tokens of that key, must be verified.
    pub(super) fn accepts_a_burst(&self, key: &SigningKey) -> Verdict {
        let barrier = Barrier::new(BURST);
        thread::scope(|scope| {
            let deliver = || {
                barrier.wait();
                self.accepts(key)
            };
            let mut deliveries = Vec::new();
            for _ in 0..BURST {
                deliveries.push(scope.spawn(deliver));
            }
            deliveries
                .into_iter()
                .try_for_each(|delivery| delivery.join().expect("the harness failed"))
        })
    }

    /// The facts of a delivery with those claims: of the delivery itself, a
    /// token proves nothing.
    fn verified(&self, key: &SigningKey, claims: &Value) -> Outcome {
        let covers = json!({
            "body": "none",
            "url": "none",
            "method": false,
            "timestamp": "none",
            "delivery_id": "none",
            "confidential": false,
            "parts": [],
        });
        let facts = [
            ("scheme", json!(self.profile.scheme)),
            ("payload_base64", json!(STANDARD.encode(BODY))),
            ("key_id", json!(key.id())),
            ("timestamp", Value::Null),
            ("delivery_id", Value::Null),
            ("event_type", Value::Null),
            ("replay_key", Value::Null),
            ("claims", claims.clone()),
            ("covers", covers),
            ("url_form", json!("as-is")),
        ];
        Outcome::Verified {
            facts: facts
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
        }
    }

    fn answers(&self, token: &str, expected: &Outcome) -> Verdict {
        let request = Request {
            method: b"POST".to_vec(),
            target: b"/keys?of=somebody".to_vec(),
            headers: Vec::new(),
            body: Body::Sized(BODY.to_vec()),
        }
        .header("Host", "internal.test")
        .header("Content-Type", "application/json")
        .header("Authorization", format!("Bearer {token}"))
        .header("Hookseal-Webhook", self.entry);
        let started = Instant::now();
        let response = Client::new(self.receiver).send(&request);
        let elapsed = started.elapsed();
        match Answered::of(response, expected) {
            Answered::Verdict(outcome, _) if outcome == *expected => {}
            Answered::Verdict(outcome, _) => return Err(report::difference(expected, &outcome)),
            other => return Err(format!("{other:?} instead of {}", expected.as_str())),
        }
        if elapsed > TIME_LIMIT {
            return Err(format!("the answer took {elapsed:?}"));
        }
        Ok(())
    }
}
