//! The options that every scheme takes.

use crate::options::schema::{OptionKind, OptionSpec, Range};

/// Of the common options the one that only schemes with a time take.
pub(crate) const TOLERANCE: &str = "tolerance";

/// The common options of a scheme; `tolerance` is its own, where it has a time.
pub(crate) fn common_options(tolerance: Option<OptionSpec>) -> Vec<OptionSpec> {
    let mut specs = vec![
        OptionSpec::new(
            "public_url",
            OptionKind::Text,
            "the URL that the provider calls, up to the path, such as https://api.example.com; \
             otherwise that of the request",
        ),
        OptionSpec::new(
            "trusted_proxies",
            OptionKind::Texts,
            "addresses or CIDR networks whose forwarded headers are believed; beside public_url \
             for allowed_ips and require_https only; otherwise nobody's",
        )
        .needing(["allowed_hosts", "public_url"]),
        OptionSpec::new(
            "allowed_hosts",
            OptionKind::Texts,
            "the hosts, or host:port, that a request may be sent to; otherwise any",
        )
        .excluding(["public_url"]),
        OptionSpec::new(
            "allowed_ips",
            OptionKind::Texts,
            "addresses or CIDR networks that may deliver, or the name of a published set; behind \
             trusted proxies the forwarded address counts; otherwise all",
        ),
        OptionSpec::switch(
            "require_https",
            "reject deliveries over plain HTTP; behind trusted proxies the forwarded scheme counts",
        ),
        OptionSpec::new(
            "max_body_bytes",
            OptionKind::Size(Range::from(1)),
            "the longest body; otherwise 10 MiB, 1 MiB for a form, and less where many \
             keys or a slow cipher make a byte dear; a larger one lets strangers use more of the \
             processor",
        ),
    ];
    specs.extend(tolerance);
    for spec in &mut specs {
        spec.is_common = true;
    }
    specs
}

/// The option `tolerance`: at most so many seconds, and so many by default.
pub(crate) fn tolerance(longest: u32, default: Option<u32>) -> OptionSpec {
    OptionSpec::new(
        TOLERANCE,
        OptionKind::Seconds(Range::new(0, longest.into())),
        "how far a signed time may lie in the past or in the future; 0 is this very second, \
         not no check",
    )
    .with_any_default(default)
}
