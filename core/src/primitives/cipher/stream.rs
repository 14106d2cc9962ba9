//! Stream ciphers. Encryption and decryption are the same.

use chacha20::ChaCha20LegacyCore;
use chacha20::cipher::{Array, KeyIvInit as _, StreamCipherCore as _};
use rc4::{KeyInit as _, Rc4, StreamCipher as _};

use super::block::xor;

/// ChaCha20 as OpenSSL has it. Its IV is a block counter in front of the nonce,
/// and the counter carries into the first word of what RFC 8439 calls the
/// nonce. That makes it the original ChaCha20, with 64 bits of each.
///
/// `None` unless the IV has 16 bytes.
pub(super) fn apply_chacha20(key: &[u8; 32], iv: &[u8], text: &mut [u8]) -> Option<()> {
    let (&[counter, nonce], []) = iv.as_chunks() else {
        return None;
    };
    let mut core = ChaCha20LegacyCore::new(key.into(), &nonce.into());
    core.set_block_pos(u64::from_le_bytes(counter));
    // The sender chooses the counter. It wraps here, as it does in OpenSSL; the
    // library's calls for whole texts fail instead.
    let (blocks, rest) = Array::slice_as_chunks_mut(text);
    core.apply_keystream_blocks(blocks);
    if !rest.is_empty() {
        let mut keystream = Array::default();
        core.write_keystream_block(&mut keystream);
        xor(rest, &keystream);
    }
    Some(())
}

/// RC4. The state is made anew, since a text consumes it. `None` for a key of
/// no length or of more than 256 bytes.
pub(super) fn apply_rc4(key: &[u8], text: &mut [u8]) -> Option<()> {
    Rc4::new_from_slice(key).ok()?.apply_keystream(text);
    Some(())
}
