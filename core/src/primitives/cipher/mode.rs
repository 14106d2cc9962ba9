//! Modes of operation over any block cipher (NIST SP 800-38A).
//!
//! They are written here because the mode crates are generic over the cipher:
//! six modes of thirteen ciphers would be compiled one by one. Handing over
//! many blocks in one call keeps this as fast as those.

use core::slice;

use super::block::{BlockCipher, MAX_BLOCK_BYTES, xor};

/// How a block cipher is used for a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    Ecb,
    Cbc,
    /// Feedback of whole blocks, which OpenSSL also calls CFB128 and CFB64.
    Cfb,
    /// Feedback of one byte.
    Cfb8,
    Ofb,
    /// The IV is a big-endian counter, which wraps.
    Ctr,
}

/// What one call hands to the cipher: as many AES blocks as the widest vector
/// instructions take at once.
const WINDOW_BYTES: usize = 64 * MAX_BLOCK_BYTES;

impl Mode {
    pub(super) const fn has_iv(self) -> bool {
        !matches!(self, Self::Ecb)
    }

    /// Whether the text is padded to whole blocks.
    pub(super) const fn is_padded(self) -> bool {
        matches!(self, Self::Ecb | Self::Cbc)
    }

    /// Encrypts in place. A padded mode takes whole blocks; the IV, if there is
    /// one, has the length of a block. The sender's half: tests hold the
    /// receiver's against it.
    #[cfg(test)]
    pub(super) fn encrypt(self, cipher: &dyn BlockCipher, iv: &[u8], text: &mut [u8]) {
        match self {
            Self::Ecb => cipher.encrypt_in_place(text),
            Self::Cbc => encrypt_cbc(cipher, iv, text),
            Self::Cfb => encrypt_cfb(cipher, iv, cipher.block_bytes(), text),
            Self::Cfb8 => encrypt_cfb(cipher, iv, 1, text),
            Self::Ofb => apply_ofb(cipher, iv, text),
            Self::Ctr => apply_ctr(cipher, iv, text),
        }
    }

    /// Decrypts in place, under the same conditions.
    pub(super) fn decrypt(self, cipher: &dyn BlockCipher, iv: &[u8], text: &mut [u8]) {
        match self {
            Self::Ecb => cipher.decrypt_in_place(text),
            Self::Cbc => decrypt_cbc(cipher, iv, text),
            Self::Cfb => decrypt_cfb(cipher, iv, text),
            Self::Cfb8 => decrypt_cfb8(cipher, iv, text),
            Self::Ofb => apply_ofb(cipher, iv, text),
            Self::Ctr => apply_ctr(cipher, iv, text),
        }
    }
}

#[cfg(test)]
fn encrypt_cbc(cipher: &dyn BlockCipher, iv: &[u8], text: &mut [u8]) {
    let mut register = Register::new(iv);
    for block in text.chunks_exact_mut(cipher.block_bytes()) {
        xor(block, register.bytes());
        cipher.encrypt_in_place(block);
        register.shift_in(block);
    }
}

fn decrypt_cbc(cipher: &dyn BlockCipher, iv: &[u8], text: &mut [u8]) {
    let mut register = Register::new(iv);
    let mut window = [0; WINDOW_BYTES];
    for blocks in text.chunks_mut(WINDOW_BYTES) {
        let received = &mut window[..blocks.len()];
        received.copy_from_slice(blocks);
        cipher.decrypt_in_place(blocks);
        let (first, rest) = blocks.split_at_mut(cipher.block_bytes());
        xor(first, register.bytes());
        xor(rest, received);
        register.shift_in(received);
    }
}

#[cfg(test)]
fn encrypt_cfb(cipher: &dyn BlockCipher, iv: &[u8], segment_bytes: usize, text: &mut [u8]) {
    let mut register = Register::new(iv);
    for segment in text.chunks_mut(segment_bytes) {
        let mut keystream = register;
        cipher.encrypt_in_place(keystream.bytes_mut());
        xor(segment, keystream.bytes());
        register.shift_in(segment);
    }
}

/// The keystream is made of the IV and the ciphertext itself, shifted by a block,
/// so that a window of it is encrypted in one call.
fn decrypt_cfb(cipher: &dyn BlockCipher, iv: &[u8], text: &mut [u8]) {
    let block_bytes = cipher.block_bytes();
    let mut register = Register::new(iv);
    let mut window = [0; WINDOW_BYTES];
    for blocks in text.chunks_mut(WINDOW_BYTES) {
        let keystream = &mut window[..blocks.len().next_multiple_of(block_bytes)];
        let (first, rest) = keystream.split_at_mut(block_bytes);
        first.copy_from_slice(register.bytes());
        let (shifted, last) = blocks.split_at(rest.len());
        rest.copy_from_slice(shifted);
        register.shift_in(last);
        cipher.encrypt_in_place(keystream);
        xor(blocks, keystream);
    }
}

/// The same with a register that moves by a byte: it is the block of ciphertext
/// in front of the byte.
fn decrypt_cfb8(cipher: &dyn BlockCipher, iv: &[u8], text: &mut [u8]) {
    let block_bytes = cipher.block_bytes();
    // The last block before the window, and the window as received.
    let mut received = [0; MAX_BLOCK_BYTES + WINDOW_BYTES];
    received[..block_bytes].copy_from_slice(iv);
    let mut window = [0; WINDOW_BYTES];
    for bytes in text.chunks_mut(WINDOW_BYTES / block_bytes) {
        received[block_bytes..][..bytes.len()].copy_from_slice(bytes);
        let keystream = &mut window[..bytes.len() * block_bytes];
        let registers = received.windows(block_bytes);
        for (block, register) in keystream.chunks_exact_mut(block_bytes).zip(registers) {
            block.copy_from_slice(register);
        }
        cipher.encrypt_in_place(keystream);
        for (byte, block) in bytes.iter_mut().zip(keystream.chunks_exact(block_bytes)) {
            xor(slice::from_mut(byte), block);
        }
        received.copy_within(bytes.len()..bytes.len() + block_bytes, 0);
    }
}

fn apply_ofb(cipher: &dyn BlockCipher, iv: &[u8], text: &mut [u8]) {
    let mut register = Register::new(iv);
    for block in text.chunks_mut(cipher.block_bytes()) {
        cipher.encrypt_in_place(register.bytes_mut());
        xor(block, register.bytes());
    }
}

/// For blocks of 16 bytes; nobody uses this mode with smaller ones.
fn apply_ctr(cipher: &dyn BlockCipher, iv: &[u8], text: &mut [u8]) {
    let mut counter = u128::from_be_bytes(Register::new(iv).bytes);
    let mut window = [0; WINDOW_BYTES];
    for blocks in text.chunks_mut(WINDOW_BYTES) {
        let keystream = &mut window[..blocks.len().next_multiple_of(MAX_BLOCK_BYTES)];
        for block in keystream.as_chunks_mut().0 {
            *block = counter.to_be_bytes();
            counter = counter.wrapping_add(1);
        }
        cipher.encrypt_in_place(keystream);
        xor(blocks, keystream);
    }
}

/// One block of state.
#[derive(Clone, Copy)]
struct Register {
    bytes: [u8; MAX_BLOCK_BYTES],
    length: usize,
}

impl Register {
    fn new(iv: &[u8]) -> Self {
        let mut bytes = [0; MAX_BLOCK_BYTES];
        bytes[..iv.len()].copy_from_slice(iv);
        Self {
            bytes,
            length: iv.len(),
        }
    }

    fn bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }

    fn bytes_mut(&mut self) -> &mut [u8] {
        &mut self.bytes[..self.length]
    }

    /// Keeps the last block of itself and the text behind it.
    fn shift_in(&mut self, text: &[u8]) {
        let register = self.bytes_mut();
        let text = &text[text.len().saturating_sub(register.len())..];
        register.copy_within(text.len().., 0);
        let kept = register.len() - text.len();
        register[kept..].copy_from_slice(text);
    }
}
