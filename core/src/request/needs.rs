//! What a verifier reads of a request.

use crate::request::Header;

/// Collected once, while a verifier is made: each proof asks here for what it
/// will read.
#[derive(Debug, Default)]
pub(crate) struct Needs {
    header_names: Vec<Box<str>>,
    reads_url: bool,
    looks_up_query: bool,
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

    /// Single parameters of the query.
    pub(crate) const fn query(&mut self) {
        self.reads_url = true;
        self.looks_up_query = true;
    }

    /// By the position of their values in [`HeaderSlots`](crate::HeaderSlots).
    pub(crate) fn header_names(&self) -> &[Box<str>] {
        &self.header_names
    }

    pub(crate) const fn reads_url(&self) -> bool {
        self.reads_url
    }

    pub(crate) const fn looks_up_query(&self) -> bool {
        self.looks_up_query
    }
}
