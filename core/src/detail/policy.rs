//! Who called, which host, and how: what exactly was rejected.

use std::net::IpAddr;

use crate::detail::shown;
use crate::error::{Error, ErrorCode};
use crate::primitives::url::Url;

/// A caller that is not in `allowed_ips`. `client` is not the peer where a
/// trusted proxy says who called it.
#[cold]
#[inline(never)]
pub(crate) fn address_rejected(client: Option<IpAddr>, peer: Option<IpAddr>) -> Error {
    let [client, peer] = [client, peer].map(|it| it.map(|address| address.to_canonical()));
    let detail = match (client, peer) {
        (Some(client), Some(peer)) if client != peer => format!(
            "the address of the caller, {client} as the trusted proxy {peer} tells it, is not in \
             allowed_ips"
        ),
        (Some(client), _) => {
            format!("the address of the caller, {client}, is not in allowed_ips")
        }
        (None, Some(peer)) => format!(
            "the address of the caller is not in allowed_ips: the trusted proxy {peer} does not \
             tell it in a form that can be read"
        ),
        (None, None) => "the address of the caller is unknown, so it is not in allowed_ips".into(),
    };
    Error::new(ErrorCode::IpNotAllowed, detail)
}

/// A host that is not in `allowed_hosts`.
#[cold]
#[inline(never)]
pub(crate) fn host_rejected(url: &Url<'_>) -> Error {
    let host = shown::quoted(&[url.host, &url.port].concat());
    let detail = format!("the request was sent to {host}, which is not in allowed_hosts");
    Error::new(ErrorCode::HostNotAllowed, detail)
}

/// Who says that a delivery came over plain HTTP.
#[derive(Clone, Copy, Debug)]
pub(crate) enum SchemeOf {
    TrustedProxy,
    PublicUrl,
    Request,
}

/// A delivery over plain HTTP where `require_https` is set.
#[cold]
#[inline(never)]
pub(crate) fn insecure(said_by: SchemeOf) -> Error {
    let detail = match said_by {
        SchemeOf::TrustedProxy => {
            "the delivery came over plain HTTP, as the forwarded headers of a trusted proxy say"
        }
        SchemeOf::PublicUrl => {
            "the delivery came over plain HTTP, since public_url begins with http://"
        }
        SchemeOf::Request => "the delivery came over plain HTTP",
    };
    Error::new(ErrorCode::InsecureTransport, detail)
}
