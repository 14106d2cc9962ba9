//! The options that every scheme takes.

/// Name and meaning of each, for errors and the catalogue; but see [`TOLERANCE`].
pub(crate) const COMMON_OPTIONS: [(&str, &str); 7] = [
    (
        "public_url",
        "the URL the provider calls, up to the path: https://api.example.com",
    ),
    (
        "trusted_proxies",
        "addresses or CIDR networks whose forwarded headers are believed; needs allowed_hosts or public_url",
    ),
    (
        "allowed_hosts",
        "the hosts, or host:port, that a request may be sent to",
    ),
    (
        "allowed_ips",
        "addresses or CIDR networks that may deliver, or the name of a published set",
    ),
    (
        "require_https",
        "reject deliveries over plain HTTP; default false",
    ),
    (
        "max_body_bytes",
        "the longest body in bytes; default 10 MiB, 1 MiB for a form, and less where many keys or a slow cipher make a byte dear; a larger one lets strangers use more of the processor",
    ),
    (
        TOLERANCE,
        "seconds that a signed time may lie in the past or in the future; 0 is this very second, \
         not no check",
    ),
];

/// Of the common options the one that only schemes with a time take.
pub(crate) const TOLERANCE: &str = "tolerance";
