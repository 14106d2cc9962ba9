//! How runtimes make a key and an IV of what their user gave.

use md5::{Digest as _, Md5};
use zeroize::Zeroizing;

use super::catalogue::Cipher;

/// OpenSSL's `EVP_BytesToKey` with MD5, one round and no salt: the key and the
/// IV, filled from a chain of digests.
///
/// It is what `createCipher` of Node and `openssl enc -nosalt -md md5` do. One
/// round of MD5 protects no password; it is here for compatibility.
pub(crate) fn evp_bytes_to_key(
    password: &[u8],
    key_bytes: usize,
    iv_bytes: usize,
) -> (Zeroizing<Vec<u8>>, Zeroizing<Vec<u8>>) {
    let wanted = key_bytes + iv_bytes;
    // Enough for the last digest: growing would leave a copy behind.
    let mut derived = Zeroizing::new(Vec::with_capacity(wanted + DIGEST_BYTES));
    while derived.len() < wanted {
        let previous = derived.len().saturating_sub(DIGEST_BYTES);
        let mut hash = Md5::new();
        hash.update(&derived[previous..]);
        hash.update(password);
        let digest: Zeroizing<[u8; DIGEST_BYTES]> = Zeroizing::new(hash.finalize().into());
        derived.extend_from_slice(&*digest);
    }
    let iv = Zeroizing::new(derived[key_bytes..wanted].to_vec());
    derived.truncate(key_bytes);
    (derived, iv)
}

const DIGEST_BYTES: usize = 16;

/// The key that PHP's `openssl_encrypt` makes of a secret: the secret's bytes,
/// filled with NUL up to the length OpenSSL uses by default and cut where it
/// stops reading.
pub(crate) fn php_key(cipher: &Cipher, secret: &[u8]) -> Zeroizing<Vec<u8>> {
    let lengths = cipher.key_lengths();
    let length = secret.len().clamp(*lengths.start(), *lengths.end());
    Zeroizing::new(resized(secret, length))
}

/// The IV that PHP's `openssl_encrypt` makes of any bytes: filled with NUL, or
/// cut.
pub(crate) fn php_iv(cipher: &Cipher, iv: &[u8]) -> Vec<u8> {
    resized(iv, cipher.iv_bytes())
}

fn resized(bytes: &[u8], length: usize) -> Vec<u8> {
    let mut resized = vec![0; length];
    for (byte, given) in resized.iter_mut().zip(bytes) {
        *byte = *given;
    }
    resized
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As `openssl enc -P -nosalt -md md5 -pass pass:5f3a1c9e8b7d2a0012c4e6f8`
    /// prints them.
    #[test]
    fn agrees_with_openssl() {
        let (key, iv) = evp_bytes_to_key(b"5f3a1c9e8b7d2a0012c4e6f8", 24, 16);
        assert_eq!(
            const_hex::encode(&*key),
            "dc045dc2251baf68eb4dec3a3704bc1e99b360d4d077c864"
        );
        assert_eq!(const_hex::encode(&*iv), "bac3b61f5e100ae6ef24695fd5ccb7ea");
    }

    #[test]
    fn any_lengths_are_filled() {
        for key_bytes in 0..50 {
            for iv_bytes in 0..20 {
                let (key, iv) = evp_bytes_to_key(b"", key_bytes, iv_bytes);
                assert_eq!((key.len(), iv.len()), (key_bytes, iv_bytes));
            }
        }
    }

    #[test]
    fn php_fills_and_cuts() {
        let key = |name: &str, secret: &[u8]| php_key(Cipher::find(name).unwrap(), secret).to_vec();
        let secret: Vec<u8> = (1..=200).chain(1..=200).collect();
        for (name, default, longest) in [
            ("aes-128-cbc", 16, 16),
            ("aes-256-ctr", 32, 32),
            ("des-ede3-cbc", 24, 24),
            ("cast5-cbc", 16, 16),
            ("chacha20", 32, 32),
            ("bf-cbc", 16, 72),
            ("rc2-cbc", 16, 128),
            ("rc2-64-cbc", 8, 128),
            ("rc2-40-cbc", 5, 128),
            ("rc4", 16, 256),
            ("rc4-40", 5, 256),
        ] {
            assert_eq!(key(name, b""), vec![0; default], "{name}");
            assert_eq!(key(name, &secret[..default]), secret[..default], "{name}");
            assert_eq!(key(name, &secret), secret[..longest], "{name}");
            let short = key(name, b"\x01\x02\x03");
            assert_eq!((short.len(), &short[..4]), (default, &[1, 2, 3, 0][..]));
        }
    }

    #[test]
    fn php_makes_an_iv_of_anything() {
        let iv = |name: &str, iv: &[u8]| php_iv(Cipher::find(name).unwrap(), iv);
        assert_eq!(iv("aes-256-cbc", b""), [0; 16]);
        assert_eq!(iv("des-ede3-cbc", b"\x01\x02"), [1, 2, 0, 0, 0, 0, 0, 0]);
        assert_eq!(iv("bf-cbc", &[7; 9]), [7; 8]);
        assert!(iv("rc4", &[7; 9]).is_empty());
        assert!(iv("aes-256-ecb", &[7; 16]).is_empty());
    }
}
