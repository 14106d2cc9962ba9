//! The builders: one a scheme, and the classes that they extend.

use std::collections::BTreeSet;

use super::super::Source;
use super::GENERATED;
use super::javadoc::{Javadoc, html};
use super::methods::{Owner, methods, own_type};
use super::names::quoted;
use crate::catalogue::{OptionSpec, Scheme};
use crate::typed_options::spelling::pascal_case;

/// The types that option methods may take, each with its package.
const IMPORTS: [(&str, &str); 5] = [
    ("Duration ", "java.time.Duration"),
    ("Collection<", "java.util.Collection"),
    ("List.", "java.util.List"),
    ("Map<", "java.util.Map"),
    ("Consumer<", "java.util.function.Consumer"),
];

/// The options that every scheme takes.
pub(super) fn common(source: &Source) -> String {
    let doc = Javadoc::new("Options that every scheme takes.").tag(BUILDER_TAG);
    let head = "public abstract class CommonOptions<B extends CommonOptions<B>> \
                extends VerifierBuilder<B> {\n  CommonOptions(byte[] scheme) {\n    \
                super(scheme);\n  }\n\n  /**\n   * Begins a builder.\n   *\n   \
                * @param scheme the id of a scheme\n   */\n  \
                protected CommonOptions(String scheme) {\n    super(scheme);\n  }\n";
    class(
        "io.hookseal",
        &doc,
        head,
        &base_methods(&of_all(source), source),
    )
}

/// Those and the others that are common: what a builder of any scheme has.
pub(super) fn verifier(source: &Source) -> String {
    let doc = Javadoc::new(
        "The common options of any scheme, also those that do nothing for some of them: these are \
         rejected when the verifier is made.",
    )
    .tag(BUILDER_TAG);
    let head = "public abstract class VerifierOptions<B extends VerifierOptions<B>> \
                extends CommonOptions<B> {\n  VerifierOptions(byte[] scheme) {\n    \
                super(scheme);\n  }\n";
    let names = names_of_all(source);
    let others = source.common.iter().filter(|it| !names.contains(&it.name));
    let others: Vec<OptionSpec> = others.cloned().collect();
    class("io.hookseal", &doc, head, &base_methods(&others, source))
}

/// The options of a token issuer.
pub(super) fn token_issuer(source: &Source) -> String {
    let doc = Javadoc::new("The options of a {@link TokenIssuer}.").tag(BUILDER_TAG);
    let head = "public abstract class TokenIssuerOptions<B extends TokenIssuerOptions<B>>\n    \
                extends OptionsBuilder<B> {\n  TokenIssuerOptions() {}\n";
    let owner = Owner {
        returns: "B",
        modifiers: "public final",
        indent: 2,
        beside: &source.token_issuer,
    };
    class(
        "io.hookseal",
        &doc,
        head,
        &members(&source.token_issuer, &owner),
    )
}

/// The builder of one scheme.
pub(super) fn scheme(source: &Source, scheme: &Scheme) -> String {
    let name = pascal_case(&scheme.id);
    let doc = Javadoc::new(format!(
        "{}: a verifier with the options of the scheme {{@code {}}}.",
        html(&scheme.title),
        scheme.id
    ))
    .tag(format!(
        "@see <a href={}>Documentation of the provider</a>",
        quoted(&html(&scheme.docs))
    ));
    let begins = Javadoc::new("Begins a verifier.")
        .tag("@return a builder without options")
        .at(2);
    let head = format!(
        "public final class {name} extends CommonOptions<{name}> {{\n  private {name}() {{\n    \
         super({});\n  }}\n\n{begins}  public static {name} verifier() {{\n    \
         return new {name}();\n  }}\n",
        quoted(&scheme.id)
    );
    let owner = Owner {
        returns: &name,
        modifiers: "public",
        indent: 2,
        beside: &scheme.options,
    };
    let own = own_options(source, scheme);
    class("io.hookseal.providers", &doc, &head, &members(&own, &owner))
}

/// What a scheme takes beside what every scheme takes.
pub(super) fn own_options(source: &Source, scheme: &Scheme) -> Vec<OptionSpec> {
    let names = names_of_all(source);
    let own = scheme.options.iter().filter(|it| !names.contains(&it.name));
    own.cloned().collect()
}

/// The common options that no scheme is without.
pub(super) fn of_all(source: &Source) -> Vec<OptionSpec> {
    let names = names_of_all(source);
    let all = source.common.iter().filter(|it| names.contains(&it.name));
    all.cloned().collect()
}

const BUILDER_TAG: &str = "@param <B> the builder itself";

fn names_of_all(source: &Source) -> BTreeSet<String> {
    let is_everywhere = |option: &&OptionSpec| {
        let has = |scheme: &Scheme| scheme.options.iter().any(|it| it.name == option.name);
        source.schemes.iter().all(has)
    };
    let all = source.common.iter().filter(is_everywhere);
    all.map(|option| option.name.clone()).collect()
}

fn base_methods(options: &[OptionSpec], source: &Source) -> String {
    let owner = Owner {
        returns: "B",
        modifiers: "public final",
        indent: 2,
        beside: &source.common,
    };
    members(options, &owner)
}

fn members(options: &[OptionSpec], owner: &Owner<'_>) -> String {
    let methods: String = options.iter().map(|it| methods(it, owner)).collect();
    let types = options.iter().filter_map(|it| own_type(it, owner.indent));
    methods + &types.collect::<String>()
}

fn class(package: &str, doc: &Javadoc, head: &str, members: &str) -> String {
    let mut imports: Vec<&str> = IMPORTS
        .iter()
        .filter(|(used, _)| members.contains(used))
        .map(|(_, import)| *import)
        .collect();
    if package != "io.hookseal" {
        imports.insert(0, "io.hookseal.CommonOptions");
        if members.contains("OptionSet<") {
            imports.insert(1, "io.hookseal.OptionSet");
        }
    }
    let mut imports: String = imports
        .iter()
        .map(|import| format!("import {import};\n"))
        .collect();
    if !imports.is_empty() {
        imports.push('\n');
    }
    let doc = doc.at(0);
    format!("{GENERATED}package {package};\n\n{imports}{doc}{head}{members}}}\n")
}
