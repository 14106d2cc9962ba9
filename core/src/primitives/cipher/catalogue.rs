//! The table of ciphers.

use core::ops::RangeInclusive;
use std::iter::once;

use super::algorithm::BlockAlgorithm::{self, *};
use super::key::CipherKey;
use super::mode::Mode::{self, *};
use super::unsupported::Unsupported;
use CipherClass::*;

/// One cipher, by its OpenSSL name.
#[derive(Debug)]
pub(crate) struct Cipher {
    name: &'static str,
    pub(super) aliases: Names,
    class: CipherClass,
    construction: Construction,
}

type Names = &'static [&'static str];

/// How readily a cipher is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CipherClass {
    /// In wide use.
    Core,
    /// Sound, and seldom met.
    Extended,
    /// Broken, or too weak to be used without an explicit choice.
    Legacy,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Construction {
    Block(BlockAlgorithm, Mode),
    ChaCha20,
    Rc4 { key_bytes: usize },
}

impl Cipher {
    /// The cipher of a name or alias, in letters of either case.
    pub(crate) fn find(name: &str) -> Result<&'static Self, Unsupported> {
        let found = CIPHERS
            .iter()
            .find(|cipher| cipher.has_name(name.as_bytes()));
        found.ok_or_else(|| Unsupported::of(name))
    }

    /// Whether that is its name or an alias, in letters of either case.
    pub(crate) fn has_name(&self, name: &[u8]) -> bool {
        once(&self.name)
            .chain(self.aliases)
            .any(|known| name.eq_ignore_ascii_case(known.as_bytes()))
    }

    /// The name, without regard to the alias by which it was found.
    pub(crate) const fn name(&self) -> &'static str {
        self.name
    }

    pub(crate) const fn class(&self) -> CipherClass {
        self.class
    }

    /// The length of a key that is derived for this cipher.
    pub(crate) fn key_bytes(&self) -> usize {
        *self.key_lengths().start()
    }

    /// The length of an IV; 0 where there is none.
    pub(crate) const fn iv_bytes(&self) -> usize {
        match self.construction {
            Construction::Block(algorithm, mode) if mode.has_iv() => algorithm.block_bytes(),
            Construction::Block(..) | Construction::Rc4 { .. } => 0,
            Construction::ChaCha20 => 16,
        }
    }

    /// What a byte costs, in bytes of SHA-256, rounded up.
    pub(crate) const fn work(&self) -> usize {
        match self.construction {
            // Each byte takes a whole block.
            Construction::Block(algorithm, Cfb8) => algorithm.work() * algorithm.block_bytes(),
            // One block waits for the other, which AES has instructions for that
            // work on many.
            Construction::Block(algorithm, Ofb) if algorithm.work() == 1 => 2,
            Construction::Block(algorithm, _) => algorithm.work(),
            Construction::ChaCha20 => 1,
            Construction::Rc4 { .. } => 5,
        }
    }

    /// Whether the plaintext is padded to whole blocks.
    #[cfg(test)]
    pub(crate) const fn is_padded(&self) -> bool {
        matches!(self.construction, Construction::Block(_, mode) if mode.is_padded())
    }

    /// Does the key schedule; `None` where the key has a length that is not the
    /// cipher's.
    pub(crate) fn prepare(&'static self, key: &[u8]) -> Option<CipherKey> {
        CipherKey::new(self, key)
    }

    pub(super) fn key_lengths(&self) -> RangeInclusive<usize> {
        match self.construction {
            Construction::Block(algorithm, _) => algorithm.key_lengths(),
            Construction::ChaCha20 => 32..=32,
            Construction::Rc4 { key_bytes } => key_bytes..=256,
        }
    }

    pub(super) const fn construction(&self) -> Construction {
        self.construction
    }
}

#[rustfmt::skip]
pub(super) static CIPHERS: &[Cipher] = &[
    block(Core, "aes-128-cbc", &["aes128"], Aes128, Cbc),
    block(Core, "aes-192-cbc", &["aes192"], Aes192, Cbc),
    block(Core, "aes-256-cbc", &["aes256"], Aes256, Cbc),
    block(Core, "aes-128-ctr", &[], Aes128, Ctr),
    block(Core, "aes-192-ctr", &[], Aes192, Ctr),
    block(Core, "aes-256-ctr", &[], Aes256, Ctr),
    block(Core, "aes-128-ecb", &[], Aes128, Ecb),
    block(Core, "aes-192-ecb", &[], Aes192, Ecb),
    block(Core, "aes-256-ecb", &[], Aes256, Ecb),
    block(Extended, "aes-128-cfb", &[], Aes128, Cfb),
    block(Extended, "aes-192-cfb", &[], Aes192, Cfb),
    block(Core, "aes-256-cfb", &[], Aes256, Cfb),
    block(Extended, "aes-128-cfb8", &[], Aes128, Cfb8),
    block(Extended, "aes-192-cfb8", &[], Aes192, Cfb8),
    block(Extended, "aes-256-cfb8", &[], Aes256, Cfb8),
    block(Extended, "aes-128-ofb", &[], Aes128, Ofb),
    block(Extended, "aes-192-ofb", &[], Aes192, Ofb),
    block(Core, "aes-256-ofb", &[], Aes256, Ofb),
    block(Extended, "aria-128-cbc", &["aria128"], Aria128, Cbc),
    block(Extended, "aria-128-ctr", &[], Aria128, Ctr),
    block(Extended, "aria-128-ecb", &[], Aria128, Ecb),
    block(Extended, "aria-128-cfb", &[], Aria128, Cfb),
    block(Extended, "aria-128-cfb8", &[], Aria128, Cfb8),
    block(Extended, "aria-128-ofb", &[], Aria128, Ofb),
    block(Extended, "aria-192-cbc", &["aria192"], Aria192, Cbc),
    block(Extended, "aria-192-ctr", &[], Aria192, Ctr),
    block(Extended, "aria-192-ecb", &[], Aria192, Ecb),
    block(Extended, "aria-192-cfb", &[], Aria192, Cfb),
    block(Extended, "aria-192-cfb8", &[], Aria192, Cfb8),
    block(Extended, "aria-192-ofb", &[], Aria192, Ofb),
    block(Extended, "aria-256-cbc", &["aria256"], Aria256, Cbc),
    block(Extended, "aria-256-ctr", &[], Aria256, Ctr),
    block(Extended, "aria-256-ecb", &[], Aria256, Ecb),
    block(Extended, "aria-256-cfb", &[], Aria256, Cfb),
    block(Extended, "aria-256-cfb8", &[], Aria256, Cfb8),
    block(Extended, "aria-256-ofb", &[], Aria256, Ofb),
    block(Extended, "camellia-128-cbc", &["camellia128"], Camellia128, Cbc),
    block(Extended, "camellia-128-ctr", &[], Camellia128, Ctr),
    block(Extended, "camellia-128-ecb", &[], Camellia128, Ecb),
    block(Extended, "camellia-128-cfb", &[], Camellia128, Cfb),
    block(Extended, "camellia-128-cfb8", &[], Camellia128, Cfb8),
    block(Extended, "camellia-128-ofb", &[], Camellia128, Ofb),
    block(Extended, "camellia-192-cbc", &["camellia192"], Camellia192, Cbc),
    block(Extended, "camellia-192-ctr", &[], Camellia192, Ctr),
    block(Extended, "camellia-192-ecb", &[], Camellia192, Ecb),
    block(Extended, "camellia-192-cfb", &[], Camellia192, Cfb),
    block(Extended, "camellia-192-cfb8", &[], Camellia192, Cfb8),
    block(Extended, "camellia-192-ofb", &[], Camellia192, Ofb),
    block(Extended, "camellia-256-cbc", &["camellia256"], Camellia256, Cbc),
    block(Extended, "camellia-256-ctr", &[], Camellia256, Ctr),
    block(Extended, "camellia-256-ecb", &[], Camellia256, Ecb),
    block(Extended, "camellia-256-cfb", &[], Camellia256, Cfb),
    block(Extended, "camellia-256-cfb8", &[], Camellia256, Cfb8),
    block(Extended, "camellia-256-ofb", &[], Camellia256, Ofb),
    block(Extended, "sm4-cbc", &["sm4"], Sm4, Cbc),
    block(Extended, "sm4-ctr", &[], Sm4, Ctr),
    block(Extended, "sm4-ecb", &[], Sm4, Ecb),
    block(Extended, "sm4-cfb", &[], Sm4, Cfb),
    block(Extended, "sm4-ofb", &[], Sm4, Ofb),
    block(Core, "des-ede3-cbc", &["des3"], DesEde3, Cbc),
    block(Extended, "des-ede3-ecb", &["des-ede3"], DesEde3, Ecb),
    block(Extended, "des-ede3-cfb", &[], DesEde3, Cfb),
    block(Extended, "des-ede3-cfb8", &[], DesEde3, Cfb8),
    block(Extended, "des-ede3-ofb", &[], DesEde3, Ofb),
    block(Extended, "des-ede-cbc", &[], DesEde2, Cbc),
    block(Extended, "des-ede-ecb", &["des-ede"], DesEde2, Ecb),
    block(Extended, "des-ede-cfb", &[], DesEde2, Cfb),
    block(Extended, "des-ede-ofb", &[], DesEde2, Ofb),
    cipher(Extended, "chacha20", &[], Construction::ChaCha20),
    block(Legacy, "des-cbc", &["des"], Des, Cbc),
    block(Legacy, "des-ecb", &[], Des, Ecb),
    block(Legacy, "des-cfb", &[], Des, Cfb),
    block(Legacy, "des-cfb8", &[], Des, Cfb8),
    block(Legacy, "des-ofb", &[], Des, Ofb),
    block(Legacy, "desx-cbc", &["desx"], Desx, Cbc),
    block(Legacy, "bf-cbc", &["bf", "blowfish"], Blowfish, Cbc),
    block(Legacy, "bf-ecb", &[], Blowfish, Ecb),
    block(Legacy, "bf-cfb", &[], Blowfish, Cfb),
    block(Legacy, "bf-ofb", &[], Blowfish, Ofb),
    block(Legacy, "cast5-cbc", &["cast", "cast-cbc"], Cast5, Cbc),
    block(Legacy, "cast5-ecb", &[], Cast5, Ecb),
    block(Legacy, "cast5-cfb", &[], Cast5, Cfb),
    block(Legacy, "cast5-ofb", &[], Cast5, Ofb),
    block(Legacy, "idea-cbc", &["idea"], Idea, Cbc),
    block(Legacy, "idea-ecb", &[], Idea, Ecb),
    block(Legacy, "idea-cfb", &[], Idea, Cfb),
    block(Legacy, "idea-ofb", &[], Idea, Ofb),
    block(Legacy, "rc2-cbc", &["rc2", "rc2-128"], RC2, Cbc),
    block(Legacy, "rc2-ecb", &[], RC2, Ecb),
    block(Legacy, "rc2-cfb", &[], RC2, Cfb),
    block(Legacy, "rc2-ofb", &[], RC2, Ofb),
    block(Legacy, "rc2-64-cbc", &["rc2-64"], RC2_64, Cbc),
    block(Legacy, "rc2-40-cbc", &["rc2-40"], RC2_40, Cbc),
    block(Legacy, "seed-cbc", &["seed"], Seed, Cbc),
    block(Legacy, "seed-ecb", &[], Seed, Ecb),
    block(Legacy, "seed-cfb", &[], Seed, Cfb),
    block(Legacy, "seed-ofb", &[], Seed, Ofb),
    cipher(Legacy, "rc4", &[], Construction::Rc4 { key_bytes: 16 }),
    cipher(Legacy, "rc4-40", &[], Construction::Rc4 { key_bytes: 5 }),
];

const RC2: BlockAlgorithm = Rc2 {
    effective_bits: 128,
};
const RC2_64: BlockAlgorithm = Rc2 { effective_bits: 64 };
const RC2_40: BlockAlgorithm = Rc2 { effective_bits: 40 };

const fn block(
    class: CipherClass,
    name: &'static str,
    aliases: Names,
    algorithm: BlockAlgorithm,
    mode: Mode,
) -> Cipher {
    cipher(class, name, aliases, Construction::Block(algorithm, mode))
}

const fn cipher(
    class: CipherClass,
    name: &'static str,
    aliases: Names,
    construction: Construction,
) -> Cipher {
    Cipher {
        name,
        aliases,
        class,
        construction,
    }
}
