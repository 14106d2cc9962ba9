//! A key set that lives elsewhere. The core opens no connection: it says which
//! address to fetch and when, and takes what was fetched.

use core::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use crate::error::{Error, ErrorCode};
use crate::primitives::jwt::{KeySet, MAX_DOCUMENT_BYTES, OctKeys};

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

/// The keys at one moment: another thread may load newer ones meanwhile.
#[derive(Debug)]
pub(crate) struct CurrentKeys {
    pub(crate) keys: Arc<KeySet>,
    /// Whether they were fetched a moment ago: a token whose `kid` they do not
    /// have is forged then; otherwise its key may be a newer one.
    pub(crate) are_new: bool,
}

struct Loaded {
    keys: Arc<KeySet>,
    at: Instant,
}

#[derive(Default)]
struct State {
    loaded: Option<Loaded>,
    tried: Option<Instant>,
    /// Whether the next document is the directory of the keys.
    expects_metadata: bool,
}

impl RemoteKeys {
    pub(crate) fn new(source: KeySource, max_age: Duration, cooldown: Duration) -> Self {
        Self {
            source,
            max_age,
            cooldown,
            state: RwLock::default(),
        }
    }

    /// The keys in use. Old ones are given out only while newer ones cannot be
    /// had: the caller is to fetch first.
    ///
    /// # Errors
    /// `key_unavailable` where there are none, or where it is time to fetch.
    pub(crate) fn current(&self, now: Instant) -> Result<CurrentKeys, Error> {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        let loaded = state.loaded.as_ref();
        let loaded = loaded
            .ok_or_else(|| unavailable("the keys have not been fetched yet, or could not be"))?;
        if now - loaded.at > self.max_age && self.is_due(&state, now) {
            return Err(unavailable("it is time to fetch the keys anew"));
        }
        Ok(CurrentKeys {
            keys: Arc::clone(&loaded.keys),
            are_new: now - loaded.at < self.cooldown,
        })
    }

    /// The address to fetch now, and no other time within the cooldown.
    pub(crate) fn request(&self, now: Instant) -> Option<String> {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
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
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        if let KeySource::Metadata(metadata) = &self.source
            && state.expects_metadata
        {
            let keys = jwks_uri(document, metadata)?;
            state.expects_metadata = false;
            return Ok(Some(keys));
        }
        let keys = KeySet::from_jwks(document, OctKeys::Skipped)
            .map_err(|what| unavailable(format!("the fetched key set: {what}")))?;
        state.loaded = Some(Loaded {
            keys: Arc::new(keys),
            at: now,
        });
        Ok(None)
    }

    fn is_due(&self, state: &State, now: Instant) -> bool {
        // A fetch can outlast the cooldown; what it brought is new all the same.
        let loaded = state.loaded.as_ref().map(|loaded| loaded.at);
        let last = state.tried.max(loaded);
        last.is_none_or(|at| now - at >= self.cooldown)
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
    if url.len() > 2048 || !url.bytes().all(|byte| byte.is_ascii_graphic()) {
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
    let authority = rest.split(['/', '?', '#', '\\']).next()?;
    let host = match authority.find(']') {
        Some(end) if is_port(&authority[end + 1..]) => &authority[..=end],
        Some(_) => return None,
        None => authority.split(':').next()?,
    };
    (!host.is_empty() && !authority.contains('@')).then_some(host)
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
    use super::*;

    const URL: &str = "https://keys.example/jwks";
    const JWKS: &[u8] = br#"{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"a",
        "x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;

    fn keys() -> (RemoteKeys, Instant) {
        let source = KeySource::KeySet(URL.to_owned());
        let keys = RemoteKeys::new(source, Duration::from_secs(300), Duration::from_secs(30));
        (keys, Instant::now())
    }

    fn after(start: Instant, seconds: u64) -> Instant {
        start + Duration::from_secs(seconds)
    }

    #[test]
    fn keys_are_fetched_when_there_are_none_and_when_they_are_old() {
        let (keys, start) = keys();
        assert!(keys.current(start).is_err());
        assert_eq!(keys.request(start).as_deref(), Some(URL));
        assert_eq!(keys.request(after(start, 29)), None);
        assert_eq!(keys.supply(JWKS, after(start, 1)), Ok(None));
        assert!(keys.current(after(start, 301)).is_ok());
        let error = keys.current(after(start, 302)).unwrap_err();
        assert_eq!(error.code(), ErrorCode::KeyUnavailable);
        assert!(keys.request(after(start, 302)).is_some());
    }

    #[test]
    fn the_last_good_keys_serve_while_newer_ones_cannot_be_had() {
        let (keys, start) = keys();
        keys.request(start);
        keys.supply(JWKS, start).unwrap();
        assert!(keys.request(after(start, 400)).is_some());
        // Nothing came, or nothing of use.
        assert!(keys.supply(b"<html>", after(start, 401)).is_err());
        assert!(keys.current(after(start, 401)).is_ok());
        assert!(keys.current(after(start, 429)).is_ok());
        assert!(
            keys.current(after(start, 430)).is_err(),
            "it is time to try again"
        );
    }

    #[test]
    fn an_unknown_key_is_forged_only_if_the_keys_are_new() {
        let (keys, start) = keys();
        keys.request(start);
        keys.supply(JWKS, start).unwrap();
        assert!(keys.current(after(start, 29)).unwrap().are_new);
        assert!(!keys.current(after(start, 30)).unwrap().are_new);
    }

    #[test]
    fn a_fetch_that_outlasts_the_cooldown_counts_from_its_end() {
        let (keys, start) = keys();
        keys.request(start);
        keys.supply(JWKS, after(start, 40)).unwrap();
        assert_eq!(keys.request(after(start, 41)), None);
        assert!(keys.request(after(start, 70)).is_some());
    }

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
