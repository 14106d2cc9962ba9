//! A place of a request that a verifier reads.

use crate::request::Header;

/// Where a value stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RequestPlace {
    Header(Header),
    /// The name of a parameter of the query.
    Query(Box<[u8]>),
    /// The name of a field of a form body.
    Form(Box<[u8]>),
    /// A member of a JSON body, by the position of its pointer in
    /// [`Needs`](crate::request::Needs).
    Json(usize),
}
