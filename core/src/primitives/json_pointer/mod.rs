//! Named places of a JSON body, read in one pass that builds no tree.
//!
//! Applications read the same body with other parsers. So a place counts only
//! where all of them agree about it: a member that stands twice in its object,
//! or beside another spelling of its name, is ambiguous.

mod fold;
mod read;
mod tree;
mod value;

#[cfg(test)]
mod tests;

pub(crate) use value::{Found, Value};

use tree::Node;

/// The places that a scheme names, compiled.
#[derive(Debug)]
pub(crate) struct Pointers {
    root: Node,
    count: usize,
}

/// The body is not JSON, or it is no JSON that parsers read alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unreadable;

impl Pointers {
    /// Compiles JSON pointers (RFC 6901) that lead through members of objects. One
    /// step may be `*`, which stands for the elements of a list.
    pub(crate) fn new(pointers: &[&str]) -> Result<Self, String> {
        let root = tree::compile(pointers)?;
        let count = pointers.len();
        Ok(Self { root, count })
    }

    /// Reads what stands at the places. A list that `*` stands for must have
    /// exactly one element, since several could be combined anew.
    ///
    /// Takes no memory but for the values; and while it reads, for a text that
    /// holds escapes and stands where an object on the way should.
    pub(crate) fn read<'b>(&self, body: &'b [u8]) -> Result<Found<'b>, Unreadable> {
        read::read(self, body, None)
    }

    /// Reads what stands at the places, and shows `visit` for each element of a
    /// list what stands at each place within it. The values behind a `*` then
    /// tell only whether there was such a list: one of elements is
    /// [`Value::Elements`].
    ///
    /// What was shown counts only if this succeeds and the list has elements: a
    /// second list of the same name may follow the first.
    pub(crate) fn each<'b>(
        &self,
        body: &'b [u8],
        mut visit: impl FnMut(usize, &Value<'b>),
    ) -> Result<Found<'b>, Unreadable> {
        read::read(self, body, Some(&mut visit))
    }
}
