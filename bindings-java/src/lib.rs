//! The native half of `io.hookseal:hookseal`: the methods of the Java class
//! `io.hookseal.Native`, and nothing that a Java program calls by itself.
//!
//! `calls` holds what runs once a verifier and goes through the `jni` crate.
//! `verify` and `decrypt` hold what runs once a delivery, and call the JNI
//! function table directly (`array`), because there the crate's own checks are
//! most of the cost. `packed` reads the flat form in which Java passes requests.

mod array;
mod calls;
mod decrypt;
mod packed;
mod verify;
