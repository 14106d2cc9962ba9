//! Headers that occur more than once, where a framework joins them.

/// Frameworks that show an application repeated headers as one, with commas in
/// between: WSGI has one value for each name.
pub(super) const FRAMEWORKS: [&str; 1] = ["flask"];

/// The headers as such a framework shows them; `None` where none is repeated.
pub(super) fn headers(headers: &[(String, String)]) -> Option<Vec<(String, String)>> {
    let mut joined: Vec<(String, String)> = Vec::new();
    for (name, value) in headers {
        let earlier = joined
            .iter_mut()
            .find(|(known, _)| known.eq_ignore_ascii_case(name));
        match earlier {
            Some((_, values)) => *values = format!("{values},{value}"),
            None => joined.push((name.clone(), value.clone())),
        }
    }
    (joined.len() < headers.len()).then_some(joined)
}

#[cfg(test)]
mod tests {
    use super::headers;

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        let owned = |&(name, value): &(&str, &str)| (name.to_owned(), value.to_owned());
        pairs.iter().map(owned).collect()
    }

    #[test]
    fn values_of_one_name_are_joined_in_order() {
        let given = pairs(&[("A", "1"), ("b", "2"), ("a", "3"), ("A", "1")]);
        assert_eq!(headers(&given), Some(pairs(&[("A", "1,3,1"), ("b", "2")])));
        assert_eq!(headers(&pairs(&[("A", "1"), ("b", "1")])), None);
    }
}
