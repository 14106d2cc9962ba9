//! The other forms of a URL that a sender may have signed, each by its name in
//! scheme files.

use core::ops::Deref;
use std::borrow::Cow;

use serde::Deserialize;

use crate::error::{Error, ErrorCode};
use crate::primitives::form::Pairs;
use crate::primitives::sink::Sink;
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
    /// With the port, standard or not, where it is written or not.
    WithPort,
    /// With `:`, `/`, `?`, `@`, `!`, `$`, `'`, `(`, `)`, `*`, `,` and `;` of the query
    /// decoded. A path that holds an escape of these is rejected: which of two paths
    /// was signed could not be told.
    QueryDecoded,
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
            Self::WithPort => "with-port",
            Self::QueryDecoded => "query-decoded",
        }
    }

    /// # Errors
    /// `malformed_url` for a path that this form could not tell from another one.
    pub(crate) fn check(self, url: &Url<'_>) -> Result<(), Error> {
        let has_escape = |path: &[u8]| path.windows(3).any(|text| decoded(text).is_some());
        if self == Self::QueryDecoded && (has_escape(url.prefix) || has_escape(url.path)) {
            return Err(Error::new(
                ErrorCode::MalformedUrl,
                "the path holds an escape that the scheme would decode",
            ));
        }
        Ok(())
    }

    /// The URL in this form; `None` where the form is the URL itself, so that
    /// no MAC is computed twice, or does not apply.
    pub(crate) fn apply<'u, 'a>(self, url: &'u Url<'a>) -> Option<FormedUrl<'u, 'a>> {
        let is_websocket =
            url.scheme.eq_ignore_ascii_case(b"wss") || url.scheme.eq_ignore_ascii_case(b"ws");
        let changed = match self {
            Self::AsIs => return Some(FormedUrl::as_is(url)),
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
            Self::QueryDecoded => url.clone(),
            Self::WithPort
            | Self::StandardPort
            | Self::StandardPortWhatwgQuery
            | Self::StandardPortQuerystring => {
                let mut changed = url.clone();
                if changed.port.is_empty() {
                    let standard: &[u8] = if url.is_secure() { b":443" } else { b":80" };
                    changed.port = Cow::Borrowed(standard);
                }
                changed
            }
        };
        let query = match self {
            Self::NoPortWhatwgQuery | Self::StandardPortWhatwgQuery => {
                Some(Recoded::Whatwg(url.raw_query()))
            }
            Self::NoPortQuerystring | Self::StandardPortQuerystring => {
                Some(Recoded::querystring(url.raw_query())?)
            }
            Self::QueryDecoded => url.query.map(Recoded::Decoded),
            _ => None,
        };
        let is_new = match &query {
            // Alone, these two are what a scheme signs, changed or not.
            _ if matches!(self, Self::QueryDecoded | Self::WithPort) => true,
            // Without a change of the query this is the form without recoding.
            Some(query) => !query.is(url.raw_query()),
            None => changed.port != url.port || changed.scheme != url.scheme,
        };
        is_new.then_some(FormedUrl {
            url: Changed::Owned(changed),
            query,
        })
    }
}

/// A URL in one of its forms.
#[derive(Debug)]
pub(crate) struct FormedUrl<'u, 'a> {
    url: Changed<'u, 'a>,
    /// In the place of the URL's own.
    query: Option<Recoded<'a>>,
}

/// Not `Cow`, which would tie the lifetimes of what is written together to each
/// other.
#[derive(Debug)]
enum Changed<'u, 'a> {
    Borrowed(&'u Url<'a>),
    Owned(Url<'a>),
}

impl<'a> Deref for Changed<'_, 'a> {
    type Target = Url<'a>;

    fn deref(&self) -> &Url<'a> {
        match self {
            Self::Borrowed(url) => url,
            Self::Owned(url) => url,
        }
    }
}

impl<'u, 'a> FormedUrl<'u, 'a> {
    /// The URL as it is.
    pub(crate) const fn as_is(url: &'u Url<'a>) -> Self {
        Self {
            url: Changed::Borrowed(url),
            query: None,
        }
    }

    /// Writes the URL up to its query.
    pub(crate) fn write_base(&self, sink: &mut impl Sink) {
        self.url.write_base(sink);
    }

    /// Writes the whole URL.
    pub(crate) fn write_full(&self, sink: &mut impl Sink) {
        match &self.query {
            None => self.url.write_full(sink),
            Some(query) => {
                self.url.write_base(sink);
                sink.write(b"?");
                query.write(sink);
            }
        }
    }

    /// Writes the path; `/` where it is empty.
    pub(crate) fn write_path(&self, sink: &mut impl Sink) {
        self.url.write_path(sink);
    }

    /// Writes the query without its `?`.
    pub(crate) fn write_query(&self, sink: &mut impl Sink) {
        match &self.query {
            None => sink.write(self.url.raw_query()),
            Some(query) => query.write(sink),
        }
    }

    /// Writes path and query.
    pub(crate) fn write_target(&self, sink: &mut impl Sink) {
        self.write_path(sink);
        if self.url.has_query() {
            sink.write(b"?");
            self.write_query(sink);
        }
    }
}

/// A query in another spelling. It is spelt while it is written: as a text of
/// its own it can be three times as long as the one that was received.
#[derive(Debug)]
enum Recoded<'a> {
    /// Percent-encoded with the "special-query percent-encode set" of the WHATWG
    /// URL standard; existing escapes stay. <https://url.spec.whatwg.org/#query-state>
    Whatwg(&'a [u8]),
    /// `querystring.stringify(querystring.parse(query))` of Node: names keep the
    /// place where they first occur, with all their values.
    /// <https://nodejs.org/docs/latest/api/querystring.html>
    Querystring(Pairs),
    /// With reserved characters decoded.
    Decoded(&'a [u8]),
}

impl Recoded<'_> {
    /// `None` for a query of more parameters than are read.
    fn querystring(query: &[u8]) -> Option<Self> {
        let mut pairs = Pairs::parse(query).ok()?;
        pairs.group();
        Some(Self::Querystring(pairs))
    }

    fn write(&self, sink: &mut impl Sink) {
        match self {
            Self::Whatwg(query) => percent_encode(query, is_whatwg_query_byte, sink),
            Self::Decoded(query) => write_decoded(query, sink),
            Self::Querystring(pairs) => {
                for (position, (name, value)) in pairs.iter().enumerate() {
                    if position > 0 {
                        sink.write(b"&");
                    }
                    percent_encode(name, is_unreserved, sink);
                    sink.write(b"=");
                    percent_encode(value, is_unreserved, sink);
                }
            }
        }
    }

    /// Whether this is how the text is spelt.
    fn is(&self, text: &[u8]) -> bool {
        let mut comparison = Comparison { rest: Some(text) };
        self.write(&mut comparison);
        comparison.rest.is_some_and(<[u8]>::is_empty)
    }
}

/// Compares what is written with a text.
struct Comparison<'t> {
    /// What has to follow; `None` after a difference.
    rest: Option<&'t [u8]>,
}

impl Sink for Comparison<'_> {
    fn write(&mut self, bytes: &[u8]) {
        self.rest = self.rest.and_then(|rest| rest.strip_prefix(bytes));
    }
}

/// What a reserved character stands for that is written as an escape.
fn decoded(escape: &[u8]) -> Option<u8> {
    let [b'%', high, low] = escape else {
        return None;
    };
    let digit = |digit: u8| char::from(digit).to_digit(16);
    let byte = u8::try_from(digit(*high)? * 16 + digit(*low)?).ok()?;
    b":/?@!$'()*,;".contains(&byte).then_some(byte)
}

fn write_decoded(text: &[u8], sink: &mut impl Sink) {
    let mut rest = text;
    while let Some(position) = rest.windows(3).position(|text| decoded(text).is_some()) {
        let (before, from) = rest.split_at(position);
        let (escape, after) = from.split_at(3);
        sink.write(before);
        sink.write(decoded(escape).as_slice());
        rest = after;
    }
    sink.write(rest);
}

fn is_whatwg_query_byte(byte: u8) -> bool {
    matches!(byte, b'!'..=b'~') && !b"\"#<>'".contains(&byte)
}

fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&byte)
}

fn percent_encode(text: &[u8], keep: impl Fn(u8) -> bool, sink: &mut impl Sink) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let mut rest = text;
    while let Some(kept) = rest.iter().position(|byte| !keep(*byte)) {
        let (before, from) = rest.split_at(kept);
        let (byte, after) = (from[0], &from[1..]);
        sink.write(before);
        let (high, low) = (usize::from(byte >> 4), usize::from(byte & 15));
        sink.write(&[b'%', DIGITS[high], DIGITS[low]]);
        rest = after;
    }
    sink.write(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(form: UrlForm, url: &str) -> Option<String> {
        let url = Url::parse(url.as_bytes()).unwrap();
        let applied = form.apply(&url)?;
        let mut text = Vec::new();
        applied.write_full(&mut text);
        Some(String::from_utf8(text).unwrap())
    }

    // Pitfall URL-6.
    #[test]
    fn each_form_changes_one_thing() {
        let url = "https://u@h/p?a='b&c=d e".replace(' ', "%20");
        assert_eq!(form(UrlForm::AsIs, &url).as_deref(), Some(&*url));
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
            form(UrlForm::WithPort, "https://h/p").as_deref(),
            Some("https://h:443/p")
        );
        assert_eq!(
            form(UrlForm::WithPort, "https://h:8443/p").as_deref(),
            Some("https://h:8443/p")
        );
        assert_eq!(
            form(UrlForm::QueryDecoded, "https://h/%3fp?a=%3A%2f%20%24&%3").as_deref(),
            Some("https://h/%3fp?a=:/%20$&%3")
        );
        assert_eq!(
            form(UrlForm::QueryDecoded, "https://h/p").as_deref(),
            Some("https://h/p")
        );
        assert_eq!(
            form(UrlForm::WebsocketHttp, "wss://h/s?x=1").as_deref(),
            Some("http://h/s?x=1")
        );
        assert_eq!(form(UrlForm::WebsocketHttp, "https://h/"), None);
    }
}
