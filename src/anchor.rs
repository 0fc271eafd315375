//! Where a finding belongs, told without line numbers: what baselines, fingerprints and comparisons with an older version go by.
//!
//! **Invariant**: made of tokens alone, so that white space, line breaks, comments, quotes, brackets that only group, and trailing
//! commas change nothing, and the same on every platform and in every build: anchors are kept in files.

use std::fmt::Write as _;

use hotlint_core::ast::token::{Token, TokenKind};
use hotlint_core::ast::{AnyNodeRef, Stmt};
use hotlint_core::python::{Facts, Source, bodies, parse};
use hotlint_core::text_size::{Ranged, TextRange, TextSize};
use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

use crate::verdict::Marked;

/// Code that is longer than this is told by its beginning and its hash.
const LONGEST: usize = 120;

/// Where a finding belongs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Anchor {
    /// Names of the classes and functions around it, as in `Order.total`; empty at the top level.
    pub scope: String,
    /// The slow operation, with its tokens a space apart.
    pub code: String,
    /// Hash of the statement that it is part of; of a compound statement the head counts.
    pub statement: u64,
    /// Hash of the statements before and behind that one, and of the head around.
    pub around: u64,
}

/// Gives each finding its anchor.
pub fn drop_anchors(facts: &Facts, findings: &mut [Marked]) {
    let tokens = Tokens {
        text: facts.source().text(),
        all: facts.tokens(),
    };
    let Some(module) = facts.tree.nodes().first() else {
        return;
    };
    for marked in findings {
        marked.anchor = anchor(*module, tokens, marked.finding.range);
    }
}

/// The same in a file that is no Python: what is around is the lines before and behind.
pub fn drop_plain_anchors(source: &Source, tokens: &[Token], findings: &mut [Marked]) {
    let lines: Vec<&Token> = (tokens.iter())
        .filter(|token| token.kind() == TokenKind::Name)
        .collect();
    let words = |range: TextRange| {
        let text = source.text().get(range.to_std_range()).unwrap_or_default();
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    for marked in findings {
        let range = marked.finding.range;
        let at = lines.partition_point(|line| line.end() <= range.start());
        let line = |at: Option<usize>| {
            let line = at.and_then(|at| lines.get(at));
            line.map_or_else(String::new, |line| words(line.range()))
        };
        let around = format!("{}\n{}", line(at.checked_sub(1)), line(Some(at + 1)));
        marked.anchor = Anchor {
            scope: String::new(),
            code: shortened(words(range)),
            statement: xxh3_64(line(Some(at)).as_bytes()),
            around: xxh3_64(around.as_bytes()),
        };
    }
}

fn anchor(module: AnyNodeRef, tokens: Tokens, range: TextRange) -> Anchor {
    let place = Place::of(module, range.start());
    let whole = place.statement.map(|(node, _)| {
        let head = head(node);
        // What covers more than the head is about the whole statement.
        match range.end() > head.end() {
            true => head.cover(range),
            false => head,
        }
    });
    let neighbours = match place.statement {
        Some((_, index)) => {
            let at = |index: Option<usize>| index.and_then(|index| place.siblings.get(index));
            let neighbour = |stmt: Option<&Stmt>| {
                stmt.map_or_else(String::new, |stmt| tokens.normal(head(stmt.into())))
            };
            let before = neighbour(at(index.checked_sub(1)));
            let behind = neighbour(at(Some(index + 1)));
            format!("{before}\n{behind}")
        }
        None => String::new(),
    };
    let around = match place.around {
        AnyNodeRef::ModModule(_) => String::new(),
        node => tokens.normal(head(node)),
    };
    let mut code = tokens.normal(range);
    if code.is_empty() {
        // A comment, which is no token to anybody else.
        let words = tokens.text.get(range.to_std_range()).unwrap_or_default();
        code = words.split_whitespace().collect::<Vec<_>>().join(" ");
    }
    Anchor {
        scope: place.scope.join("."),
        statement: xxh3_64(
            whole
                .map_or_else(|| code.clone(), |range| tokens.normal(range))
                .as_bytes(),
        ),
        around: xxh3_64(format!("{neighbours}\n{around}").as_bytes()),
        code: shortened(code),
    }
}

/// The innermost statement at an offset, with what is around it.
struct Place<'a> {
    scope: Vec<&'a str>,
    /// With its place among its siblings. A clause, such as `elif`, has none: it counts from 0.
    statement: Option<(AnyNodeRef<'a>, usize)>,
    siblings: &'a [Stmt],
    around: AnyNodeRef<'a>,
}

impl<'a> Place<'a> {
    fn of(module: AnyNodeRef<'a>, offset: TextSize) -> Self {
        let mut place = Self {
            scope: Vec::new(),
            statement: None,
            siblings: &[],
            around: module,
        };
        let mut node = module;
        loop {
            let list = bodies(node)
                .into_iter()
                .find(|body| holds(body.first(), body.last(), offset));
            let (inner, siblings, index) = match list {
                Some(list) => {
                    let index = list.partition_point(|stmt| stmt.end() <= offset);
                    match list.get(index).filter(|stmt| stmt.start() <= offset) {
                        Some(stmt) => (AnyNodeRef::from(stmt), list, index),
                        None => break,
                    }
                }
                None => {
                    let at = |clause: &AnyNodeRef| clause.range().contains(offset);
                    match clauses(node).into_iter().find(at) {
                        Some(clause) => (clause, &[][..], 0),
                        None => break,
                    }
                }
            };
            match node {
                AnyNodeRef::StmtFunctionDef(def) => place.scope.push(&def.name),
                AnyNodeRef::StmtClassDef(class) => place.scope.push(&class.name),
                _ => {}
            }
            place.around = node;
            place.statement = Some((inner, index));
            place.siblings = siblings;
            node = inner;
        }
        place
    }
}

fn holds(first: Option<&Stmt>, last: Option<&Stmt>, offset: TextSize) -> bool {
    first.is_some_and(|first| first.start() <= offset)
        && last.is_some_and(|last| offset < last.end())
}

/// The parts of a compound statement that have a head of their own.
fn clauses(node: AnyNodeRef<'_>) -> Vec<AnyNodeRef<'_>> {
    match node {
        AnyNodeRef::StmtIf(stmt) => stmt.elif_else_clauses.iter().map(Into::into).collect(),
        AnyNodeRef::StmtTry(stmt) => stmt.handlers.iter().map(Into::into).collect(),
        AnyNodeRef::StmtMatch(stmt) => stmt.cases.iter().map(Into::into).collect(),
        _ => Vec::new(),
    }
}

/// The qualified names of all classes and functions of a file; `None` where it cannot be parsed.
pub fn scopes(source: &Source) -> Option<Vec<String>> {
    let parsed = parse(source).ok()?;
    let mut scopes = Vec::new();
    let mut todo: Vec<(AnyNodeRef, String)> = vec![(parsed.syntax().into(), String::new())];
    while let Some((node, scope)) = todo.pop() {
        let name = match node {
            AnyNodeRef::StmtFunctionDef(def) => Some(def.name.as_str()),
            AnyNodeRef::StmtClassDef(class) => Some(class.name.as_str()),
            _ => None,
        };
        let scope = match name {
            Some(name) if scope.is_empty() => name.to_owned(),
            Some(name) => format!("{scope}.{name}"),
            None => scope,
        };
        if name.is_some() {
            scopes.push(scope.clone());
        }
        let inner = bodies(node).into_iter().flatten().map(AnyNodeRef::from);
        todo.extend(inner.chain(clauses(node)).map(|node| (node, scope.clone())));
    }
    Some(scopes)
}

/// A statement without the statements in it.
fn head(node: AnyNodeRef) -> TextRange {
    let first = match node {
        AnyNodeRef::StmtMatch(stmt) => stmt.cases.first().map(Ranged::start),
        node => bodies(node)
            .first()
            .and_then(|body| body.first())
            .map(Ranged::start),
    };
    first.map_or(node.range(), |first| TextRange::new(node.start(), first))
}

/// A text with its tokens.
#[derive(Clone, Copy)]
struct Tokens<'a> {
    text: &'a str,
    all: &'a [Token],
}

impl Tokens<'_> {
    /// The tokens that lie in `range`, in the one spelling that all formatters' spellings have in common.
    fn normal(self, range: TextRange) -> String {
        let first = (self.all).partition_point(|token| token.start() < range.start());
        let tokens = self.all.get(first..).unwrap_or_default().iter();
        let mut tokens = tokens
            .take_while(|token| token.start() < range.end())
            .filter(|token| !token.kind().is_trivia())
            .peekable();
        let mut normal = String::new();
        let mut in_string = false;
        while let Some(token) = tokens.next() {
            let text = (self.text.get(token.range().to_std_range())).unwrap_or_default();
            let words = match token.kind() {
                kind if is_grouping(kind) => continue,
                TokenKind::Comma if tokens.peek().is_none_or(|next| closes(next.kind())) => {
                    continue;
                }
                TokenKind::String => literal(text),
                TokenKind::FStringStart
                | TokenKind::FStringEnd
                | TokenKind::TStringStart
                | TokenKind::TStringEnd => String::new(),
                TokenKind::FStringMiddle | TokenKind::TStringMiddle => {
                    body(text).replace("{{", "{").replace("}}", "}")
                }
                kind => {
                    in_string = false;
                    if !normal.is_empty() {
                        normal.push(' ');
                    }
                    normal.push_str(&match kind {
                        TokenKind::Int | TokenKind::Float | TokenKind::Complex => {
                            text.to_ascii_lowercase()
                        }
                        _ => text.to_owned(),
                    });
                    continue;
                }
            };
            // Strings that follow each other are one.
            if !in_string {
                normal.push_str(if normal.is_empty() { "\"" } else { " \"" });
            }
            in_string = true;
            normal.push_str(&words);
        }
        normal
    }
}

/// Formatters put these round almost anything, and take them away.
fn is_grouping(kind: TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::Lpar
            | TokenKind::Rpar
            | TokenKind::Newline
            | TokenKind::Semi
            | TokenKind::Indent
            | TokenKind::Dedent
            | TokenKind::EndOfFile
    )
}

/// Before these, and at the end, a comma says nothing once round brackets are gone.
fn closes(kind: TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::Rpar
            | TokenKind::Rsqb
            | TokenKind::Rbrace
            | TokenKind::Colon
            | TokenKind::Equal
            | TokenKind::In
            | TokenKind::Newline
            | TokenKind::Semi
    )
}

/// What a string literal says, whatever its prefix and quotes.
fn literal(text: &str) -> String {
    let quote = |char: char| char == '"' || char == '\'';
    let start = text.find(quote).unwrap_or(0);
    body(text.get(start..).unwrap_or_default().trim_matches(quote))
}

/// Without what formatters change in strings: escaped quotes, the case of escapes, the indentation of docstrings.
fn body(text: &str) -> String {
    let kept = text
        .chars()
        .filter(|char| !char.is_whitespace() && *char != '\\' && *char != '"' && *char != '\'');
    kept.flat_map(char::to_lowercase).collect()
}

fn shortened(code: String) -> String {
    if code.chars().count() <= LONGEST {
        return code;
    }
    let hash = xxh3_64(code.as_bytes());
    let mut short: String = code.chars().take(LONGEST).collect();
    let _ = write!(short, "… {hash:016x}");
    short
}

/// Gives findings names that stay the same for as long as they do.
#[derive(Debug, Default)]
pub struct Fingerprints(FxHashMap<u128, usize>);

impl Fingerprints {
    /// The name of the next finding of the file at `path`; findings that are alike are numbered in the order in which they come.
    pub fn next(&mut self, path: &str, marked: &Marked) -> String {
        let Anchor {
            scope,
            code,
            statement,
            ..
        } = &marked.anchor;
        let rule = marked.finding.rule;
        let words = format!("{rule}\0{path}\0{scope}\0{code}\0{statement:x}");
        let hash = xxh3_128(words.as_bytes());
        let seen = self.0.entry(hash).or_default();
        *seen += 1;
        match *seen {
            1 => format!("{hash:032x}"),
            again => format!("{:032x}", xxh3_128(format!("{words}\0{again}").as_bytes())),
        }
    }
}

#[cfg(test)]
mod tests;
