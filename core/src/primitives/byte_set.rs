//! A set of bytes.

/// Which of the 256 bytes are in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ByteSet([u64; 4]);

impl ByteSet {
    pub(crate) const ALL: Self = Self([u64::MAX; 4]);

    pub(crate) const fn of(bytes: &[u8]) -> Self {
        Self([0; 4]).and(bytes)
    }

    /// The bytes from one to another, both included.
    pub(crate) const fn range(first: u8, last: u8) -> Self {
        let mut set = Self([0; 4]);
        let mut byte = first;
        loop {
            set.0[byte as usize / 64] |= 1 << (byte % 64);
            if byte >= last {
                return set;
            }
            byte += 1;
        }
    }

    pub(crate) const fn and(mut self, bytes: &[u8]) -> Self {
        let mut position = 0;
        while position < bytes.len() {
            let byte = bytes[position];
            self.0[byte as usize / 64] |= 1 << (byte % 64);
            position += 1;
        }
        self
    }

    pub(crate) const fn without(mut self, bytes: &[u8]) -> Self {
        let mut position = 0;
        while position < bytes.len() {
            let byte = bytes[position];
            self.0[byte as usize / 64] &= !(1 << (byte % 64));
            position += 1;
        }
        self
    }

    pub(crate) const fn union(self, other: Self) -> Self {
        let (Self([a, b, c, d]), Self([e, f, g, h])) = (self, other);
        Self([a | e, b | f, c | g, d | h])
    }

    pub(crate) const fn contains(&self, byte: u8) -> bool {
        self.0[byte as usize / 64] & (1 << (byte % 64)) != 0
    }

    pub(crate) fn is_disjoint(&self, other: &Self) -> bool {
        let mut words = self.0.iter().zip(&other.0);
        words.all(|(one, other)| one & other == 0)
    }

    /// Whether any byte of a text is in it.
    pub(crate) fn has_any_of(&self, text: &[u8]) -> bool {
        text.iter().any(|byte| self.contains(*byte))
    }

    /// In order.
    pub(crate) fn bytes(&self) -> impl Iterator<Item = u8> {
        (0..=u8::MAX).filter(|byte| self.contains(*byte))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_holds_what_was_put_in() {
        let set = ByteSet::range(b'a', b'c').and(b"\0\xff").without(b"b");
        assert_eq!(set.bytes().collect::<Vec<_>>(), [0, b'a', b'c', 0xff]);
        assert!(set.has_any_of(b"xxa") && !set.has_any_of(b"b"));
        assert!(set.is_disjoint(&ByteSet::of(b"bd")) && !set.is_disjoint(&ByteSet::ALL));
        assert_eq!(set.union(ByteSet::ALL), ByteSet::ALL);
    }
}
