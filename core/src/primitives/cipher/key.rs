//! A cipher with its key.

use core::fmt;

use zeroize::Zeroizing;

use super::block::BlockCipher;
#[cfg(test)]
use super::block::MAX_BLOCK_BYTES;
use super::catalogue::{Cipher, Construction};
use super::mode::Mode;
use super::{padding, stream};

/// A cipher whose key schedule is done. Never printed; wiped when dropped.
pub(crate) struct CipherKey {
    cipher: &'static Cipher,
    schedule: Schedule,
}

/// What a ciphertext became.
#[must_use]
pub(crate) struct Decrypted<'t> {
    pub(crate) text: &'t [u8],
    /// False for whatever was wrong.
    pub(crate) is_right: bool,
}

enum Schedule {
    Block(Box<dyn BlockCipher>, Mode),
    ChaCha20(Zeroizing<[u8; 32]>),
    Rc4(Zeroizing<Vec<u8>>),
}

impl CipherKey {
    /// `None` where the key has none of the cipher's lengths.
    pub(super) fn new(cipher: &'static Cipher, key: &[u8]) -> Option<Self> {
        if !cipher.key_lengths().contains(&key.len()) {
            return None;
        }
        let schedule = match cipher.construction() {
            Construction::Block(algorithm, mode) => Schedule::Block(algorithm.schedule(key)?, mode),
            Construction::ChaCha20 => Schedule::ChaCha20(Zeroizing::new(key.try_into().ok()?)),
            Construction::Rc4 { .. } => Schedule::Rc4(Zeroizing::new(key.to_vec())),
        };
        Some(Self { cipher, schedule })
    }

    /// Decrypts in place, and leaves the padding out.
    ///
    /// Where only the padding is wrong the text is decrypted all the same, so
    /// that a caller can take the same steps with it as after a success. What
    /// can be told apart in time is public: the lengths of IV and ciphertext.
    pub(crate) fn decrypt<'t>(&self, iv: &[u8], text: &'t mut [u8]) -> Decrypted<'t> {
        let (length, is_right) = if iv.len() == self.cipher.iv_bytes() {
            self.apply(iv, text)
        } else {
            (text.len(), false)
        };
        Decrypted {
            text: text.get(..length).unwrap_or_default(),
            is_right,
        }
    }

    /// The length without padding, and whether all was right.
    fn apply(&self, iv: &[u8], text: &mut [u8]) -> (usize, bool) {
        let is_right = match &self.schedule {
            Schedule::Block(cipher, mode) if mode.is_padded() => {
                if !text.len().is_multiple_of(cipher.block_bytes()) {
                    return (text.len(), false);
                }
                mode.decrypt(&**cipher, iv, text);
                let length = padding::unpadded_length(text, cipher.block_bytes());
                return (length.unwrap_or(text.len()), length.is_some());
            }
            Schedule::Block(cipher, mode) => {
                mode.decrypt(&**cipher, iv, text);
                true
            }
            Schedule::ChaCha20(key) => stream::apply_chacha20(key, iv, text).is_some(),
            Schedule::Rc4(key) => stream::apply_rc4(key, text).is_some(),
        };
        (text.len(), is_right)
    }

    /// Encrypts, as a sender does; `None` where the IV has the wrong length.
    #[cfg(test)]
    pub(crate) fn encrypt(&self, iv: &[u8], plaintext: &[u8]) -> Option<Vec<u8>> {
        if iv.len() != self.cipher.iv_bytes() {
            return None;
        }
        // Room for a padding: growing would copy the text once more.
        let mut text = Vec::with_capacity(plaintext.len() + MAX_BLOCK_BYTES);
        text.extend_from_slice(plaintext);
        match &self.schedule {
            Schedule::Block(cipher, mode) => {
                if mode.is_padded() {
                    padding::pad(&mut text, cipher.block_bytes());
                }
                mode.encrypt(&**cipher, iv, &mut text);
            }
            Schedule::ChaCha20(key) => stream::apply_chacha20(key, iv, &mut text)?,
            Schedule::Rc4(key) => stream::apply_rc4(key, &mut text)?,
        }
        Some(text)
    }
}

impl fmt::Debug for CipherKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CipherKey({}, …)", self.cipher.name())
    }
}
