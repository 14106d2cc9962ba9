//! EnableX encrypts as Node's `crypto.createCipher` does: key and IV come from
//! the application id by OpenSSL's `EVP_BytesToKey` with MD5.

use aes::Aes256;
use cbc::Encryptor;
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeEncrypt as _, KeyIvInit as _};
use md5::{Digest as _, Md5};

use super::delivery::{Delivery, Sender};

const TARGET: &str = "/enablex";
const APP_ID: &str = "5f3a1c9e8b7d2a0012c4e6f8";
const EVENT: &str = r#"{"voice_id":"f1aeb7bc-9f4e-4f0a-8a3c-1b0e2f7a91c2","state":"connected"}"#;

pub(super) fn sender() -> Sender {
    let delivery = |case, status, cipher: &str, ciphertext: &str| {
        Delivery::new(case, status, TARGET)
            .with_header("x-algoritm", cipher) // as the vendor spells it
            .with_header("x-format", "hex")
            .with_header("x-encoding", "utf8")
            .with_json(format!(r#"{{"encrypted_data":"{ciphertext}"}}"#))
    };
    let genuine = encrypt(APP_ID, EVENT);
    let tampered = with_other_end(&genuine);
    let forged = encrypt("0123456789abcdef01234567", EVENT);
    let plain = Delivery::new("not encrypted", 401, TARGET).with_json(EVENT);
    Sender {
        system: "enablex",
        environment: vec![("ENABLEX_APP_ID", APP_ID.to_owned())],
        deliveries: vec![
            delivery("genuine", 200, "aes-256-cbc", &genuine),
            delivery("tampered", 401, "aes-256-cbc", &tampered),
            delivery("another app id", 401, "aes-256-cbc", &forged),
            delivery("cipher not allowed", 401, "rc4", &genuine),
            plain,
        ],
    }
}

/// AES-256-CBC, in hex.
fn encrypt(app_id: &str, text: &str) -> String {
    let (key, iv) = evp_bytes_to_key(app_id.as_bytes());
    let cipher = Encryptor::<Aes256>::new(&key.into(), &iv.into());
    const_hex::encode(cipher.encrypt_padded_vec::<Pkcs7>(text.as_bytes()))
}

/// The key, from two digests, and the IV, from a third.
fn evp_bytes_to_key(password: &[u8]) -> ([u8; 32], [u8; 16]) {
    let digest = |before: &[u8]| -> [u8; 16] { Md5::digest([before, password].concat()).into() };
    let first = digest(&[]);
    let second = digest(&first);
    let mut key = [0; 32];
    let (start, end) = key.split_at_mut(16);
    start.copy_from_slice(&first);
    end.copy_from_slice(&second);
    (key, digest(&second))
}

fn with_other_end(hex: &str) -> String {
    let (rest, last) = hex.split_at(hex.len() - 1);
    format!("{rest}{}", if last == "0" { "1" } else { "0" })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `openssl enc -aes-256-cbc -nosalt -md md5` gives.
    #[test]
    fn encryption_is_that_of_openssl() {
        assert_eq!(
            encrypt(APP_ID, r#"{"voice_id":"v1","state":"connected"}"#),
            "a5a281f936adea6de98c2f2a175d22c532c42262ef37219ff8d01254c5db07aa\
             8b2837b241d87d203b9fd926f96842a2"
        );
    }
}
