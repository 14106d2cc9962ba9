//! DESX as OpenSSL has it: DES between two whitening keys.

use des::Des;
use des::cipher::KeyInit as _;
use zeroize::ZeroizeOnDrop;

use super::block::{BlockCipher, xor};

#[derive(ZeroizeOnDrop)]
pub(super) struct Desx {
    des: Des,
    input_whitening: [u8; 8],
    output_whitening: [u8; 8],
}

impl Desx {
    /// The DES key, then what is added to the input, then what is added to the
    /// output.
    pub(super) fn new(key: [[u8; 8]; 3]) -> Self {
        let [des, input_whitening, output_whitening] = key;
        Self {
            des: Des::new(&des.into()),
            input_whitening,
            output_whitening,
        }
    }
}

impl BlockCipher for Desx {
    fn block_bytes(&self) -> usize {
        8
    }

    fn encrypt_in_place(&self, blocks: &mut [u8]) {
        for block in blocks.chunks_exact_mut(8) {
            xor(block, &self.input_whitening);
            self.des.encrypt_in_place(block);
            xor(block, &self.output_whitening);
        }
    }

    fn decrypt_in_place(&self, blocks: &mut [u8]) {
        for block in blocks.chunks_exact_mut(8) {
            xor(block, &self.output_whitening);
            self.des.decrypt_in_place(block);
            xor(block, &self.input_whitening);
        }
    }
}
