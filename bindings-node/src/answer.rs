//! What a native function gives back: one text, read by `lib/answer.ts`.

use hookseal_bridge::{Error, Facts};

/// The first character of a success. No error code has the number 0.
const SUCCESS: u8 = 0;

/// A text on its way to JavaScript.
#[derive(Debug)]
pub(crate) enum Answer {
    /// One byte a character: the cheapest way to make a JavaScript string.
    Latin1(Vec<u8>),
    Utf8(String),
}

impl Answer {
    /// The facts of a verified delivery: `[0][variant][url form][key, high]
    /// [key, low][64 replay key][timestamp in decimal, or nothing]` and, where
    /// there is a delivery id, `[;][delivery id]`.
    pub(crate) fn facts(facts: &Facts<'_>) -> Self {
        let mut text = Vec::with_capacity(160);
        text.extend([SUCCESS, facts.variant, facts.url_form]);
        text.extend(facts.key.to_be_bytes());
        text.extend(facts.replay_key.unwrap_or([b'0'; 64]));
        if let Some(timestamp) = facts.timestamp {
            text.extend(timestamp.to_string().into_bytes());
        }
        if let Some(id) = facts.delivery_id {
            text.push(b';');
            text.extend(id);
        }
        Self::Latin1(text)
    }

    /// `[0]` and a JSON list of `[name, value]`.
    pub(crate) fn headers(headers: &[(String, String)]) -> Self {
        let list =
            serde_json::Value::from_iter(headers.iter().map(|(name, value)| {
                serde_json::Value::from_iter([name.as_str(), value.as_str()])
            }));
        Self::Utf8(format!("{}{list}", char::from(SUCCESS)))
    }

    /// `[number of the code][detail]`.
    pub(crate) fn failure(error: &Error) -> Self {
        Self::Utf8(failure_text(error))
    }
}

/// `[number of the code][detail]`.
pub(crate) fn failure_text(error: &Error) -> String {
    let number = u32::try_from(error.code().number()).unwrap_or_default();
    // A number that is no character would be read as "internal" by the shim.
    let code = char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER);
    format!("{code}{}", error.detail())
}
