//! Choices among secrets that take the same time whatever they turn out to be.

use core::ops::BitOr;

use subtle::{Choice, ConditionallySelectable as _};

/// Whether any of them is true. All are looked at.
pub(crate) fn any(choices: impl Iterator<Item = Choice>) -> Choice {
    choices
        .reduce(BitOr::bitor)
        .unwrap_or_else(|| Choice::from(0))
}

/// The position of the first that is true. All are looked at, and only whether
/// there is one decides what runs next.
pub(crate) fn first(choices: impl Iterator<Item = Choice>) -> Option<usize> {
    let mut found = Choice::from(0);
    let mut position = 0;
    for (index, choice) in (0_u32..).zip(choices) {
        position.conditional_assign(&index, choice & !found);
        found |= choice;
    }
    bool::from(found)
        .then(|| usize::try_from(position).ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_true_one_is_chosen() {
        let choices = |bits: &[u8]| bits.iter().copied().map(Choice::from).collect::<Vec<_>>();
        for (bits, expected) in [
            (&[][..], None),
            (&[0, 0], None),
            (&[1], Some(0)),
            (&[0, 1, 1], Some(1)),
            (&[1, 0, 1], Some(0)),
            (&[0, 0, 0, 1], Some(3)),
        ] {
            assert_eq!(first(choices(bits).into_iter()), expected, "{bits:?}");
            assert_eq!(
                bool::from(any(choices(bits).into_iter())),
                expected.is_some()
            );
        }
    }
}
