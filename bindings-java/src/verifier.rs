//! The life of a verifier, and what it does besides verifying and decrypting.

use jni_sys::jlong;

use hookseal_bridge::{Handle, SignRequest};

use crate::array::Array;
use crate::native::Answer;
use crate::packed::{Fields, address, malformed, push};

natives! {
    /// Payload: `[i64 handle][description as JSON]`. Java owns the handle and gives
    /// it back with `close`.
    "open" => fn open(scheme: Array, options: Array) {
        let scheme = String::from_utf8(scheme.copy()?).map_err(|_| malformed())?;
        let handle = Handle::new(&scheme, &options.copy_secret()?)?;
        let description = handle.describe().to_json().into_bytes();
        Ok(Answer::Opened(Box::new(handle), description))
    }

    /// Wipes the keys.
    "close" => fn close(handle: Box<Handle>) {
        drop(handle);
        Ok(Answer::payload([]))
    }

    /// Payload: the address to fetch keys from now, or nothing.
    "keyRequest" => fn key_request(handle: &Handle) {
        Ok(Answer::payload(handle.key_request().unwrap_or_default()))
    }

    /// Takes what was fetched. Payload: the address to fetch next, or nothing.
    "supplyKeys" => fn supply_keys(handle: &Handle, document: Array) {
        let next = handle.supply_keys(&document.copy()?)?;
        Ok(Answer::payload(next.unwrap_or_default()))
    }

    /// Takes the number of a rejection's code, the packed fields `peer?` and then the
    /// headers as the bridge packs them, of which a slot is a position in
    /// `diagnostic_header_names`, and the beginning of the body. Payload: what to
    /// append to the detail, which may be nothing.
    "diagnose" => fn diagnose(handle: &Handle, code: jlong, request: Array, beginning: Array) {
        let code = i32::try_from(code).map_err(|_| malformed())?;
        let request = request.copy()?;
        let mut fields = Fields::new(&request);
        let peer = fields.optional()?.and_then(address);
        let beginning = beginning.copy()?;
        let more = handle.diagnose_packed(code, fields.rest, peer, &beginning)?;
        Ok(Answer::payload(more))
    }

    /// Takes the packed fields `method, url, body, delivery id?, key id?`, then name
    /// and value of each header. Payload: name and value of each header to add.
    "sign" => fn sign(handle: &Handle, now: jlong, request: Array) {
        let request = request.copy()?;
        let mut fields = Fields::new(&request);
        let method = fields.required()?;
        let url = fields.required()?;
        let body = fields.required()?;
        let delivery_id = fields.optional_text()?;
        let key_id = fields.optional_text()?;
        let mut headers = Vec::new();
        while !fields.rest.is_empty() {
            headers.push((fields.required()?, fields.required()?));
        }
        let added = handle.sign(&SignRequest {
            method,
            url,
            body,
            headers: &headers,
            delivery_id,
            timestamp: Some(now),
            key_id,
        })?;
        let mut payload = Vec::new();
        for (name, value) in &added {
            push(name.as_bytes(), &mut payload)?;
            push(value.as_bytes(), &mut payload)?;
        }
        Ok(Answer::payload(payload))
    }
}
