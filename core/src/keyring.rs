//! The secrets of a verifier: labelled, checked once, and never shown.

use core::fmt;

use zeroize::Zeroizing;

use crate::error::Error;
use crate::options::OptionValue;
use crate::placeholder;
use crate::primitives::key_encoding::KeyEncoding;
use crate::primitives::mac::sha1_of_secret;
use crate::primitives::spki;
use crate::scheme::{KeyDerivation, KeySection};

/// A rotation needs two or three; the bound keeps the work for a request fixed.
const MAX_KEYS: usize = 16;

/// Prepared keys, in the order they were given. `K` is what a secret is
/// prepared to: a keyed MAC, a key schedule, a digest.
pub(crate) struct Keyring<K> {
    keys: Vec<Key<K>>,
    /// The position of the first among all keys of a verifier.
    offset: usize,
}

/// Which key verified a delivery.
#[derive(Clone, Debug)]
pub(crate) enum MatchedKey {
    /// One of the verifier's own, by its position among all of them.
    Own(usize),
    /// One of a key set, by its `kid`.
    Set(String),
}

/// One key and its label.
pub(crate) struct Key<K> {
    pub(crate) label: String,
    pub(crate) prepared: K,
}

impl<K> Keyring<K> {
    /// Checks and prepares the option's value: one secret, a list, or labels.
    /// `prepare` says what is wrong with the bytes, but never tells them.
    pub(crate) fn new(
        section: &KeySection,
        value: OptionValue,
        labels: &mut Vec<String>,
        prepare: impl Fn(&[u8]) -> Result<K, &'static str>,
    ) -> Result<Self, Error> {
        let prepare = |(label, bytes): LabelledSecret| {
            let prepared = prepare(&bytes).map_err(|what| wrong(section, &label, what))?;
            Ok(Key { label, prepared })
        };
        let keys: Vec<Key<K>> = secrets(section, value)?
            .into_iter()
            .map(prepare)
            .collect::<Result<_, Error>>()?;
        let offset = labels.len();
        labels.extend(keys.iter().map(|key| key.label.clone()));
        Ok(Self { keys, offset })
    }

    /// One key that needed no check.
    pub(crate) fn single(prepared: K, labels: &mut Vec<String>) -> Self {
        let label = "0".to_owned();
        let offset = labels.len();
        labels.push(label.clone());
        Self {
            keys: vec![Key { label, prepared }],
            offset,
        }
    }

    /// None, under a label that results name: the key comes from elsewhere.
    pub(crate) fn elsewhere(label: &str, labels: &mut Vec<String>) -> Self {
        let offset = labels.len();
        labels.push(label.to_owned());
        Self {
            keys: Vec::new(),
            offset,
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Key<K>> {
        self.keys.iter()
    }

    pub(crate) const fn len(&self) -> usize {
        self.keys.len()
    }

    pub(crate) fn first(&self) -> Option<&Key<K>> {
        self.keys.first()
    }

    /// The key that a result names.
    pub(crate) fn find(&self, matched: &MatchedKey) -> Option<&Key<K>> {
        match matched {
            MatchedKey::Own(position) => self.keys.get(position.checked_sub(self.offset)?),
            MatchedKey::Set(_) => None,
        }
    }

    /// The key at `index` of this ring, as results name it.
    pub(crate) const fn matched(&self, index: usize) -> MatchedKey {
        MatchedKey::Own(self.offset + index)
    }
}

impl<K> fmt::Debug for Keyring<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let labels = self.keys.iter().map(|key| &key.label);
        f.debug_list().entries(labels).finish()
    }
}

/// A secret's label and its bytes.
pub(crate) type LabelledSecret = (String, Zeroizing<Vec<u8>>);

/// The labels and the bytes of an option that holds one secret, a list, or
/// labelled secrets.
pub(crate) fn secrets(
    section: &KeySection,
    value: OptionValue,
) -> Result<Vec<LabelledSecret>, Error> {
    let labelled: Vec<(String, OptionValue)> = match value {
        OptionValue::List(list) => (0..)
            .map(|index: usize| index.to_string())
            .zip(list)
            .collect(),
        OptionValue::Object(labels) => labels.into_iter().collect(),
        one => vec![("0".to_owned(), one)],
    };
    if labelled.is_empty() || labelled.len() > MAX_KEYS {
        return Err(Error::configuration(format!(
            "option {}: expected 1 to {MAX_KEYS} {}s",
            section.option,
            section.noun()
        )));
    }
    let read = |(label, value): (String, OptionValue)| {
        if label.trim().is_empty() || label.len() > 64 {
            // It may be a secret, where label and secret have changed places.
            return Err(wrong(section, "…", "a label has 1 to 64 characters"));
        }
        let bytes = decode(section, &value).map_err(|what| wrong(section, &label, &what))?;
        Ok((label, bytes))
    };
    labelled.into_iter().map(read).collect()
}

fn wrong(section: &KeySection, label: &str, what: &str) -> Error {
    Error::configuration(format!(
        "option {} (key \"{}\"): {what}; expected {}",
        section.option,
        label.escape_debug(),
        section.hint
    ))
}

/// The key's bytes, or what is wrong with the value; never the value itself.
fn decode(section: &KeySection, value: &OptionValue) -> Result<Zeroizing<Vec<u8>>, String> {
    let noun = section.noun();
    let bytes = match value {
        OptionValue::Bytes(bytes) if is_zero(bytes) => bytes.clone(),
        OptionValue::Bytes(bytes) => match str::from_utf8(bytes) {
            // Bytes are often the text that a file or a variable holds.
            Ok(text) if section.is_public() && text.is_ascii() => {
                check_text(section, text)?;
                decode_text(section, text)?
            }
            Ok(text) => {
                check_content(section, text)?;
                check_kind(section, text)?;
                bytes.clone()
            }
            Err(_) if !section.is_public() && spki::is_key(bytes) => {
                return Err(PUBLIC_KEY.to_owned());
            }
            Err(_) => bytes.clone(),
        },
        OptionValue::Text(text) => {
            check_text(section, text)?;
            decode_text(section, text)?
        }
        other => return Err(format!("a {noun} is a text or bytes, not {}", other.kind())),
    };
    if bytes.is_empty() {
        return Err(format!("the {noun} is empty"));
    }
    if is_zero(&bytes) {
        return Err(format!("the {noun} has no byte but zeros"));
    }
    if bytes.len() < section.min_bytes {
        return Err(format!(
            "the {noun} has fewer than {} bytes",
            section.min_bytes
        ));
    }
    Ok(match section.derive {
        None => bytes,
        Some(KeyDerivation::Sha1) => sha1_of_secret(&bytes),
    })
}

fn decode_text(section: &KeySection, text: &str) -> Result<Zeroizing<Vec<u8>>, String> {
    let mut prefixes = section.prefix.iter();
    let body = prefixes.find_map(|prefix| text.strip_prefix(prefix.as_str()));
    let body = body.unwrap_or(text);
    let decoded = section.encoding.decode(body);
    decoded.map_err(|what| format!("the {} {what}", section.noun()))
}

/// HMAC fills a short key with zeros, and PHP a cipher's: such a key equals the
/// empty one.
fn is_zero(key: &[u8]) -> bool {
    key.iter().all(|&byte| byte == 0)
}

/// Catches what is certainly a slip: a value that no provider ever issued.
fn check_text(section: &KeySection, text: &str) -> Result<(), String> {
    check_content(section, text)?;
    let noun = section.noun();
    // A byte order mark, or what comes along when text is copied from a page.
    if text.chars().any(placeholder::is_invisible) {
        return Err(format!("the {noun} holds a character that cannot be seen"));
    }
    // PEM has lines.
    if section.verbatim || section.encoding == KeyEncoding::Spki {
        return check_kind(section, text);
    }
    if text.trim() != text {
        return Err(format!("the {noun} has blanks or a line break around it"));
    }
    if text.chars().any(char::is_control) {
        return Err(format!("the {noun} holds a control character"));
    }
    let quoted = |quote: char| text.len() > 1 && text.starts_with(quote) && text.ends_with(quote);
    if quoted('"') || quoted('\'') {
        return Err(format!("the {noun} has quotes around it"));
    }
    check_kind(section, text)
}

/// A placeholder, or a key where a secret belongs: whoever knows a public key
/// could sign with it.
fn check_content(section: &KeySection, text: &str) -> Result<(), String> {
    if let Some(what) = placeholder::reason(text) {
        return Err(format!("the {} {what}", section.noun()));
    }
    if !section.is_public() && spki::is_key_text(text) {
        return Err(PUBLIC_KEY.to_owned());
    }
    Ok(())
}

const PUBLIC_KEY: &str = "the secret is a public key, or another key or certificate in PEM";

/// Rejects what the provider issues for another purpose.
fn check_kind(section: &KeySection, text: &str) -> Result<(), String> {
    let rejected = section
        .refuse
        .iter()
        .find(|(prefix, _)| text.starts_with(prefix.as_str()));
    match rejected {
        Some((prefix, what)) => Err(format!("a value that starts with {prefix} is {what}")),
        None => Ok(()),
    }
}
