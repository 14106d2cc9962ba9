//! What a native function returns, read by `lib/answer.ts`: one text, or a number where that is
//! all.

use hookseal_bridge::{Error, Facts, answer_json};

/// The first character of a success. No error code has the number 0.
const SUCCESS: u8 = 0;

/// Ends JSON within a text: JSON has no such character of its own.
const NUL: u8 = 0;

/// In the place of a replay key that there is not.
const NO_REPLAY_KEY: [u8; 64] = [b' '; 64];

/// Characters of the facts before those of no fixed number.
const FACTS_HEAD: usize = 90;

/// A text or a number on its way to JavaScript.
#[derive(Debug)]
pub(crate) enum Answer {
    /// One byte a character: the cheapest way to make a JavaScript string.
    Latin1(Vec<u8>),
    Utf8(String),
    /// A success of which the length is all there is to tell: a number costs a fifth of a text.
    Length(usize),
}

impl Answer {
    /// The facts of a verified delivery: `[0][variant][url form][u16 key] [bits of what there
    /// is][i64 timestamp][64 replay key][u32 length of the decrypted payload][u32 length of the
    /// delivery id in UTF-16][u32 length of the event type in UTF-16][delivery id][event type]
    /// [token as JSON]`, numbers in network order.
    pub(crate) fn facts(facts: &Facts<'_>) -> Self {
        let id = facts.delivery_id.as_deref().unwrap_or_default();
        let event_type = facts.event_type.as_deref().unwrap_or_default();
        let token = facts.token_json().unwrap_or_default();
        let rest = [id, event_type, &token];
        let rest_len: usize = rest.iter().map(|part| part.len()).sum();
        let mut text = Vec::with_capacity(FACTS_HEAD + rest_len);
        text.extend([SUCCESS, facts.variant, facts.url_form]);
        text.extend(facts.key.to_be_bytes());
        text.push(presence(facts));
        text.extend(facts.timestamp.unwrap_or_default().to_be_bytes());
        text.extend(facts.replay_key.unwrap_or(NO_REPLAY_KEY));
        text.extend(length(facts.payload.as_ref().map_or(0, Vec::len)));
        text.extend(length(id.encode_utf16().count()));
        text.extend(length(event_type.encode_utf16().count()));
        if rest.iter().all(|part| part.is_ascii()) {
            text.extend(rest.iter().flat_map(|part| part.bytes()));
            Self::Latin1(text)
        } else {
            let head: String = text.into_iter().map(char::from).collect();
            Self::Utf8(head + &rest.concat())
        }
    }

    /// `[0]` and a JSON list of `[name, value]`.
    pub(crate) fn headers(headers: &[(String, String)]) -> Self {
        let list =
            serde_json::Value::from_iter(headers.iter().map(|(name, value)| {
                serde_json::Value::from_iter([name.as_str(), value.as_str()])
            }));
        Self::Utf8(format!("{}{list}", char::from(SUCCESS)))
    }

    /// `[0][text]`.
    pub(crate) fn text(mut text: String) -> Self {
        text.insert(0, char::from(SUCCESS));
        Self::Utf8(text)
    }
}

/// `[number of the code][how it is answered, as JSON, or nothing][NUL][detail]`.
pub(crate) fn failure_text(error: &Error) -> String {
    let number = u32::try_from(error.code().number()).unwrap_or_default();
    // A number that is not a character would be read as "internal" by the shim.
    let code = char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER);
    let answer = answer_json(error).unwrap_or_default();
    format!("{code}{answer}{}{}", char::from(NUL), error.detail())
}

/// A bit for each of the facts that not every delivery has.
fn presence(facts: &Facts<'_>) -> u8 {
    u8::from(facts.timestamp.is_some())
        | u8::from(facts.replay_key.is_some()) << 1
        | u8::from(facts.payload.is_some()) << 2
        | u8::from(facts.delivery_id.is_some()) << 3
        | u8::from(facts.token.is_some()) << 4
        | u8::from(facts.event_type.is_some()) << 5
}

fn length(part: usize) -> [u8; 4] {
    u32::try_from(part).unwrap_or(u32::MAX).to_be_bytes()
}
