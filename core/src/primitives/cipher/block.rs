//! One interface to all block ciphers.

use aes::cipher::{Array, BlockCipherDecrypt, BlockCipherEncrypt};
use zeroize::ZeroizeOnDrop;

/// The largest block of any cipher here.
pub(super) const MAX_BLOCK_BYTES: usize = 16;

/// A block cipher that has its key. The modes reach all ciphers through this,
/// many blocks a call, so that each mode is compiled once.
pub(super) trait BlockCipher: ZeroizeOnDrop + Send + Sync {
    fn block_bytes(&self) -> usize;

    /// Encrypts whole blocks, each on its own.
    fn encrypt_in_place(&self, blocks: &mut [u8]);

    /// Decrypts whole blocks, each on its own.
    fn decrypt_in_place(&self, blocks: &mut [u8]);
}

impl<C> BlockCipher for C
where
    C: BlockCipherEncrypt + BlockCipherDecrypt + ZeroizeOnDrop + Send + Sync,
{
    fn block_bytes(&self) -> usize {
        C::block_size()
    }

    fn encrypt_in_place(&self, blocks: &mut [u8]) {
        let (blocks, _) = Array::slice_as_chunks_mut(blocks);
        self.encrypt_blocks(blocks);
    }

    fn decrypt_in_place(&self, blocks: &mut [u8]) {
        let (blocks, _) = Array::slice_as_chunks_mut(blocks);
        self.decrypt_blocks(blocks);
    }
}

/// Adds `other` to `text`, up to the end of the shorter one.
pub(super) fn xor(text: &mut [u8], other: &[u8]) {
    for (byte, other) in text.iter_mut().zip(other) {
        *byte ^= other;
    }
}
