//! The pieces of a file that profilers count separately: code objects, as CPython makes them.

use hotlint_core::ast::visitor::source_order::{SourceOrderVisitor, TraversalSignal};
use hotlint_core::ast::{AnyNodeRef, Expr, ModModule, Stmt};
use hotlint_core::python::Source;
use hotlint_core::text_size::{Ranged, TextRange};

/// A code object of a file.
#[derive(Debug)]
pub struct Scope {
    pub kind: Kind,
    /// `build`, `<listcomp>`
    pub name: String,
    /// `Work.build.<locals>.<listcomp>`
    pub qualified: String,
    /// The first line as CPython counts: that of the first decorator.
    pub first_line: u32,
    /// The line of `def`.
    pub def_line: u32,
    pub last_line: u32,
    /// All of it, decorators included.
    pub range: TextRange,
    /// What runs when it is called: no decorators, defaults, and not the first iterable of a comprehension.
    body: TextRange,
    hole: Option<TextRange>,
    pub parent: usize,
}

impl Scope {
    /// Whether it is a function with a name.
    pub fn is_def(&self) -> bool {
        self.kind == Kind::Function && self.name != "<lambda>"
    }
}

/// What kind of code object it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Module,
    Class,
    Function,
    /// Generator expressions are never inlined.
    Generator,
    /// List, set and dict comprehensions are part of their function from Python 3.12 on.
    Comprehension,
}

/// Everything about one file that joining wants to know.
#[derive(Debug)]
pub struct Scopes {
    /// The module first; parents before what lies in them.
    pub all: Vec<Scope>,
    /// Calls: where, and the bare name of what is called.
    calls: Vec<(TextRange, String)>,
    /// Statements: all of them, and what a line of a traceback can be of: all of simple ones, the head of others.
    statements: Vec<(TextRange, TextRange)>,
}

impl Scopes {
    pub fn of(module: &ModModule, source: &Source) -> Self {
        let mut walk = Walk {
            source,
            open: vec![0],
            scopes: Self {
                all: vec![Scope {
                    kind: Kind::Module,
                    name: "<module>".to_owned(),
                    qualified: "<module>".to_owned(),
                    first_line: 1,
                    def_line: 1,
                    last_line: u32::MAX,
                    range: TextRange::up_to(source.text().len().try_into().unwrap_or_default()),
                    body: TextRange::up_to(source.text().len().try_into().unwrap_or_default()),
                    hole: None,
                    parent: 0,
                }],
                calls: Vec::new(),
                statements: Vec::new(),
            },
        };
        walk.visit_body(&module.body);
        walk.scopes
    }

    /// The code object that runs what lies at `range`.
    pub fn running(&self, range: TextRange) -> usize {
        let runs = |scope: &Scope| {
            scope.body.contains_range(range)
                && !scope.hole.is_some_and(|hole| hole.contains_range(range))
        };
        self.all.iter().rposition(runs).unwrap_or(0)
    }

    /// The function or class that is being defined at `range`: its decorators, its name, its parameters.
    pub fn defined(&self, range: TextRange) -> Option<usize> {
        let inner = self
            .all
            .iter()
            .rposition(|scope| scope.range.contains_range(range))?;
        let scope = self.all.get(inner)?;
        let is_head = matches!(scope.kind, Kind::Function | Kind::Class)
            && scope.name != "<lambda>"
            && !scope.body.contains_range(range);
        is_head.then_some(inner)
    }

    /// Code objects of comprehensions within `range`, however deep.
    pub fn comprehensions_in(&self, range: TextRange) -> impl Iterator<Item = usize> {
        let all = self.all.iter().enumerate();
        all.filter(move |(_, scope)| {
            matches!(scope.kind, Kind::Comprehension | Kind::Generator)
                && range.contains_range(scope.range)
        })
        .map(|(at, _)| at)
    }

    /// The bare names of what is called within `range`.
    pub fn called_in(&self, range: TextRange) -> impl Iterator<Item = &str> {
        let calls = self
            .calls
            .iter()
            .filter(move |(call, _)| range.contains_range(*call));
        calls.map(|(_, name)| name.as_str())
    }

    /// The piece of code that a profiler's line for `range` can stand for: the statement, or the head of one with a body.
    pub fn statement(&self, range: TextRange) -> TextRange {
        let inner = self
            .statements
            .iter()
            .rev()
            .find(|(all, _)| all.contains_range(range));
        match inner {
            // It is about the loop as a whole.
            Some((all, head)) if range.start() == all.start() && head.contains_range(range) => *all,
            Some((_, head)) if head.contains_range(range) => *head,
            _ => range,
        }
    }
}

struct Walk<'a> {
    source: &'a Source,
    open: Vec<usize>,
    scopes: Scopes,
}

impl Walk<'_> {
    fn line(&self, at: hotlint_core::text_size::TextSize) -> u32 {
        u32::try_from(self.source.lines().line_index(at).get()).unwrap_or(u32::MAX)
    }

    fn push(
        &mut self,
        kind: Kind,
        name: &str,
        node: TextRange,
        def: TextRange,
        body: TextRange,
        hole: Option<TextRange>,
    ) {
        let parent = self.open.last().copied().unwrap_or(0);
        let outer = self
            .scopes
            .all
            .get(parent)
            .map(|scope| (scope.kind, scope.qualified.as_str()));
        let qualified = match outer {
            None | Some((Kind::Module, _)) => name.to_owned(),
            Some((Kind::Class, outer)) => format!("{outer}.{name}"),
            Some((_, outer)) => format!("{outer}.<locals>.{name}"),
        };
        self.open.push(self.scopes.all.len());
        self.scopes.all.push(Scope {
            kind,
            name: name.to_owned(),
            qualified,
            first_line: self.line(node.start()),
            def_line: self.line(def.start()),
            last_line: self.line(node.end()),
            range: node,
            body,
            hole,
            parent,
        });
    }

    fn comprehension(
        &mut self,
        kind: Kind,
        name: &str,
        node: TextRange,
        generators: &[hotlint_core::ast::Comprehension],
    ) {
        let hole = generators.first().map(|first| first.iter.range());
        self.push(kind, name, node, node, node, hole);
    }
}

impl<'a> SourceOrderVisitor<'a> for Walk<'_> {
    fn enter_node(&mut self, node: AnyNodeRef<'a>) -> TraversalSignal {
        match node {
            AnyNodeRef::StmtFunctionDef(def) => {
                let body = covered(&def.body).unwrap_or(def.range);
                self.push(
                    Kind::Function,
                    &def.name,
                    def.range,
                    def.name.range,
                    body,
                    None,
                );
            }
            AnyNodeRef::StmtClassDef(class) => {
                let body = covered(&class.body).unwrap_or(class.range);
                self.push(
                    Kind::Class,
                    &class.name,
                    class.range,
                    class.name.range,
                    body,
                    None,
                );
            }
            AnyNodeRef::ExprLambda(lambda) => {
                self.push(
                    Kind::Function,
                    "<lambda>",
                    lambda.range,
                    lambda.range,
                    lambda.body.range(),
                    None,
                );
            }
            AnyNodeRef::ExprListComp(it) => {
                self.comprehension(Kind::Comprehension, "<listcomp>", it.range, &it.generators)
            }
            AnyNodeRef::ExprSetComp(it) => {
                self.comprehension(Kind::Comprehension, "<setcomp>", it.range, &it.generators)
            }
            AnyNodeRef::ExprDictComp(it) => {
                self.comprehension(Kind::Comprehension, "<dictcomp>", it.range, &it.generators)
            }
            AnyNodeRef::ExprGenerator(it) => {
                self.comprehension(Kind::Generator, "<genexpr>", it.range, &it.generators)
            }
            AnyNodeRef::ExprCall(call) => {
                let name = match &*call.func {
                    Expr::Name(name) => Some(name.id.as_str()),
                    Expr::Attribute(attribute) => Some(attribute.attr.as_str()),
                    _ => None,
                };
                self.scopes
                    .calls
                    .extend(name.map(|name| (call.range(), name.to_owned())));
            }
            _ => {}
        }
        TraversalSignal::Traverse
    }

    fn leave_node(&mut self, node: AnyNodeRef<'a>) {
        if matches!(
            node,
            AnyNodeRef::StmtFunctionDef(_)
                | AnyNodeRef::StmtClassDef(_)
                | AnyNodeRef::ExprLambda(_)
                | AnyNodeRef::ExprListComp(_)
                | AnyNodeRef::ExprSetComp(_)
                | AnyNodeRef::ExprDictComp(_)
                | AnyNodeRef::ExprGenerator(_)
        ) {
            self.open.pop();
        }
    }

    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        let body = match stmt {
            Stmt::For(it) => it.body.first(),
            Stmt::While(it) => it.body.first(),
            Stmt::If(it) => it.body.first(),
            Stmt::With(it) => it.body.first(),
            Stmt::Try(it) => it.body.first(),
            Stmt::FunctionDef(it) => it.body.first(),
            Stmt::ClassDef(it) => it.body.first(),
            Stmt::Match(it) => it.cases.first().and_then(|case| case.body.first()),
            _ => None,
        };
        let head = match body {
            Some(body) => {
                let head = TextRange::new(stmt.start(), body.start().max(stmt.start()));
                // The line of the body is not the head's.
                let text = self
                    .source
                    .text()
                    .get(head.start().to_usize()..head.end().to_usize());
                let length = text.map_or(0, |text| text.trim_end().len());
                TextRange::at(head.start(), length.try_into().unwrap_or_default())
            }
            None => stmt.range(),
        };
        self.scopes.statements.push((stmt.range(), head));
        hotlint_core::ast::visitor::source_order::walk_stmt(self, stmt);
    }
}

fn covered(body: &[Stmt]) -> Option<TextRange> {
    Some(TextRange::new(body.first()?.start(), body.last()?.end()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
import os


@cache
@other(
    1)
def outer(xs=[f(y) for y in ()]):
    def inner(x):
        return x in [
            z for z in g(x)]
    for x in xs:
        if inner(x): pass
    return lambda q: q + 1


class C:
    def m(self):
        pass
";

    fn scopes() -> Scopes {
        let source = Source::module("a.py", TEXT);
        let parsed = hotlint_core::python::parse(&source).unwrap();
        Scopes::of(parsed.syntax(), &source)
    }

    fn range(part: &str) -> TextRange {
        let start = TEXT.find(part).unwrap();
        TextRange::at(start.try_into().unwrap(), part.len().try_into().unwrap())
    }

    #[test]
    fn code_objects_are_named_as_cpython_names_them() {
        let scopes = scopes();
        let told: Vec<(&str, u32, u32)> = scopes
            .all
            .iter()
            .map(|scope| (&*scope.qualified, scope.first_line, scope.def_line))
            .collect();
        for wanted in [
            ("<module>", 1, 1),
            ("outer", 4, 7),
            ("outer.<locals>.inner", 8, 8),
            ("outer.<locals>.inner.<locals>.<listcomp>", 9, 9),
            ("outer.<locals>.<lambda>", 13, 13),
            ("C", 16, 16),
            ("C.m", 17, 17),
        ] {
            assert!(told.contains(&wanted), "{wanted:?}: {told:?}");
        }
    }

    #[test]
    fn who_runs_what() {
        let scopes = scopes();
        let running = |part: &str| scopes.all[scopes.running(range(part))].qualified.clone();
        assert_eq!(running("import os"), "<module>");
        assert_eq!(running("@cache"), "<module>");
        assert_eq!(running("x in ["), "outer.<locals>.inner");
        // The first iterable is evaluated by whoever makes the comprehension.
        assert_eq!(running("g(x)"), "outer.<locals>.inner");
        assert_eq!(running("q + 1"), "outer.<locals>.<lambda>");
        assert_eq!(running("if inner(x)"), "outer");
        let defined = |part: &str| {
            scopes
                .defined(range(part))
                .map(|at| &*scopes.all[at].qualified)
        };
        assert_eq!(defined("cache"), Some("outer"));
        assert_eq!(defined("q + 1"), None);
        assert_eq!(defined("inner(x): pass"), None);
        assert_eq!(defined("C:"), Some("C"));
    }

    #[test]
    fn a_line_stands_for_a_statement_or_its_head() {
        let scopes = scopes();
        let lines = |part: &str| TEXT[scopes.statement(range(part))].trim().to_owned();
        assert_eq!(
            lines("z for z"),
            "return x in [\n            z for z in g(x)]"
        );
        let call = TextRange::at(range("inner(x): pass").start(), 8.into());
        assert_eq!(&TEXT[scopes.statement(call)], "if inner(x):");
        assert_eq!(
            lines("for x in xs:"),
            "for x in xs:\n        if inner(x): pass"
        );
        assert_eq!(
            lines("for x in xs:\n        if inner(x): pass"),
            "for x in xs:\n        if inner(x): pass"
        );
        assert!(
            scopes
                .called_in(range("x in [\n            z for z in g(x)]"))
                .eq(["g"])
        );
    }
}
