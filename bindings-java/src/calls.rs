//! What runs once a verifier or less: everything but `verify` and `decrypt`.
//!
//! Each method answers with one `byte[]`: `[i32 code, little-endian][payload]`,
//! where code 0 is success and any other an error in the form of
//! [`failure`]. `null` means that not even that array could be made. So no Java class is
//! looked up from here, and Java alone decides what is thrown.

use jni::errors::{ErrorPolicy, Result as JniResult};
use jni::objects::{JByteArray, JClass};
use jni::sys::{jint, jlong};
use jni::{Env, EnvUnowned};
use zeroize::Zeroizing;

use hookseal_bridge::wire::write_facts;
use hookseal_bridge::{
    Error, ErrorCode, Handle, Issuer, SignRequest, TokenRequest, VERSION, error_codes_json, guard,
    panic_self_test, reply_json, schemes_json,
};

use crate::packed::{Fields, failure, push};
use crate::verify::{address, with_request};

#[unsafe(no_mangle)]
extern "system" fn Java_io_hookseal_Native_version<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
) -> JByteArray<'local> {
    answer(env, |_| Ok(VERSION.as_bytes().to_vec()))
}

#[unsafe(no_mangle)]
extern "system" fn Java_io_hookseal_Native_errorCodes<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
) -> JByteArray<'local> {
    answer(env, |_| Ok(error_codes_json().into_bytes()))
}

#[unsafe(no_mangle)]
extern "system" fn Java_io_hookseal_Native_schemes<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
) -> JByteArray<'local> {
    answer(env, |_| Ok(schemes_json().as_bytes().to_vec()))
}

/// Panics inside, so that a Java test can see what becomes of it.
#[unsafe(no_mangle)]
extern "system" fn Java_io_hookseal_Native_panicSelfTest<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
) -> JByteArray<'local> {
    answer(env, |_| panic_self_test().map(|()| Vec::new()))
}

/// Payload: `[i64 handle][description as JSON]`. Java owns the handle and gives
/// it back with `close`.
#[unsafe(no_mangle)]
extern "system" fn Java_io_hookseal_Native_open<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    scheme: JByteArray<'local>,
    options: JByteArray<'local>,
) -> JByteArray<'local> {
    opened(env, |env| {
        let scheme = bytes(env, scheme)?;
        let scheme = str::from_utf8(&scheme).map_err(|_| unreadable())?;
        let handle = Handle::new(scheme, &secret_bytes(env, options)?)?;
        let description = handle.describe().into_bytes();
        Ok((handle, description))
    })
}

/// # Safety
/// `handle` comes from `open`, was not closed before, and no other call uses it.
#[unsafe(no_mangle)]
unsafe extern "system" fn Java_io_hookseal_Native_close<'local>(
    _env: EnvUnowned<'local>,
    _class: JClass<'local>,
    handle: jlong,
) {
    // SAFETY: the caller's promise.
    unsafe { close::<Handle>(handle) }
}

/// Payload: `[i64 handle][i64 longest body][public keys as JSON]`. Java owns the
/// handle and gives it back with `closeIssuer`.
#[unsafe(no_mangle)]
extern "system" fn Java_io_hookseal_Native_openIssuer<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    options: JByteArray<'local>,
) -> JByteArray<'local> {
    opened(env, |env| {
        let issuer = Issuer::new(&secret_bytes(env, options)?)?;
        let mut description = jlong::try_from(issuer.max_body_bytes())
            .unwrap_or(jlong::MAX)
            .to_le_bytes()
            .to_vec();
        description.extend_from_slice(issuer.jwks().as_bytes());
        Ok((issuer, description))
    })
}

/// # Safety
/// `issuer` comes from `openIssuer`, was not closed before, and no other call
/// uses it.
#[unsafe(no_mangle)]
unsafe extern "system" fn Java_io_hookseal_Native_closeIssuer<'local>(
    _env: EnvUnowned<'local>,
    _class: JClass<'local>,
    issuer: jlong,
) {
    // SAFETY: the caller's promise.
    unsafe { close::<Issuer>(issuer) }
}

/// Takes the packed fields `method, content type?, body`, then the value of each
/// `Authorization` header. Payload: the reply as JSON.
///
/// # Safety
/// `issuer` comes from `openIssuer` and is not closed during the call.
#[unsafe(no_mangle)]
unsafe extern "system" fn Java_io_hookseal_Native_respond<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    issuer: jlong,
    now: jlong,
    request: JByteArray<'local>,
) -> JByteArray<'local> {
    // SAFETY: the caller's promise.
    let issuer = unsafe { &*(issuer as *const Issuer) };
    answer(env, |env| {
        // It holds the client's secret.
        let packed = secret_bytes(env, request)?;
        let mut fields = Fields::new(&packed);
        let method = fields.required()?;
        let content_type = fields.optional()?;
        let body = fields.required()?;
        let mut authorization = Vec::new();
        while !fields.is_empty() {
            authorization.push(fields.required()?);
        }
        let request = TokenRequest {
            method,
            content_type,
            authorization: &authorization,
            body,
        };
        Ok(reply_json(&issuer.respond(&request, Some(now))).into_bytes())
    })
}

/// Takes the packed fields `method, url, body, delivery id?, key id?`, then
/// name and value of each header. Payload: name and value of each header to add.
///
/// # Safety
/// `handle` comes from `open` and is not closed during the call.
#[unsafe(no_mangle)]
unsafe extern "system" fn Java_io_hookseal_Native_sign<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    handle: jlong,
    now: jlong,
    request: JByteArray<'local>,
) -> JByteArray<'local> {
    // SAFETY: the caller's promise.
    let handle = unsafe { &*(handle as *const Handle) };
    answer(env, |env| {
        let packed = bytes(env, request)?;
        let mut fields = Fields::new(&packed);
        let method = fields.required()?;
        let url = fields.required()?;
        let body = fields.required()?;
        let delivery_id = fields.optional_text()?;
        let key_id = fields.optional_text()?;
        let mut headers = Vec::new();
        while !fields.is_empty() {
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
        Ok(payload)
    })
}

/// Takes a request as `verify` does, but for its body, and refuses what needs
/// none to be refused. Payload: nothing.
///
/// # Safety
/// `handle` comes from `open` and is not closed during the call.
#[unsafe(no_mangle)]
unsafe extern "system" fn Java_io_hookseal_Native_checkHead<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    handle: jlong,
    now: jlong,
    request: JByteArray<'local>,
) -> JByteArray<'local> {
    // SAFETY: the caller's promise.
    let handle = unsafe { &*(handle as *const Handle) };
    answer(env, |env| {
        let packed = bytes(env, request)?;
        with_request(&packed, &[], |request| {
            handle.check_head(request, Some(now)).map(|()| Vec::new())
        })
    })
}

/// Takes a request as `verify` does. Payload: its bearer token, which is not
/// verified.
///
/// # Safety
/// `handle` comes from `open` and is not closed during the call.
#[unsafe(no_mangle)]
unsafe extern "system" fn Java_io_hookseal_Native_bearerToken<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    handle: jlong,
    request: JByteArray<'local>,
) -> JByteArray<'local> {
    // SAFETY: the caller's promise.
    let handle = unsafe { &*(handle as *const Handle) };
    answer(env, |env| {
        let packed = bytes(env, request)?;
        with_request(&packed, &[], |request| {
            handle.bearer_token(request).map(<[u8]>::to_vec)
        })
    })
}

/// Takes a request as `verify` does, and what the issuer of its token answered.
/// Payload: the facts.
///
/// # Safety
/// `handle` comes from `open` and is not closed during the call.
#[unsafe(no_mangle)]
unsafe extern "system" fn Java_io_hookseal_Native_verifyIntrospected<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    handle: jlong,
    now: jlong,
    request: JByteArray<'local>,
    body: JByteArray<'local>,
    introspected: JByteArray<'local>,
) -> JByteArray<'local> {
    // SAFETY: the caller's promise.
    let handle = unsafe { &*(handle as *const Handle) };
    answer(env, |env| {
        let packed = bytes(env, request)?;
        let body = bytes(env, body)?;
        let introspected = bytes(env, introspected)?;
        with_request(&packed, &body, |request| {
            let facts = handle.verify_introspected(request, &introspected, Some(now))?;
            let mut payload = Vec::new();
            write_facts(&facts, &mut payload);
            payload.extend(facts.payload.unwrap_or_default());
            Ok(payload)
        })
    })
}

/// Takes the number of a refusal's code, the packed fields `peer?` and then the
/// headers as the bridge packs them, of which a slot is a position in
/// `diagnostic_header_names`, and the beginning of the body. Payload: what to
/// append to the detail, which may be nothing.
///
/// # Safety
/// `handle` comes from `open` and is not closed during the call.
#[unsafe(no_mangle)]
unsafe extern "system" fn Java_io_hookseal_Native_diagnose<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    handle: jlong,
    code: jint,
    request: JByteArray<'local>,
    beginning: JByteArray<'local>,
) -> JByteArray<'local> {
    // SAFETY: the caller's promise.
    let handle = unsafe { &*(handle as *const Handle) };
    answer(env, |env| {
        let packed = bytes(env, request)?;
        let beginning = bytes(env, beginning)?;
        let mut fields = Fields::new(&packed);
        let peer = fields.optional()?.and_then(address);
        let told = handle.diagnose_packed(code, fields.into_rest(), peer, &beginning)?;
        Ok(told.into_bytes())
    })
}

/// Payload: the address to fetch keys from now, or nothing.
///
/// # Safety
/// `handle` comes from `open` and is not closed during the call.
#[unsafe(no_mangle)]
unsafe extern "system" fn Java_io_hookseal_Native_keyRequest<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    handle: jlong,
) -> JByteArray<'local> {
    // SAFETY: the caller's promise.
    let handle = unsafe { &*(handle as *const Handle) };
    answer(env, |_| Ok(text(handle.key_request())))
}

/// Takes what was fetched. Payload: the address to fetch next, or nothing.
///
/// # Safety
/// `handle` comes from `open` and is not closed during the call.
#[unsafe(no_mangle)]
unsafe extern "system" fn Java_io_hookseal_Native_supplyKeys<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    handle: jlong,
    document: JByteArray<'local>,
) -> JByteArray<'local> {
    // SAFETY: the caller's promise.
    let handle = unsafe { &*(handle as *const Handle) };
    answer(env, |env| {
        handle.supply_keys(&bytes(env, document)?).map(text)
    })
}

/// An address as a payload; it is never empty.
fn text(address: Option<String>) -> Vec<u8> {
    address.unwrap_or_default().into_bytes()
}

fn bytes(env: &Env<'_>, array: JByteArray<'_>) -> Result<Vec<u8>, Error> {
    env.convert_byte_array(array).map_err(|_| unreadable())
}

fn secret_bytes(env: &Env<'_>, array: JByteArray<'_>) -> Result<Zeroizing<Vec<u8>>, Error> {
    bytes(env, array).map(Zeroizing::new)
}

/// Answers with an object that was made, as a handle, and its description.
fn opened<'local, T>(
    mut env: EnvUnowned<'local>,
    make: impl FnOnce(&Env<'local>) -> Result<(T, Vec<u8>), Error>,
) -> JByteArray<'local> {
    env.with_env(|env| {
        let made = guard(|| make(env).map(|(object, description)| (Box::new(object), description)));
        let (object, description) = match made {
            Ok(made) => made,
            Err(error) => return env.byte_array_from_slice(&failure(&error)),
        };
        let handle = Box::into_raw(object);
        let mut payload = (handle as jlong).to_le_bytes().to_vec();
        payload.extend_from_slice(&description);
        env.byte_array_from_slice(&success(&payload))
            .inspect_err(|_| {
                // SAFETY: made by `Box::into_raw` above, and Java never saw it.
                drop(unsafe { Box::from_raw(handle) });
            })
    })
    .resolve::<NullOnFailure>()
}

/// # Safety
/// `handle` is 0, or `opened` made it of a `T`, it was not closed before, and
/// nobody uses it.
unsafe fn close<T>(handle: jlong) {
    let object = handle as *mut T;
    if !object.is_null() {
        // SAFETY: the caller's promise; `opened` made it with `Box::into_raw`.
        let owned = unsafe { Box::from_raw(object) };
        // Dropping wipes the keys. It can't usefully fail, so an unwinding drop
        // is swallowed rather than let into the JVM.
        let _ = guard(|| {
            drop(owned);
            Ok(())
        });
    }
}

fn answer<'local>(
    mut env: EnvUnowned<'local>,
    work: impl FnOnce(&Env<'local>) -> Result<Vec<u8>, Error>,
) -> JByteArray<'local> {
    env.with_env(|env| {
        let packed = match guard(|| work(env)) {
            Ok(payload) => success(&payload),
            Err(error) => failure(&error),
        };
        env.byte_array_from_slice(&packed)
    })
    .resolve::<NullOnFailure>()
}

fn success(payload: &[u8]) -> Vec<u8> {
    [&0_i32.to_le_bytes(), payload].concat()
}

fn unreadable() -> Error {
    Error::new(ErrorCode::Internal, "an argument cannot be read")
}

/// Answers `null` and leaves a pending Java exception alone.
struct NullOnFailure;

impl<T: Default, E> ErrorPolicy<T, E> for NullOnFailure {
    type Captures<'frame: 'call, 'call> = ();

    fn on_error<'frame: 'call, 'call>(
        _env: &mut Env<'frame>,
        (): &mut Self::Captures<'frame, 'call>,
        _error: E,
    ) -> JniResult<T> {
        Ok(T::default())
    }

    fn on_panic<'frame: 'call, 'call>(
        _env: &mut Env<'frame>,
        (): &mut Self::Captures<'frame, 'call>,
        _payload: Box<dyn std::any::Any + Send + 'static>,
    ) -> JniResult<T> {
        Ok(T::default())
    }
}
