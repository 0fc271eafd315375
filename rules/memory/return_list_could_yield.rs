//! # A list that is built only to be iterated over once
//!
//! A function that collects its results in a list and returns it holds all of them at the same time. Where every caller only runs over
//! the list once, a generator holds one. This is about memory alone: up to some thousand items a list is as fast or faster, and on
//! more it is about equal, on every Python version.
//!
//! A function that nobody outside of the file can know is judged by its file: a leading underscore, or a function inside a function. With
//! `follow-imports`, a public function at the top of a module is judged by all Python files below the folder of the configuration, tests
//! and what is excluded from checks among them: every file that says its name must do nothing with it but run over what it gives, and
//! the finding names each place. A name in `__all__` or in a string, an import that passes it on, and a name that over 60 files say keep
//! the rule silent; so does a project that can be installed, with `[build-system]` in its `pyproject.toml`, or a `setup.py`: who
//! uses it cannot be seen.
//!
//! ```python bad
//! def _squares(numbers):
//!     found = []
//!     for number in numbers:
//!         if number % 2:
//!             found.append(number * number)
//!     return found
//!
//!
//! def run(numbers):
//!     total = 0
//!     for square in _squares(numbers):
//!         total += square
//!     return total
//! ```
//!
//! ```python good
//! def _squares(numbers):
//!     for number in numbers:
//!         if number % 2:
//!             yield number * number
//!
//!
//! def run(numbers):
//!     total = 0
//!     for square in _squares(numbers):
//!         total += square
//!     return total
//! ```
//!
//! ```python input
//! run(list(range(n)))
//! ```
//!
//! ```python bad
//! def run(numbers):
//!     def squares():
//!         return [number * number for number in numbers]
//!
//!     return max(squares(), default=0)
//! ```
//!
//! ```python good
//! def run(numbers):
//!     def squares():
//!         return (number * number for number in numbers)
//!
//!     return max(squares(), default=0)
//! ```
//!
//! ```python input
//! run(list(range(n)))
//! ```
//!
//! A caller that counts, indexes, keeps or tests the list needs it, and so may callers in other files:
//!
//! ```python fine
//! def _counted(numbers):
//!     found = []
//!     for number in numbers:
//!         found.append(number * number)
//!     return found
//!
//!
//! def _kept(numbers):
//!     return [number * number for number in numbers]
//!
//!
//! def public(numbers):
//!     return [number * number for number in numbers]
//!
//!
//! def run(numbers):
//!     squares = _kept(numbers)
//!     for square in _counted(numbers):
//!         print(square, len(_counted(numbers)), squares)
//!     for square in public(numbers):
//!         print(square)
//! ```
//!
//! The list may be a snapshot: the loop changes what the function reads.
//!
//! ```python fine
//! def _expired(table, now):
//!     found = []
//!     for key in table:
//!         if table[key] < now:
//!             found.append(key)
//!     return found
//!
//!
//! def clean(table, now):
//!     for key in _expired(table, now):
//!         del table[key]
//! ```
//!
//! Code around the loop belongs to the whole of it: a file that is closed, an error that is caught.
//!
//! ```python fine
//! def _lines(path):
//!     found = []
//!     with open(path) as file:
//!         for line in file:
//!             found.append(line.strip())
//!     return found
//!
//!
//! def _numbers(texts):
//!     found = []
//!     try:
//!         for text in texts:
//!             found.append(int(text))
//!     except ValueError:
//!         return []
//!     return found
//!
//!
//! def run(path, texts):
//!     for line in _lines(path):
//!         print(line)
//!     return sum(_numbers(texts))
//! ```
//!
//! A list that every caller turns into another list is not saved, and a few items are no burden:
//!
//! ```python fine
//! def _names(rows):
//!     return [row.name for row in rows]
//!
//!
//! def _few():
//!     return [str(i) for i in range(5)]
//!
//!
//! def run(rows):
//!     print(", ".join(_names(rows)), sorted(_names(rows)))
//!     for text in _few():
//!         print(text)
//! ```

use hotlint_core::ast::{AnyNodeRef, Expr, ExprCall, ExprContext, ExprName, Stmt, StmtFunctionDef};
use hotlint_core::lint::{Cost, Cx, Finding, Rule};
use hotlint_core::python::{Binding, Loop, Use, function_around};
use hotlint_core::text_size::{Ranged, TextRange};

pub struct ReturnListCouldYield;

impl Rule for ReturnListCouldYield {
    type On = StmtFunctionDef;
    const COST: Cost = Cost::Memory("O(n) -> O(1) memory");

    fn check<'a>(def: &'a StmtFunctionDef, cx: &Cx<'a>) -> Option<Finding> {
        if def.is_async || !def.decorator_list.is_empty() {
            return None;
        }
        let known = known(def, cx)?;
        let built = built(def, cx)?;
        let symbol = cx.symbol(def)?;
        cx.only_binding(symbol)?;
        let mut gains: Option<TextRange> = None;
        for read in cx.reads(symbol) {
            let call = match cx.tree.parent(read)? {
                AnyNodeRef::ExprCall(call) if call.func.range() == read.range() => call,
                _ => return None,
            };
            let taking = cx.taking(call)?;
            let around = cx.taking_loop(&taking);
            if around.is_some_and(|around| interferes(def, call, around, cx)) {
                return None;
            }
            gains = gains.or_else(|| taking.place());
        }
        let users = match known {
            Known::InFile => Vec::new(),
            Known::InProject if reads_state(def, cx) => return None,
            Known::InProject => cx.users_elsewhere(def)?,
        };
        if gains.is_none() && users.is_empty() {
            return None;
        }
        let help = match built {
            Built::Appended(_) => format!(
                "`yield` each item in place of `append`; then `{}` runs, and raises, while its result is iterated over",
                def.name
            ),
            Built::Comprehension(_) => format!(
                "return a generator expression; then `{}` runs, and raises, while its result is iterated over",
                def.name
            ),
        };
        let mut finding = Finding::new(
            built.range(),
            format!(
                "`{}` builds a list that its callers only run over once",
                def.name
            ),
        )
        .label("holds all items at the same time")
        .help(help);
        if let Some(consumer) = gains {
            finding = finding.because(consumer, "takes one item after the other");
        }
        Some(users.iter().fold(finding, |finding, user| {
            finding.because_of(&user.path, user.row, "takes one item after the other")
        }))
    }
}

/// Who may call it.
enum Known {
    InFile,
    InProject,
}

fn known<'a>(def: &'a StmtFunctionDef, cx: &Cx<'a>) -> Option<Known> {
    match cx.tree.parent(def)? {
        AnyNodeRef::ModModule(_) if def.name.starts_with("__") || is_listed(def, cx) => None,
        AnyNodeRef::ModModule(_) if def.name.starts_with('_') => Some(Known::InFile),
        AnyNodeRef::ModModule(_) => Some(Known::InProject),
        AnyNodeRef::StmtFunctionDef(_) => Some(Known::InFile),
        _ => None,
    }
}

/// Whether `__all__` hands it to everybody.
fn is_listed<'a>(def: &'a StmtFunctionDef, cx: &Cx<'a>) -> bool {
    cx.visible(def, "__all__").is_some_and(|all| {
        cx.binding_nodes(all).any(|node| {
            cx.tree.parent(node).is_some_and(|stmt| {
                cx.tree.descendants(stmt).any(|node| match node {
                    AnyNodeRef::ExprStringLiteral(text) => text.value.to_str() == def.name.as_str(),
                    _ => false,
                })
            })
        })
    })
}

/// Whether it reads variables of its module that may change while somebody takes the items.
fn reads_state<'a>(def: &'a StmtFunctionDef, cx: &Cx<'a>) -> bool {
    outer_reads(def, cx).any(|name| {
        cx.symbol(name).is_some_and(|symbol| {
            let only = cx.only_binding(symbol);
            let is_constant = only.is_some() && cx.ty(name).is_hashable();
            !is_constant && !is_definition(symbol.bindings.len(), only)
        })
    })
}

/// What the function reads from outside of it.
fn outer_reads<'a>(def: &'a StmtFunctionDef, cx: &Cx<'a>) -> impl Iterator<Item = &'a ExprName> {
    let own_scope = def.body.first().map(|first| cx.tree.scope_of(first));
    cx.own_nodes(def).filter_map(move |node| match node {
        AnyNodeRef::ExprName(name) if name.ctx == ExprContext::Load => {
            let symbol = cx.symbol(name)?;
            let is_outer = Some(symbol.scope) != own_scope
                && !def
                    .range()
                    .contains_range(cx.tree.scope(symbol.scope).node.range());
            is_outer.then_some(name)
        }
        _ => None,
    })
}

/// What the function returns.
enum Built<'a> {
    /// The statement that makes the empty list.
    Appended(&'a Stmt),
    Comprehension(&'a Expr),
}

impl Ranged for Built<'_> {
    fn range(&self) -> TextRange {
        match self {
            Built::Appended(stmt) => stmt.range(),
            Built::Comprehension(expr) => expr.range(),
        }
    }
}

fn built<'a>(def: &'a StmtFunctionDef, cx: &Cx<'a>) -> Option<Built<'a>> {
    let Some(Stmt::Return(last)) = def.body.last() else {
        return None;
    };
    let mut returns = cx.own_nodes(def).filter(|node| node.is_stmt_return());
    if returns.nth(1).is_some() || cx.is_generator(def) {
        return None;
    }
    match last.value.as_deref()? {
        comprehension @ Expr::ListComp(comp) => {
            let clauses = comp.generators.iter();
            let small = clauses.clone().all(|clause| {
                let clause = Loop::Clause {
                    comprehension: comp.into(),
                    clause,
                };
                cx.trip_count(clause).is_some()
            });
            let asynchronous = clauses.clone().any(|clause| clause.is_async);
            let awaits = cx.tree.descendants(comp).any(|node| node.is_expr_await());
            (!small && !asynchronous && !awaits).then_some(Built::Comprehension(comprehension))
        }
        Expr::Name(name) => {
            let symbol = cx.symbol(name)?;
            let Binding::Assign(start) = cx.only_binding(symbol)? else {
                return None;
            };
            let empty = match &*start.value {
                Expr::List(list) => list.elts.is_empty(),
                Expr::Call(call) => {
                    call.arguments.is_empty() && cx.is(&*call.func, "builtins.list")
                }
                _ => false,
            };
            let stmt = def.body.iter().find(|stmt| stmt.range() == start.range())?;
            if !empty || function_around(&cx.tree, start) != Some(def) {
                return None;
            }
            let mut grows = false;
            for read in cx.reads(symbol) {
                match cx.usage(read) {
                    Use::Returned => {}
                    Use::Method("append", call) if is_plain_append(call, def, cx) => {
                        grows |= cx
                            .in_loop(call)
                            .is_some_and(|around| cx.trip_count(around).is_none());
                    }
                    _ => return None,
                }
            }
            grows.then_some(Built::Appended(stmt))
        }
        _ => None,
    }
}

/// Whether an append is a statement of the function itself, with nothing around it that must see the whole loop.
fn is_plain_append<'a>(call: &'a ExprCall, def: &'a StmtFunctionDef, cx: &Cx<'a>) -> bool {
    if !matches!(cx.tree.parent(call), Some(AnyNodeRef::StmtExpr(_))) {
        return false;
    }
    for node in cx.tree.ancestors(call) {
        match node {
            AnyNodeRef::StmtFunctionDef(around) => return std::ptr::eq(around, def),
            AnyNodeRef::StmtTry(_)
            | AnyNodeRef::StmtWith(_)
            | AnyNodeRef::ExprLambda(_)
            | AnyNodeRef::StmtClassDef(_) => return false,
            AnyNodeRef::StmtFor(stmt) if stmt.is_async => return false,
            _ => {}
        }
    }
    false
}

/// Whether the order matters in which the function and the code that takes its items run: a body that changes what the function
/// reads, or a function that does more than compute.
fn interferes<'a>(
    def: &'a StmtFunctionDef,
    call: &'a ExprCall,
    around: Loop<'a>,
    cx: &Cx<'a>,
) -> bool {
    cx.taking_disturbs(call, around)
        || outer_reads(def, cx).any(|name| {
            cx.symbol(name).is_some_and(|symbol| {
                cx.changes_in(symbol, around)
                    && !is_definition(symbol.bindings.len(), cx.only_binding(symbol))
            })
        })
}

fn is_definition(bindings: usize, only: Option<Binding<'_>>) -> bool {
    bindings == 1
        && matches!(
            only,
            Some(
                Binding::Function(_)
                    | Binding::Class(_)
                    | Binding::Import(..)
                    | Binding::ImportFrom(..)
            )
        )
}
