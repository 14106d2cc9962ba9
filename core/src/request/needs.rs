//! What a verifier reads of a request.

use crate::request::Header;

/// Collected once, while a verifier is made: each proof asks here for what it
/// will read.
#[derive(Debug, Default)]
pub(crate) struct Needs {
    header_names: Vec<Box<str>>,
    reads_url: bool,
    may_read_url: bool,
    looks_up_query: bool,
    /// Of a JSON body.
    pointers: Vec<String>,
    /// `Content-Type`, where the body is read.
    content_type: Option<Header>,
}

impl Needs {
    /// The header of that lower-case name.
    pub(crate) fn header(&mut self, name: &str) -> Header {
        Header::intern(&mut self.header_names, name)
    }

    /// The URL.
    pub(crate) const fn url(&mut self) {
        self.reads_url = true;
    }

    /// The URL, where there is one that can be read.
    pub(crate) const fn possible_url(&mut self) {
        self.may_read_url = true;
    }

    /// Single parameters of the query.
    pub(crate) const fn query(&mut self) {
        self.reads_url = true;
        self.looks_up_query = true;
    }

    /// Single fields of a form body.
    pub(crate) fn form(&mut self) {
        self.body_type();
    }

    /// What kind of body it is.
    pub(crate) fn body_type(&mut self) {
        self.content_type = Some(self.header("content-type"));
    }

    /// A member of a JSON body, by its pointer. Returns the position of the pointer.
    pub(crate) fn json(&mut self, pointer: &str) -> usize {
        self.body_type();
        let known = self.pointers.iter().position(|known| known == pointer);
        known.unwrap_or_else(|| {
            self.pointers.push(pointer.to_owned());
            self.pointers.len() - 1
        })
    }

    /// By the position of their values in [`HeaderSlots`](crate::HeaderSlots).
    pub(crate) fn header_names(&self) -> &[Box<str>] {
        &self.header_names
    }

    pub(crate) const fn reads_url(&self) -> bool {
        self.reads_url
    }

    pub(crate) const fn may_read_url(&self) -> bool {
        self.may_read_url
    }

    pub(crate) const fn looks_up_query(&self) -> bool {
        self.looks_up_query
    }

    pub(crate) fn pointers(&self) -> &[String] {
        &self.pointers
    }

    pub(crate) const fn content_type(&self) -> Option<&Header> {
        self.content_type.as_ref()
    }
}
