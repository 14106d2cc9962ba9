use proptest::collection::vec;
use proptest::prelude::*;

use super::model::{Tree, pointer, tree};
use super::{Pointers, Value};

fn print(tree: &Tree, noise: &[u8]) -> String {
    let mut json = String::new();
    tree.print(&mut noise.iter().copied().cycle(), &mut json);
    json
}

fn compile(places: &[String]) -> Pointers {
    let places: Vec<_> = places.iter().map(String::as_str).collect();
    Pointers::new(&places).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn reading_follows_the_rules(
        tree in tree(),
        places in vec(pointer(), 1..5),
        noise in vec(0..12_u8, 16),
    ) {
        let body = print(&tree, &noise);
        let found = compile(&places).read(body.as_bytes()).unwrap();
        for (position, place) in places.iter().enumerate() {
            prop_assert_eq!(&found[position], &tree.at(place), "{} of {}", place, body);
        }
    }

    /// Each element is what it is when it is the only one.
    #[test]
    fn each_element_is_read_as_the_only_one(
        elements in vec(tree(), 0..4),
        place in vec(pointer().prop_filter("one `*`", |place| !place.contains('*')), 1..4),
        noise in vec(0..12_u8, 16),
    ) {
        let places: Vec<_> = place.iter().map(|place| format!("/list/*{place}")).collect();
        let list = |elements| {
            let list = Tree::List(elements);
            print(&Tree::Object(vec![("list".to_owned(), list)]), &noise)
        };
        let pointers = compile(&places);
        let mut shown = Vec::new();
        let body = list(elements.clone());
        let found = pointers.each(body.as_bytes(), |position, value| {
            shown.push((position, value.clone()));
        });
        let expected = if elements.is_empty() { Value::NoElement } else { Value::Elements };
        prop_assert_eq!(&found.unwrap()[0], &expected);
        prop_assert_eq!(shown.len(), elements.len() * places.len());
        for (element, shown) in elements.into_iter().zip(shown.chunks(places.len())) {
            let body = list(vec![element]);
            let alone = pointers.read(body.as_bytes()).unwrap();
            for (position, value) in shown {
                prop_assert_eq!(value, &alone[*position]);
            }
        }
    }

    /// What is cut off or changed is read or not, and nothing panics. What is read
    /// is JSON for everybody.
    #[test]
    fn broken_bodies_are_unreadable(
        tree in tree(),
        place in pointer(),
        noise in vec(0..12_u8, 16),
        at in any::<proptest::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let mut body = print(&tree, &noise).into_bytes();
        let at = at.index(body.len());
        let pointers = compile(&[place]);
        let cut = pointers.read(&body[..at]).is_ok();
        prop_assert!(!cut || serde_json::from_slice::<serde::de::IgnoredAny>(&body[..at]).is_ok());
        body[at] = byte;
        let changed = pointers.read(&body).is_ok();
        prop_assert!(!changed || serde_json::from_slice::<serde::de::IgnoredAny>(&body).is_ok());
    }
}
