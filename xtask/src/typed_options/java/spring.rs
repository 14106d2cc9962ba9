//! What Spring Boot is told about options: properties that it binds, and metadata
//! that editors show.

use std::collections::BTreeMap;

use anyhow::Result;
use serde_json::{Value, json};

use super::super::Source;
use super::GENERATED;
use super::javadoc::{Javadoc, html, range, sentence, with_names};
use super::names::{kebab, quoted};
use crate::catalogue::{Kind, OptionSpec, Scheme};
use crate::typed_options::spelling::{camel_case, pascal_case};

/// Any webhook, in the name of a property.
const WEBHOOK: &str = "hookseal.webhook.*";

/// The properties that stand beside `options`: those of the common options.
pub(super) fn properties(source: &Source) -> String {
    let properties: Vec<Property<'_>> = source.common.iter().map(Property::of).collect();
    let uses = |class: &str| properties.iter().any(|it| it.class.starts_with(class));
    let imports = [
        ("Duration", "java.time.Duration"),
        ("Duration", "java.time.temporal.ChronoUnit"),
        ("", "java.util.Collections"),
        ("", "java.util.LinkedHashMap"),
        ("List", "java.util.List"),
        ("", "java.util.Map"),
        ("Duration", "org.springframework.boot.convert.DurationUnit"),
        ("DataSize", "org.springframework.util.unit.DataSize"),
    ];
    let imports = imports.iter().filter(|(class, _)| uses(class));
    let imports: String = imports
        .map(|(_, import)| format!("import {import};\n"))
        .collect();
    let fields: String = properties.iter().map(|it| it.field(source)).collect();
    let accessors: String = properties.iter().map(|it| it.accessors(source)).collect();
    let names = properties.iter().map(|it| {
        let (option, property) = (quoted(&it.option.name), quoted(&it.property()));
        format!("    names.put({option}, {property});\n")
    });
    let lists = properties.iter().filter(|it| it.class.starts_with("List"));
    let lists = lists.map(|it| quoted(&it.property()));
    let values = properties.iter().map(|it| {
        let field = camel_case(&it.name);
        let value = match it.option.kind {
            Kind::Size => format!("{field} == null ? null : {field}.toBytes()"),
            _ => field,
        };
        format!("    values.put({}, {value});\n", quoted(&it.option.name))
    });
    let doc = Javadoc::new("The properties of a webhook that are options of every scheme.").at(0);
    format!(
        "{GENERATED}package io.hookseal.spring;\n\n{imports}\n{doc}\
         public abstract class CommonProperties {{\n\
         {fields}  CommonProperties() {{}}\n{accessors}\n  \
         /** By name of an option its property. */\n  \
         static Map<String, String> names() {{\n    \
         Map<String, String> names = new LinkedHashMap<>();\n{}    return names;\n  }}\n\n  \
         /** The properties that are lists. */\n  \
         static List<String> lists() {{\n    return List.of({});\n  }}\n\n  \
         /** What is set, by name of the option. */\n  \
         final Map<String, Object> values() {{\n    \
         Map<String, Object> values = new LinkedHashMap<>();\n{}    \
         values.values().removeAll(Collections.singleton(null));\n    return values;\n  }}\n}}\n",
        names.collect::<String>(),
        lists.collect::<Vec<_>>().join(", "),
        values.collect::<String>(),
    )
}

struct Property<'o> {
    option: &'o OptionSpec,
    /// In `snake_case`.
    name: String,
    class: &'static str,
}

impl<'o> Property<'o> {
    /// A size has a unit in Spring, so none stands in its name.
    fn of(option: &'o OptionSpec) -> Self {
        let (name, class) = match option.kind {
            Kind::Size => (option.name.replace("_bytes", "_size"), "DataSize"),
            Kind::Seconds => (option.name.clone(), "Duration"),
            Kind::Switch => (option.name.clone(), "Boolean"),
            Kind::Texts | Kind::Choices => (option.name.clone(), "List<String>"),
            _ => (option.name.clone(), "String"),
        };
        Self {
            option,
            name,
            class,
        }
    }

    fn property(&self) -> String {
        kebab(&self.name)
    }

    fn field(&self, source: &Source) -> String {
        let doc = Javadoc::new(html(&described(self.option, &source.common))).at(2);
        let unit = match self.class {
            "Duration" => "  @DurationUnit(ChronoUnit.SECONDS)\n",
            _ => "",
        };
        let field = camel_case(&self.name);
        format!("{doc}{unit}  private {} {field};\n\n", self.class)
    }

    fn accessors(&self, source: &Source) -> String {
        let Self { class, .. } = self;
        let (field, name) = (camel_case(&self.name), pascal_case(&self.name));
        let about = html(&described(self.option, &source.common));
        let get = Javadoc::new(about.clone())
            .tag("@return null where it is not set")
            .at(2);
        let unit = match *class {
            "DataSize" => "bytes where it has no unit",
            "Duration" => "seconds where it has no unit",
            _ => "null for what counts otherwise",
        };
        let set = Javadoc::new(about)
            .tag(format!("@param {field} {unit}"))
            .at(2);
        format!(
            "\n{get}  public {class} get{name}() {{\n    return {field};\n  }}\n\n\
             {set}  public void set{name}({class} {field}) {{\n    this.{field} = {field};\n  }}\n"
        )
    }
}

/// As text, since editors show it as it stands.
fn described(option: &OptionSpec, beside: &[OptionSpec]) -> String {
    let mut text = sentence(&option.help);
    if let Some(range) = range(option) {
        text += &format!(" {}", sentence(&range));
    }
    with_names(&text, beside, kebab)
}

/// `additional-spring-configuration-metadata.json`. An option that several schemes
/// have is described once for each text that they have about it.
pub(super) fn metadata(source: &Source) -> Result<String> {
    let mut options: BTreeMap<String, Entry> = BTreeMap::new();
    for scheme in &source.schemes {
        for option in scheme.options.iter().filter(|option| !option.common) {
            collect(&mut options, "", option, scheme);
        }
    }
    let properties: Vec<Value> = options
        .iter()
        .map(|(name, entry)| entry.property(name))
        .collect();
    let schemes: Vec<Value> = source
        .schemes
        .iter()
        .map(|scheme| json!({"value": scheme.id, "description": format!("{}.", scheme.title)}))
        .collect();
    let any = json!([{"name": "any"}]);
    let mut hints =
        vec![json!({"name": format!("{WEBHOOK}.scheme"), "values": schemes, "providers": any})];
    hints.extend(options.iter().filter_map(|(name, entry)| entry.hint(name)));
    let metadata = json!({"properties": properties, "hints": hints});
    Ok(serde_json::to_string_pretty(&metadata)? + "\n")
}

/// One option of several schemes.
struct Entry {
    option: OptionSpec,
    /// Those that its texts may name.
    beside: Vec<OptionSpec>,
    /// What is said about it, and by which schemes; these are told where texts differ.
    texts: Vec<(String, Vec<String>)>,
    values: Vec<String>,
}

fn collect(
    options: &mut BTreeMap<String, Entry>,
    prefix: &str,
    option: &OptionSpec,
    scheme: &Scheme,
) {
    let name = format!("{prefix}{}", kebab(&option.name));
    for member in &option.members {
        collect(options, &format!("{name}."), member, scheme);
    }
    let entry = options.entry(name).or_insert_with(|| Entry {
        option: option.clone(),
        beside: Vec::new(),
        texts: Vec::new(),
        values: Vec::new(),
    });
    entry.beside.extend(scheme.options.iter().cloned());
    let known = entry
        .texts
        .iter_mut()
        .find(|(text, _)| *text == option.help);
    match known {
        Some((_, schemes)) => schemes.push(scheme.id.clone()),
        None => entry
            .texts
            .push((option.help.clone(), vec![scheme.id.clone()])),
    }
    for value in &option.values {
        if !entry.values.contains(value) {
            entry.values.push(value.clone());
        }
    }
}

impl Entry {
    fn property(&self, name: &str) -> Value {
        let texts = self.texts.iter().map(|(text, schemes)| {
            let text = with_names(&sentence(text), &self.beside, kebab);
            match self.texts.len() {
                1 => text,
                _ => format!("{text} ({})", schemes.join(", ")),
            }
        });
        let mut description = texts.collect::<Vec<_>>().join(" ");
        if let Some(range) = range(&self.option) {
            description += &format!(" {}", sentence(&range));
        }
        json!({
            "name": format!("{WEBHOOK}.options.{name}"),
            "type": self.class(),
            "description": description,
        })
    }

    const fn class(&self) -> &'static str {
        match self.option.kind {
            Kind::Switch => "java.lang.Boolean",
            Kind::Seconds => "java.time.Duration",
            Kind::Size => "org.springframework.util.unit.DataSize",
            Kind::Texts | Kind::Choices | Kind::Secret | Kind::PublicKey => {
                "java.util.List<java.lang.String>"
            }
            Kind::Claims | Kind::Group => "java.util.Map<java.lang.String,java.lang.Object>",
            Kind::OneSecret
            | Kind::Text
            | Kind::TextOrBytes
            | Kind::Choice
            | Kind::Rate
            | Kind::KeySet => "java.lang.String",
        }
    }

    fn hint(&self, name: &str) -> Option<Value> {
        if self.values.is_empty() {
            return None;
        }
        let values = self.values.iter().map(|value| json!({"value": value}));
        let values: Vec<Value> = values.collect();
        Some(json!({"name": format!("{WEBHOOK}.options.{name}"), "values": values}))
    }
}
