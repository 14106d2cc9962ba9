//! A request as C passes it.

use core::ffi::c_char;
use std::net::IpAddr;

use hookseal_bridge::{Error, HeaderSlots, Headers, Request, wire};

use crate::input::{bytes, misuse, optional_chars};

/// One HTTP request as it came in: (pointer, length) pairs, borrowed for the call. Set it to zero
/// first, so that what is not known is NULL. Target, authority and scheme stay apart and are never
/// joined: no byte of one can pass for a byte of another then. Nothing of them is normalised.
#[derive(Debug)]
#[repr(C)]
pub struct RequestParts {
    /// As received, e.g. `POST`.
    pub method: *const c_char,
    pub method_len: usize,
    /// The request target as it stood in the request line or in `:path` (`/path?query`); or the
    /// absolute URL as the provider called it, where neither authority nor scheme is known.
    pub target: *const c_char,
    pub target_len: usize,
    /// The `Host` header or `:authority` as sent, several different values joined with `, `; NULL
    /// where it is not known.
    pub authority: *const c_char,
    pub authority_len: usize,
    /// The scheme of the connection (`http`, `https`, `ws`, `wss`) as the server knows it, never as
    /// the request says it; NULL where it is not known.
    pub scheme: *const c_char,
    pub scheme_len: usize,
    /// Packed, any number of `[u8 slot][u32 length, little-endian][bytes]`, see
    /// `hookseal_header_slot`. A header that came twice is packed twice.
    pub headers: *const u8,
    pub headers_len: usize,
    /// The raw bytes, before any parser.
    pub body: *const u8,
    pub body_len: usize,
    /// The address of the directly connected peer in network byte order, 4 or 16 bytes; NULL where
    /// it is not known.
    pub peer: *const u8,
    pub peer_len: usize,
}

impl RequestParts {
    /// The request that these parts make. The headers go into `slots`, which are empty yet.
    ///
    /// # Safety
    /// Each pointer is NULL or points to as many bytes as its length says, which nobody changes
    /// during `'a`.
    pub(crate) unsafe fn read<'a, 's>(
        &self,
        slots: &'s mut HeaderSlots<'a>,
    ) -> Result<Request<'s>, Error>
    where
        'a: 's,
    {
        // SAFETY: the caller's promise is passed on.
        let (method, target, authority, scheme, headers, body, peer) = unsafe {
            (
                bytes(self.method, self.method_len)?,
                bytes(self.target, self.target_len)?,
                optional_chars(self.authority, self.authority_len)?,
                optional_chars(self.scheme, self.scheme_len)?,
                bytes(self.headers, self.headers_len)?,
                bytes(self.body, self.body_len)?,
                bytes(self.peer, self.peer_len)?,
            )
        };
        wire::read_headers(headers, slots)?;
        Ok(Request {
            method,
            target,
            authority,
            scheme,
            headers: Headers::Slots(slots),
            body,
            peer: address(peer)?,
        })
    }
}

pub(crate) fn address(peer: &[u8]) -> Result<Option<IpAddr>, Error> {
    match peer.len() {
        0 => Ok(None),
        4 => Ok(<[u8; 4]>::try_from(peer).ok().map(IpAddr::from)),
        16 => Ok(<[u8; 16]>::try_from(peer).ok().map(IpAddr::from)),
        _ => Err(misuse("the peer is an address of 4 or 16 bytes")),
    }
}
