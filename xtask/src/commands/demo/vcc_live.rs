//! VCC Live encrypts as PHP's `openssl_encrypt` does, with the secret itself as
//! key, and puts a token and the IV into the URL.

use aes::Aes256;
use anyhow::{Result, anyhow};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ctr::Ctr128BE;
use ctr::cipher::{KeyIvInit as _, StreamCipher as _};

use super::delivery::{Delivery, Sender};

const TOKEN: &str = "7hK2pQ9xTr4wZ8vB";

/// Shorter than the key: PHP fills it with zero bytes.
const SECRET: &str = "q5T-9mXe2LrW7uYc4Ns8";
const EVENT: &str = r#"{"uuid":"431fba930c344aa0b6d64458824036d1","direction":"in","closed":true}"#;

pub(super) fn sender() -> Result<Sender> {
    let mut iv = [0; 16];
    getrandom::fill(&mut iv).map_err(|error| anyhow!("no randomness: {error}"))?;
    let query = |token: &str| format!("/vcc-live?secret-key={token}&iv={}", const_hex::encode(iv));
    let delivery = |case, status, target: &str, ciphertext: &[u8]| {
        Delivery::new(case, status, target).with_body("text/plain", STANDARD.encode(ciphertext))
    };
    let genuine = encrypt(SECRET, iv, EVENT);
    // Not every change shows: this cipher lets bits be flipped one by one. This
    // one takes the opening brace away.
    let mut tampered = genuine.clone();
    tampered[0] ^= 1;
    let forged = encrypt("another secret of theirs", iv, EVENT);
    let target = query(TOKEN);
    let without_iv = format!("/vcc-live?secret-key={TOKEN}");
    Ok(Sender {
        system: "vcc-live",
        environment: vec![
            ("VCC_LIVE_URL_TOKEN", TOKEN.to_owned()),
            ("VCC_LIVE_SECRET", SECRET.to_owned()),
            ("VCC_LIVE_CIPHER", "aes-256-ctr".to_owned()),
        ],
        deliveries: vec![
            delivery("genuine", 200, &target, &genuine),
            delivery("tampered", 401, &target, &tampered),
            delivery("another secret", 401, &target, &forged),
            delivery("wrong token in the URL", 401, &query("another"), &genuine),
            delivery("without an IV", 401, &without_iv, &genuine),
        ],
    })
}

/// AES-256-CTR.
fn encrypt(secret: &str, iv: [u8; 16], text: &str) -> Vec<u8> {
    let mut key = [0; 32];
    for (to, from) in key.iter_mut().zip(secret.bytes()) {
        *to = from;
    }
    let mut bytes = text.as_bytes().to_vec();
    Ctr128BE::<Aes256>::new(&key.into(), &iv.into()).apply_keystream(&mut bytes);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `openssl enc -aes-256-ctr` gives with that key in zeros and that IV.
    #[test]
    fn encryption_is_that_of_openssl() {
        let iv = [0x24; 16];
        assert_eq!(
            const_hex::encode(encrypt("very secret key", iv, "{\"a\":1}")),
            "0c2f20b66a6662"
        );
    }
}
