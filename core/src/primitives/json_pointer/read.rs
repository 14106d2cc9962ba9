//! One pass over a body along the named places.

use core::fmt;
use std::borrow::Cow;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::fold::is_spelling;
use super::tree::{MAX_POINTERS, Node};
use super::{Found, Pointers, Unreadable, Value};
use crate::primitives::json::nests_at_most;

/// As many levels as `serde_json` descends. What it passes over it would follow
/// further, and keep a mark for each level.
const MAX_DEPTH: usize = 128;

/// Shown each value of an element, with the position of its pointer.
pub(super) type Visit<'v, 'b> = &'v mut dyn FnMut(usize, &Value<'b>);

pub(super) fn read<'b>(
    pointers: &Pointers,
    body: &'b [u8],
    visit: Option<Visit<'_, 'b>>,
) -> Result<Found<'b>, Unreadable> {
    // serde_json does not look at the bytes of texts that it passes over.
    let text = str::from_utf8(body).map_err(|_| Unreadable)?;
    if !nests_at_most(body, MAX_DEPTH) {
        return Err(Unreadable);
    }
    let mut reading = Reading {
        values: vec![Value::Absent; pointers.count],
        visit,
    };
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let root = At {
        node: &pointers.root,
        reading: &mut reading,
    };
    root.deserialize(&mut deserializer)
        .and_then(|()| deserializer.end())
        .map_err(|_| Unreadable)?;
    Ok(Found(reading.values))
}

/// What was found so far.
struct Reading<'v, 'b> {
    values: Vec<Value<'b>>,
    visit: Option<Visit<'v, 'b>>,
}

impl<'b> Reading<'_, 'b> {
    /// Says the same of all places at a node and behind it.
    fn set_all(&mut self, node: &Node, value: &Value<'b>) {
        node.for_each_place(&mut |place| self.values[place] = value.clone());
    }

    fn show(&mut self, element: &Node) {
        let (values, Some(visit)) = (&self.values, &mut self.visit) else {
            return;
        };
        element.for_each_place(&mut |place| visit(place, &values[place]));
    }
}

/// Reads the value at a node.
struct At<'r, 'v, 'b> {
    node: &'r Node,
    reading: &'r mut Reading<'v, 'b>,
}

impl<'v, 'b> At<'_, 'v, 'b> {
    fn next<'s>(&'s mut self, node: &'s Node) -> At<'s, 'v, 'b> {
        At {
            node,
            reading: self.reading,
        }
    }

    /// Takes a value that is no list.
    fn take(&mut self, value: Value<'b>) {
        if let Some(elements) = &self.node.elements {
            self.reading.set_all(elements, &Value::NotAList);
        }
        self.set(value);
    }

    fn set(&mut self, value: Value<'b>) {
        if let Some((last, others)) = self.node.places.split_last() {
            for place in others {
                self.reading.values[*place] = value.clone();
            }
            self.reading.values[*last] = value;
        }
    }

    /// Reads the only element of a list. Passes over the others.
    fn read_one<A: SeqAccess<'b>>(&mut self, element: &Node, list: &mut A) -> Result<(), A::Error> {
        if list.next_element_seed(self.next(element))?.is_none() {
            self.reading.set_all(element, &Value::NoElement);
        } else if list.next_element::<IgnoredAny>()?.is_some() {
            self.reading.set_all(element, &Value::Elements);
        }
        Ok(())
    }

    /// Reads and shows every element of a list.
    fn read_each<A: SeqAccess<'b>>(
        &mut self,
        element: &Node,
        list: &mut A,
    ) -> Result<(), A::Error> {
        let mut found = Value::NoElement;
        while list.next_element_seed(self.next(element))?.is_some() {
            self.reading.show(element);
            self.reading.set_all(element, &Value::Absent);
            found = Value::Elements;
        }
        self.reading.set_all(element, &found);
        Ok(())
    }
}

impl<'b> DeserializeSeed<'b> for At<'_, '_, 'b> {
    type Value = ();

    fn deserialize<D: Deserializer<'b>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'b> Visitor<'b> for At<'_, '_, 'b> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(mut self, value: bool) -> Result<(), E> {
        self.take(Value::Boolean(value));
        Ok(())
    }

    fn visit_i64<E>(mut self, value: i64) -> Result<(), E> {
        self.take(Value::number(value));
        Ok(())
    }

    fn visit_u64<E>(mut self, value: u64) -> Result<(), E> {
        self.take(Value::number(value));
        Ok(())
    }

    /// A fraction, an exponent, or more digits than count.
    fn visit_f64<E>(mut self, _: f64) -> Result<(), E> {
        self.take(Value::Other);
        Ok(())
    }

    fn visit_borrowed_str<E>(mut self, value: &'b str) -> Result<(), E> {
        self.take(Value::Text(Cow::Borrowed(value)));
        Ok(())
    }

    fn visit_str<E>(mut self, value: &str) -> Result<(), E> {
        // Not copied where only something behind it is named.
        let is_named = !self.node.places.is_empty();
        self.take(match is_named {
            true => Value::Text(Cow::Owned(value.to_owned())),
            false => Value::Other,
        });
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'b>>(mut self, mut list: A) -> Result<(), A::Error> {
        self.set(Value::Other);
        if let Some(element) = &self.node.elements {
            match self.reading.visit {
                Some(_) => self.read_each(element, &mut list)?,
                None => self.read_one(element, &mut list)?,
            }
        }
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'b>>(mut self, mut object: A) -> Result<(), A::Error> {
        self.take(Value::Other);
        let members = &self.node.members;
        let mut seen = Seen::default();
        while let Some(name) = object.next_key::<&RawValue>()? {
            let name = Named::find(name.get(), members);
            let repeated = seen.add(name.spellings);
            for (position, member) in members.iter().enumerate() {
                if repeated.has(position) {
                    self.reading.set_all(member, &Value::Ambiguous);
                }
            }
            match name.exact.filter(|position| !repeated.has(*position)) {
                Some(position) => object.next_value_seed(self.next(&members[position]))?,
                None => drop(object.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }
}

/// Which of the named members of an object have been there, in any spelling.
#[derive(Clone, Copy, Default)]
struct Seen(u64);

const _: () = assert!(MAX_POINTERS <= u64::BITS as usize);

impl Seen {
    const fn has(self, position: usize) -> bool {
        self.0 & (1 << position) != 0
    }

    /// Adds others, and tells which of them are there for the second time.
    const fn add(&mut self, others: Self) -> Self {
        let repeated = Self(self.0 & others.0);
        self.0 |= others.0;
        repeated
    }
}

/// Which of the named members a name is, and of which it is a spelling.
#[derive(Default)]
struct Named {
    exact: Option<usize>,
    spellings: Seen,
}

impl Named {
    /// Of a name as it stands in the body, in quotes. It is not decoded if it is
    /// longer than any spelling of a member: so no name takes memory.
    fn find(quoted: &str, members: &[Node]) -> Self {
        let inner = &quoted[1..quoted.len() - 1];
        if !inner.contains('\\') {
            return Self::of(inner.as_bytes(), members);
        }
        let longest = members.iter().map(|member| member.name.len()).max();
        if inner.len() > "\\u0000".len() * longest.unwrap_or(0) {
            return Self::default();
        }
        let mut deserializer = serde_json::Deserializer::from_str(quoted);
        let name = Name { members };
        // As bytes: those of a lone surrogate are no text, and stand in nobody's way.
        let named = deserializer.deserialize_bytes(name);
        named.unwrap_or_default()
    }

    fn of(written: &[u8], members: &[Node]) -> Self {
        let mut named = Self::default();
        for (position, member) in members.iter().enumerate() {
            if is_spelling(written, &member.name) {
                named.spellings.0 |= 1 << position;
                if written == member.name.as_bytes() {
                    named.exact = Some(position);
                }
            }
        }
        named
    }
}

/// Reads a name that holds escapes.
struct Name<'n> {
    members: &'n [Node],
}

impl Visitor<'_> for Name<'_> {
    type Value = Named;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a member")
    }

    fn visit_bytes<E>(self, written: &[u8]) -> Result<Named, E> {
        Ok(Named::of(written, self.members))
    }
}
