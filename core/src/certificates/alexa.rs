//! Amazon Alexa: one bucket of a host that everybody may keep files at.

use crate::certificates::Source;

pub(super) fn source() -> Source {
    Source {
        host: "s3.amazonaws.com".to_owned(),
        is_path,
        names: vec!["echo-api.amazon.com".to_owned()],
        topics: None,
    }
}

/// In the bucket `echo.api`, letter by letter: dot segments, with which a path
/// leaves a bucket, are no part of an address here.
fn is_path(path: &str) -> bool {
    path.strip_prefix("/echo.api/")
        .is_some_and(|key| !key.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::certificates::address::split;

    #[test]
    fn the_bucket_is_the_vendors() {
        let is_taken = |address: &str| {
            let source = source();
            split(address).is_some_and(|(host, path)| host == source.host && (source.is_path)(path))
        };
        assert!(is_taken(
            "https://s3.amazonaws.com/echo.api/echo-api-cert-12.pem"
        ));
        assert!(is_taken(
            "https://s3.amazonaws.com:443/echo.api/echo-api-cert.pem"
        ));
        // The vendor's own page lists most of these.
        for address in [
            "http://s3.amazonaws.com/echo.api/echo-api-cert.pem",
            "https://notamazon.com/echo.api/echo-api-cert.pem",
            "https://s3.amazonaws.com/EcHo.aPi/echo-api-cert.pem",
            "https://s3.amazonaws.com/invalid.path/echo-api-cert.pem",
            "https://s3.amazonaws.com:563/echo.api/echo-api-cert.pem",
            "https://s3.amazonaws.com/echo.api/../evil/cert.pem",
            "https://s3.amazonaws.com/echo.api/../echo.api/echo-api-cert.pem",
            "https://s3.amazonaws.com/echo.api/%2e%2e/evil/cert.pem",
            "https://s3.amazonaws.com/echo.api/",
        ] {
            assert!(!is_taken(address), "{address}");
        }
    }
}
