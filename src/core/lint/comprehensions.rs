//! Writing comprehensions: what may move into one, how its parts are spelled, and what a loop that fills a container becomes.

use ruff_python_ast::{AnyNodeRef, Expr, ExprRef, Stmt};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::{Cx, Edit, Finding};
use crate::python::{FillLoop, Loop};

impl<'a> Cx<'a> {
    /// Edits that put other brackets around what is written in brackets of one character.
    pub fn brackets(&self, place: impl Ranged, left: &str, right: &str) -> [Edit; 2] {
        let (one, range) = (TextSize::from(1), place.range());
        [
            Edit::replace(TextRange::at(range.start(), one), left),
            Edit::replace(TextRange::new(range.end() - one, range.end()), right),
        ]
    }

    /// An edit that puts words where brackets may have stood right beside another word, as in `return[x]`.
    pub fn replace_word(&self, place: impl Ranged, text: &str) -> Edit {
        let range = place.range();
        let before = self.text(TextRange::new(
            self.lines_of(TextRange::empty(range.start())).start(),
            range.start(),
        ));
        let after = self.text(TextRange::new(
            range.end(),
            self.lines_of(TextRange::empty(range.end())).end(),
        ));
        let word = |c: char| c.is_alphanumeric() || c == '_';
        let space = |touching: bool| if touching { " " } else { "" };
        // In an f-string two braces in a row are a brace of the text.
        let left = (before.ends_with(word) && text.starts_with(word))
            || (before.ends_with('{') && text.starts_with('{'));
        let right = (after.starts_with(word) && text.ends_with(word))
            || (after.starts_with('}') && text.ends_with('}'));
        let (left, right) = (space(left), space(right));
        Edit::replace(range, format!("{left}{text}{right}"))
    }

    /// The text of an expression as the only argument of a call.
    pub fn only_argument(&self, expr: &'a Expr) -> String {
        match expr {
            Expr::Tuple(tuple) if !tuple.parenthesized => format!("({})", self.text(expr)),
            Expr::Yield(_) | Expr::YieldFrom(_) | Expr::Await(_) | Expr::Named(_) => {
                format!("({})", self.text(expr))
            }
            _ => self.text(expr).to_string(),
        }
    }

    /// The text of an expression as the element of a comprehension, on a line with that indentation.
    pub fn element_text(&self, expr: &'a Expr, indentation: &str) -> String {
        let text = self.shifted(expr, indentation);
        match expr {
            Expr::Generator(generator) if !generator.parenthesized => format!("({text})"),
            Expr::Tuple(tuple) if !tuple.parenthesized => format!("({text})"),
            _ => text,
        }
    }

    /// The text of an expression behind `in` or `if` of a comprehension, where a conditional expression does not end.
    pub fn clause_text(&self, expr: &'a Expr, indentation: &str) -> String {
        let text = self.shifted(expr, indentation);
        let wrap = match expr {
            Expr::If(_) | Expr::Lambda(_) => true,
            Expr::Tuple(tuple) => !tuple.parenthesized,
            _ => false,
        };
        if wrap { format!("({text})") } else { text }
    }

    /// Whether an expression means the same inside a comprehension that binds the same names.
    ///
    /// `late` tells whether code in it that runs after its own iteration would still see the same.
    pub fn moves_into_comprehension(
        &self,
        expr: impl Into<ExprRef<'a>>,
        late: impl Fn() -> bool,
    ) -> bool {
        self.tree
            .descendants(AnyNodeRef::from(expr.into()))
            .all(|node| match node {
                AnyNodeRef::ExprNamed(_)
                | AnyNodeRef::ExprAwait(_)
                | AnyNodeRef::ExprYield(_)
                | AnyNodeRef::ExprYieldFrom(_) => false,
                // Asynchronous comprehensions nest from 3.11 on only.
                AnyNodeRef::Comprehension(clause) => !clause.is_async,
                AnyNodeRef::ExprLambda(_) | AnyNodeRef::ExprGenerator(_) => late(),
                // Before 3.12 a comprehension is a function of its own.
                AnyNodeRef::ExprName(name) => !matches!(
                    name.id.as_str(),
                    "super" | "__class__" | "locals" | "vars" | "dir" | "eval" | "exec"
                ),
                _ => true,
            })
    }

    /// What every finding about a loop that only fills a container says: the loop, and where the container is made.
    pub fn fill_finding(&self, fill: FillLoop<'a>, message: String, label: &str) -> Finding {
        let finding = Finding::new(Loop::For(fill.stmt).header(), message).label(label);
        match fill.made {
            Some(made) => finding.because(made, "empty until then"),
            None => finding,
        }
    }

    /// The lines of a loop that only fills a container, with those that make the container, and the text up to what the container is
    /// made from: `out = `, or nothing.
    ///
    /// `None` where other code shares a line, or where a comment would be lost.
    pub fn fill_place(&self, fill: FillLoop<'a>) -> Option<(TextRange, &'a str)> {
        let start = fill.made.map_or(fill.stmt.start(), Ranged::start);
        let whole = TextRange::new(start, fill.stmt.end());
        let alone = |stmt: TextRange| self.is_alone_on_its_lines(stmt);
        if !alone(fill.stmt.range())
            || fill.made.is_some_and(|made| !alone(made.range()))
            || self.has_comment(whole)
        {
            return None;
        }
        let value = match fill.made {
            Some(Stmt::Assign(assign)) => self.parenthesized(&*assign.value).start(),
            Some(Stmt::AnnAssign(assign)) => self.parenthesized(assign.value.as_deref()?).start(),
            _ => start,
        };
        Some((whole, self.text(TextRange::new(start, value))))
    }

    /// A loop that only fills a container as a comprehension between `left` and `right`, on one line or on several; `None` where a
    /// part of the loop means something else inside a comprehension.
    pub fn filled_at_once(&self, fill: FillLoop<'a>, left: &str, right: &str) -> Option<String> {
        // What runs later sees the loop's variables as they are then: the same, unless other code binds them.
        let late = || {
            let names = self.target_names(&fill.stmt.target);
            names.is_some_and(|names| {
                names.iter().all(|name| {
                    self.symbol(*name).is_some_and(|symbol| {
                        self.binding_nodes(symbol)
                            .all(|node| fill.stmt.range().contains_range(node.range()))
                    })
                })
            })
        };
        let mut parts = [fill.key, Some(fill.item), fill.filter]
            .into_iter()
            .flatten();
        // `in (x := y)` is no syntax there.
        let binds = self
            .tree
            .descendants(&*fill.stmt.iter)
            .any(|node| node.is_expr_named());
        if binds || !parts.all(|part| self.moves_into_comprehension(part, late)) {
            return None;
        }
        let indentation = self.indentation(fill.stmt);
        let deeper = format!("{indentation}    ");
        let item = self.element_text(fill.item, &deeper);
        let item = match fill.key {
            Some(key) => format!("{}: {item}", self.element_text(key, &deeper)),
            None => item,
        };
        let target = self.text(&*fill.stmt.target);
        let iter = self.clause_text(&fill.stmt.iter, &deeper);
        let mut clauses = vec![format!("for {target} in {iter}")];
        clauses.extend(
            fill.filter
                .map(|filter| format!("if {}", self.clause_text(filter, &deeper))),
        );
        let line = format!("{left}{item} {}{right}", clauses.join(" "));
        if indentation.len() + line.len() <= WIDTH && !line.contains('\n') {
            return Some(line);
        }
        let line_end = self.line_end();
        let deeper = format!("{line_end}{deeper}");
        let clauses = clauses.join(&deeper);
        Some(format!(
            "{left}{deeper}{item}{deeper}{clauses}{line_end}{indentation}{right}"
        ))
    }
}

/// Longest line that a fix writes in one piece.
const WIDTH: usize = 110;
