//! Tables of libraries that a project keeps beside its configuration: types as stubs, and what calls do.

use std::collections::BTreeMap;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use hotlint_core::python::{Blocks, Builds, Declaration, Declared, Does, Effects, Fault, expanded};
use serde::Deserialize;
use toml::Spanned;

use super::file::{shown, syntax};
use super::issue::{Issue, Text, did_you_mean};
use crate::words::reason;

/// What the tables of one configuration come to.
#[derive(Clone, Debug, Default)]
pub struct Libraries {
    pub files: Vec<PathBuf>,
    /// `None` where there is nothing, or nothing that can be used.
    pub declared: Option<&'static Declared>,
}

/// One file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Library {
    #[serde(default)]
    stubs: BTreeMap<Spanned<String>, Spanned<String>>,
    #[serde(default)]
    calls: Vec<Calls>,
}

/// What calling certain things does.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Calls {
    of: Spanned<Vec<Spanned<String>>>,
    #[serde(default)]
    blocks: Vec<Spanned<String>>,
    #[serde(default)]
    builds: Vec<Spanned<String>>,
    #[serde(default)]
    does: Vec<Spanned<String>>,
    #[serde(default, rename = "async")]
    awaited: String,
    #[serde(default)]
    batched: String,
}

/// A place in one of the files.
type Place = (Text, Range<usize>);

/// Everything that the files say, before it is known whether it makes sense.
#[derive(Default)]
struct Gathered {
    stubs: Vec<(String, String)>,
    /// The module's name, and its stub.
    stub_places: Vec<(Place, Place)>,
    declarations: Vec<Declaration>,
    places: Vec<Place>,
}

/// Reads the files that `paths`, in a text of the folder `root`, name.
pub fn read(
    paths: &[Spanned<String>],
    text: &Text,
    root: &Path,
    issues: &mut Vec<Issue>,
) -> Libraries {
    let mut gathered = Gathered::default();
    let mut files = Vec::new();
    let before = issues.len();
    for named in paths {
        let path = crate::quiet::normal(&root.join(named.get_ref()));
        match fs::read_to_string(&path) {
            Ok(content) => {
                let content = Text::new(shown(&path), content);
                match toml::from_str(content.as_str()) {
                    Ok(library) => gathered.add(library, &content, issues),
                    Err(error) => issues.push(syntax(&content, &error)),
                }
            }
            Err(error) => {
                let message = format!("cannot read {}: {}", shown(&path), reason(&error));
                issues.push(Issue::new(message).at(text, named.span()));
            }
        }
        files.push(path);
    }
    let declared = match issues.len() == before && !gathered.stubs.is_empty() {
        true => gathered.declared(issues),
        false => None,
    };
    Libraries { files, declared }
}

impl Gathered {
    fn add(&mut self, library: Library, text: &Text, issues: &mut Vec<Issue>) {
        for (module, stub) in library.stubs {
            let place = |span| (text.clone(), span);
            let places = (place(module.span()), place(stub.span()));
            if let Some(twice) =
                (self.stubs.iter()).position(|(known, _)| known == module.get_ref())
            {
                let first = self.stub_places.get(twice);
                let first = first.map_or("", |((text, _), _)| text.name());
                let issue = Issue::new(format!("module `{}` is described twice", module.get_ref()));
                let issue = issue.at(text, module.span());
                issues.push(issue.help(format!("it is in {first} too")));
                continue;
            }
            let stub = stub.into_inner();
            self.stubs.push((module.into_inner(), stub));
            self.stub_places.push(places);
        }
        for calls in library.calls {
            let effects = calls.effects(text, issues);
            for pattern in calls.of.get_ref() {
                for name in expanded(pattern.get_ref()) {
                    self.places.push((text.clone(), pattern.span()));
                    self.declarations.push(Declaration {
                        name,
                        effects,
                        awaited: calls.awaited.clone(),
                        batched: calls.batched.clone(),
                    });
                }
            }
        }
    }

    fn declared(self, issues: &mut Vec<Issue>) -> Option<&'static Declared> {
        let faults = match Declared::read(self.stubs.clone(), self.declarations.clone()) {
            Ok(declared) => return Some(declared),
            Err(faults) => faults,
        };
        let module_place = |module: &str| {
            let at = self.stubs.iter().position(|(known, _)| known == module)?;
            self.stub_places.get(at)
        };
        let name = |declaration: usize| {
            let declared = self.declarations.get(declaration);
            declared.map_or("", |declared| declared.name.as_str())
        };
        for fault in faults {
            let (issue, place) = match fault {
                Fault::Stub {
                    module,
                    message,
                    at,
                } => {
                    let issue = Issue::new(format!("stub of `{module}`: {message}"));
                    let place = module_place(&module).map(|(_, (text, span))| {
                        let stub = self.stubs.iter().find(|(known, _)| *known == module);
                        let stub = stub.map_or("", |(_, stub)| stub);
                        (text.clone(), within(text, span, stub, at))
                    });
                    (issue, place)
                }
                Fault::Known { module } => {
                    let issue = Issue::new(format!("hotlint knows the library of `{module}`"));
                    let issue = issue.help("describe modules of other libraries only");
                    (issue, module_place(&module).map(|(name, _)| name.clone()))
                }
                Fault::Missing { declaration } => {
                    let issue = Issue::new(format!("no stub defines `{}`", name(declaration)));
                    let issue =
                        issue.help("add the function, class or method to the stub of its module");
                    (issue, self.places.get(declaration).cloned())
                }
                Fault::Twice { declaration } => {
                    let issue = Issue::new(format!("`{}` is told twice", name(declaration)));
                    let issue = issue.help("say all of it in one `[[calls]]`");
                    (issue, self.places.get(declaration).cloned())
                }
            };
            issues.push(match place {
                Some((text, span)) => issue.at(&text, span),
                None => issue,
            });
        }
        None
    }
}

impl Calls {
    fn effects(&self, text: &Text, issues: &mut Vec<Issue>) -> Effects {
        let before = issues.len();
        let mut effects = Effects::NONE;
        let mut all = |words: &[Spanned<String>], key: &str, known: &[(&'static str, Effects)]| {
            for word in words {
                match known.iter().find(|(text, _)| text == word.get_ref()) {
                    Some((_, effect)) => effects = effects.or(*effect),
                    None => {
                        let words: Vec<_> = known.iter().map(|(text, _)| *text).collect();
                        let help = match did_you_mean(word.get_ref(), words.iter().copied()) {
                            near if near.is_empty() => format!("one of {}", words.join(", ")),
                            near => near,
                        };
                        let issue =
                            Issue::new(format!("unknown word `{}` in `{key}`", word.get_ref()));
                        issues.push(issue.at(text, word.span()).help(help));
                    }
                }
            }
        };
        let blocks = Blocks::ALL.iter();
        let blocks: Vec<_> = blocks
            .map(|one| (one.text(), Effects::blocks(*one)))
            .collect();
        all(&self.blocks, "blocks", &blocks);
        let builds = Builds::ALL.iter();
        let builds: Vec<_> = builds
            .map(|one| (one.text(), Effects::builds(*one)))
            .collect();
        all(&self.builds, "builds", &builds);
        let does = Does::ALL.iter();
        let does: Vec<_> = does.map(|one| (one.text(), Effects::does(*one))).collect();
        all(&self.does, "does", &does);
        if effects.is_empty() && issues.len() == before {
            let issue = Issue::new("nothing is said of these calls");
            let help = "say what they do in `blocks`, `builds` or `does`";
            issues.push(issue.at(text, self.of.span()).help(help));
        }
        effects
    }
}

/// The place of a byte of a stub; the whole stub where escapes hide it.
fn within(text: &Text, span: &Range<usize>, stub: &str, at: usize) -> Range<usize> {
    let raw = text.as_str().get(span.clone()).unwrap_or_default();
    match raw.find(stub.trim_end()) {
        Some(start) if !stub.trim().is_empty() => {
            let at = span.start + start + at.min(stub.trim_end().len().saturating_sub(1));
            let width = text.as_str().get(at..).and_then(|rest| rest.chars().next());
            at..at + width.map_or(0, char::len_utf8)
        }
        _ => span.clone(),
    }
}
