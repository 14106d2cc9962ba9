//! Pointers that begin alike share their first steps.

/// Far longer than any provider's, and within what `serde_json` descends.
const MAX_STEPS: usize = 32;

/// What the set of names that were seen in an object holds.
pub(super) const MAX_POINTERS: usize = 64;

/// A value on the way to places, or at one.
#[derive(Debug, Default)]
pub(super) struct Node {
    /// What the member is called; nothing for elements and for the whole body.
    pub(super) name: String,
    /// The members that lead on, where the value is an object.
    pub(super) members: Vec<Self>,
    /// The elements, where the value is a list.
    pub(super) elements: Option<Box<Self>>,
    /// The positions of the pointers that end here.
    pub(super) places: Vec<usize>,
}

pub(super) fn compile(pointers: &[&str]) -> Result<Node, String> {
    if pointers.len() > MAX_POINTERS {
        return Err(format!("more than {MAX_POINTERS} places of a JSON body"));
    }
    let mut root = Node::default();
    for (place, pointer) in pointers.iter().enumerate() {
        let steps = steps(pointer)?;
        let end = steps.iter().fold(&mut root, |node, step| node.step(step));
        end.places.push(place);
    }
    Ok(root)
}

impl Node {
    fn step(&mut self, step: &Step) -> &mut Self {
        let name = match step {
            Step::Elements => return self.elements.get_or_insert_default(),
            Step::Member(name) => name,
        };
        let known = self.members.iter().position(|member| member.name == *name);
        let position = known.unwrap_or_else(|| {
            let name = name.clone();
            self.members.push(Self {
                name,
                ..Self::default()
            });
            self.members.len() - 1
        });
        &mut self.members[position]
    }

    /// Every place here and behind.
    pub(super) fn for_each_place(&self, visit: &mut impl FnMut(usize)) {
        self.places.iter().for_each(|place| visit(*place));
        let behind = self.members.iter().chain(self.elements.as_deref());
        behind.for_each(|node| node.for_each_place(visit));
    }
}

enum Step {
    Member(String),
    Elements,
}

fn steps(pointer: &str) -> Result<Vec<Step>, String> {
    let rejected = |what: &str| Err(format!("`{pointer}`: {what}"));
    let Some(("", steps)) = pointer.split_once('/') else {
        return rejected("a JSON pointer begins with `/`");
    };
    let steps: Option<Vec<_>> = steps.split('/').map(step).collect();
    let Some(steps) = steps else {
        return rejected("a step is printable ASCII without blanks, `'`, `{`, `|` and `}`");
    };
    if steps.len() > MAX_STEPS {
        return rejected("it has more steps than any body needs");
    }
    let is_position = |step: &Step| match step {
        Step::Member(name) => name.bytes().all(|byte| byte.is_ascii_digit()),
        Step::Elements => false,
    };
    let is_list = |step: &&Step| matches!(step, Step::Elements);
    let lists = steps.iter().filter(is_list).count();
    if steps.iter().any(is_position) || lists > 1 || steps.last().as_ref().is_some_and(is_list) {
        return rejected("no positions in lists; one `*` for a list's elements");
    }
    Ok(steps)
}

/// What a written step stands for; `None` where it has another form.
fn step(written: &str) -> Option<Step> {
    if written == "*" {
        return Some(Step::Elements);
    }
    let is_allowed = |byte: u8| byte.is_ascii_graphic() && !b"'{|}".contains(&byte);
    if written.is_empty() || !written.bytes().all(is_allowed) {
        return None;
    }
    let mut parts = written.split('~');
    let mut name = parts.next()?.to_owned();
    for part in parts {
        let (escaped, rest) = match part.as_bytes().first()? {
            b'0' => ('~', &part[1..]),
            b'1' => ('/', &part[1..]),
            _ => return None,
        };
        name.push(escaped);
        name.push_str(rest);
    }
    Some(Step::Member(name))
}
