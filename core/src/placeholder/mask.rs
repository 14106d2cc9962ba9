//! Rows of one character, and secrets as web pages show them.

use core::ops::RangeInclusive;

use super::words::behind_prefixes;

/// A longer row of one letter is not what somebody types to fill a field, but
/// what published test vectors have as a key.
const LONGEST_ROW: usize = 20;

/// `xxx`, `********`, a GUID of zeros.
pub(super) fn is_one_character(text: &str) -> bool {
    let first = |character: char| !matches!(character, '-' | '_' | ':' | '.' | ' ');
    let Some(first) = text
        .chars()
        .find(|&it| first(it))
        .or_else(|| text.chars().next())
    else {
        return false;
    };
    let is_row = text
        .chars()
        .all(|it| it == first || matches!(it, '-' | '_' | ':' | '.' | ' '));
    let count = text.chars().filter(|&it| it == first).count();
    is_row
        && match first {
            'x' | 'X' => count > 2,
            _ if first.is_ascii_digit() => count > 2,
            _ if first.is_alphanumeric() => (3..=LONGEST_ROW).contains(&count),
            _ => !first.is_control(),
        }
}

/// `sk_live_****1234`, `whsec_…`, `ghp_xxxxxxxx`.
pub(super) fn is_masked(text: &str) -> bool {
    let has_row = |is_mask: fn(char) -> bool, lengths: RangeInclusive<usize>| {
        text.split(|character| !is_mask(character))
            .any(|row| lengths.contains(&row.chars().count()))
    };
    let last = text.rsplit(['_', '-']).next().unwrap_or_default();
    let rest = behind_prefixes(text).last().unwrap_or_default();
    let is_row_of = |x: u8| rest == last && last.len() > 2 && last.bytes().all(|byte| byte == x);
    let is_cut = |rest: &str| {
        rest.bytes()
            .all(|it| it.is_ascii_alphanumeric() || it == b'_')
    };
    has_row(
        |it| matches!(it, '*' | '•' | '●' | '∙' | '·' | '█'),
        4..=usize::MAX,
    ) || has_row(|it| it == 'x', 6..=LONGEST_ROW)
        || is_row_of(b'x')
        || is_row_of(b'X')
        || text.contains('…')
        || text.strip_prefix("...").is_some_and(is_cut)
        || text.strip_suffix("...").is_some_and(is_cut)
}
