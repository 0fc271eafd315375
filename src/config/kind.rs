//! What a key may hold: in words for people, as JSON schema for editors.

use std::fmt;

use clap::ValueEnum;
use serde_json::{Value, json};

use super::QuietPlace;
use super::select;

/// What a key may hold.
#[derive(Clone, Copy)]
pub enum Kind {
    Boolean,
    /// From 0 on.
    Number,
    /// A number of bytes, or with a unit.
    Size,
    /// A part of a whole, in per cent.
    Share,
    Path,
    Paths,
    Globs,
    /// A version, or a range of them.
    Versions,
    /// One of these names.
    Named(fn() -> Vec<String>),
    /// Rules and groups; names that nobody knows are an error.
    Rules,
    /// Rules and groups; names that nobody knows are passed over.
    RulesOfAnyVersion,
    Severities,
    RulesByGlob,
    QuietPlaces,
    PathMap,
}

/// The names of a flag's values, in order.
pub fn names<T: ValueEnum>() -> Vec<String> {
    let values = T::value_variants().iter();
    let values = values.filter_map(ValueEnum::to_possible_value);
    values.map(|value| value.get_name().to_owned()).collect()
}

const SEVERITIES: [&str; 3] = ["error", "warning", "info"];

impl Kind {
    /// The JSON schema of the value; `rules` is the definition of the words that choose rules.
    pub fn schema(self) -> Value {
        let strings = json!({ "type": "string" });
        // Lists of one need no brackets.
        let list = |item: Value| json!({ "anyOf": [item, { "type": "array", "items": item }] });
        let known = json!({ "$ref": "#/definitions/rules" });
        let any = json!({ "anyOf": [known, strings] });
        match self {
            Kind::Boolean => json!({ "type": "boolean" }),
            Kind::Number => json!({ "type": "integer", "minimum": 0 }),
            Kind::Size => json!({ "anyOf": [
                { "type": "integer", "minimum": 0 },
                { "type": "string", "pattern": "^[0-9]+ *([kKmMgG]?[iI]?[bB])?$" },
            ] }),
            Kind::Share => json!({ "type": "string", "pattern": "^ *[0-9.]* *%* *$" }),
            Kind::Path | Kind::Versions => strings,
            Kind::Paths | Kind::Globs => list(strings),
            Kind::Named(names) => json!({ "enum": names() }),
            Kind::Rules => list(known),
            Kind::RulesOfAnyVersion => list(any),
            Kind::Severities => json!({
                "type": "object",
                "propertyNames": known,
                "additionalProperties": { "enum": SEVERITIES },
            }),
            Kind::RulesByGlob => json!({ "type": "object", "additionalProperties": list(any) }),
            Kind::QuietPlaces => json!({
                "type": "array",
                "items": { "enum": QuietPlace::ALL.map(QuietPlace::name) },
            }),
            Kind::PathMap => json!({ "type": "object", "additionalProperties": strings }),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::Boolean => "true or false",
            Kind::Number => "number",
            Kind::Size => "number of bytes, or size like \"8 MiB\"",
            Kind::Share => "share like \"2%\"",
            Kind::Path => "path",
            Kind::Paths => "path, or list of paths",
            Kind::Globs => "list of globs",
            Kind::Versions => "version, or range of versions",
            Kind::Named(names) => return f.write_str(&either(&names(), "or")),
            Kind::Rules | Kind::RulesOfAnyVersion => "list of rules and groups",
            Kind::Severities => "table: rule or group -> \"error\", \"warning\" or \"info\"",
            Kind::RulesByGlob => "table: glob -> list of rules and groups",
            Kind::QuietPlaces => {
                let names = QuietPlace::ALL.map(|place| place.name().to_owned());
                return write!(f, "list of {}", either(&names, "and"));
            }
            Kind::PathMap => "table: beginning of a path -> folder",
        })
    }
}

/// `"a", "b" or "c"`
fn either(names: &[String], word: &str) -> String {
    let quoted: Vec<_> = names.iter().map(|name| format!("{name:?}")).collect();
    match quoted.split_last() {
        Some((last, others)) if !others.is_empty() => {
            format!("{} {word} {last}", others.join(", "))
        }
        _ => quoted.concat(),
    }
}

/// The JSON schema of a configuration file.
pub fn schema() -> Value {
    let property = |key: &super::Key| {
        let mut schema = key.kind.schema();
        schema["description"] = key.doc.into();
        (key.name.to_owned(), schema)
    };
    let properties: serde_json::Map<_, _> = super::KEYS.iter().map(property).collect();
    json!({
        // What editors for TOML understand.
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "hotlint",
        "description": "The table `[tool.hotlint]` of pyproject.toml, or all of hotlint.toml",
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
        "definitions": { "rules": { "enum": select::words().collect::<Vec<_>>() } },
    })
}
