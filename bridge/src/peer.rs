//! The address of a connection's other end, as hosts write it.

use std::net::{IpAddr, Ipv6Addr};

/// Reads the address that a host gives for the peer. The zone of an IPv6 address
/// (`fe80::1%eth0`, RFC 4007 section 11) names an interface of this host and is
/// left out. `None` for what is not an address, such as the empty text or the path
/// of a Unix socket: no list of addresses contains it.
#[must_use]
pub fn peer_address(text: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(text).ok()?;
    match text.split_once('%') {
        None => text.parse().ok(),
        Some((_, "")) => None,
        Some((address, _)) => address.parse::<Ipv6Addr>().ok().map(IpAddr::V6),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_without_its_zone() {
        for (text, address) in [
            ("192.0.2.7", "192.0.2.7"),
            ("2001:db8::1", "2001:db8::1"),
            ("::ffff:192.0.2.7", "::ffff:192.0.2.7"),
            ("fe80::1%eth0", "fe80::1"),
            ("fe80::1%3", "fe80::1"),
            ("FE80::1%en0.100", "fe80::1"),
        ] {
            let expected = address.parse().ok();
            assert!(expected.is_some());
            assert_eq!(peer_address(text.as_bytes()), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_address_is_none() {
        for text in [
            "",
            "localhost",
            "/run/app.sock",
            "unix:",
            "192.0.2.7:443",
            "[2001:db8::1]",
            "192.0.2.7%eth0",
            "fe80::1%",
            "%eth0",
            " 192.0.2.7",
            "192.0.2.07",
        ] {
            assert_eq!(peer_address(text.as_bytes()), None, "{text:?}");
        }
        assert_eq!(peer_address(b"\xff"), None);
    }
}
