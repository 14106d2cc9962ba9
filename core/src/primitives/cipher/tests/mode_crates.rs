//! Our modes against those of RustCrypto, for every block cipher of the catalogue.
//!
//! The crates are given our prepared ciphers, one block a call, so that what is
//! compared is the mode and its padding. The ciphers themselves are held against
//! what OpenSSL, Node and PHP encrypt, in the other tests.

use core::marker::PhantomData;

use cbc::cipher::array::ArraySize;
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::common::{InnerInit as _, ParBlocksSizeUser};
use cbc::cipher::consts::{U1, U8, U16};
use cbc::cipher::{
    Block, BlockCipherDecBackend, BlockCipherDecClosure, BlockCipherDecrypt, BlockCipherEncBackend,
    BlockCipherEncClosure, BlockCipherEncrypt, BlockModeDecrypt as _, BlockModeEncrypt as _,
    BlockSizeUser, InOut, InnerIvInit as _, StreamCipher as _,
};
use ctr::{Ctr128BE, CtrCore};
use ofb::{Ofb, OfbCore};
use proptest::collection::vec;
use proptest::prelude::*;

use super::super::block::BlockCipher;
use super::super::catalogue::{CIPHERS, Construction};
use super::super::mode::Mode;
use super::super::{php_iv, php_key};

/// One of our ciphers, as RustCrypto's modes take one.
#[derive(Clone, Copy)]
struct OneByOne<'c, N>(&'c dyn BlockCipher, PhantomData<N>);

impl<N: ArraySize> BlockSizeUser for OneByOne<'_, N> {
    type BlockSize = N;
}

impl<N: ArraySize> ParBlocksSizeUser for OneByOne<'_, N> {
    type ParBlocksSize = U1;
}

impl<N: ArraySize> BlockCipherEncrypt for OneByOne<'_, N> {
    fn encrypt_with_backend(&self, f: impl BlockCipherEncClosure<BlockSize = N>) {
        f.call(self);
    }
}

impl<N: ArraySize> BlockCipherEncBackend for OneByOne<'_, N> {
    fn encrypt_block(&self, mut block: InOut<'_, '_, Block<Self>>) {
        let mut bytes = block.clone_in();
        self.0.encrypt_in_place(&mut bytes);
        *block.get_out() = bytes;
    }
}

impl<N: ArraySize> BlockCipherDecrypt for OneByOne<'_, N> {
    fn decrypt_with_backend(&self, f: impl BlockCipherDecClosure<BlockSize = N>) {
        f.call(self);
    }
}

impl<N: ArraySize> BlockCipherDecBackend for OneByOne<'_, N> {
    fn decrypt_block(&self, mut block: InOut<'_, '_, Block<Self>>) {
        let mut bytes = block.clone_in();
        self.0.decrypt_in_place(&mut bytes);
        *block.get_out() = bytes;
    }
}

/// The ciphertext, and what it becomes again; `None` where the padding is wrong.
trait Oracle {
    fn encrypt(&self, mode: Mode, iv: &[u8], text: &[u8]) -> Vec<u8>;
    fn decrypt(&self, mode: Mode, iv: &[u8], text: &[u8]) -> Option<Vec<u8>>;
}

/// The modes whose crates take blocks of certain lengths only: `ctr` those of 16
/// bytes, as our own does.
trait Keystream: Sized {
    fn apply_ofb(self, iv: &[u8], text: &mut [u8]);
    fn apply_ctr(self, iv: &[u8], text: &mut [u8]);
}

impl Keystream for OneByOne<'_, U16> {
    fn apply_ofb(self, iv: &[u8], text: &mut [u8]) {
        let core = OfbCore::inner_iv_slice_init(self, iv).unwrap();
        Ofb::from_core(core).apply_keystream(text);
    }

    fn apply_ctr(self, iv: &[u8], text: &mut [u8]) {
        let core = CtrCore::inner_iv_slice_init(self, iv).unwrap();
        Ctr128BE::from_core(core).apply_keystream(text);
    }
}

impl Keystream for OneByOne<'_, U8> {
    fn apply_ofb(self, iv: &[u8], text: &mut [u8]) {
        let core = OfbCore::inner_iv_slice_init(self, iv).unwrap();
        Ofb::from_core(core).apply_keystream(text);
    }

    fn apply_ctr(self, _: &[u8], _: &mut [u8]) {
        unreachable!("no cipher of 8 bytes has this mode");
    }
}

impl<N: ArraySize> Oracle for OneByOne<'_, N>
where
    Self: Keystream + Copy,
{
    fn encrypt(&self, mode: Mode, iv: &[u8], text: &[u8]) -> Vec<u8> {
        let cipher = *self;
        let mut out = text.to_vec();
        match mode {
            Mode::Ecb => {
                return ecb::Encryptor::inner_init(cipher).encrypt_padded_vec::<Pkcs7>(text);
            }
            Mode::Cbc => {
                let cbc = cbc::Encryptor::inner_iv_slice_init(cipher, iv).unwrap();
                return cbc.encrypt_padded_vec::<Pkcs7>(text);
            }
            Mode::Cfb => cfb_mode::Encryptor::inner_iv_slice_init(cipher, iv)
                .unwrap()
                .encrypt(&mut out),
            Mode::Cfb8 => cfb8::Encryptor::inner_iv_slice_init(cipher, iv)
                .unwrap()
                .encrypt(&mut out),
            Mode::Ofb => cipher.apply_ofb(iv, &mut out),
            Mode::Ctr => cipher.apply_ctr(iv, &mut out),
        }
        out
    }

    fn decrypt(&self, mode: Mode, iv: &[u8], text: &[u8]) -> Option<Vec<u8>> {
        let cipher = *self;
        let mut out = text.to_vec();
        match mode {
            Mode::Ecb => {
                let ecb = ecb::Decryptor::inner_init(cipher);
                return ecb.decrypt_padded_vec::<Pkcs7>(text).ok();
            }
            Mode::Cbc => {
                let cbc = cbc::Decryptor::inner_iv_slice_init(cipher, iv).unwrap();
                return cbc.decrypt_padded_vec::<Pkcs7>(text).ok();
            }
            Mode::Cfb => cfb_mode::Decryptor::inner_iv_slice_init(cipher, iv)
                .unwrap()
                .decrypt(&mut out),
            Mode::Cfb8 => cfb8::Decryptor::inner_iv_slice_init(cipher, iv)
                .unwrap()
                .decrypt(&mut out),
            Mode::Ofb => cipher.apply_ofb(iv, &mut out),
            Mode::Ctr => cipher.apply_ctr(iv, &mut out),
        }
        Some(out)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// Each case goes through every cipher: a text, and any bytes as a ciphertext.
    #[test]
    fn every_mode_of_every_cipher_agrees(
        secret in vec(any::<u8>(), 16..64),
        iv in vec(any::<u8>(), 16),
        text in vec(any::<u8>(), 0..2200),
    ) {
        let mut compared = 0;
        for cipher in CIPHERS {
            let Construction::Block(algorithm, mode) = cipher.construction() else {
                continue;
            };
            let (secret, iv) = (php_key(cipher, &secret), php_iv(cipher, &iv));
            let schedule = algorithm.schedule(&secret).unwrap();
            let oracle: Box<dyn Oracle> = match algorithm.block_bytes() {
                16 => Box::new(OneByOne::<U16>(&*schedule, PhantomData)),
                _ => Box::new(OneByOne::<U8>(&*schedule, PhantomData)),
            };
            let key = cipher.prepare(&secret).unwrap();
            let name = cipher.name();

            let encrypted = oracle.encrypt(mode, &iv, &text);
            prop_assert!(key.encrypt(&iv, &text) == Some(encrypted.clone()), "{}", name);
            let mut decrypted = encrypted;
            let decrypted = key.decrypt(&iv, &mut decrypted);
            prop_assert!(decrypted.is_right && decrypted.text == text, "{}", name);

            let mut any_bytes = text.clone();
            let decrypted = key.decrypt(&iv, &mut any_bytes);
            let own = decrypted.is_right.then(|| decrypted.text.to_vec());
            prop_assert!(own == oracle.decrypt(mode, &iv, &text), "{}", name);
            compared += 1;
        }
        prop_assert!(compared > 60, "{}", compared);
    }
}
