//! Text to tree, with a clear word about what could not be parsed.

use ruff_python_ast::{ModModule, PySourceType};
use ruff_python_parser::parse_unchecked_source;
use ruff_text_size::{TextRange, TextSize};

use super::depth::too_deep;
use super::source::{Source, SourceKind};

pub use ruff_python_parser::Parsed;

/// Why a text has no tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParseProblem {
    /// The first syntax error: place and message, lower case.
    Syntax(TextRange, String),
    /// Nested deeper than any code that CPython compiles.
    TooDeep(TextRange),
}

/// Parses a text; the first problem is told instead of a tree, since facts about half a tree would be guesses.
pub fn parse(source: &Source) -> Result<Parsed<ModModule>, ParseProblem> {
    if let Some(at) = too_deep(source.text()) {
        let at = TextSize::try_from(at).unwrap_or_default();
        return Err(ParseProblem::TooDeep(TextRange::empty(at)));
    }
    let kind = match source.kind() {
        SourceKind::Module => PySourceType::Python,
        SourceKind::Stub => PySourceType::Stub,
        SourceKind::Notebook { .. } => PySourceType::Ipynb,
        SourceKind::Commands(_) => {
            let message = "not Python".to_owned();
            return Err(ParseProblem::Syntax(TextRange::default(), message));
        }
    };
    let parsed = parse_unchecked_source(source.text(), kind);
    match parsed.errors().first() {
        None => Ok(parsed),
        Some(error) => {
            let mut message = error.error.to_string();
            if let Some(first) = message.chars().next().filter(char::is_ascii_uppercase) {
                message.replace_range(..1, &first.to_ascii_lowercase().to_string());
            }
            Err(ParseProblem::Syntax(error.location, message))
        }
    }
}
