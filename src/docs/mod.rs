//! The documentation, generated from what the program knows, so that it cannot be out of date.
//!
//! **Invariant**: pure. Who asks for files writes them.

mod reference;
mod rules;
mod share;

use std::fmt::Write as _;

use hotlint_core::lint::Group;

pub use share::share;

/// One file of the documentation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocFile {
    /// Relative, with forward slashes.
    pub path: String,
    pub bytes: Vec<u8>,
}

impl DocFile {
    fn text(path: impl Into<String>, text: String) -> Self {
        Self {
            path: path.into(),
            bytes: text.into_bytes(),
        }
    }
}

/// A page of the site.
struct Page {
    /// Below `docs/`.
    path: String,
    title: String,
    /// What llms.txt says of it.
    about: String,
    text: String,
}

/// The pages that people wrote: path, what they are about, text. The order is that of the menu; `REFERENCE` comes in between.
const WRITTEN: [(&str, &str, &str); 7] = [
    (
        "index.md",
        "what hotlint is",
        include_str!("pages/index.md"),
    ),
    (
        "first-five-minutes.md",
        "from `pip install` to a mended finding, as it happened",
        include_str!("pages/first-five-minutes.md"),
    ),
    (
        "adopting.md",
        "baselines, `--since`, ruff and Pylint beside it",
        include_str!("pages/adopting.md"),
    ),
    (
        "integrations.md",
        "pre-commit, GitHub, GitLab, formats, shards",
        include_str!("pages/integrations.md"),
    ),
    (
        "libraries.md",
        "tables that tell hotlint what calls of other libraries do",
        include_str!("pages/libraries.md"),
    ),
    (
        "silent.md",
        "reasons for silence, and comments that silence",
        include_str!("pages/silent.md"),
    ),
    (
        "versioning.md",
        "what a new version may change",
        include_str!("pages/versioning.md"),
    ),
];

impl Page {
    /// A page whose title is its first heading.
    fn new(path: impl Into<String>, about: impl Into<String>, text: impl Into<String>) -> Self {
        let text = text.into();
        let heading = text.lines().next().unwrap_or_default();
        Self {
            path: path.into(),
            title: heading.trim_start_matches('#').trim().to_owned(),
            about: about.into(),
            text,
        }
    }
}

/// The site: Markdown below `docs/`, and the configuration of its generator, which Zensical and MkDocs read.
pub fn site() -> Vec<DocFile> {
    let written = |(path, about, text): &(&str, &str, &str)| Page::new(*path, *about, *text);
    let mut pages: Vec<Page> = WRITTEN.iter().map(written).collect();
    let reference = [
        Page::new("configuration.md", "every key", reference::configuration()),
        Page::new(
            "command-line.md",
            "every command and option",
            reference::command_line(),
        ),
    ];
    // After what one reads first.
    let at = pages.len().saturating_sub(2);
    pages.splice(at..at, reference);
    let rules: Vec<(Group, Vec<Page>)> =
        Group::ALL.map(|group| (group, rules::pages(group))).into();
    let index = Page::new(
        "rules/index.md",
        "all rules by what they cost",
        rules::index(),
    );

    let menu = menu(&pages, &index, &rules);
    let guide = guide(&pages, &index, &rules);
    let mut files = vec![
        DocFile::text("mkdocs.yml", menu),
        DocFile::text("docs/llms.txt", guide),
        DocFile::text(
            "docs/hotlint.schema.json",
            format!("{:#}\n", crate::config::schema()),
        ),
    ];
    let all = pages.into_iter().chain([index]);
    let all = all.chain(rules.into_iter().flat_map(|(_, pages)| pages));
    files.extend(all.map(|page| DocFile::text(format!("docs/{}", page.path), page.text)));
    files
}

fn menu(pages: &[Page], index: &Page, rules: &[(Group, Vec<Page>)]) -> String {
    let mut text = String::from(include_str!("mkdocs.yml"));
    text.push_str("nav:\n");
    let mut line = |depth: usize, title: &str, path: &str| {
        let _ = writeln!(
            text,
            "{:depth$}- {}: {path}",
            "",
            serde_json::json!(title),
            depth = depth * 2
        );
    };
    for page in pages {
        line(1, &page.title, &page.path);
    }
    line(1, "Rules", "");
    line(2, &index.title, &index.path);
    for (group, pages) in rules.iter().filter(|(_, pages)| !pages.is_empty()) {
        line(2, group.name(), "");
        for page in pages {
            let name = page
                .path
                .trim_start_matches("rules/")
                .trim_end_matches(".md");
            line(3, name, &page.path);
        }
    }
    text
}

/// llms.txt: what is where, for programs that read.
fn guide(pages: &[Page], index: &Page, rules: &[(Group, Vec<Page>)]) -> String {
    let mut text = String::from(
        "# hotlint\n\n> A linter that finds Python code that is slow for a reason a reader can see, with measured figures, types, fixes and profiles.\n\n`hotlint rule NAME --output-format json` gives a rule's page and figures, `hotlint check --output-format json` findings, `hotlint config schema` the JSON schema of the configuration.\n\n## Pages\n\n",
    );
    let mut line = |page: &Page| {
        let path = page
            .path
            .trim_end_matches("index.md")
            .trim_end_matches(".md");
        let slash = if path.is_empty() || path.ends_with('/') {
            ""
        } else {
            "/"
        };
        let _ = writeln!(text, "- [{}]({path}{slash}): {}", page.title, page.about);
    };
    pages.iter().for_each(&mut line);
    line(index);
    text.push_str("\n## Rules\n\n");
    let mut line = |page: &Page| {
        let path = page.path.trim_end_matches(".md");
        let name = path.trim_start_matches("rules/");
        let _ = writeln!(text, "- [{name}]({path}/): {}", page.about);
    };
    rules
        .iter()
        .flat_map(|(_, pages)| pages)
        .for_each(&mut line);
    text
}
