//! A whole HTTP response that the core makes: the answer to a challenge, or a
//! token endpoint's.

use std::borrow::Cow;

/// An HTTP response to send as it is. The body is UTF-8.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(Cow<'static, str>, String)>,
    pub(crate) body: String,
}

impl Reply {
    /// A reply without headers and body.
    pub(crate) const fn new(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: String::new(),
        }
    }

    /// Adds a header.
    pub(crate) fn with_header(
        mut self,
        name: impl Into<Cow<'static, str>>,
        value: impl Into<String>,
    ) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sets a plain text as body.
    pub(crate) fn with_text(self, body: String) -> Self {
        let mut reply = self.with_header("Content-Type", "text/plain; charset=utf-8");
        reply.body = body;
        reply
    }

    /// Sets a JSON body.
    pub(crate) fn with_json(self, body: &serde_json::Value) -> Self {
        let mut reply = self.with_header("Content-Type", "application/json");
        reply.body = body.to_string();
        reply
    }

    /// The HTTP status.
    #[must_use]
    pub const fn status(&self) -> u16 {
        self.status
    }

    /// Name and value of each header, without `Content-Length`.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.headers
            .iter()
            .map(|(name, value)| (name.as_ref(), value.as_str()))
    }

    /// The body; may be empty.
    #[must_use]
    pub fn body(&self) -> &str {
        &self.body
    }
}
