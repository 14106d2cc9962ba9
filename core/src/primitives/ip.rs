//! Address lists in CIDR notation (RFC 4632, RFC 4291).

use std::net::IpAddr;

use ipnet::IpNet;

/// Addresses and networks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct IpSet(Vec<IpNet>);

impl IpSet {
    /// Reads `10.0.0.1` or `10.0.0.0/8`, IPv6 likewise.
    pub(crate) fn parse<'t>(texts: impl IntoIterator<Item = &'t str>) -> Option<Self> {
        texts
            .into_iter()
            .map(|text| {
                text.parse()
                    .ok()
                    .or_else(|| text.parse().ok().map(IpAddr::into))
            })
            .collect::<Option<_>>()
            .map(Self)
    }

    /// An IPv4 address written as IPv6 (`::ffff:10.0.0.1`) is that IPv4 address.
    pub(crate) fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Pitfall URL-3.
    #[test]
    fn every_notation_of_an_address_matches() {
        let set = IpSet::parse(["10.0.0.0/30", "2001:db8::/32", "192.0.2.7"]).unwrap();
        let contains = |text: &str| set.contains(text.parse().unwrap());
        for inside in [
            "10.0.0.0",
            "10.0.0.3",
            "::ffff:10.0.0.1",
            "2001:db8::1",
            "192.0.2.7",
        ] {
            assert!(contains(inside), "{inside}");
        }
        for outside in [
            "10.0.0.4",
            "::ffff:10.0.0.4",
            "2001:db9::1",
            "192.0.2.8",
            "::1",
        ] {
            assert!(!contains(outside), "{outside}");
        }
        assert!(IpSet::parse(["10.0.0.0/33"]).is_none());
        assert!(IpSet::parse(["localhost"]).is_none());
    }
}
