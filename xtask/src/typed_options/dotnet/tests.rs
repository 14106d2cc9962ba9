use super::*;
use crate::catalogue::{Kind, OptionSpec, Range};

/// The last two are required.
const KINDS: [Kind; 17] = [
    Kind::Secret,
    Kind::PublicKey,
    Kind::OneSecret,
    Kind::Text,
    Kind::TextOrBytes,
    Kind::Texts,
    Kind::Choice,
    Kind::Choices,
    Kind::Switch,
    Kind::Seconds,
    Kind::Size,
    Kind::Rate,
    Kind::KeySet,
    Kind::Claims,
    Kind::Group,
    Kind::Text,
    Kind::Choice,
];

fn option(position: usize, kind: Kind) -> OptionSpec {
    let is_choice = matches!(kind, Kind::Choice | Kind::Choices);
    OptionSpec {
        name: format!("added_{position}"),
        kind,
        required: (15..KINDS.len()).contains(&position),
        secret: false,
        common: false,
        help: format!("what added_{} is not & never < 1", position.max(1) - 1),
        default: None,
        range: (kind == Kind::Seconds).then_some(Range {
            min: 1,
            max: Some(9),
        }),
        values: if is_choice {
            vec!["one-way".to_owned()]
        } else {
            Vec::new()
        },
        members: if kind == Kind::Group {
            vec![option(90, Kind::Switch)]
        } else {
            Vec::new()
        },
        needs: Vec::new(),
        excludes: Vec::new(),
    }
}

fn text<'f>(files: &'f [(String, String)], name: &str) -> &'f str {
    let file = files.iter().find(|(path, _)| path.ends_with(name));
    &file.unwrap_or_else(|| panic!("no {name}")).1
}

#[test]
fn an_option_of_each_kind_and_a_scheme_that_are_added_are_everywhere() {
    let mut source = Source::of_catalogue().unwrap();
    let mut scheme = source.schemes[0].clone();
    scheme.id = "acme-v9".to_owned();
    let added = KINDS.iter().enumerate();
    scheme.options = added
        .map(|(position, kind)| option(position, *kind))
        .collect();
    let common = source.schemes[0].options.iter().filter(|it| it.common);
    scheme.options.extend(common.cloned());
    source.schemes.push(scheme);
    let files = texts(&source);

    let class = text(&files, "Providers/AcmeV9Options.cs");
    assert!(class.starts_with(MARK));
    let listed = text(&files, "PublicAPI.Unshipped.Options.txt");
    let example = text(&files, "EveryOption.cs");
    assert!(class.contains("base(\"acme-v9\")"));
    assert!(example.contains("new AcmeV9Options\n"));
    for position in 0..KINDS.len() {
        assert!(class.contains(&format!(" Added{position} {{ get; init")));
        assert!(class.contains(&format!("\"added_{position}\"")));
        assert!(listed.contains(&format!(".AcmeV9Options.Added{position}.get -> ")));
        assert!(example.contains(&format!("Added{position} = ")));
    }
    for expected in [
        "public required string Added15 { get; init; }",
        "options[\"added_15\"] = TypedValue.Of(Added15);",
        "public required AcmeV9Added16 Added16 { get; init; }",
        "options[\"added_16\"] = TypedValue.Of(Added16.ToText());",
        "options.Add(\"added_0\", TypedValue.Of(Added0));",
        "What <see cref=\"Added3\"/> is not &amp; never &lt; 1.",
        "From 1 to 9 seconds.",
        "AcmeV9Added6.OneWay => \"one-way\",",
        "public AcmeV9Added14Options? Added14 { get; init => field",
        "public bool? Added90 { get; init => field",
    ] {
        assert!(class.contains(expected), "{expected} is not in\n{class}");
    }
}

#[test]
fn a_common_option_that_is_added_is_in_the_base_class() {
    let mut source = Source::of_catalogue().unwrap();
    let mut added = option(40, Kind::Switch);
    added.common = true;
    source.common.push(added.clone());
    for scheme in &mut source.schemes {
        scheme.options.push(added.clone());
    }
    let files = texts(&source);
    assert!(text(&files, "SchemeOptions.Common.cs").contains("bool? Added40 {"));
    let elsewhere = files
        .iter()
        .filter(|(path, _)| path.contains("Providers/"))
        .filter(|(_, text)| text.contains("Added40"));
    assert_eq!(elsewhere.count(), 0);
}

#[test]
fn the_same_source_gives_the_same_files() {
    assert_eq!(
        texts(&Source::of_catalogue().unwrap()),
        texts(&Source::of_catalogue().unwrap())
    );
}
