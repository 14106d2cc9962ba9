//! The part of the public interface that is generated, as its analyzer lists it.

use super::class::{Class, Role};
use crate::typed_options::spelling::pascal_case;

pub(super) fn list(classes: &[Class<'_>]) -> String {
    let mut lines: Vec<String> = classes.iter().flat_map(of_class).collect();
    lines.sort();
    format!("#nullable enable\n{}\n", lines.join("\n"))
}

fn of_class(class: &Class<'_>) -> Vec<String> {
    let Class {
        namespace, name, ..
    } = class;
    let mut lines = Vec::new();
    // The hand-written part of the base class lists the class itself.
    if !matches!(class.role, Role::Common) {
        lines.push(format!("{namespace}.{name}"));
        lines.push(format!("{namespace}.{name}.{name}() -> void"));
    }
    if matches!(class.role, Role::TokenIssuer) {
        lines.push(format!(
            "static {namespace}.{name}.implicit operator Hookseal.VerifierOptions!\
             ({namespace}.{name}! typed) -> Hookseal.VerifierOptions!"
        ));
    }
    for property in &class.properties {
        let member = format!("{namespace}.{name}.{}", property.name);
        lines.push(format!(
            "{member}.get -> {}",
            property.listed_type(namespace)
        ));
        lines.push(format!("{member}.init -> void"));
    }
    for choice in &class.choices {
        let whole = format!("{namespace}.{}", choice.name);
        lines.push(whole.clone());
        for (number, value) in choice.values.iter().enumerate() {
            lines.push(format!(
                "{whole}.{} = {number} -> {whole}",
                pascal_case(value)
            ));
        }
    }
    lines
}
