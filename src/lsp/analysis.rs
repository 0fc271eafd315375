//! A document as it was at one moment, and what the pipeline says about it.
//!
//! **Invariant**: what is found is what `hotlint check` finds in a file with this text at this place; only the words in which places
//! are told differ.

use std::path::PathBuf;
use std::sync::Arc;

use gen_lsp_types::{Position, Range, Uri};
use hotlint_core::python::SourceKind;
use hotlint_core::text_size::{TextRange, TextSize};

use super::client::Abilities;
use super::document::{Content, Part};
use super::folder::Folder;
use super::text::Encoding;
use crate::Mode;
use crate::cache::Cache;
use crate::check::{Asking, Setup};
use crate::discover::{Input, Target};
use crate::rank;
use crate::report::{Checked, Report};

/// A document at one moment, with all that decides about it.
#[derive(Clone, Debug)]
pub struct Snapshot {
    pub uri: Uri,
    pub path: PathBuf,
    pub revision: u64,
    pub is_python: bool,
    pub content: Content,
    pub folder: Arc<Folder>,
    pub abilities: Arc<Abilities>,
}

/// What was found in a snapshot.
#[derive(Debug)]
pub struct Analysis {
    pub snapshot: Snapshot,
    /// `None` where the file is none that a run would check.
    pub checked: Option<Checked>,
    pub setup: Setup,
    /// What the profiles say, where there are any.
    pub ranking: Option<rank::Ranking>,
    pages: Vec<Page>,
}

/// A part of the text that the client knows by a name of its own.
#[derive(Clone, Debug)]
pub struct Page {
    pub part: Part,
    /// Where it starts in the text that was checked.
    start: usize,
    /// Bytes of the part that were left out at its start: a byte order mark.
    lead: usize,
}

impl Snapshot {
    /// What a run over the folder makes of it.
    pub fn analyse(self) -> Analysis {
        let folder = Arc::clone(&self.folder);
        let target = match folder.is_broken {
            true => None,
            false => folder.met(&self.path, self.is_python),
        };
        let target = target.map(|target| Target {
            input: Input::Buffer(self.path.clone(), Arc::from(self.content.on_disk())),
            ..target
        });
        let Some(target) = target else {
            return Analysis {
                snapshot: self,
                checked: None,
                setup: Setup::default(),
                ranking: None,
                pages: Vec::new(),
            };
        };
        let (report, ranking) = told(&target, &folder, None);
        Analysis::new(self, &target, report.files.into_iter().next(), ranking)
    }

    pub fn encoding(&self) -> Encoding {
        self.abilities.encoding
    }
}

/// Checks one file of a folder and marks what is found, as a run does.
pub fn told(
    target: &Target,
    folder: &Folder,
    cache: Option<&Cache>,
) -> (Report, Option<rank::Ranking>) {
    let linted = crate::lint_whole(target, Mode::Report, cache, Asking::AtOnce);
    let mut report = Report {
        files: Vec::from_iter(linted.checked.map(|checked| *checked)),
        checked: 1,
        ..Report::default()
    };
    if let Some(known) = &folder.known {
        let targets = std::slice::from_ref(target);
        known.compare(folder.configs.cwd(), targets, &mut report);
    }
    let heat = folder.heat.as_ref();
    let ranking = heat.map(|heat| heat.ranking.heat(&mut report, &heat.paths, &heat.names));
    (report, ranking)
}

fn pages(content: &Content, checked: Option<&Checked>) -> Vec<Page> {
    match (
        content,
        checked.map(|checked| (checked, checked.source.kind())),
    ) {
        (Content::File(part), _) => {
            let has_mark = part.text.as_str().starts_with('\u{feff}');
            vec![Page {
                part: part.clone(),
                start: 0,
                lead: if has_mark { '\u{feff}'.len_utf8() } else { 0 },
            }]
        }
        (
            Content::Notebook { cells, .. },
            Some((checked, SourceKind::Notebook { cells: starts })),
        ) => {
            let Some(notebook) = &checked.origin.notebook else {
                return Vec::new();
            };
            let numbers = notebook.index().iter();
            let numbers = numbers.map(|cell| cell.cell_index().to_zero_indexed());
            let pages = numbers.zip(starts).filter_map(|(number, start)| {
                Some(Page {
                    part: cells.get(number)?.part.clone(),
                    start: start.to_usize(),
                    lead: 0,
                })
            });
            pages.collect()
        }
        _ => Vec::new(),
    }
}

impl Analysis {
    /// What was `checked` of the `target` that the snapshot is.
    pub fn new(
        snapshot: Snapshot,
        target: &Target,
        checked: Option<Checked>,
        ranking: Option<rank::Ranking>,
    ) -> Self {
        let text = checked.as_ref().map_or("", |checked| checked.source.text());
        let setup = crate::setup(target, text);
        let pages = pages(&snapshot.content, checked.as_ref());
        Self {
            snapshot,
            checked,
            setup,
            ranking,
            pages,
        }
    }

    /// Whether it is about what the document is now.
    pub fn is_of(&self, revision: u64, folder: &Folder) -> bool {
        self.snapshot.revision == revision && self.snapshot.folder.generation == folder.generation
    }

    /// The parts of the text, in its order.
    pub fn pages(&self) -> &[Page] {
        &self.pages
    }

    /// The part that holds `range`, and where in it.
    pub fn place(&self, range: TextRange) -> Option<(&Page, Range)> {
        let (start, end) = (range.start().to_usize(), range.end().to_usize());
        let at = self.pages.partition_point(|page| page.start <= start);
        let page = self.pages.get(at.checked_sub(1)?)?;
        let encoding = self.snapshot.encoding();
        let position = |offset: usize| {
            let offset = (offset - page.start).saturating_add(page.lead);
            page.part.text.position(offset, encoding)
        };
        let range = Range {
            start: position(start),
            end: position(end),
        };
        Some((page, range))
    }

    /// Where `position` of the part named `uri` is in the text that was checked.
    pub fn offset(&self, uri: &Uri, position: Position) -> Option<TextSize> {
        let page = self.pages.iter().find(|page| page.part.uri == *uri)?;
        let offset = page.part.text.offset(position, self.snapshot.encoding());
        let offset = page.start + offset.saturating_sub(page.lead);
        TextSize::try_from(offset).ok()
    }
}

impl Page {
    /// The text that was checked.
    pub fn text(&self) -> &str {
        self.part.text.as_str().get(self.lead..).unwrap_or_default()
    }

    pub fn lead(&self) -> usize {
        self.lead
    }
}
