//! How the text of a signature is taken apart, and put together again:
//! `v0={signature}`, or `t={t}` and `v1={signature}` for the entries of a list.

use subtle::ConstantTimeEq as _;

/// One entry of a signature's text.
#[derive(Debug)]
pub(crate) struct Pattern {
    pieces: Vec<Piece>,
    /// It begins with an authentication scheme (RFC 9110 section 11.1), which may
    /// be written in any case, with any number of blanks behind it.
    has_scheme: bool,
}

#[derive(Debug, PartialEq, Eq)]
enum Piece {
    Literal(Box<[u8]>),
    Signature,
    /// A named part, by its position.
    Part(usize),
    /// A constant of the receiver, by its position: the entry is of that receiver
    /// or none of ours.
    Constant(usize),
}

/// What a name in a pattern stands for.
pub(crate) enum PatternName<'t> {
    Part(&'t str),
    Option(&'t str),
}

impl Pattern {
    /// Reads a pattern; `position` gives a name its number. `from_authorization`
    /// says that it is the value of the `Authorization` header.
    pub(crate) fn parse(
        text: &str,
        from_authorization: bool,
        position: &mut dyn FnMut(PatternName<'_>) -> Result<usize, String>,
    ) -> Result<Self, String> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            let end = rest.find(['{', '}']).unwrap_or(rest.len());
            let (literal, tail) = rest.split_at(end);
            if !literal.is_empty() {
                pieces.push(Piece::Literal(literal.as_bytes().into()));
            }
            rest = match tail.strip_prefix('{') {
                None if tail.is_empty() => tail,
                None => return Err(format!("`{text}`: a closing brace without an opening one")),
                Some(inner) => {
                    let (name, tail) = inner
                        .split_once('}')
                        .ok_or_else(|| format!("`{text}`: the brace is never closed"))?;
                    let piece = match name.strip_prefix("option:") {
                        Some(option) => Piece::Constant(position(PatternName::Option(option))?),
                        None if name == "signature" => Piece::Signature,
                        None if is_part(name) => Piece::Part(position(PatternName::Part(name))?),
                        None => return Err(format!("`{{{name}}}` is no name of a part")),
                    };
                    if pieces.contains(&piece) {
                        return Err(format!("`{text}`: {name} stands there twice"));
                    }
                    if !matches!(pieces.last(), None | Some(Piece::Literal(_))) {
                        return Err(format!("`{text}`: two parts without anything between them"));
                    }
                    pieces.push(piece);
                    tail
                }
            };
        }
        let has_scheme = from_authorization
            && matches!(pieces.first(), Some(Piece::Literal(text)) if is_scheme(text));
        Ok(Self { pieces, has_scheme })
    }

    pub(crate) fn holds_signature(&self) -> bool {
        self.pieces.contains(&Piece::Signature)
    }

    /// The whole text is the signature.
    pub(crate) fn is_bare(&self) -> bool {
        self.pieces == [Piece::Signature]
    }

    /// Takes a text apart that fits to its end, and tells what each name stands for:
    /// `None` is the signature, otherwise a part by its position. Returns whether it
    /// fits; what was told before is void where it does not.
    pub(crate) fn take_apart<'t>(
        &self,
        text: &'t [u8],
        constants: &[Box<[u8]>],
        found: &mut impl FnMut(Option<usize>, &'t [u8]),
    ) -> bool {
        let mut rest = text;
        for (position, piece) in self.pieces.iter().enumerate() {
            if let Piece::Literal(literal) = piece {
                let tail = if position == 0 && self.has_scheme {
                    strip_scheme(rest, literal)
                } else {
                    rest.strip_prefix(literal.as_ref())
                };
                match tail {
                    Some(tail) => rest = tail,
                    None => return false,
                }
                continue;
            }
            let end = match self.pieces.get(position + 1) {
                Some(Piece::Literal(behind)) => {
                    rest.iter().position(|byte| behind.first() == Some(byte))
                }
                _ => Some(rest.len()),
            };
            let Some((value, tail)) = end
                .filter(|end| *end > 0)
                .and_then(|end| rest.split_at_checked(end))
            else {
                return false;
            };
            rest = tail;
            match piece {
                Piece::Signature => found(None, value),
                Piece::Part(part) => found(Some(*part), value),
                Piece::Constant(constant) => {
                    let is_ours = constants
                        .get(*constant)
                        .is_some_and(|constant| constant.ct_eq(value).into());
                    if !is_ours {
                        return false;
                    }
                }
                Piece::Literal(_) => {}
            }
        }
        rest.is_empty()
    }

    /// The text with that signature. `part` gives the text of a part; `None` where
    /// nobody knows it.
    pub(crate) fn put_together(
        &self,
        signature: &str,
        constants: &[Box<[u8]>],
        part: impl Fn(usize) -> Option<String>,
    ) -> Option<String> {
        let mut text = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Literal(literal) => text.push_str(&String::from_utf8_lossy(literal)),
                Piece::Signature => text.push_str(signature),
                Piece::Part(position) => text.push_str(&part(*position)?),
                Piece::Constant(position) => {
                    text.push_str(&String::from_utf8_lossy(constants.get(*position)?));
                }
            }
        }
        Some(text)
    }
}

fn is_part(name: &str) -> bool {
    let is_inner =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-".contains(&byte);
    name.as_bytes().first().is_some_and(u8::is_ascii_lowercase) && name.bytes().all(is_inner)
}

/// A word with one blank behind it.
fn is_scheme(literal: &[u8]) -> bool {
    literal
        .strip_suffix(b" ")
        .is_some_and(|word| !word.is_empty() && word.iter().all(u8::is_ascii_alphabetic))
}

fn strip_scheme<'t>(text: &'t [u8], literal: &[u8]) -> Option<&'t [u8]> {
    let word = literal.strip_suffix(b" ")?;
    let (received, rest) = text.split_at_checked(word.len())?;
    let value = rest.trim_ascii_start();
    (received.eq_ignore_ascii_case(word) && value.len() < rest.len()).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> Result<Pattern, String> {
        let mut parts: Vec<String> = Vec::new();
        Pattern::parse(text, true, &mut |name| {
            let (PatternName::Part(name) | PatternName::Option(name)) = name;
            parts.push(name.to_owned());
            Ok(parts.len() - 1)
        })
    }

    fn apart(text: &str, received: &str) -> Option<Vec<(Option<usize>, String)>> {
        let constants = [b"mine".as_slice().into()];
        let mut found = Vec::new();
        pattern(text)
            .unwrap()
            .take_apart(received.as_bytes(), &constants, &mut |name, value| {
                found.push((name, String::from_utf8(value.to_vec()).unwrap()));
            })
            .then_some(found)
    }

    #[test]
    fn a_text_fits_to_its_end_or_not_at_all() {
        let signature = |text: &str| (None, text.to_owned());
        for (text, received, expected) in [
            ("{signature}", "abc=", Some(vec![signature("abc=")])),
            (
                "sha256={signature}",
                "sha256=ab",
                Some(vec![signature("ab")]),
            ),
            ("sha256={signature}", "sha1=ab", None),
            ("sha256={signature}", "sha256=", None),
            (
                "{t}.{signature}",
                "1.2",
                Some(vec![(Some(0), "1".to_owned()), signature("2")]),
            ),
            (
                "{t}.{signature}",
                "1.2.3",
                Some(vec![(Some(0), "1".to_owned()), signature("2.3")]),
            ),
            ("\"{signature}\"", "\"ab\"", Some(vec![signature("ab")])),
            ("\"{signature}\"", "\"ab\"x", None),
            (
                "{option:key}:{signature}",
                "mine:ab",
                Some(vec![signature("ab")]),
            ),
            ("{option:key}:{signature}", "yours:ab", None),
            (
                "Basic {signature}",
                "bASIC   ab",
                Some(vec![signature("ab")]),
            ),
            ("Basic {signature}", "Basicab", None),
        ] {
            assert_eq!(apart(text, received), expected, "{text} {received}");
        }
    }

    #[test]
    fn what_was_taken_apart_can_be_put_together() {
        let pattern = pattern("{option:key}:{t}.{signature}").unwrap();
        let constants = [b"mine".as_slice().into()];
        let text = pattern.put_together("ab", &constants, |_| Some("12".to_owned()));
        assert_eq!(text.as_deref(), Some("mine:12.ab"));
        assert_eq!(pattern.put_together("ab", &constants, |_| None), None);
    }

    #[test]
    fn mistakes_are_named() {
        for (text, expected) in [
            ("{signature}{t}", "between them"),
            ("{signature}.{signature}", "twice"),
            ("{signature", "never closed"),
            ("a}", "closing brace"),
            ("{T}", "no name"),
        ] {
            let error = pattern(text).unwrap_err();
            assert!(error.contains(expected), "{text}: {error}");
        }
    }
}
