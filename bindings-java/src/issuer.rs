//! The token issuer.

use jni_sys::jlong;

use hookseal_bridge::{Issuer, TokenRequest, reply_json};

use crate::array::Array;
use crate::native::Answer;
use crate::packed::Fields;

natives! {
    /// Payload: `[i64 handle][i64 longest body][public keys as JSON]`. Java owns the
    /// handle and gives it back with `closeIssuer`.
    "openIssuer" => fn open_issuer(options: Array) {
        let issuer = Issuer::new(&options.copy_secret()?)?;
        let longest = jlong::try_from(issuer.max_body_bytes()).unwrap_or(jlong::MAX);
        let description = [&longest.to_le_bytes(), issuer.jwks().as_bytes()].concat();
        Ok(Answer::Opened(Box::new(issuer), description))
    }

    /// Wipes the keys.
    "closeIssuer" => fn close_issuer(issuer: Box<Issuer>) {
        drop(issuer);
        Ok(Answer::payload([]))
    }

    /// Takes the packed fields `method, content type?, body`, then the value of each
    /// `Authorization` header; among them is the client's secret. Payload: the reply
    /// as JSON.
    "respond" => fn respond(issuer: &Issuer, now: jlong, request: Array) {
        let request = request.copy_secret()?;
        let mut fields = Fields::new(&request);
        let method = fields.required()?;
        let content_type = fields.optional()?;
        let body = fields.required()?;
        let mut authorization = Vec::new();
        while !fields.rest.is_empty() {
            authorization.push(fields.required()?);
        }
        let request = TokenRequest {
            method,
            content_type,
            authorization: &authorization,
            body,
        };
        let reply = issuer.respond(&request, Some(now));
        Ok(Answer::payload(reply_json(&reply)))
    }
}
