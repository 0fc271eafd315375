//! How far a directive reaches.

use hotlint_core::ast::token::{Token, TokenKind};
use hotlint_core::python::Source;
use hotlint_core::text_size::{Ranged, TextRange, TextSize};

use super::directive::{Directive, Fault, Kind};

/// Where a finding has to be, to be silenced.
#[derive(Clone, Copy, Debug)]
pub(super) enum Reach {
    Nothing,
    Everywhere,
    /// It starts in here.
    Starts(TextRange),
    /// It starts in here, and lies over the line.
    Line {
        line: usize,
        within: TextRange,
    },
}

impl Reach {
    pub fn holds(self, source: &Source, finding: TextRange) -> bool {
        match self {
            Reach::Nothing => false,
            Reach::Everywhere => true,
            Reach::Starts(range) => range.contains(finding.start()),
            Reach::Line { line, within } => {
                // The body of a statement is none of its head's business.
                let end = finding.end().min(within.end());
                within.contains(finding.start())
                    && (line_of(source, finding.start())..=line_of(source, end)).contains(&line)
            }
        }
    }
}

/// Simple statements and heads of compound statements, as the tokens give them.
pub(super) struct Statements {
    all: Vec<Statement>,
    /// First token after each comment that stands in brackets.
    resumes: Vec<(TextSize, TextSize)>,
}

#[derive(Clone, Copy)]
struct Statement {
    range: TextRange,
    is_decorator: bool,
}

impl Statements {
    pub fn new(tokens: &[Token]) -> Self {
        let (mut all, mut resumes) = (Vec::new(), Vec::new());
        let mut open: Option<Statement> = None;
        let mut waiting: Vec<TextSize> = Vec::new();
        for token in tokens {
            match token.kind() {
                TokenKind::Comment if open.is_some() => waiting.push(token.start()),
                TokenKind::Comment
                | TokenKind::NonLogicalNewline
                | TokenKind::Indent
                | TokenKind::Dedent => {}
                TokenKind::Newline | TokenKind::EndOfFile => {
                    waiting.clear();
                    all.extend(open.take());
                }
                kind => {
                    resumes.extend(waiting.drain(..).map(|comment| (comment, token.start())));
                    let statement = open.get_or_insert(Statement {
                        range: token.range(),
                        is_decorator: kind == TokenKind::At,
                    });
                    statement.range = statement.range.cover(token.range());
                }
            }
        }
        all.extend(open);
        Self { all, resumes }
    }

    /// The last one that starts before `offset`.
    fn before(&self, offset: TextSize) -> Option<Statement> {
        let index = self
            .all
            .partition_point(|statement| statement.range.start() < offset);
        index.checked_sub(1).map(|index| self.all[index])
    }

    /// Where the one around `offset` starts.
    pub fn start_of(&self, offset: TextSize) -> Option<TextSize> {
        let inner = self.before(offset + TextSize::from(1))?;
        Some(inner.range.start())
    }

    /// The next one, from its first decorator to the end of its head.
    fn after(&self, offset: TextSize) -> Option<TextRange> {
        let rest = &self.all[self
            .all
            .partition_point(|statement| statement.range.start() < offset)..];
        let head = rest.iter().position(|statement| !statement.is_decorator);
        let last = head.map_or(rest.last(), |head| rest.get(head))?;
        Some(rest.first()?.range.cover(last.range))
    }

    /// The one that `comment` stands in the brackets of.
    fn around(&self, comment: TextRange) -> Option<Statement> {
        self.before(comment.start())
            .filter(|statement| comment.end() < statement.range.end())
    }

    /// The code that goes on after a comment in brackets.
    fn resume(&self, comment: TextRange) -> Option<TextSize> {
        let index = self
            .resumes
            .binary_search_by_key(&comment.start(), |pair| pair.0);
        index.ok().map(|index| self.resumes[index].1)
    }
}

/// How far each name of each directive reaches; those in places where they mean nothing are taken out and become faults.
pub(super) fn reaches(
    source: &Source,
    statements: &Statements,
    directives: &mut Vec<Directive>,
    faults: &mut Vec<Fault>,
) -> Vec<Vec<Reach>> {
    directives.retain(|directive| match misplaced(source, statements, directive) {
        Some(fault) => {
            faults.push(fault);
            false
        }
        None => true,
    });
    let mut reaches: Vec<Vec<Reach>> = directives
        .iter()
        .map(|directive| {
            let reach = match directive.kind {
                Kind::Ignore => ignored(source, statements, directive.comment),
                Kind::FileIgnore => Reach::Everywhere,
                Kind::Disable | Kind::Enable => Reach::Nothing,
            };
            vec![reach; directive.names.len()]
        })
        .collect();
    ranges(source, statements, directives, &mut reaches);
    reaches
}

fn misplaced(source: &Source, statements: &Statements, directive: &Directive) -> Option<Fault> {
    let indentation = match statements.around(directive.comment) {
        None => indentation(source, directive.comment),
        Some(_) => None,
    };
    let (message, help) = match (directive.kind, indentation) {
        (Kind::Ignore, _)
        | (Kind::FileIgnore, Some(0))
        | (Kind::Disable | Kind::Enable, Some(_)) => return None,
        (Kind::FileIgnore, _) => (
            "`file-ignore` does not stand at the top level of the file".to_owned(),
            "move it to a line of its own without indentation, or write `ignore[…]`",
        ),
        (kind, None) => (
            format!("`{}` does not stand between statements", kind.word()),
            "move it to a line of its own, or write `ignore[…]`",
        ),
    };
    Some(Fault {
        range: directive.range,
        comment: directive.comment,
        message,
        help: help.to_owned(),
        is_meant: true,
    })
}

/// What an `ignore` silences, which depends on what else stands on its line. Its own comment is always among it, so
/// that directives can be silenced like code.
fn ignored(source: &Source, statements: &Statements, comment: TextRange) -> Reach {
    let own_line = indentation(source, comment).is_some();
    match (own_line, statements.around(comment)) {
        (true, None) => Reach::Starts(
            statements
                .after(comment.end())
                .map_or(comment, |statement| statement.cover(comment)),
        ),
        (true, Some(_)) => statements.resume(comment).map_or(Reach::Nothing, |code| {
            Reach::Starts(line_range(source, code).cover(comment))
        }),
        (false, Some(statement)) => Reach::Line {
            line: line_of(source, comment.start()),
            within: statement.range,
        },
        // Behind the last line of a statement: for all of it.
        (false, None) => Reach::Starts(
            statements
                .before(comment.start())
                .map_or(comment, |statement| statement.range.cover(comment)),
        ),
    }
}

/// From each `disable` to its `enable`, or to the end of the block.
fn ranges(
    source: &Source,
    statements: &Statements,
    directives: &[Directive],
    reaches: &mut [Vec<Reach>],
) {
    for (index, directive) in directives.iter().enumerate() {
        if directive.kind != Kind::Disable {
            continue;
        }
        let indent = indentation(source, directive.comment);
        let block_end = statements
            .all
            .iter()
            .filter(|statement| statement.range.start() > directive.comment.end())
            .find(|statement| indentation(source, statement.range) < indent)
            .map_or(TextSize::of(source.text()), |statement| {
                statement.range.start()
            });
        for (which, name) in directive.names.iter().enumerate() {
            let end = directives
                .iter()
                .enumerate()
                .skip(index + 1)
                .take_while(|(_, enable)| enable.range.start() < block_end)
                .filter(|(_, enable)| {
                    enable.kind == Kind::Enable && indentation(source, enable.comment) == indent
                })
                .find_map(|(other, enable)| {
                    let which = enable
                        .names
                        .iter()
                        .position(|other| other.text == name.text)?;
                    Some((other, which))
                });
            let end = end.map_or(block_end, |(other, which)| {
                reaches[other][which] = Reach::Starts(directives[other].range);
                directives[other].range.start()
            });
            reaches[index][which] = Reach::Starts(TextRange::new(directive.range.start(), end));
        }
    }
}

/// Length of the blanks before `range`; `None` when something else stands before it on its line.
pub(super) fn indentation(source: &Source, range: TextRange) -> Option<usize> {
    let line = line_range(source, range.start());
    let before = &source.text()[TextRange::new(line.start(), range.start())];
    before
        .chars()
        .all(|c| matches!(c, ' ' | '\t' | '\x0c'))
        .then_some(before.len())
}

pub(super) fn line_of(source: &Source, offset: TextSize) -> usize {
    source.lines().line_index(offset).to_zero_indexed()
}

/// The line that `offset` is on, with its end.
pub(super) fn line_range(source: &Source, offset: TextSize) -> TextRange {
    let line = source.lines().line_index(offset);
    source.lines().line_range(line, source.text())
}
