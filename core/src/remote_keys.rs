//! A remote key set. The core opens no connection: it says which
//! address to fetch and when, and takes what was fetched.

use core::fmt;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::{Duration, Instant};

use crate::error::{Error, ErrorCode};
use crate::primitives::jwt::{CompactJws, KeySet, MAX_DOCUMENT_BYTES, OctKeys};
use crate::primitives::mac::sha256;

/// The largest document that is taken.
pub const MAX_KEY_DOCUMENT_BYTES: usize = MAX_DOCUMENT_BYTES;

/// Where the keys are, how long they are kept, and the last good ones.
pub(crate) struct RemoteKeys {
    source: KeySource,
    max_age: Duration,
    cooldown: Duration,
    state: RwLock<State>,
}

/// The address to begin with.
#[derive(Clone, Debug)]
pub(crate) enum KeySource {
    /// Of the key set itself.
    KeySet(String),
    /// Of the document whose member `jwks_uri` names it (OpenID Connect
    /// Discovery 1.0). It can only name the host that it came from.
    Metadata(String),
}

/// A key set in use, or one that was.
#[derive(Clone)]
struct Loaded {
    keys: Arc<KeySet>,
    /// Tells whether a document is another one.
    digest: [u8; 32],
    /// When it came; of a former set, when the next one did.
    at: Instant,
}

#[derive(Default)]
struct State {
    loaded: Option<Loaded>,
    /// The sets before it, the latest first.
    former: Vec<Loaded>,
    tried: Option<Instant>,
    /// Whether the next document is the directory of the keys.
    expects_metadata: bool,
}

/// A set that flaps between its versions has two.
const MAX_FORMER_SETS: usize = 4;

impl RemoteKeys {
    pub(crate) fn new(source: KeySource, max_age: Duration, cooldown: Duration) -> Self {
        Self {
            source,
            max_age,
            cooldown,
            state: RwLock::default(),
        }
    }

    /// The label of the key that signed the token.
    ///
    /// # Errors
    /// `signature_mismatch` where the token is forged. `key_unavailable` where
    /// that cannot be known, so that its sender tries again: a rotation must not
    /// cost a delivery, and no stranger's token may change what becomes of
    /// another one.
    ///
    /// | The token | Answer |
    /// |---|---|
    /// | comes when there are no keys, or when it is time to fetch | unavailable |
    /// | names no key of the set | unavailable: a set can be older than a token, be served by a copy that lags behind, and lose a key for a while |
    /// | names a key, does not match, and a fetch is allowed | unavailable: the issuer may have put another key under the same name |
    /// | the same, and matches a key that the set had a moment ago | unavailable |
    /// | the same, and does not | mismatch |
    pub(crate) fn verify(&self, token: &CompactJws<'_>, now: Instant) -> Result<String, Error> {
        loop {
            let keys = self.current(now)?;
            match token.verify(&keys) {
                Ok(key) => return Ok(key.label.clone()),
                // Another thread may have loaded newer ones meanwhile.
                Err(_) if !self.are_current(&keys) => {}
                Err(_) => return Err(self.rejection(token, &keys, now)),
            }
        }
    }

    /// The keys in use. Old ones are given out only while newer ones cannot be
    /// had: the caller is to fetch first.
    fn current(&self, now: Instant) -> Result<Arc<KeySet>, Error> {
        let state = self.read();
        let loaded = state.loaded.as_ref();
        let loaded = loaded
            .ok_or_else(|| unavailable("the keys have not been fetched yet, or could not be"))?;
        if now.saturating_duration_since(loaded.at) > self.max_age && self.is_due(&state, now) {
            return Err(unavailable("it is time to fetch the keys anew"));
        }
        Ok(Arc::clone(&loaded.keys))
    }

    fn are_current(&self, keys: &Arc<KeySet>) -> bool {
        let state = self.read();
        let loaded = state.loaded.as_ref();
        loaded.is_some_and(|loaded| Arc::ptr_eq(&loaded.keys, keys))
    }

    #[cold]
    fn rejection(&self, token: &CompactJws<'_>, keys: &KeySet, now: Instant) -> Error {
        if !token.names_key_of(keys) {
            return unavailable(format!(
                "no key that was fetched is the token's, but a newer one may be: {}",
                token.header_text()
            ));
        }
        let (is_due, former) = {
            let state = self.read();
            (self.is_due(&state, now), state.former.clone())
        };
        if is_due {
            return unavailable(format!(
                "the signature of the token matches no key, and it is time to look for newer \
                 ones: {}",
                token.header_text()
            ));
        }
        let is_recent = |set: &&Loaded| now.saturating_duration_since(set.at) <= self.max_age;
        let mut recent = former.iter().filter(is_recent);
        if recent.any(|set| token.verify(&set.keys).is_ok()) {
            return unavailable("the key of the token was in the key set a moment ago");
        }
        Error::new(
            ErrorCode::SignatureMismatch,
            format!(
                "the signature of the token matches no key: {}",
                token.header_text()
            ),
        )
    }

    /// The address to fetch now, and no other time within the cooldown.
    pub(crate) fn request(&self, now: Instant) -> Option<String> {
        let mut state = self.write();
        if !self.is_due(&state, now) {
            return None;
        }
        state.tried = Some(now);
        let (url, expects_metadata) = match &self.source {
            KeySource::KeySet(url) => (url, false),
            KeySource::Metadata(url) => (url, true),
        };
        state.expects_metadata = expects_metadata;
        Some(url.clone())
    }

    /// Takes a document. `Some` is the address that it names.
    ///
    /// # Errors
    /// `key_unavailable` where it is of no use; the keys in use stay.
    pub(crate) fn supply(&self, document: &[u8], now: Instant) -> Result<Option<String>, Error> {
        if document.len() > MAX_KEY_DOCUMENT_BYTES {
            return Err(unavailable("the document is larger than 256 KiB"));
        }
        let mut state = self.write();
        if let KeySource::Metadata(metadata) = &self.source
            && state.expects_metadata
        {
            let keys = jwks_uri(document, metadata)?;
            state.expects_metadata = false;
            return Ok(Some(keys));
        }
        let keys = KeySet::from_jwks(document, OctKeys::Skipped)
            .map_err(|what| unavailable(format!("the fetched key set: {what}")))?;
        state.replace(Loaded {
            keys: Arc::new(keys),
            digest: sha256(&[document]),
            at: now,
        });
        Ok(None)
    }

    fn read(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_due(&self, state: &State, now: Instant) -> bool {
        // A fetch can outlast the cooldown; what it brought is new all the same.
        let loaded = state.loaded.as_ref().map(|loaded| loaded.at);
        let last = state.tried.max(loaded);
        last.is_none_or(|at| now.saturating_duration_since(at) >= self.cooldown)
    }
}

impl State {
    /// Remembers what a set that differs replaces: whoever fetches often gets no
    /// more of them.
    fn replace(&mut self, newer: Loaded) {
        let at = newer.at;
        let digest = newer.digest;
        let Some(mut older) = self.loaded.replace(newer) else {
            return;
        };
        if older.digest == digest {
            return;
        }
        older.at = at;
        let older_digest = older.digest;
        self.former
            .retain(|set| set.digest != older_digest && set.digest != digest);
        self.former.insert(0, older);
        self.former.truncate(MAX_FORMER_SETS);
    }
}

impl fmt::Debug for RemoteKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RemoteKeys")
            .field("source", &self.source)
            .finish_non_exhaustive()
    }
}

/// Whether keys may be fetched from there: over HTTPS, or from this machine.
pub(crate) fn is_trustworthy(url: &str) -> bool {
    // A backslash is a slash to some clients and a character to others, so that
    // they would see two hosts.
    if url.len() > 2048
        || !url
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'\\')
    {
        return false;
    }
    match (url.strip_prefix("https://"), url.strip_prefix("http://")) {
        (Some(_), _) => host(url).is_some(),
        (_, Some(_)) => {
            host(url).is_some_and(|host| ["127.0.0.1", "localhost", "[::1]"].contains(&host))
        }
        _ => false,
    }
}

/// The host of a URL, without its port. `None` where there is none, or where
/// user information stands in front of it.
fn host(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = match authority.find(']') {
        Some(end) if is_port(&authority[end + 1..]) => &authority[..=end],
        Some(_) => return None,
        None => authority.split(':').next()?,
    };
    (!host.is_empty() && !authority.contains(['@', '%'])).then_some(host)
}

/// What may follow a bracketed address.
fn is_port(text: &str) -> bool {
    text.is_empty() || text.starts_with(':')
}

fn jwks_uri(document: &[u8], metadata: &str) -> Result<String, Error> {
    #[derive(serde::Deserialize)]
    struct Metadata {
        jwks_uri: String,
    }
    let named = serde_json::from_slice::<Metadata>(document)
        .map_err(|_| unavailable("the metadata is no JSON object with a jwks_uri"))?
        .jwks_uri;
    let is_same_host = host(&named)
        .is_some_and(|named| host(metadata).is_some_and(|own| own.eq_ignore_ascii_case(named)));
    if is_trustworthy(&named) && is_same_host {
        Ok(named)
    } else {
        Err(unavailable(
            "the metadata names keys on another host, or without HTTPS",
        ))
    }
}

fn unavailable(what: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(ErrorCode::KeyUnavailable, what)
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;
    use crate::primitives::jwt::{JwtAlgorithm, KidRule, SigningKey, sign_compact};

    const URL: &str = "https://keys.example/jwks";
    const MAX_AGE: u64 = 300;
    const COOLDOWN: u64 = 30;

    /// A verifier's keys, and a clock that is set by hand.
    struct Stage {
        keys: RemoteKeys,
        start: Instant,
        kid_rule: KidRule,
    }

    /// A key of the issuer's; the number stands for its material.
    #[derive(Clone, Copy)]
    struct Signer(u8);

    impl Signer {
        fn signing(self) -> SigningKey {
            SigningKey::from_ed25519_seed(&[self.0; 32])
        }

        fn jwk(self, kid: &str) -> String {
            let point = self.signing().ed25519_public_key().unwrap();
            let x = URL_SAFE_NO_PAD.encode(point);
            format!(r#"{{"kty":"OKP","crv":"Ed25519","kid":"{kid}","x":"{x}"}}"#)
        }

        fn token(self, kid: Option<&str>) -> String {
            sign_compact(&self.signing(), kid, r#"{"sub":"a"}"#)
        }
    }

    const FIRST: Signer = Signer(1);
    const SECOND: Signer = Signer(2);
    const STRANGER: Signer = Signer(9);

    /// A token that nobody signed.
    fn forged(kid: &str) -> String {
        let header = format!(r#"{{"alg":"EdDSA","kid":"{kid}"}}"#);
        format!("{}.e30.AAAA", URL_SAFE_NO_PAD.encode(header))
    }

    fn set(jwks: &[String]) -> Vec<u8> {
        format!(r#"{{"keys":[{}]}}"#, jwks.join(",")).into_bytes()
    }

    impl Stage {
        fn new() -> Self {
            let source = KeySource::KeySet(URL.to_owned());
            let seconds = Duration::from_secs;
            Self {
                keys: RemoteKeys::new(source, seconds(MAX_AGE), seconds(COOLDOWN)),
                start: Instant::now(),
                kid_rule: KidRule::Required,
            }
        }

        fn at(&self, seconds: u64) -> Instant {
            self.start + Duration::from_secs(seconds)
        }

        fn fetch_is_due(&self, seconds: u64) -> bool {
            self.keys.request(self.at(seconds)).is_some()
        }

        /// Fetches, if that is due, a document that the server has just then.
        fn fetch(&self, seconds: u64, document: &[u8]) -> bool {
            let is_due = self.fetch_is_due(seconds);
            if is_due {
                let _ = self.keys.supply(document, self.at(seconds));
            }
            is_due
        }

        fn judge(&self, seconds: u64, token: &str) -> Result<String, ErrorCode> {
            let token =
                CompactJws::parse(token.as_bytes(), &[JwtAlgorithm::EdDSA], self.kid_rule).unwrap();
            let verdict = self.keys.verify(&token, self.at(seconds));
            verdict.map_err(|error| error.code())
        }

        /// What a shim does: verify, fetch where that may help, verify again.
        fn deliver(&self, seconds: u64, token: &str, document: &[u8]) -> Result<String, ErrorCode> {
            match self.judge(seconds, token) {
                Err(ErrorCode::KeyUnavailable) if self.fetch(seconds, document) => {
                    self.judge(seconds, token)
                }
                verdict => verdict,
            }
        }
    }

    const UNAVAILABLE: Result<String, ErrorCode> = Err(ErrorCode::KeyUnavailable);
    const MISMATCH: Result<String, ErrorCode> = Err(ErrorCode::SignatureMismatch);

    #[test]
    fn keys_are_fetched_when_there_are_none_and_when_they_are_old() {
        let stage = Stage::new();
        let (token, document) = (FIRST.token(Some("a")), set(&[FIRST.jwk("a")]));
        assert_eq!(stage.judge(0, &token), UNAVAILABLE);
        assert_eq!(stage.keys.request(stage.at(0)).as_deref(), Some(URL));
        assert!(!stage.fetch_is_due(29), "not twice within the cooldown");
        assert_eq!(stage.keys.supply(&document, stage.at(1)), Ok(None));
        assert_eq!(stage.judge(301, &token).as_deref(), Ok("a"));
        assert_eq!(stage.judge(302, &token), UNAVAILABLE, "older than max_age");
        assert!(stage.fetch_is_due(302));
    }

    #[test]
    fn the_last_good_keys_serve_while_newer_ones_cannot_be_had() {
        let stage = Stage::new();
        let (token, document) = (FIRST.token(Some("a")), set(&[FIRST.jwk("a")]));
        assert!(stage.fetch(0, &document));
        // Nothing came, or nothing of use.
        for (seconds, useless) in [(400, &b"<html>"[..]), (430, br#"{"keys":[]}"#), (460, b"")] {
            assert_eq!(stage.judge(seconds, &token), UNAVAILABLE, "time to fetch");
            assert_eq!(stage.deliver(seconds, &token, useless).as_deref(), Ok("a"));
            assert_eq!(stage.judge(seconds + 29, &token).as_deref(), Ok("a"));
            let stranger = STRANGER.token(Some("a"));
            assert_eq!(stage.judge(seconds + 29, &stranger), MISMATCH);
            let unknown = STRANGER.token(Some("x"));
            assert_eq!(stage.judge(seconds + 29, &unknown), UNAVAILABLE);
        }
    }

    #[test]
    fn a_new_key_is_found_by_one_fetch() {
        let stage = Stage::new();
        assert!(stage.fetch(0, &set(&[FIRST.jwk("a")])));
        let both = set(&[FIRST.jwk("a"), SECOND.jwk("b")]);
        let token = SECOND.token(Some("b"));
        // Within the cooldown nobody can tell; afterwards the fetch does.
        assert_eq!(stage.deliver(29, &token, &both), UNAVAILABLE);
        assert_eq!(stage.deliver(30, &token, &both).as_deref(), Ok("b"));
        assert_eq!(stage.judge(31, &FIRST.token(Some("a"))).as_deref(), Ok("a"));
    }

    /// A stranger's token costs the fetch, and the genuine one, whose key is
    /// published a moment later, must wait and not be rejected.
    #[test]
    fn a_stranger_before_a_rotation_costs_no_delivery() {
        let (old, new) = (
            set(&[FIRST.jwk("a")]),
            set(&[FIRST.jwk("a"), SECOND.jwk("b")]),
        );
        // Kids can be guessed, so the stranger may have sent the very same one.
        for kid in ["x", "b", "a"] {
            let stage = Stage::new();
            let stranger = STRANGER.token(Some(kid));
            assert!(stage.fetch(0, &old));
            assert!(stage.deliver(100, &stranger, &old).is_err());
            let token = SECOND.token(Some("b"));
            for seconds in 101..130 {
                assert_eq!(stage.deliver(seconds, &token, &new), UNAVAILABLE);
                assert!(stage.deliver(seconds, &stranger, &new).is_err());
            }
            assert_eq!(stage.deliver(130, &token, &new).as_deref(), Ok("b"));
        }
    }

    #[test]
    fn a_key_that_is_lost_for_a_fetch_comes_back() {
        let stage = Stage::new();
        let both = set(&[FIRST.jwk("a"), SECOND.jwk("b")]);
        let one = set(&[SECOND.jwk("b")]);
        let token = FIRST.token(Some("a"));
        assert!(stage.fetch(0, &both));
        assert_eq!(stage.judge(0, &token).as_deref(), Ok("a"));
        assert!(stage.fetch(301, &one));
        for seconds in [301, 302, 330] {
            assert_eq!(stage.judge(seconds, &token), UNAVAILABLE, "{seconds}");
        }
        // However often it is not there.
        assert_eq!(stage.deliver(331, &token, &one), UNAVAILABLE);
        assert_eq!(stage.deliver(361, &token, &one), UNAVAILABLE);
        assert_eq!(stage.deliver(391, &token, &both).as_deref(), Ok("a"));
    }

    /// So does one that the very first set does not have: a copy of the set that
    /// lags behind looks the same.
    #[test]
    fn a_set_that_lags_behind_costs_no_delivery() {
        let stage = Stage::new();
        let token = SECOND.token(Some("b"));
        let (stale, fresh) = (set(&[FIRST.jwk("a")]), set(&[SECOND.jwk("b")]));
        assert_eq!(stage.deliver(0, &token, &stale), UNAVAILABLE);
        assert_eq!(stage.deliver(29, &token, &fresh), UNAVAILABLE);
        assert_eq!(stage.deliver(30, &token, &fresh).as_deref(), Ok("b"));
    }

    #[test]
    fn another_key_under_the_same_name_is_looked_for() {
        let stage = Stage::new();
        let (old, new) = (set(&[FIRST.jwk("a")]), set(&[SECOND.jwk("a")]));
        let (before, after) = (FIRST.token(Some("a")), SECOND.token(Some("a")));
        assert!(stage.fetch(0, &old));
        assert_eq!(stage.judge(30, &after), UNAVAILABLE, "a fetch may tell");
        assert_eq!(stage.deliver(30, &after, &new).as_deref(), Ok("a"));
        // What was signed before, and comes behind, is not forged.
        for seconds in [31, 59, 330] {
            assert_eq!(stage.deliver(seconds, &before, &new), UNAVAILABLE);
        }
        assert_eq!(stage.judge(31, &STRANGER.token(Some("a"))), MISMATCH);
        // It is not good either, and after a while it counts as forged.
        assert_eq!(stage.deliver(391, &before, &new), MISMATCH);
        assert_eq!(stage.deliver(421, &before, &old).as_deref(), Ok("a"));
    }

    #[test]
    fn a_forged_signature_is_rejected_once_a_fetch_has_told() {
        let stage = Stage::new();
        let document = set(&[FIRST.jwk("a")]);
        let forged = STRANGER.token(Some("a"));
        assert_eq!(stage.deliver(0, &forged, &document), MISMATCH);
        assert_eq!(stage.deliver(29, &forged, &document), MISMATCH);
        assert_eq!(stage.judge(30, &forged), UNAVAILABLE);
        assert_eq!(stage.deliver(30, &forged, &document), MISMATCH);
        // A fetch that failed tells as much as can be told.
        assert_eq!(stage.deliver(60, &forged, b""), MISMATCH);
    }

    /// NET-4: however many there are, and whatever they name.
    #[test]
    fn a_flood_causes_one_fetch_a_cooldown() {
        let stage = Stage::new();
        let document = set(&[FIRST.jwk("a")]);
        let genuine = FIRST.token(Some("a"));
        let mut fetches = 0;
        for round in 0..1000 {
            let seconds = round / 10;
            let token = forged(&format!("kid {round}"));
            if stage.judge(seconds, &token) == UNAVAILABLE && stage.fetch(seconds, &document) {
                fetches += 1;
            }
            if round % 100 == 99 {
                assert_eq!(stage.judge(seconds, &genuine).as_deref(), Ok("a"));
            }
        }
        assert_eq!(fetches, 4, "in 100 seconds");
        assert!(
            stage.keys.read().former.is_empty(),
            "no set was another one"
        );
    }

    #[test]
    fn sets_that_were_are_few() {
        let stage = Stage::new();
        for round in 0..50 {
            let document = set(&[Signer(round).jwk("a")]);
            assert!(stage.fetch(u64::from(round) * COOLDOWN, &document));
        }
        let kept = stage.keys.read().former.len();
        assert_eq!(kept, MAX_FORMER_SETS);
        // One that flaps keeps its two versions.
        let documents = [set(&[FIRST.jwk("a")]), set(&[SECOND.jwk("a")])];
        for round in 50..60 {
            let document = &documents[usize::from(round % 2 == 0)];
            assert!(stage.fetch(round * COOLDOWN, document));
            let seen = if round == 50 {
                &[SECOND][..]
            } else {
                &[FIRST, SECOND]
            };
            for token in seen.iter().map(|signer| signer.token(Some("a"))) {
                assert_ne!(stage.judge(round * COOLDOWN, &token), MISMATCH, "{round}");
            }
        }
        let digests: std::collections::BTreeSet<_> = stage
            .keys
            .read()
            .former
            .iter()
            .map(|set| set.digest)
            .collect();
        assert_eq!(digests.len(), MAX_FORMER_SETS, "each is kept once");
    }

    /// Such a token names no key, so that no rotation can be told from a forgery.
    #[test]
    fn a_token_without_a_kid_waits_for_newer_keys() {
        let stage = Stage {
            kid_rule: KidRule::Optional,
            ..Stage::new()
        };
        let document = set(&[FIRST.jwk("a")]);
        assert!(stage.fetch(0, &document));
        assert_eq!(stage.judge(1, &FIRST.token(None)).as_deref(), Ok("a"));
        assert_eq!(stage.judge(1, &SECOND.token(None)), UNAVAILABLE);
        assert_eq!(stage.judge(1, &SECOND.token(Some("a"))), MISMATCH);
        let next = set(&[SECOND.jwk("b")]);
        assert_eq!(
            stage.deliver(30, &SECOND.token(None), &next).as_deref(),
            Ok("b")
        );
    }

    #[test]
    fn newer_keys_that_another_thread_loads_count() {
        let stage = Stage::new();
        assert!(stage.fetch(0, &set(&[FIRST.jwk("a")])));
        let before = stage.keys.current(stage.at(1)).unwrap();
        assert!(stage.keys.are_current(&before));
        assert!(stage.fetch(30, &set(&[FIRST.jwk("a")])));
        assert!(!stage.keys.are_current(&before), "it may be another set");
        // A clock that was read before the keys came does not make them old.
        assert_eq!(stage.judge(0, &FIRST.token(Some("a"))).as_deref(), Ok("a"));
    }

    #[test]
    fn a_fetch_that_outlasts_the_cooldown_counts_from_its_end() {
        let stage = Stage::new();
        assert!(stage.fetch_is_due(0));
        let document = set(&[FIRST.jwk("a")]);
        stage.keys.supply(&document, stage.at(40)).unwrap();
        assert!(!stage.fetch_is_due(41));
        assert!(stage.fetch_is_due(70));
    }

    #[test]
    fn a_directory_names_the_keys_each_time_anew() {
        let source = KeySource::Metadata("https://keys.example/directory".to_owned());
        let seconds = Duration::from_secs;
        let stage = Stage {
            keys: RemoteKeys::new(source, seconds(MAX_AGE), seconds(COOLDOWN)),
            ..Stage::new()
        };
        let token = FIRST.token(Some("a"));
        for start in [0, 301] {
            assert_eq!(stage.judge(start, &token), UNAVAILABLE);
            assert!(stage.fetch_is_due(start));
            let directory = format!(r#"{{"jwks_uri":"{URL}"}}"#);
            let next = stage.keys.supply(directory.as_bytes(), stage.at(start));
            assert_eq!(next.unwrap().as_deref(), Some(URL));
            let document = set(&[FIRST.jwk("a")]);
            assert_eq!(stage.keys.supply(&document, stage.at(start)), Ok(None));
            assert_eq!(stage.judge(start, &token).as_deref(), Ok("a"));
        }
    }

    // Pitfall NET-2.
    #[test]
    fn only_https_and_this_machine_are_trustworthy() {
        for url in [
            "https://keys.example/x",
            "https://keys.example:8443",
            "http://127.0.0.1:80/x",
            "http://localhost/",
            "http://[::1]:8080/x",
        ] {
            assert!(is_trustworthy(url), "{url}");
        }
        for url in [
            "https://keys.example\\@evil.example/jwks",
            "https://keys.example%40evil.example/jwks",
            "",
            "keys.example",
            "http://keys.example/x",
            "http://127.0.0.1.evil.example/",
            "http://localhost@evil.example/",
            "http://[::1].evil.example/",
            "https://",
            "https://user@keys.example/",
            "https://keys.example/a b",
            "ftp://127.0.0.1/",
            "file:///etc/passwd",
        ] {
            assert!(!is_trustworthy(url), "{url}");
        }
    }
}
