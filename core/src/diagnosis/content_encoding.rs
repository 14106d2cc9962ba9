//! A body that was compressed or inflated on its way: its signature was made
//! over other bytes.

use crate::detail::shown;
use crate::diagnosis::Seen;

pub(super) const NAME: &str = "content-encoding";

/// What the encoding is called, and what a body in it begins with.
type Begins = fn(&[u8]) -> bool;
const ENCODINGS: [(&[&str], Begins); 4] = [
    (&["gzip", "x-gzip"], |body| body.starts_with(b"\x1f\x8b")),
    // The header of RFC 1950: method 8, and a check modulo 31.
    (&["deflate"], |body| match body {
        [
            first @ (0x08 | 0x18 | 0x28 | 0x38 | 0x48 | 0x58 | 0x68 | 0x78),
            second,
            ..,
        ] => u16::from_be_bytes([*first, *second]) % 31 == 0,
        _ => false,
    }),
    (&["zstd"], |body| body.starts_with(b"\x28\xb5\x2f\xfd")),
    (&["compress", "x-compress"], |body| {
        body.starts_with(b"\x1f\x9d")
    }),
];

/// What `Content-Encoding` says, and whether the body begins as it does.
pub(super) fn told(seen: Seen<'_>, body: &[u8]) -> Option<String> {
    let value = seen.value(NAME)?.trim_ascii();
    if value.is_empty() || value.eq_ignore_ascii_case(b"identity") {
        return None;
    }
    let header = shown::header("Content-Encoding", value);
    // The encodings stand in the order in which they were applied.
    let outermost = value.rsplit(|&byte| byte == b',').next().unwrap_or(value);
    let outermost = outermost.trim_ascii();
    let known = ENCODINGS.iter().find(|(names, _)| {
        let mut names = names.iter();
        names.any(|name| name.as_bytes().eq_ignore_ascii_case(outermost))
    });
    Some(match known {
        Some((_, begins)) if begins(body) => format!(
            "{header} is there and the body begins so: it was compressed, and if that happened \
             on its way, verify the body as the provider made it"
        ),
        Some(_) => format!(
            "{header} is there but the body does not begin so: something in front has inflated \
             it, and the body must be verified as it was sent"
        ),
        None => {
            format!("{header} is there: the body may have been compressed or inflated on its way")
        }
    })
}
