//! The words of a directive.

use hotlint_core::ast::token::{Token, TokenKind};
use hotlint_core::python::Source;
use hotlint_core::text_size::{Ranged, TextRange, TextSize};

/// What a directive begins with, after the `#`.
pub(super) const MARK: &str = "hotlint:";

/// What a directive does; the order is that of precedence, the closest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Ignore,
    Disable,
    FileIgnore,
    /// Ends a `Disable`; silences nothing.
    Enable,
}

impl Kind {
    const WORDS: [(&'static str, Kind); 4] = [
        ("ignore", Kind::Ignore),
        ("disable", Kind::Disable),
        ("file-ignore", Kind::FileIgnore),
        ("enable", Kind::Enable),
    ];

    pub fn word(self) -> &'static str {
        Self::WORDS
            .iter()
            .find(|(_, kind)| *kind == self)
            .map_or("", |(word, _)| word)
    }
}

/// `# hotlint: word[name, name] reason`.
#[derive(Debug)]
pub(super) struct Directive {
    pub kind: Kind,
    /// From the `#` to the end of the comment, or to the next `#`, without blanks at the end.
    pub range: TextRange,
    /// The whole comment that it is part of.
    pub comment: TextRange,
    /// Between the brackets.
    pub list: TextRange,
    pub names: Vec<Name>,
}

#[derive(Debug)]
pub(super) struct Name {
    pub text: String,
    pub range: TextRange,
}

/// What begins like a directive, but cannot be one.
#[derive(Debug)]
pub(super) struct Fault {
    pub range: TextRange,
    pub comment: TextRange,
    pub message: String,
    pub help: String,
    /// Whether it can only have been meant as a directive, not as words for people.
    pub is_meant: bool,
}

/// All directives of the comments among `tokens`, and what only looks like one.
pub(super) fn read(source: &Source, tokens: &[Token]) -> (Vec<Directive>, Vec<Fault>) {
    let (mut directives, mut faults) = (Vec::new(), Vec::new());
    for token in tokens {
        if token.kind() != TokenKind::Comment {
            continue;
        }
        let comment = token.range();
        let text = &source.text()[comment];
        if !text.contains(MARK) {
            continue;
        }
        for (start, part) in parts(text) {
            let words = part[1..].trim_start();
            let Some(words) = words.strip_prefix(MARK) else {
                continue;
            };
            let at =
                |offset: usize| comment.start() + TextSize::try_from(offset).unwrap_or_default();
            let range = TextRange::new(at(start), at(start + part.trim_end().len()));
            // Offset of `words` in the comment.
            let words = (start + part.len() - words.len(), words);
            match parse(words) {
                Ok((kind, list, names)) => directives.push(Directive {
                    kind,
                    range,
                    comment,
                    list: TextRange::new(at(list.0), at(list.1)),
                    names: names
                        .into_iter()
                        .map(|(from, name)| Name {
                            range: TextRange::new(at(from), at(from + name.len())),
                            text: name.to_owned(),
                        })
                        .collect(),
                }),
                Err((message, help)) => faults.push(Fault {
                    range,
                    comment,
                    message,
                    help,
                    is_meant: Kind::WORDS.iter().any(|(word, _)| words.1.contains(word)),
                }),
            }
        }
    }
    (directives, faults)
}

/// Each `#` with what follows it, up to the next.
fn parts(comment: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut starts = comment.match_indices('#').map(|(at, _)| at).peekable();
    std::iter::from_fn(move || {
        let start = starts.next()?;
        let end = starts.peek().copied().unwrap_or(comment.len());
        Some((start, &comment[start..end]))
    })
}

type Parsed<'a> = (Kind, (usize, usize), Vec<(usize, &'a str)>);

fn parse((offset, words): (usize, &str)) -> Result<Parsed<'_>, (String, String)> {
    let body = words.trim_start();
    let end = body
        .find(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_')
        .unwrap_or(body.len());
    let (word, rest) = body.split_at(end);
    let Some((_, kind)) = Kind::WORDS.iter().find(|(known, _)| *known == word) else {
        let message = if word.is_empty() {
            "no word follows `hotlint:`".to_owned()
        } else {
            format!("`{word}` is no word that follows `hotlint:`")
        };
        let help =
            "one of `ignore[…]`, `file-ignore[…]`, `disable[…]` and `enable[…]` belongs here";
        return Err((message, help.to_owned()));
    };
    let list = rest.trim_start();
    let help = || format!("write the names of rules in brackets: `# hotlint: {word}[rule-name]`");
    let Some(list) = list.strip_prefix('[') else {
        return Err((format!("`hotlint: {word}` names no rule"), help()));
    };
    let Some(close) = list.find(']') else {
        return Err((
            format!("the list of `hotlint: {word}[` is not closed"),
            help(),
        ));
    };
    let start = offset + words.len() - list.len();
    let list = &list[..close];
    let mut names = Vec::new();
    let mut at = start;
    for entry in list.split(',') {
        let name = entry.trim();
        if !name.is_empty() {
            names.push((at + entry.len() - entry.trim_start().len(), name));
        }
        at += entry.len() + 1;
    }
    if names.is_empty() {
        return Err((format!("`hotlint: {word}[]` names no rule"), help()));
    }
    Ok((*kind, (start, start + list.len()), names))
}
