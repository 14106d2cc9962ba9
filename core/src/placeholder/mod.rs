//! Values that stand in the place of a secret: what a template, a missing
//! variable or a page that masks secrets leaves where the secret should be.
//!
//! Each rule describes a form that no provider issues and no generator of random
//! texts comes upon. None of them copies the text, which may be a secret after
//! all.

mod absence;
mod expression;
mod mask;
mod reference;
mod request;
mod variable;
mod words;

use absence::says_nothing;
use expression::is_expression;
use mask::{is_masked, is_one_character};
use reference::is_reference;
use request::{asks_behind_prefix, asks_for_one};
use variable::is_variable;
use words::{behind_prefixes, is_one_of};

/// Why a text cannot be a secret, to follow its name; `None` where it may be one. What stands around it
/// (blanks, line breaks, invisible characters, quotes) does not count.
pub(crate) fn reason(text: &str) -> Option<&'static str> {
    let text = bare(text);
    if text.is_empty() {
        return Some("is empty");
    }
    // Nobody fills a field with more; and brackets are followed as deep as they go.
    if text.len() > LONGEST {
        return None;
    }
    whole(text).or_else(|| credentials(text).and_then(whole))
}

/// Whether a character shows nothing, not even a blank. Those that join letters
/// are not among them: scripts and emoji need them.
pub(crate) const fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{ad}'
            | '\u{180e}'
            | '\u{200b}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
    )
}

/// A text without what nobody meant to be a part of it.
fn bare(text: &str) -> &str {
    let is_dross = |character: char| {
        character.is_whitespace()
            || character == '\0'
            || is_invisible(character)
            || matches!(character, '\u{200c}' | '\u{200d}')
    };
    let text = text.trim_matches(is_dross);
    let unquoted = ["\"", "'", "`"]
        .iter()
        .find_map(|quote| text.strip_prefix(quote)?.strip_suffix(quote));
    unquoted.map_or(text, |text| text.trim_matches(is_dross))
}

/// What stands behind the name of an authentication scheme, as in `Bearer null`.
fn credentials(text: &str) -> Option<&str> {
    let (scheme, rest) = text.split_once(' ')?;
    is_one_of(scheme, &["basic", "bearer", "token"]).then(|| bare(rest))
}

fn whole(text: &str) -> Option<&'static str> {
    if says_nothing(text) {
        Some("is a placeholder: a word for a missing value")
    } else if is_one_character(text) {
        Some("is a placeholder: one character, repeated")
    } else if is_masked(text) {
        Some("is a placeholder: masked or cut short, as web pages show it")
    } else if asks_for_one(text) || behind_prefixes(text).any(asks_behind_prefix) {
        Some("is a placeholder: a request to fill in the value")
    } else if is_variable(text) {
        Some("is a placeholder: a variable that was not replaced by its value")
    } else if is_expression(text) {
        Some("is a placeholder: program text, not the value that it stands for")
    } else if is_reference(text) {
        Some("is a placeholder: it says where the value is kept")
    } else {
        None
    }
}

/// The longest text that can be a placeholder.
const LONGEST: usize = 1024;

#[cfg(test)]
mod tests;
