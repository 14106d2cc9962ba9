//! The answers of a token endpoint (RFC 6749 sections 5.1 and 5.2).

use serde_json::{Value, json};

use crate::reply::Reply;

/// Why no token is issued.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rejection {
    MethodNotAllowed,
    BodyTooLarge,
    InvalidRequest,
    /// The same for an unknown client and a wrong secret. With a challenge
    /// where the client used the header.
    InvalidClient {
        by_header: bool,
    },
    UnsupportedGrantType,
    InvalidScope,
    ServerError,
}

impl Rejection {
    pub(super) fn into_reply(self) -> Reply {
        let reply = answer(self.status(), &json!({ "error": self.error() }));
        match self {
            Self::MethodNotAllowed => reply.with_header("Allow", "POST"),
            Self::InvalidClient { by_header: true } => reply.with_header(
                "WWW-Authenticate",
                r#"Basic realm="token endpoint", charset="UTF-8""#,
            ),
            _ => reply,
        }
    }

    const fn status(self) -> u16 {
        match self {
            Self::MethodNotAllowed => 405,
            Self::BodyTooLarge => 413,
            Self::InvalidClient { .. } => 401,
            Self::InvalidRequest | Self::UnsupportedGrantType | Self::InvalidScope => 400,
            Self::ServerError => 500,
        }
    }

    const fn error(self) -> &'static str {
        match self {
            Self::MethodNotAllowed | Self::BodyTooLarge | Self::InvalidRequest => "invalid_request",
            Self::InvalidClient { .. } => "invalid_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::InvalidScope => "invalid_scope",
            Self::ServerError => "server_error",
        }
    }
}

/// A JSON answer that no cache may keep.
pub(super) fn answer(status: u16, body: &Value) -> Reply {
    Reply::new(status)
        .with_json(body)
        .with_header("Cache-Control", "no-store")
        .with_header("Pragma", "no-cache")
}
