//! The native half of `io.hookseal:hookseal`: the methods of the Java class
//! `io.hookseal.Native`, and nothing that a Java program calls by itself.
//!
//! `native` is the boundary, with the one guard against panics. `array` and `packed`
//! read what Java passes. `verify` and `decrypt` run once a delivery.

#[macro_use]
mod native;

mod array;
mod catalogue;
mod decrypt;
mod issuer;
mod packed;
mod verifier;
mod verify;

#[cfg(test)]
mod tests {
    use std::fs;

    /// What Java calls passes the guard of the macro.
    #[test]
    fn only_the_macro_defines_functions_that_java_calls() {
        let paths = fs::read_dir("src")
            .unwrap()
            .map(|file| file.unwrap().path());
        let sources = paths.filter(|path| !path.ends_with("lib.rs"));
        let all: String = sources
            .map(|path| fs::read_to_string(path).unwrap())
            .collect();
        for once in ["extern \"system\"", "export_name", "guard("] {
            assert_eq!(all.matches(once).count(), 1, "{once}");
        }
        assert!(!all.contains("no_mangle"));
    }
}
