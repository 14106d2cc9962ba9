//! Structured field values (RFC 9651, RFC 8941) in their one spelling: what a
//! serialiser writes is read, anything else is not.
//!
//! A signature holds fields as text, so a value with two spellings would be two
//! messages. Reading only one makes the text the value, and nothing has to be
//! written again. Keys that occur twice, of which the standard takes the last, are
//! not read either.

/// Longer than any sender's; bounds the work for a field.
const MAX_TEXT_BYTES: usize = 8192;
/// Of a dictionary.
const MAX_MEMBERS: usize = 32;
/// Of an inner list.
const MAX_ITEMS: usize = 64;
/// Of one value.
const MAX_PARAMETERS: usize = 16;
/// RFC 9651 section 3.3.1.
const MAX_DIGITS: usize = 15;

/// A dictionary: keys, each once, and values.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Dictionary<'t>(Vec<(&'t str, Value<'t>)>);

/// An item or an inner list, with its parameters.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Value<'t> {
    /// As it is written, parameters and all.
    pub(crate) text: &'t str,
    pub(crate) content: Content<'t>,
    pub(crate) parameters: Parameters<'t>,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Content<'t> {
    Item(Bare<'t>),
    List(Vec<Item<'t>>),
}

/// One item of an inner list.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Item<'t> {
    /// As it is written, parameters and all.
    pub(crate) text: &'t str,
    pub(crate) bare: Bare<'t>,
    pub(crate) parameters: Parameters<'t>,
}

/// A value without parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bare<'t> {
    /// Its digits, with a sign where it is negative.
    Integer(&'t str),
    /// What stands between the quotes, its escapes included.
    String(&'t str),
    /// The base64 between the colons. Whether it is any is for the decoder to say.
    Bytes(&'t str),
    Boolean(bool),
    /// Decimals, tokens, dates and display strings, which nothing here asks for.
    Other,
}

/// Parameters: keys, each once, and values.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Parameters<'t>(Vec<(&'t str, Bare<'t>)>);

impl<'t> Dictionary<'t> {
    /// Reads a field; `None` where it is not a dictionary in its one spelling. Blanks
    /// around commas may be any, since a proxy joins lines as it likes.
    pub(crate) fn parse(text: &'t [u8]) -> Option<Self> {
        if text.len() > MAX_TEXT_BYTES {
            return None;
        }
        let text = str::from_utf8(text).ok()?.trim_matches(is_blank);
        let mut reader = Reader { rest: text };
        let mut members: Vec<(&str, Value<'_>)> = Vec::new();
        while !reader.rest.is_empty() {
            if !members.is_empty() {
                reader.skip_blanks();
                reader.expect(b',')?;
                reader.skip_blanks();
            }
            let key = reader.key()?;
            let is_known = members.iter().any(|(known, _)| *known == key);
            if is_known || members.len() == MAX_MEMBERS {
                return None;
            }
            members.push((key, reader.member()?));
        }
        Some(Self(members))
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Value<'t>> {
        let mut members = self.0.iter();
        members
            .find(|(known, _)| *known == key)
            .map(|(_, value)| value)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&'t str, &Value<'t>)> {
        self.0.iter().map(|(key, value)| (*key, value))
    }

    /// The only member.
    pub(crate) fn only(&self) -> Option<(&'t str, &Value<'t>)> {
        match self.0.as_slice() {
            [(key, value)] => Some((key, value)),
            _ => None,
        }
    }
}

impl<'t> Parameters<'t> {
    pub(crate) fn get(&self, key: &str) -> Option<Bare<'t>> {
        let mut parameters = self.0.iter();
        parameters
            .find(|(known, _)| *known == key)
            .map(|(_, bare)| *bare)
    }

    pub(crate) fn as_slice(&self) -> &[(&'t str, Bare<'t>)] {
        &self.0
    }
}

/// Reads an inner list with its parameters, and nothing else.
pub(crate) fn inner_list(text: &str) -> Option<Value<'_>> {
    let mut reader = Reader { rest: text };
    let value = reader.value()?;
    let is_list = matches!(value.content, Content::List(_));
    (is_list && reader.rest.is_empty() && text.len() <= MAX_TEXT_BYTES).then_some(value)
}

const fn is_blank(character: char) -> bool {
    matches!(character, ' ' | '\t')
}

struct Reader<'t> {
    rest: &'t str,
}

impl<'t> Reader<'t> {
    fn peek(&self) -> Option<u8> {
        self.rest.bytes().next()
    }

    fn skip_blanks(&mut self) {
        self.rest = self.rest.trim_start_matches(is_blank);
    }

    fn expect(&mut self, byte: u8) -> Option<()> {
        self.rest = self.rest.strip_prefix(char::from(byte))?;
        Some(())
    }

    /// The bytes up to the first that does not fit, which are ASCII.
    fn take_while(&mut self, fits: impl Fn(u8) -> bool) -> &'t str {
        let end = self.rest.bytes().position(|byte| !fits(byte));
        let (taken, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        self.rest = rest;
        taken
    }

    fn key(&mut self) -> Option<&'t str> {
        let starts = |byte: u8| byte.is_ascii_lowercase() || byte == b'*';
        if !self.peek().is_some_and(starts) {
            return None;
        }
        Some(self.take_while(|byte| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-.*".contains(&byte)
        }))
    }

    /// What stands behind the key of a dictionary: `true` is written as nothing.
    fn member(&mut self) -> Option<Value<'t>> {
        if self.peek() != Some(b'=') {
            let start = self.rest;
            let parameters = self.parameters()?;
            return Some(Value {
                text: self.since(start),
                content: Content::Item(Bare::Boolean(true)),
                parameters,
            });
        }
        self.expect(b'=')?;
        let value = self.value()?;
        let is_true = matches!(value.content, Content::Item(Bare::Boolean(true)));
        (!is_true).then_some(value)
    }

    fn value(&mut self) -> Option<Value<'t>> {
        let start = self.rest;
        let content = match self.peek()? {
            b'(' => Content::List(self.items()?),
            _ => Content::Item(self.bare()?),
        };
        let parameters = self.parameters()?;
        Some(Value {
            text: self.since(start),
            content,
            parameters,
        })
    }

    fn items(&mut self) -> Option<Vec<Item<'t>>> {
        self.expect(b'(')?;
        let mut items = Vec::new();
        while self.peek()? != b')' {
            if !items.is_empty() {
                self.expect(b' ')?;
            }
            if items.len() == MAX_ITEMS {
                return None;
            }
            let start = self.rest;
            let bare = self.bare()?;
            let parameters = self.parameters()?;
            items.push(Item {
                text: self.since(start),
                bare,
                parameters,
            });
        }
        self.expect(b')')?;
        Some(items)
    }

    fn parameters(&mut self) -> Option<Parameters<'t>> {
        let mut parameters: Vec<(&str, Bare<'_>)> = Vec::new();
        while self.peek() == Some(b';') {
            self.expect(b';')?;
            let key = self.key()?;
            let is_known = parameters.iter().any(|(known, _)| *known == key);
            if is_known || parameters.len() == MAX_PARAMETERS {
                return None;
            }
            let bare = if self.peek() == Some(b'=') {
                self.expect(b'=')?;
                self.bare().filter(|bare| *bare != Bare::Boolean(true))?
            } else {
                Bare::Boolean(true)
            };
            parameters.push((key, bare));
        }
        Some(Parameters(parameters))
    }

    fn bare(&mut self) -> Option<Bare<'t>> {
        match self.peek()? {
            b'"' => self.string(),
            b':' => self.bytes(),
            b'?' => {
                self.expect(b'?')?;
                match self.take_while(|byte| matches!(byte, b'0' | b'1')) {
                    "0" => Some(Bare::Boolean(false)),
                    "1" => Some(Bare::Boolean(true)),
                    _ => None,
                }
            }
            b'-' | b'0'..=b'9' => self.number(),
            b'@' => {
                self.expect(b'@')?;
                match self.number()? {
                    Bare::Integer(_) => Some(Bare::Other),
                    _ => None,
                }
            }
            b'%' => self.display_string(),
            first if first.is_ascii_alphabetic() || first == b'*' => {
                self.take_while(|byte| {
                    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~:/".contains(&byte)
                });
                Some(Bare::Other)
            }
            _ => None,
        }
    }

    fn string(&mut self) -> Option<Bare<'t>> {
        self.expect(b'"')?;
        let start = self.rest;
        loop {
            self.take_while(|byte| matches!(byte, b' '..=b'~') && !b"\"\\".contains(&byte));
            match self.peek()? {
                b'"' => break,
                b'\\' => {
                    self.expect(b'\\')?;
                    let escaped = self.peek().filter(|byte| b"\"\\".contains(byte))?;
                    self.expect(escaped)?;
                }
                _ => return None,
            }
        }
        let text = self.since(start);
        self.expect(b'"')?;
        Some(Bare::String(text))
    }

    fn bytes(&mut self) -> Option<Bare<'t>> {
        self.expect(b':')?;
        let text = self.take_while(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte));
        self.expect(b':')?;
        Some(Bare::Bytes(text))
    }

    /// No leading zero, no negative zero, no zero at the end of a fraction.
    fn number(&mut self) -> Option<Bare<'t>> {
        let start = self.rest;
        let is_negative = self.expect(b'-').is_some();
        let digits = self.take_while(|byte| byte.is_ascii_digit());
        let is_canonical = digits == "0" || !digits.starts_with('0');
        if digits.is_empty() || digits.len() > MAX_DIGITS || !is_canonical {
            return None;
        }
        if self.expect(b'.').is_none() {
            let is_zero = is_negative && digits == "0";
            return (!is_zero).then(|| Bare::Integer(self.since(start)));
        }
        let fraction = self.take_while(|byte| byte.is_ascii_digit());
        let is_short = (1..=3).contains(&fraction.len()) && digits.len() <= 12;
        let is_zero = is_negative && digits == "0" && fraction == "0";
        let is_reduced = fraction == "0" || !fraction.ends_with('0');
        (is_short && is_reduced && !is_zero).then_some(Bare::Other)
    }

    fn display_string(&mut self) -> Option<Bare<'t>> {
        self.expect(b'%')?;
        self.expect(b'"')?;
        let text = self.take_while(|byte| matches!(byte, b' '..=b'~') && byte != b'"');
        self.expect(b'"')?;
        let mut bytes = Vec::with_capacity(text.len());
        let mut rest = text.as_bytes();
        while let [first, after @ ..] = rest {
            rest = after;
            let byte = match first {
                b'%' => {
                    let [high, low, after @ ..] = rest else {
                        return None;
                    };
                    rest = after;
                    let digit = |byte: u8| match byte {
                        b'0'..=b'9' => Some(byte - b'0'),
                        b'a'..=b'f' => Some(byte - b'a' + 10),
                        _ => None,
                    };
                    let byte = (digit(*high)? << 4) | digit(*low)?;
                    let is_needed = !matches!(byte, b' '..=b'~') || b"%\"".contains(&byte);
                    is_needed.then_some(byte)?
                }
                byte => *byte,
            };
            bytes.push(byte);
        }
        str::from_utf8(&bytes).ok().map(|_| Bare::Other)
    }

    fn since(&self, start: &'t str) -> &'t str {
        let length = start.len() - self.rest.len();
        start.get(..length).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dictionary(text: &str) -> Option<Dictionary<'_>> {
        Dictionary::parse(text.as_bytes())
    }

    #[test]
    fn a_dictionary_is_read_as_it_is_written() {
        let text = "sig1=(\"@method\" \"x\";key=\"a\");created=1618884473;alg=\"a\\\"b\";req ,\t b=:QQ==:, c;d=-5";
        let fields = dictionary(text).unwrap();
        assert_eq!(
            fields.iter().map(|(key, _)| key).collect::<Vec<_>>(),
            ["sig1", "b", "c"]
        );
        let list = fields.get("sig1").unwrap();
        assert_eq!(list.text, text[5..].split(" ,").next().unwrap());
        assert_eq!(inner_list(list.text).as_ref(), Some(list));
        let Content::List(items) = &list.content else {
            panic!("{list:?}");
        };
        assert_eq!(items[0].bare, Bare::String("@method"));
        assert_eq!(items[1].text, "\"x\";key=\"a\"");
        assert_eq!(items[1].parameters.get("key"), Some(Bare::String("a")));
        let parameters = &list.parameters;
        assert_eq!(parameters.get("created"), Some(Bare::Integer("1618884473")));
        assert_eq!(parameters.get("alg"), Some(Bare::String("a\\\"b")));
        assert_eq!(parameters.get("req"), Some(Bare::Boolean(true)));
        assert_eq!(
            fields.get("b").unwrap().content,
            Content::Item(Bare::Bytes("QQ=="))
        );
        assert_eq!(
            fields.get("c").unwrap().parameters.get("d"),
            Some(Bare::Integer("-5"))
        );
        assert!(fields.only().is_none() && fields.get("d").is_none());
        assert_eq!(dictionary("").unwrap().iter().count(), 0);
    }

    #[test]
    fn what_has_another_spelling_is_not_read() {
        for text in [
            "a=1, a=2",
            "A=1",
            "a=1,",
            ",a=1",
            "a=1;b=2;b=2",
            "a=01",
            "a=-0",
            "a=+1",
            "a=1.",
            "a=1.50",
            "a=1.2345",
            "a=1234567890123456",
            "a=?1",
            "a=?2",
            "a=1;b=?1",
            "a=\"b",
            "a=\"\u{e4}\"",
            "a=\"\\n\"",
            "a=:Q",
            "a=:Q Q:",
            "a=( \"b\")",
            "a=(\"b\" )",
            "a=(\"b\"  \"c\")",
            "a=(\"b\"\t\"c\")",
            "a=(\"b\"",
            "a=\"b\"c",
            "a=1 ;b",
            "a=1; b",
            "a =1",
            "a= 1",
            "a=1 b=2",
            "a=(\"b\",\"c\")",
            "a=((\"b\"))",
            "a=@1.5",
            "a=%\"%C3\"",
            "a=%\"%c3\"",
            "a=%\"%41\"",
            "a=",
            "=1",
            "a=\"b\nc\"",
        ] {
            assert_eq!(dictionary(text), None, "{text}");
        }
        for text in [
            "a=-999999999999999",
            "a=0",
            "a=1.5",
            "a=-0.5",
            "a=1.0",
            "a=tok/en:x",
            "a=*",
            "a=@1659578233",
            "a=%\"f%c3%bc%25\"",
            "a=()",
            "a=:QQ:",
            "a=?0",
            "a;b=?0",
            "  a=1\t",
            "a=1,b=2",
        ] {
            assert!(dictionary(text).is_some(), "{text}");
        }
    }

    #[test]
    fn work_has_bounds() {
        let listed = |count: usize| format!("a=({})", vec!["\"x\""; count].join(" "));
        assert!(dictionary(&listed(MAX_ITEMS)).is_some());
        assert!(dictionary(&listed(MAX_ITEMS + 1)).is_none());
        let members = |count: usize| {
            let members: Vec<String> = (0..count).map(|index| format!("a{index}=1")).collect();
            members.join(",")
        };
        assert!(dictionary(&members(MAX_MEMBERS)).is_some());
        assert!(dictionary(&members(MAX_MEMBERS + 1)).is_none());
        let long = format!("a=\"{}\"", "b".repeat(MAX_TEXT_BYTES));
        assert!(dictionary(&long).is_none());
        assert!(inner_list(&listed(MAX_ITEMS + 1)).is_none());
        assert!(inner_list("(\"a\");b, c").is_none() && inner_list("\"a\"").is_none());
    }
}
