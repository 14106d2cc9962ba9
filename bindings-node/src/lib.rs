//! The native part of the npm package `hookseal`.
//!
//! It is private to the TypeScript in `lib/`, which is of the same version. Nothing here throws: a
//! native throw costs more than a whole verification, so every function gives a value back and
//! `lib/` throws. A failure is a text that begins with the number of its code (`answer.rs`).

mod answer;
mod arguments;
mod bound;
mod decrypt;
mod diagnose;
mod issuer;
mod keys;
mod sign;
mod verify;

use std::sync::Arc;

use hookseal_bridge::{
    Handle, Issuer, REJECTION_BODY, REJECTION_CONTENT_TYPE, VERSION, error_codes_json, guard,
    schemes_json,
};
use napi::bindgen_prelude::{Either, Env, JsObjectValue, Object};
use napi_derive::napi;

use crate::answer::failure_text;
use crate::bound::{Entry, bind};

/// Compiles a scheme: its id or the JSON text of a custom one, and the options as JSON in UTF-8.
/// Gives `description` and the functions below, or a failure.
///
/// The functions own the compiled verifier: there is no handle that JavaScript could mix up, and
/// the keys are wiped when all of them have been collected.
#[napi(catch_unwind)]
pub fn compile<'env>(
    env: &'env Env,
    scheme: String,
    options: &[u8],
) -> napi::Result<Either<String, Object<'env>>> {
    let handle = guard(|| {
        let handle = Handle::new(&scheme, options)?;
        Ok((handle.describe().to_json(), Arc::new(handle)))
    });
    let (description, handle) = match handle {
        Ok(compiled) => compiled,
        Err(error) => return Ok(Either::A(failure_text(&error))),
    };
    let mut compiled = Object::new(env)?;
    compiled.set_named_property("description", description)?;
    let functions: [(&str, Entry<Handle>); 9] = [
        ("verify", verify::verify),
        ("checkHead", verify::check_head),
        ("verifyIntrospected", verify::verify_introspected),
        ("bearerToken", verify::bearer_token),
        ("diagnose", diagnose::diagnose),
        ("decrypt", decrypt::decrypt),
        ("sign", sign::sign),
        ("keyRequest", keys::key_request),
        ("supplyKeys", keys::supply_keys),
    ];
    for (name, entry) in functions {
        compiled.set_named_property(name, bind(env, Arc::clone(&handle), entry)?)?;
    }
    Ok(Either::B(compiled))
}

/// Makes a token issuer: the options as JSON in UTF-8. Gives `{ jwks, maxBodyBytes, respond }`, or
/// a failure.
#[napi(catch_unwind)]
pub fn issuer<'env>(env: &'env Env, options: &[u8]) -> napi::Result<Either<String, Object<'env>>> {
    let issuer = guard(|| {
        let issuer = Issuer::new(options)?;
        Ok((issuer.jwks(), Arc::new(issuer)))
    });
    let (jwks, issuer) = match issuer {
        Ok(made) => made,
        Err(error) => return Ok(Either::A(failure_text(&error))),
    };
    let limit = u32::try_from(issuer.max_body_bytes()).unwrap_or(u32::MAX);
    let mut made = Object::new(env)?;
    made.set_named_property("jwks", jwks)?;
    made.set_named_property("maxBodyBytes", limit)?;
    made.set_named_property("respond", bind(env, issuer, issuer::respond)?)?;
    Ok(Either::B(made))
}

/// What stays the same for the life of the process.
#[napi(object, object_from_js = false)]
#[derive(Debug)]
pub struct Constants {
    pub version: &'static str,
    pub error_codes: String,
    pub schemes: &'static str,
    pub rejection_body: &'static str,
    pub rejection_content_type: &'static str,
}

/// The version, the error table, the catalogue, and the answer to a rejected caller.
#[napi(catch_unwind)]
pub fn constants() -> Constants {
    Constants {
        version: VERSION,
        error_codes: error_codes_json(),
        schemes: schemes_json(),
        rejection_body: REJECTION_BODY,
        rejection_content_type: REJECTION_CONTENT_TYPE,
    }
}

/// Panics on purpose, so that a test can prove that a panic arrives as the failure `internal`.
#[napi(catch_unwind)]
pub fn panic_self_test() -> Option<String> {
    guard(hookseal_bridge::panic_self_test)
        .err()
        .map(|error| failure_text(&error))
}
