//! CRC-32 of zlib and PNG (ISO 3309). It proves nothing; some providers sign it.

use crate::primitives::sink::Sink;

/// The reversed polynomial.
const POLYNOMIAL: u32 = 0xedb8_8320;

/// The checksum of what is written so far.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Crc32(u32);

impl Crc32 {
    pub(crate) const fn value(self) -> u32 {
        self.0
    }
}

impl Sink for Crc32 {
    fn write(&mut self, bytes: &[u8]) {
        let remainder = bytes.iter().fold(!self.0, |remainder, byte| {
            (remainder >> 8) ^ TABLE[usize::from(remainder as u8 ^ byte)]
        });
        self.0 = !remainder;
    }
}

/// What a byte leaves behind. A kibibyte: the libraries, which look at several
/// bytes at once, have sixteen.
static TABLE: [u32; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut remainder = byte as u32;
        let mut bit = 0;
        while bit < 8 {
            let is_odd = remainder & 1 == 1;
            remainder >>= 1;
            if is_odd {
                remainder ^= POLYNOMIAL;
            }
            bit += 1;
        }
        table[byte] = remainder;
        byte += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    /// The check value of the catalogue of CRCs, and others made with zlib.
    #[test]
    fn agrees_with_zlib() {
        for (text, expected) in [
            (&b""[..], 0),
            (b"123456789", 0xcbf4_3926),
            (b"\0", 0xd202_ef8d),
            (&[0xff; 300], 0x1c0a_1881),
        ] {
            for cut in [0, text.len() / 2, text.len()] {
                let mut crc = Crc32::default();
                crc.write(&text[..cut]);
                crc.write(&text[cut..]);
                assert_eq!(crc.value(), expected, "{text:?}");
            }
        }
    }
}
