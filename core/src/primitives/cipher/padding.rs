//! PKCS#7 padding (RFC 5652, section 6.3).
//!
//! Removal is our own: the usual implementations branch and index on the
//! plaintext, and how long they take tells an attacker which byte was wrong.

use subtle::ConstantTimeEq as _;

/// Fills the last block; a text of whole blocks gets another one.
#[cfg(test)]
pub(super) fn pad(text: &mut Vec<u8>, block_bytes: usize) {
    let count = block_bytes - text.len() % block_bytes;
    text.resize(text.len() + count, count as u8);
}

/// The length without the padding; `None` where the padding is wrong or a
/// block is missing.
///
/// Every byte of the last block is looked at, whatever they hold: nothing
/// branches, and nothing is indexed, before it is known whether all of them
/// are right. The caller learns the length, or that there is none.
pub(super) fn unpadded_length(text: &[u8], block_bytes: usize) -> Option<usize> {
    let (_, last_block) = text.split_at(text.len().checked_sub(block_bytes)?);
    let count = u32::from(*last_block.last()?);
    let mut wrong = is_less(count, 1) | is_less(block_bytes as u32, count);
    for (position, byte) in (1..).zip(last_block.iter().rev()) {
        let is_padding = !is_less(count, position);
        wrong |= is_padding & (u32::from(*byte) ^ count);
    }
    let is_right = bool::from(wrong.ct_eq(&0));
    is_right.then(|| text.len() - count as usize)
}

/// All bits set where `a < b`; both are far below 2³¹.
const fn is_less(a: u32, b: u32) -> u32 {
    (a.wrapping_sub(b) as i32 >> 31) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_length_is_padded_and_unpadded() {
        for block_bytes in [8, 16] {
            for length in 0..=3 * block_bytes {
                let mut text = vec![0xa5; length];
                pad(&mut text, block_bytes);
                assert!(text.len() > length && text.len() - length <= block_bytes);
                assert!(text.len().is_multiple_of(block_bytes));
                assert_eq!(unpadded_length(&text, block_bytes), Some(length));
            }
        }
    }

    #[test]
    fn every_value_of_the_last_byte_but_the_right_one_is_rejected() {
        for block_bytes in [8, 16] {
            for length in 0..block_bytes {
                let mut text = vec![0xa5; length];
                pad(&mut text, block_bytes);
                let right = text.pop();
                for value in 0..=u8::MAX {
                    let padded = [text.as_slice(), &[value]].concat();
                    // A last byte of 1 is right behind anything.
                    let expected = if Some(value) == right {
                        Some(length)
                    } else {
                        (value == 1).then_some(padded.len() - 1)
                    };
                    assert_eq!(unpadded_length(&padded, block_bytes), expected);
                }
            }
        }
    }

    #[test]
    fn every_wrong_byte_of_the_padding_is_rejected() {
        for block_bytes in [8, 16] {
            for length in block_bytes..2 * block_bytes - 1 {
                let mut text = vec![0xa5; length];
                pad(&mut text, block_bytes);
                for position in length..text.len() - 1 {
                    for flip in 1..=u8::MAX {
                        text[position] ^= flip;
                        assert_eq!(unpadded_length(&text, block_bytes), None);
                        text[position] ^= flip;
                    }
                }
                assert_eq!(unpadded_length(&text, block_bytes), Some(length));
            }
        }
    }

    #[test]
    fn less_than_a_block_is_rejected() {
        for length in 0..8 {
            assert_eq!(unpadded_length(&vec![1; length], 8), None);
        }
    }
}
