//! What a rule is given: the facts of the file.

use std::cell::RefCell;
use std::ops::Deref;

use ruff_python_ast::ExprRef;
use ruff_text_size::{Ranged, TextRange};

use super::{Asked, Edit, Fix};
use crate::python::{Facts, Import};

/// The context of a check: all facts about the file, and the edits that build on them.
pub struct Cx<'a> {
    facts: Facts<'a>,
    /// What is asked, while somebody wants to know.
    pub(super) trace: RefCell<Option<Vec<Asked>>>,
}

impl<'a> Deref for Cx<'a> {
    type Target = Facts<'a>;

    fn deref(&self) -> &Facts<'a> {
        &self.facts
    }
}

impl<'a> Cx<'a> {
    pub fn new(facts: Facts<'a>) -> Self {
        Self {
            facts,
            trace: RefCell::default(),
        }
    }

    /// The source of an expression, wrapped so that it can stand as an operand, an argument, or before a dot.
    pub fn atom(&self, expr: impl Into<ExprRef<'a>>) -> String {
        let expr: ExprRef<'a> = expr.into();
        let text = self.text(expr);
        let plain = matches!(
            expr,
            ExprRef::Name(_)
                | ExprRef::Attribute(_)
                | ExprRef::Call(_)
                | ExprRef::Subscript(_)
                | ExprRef::List(_)
                | ExprRef::ListComp(_)
                | ExprRef::Set(_)
                | ExprRef::SetComp(_)
                | ExprRef::Dict(_)
                | ExprRef::DictComp(_)
        );
        // A call or a subscript may still break over lines, which only brackets allow.
        let one_piece = plain
            || (text.starts_with(['(', '"', '\''])
                && !text.contains('\n')
                && !matches!(expr, ExprRef::BinOp(_)));
        if one_piece
            && (plain
                || matches!(expr, ExprRef::Tuple(tuple) if tuple.parenthesized)
                || matches!(expr, ExprRef::StringLiteral(_) | ExprRef::Generator(_)))
        {
            text.to_string()
        } else {
            format!("({text})")
        }
    }

    /// A line of its own before a statement, as deep as the statement; `None` where it shares its line with something before it.
    pub fn line_before(&self, stmt: impl Ranged, line: &str) -> Option<Edit> {
        let start = self.lines_of(TextRange::empty(stmt.start())).start();
        let before = self.text(TextRange::new(start, stmt.start()));
        let line_end = if self.source().text().contains("\r\n") {
            "\r\n"
        } else {
            "\n"
        };
        self.begins_its_line(stmt.range())
            .then(|| Edit::insert(start, format!("{before}{line}{line_end}")))
    }

    /// A line of its own behind a statement, as deep as the statement; `None` where something else follows on its last line.
    pub fn line_after(&self, stmt: impl Ranged, line: &str) -> Option<Edit> {
        let stmt = stmt.range();
        let lines = self.lines_of(stmt);
        let behind = self.text(TextRange::new(stmt.end(), lines.end()));
        let free = behind.trim().is_empty() || behind.trim_start().starts_with('#');
        let line_end = if behind.ends_with("\r\n") {
            "\r\n"
        } else {
            "\n"
        };
        let own = self.begins_its_line(stmt) && behind.ends_with(['\n', '\r']);
        (free && own).then(|| {
            let indentation = self.indentation(stmt);
            Edit::insert(lines.end(), format!("{indentation}{line}{line_end}"))
        })
    }

    /// Deletes whole lines.
    pub fn delete_lines(&self, stmt: impl Ranged) -> Edit {
        Edit::delete(self.lines_of(stmt))
    }
}

impl Import {
    /// The edit that the import needs, if any; goes into the same fix as the code that uses the name.
    pub fn edits(&self) -> Option<Edit> {
        let (at, text) = self.insertion.as_ref()?;
        Some(Edit::insert(*at, text.clone()))
    }
}

impl Fix {
    /// Brings the import along that its text needs. One more module is loaded then, which takes time, and which programs that
    /// watch what they import refuse: no safe fix does that, unless Python itself has the module at hand from its start.
    #[must_use]
    pub fn importing(mut self, import: &Import) -> Self {
        let Some(edit) = import.edits() else {
            return self;
        };
        let always_there = ["import sys", "from sys "];
        let is_free = always_there.iter().any(|line| edit.text.starts_with(line));
        self.edits.push(edit);
        let fix = Self::at(self.level, self.title, self.caveat, self.edits);
        match is_free {
            true => fix,
            false => fix.unsafe_because("the file imports one more module"),
        }
    }
}
