//! Bytes that hold secrets while they grow.

use std::ops::Deref;

use zeroize::Zeroizing;

/// Wiped when it is dropped, and so is each smaller one that it outgrows: a `Vec`
/// would leave those behind.
pub(crate) struct SecretBuffer(Zeroizing<Vec<u8>>);

impl SecretBuffer {
    pub(crate) fn new() -> Self {
        Self(Zeroizing::new(Vec::with_capacity(512)))
    }

    pub(crate) fn push(&mut self, byte: u8) {
        self.extend_from_slice(&[byte]);
    }

    pub(crate) fn extend_from_slice(&mut self, bytes: &[u8]) {
        let needed = self.0.len() + bytes.len();
        if needed > self.0.capacity() {
            let room = needed.max(2 * self.0.capacity());
            let mut larger = Zeroizing::new(Vec::with_capacity(room));
            larger.extend_from_slice(&self.0);
            self.0 = larger;
        }
        self.0.extend_from_slice(bytes);
    }
}

impl Deref for SecretBuffer {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_stays_while_it_grows() {
        let mut buffer = SecretBuffer::new();
        let mut expected = Vec::new();
        for (number, length) in (1..).zip([0, 1, 511, 513, 3, 5000, 0, 70_000]) {
            let piece = vec![number; length];
            buffer.extend_from_slice(&piece);
            buffer.push(0);
            expected.extend_from_slice(&piece);
            expected.push(0);
        }
        assert_eq!(&*buffer, expected);
    }
}
