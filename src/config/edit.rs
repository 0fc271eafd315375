//! Puts a key into a configuration, and leaves all else as people wrote it.

use toml_edit::{DocumentMut, Item, TableLike, value};

/// The configuration `text` with `key = "word"` in the table at the end of `tables`; `None` where there is no such table, or where the
/// key is there already. A line that says just this, but for being a comment, is taken into use.
pub fn with_key(text: &str, tables: &[&str], key: &str, word: &str) -> Option<String> {
    let mut document = text.parse::<DocumentMut>().ok()?;
    let table = table(document.as_table_mut(), tables)?;
    if table.contains_key(key) {
        return None;
    }
    let line = format!("{key} = {word:?}");
    let unused = format!("# {line}");
    let mut lines: Vec<&str> = text.split('\n').collect();
    if let Some(found) = lines.iter_mut().find(|line| line.trim_end() == unused) {
        *found = &line;
        let used = lines.join("\n");
        let mut document = used.parse::<DocumentMut>().ok()?;
        // It may have stood under another head.
        let said = table_of(&mut document, tables).and_then(|table| table.get(key));
        if said.and_then(Item::as_str) == Some(word) {
            return Some(used);
        }
    }
    table_of(&mut document, tables)?.insert(key, value(word));
    Some(document.to_string())
}

fn table_of<'d>(document: &'d mut DocumentMut, path: &[&str]) -> Option<&'d mut dyn TableLike> {
    table(document.as_table_mut(), path)
}

fn table<'t>(from: &'t mut dyn TableLike, path: &[&str]) -> Option<&'t mut dyn TableLike> {
    match path.split_first() {
        None => Some(from),
        Some((first, rest)) => table(from.get_mut(first)?.as_table_like_mut()?, rest),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_comes_where_it_belongs() {
        let with = |text: &str, tables: &[&str]| with_key(text, tables, "baseline", "b.jsonl");
        let tool = ["tool", "hotlint"];
        for (before, tables, after) in [
            ("", &[][..], "baseline = \"b.jsonl\"\n"),
            (
                "# baseline = \"b.jsonl\"\nx = 1\n",
                &[],
                "baseline = \"b.jsonl\"\nx = 1\n",
            ),
            (
                "x = 1 # one\n[severity]\n# baseline = \"b.jsonl\"\n",
                &[],
                "x = 1 # one\nbaseline = \"b.jsonl\"\n[severity]\n# baseline = \"b.jsonl\"\n",
            ),
            (
                "[tool.hotlint]\r\nx = 1\r\n",
                &tool,
                "[tool.hotlint]\nx = 1\nbaseline = \"b.jsonl\"\n",
            ),
        ] {
            let found = with(before, tables);
            assert_eq!(
                found.map(|text| text.replace('\r', "")).as_deref(),
                Some(after)
            );
        }
        assert_eq!(with("[tool.other]\n", &tool), None);
        assert_eq!(with("baseline = 'other'\n", &[]), None);
        assert_eq!(with("[broken", &[]), None);
    }
}
