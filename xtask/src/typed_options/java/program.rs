//! A program that uses every typed option in every form: it compiles, and a test
//! compares what it sets with what the native library knows.

use super::super::Source;
use super::GENERATED;
use super::builders::{of_all, own_options};
use super::methods::{forms, method_name};
use super::names::quoted;
use crate::catalogue::{Kind, OptionSpec};
use crate::typed_options::spelling::{camel_case, pascal_case};

pub(super) fn text(source: &Source) -> String {
    let mut imports: Vec<String> = source
        .schemes
        .iter()
        .map(|scheme| format!("io.hookseal.providers.{}", pascal_case(&scheme.id)))
        .collect();
    let java = [
        "time.Duration",
        "util.LinkedHashMap",
        "util.List",
        "util.Map",
    ];
    imports.extend(java.map(|name| format!("java.{name}")));
    imports.sort();
    let imports: String = imports
        .iter()
        .map(|import| format!("import {import};\n"))
        .collect();

    let common = of_all(source);
    let puts = source.schemes.iter().map(|scheme| {
        let name = pascal_case(&scheme.id);
        format!(
            "    all.put({}, {}());\n",
            quoted(&scheme.id),
            camel_case(&name_of_method(&name))
        )
    });
    let puts: String = puts.collect();
    let methods = source.schemes.iter().map(|scheme| {
        let class = pascal_case(&scheme.id);
        let mut options = own_options(source, scheme);
        options.extend(common.iter().cloned());
        let calls = calls(&options, &class, 8);
        format!(
            "\n  static {class} {}() {{\n    return {class}.verifier(){calls};\n  }}\n",
            camel_case(&name_of_method(&class))
        )
    });
    let methods: String = methods.collect();
    let issuer = calls(&source.token_issuer, "TokenIssuerOptions", 8);
    format!(
        "{GENERATED}package io.hookseal;\n\n{imports}\n\
         /** Uses every typed option, in every form that it has. */\n\
         final class EveryTypedOption {{\n  private EveryTypedOption() {{}}\n\n  \
         /** A builder of each scheme, by its id. */\n  \
         static Map<String, CommonOptions<?>> verifiers() {{\n    \
         Map<String, CommonOptions<?>> all = new LinkedHashMap<>();\n{puts}    \
         return all;\n  }}\n\n  static TokenIssuer.Builder tokenIssuer() {{\n    \
         return TokenIssuer.builder(){issuer};\n  }}\n{methods}}}\n"
    )
}

fn name_of_method(class: &str) -> String {
    format!("with_{class}")
}

fn calls(options: &[OptionSpec], class: &str, indent: usize) -> String {
    let calls = options.iter().flat_map(|option| {
        let forms = forms(option, class);
        let calls = forms.into_iter().map(|form| {
            let method = method_name(option, &form);
            let argument = match option.kind {
                Kind::Group => group(option, class, indent),
                _ => form.example,
            };
            format!("\n{}.{method}({argument})", " ".repeat(indent))
        });
        calls.collect::<Vec<_>>()
    });
    calls.collect()
}

fn group(option: &OptionSpec, class: &str, indent: usize) -> String {
    let inner = format!("{class}.{}", pascal_case(&option.name));
    let calls = calls(&option.members, &inner, indent + 12);
    format!("\n{0}group ->\n{0}    group{calls}", " ".repeat(indent + 4))
}
