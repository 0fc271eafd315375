//! Rules that ruff and perflint run in a project -> rules that hotlint runs there, in the configuration files of all three.
//!
//! **Invariant**: pure, and nothing is reported less or twice: a rule is taken from others where, and only where, it goes to ours. What
//! people wrote stays as they wrote it, comments and all, but for the words that change.

use toml_edit::{Array, DocumentMut, Item, Table, TableLike, Value};

use crate::neighbours::{Neighbours, rule_of};
use crate::rule_set::index_of;

/// The codes of ruff that perflint's rules became; a selection of all of them is one of these, spelled shorter.
const PERF: [&str; 6] = [
    "PERF101", "PERF102", "PERF203", "PERF401", "PERF402", "PERF403",
];

/// A configuration file: its name, and what stands in it.
pub type File = (String, String);

/// The configuration files of a folder, by whom they configure.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Files {
    pub pyproject: Option<File>,
    /// ruff.toml or .ruff.toml
    pub ruff: Option<File>,
    /// .pylintrc or pylintrc
    pub pylint: Option<File>,
    /// hotlint.toml or .hotlint.toml
    pub hotlint: Option<File>,
}

/// A file that is no TOML, and why.
#[derive(Debug, thiserror::Error)]
#[error("{name} is no TOML: {reason}")]
pub struct NotToml {
    name: String,
    reason: String,
}

impl Files {
    /// The files as they are when hotlint has taken over what `neighbours` says.
    ///
    /// # Errors
    /// When one of them cannot be read.
    pub fn migrated(&self, neighbours: &Neighbours) -> Result<Self, NotToml> {
        let is_perflint = |code: &&str| code.starts_with("W8");
        let codes = neighbours.same.iter().map(|(code, _)| *code);
        let (perflint, ruff): (Vec<_>, Vec<_>) = codes.partition(is_perflint);
        let mut pyproject = document(self.pyproject.as_ref())?;
        let mut ruff_file = document(self.ruff.as_ref())?;
        let mut hotlint_file = document(self.hotlint.as_ref())?;

        let mut silenced = Vec::new();
        if !ruff.is_empty() {
            let table = match &mut ruff_file {
                Some(own) => Some(own.as_table_mut() as &mut dyn TableLike),
                None => pyproject
                    .as_mut()
                    .and_then(|it| below(it.as_table_mut(), &["tool", "ruff"])),
            };
            if let Some(table) = table {
                silenced = ignored_by_file(table);
                leave_ruff(table, &ruff);
            }
        }
        let mut pylint = self.pylint.clone();
        if !perflint.is_empty() {
            match &mut pylint {
                Some((_, text)) => *text = disabled_in_ini(text, &perflint),
                None => {
                    if let Some(table) = pyproject
                        .as_mut()
                        .and_then(|it| below(it.as_table_mut(), &["tool", "pylint"]))
                    {
                        disable(table, &perflint);
                    }
                }
            }
        }

        let rules = neighbours.rules();
        if !rules.is_empty() {
            match (&mut hotlint_file, &mut pyproject) {
                (Some(own), _) => take_over(own.as_table_mut(), &rules, &silenced),
                (None, Some(project)) => {
                    let tool = project.entry("tool").or_insert_with(implicit);
                    let tool = tool.as_table_like_mut();
                    let table = tool.map(|tool| tool.entry("hotlint").or_insert_with(table));
                    if let Some(table) = table.and_then(Item::as_table_like_mut) {
                        take_over(table, &rules, &silenced);
                    }
                }
                (none, None) => {
                    let own = none.insert(DocumentMut::new());
                    take_over(own.as_table_mut(), &rules, &silenced);
                }
            }
        }
        let name = |file: &Option<File>, usual: &str| {
            (file.as_ref()).map_or_else(|| usual.to_owned(), |(name, _)| name.clone())
        };
        let text = |document: Option<DocumentMut>, file: &Option<File>, usual: &str| {
            document.map(|document| (name(file, usual), document.to_string()))
        };
        Ok(Self {
            pyproject: text(pyproject, &self.pyproject, "pyproject.toml"),
            ruff: text(ruff_file, &self.ruff, "ruff.toml"),
            pylint,
            hotlint: text(hotlint_file, &self.hotlint, "hotlint.toml"),
        })
    }

    /// The files in a fixed order.
    pub fn into_list(self) -> [Option<File>; 4] {
        [self.pyproject, self.ruff, self.pylint, self.hotlint]
    }
}

fn document(file: Option<&File>) -> Result<Option<DocumentMut>, NotToml> {
    let parse = |(name, text): &File| {
        text.parse::<DocumentMut>().map_err(|error| NotToml {
            name: name.clone(),
            reason: error.message().to_owned(),
        })
    };
    file.map(parse).transpose()
}

fn table() -> Item {
    Item::Table(Table::new())
}

/// A table that only holds others.
fn implicit() -> Item {
    let mut table = Table::new();
    table.set_implicit(true);
    Item::Table(table)
}

/// The table that lies at the end of `path`, if it is there.
fn below<'t>(table: &'t mut dyn TableLike, path: &[&str]) -> Option<&'t mut dyn TableLike> {
    match path.split_first() {
        None => Some(table),
        Some((first, rest)) => below(table.get_mut(first)?.as_table_like_mut()?, rest),
    }
}

/// Takes `codes` out of what ruff selects; where more than they would go, they are ignored.
fn leave_ruff(ruff: &mut dyn TableLike, codes: &[&str]) {
    // Selections stand in `lint`, and once stood at the top.
    let tables: [&[&str]; 2] = [&["lint"], &[]];
    let mut left: Vec<&str> = codes.to_vec();
    for path in tables {
        let Some(table) = below(ruff, path) else {
            continue;
        };
        for key in ["select", "extend-select"] {
            let Some(list) = table.get_mut(key).and_then(Item::as_array_mut) else {
                continue;
            };
            shorten(list, codes);
            let selects = |code: &&str| {
                let mut names = list.iter().filter_map(Value::as_str);
                names.any(|name| name == "ALL" || code.starts_with(name))
            };
            // Seen here, and gone from here.
            if !codes.iter().any(selects) {
                continue;
            }
            let still: Vec<&str> = left.iter().copied().filter(selects).collect();
            left.retain(|code| !still.contains(code));
            append(table, "ignore", &still);
        }
    }
}

/// Takes those names out of a selection that stand for `codes` only. Others of the family stay by their own names.
fn shorten(list: &mut Array, codes: &[&str]) {
    let mut index = 0;
    while let Some(name) = list
        .get(index)
        .map(|value| value.as_str().unwrap_or_default().to_owned())
    {
        let family: Vec<&str> = (PERF.iter().copied())
            .filter(|code| code.starts_with(&name) && name.len() >= "PERF".len())
            .collect();
        let is_exact = codes.contains(&name.as_str());
        let goes = is_exact || family.iter().any(|code| codes.contains(code));
        if !goes {
            index += 1;
            continue;
        }
        let others = family.into_iter().filter(|code| !codes.contains(code));
        let others: Vec<&str> = others.collect();
        match others.split_first() {
            None => remove(list, index),
            Some((first, others)) => {
                list.replace(index, *first);
                for other in others {
                    index += 1;
                    list.insert(index, *other);
                }
                index += 1;
            }
        }
    }
}

/// Takes an item out of a list, with the comment behind it and no other.
fn remove(list: &mut Array, index: usize) {
    let removed = list.remove(index);
    let prefix = removed.decor().prefix().and_then(|prefix| prefix.as_str());
    // What stands between two items, comments included, belongs to the second.
    let prefix = prefix.unwrap_or_default().to_owned();
    match list.get_mut(index) {
        Some(next) => next.decor_mut().set_prefix(prefix),
        None => {
            if let Some(end) = prefix.rfind('\n') {
                list.set_trailing(prefix.get(..=end).unwrap_or_default().to_owned());
            }
        }
    }
}

/// The rules of ours that stand for what `per-file-ignores` of ruff names, by glob.
fn ignored_by_file(ruff: &mut dyn TableLike) -> Vec<(String, Vec<&'static str>)> {
    let mut found: Vec<(String, Vec<&'static str>)> = Vec::new();
    for path in [
        &["lint", "per-file-ignores"][..],
        &["lint", "extend-per-file-ignores"],
        &["per-file-ignores"],
    ] {
        let Some(table) = below(ruff, path) else {
            continue;
        };
        for (glob, codes) in table.iter() {
            let names = codes
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str);
            let ours = names.flat_map(|name| {
                let family = PERF
                    .iter()
                    .copied()
                    .filter(move |code| code.starts_with(name) && name.len() >= "PERF".len());
                family
                    .chain((!name.starts_with("PERF")).then_some(name))
                    .filter_map(rule_of)
            });
            let mut rules: Vec<_> = ours.collect();
            rules.sort_unstable();
            rules.dedup();
            if !rules.is_empty() {
                found.push((glob.to_owned(), rules));
            }
        }
    }
    found
}

/// Has hotlint run `rules`, and keep quiet about some in some files.
fn take_over(
    hotlint: &mut dyn TableLike,
    rules: &[&'static str],
    silenced: &[(String, Vec<&'static str>)],
) {
    if let Some(ignore) = hotlint.get_mut("ignore").and_then(Item::as_array_mut) {
        let is_taken = |value: &Value| value.as_str().is_some_and(|name| rules.contains(&name));
        for index in (0..ignore.len()).rev() {
            if ignore.get(index).is_some_and(is_taken) {
                remove(ignore, index);
            }
        }
        if ignore.is_empty() {
            hotlint.remove("ignore");
        }
    }
    let is_extra = |rule: &&str| {
        let info = index_of(rule).and_then(|index| hotlint_rules::all().get(index));
        info.is_some_and(|info| !info.is_default())
    };
    let extra: Vec<&str> = rules.iter().copied().filter(is_extra).collect();
    append(hotlint, "extend-select", &extra);
    if silenced.is_empty() {
        return;
    }
    let ignores = hotlint.entry("per-file-ignores").or_insert_with(table);
    let Some(ignores) = ignores.as_table_like_mut() else {
        return;
    };
    for (glob, rules) in silenced {
        append(ignores, glob, rules);
    }
}

/// Adds those of `names` to the list `key` that are not in it.
fn append(table: &mut dyn TableLike, key: &str, names: &[&str]) {
    if names.is_empty() {
        return;
    }
    let list = table
        .entry(key)
        .or_insert_with(|| Item::Value(Array::new().into()));
    let Some(list) = list.as_array_mut() else {
        return;
    };
    for name in names {
        if list.iter().any(|value| value.as_str() == Some(name)) {
            continue;
        }
        let mut value = Value::from(*name);
        // As the others are laid out: a line for each, or one after the other.
        match list.iter().last().map(|last| last.decor().clone()) {
            Some(decor)
                if decor
                    .prefix()
                    .and_then(|it| it.as_str())
                    .is_some_and(|it| it.contains('\n')) =>
            {
                let prefix = decor
                    .prefix()
                    .and_then(|it| it.as_str())
                    .unwrap_or_default();
                let indent = prefix.rsplit('\n').next().unwrap_or_default();
                value.decor_mut().set_prefix(format!("\n{indent}"));
            }
            Some(_) => value.decor_mut().set_prefix(" "),
            None => {}
        }
        list.push_formatted(value);
    }
}

/// Has Pylint leave out messages of perflint.
fn disable(pylint: &mut dyn TableLike, codes: &[&str]) {
    let names = ["messages control", "messages_control", "MESSAGES CONTROL"];
    let known = names.into_iter().find(|name| pylint.contains_key(name));
    let control = pylint
        .entry(known.unwrap_or("messages control"))
        .or_insert_with(table);
    if let Some(control) = control.as_table_like_mut() {
        append(control, "disable", codes);
    }
}

/// The same in a file of Pylint's own.
fn disabled_in_ini(text: &str, codes: &[&str]) -> String {
    let codes = codes.join(",");
    let is_disable = |line: &str| {
        let name = line.split_once('=').map(|(name, _)| name.trim());
        name == Some("disable") && !line.starts_with([' ', '\t'])
    };
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    match lines.iter().position(|line| is_disable(line)) {
        Some(at) => {
            // The list goes on in lines that are indented.
            let more = lines.iter().skip(at + 1);
            let more =
                more.take_while(|line| line.starts_with([' ', '\t']) && !line.trim().is_empty());
            let last = at + more.count();
            if let Some(line) = lines.get_mut(last) {
                let is_empty = line.trim_end().ends_with('=');
                let comma = if is_empty || line.trim_end().ends_with(',') {
                    ""
                } else {
                    ","
                };
                *line = format!("{}{comma}{codes}", line.trim_end());
            }
        }
        None => {
            let heading = lines.iter().position(|line| {
                let line = line.trim().to_ascii_lowercase();
                line == "[messages control]"
            });
            let at = heading.map_or_else(
                || {
                    lines.push("[MESSAGES CONTROL]".to_owned());
                    lines.len()
                },
                |at| at + 1,
            );
            lines.insert(at.min(lines.len()), format!("disable={codes}"));
        }
    }
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests;
