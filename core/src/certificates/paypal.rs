//! PayPal: one host of deliveries that count, another of those that do not.

use crate::certificates::Source;

/// The sandbox is open to everybody, so it is never taken beside the other.
pub(super) fn source(is_sandbox: bool) -> Source {
    let inset = if is_sandbox { "sandbox." } else { "" };
    let mut names = vec!["messageverificationcerts.paypal.com".to_owned()];
    if is_sandbox {
        names.push("messageverificationcerts.sandbox.paypal.com".to_owned());
    }
    Source {
        host: format!("api.{inset}paypal.com"),
        is_path,
        names,
        topics: None,
    }
}

/// `/v1/notifications/certs/` and one further segment.
fn is_path(path: &str) -> bool {
    path.strip_prefix("/v1/notifications/certs/")
        .is_some_and(|id| !id.is_empty() && !id.contains('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sandbox_is_another_host() {
        assert_eq!(source(false).host, "api.paypal.com");
        assert_eq!(source(true).host, "api.sandbox.paypal.com");
        assert!(is_path(
            "/v1/notifications/certs/CERT-360caa42-fca2a594-a5cafa77"
        ));
        for path in [
            "/v1/notifications/certs/",
            "/v1/notifications/certs/a/b",
            "/v1/oauth2",
        ] {
            assert!(!is_path(path), "{path}");
        }
    }
}
