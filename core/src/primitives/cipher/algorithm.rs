//! The block ciphers: their keys, blocks and costs.

use core::ops::RangeInclusive;

use aes::cipher::KeyInit;
use aes::{Aes128, Aes192, Aes256};
use aria::{Aria128, Aria192, Aria256};
use blowfish::Blowfish;
use camellia::{Camellia128, Camellia192, Camellia256};
use cast5::Cast5;
use des::{Des, TdesEde2, TdesEde3};
use idea::Idea;
use rc2::Rc2;
use sm4::Sm4;

use super::block::BlockCipher;
use super::desx::Desx;
use super::seed::Seed;

#[derive(Clone, Copy, Debug)]
pub(super) enum BlockAlgorithm {
    Aes128,
    Aes192,
    Aes256,
    Aria128,
    Aria192,
    Aria256,
    Blowfish,
    Camellia128,
    Camellia192,
    Camellia256,
    Cast5,
    Des,
    /// Triple DES with the first key in the third place as well.
    DesEde2,
    DesEde3,
    Desx,
    Idea,
    /// RC2 reduces a key of any length to the effective bits of RFC 2268.
    Rc2 {
        effective_bits: u16,
    },
    Seed,
    Sm4,
}

impl BlockAlgorithm {
    pub(super) const fn block_bytes(self) -> usize {
        match self {
            Self::Aes128
            | Self::Aes192
            | Self::Aes256
            | Self::Aria128
            | Self::Aria192
            | Self::Aria256
            | Self::Camellia128
            | Self::Camellia192
            | Self::Camellia256
            | Self::Seed
            | Self::Sm4 => 16,
            Self::Blowfish
            | Self::Cast5
            | Self::Des
            | Self::DesEde2
            | Self::DesEde3
            | Self::Desx
            | Self::Idea
            | Self::Rc2 { .. } => 8,
        }
    }

    /// What a byte costs, in bytes of SHA-256: measured where processors have
    /// instructions for AES and SHA, and rounded up.
    pub(super) const fn work(self) -> usize {
        match self {
            Self::Aes128 | Self::Aes192 | Self::Aes256 => 1,
            Self::Blowfish | Self::Cast5 => 14,
            Self::Camellia128 | Self::Camellia192 | Self::Camellia256 | Self::Idea => 18,
            Self::Aria128 | Self::Aria192 | Self::Aria256 | Self::Rc2 { .. } | Self::Sm4 => 24,
            Self::Seed => 32,
            Self::Des | Self::Desx => 52,
            Self::DesEde2 | Self::DesEde3 => 160,
        }
    }

    /// From OpenSSL's default to the longest key of which it reads every byte.
    pub(super) fn key_lengths(self) -> RangeInclusive<usize> {
        match self {
            Self::Des => 8..=8,
            Self::Aes128
            | Self::Aria128
            | Self::Camellia128
            | Self::Cast5
            | Self::DesEde2
            | Self::Idea
            | Self::Seed
            | Self::Sm4 => 16..=16,
            Self::Aes192 | Self::Aria192 | Self::Camellia192 | Self::DesEde3 | Self::Desx => {
                24..=24
            }
            Self::Aes256 | Self::Aria256 | Self::Camellia256 => 32..=32,
            Self::Blowfish => 16..=72,
            Self::Rc2 { effective_bits } => usize::from(effective_bits / 8)..=128,
        }
    }

    /// Schedules a key that has one of the `key_lengths`.
    pub(super) fn schedule(self, key: &[u8]) -> Option<Box<dyn BlockCipher>> {
        match self {
            Self::Aes128 => schedule::<Aes128>(key),
            Self::Aes192 => schedule::<Aes192>(key),
            Self::Aes256 => schedule::<Aes256>(key),
            Self::Aria128 => schedule::<Aria128>(key),
            Self::Aria192 => schedule::<Aria192>(key),
            Self::Aria256 => schedule::<Aria256>(key),
            Self::Blowfish => {
                // What the library calls a key ends at 56 bytes, while OpenSSL
                // and the library's own schedule read up to 72.
                let mut blowfish = Blowfish::bc_init_state();
                blowfish.bc_expand_key(key);
                Some(Box::new(blowfish))
            }
            Self::Camellia128 => schedule::<Camellia128>(key),
            Self::Camellia192 => schedule::<Camellia192>(key),
            Self::Camellia256 => schedule::<Camellia256>(key),
            Self::Cast5 => schedule::<Cast5>(key),
            Self::Des => schedule::<Des>(key),
            Self::DesEde2 => schedule::<TdesEde2>(key),
            Self::DesEde3 => schedule::<TdesEde3>(key),
            Self::Desx => {
                let (parts, _) = key.as_chunks();
                Some(Box::new(Desx::new(*parts.first_chunk()?)))
            }
            Self::Idea => schedule::<Idea>(key),
            Self::Rc2 { effective_bits } => Some(Box::new(Rc2::new_with_eff_key_len(
                key,
                effective_bits.into(),
            ))),
            Self::Seed => Some(Box::new(Seed::new(key.try_into().ok()?))),
            Self::Sm4 => schedule::<Sm4>(key),
        }
    }
}

fn schedule<C: KeyInit + BlockCipher + 'static>(key: &[u8]) -> Option<Box<dyn BlockCipher>> {
    Some(Box::new(C::new_from_slice(key).ok()?))
}
