//! The other forms of a URL that a sender may have signed, each by its name in
//! scheme files.

use std::borrow::Cow;

use serde::Deserialize;

use crate::primitives::form::decode;
use crate::primitives::url::Url;

/// One form. A scheme lists those that its provider is known to sign.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum UrlForm {
    /// The URL as the request shows it.
    AsIs,
    /// Without any port.
    NoPort,
    /// With `:443` or `:80` where no port is written.
    StandardPort,
    /// `no-port`, the query percent-encoded as the WHATWG URL standard does.
    NoPortWhatwgQuery,
    /// `standard-port`, the query percent-encoded as the WHATWG URL standard does.
    StandardPortWhatwgQuery,
    /// `no-port`, the query decoded and encoded again as Node's `querystring` does.
    NoPortQuerystring,
    /// `standard-port`, the query decoded and encoded again as Node's `querystring` does.
    StandardPortQuerystring,
    /// A WebSocket URL with the scheme `http`.
    WebsocketHttp,
    /// A WebSocket URL with the scheme `https`.
    WebsocketHttps,
}

impl UrlForm {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::AsIs => "as-is",
            Self::NoPort => "no-port",
            Self::StandardPort => "standard-port",
            Self::NoPortWhatwgQuery => "no-port-whatwg-query",
            Self::StandardPortWhatwgQuery => "standard-port-whatwg-query",
            Self::NoPortQuerystring => "no-port-querystring",
            Self::StandardPortQuerystring => "standard-port-querystring",
            Self::WebsocketHttp => "websocket-http",
            Self::WebsocketHttps => "websocket-https",
        }
    }

    /// The URL in this form; `None` where the form is the URL itself, so that
    /// no MAC is computed twice, or does not apply.
    pub(crate) fn apply<'a>(self, url: &Url<'a>) -> Option<Url<'a>> {
        let is_websocket =
            url.scheme.eq_ignore_ascii_case(b"wss") || url.scheme.eq_ignore_ascii_case(b"ws");
        let mut changed = match self {
            Self::AsIs => return None,
            Self::WebsocketHttp if is_websocket => Url {
                scheme: b"http",
                ..url.clone()
            },
            Self::WebsocketHttps if is_websocket => Url {
                scheme: b"https",
                ..url.clone()
            },
            Self::WebsocketHttp | Self::WebsocketHttps => return None,
            Self::NoPort | Self::NoPortWhatwgQuery | Self::NoPortQuerystring => Url {
                port: Cow::Borrowed(b""),
                ..url.clone()
            },
            Self::StandardPort | Self::StandardPortWhatwgQuery | Self::StandardPortQuerystring => {
                let mut changed = url.clone();
                if changed.port.is_empty() {
                    let standard: &[u8] = if url.is_secure() { b":443" } else { b":80" };
                    changed.port = Cow::Borrowed(standard);
                }
                changed
            }
        };
        let query = url.raw_query();
        let recoded = match self {
            Self::NoPortWhatwgQuery | Self::StandardPortWhatwgQuery => Some(whatwg_query(query)),
            Self::NoPortQuerystring | Self::StandardPortQuerystring => Some(querystring(query)),
            _ => None,
        };
        if let Some(recoded) = recoded {
            // Without a change of the query this is the form without recoding.
            if recoded == query {
                return None;
            }
            changed.query = Some(Cow::Owned(recoded));
        }
        (changed != *url).then_some(changed)
    }
}

/// Percent-encodes the "special-query percent-encode set" of the WHATWG URL
/// standard; existing escapes stay. <https://url.spec.whatwg.org/#query-state>
fn whatwg_query(query: &[u8]) -> Vec<u8> {
    let keep = |byte: u8| matches!(byte, b'!'..=b'~') && !b"\"#<>'".contains(&byte);
    percent_encode(query, keep)
}

/// `querystring.stringify(querystring.parse(query))` of Node: names keep the
/// place where they first occur, with all their values.
/// <https://nodejs.org/docs/latest/api/querystring.html>
fn querystring(query: &[u8]) -> Vec<u8> {
    let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&byte);
    let recode = |text: &[u8]| percent_encode(&decode(text), unreserved);
    let mut groups: Vec<(Vec<u8>, Vec<Vec<u8>>)> = Vec::new();
    for piece in query
        .split(|&byte| byte == b'&')
        .filter(|piece| !piece.is_empty())
    {
        let mut halves = piece.splitn(2, |&byte| byte == b'=');
        let name = recode(halves.next().unwrap_or_default());
        let value = recode(halves.next().unwrap_or_default());
        match groups
            .iter_mut()
            .take(MAX_GROUPS)
            .find(|(known, _)| *known == name)
        {
            Some((_, values)) => values.push(value),
            None => groups.push((name, vec![value])),
        }
    }
    let pairs = groups.iter().flat_map(|(name, values)| {
        values
            .iter()
            .map(move |value| [name.as_slice(), value.as_slice()].join(&b'='))
    });
    pairs.collect::<Vec<_>>().join(&b'&')
}

/// Names that are looked for again; bounds the work, far above any real query.
const MAX_GROUPS: usize = 256;

fn percent_encode(text: &[u8], keep: impl Fn(u8) -> bool) -> Vec<u8> {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let mut encoded = Vec::with_capacity(text.len());
    for &byte in text {
        if keep(byte) {
            encoded.push(byte);
        } else {
            let (high, low) = (usize::from(byte >> 4), usize::from(byte & 15));
            encoded.extend_from_slice(&[b'%', DIGITS[high], DIGITS[low]]);
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(form: UrlForm, url: &str) -> Option<String> {
        let applied = form.apply(&Url::parse(url.as_bytes()).unwrap())?;
        let mut text = Vec::new();
        applied.write_full(&mut text);
        Some(String::from_utf8(text).unwrap())
    }

    #[test]
    fn each_form_changes_one_thing() {
        let url = "https://u@h/p?a='b&c=d e".replace(' ', "%20");
        assert_eq!(form(UrlForm::AsIs, &url), None);
        assert_eq!(form(UrlForm::NoPort, &url), None);
        assert_eq!(
            form(UrlForm::NoPort, "https://h:8443/p").as_deref(),
            Some("https://h/p")
        );
        assert_eq!(
            form(UrlForm::StandardPort, "http://h/p").as_deref(),
            Some("http://h:80/p")
        );
        assert_eq!(form(UrlForm::StandardPort, "https://h:8443/p"), None);
        assert_eq!(
            form(UrlForm::NoPortWhatwgQuery, &url).as_deref(),
            Some("https://u@h/p?a=%27b&c=d%20e")
        );
        assert_eq!(
            form(
                UrlForm::StandardPortQuerystring,
                "https://h/?a=x+y&b=1&a=z&c"
            )
            .as_deref(),
            Some("https://h:443/?a=x%20y&a=z&b=1&c=")
        );
        assert_eq!(
            form(UrlForm::WebsocketHttp, "wss://h/s?x=1").as_deref(),
            Some("http://h/s?x=1")
        );
        assert_eq!(form(UrlForm::WebsocketHttp, "https://h/"), None);
    }
}
