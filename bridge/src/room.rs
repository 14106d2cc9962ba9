//! Room for a text that is worked on in place.

use arrayvec::ArrayVec;

/// What is no longer stays on the stack. An allocation of a KiB or more takes as
/// long as to decrypt it.
const ON_STACK: usize = 4 * 1024;

/// Memory for a copy of a text, on the stack where the text is small.
#[derive(Debug, Default)]
pub struct Room {
    stack: ArrayVec<u8, ON_STACK>,
    heap: Vec<u8>,
}

impl Room {
    /// Without a text.
    #[inline]
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A copy of `text`.
    pub fn fill(&mut self, text: &[u8]) -> &mut [u8] {
        self.stack.clear();
        if self.stack.try_extend_from_slice(text).is_ok() {
            return &mut self.stack;
        }
        self.heap.clear();
        self.heap.extend_from_slice(text);
        &mut self.heap
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_any_length_is_copied() {
        let mut room = Room::new();
        for length in [ON_STACK + 1, 0, 1, ON_STACK, 3 * ON_STACK] {
            let text = vec![length as u8; length];
            assert_eq!(room.fill(&text), text);
        }
    }
}
