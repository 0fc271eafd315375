//! The line on which a comment of ours has to stand: linters report one and the same loop at different lines of it.

use hotlint_core::ast::Stmt;
use hotlint_core::ast::token::TokenKind;
use hotlint_core::ast::visitor::source_order::{SourceOrderVisitor, walk_stmt};
use hotlint_core::lint::Severity;
use hotlint_core::python::{Source, Versions, parse};
use hotlint_core::text_size::{Ranged, TextRange, TextSize};

use crate::check::{Setup, find};
use crate::policy::Policy;
use crate::quiet::Quiet;

/// What is found in one file.
#[derive(Debug, Default)]
pub struct Places {
    /// Rules with the starts of what they report.
    findings: Vec<(&'static str, TextSize)>,
    /// Statements that hold others, outermost first.
    statements: Vec<TextRange>,
    /// Where lines of code end; strings over several lines have none in them.
    ends: Vec<TextSize>,
}

impl Places {
    /// Looks for what all rules report.
    pub fn new(source: &Source, python: Versions) -> Self {
        let all = vec![Some(Severity::Warning); hotlint_rules::all().len()];
        let setup = Setup {
            python,
            policy: Policy::new(all, Quiet::default()).into(),
            ..Setup::default()
        };
        let Ok(parsed) = parse(source) else {
            return Self::default();
        };
        let mut compound = Compound(Vec::new());
        compound.visit_body(&parsed.syntax().body);
        let is_end = |kind| matches!(kind, TokenKind::Newline | TokenKind::NonLogicalNewline);
        let ends = parsed.tokens().iter().filter(|token| is_end(token.kind()));
        Self {
            findings: (find(source, &setup).findings.iter())
                .map(|marked| (marked.finding.rule, marked.finding.range.start()))
                .collect(),
            statements: compound.0,
            ends: ends.map(|token| token.start()).collect(),
        }
    }

    /// The end of the line on which a comment silences `rule`, where the one behind the code that ends at `comment` is on another line
    /// of the same statement.
    pub fn elsewhere(&self, source: &Source, rule: &str, comment: TextSize) -> Option<TextSize> {
        let line = |offset: TextSize| source.lines().line_index(offset);
        let is_on = |offset: TextSize| {
            let on =
                |(name, start): &(&str, TextSize)| *name == rule && line(*start) == line(offset);
            self.findings.iter().any(on)
        };
        if is_on(comment) {
            return None;
        }
        let around = self.statements.iter().rev();
        let mut around = around.filter(|statement| statement.contains_inclusive(comment));
        let statement = around.find(|statement| is_on(statement.start()))?;
        let row = line(statement.start());
        self.ends.iter().copied().find(|end| line(*end) == row)
    }
}

struct Compound(Vec<TextRange>);

impl<'a> SourceOrderVisitor<'a> for Compound {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        if stmt.is_for_stmt() || stmt.is_while_stmt() || stmt.is_try_stmt() || stmt.is_if_stmt() {
            self.0.push(stmt.range());
        }
        walk_stmt(self, stmt);
    }
}
