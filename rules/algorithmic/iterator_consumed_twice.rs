//! # Iterator consumed twice
//!
//! A generator, `map`, `filter`, `zip`, `enumerate`, `reversed`, `iter(...)` or an open file is good for one pass. The second pass over
//! the same object sees nothing: no error, just an empty result, on every Python version. It stands among the algorithms because it
//! is a wrong plan for the input: data that is needed twice must be held (`list(...)`) or made twice. With `follow-imports = true`,
//! generators of other files count, and functions of the project that go through what they are given.
//!
//! ```python bad
//! def mean(rows):
//!     prices = (row * 2 for row in rows)
//!     total = sum(prices)
//!     return total, len(list(prices))
//! ```
//!
//! ```python good
//! def mean(rows):
//!     prices = [row * 2 for row in rows]
//!     total = sum(prices)
//!     return total, len(prices)
//! ```
//!
//! A pass inside a loop is a second pass from the second iteration on:
//!
//! ```python bad
//! def pairs(names, rows):
//!     numbers = enumerate(rows)
//!     found = {}
//!     for name in names:
//!         for number, row in numbers:
//!             found[name, number] = row
//!     return found
//! ```
//!
//! ```python good
//! def pairs(names, rows):
//!     numbers = list(enumerate(rows))
//!     found = {}
//!     for name in names:
//!         for number, row in numbers:
//!             found[name, number] = row
//!     return found
//! ```
//!
//! ```python bad
//! def read(path):
//!     with open(path) as file:
//!         count = sum(1 for line in file)
//!         rows = [line.split() for line in file]
//!     return count, rows
//! ```
//!
//! Taking from the same iterator at several places is often the plan: groups, a first item before the rest, a loop that is resumed.
//!
//! ```python fine
//! import itertools
//!
//!
//! def pairs(xs):
//!     it = iter(xs)
//!     return list(zip(it, it))
//!
//!
//! def table(file):
//!     lines = iter(file)
//!     header = next(lines)
//!     return header, list(lines)
//!
//!
//! def sections(xs):
//!     it = iter(xs)
//!     for x in it:
//!         if not x:
//!             break
//!     for x in it:
//!         print(x)
//!
//!
//! def chunks(xs):
//!     it = iter(xs)
//!     while chunk := list(itertools.islice(it, 10)):
//!         print(chunk)
//!
//!
//! def lead(xs):
//!     it = iter(xs)
//!     for first in it:
//!         rest = list(it)
//!         print(first, rest)
//! ```
//!
//! One pass on each path, a new iterator in between, a file that is wound back, copies:
//!
//! ```python fine
//! import itertools
//!
//!
//! def either(xs, ordered):
//!     it = (x for x in xs if x)
//!     if ordered:
//!         return sorted(it)
//!     else:
//!         found = list(it)
//!     return found
//!
//!
//! def early(xs, ordered):
//!     it = map(str, xs)
//!     if ordered:
//!         return sorted(it)
//!     return list(it)
//!
//!
//! def again(xs):
//!     it = map(str, xs)
//!     first = list(it)
//!     it = map(str, xs)
//!     return first, list(it)
//!
//!
//! def rewound(path):
//!     with open(path) as file:
//!         count = sum(1 for line in file)
//!         file.seek(0)
//!         return count, list(file)
//!
//!
//! def copied(xs):
//!     it = map(str, xs)
//!     one, two = itertools.tee(it)
//!     return list(one), list(two)
//! ```
//!
//! A list, a range or a class with its own `__iter__` can be passed over again, a loop may run only once, and a test may want to see
//! that nothing is left:
//!
//! ```python fine
//! from project import Table
//!
//!
//! def twice(n, rows):
//!     numbers = range(n)
//!     table = Table(rows)
//!     keys = {}.keys()
//!     return sum(numbers), max(numbers), list(table), list(table), list(keys), list(keys)
//!
//!
//! def until(rows):
//!     it = map(str, rows)
//!     while True:
//!         found = list(it)
//!         if found:
//!             break
//!     return found
//!
//!
//! def test_iterator(rows):
//!     it = map(str, rows)
//!     assert list(it) == ["1"]
//!     assert list(it) == []
//! ```

use hotlint_core::ast::{AnyNodeRef, Expr, ExprCall, ExprName, NodeKind, Stmt};
use hotlint_core::lint::{Cost, Cx, Finding, Query, Rule};
use hotlint_core::python::{Binding, Loop, ScopeKind, Step, Type, Use, bodies};
use hotlint_core::text_size::{Ranged, TextRange};

pub struct IteratorConsumedTwice;

/// A plain name that is bound: `name = value`, `with value as name`.
pub struct BoundName;

impl Query for BoundName {
    type Node<'a> = (&'a ExprName, &'a Expr);
    const KINDS: &'static [NodeKind] = &[NodeKind::StmtAssign, NodeKind::WithItem];
    fn get<'a>(node: AnyNodeRef<'a>, _: &Cx<'a>) -> Option<Self::Node<'a>> {
        match node {
            AnyNodeRef::StmtAssign(stmt) => match stmt.targets.as_slice() {
                [Expr::Name(name)] => Some((name, &stmt.value)),
                _ => None,
            },
            AnyNodeRef::WithItem(item) => match item.optional_vars.as_deref()? {
                Expr::Name(name) => Some((name, &item.context_expr)),
                _ => None,
            },
            _ => None,
        }
    }
}

impl Rule for IteratorConsumedTwice {
    type On = BoundName;
    const COST: Cost = Cost::Broken("the second pass sees nothing");

    fn check<'a>((name, value): (&'a ExprName, &'a Expr), cx: &Cx<'a>) -> Option<Finding> {
        // The cheap questions first: nearly every variable ends here.
        if !may_be_iterator(value, cx) {
            return None;
        }
        let symbol = cx.symbol(name)?;
        let once = match symbol.reads.as_slice() {
            [] => true,
            [only] => !cx.tree.is_looped(cx.tree.node(*only)),
            _ => false,
        };
        if once || cx.tree.scope(symbol.scope).kind != ScopeKind::Function {
            return None;
        }
        cx.only_binding(symbol)?;
        let mut takers = 0;
        for read in cx.reads(symbol) {
            if at_a_glance(read, cx)? {
                takers += if cx.tree.is_looped(read) { 2 } else { 1 };
            }
        }
        if takers < 2 {
            return None;
        }
        let (is_file, is_unknown) = match cx.ty(value) {
            Type::Iterator(_) => (false, false),
            Type::File(_) => (true, false),
            Type::Unknown => (false, true),
            _ => return None,
        };
        let mut passes = Vec::new();
        let mut handed = Vec::new();
        for read in cx.reads(symbol) {
            match taken(read, is_file, cx) {
                Taken::Nothing => {}
                Taken::Some => passes.push(Pass { read, whole: None }),
                Taken::All(by) => passes.push(Pass {
                    read,
                    whole: Some(by),
                }),
                Taken::Handed(to) => {
                    handed.push((to, read));
                    passes.push(Pass {
                        read,
                        whole: Some(to.into()),
                    });
                }
                Taken::Unknown => return None,
            }
        }
        let (first, again) = exhausted(name, &passes, cx)?;
        // Other files come last: to look into them is dear.
        let elsewhere = match is_unknown {
            true => Some(cx.generator_elsewhere(value.as_call_expr()?)?),
            false => None,
        };
        for (to, read) in handed {
            cx.takes_all(to, read)?;
        }
        let what = if is_file { "file" } else { "iterator" };
        let finding = match again {
            Again::At(second) => Finding::new(
                second,
                format!(
                    "the {what} `{}` is exhausted here: this pass sees nothing",
                    name.id
                ),
            )
            .label("a second pass over the same object")
            .because(header(first.whole?), "takes every item"),
            Again::In(outer) => Finding::new(
                first.read,
                format!(
                    "the {what} `{}` is exhausted after the first iteration: later ones see nothing",
                    name.id
                ),
            )
            .label("takes every item the first time")
            .because(outer.header(), "comes back here"),
        };
        let finding = finding
            .because(value, "good for one pass")
            .through(&steps(first.read, cx), "goes through all of")
            .help(help(is_file));
        Some(match elsewhere {
            Some((path, row)) => finding.because_of(&path, row, "a generator: good for one pass"),
            None => finding,
        })
    }
}

/// Where an iterator is gone through once more.
enum Again<'a> {
    At(&'a ExprName),
    /// The same place, in the next iteration of this loop.
    In(Loop<'a>),
}

/// The pass that takes all, and the one that sees nothing.
fn exhausted<'p, 'a>(
    name: &'a ExprName,
    passes: &'p [Pass<'a>],
    cx: &Cx<'a>,
) -> Option<(&'p Pass<'a>, Again<'a>)> {
    passes.iter().enumerate().find_map(|(i, first)| {
        let by = first.whole?;
        let mut later = passes.iter().skip(i + 1);
        let second = later
            .find(|second| follows(by, second, cx) && !expects_nothing(second.read, cx))
            .map(|second| Again::At(second.read));
        let again = second.or_else(|| repeated(by, name, passes, cx).map(Again::In))?;
        Some((first, again))
    })
}

fn help(is_file: bool) -> &'static str {
    if is_file {
        "go back with `seek(0)`, or keep the lines"
    } else {
        "keep the items in a list, or make the iterator anew"
    }
}

/// The calls by which a function of the project takes what it is given.
fn steps<'a>(read: &'a ExprName, cx: &Cx<'a>) -> Vec<Step> {
    match cx.usage(read) {
        Use::Argument(call) => cx.takes_all(call, read).unwrap_or_default(),
        _ => Vec::new(),
    }
}

/// A place that takes items.
struct Pass<'a> {
    read: &'a ExprName,
    /// The node that takes all of them, if it does.
    whole: Option<AnyNodeRef<'a>>,
}

/// How much of an iterator a read takes.
enum Taken<'a> {
    Nothing,
    /// Perhaps not all.
    Some,
    /// Everything, at this node.
    All(AnyNodeRef<'a>),
    /// As much as a function of the project does.
    Handed(&'a ExprCall),
    Unknown,
}

/// Whether the shape of a value allows for an iterator or a file: not what its text makes a collection, nor what a builtin gives that
/// makes none.
fn may_be_iterator<'a>(value: &'a Expr, cx: &Cx<'a>) -> bool {
    match value {
        Expr::Call(call) => match &*call.func {
            Expr::Name(name) => {
                cx.symbol(name).is_some()
                    || matches!(
                        name.id.as_str(),
                        "enumerate" | "filter" | "iter" | "map" | "open" | "reversed" | "zip"
                    )
            }
            _ => true,
        },
        Expr::Name(_) | Expr::Generator(_) | Expr::If(_) | Expr::Named(_) => true,
        _ => false,
    }
}

/// What the text around a read says before any type is asked for: whether it may take items; `None` is sure to be unknown.
fn at_a_glance<'a>(read: &'a ExprName, cx: &Cx<'a>) -> Option<bool> {
    match cx.usage(read) {
        Use::Truth | Use::Discarded | Use::Formatted | Use::Compared(_) => Some(false),
        Use::Iterated(_) | Use::Haystack(_) | Use::Stored => Some(true),
        Use::Method(method, _) => {
            matches!(method, "read" | "readline" | "readlines").then_some(true)
        }
        Use::Argument(call) => match &*call.func {
            _ if matches!(cx.tree.parent(read), Some(AnyNodeRef::ExprStarred(_))) => Some(true),
            Expr::Name(name) => {
                let read = READERS.contains(&name.id.as_str());
                let other = || match cx.only_binding(cx.symbol(name)?)? {
                    Binding::ImportFrom(..) | Binding::Function(_) if cx.may_take(call) => Some(()),
                    Binding::ImportFrom(_, alias) => alias.asname.is_some().then_some(()),
                    Binding::Assign(_) => Some(()),
                    _ => None,
                };
                (read || other().is_some()).then_some(true)
            }
            Expr::Attribute(method) => {
                let is_known = READERS.contains(&method.attr.as_str());
                (is_known || cx.may_take(call)).then_some(true)
            }
            _ => None,
        },
        _ => None,
    }
}

/// The last words of what [`reader`] knows.
const READERS: &[&str] = &[
    "list",
    "tuple",
    "set",
    "frozenset",
    "sorted",
    "sum",
    "dict",
    "join",
    "extend",
    "update",
    "Counter",
    "deque",
    "min",
    "max",
    "any",
    "all",
    "isinstance",
    "print",
    "repr",
    "type",
    "id",
    "str",
];

fn taken<'a>(read: &'a ExprName, is_file: bool, cx: &Cx<'a>) -> Taken<'a> {
    match cx.usage(read) {
        Use::Truth | Use::Discarded | Use::Formatted => Taken::Nothing,
        Use::Compared(_) => Taken::Nothing,
        Use::Haystack(_) => Taken::Some,
        Use::Iterated(AnyNodeRef::StmtFor(stmt)) if !stmt.is_async => {
            if has_break(&stmt.body) {
                Taken::Some
            } else {
                Taken::All(stmt.into())
            }
        }
        Use::Iterated(AnyNodeRef::Comprehension(clause)) if !clause.is_async => {
            match cx.tree.parent(clause) {
                Some(generator @ AnyNodeRef::ExprGenerator(_)) => {
                    // Lazy, unless what is around runs it at once.
                    match cx
                        .tree
                        .parent(generator)
                        .and_then(|node| cx.tree.parent(node))
                    {
                        Some(AnyNodeRef::ExprCall(call)) => match reader(call, cx) {
                            Reader::All => Taken::All(call.into()),
                            Reader::Some => Taken::Some,
                            Reader::Nothing | Reader::Unknown => Taken::Unknown,
                        },
                        _ => Taken::Unknown,
                    }
                }
                Some(comprehension) => Taken::All(comprehension),
                None => Taken::Unknown,
            }
        }
        Use::Argument(call) => {
            // `f(*it)` unpacks it, whatever `f` is; `f(key=it)` hands it over.
            match cx.tree.parent(read) {
                Some(AnyNodeRef::ExprStarred(_)) => Taken::All(call.into()),
                Some(AnyNodeRef::Arguments(_)) => match reader(call, cx) {
                    Reader::All => Taken::All(call.into()),
                    Reader::Some => Taken::Some,
                    Reader::Nothing => Taken::Nothing,
                    Reader::Unknown if cx.may_take(call) => Taken::Handed(call),
                    Reader::Unknown => Taken::Unknown,
                },
                _ => Taken::Unknown,
            }
        }
        Use::Method("readlines" | "read", call) if is_file && call.arguments.is_empty() => {
            Taken::All(call.into())
        }
        Use::Method("readline", _) if is_file => Taken::Some,
        Use::Stored => match cx.tree.parent(read) {
            // `[*it]`
            Some(starred @ AnyNodeRef::ExprStarred(_)) => match cx.tree.parent(starred) {
                Some(display @ (AnyNodeRef::ExprList(_) | AnyNodeRef::ExprSet(_))) => {
                    Taken::All(display)
                }
                _ => Taken::Unknown,
            },
            _ => Taken::Unknown,
        },
        _ => Taken::Unknown,
    }
}

/// What a call does with an iterator that it gets.
enum Reader {
    All,
    Some,
    Nothing,
    Unknown,
}

fn reader<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Reader {
    let Some(name) = cx.name(&*call.func) else {
        return Reader::Unknown;
    };
    let alone = call.arguments.args.len() == 1;
    match name.strip_prefix("builtins.").unwrap_or(&name) {
        "list"
        | "tuple"
        | "set"
        | "frozenset"
        | "sorted"
        | "sum"
        | "dict"
        | "str.join"
        | "bytes.join"
        | "list.extend"
        | "set.update"
        | "dict.update"
        | "collections.Counter" => Reader::All,
        "collections.deque" if alone => Reader::All,
        "min" | "max" if alone => Reader::All,
        "any" | "all" => Reader::Some,
        "isinstance" | "print" | "repr" | "type" | "id" | "str" => Reader::Nothing,
        _ => Reader::Unknown,
    }
}

/// Whether a loop with this body may be left by `break`.
fn has_break(body: &[Stmt]) -> bool {
    body.iter().any(|stmt| match stmt {
        Stmt::Break(_) => true,
        // The `break` of an inner loop is its own, that of its `else` is not.
        Stmt::For(inner) => has_break(&inner.orelse),
        Stmt::While(inner) => has_break(&inner.orelse),
        Stmt::FunctionDef(_) | Stmt::ClassDef(_) => false,
        Stmt::If(branch) => {
            has_break(&branch.body)
                || branch
                    .elif_else_clauses
                    .iter()
                    .any(|clause| has_break(&clause.body))
        }
        Stmt::With(with) => has_break(&with.body),
        Stmt::Match(switch) => switch.cases.iter().any(|case| has_break(&case.body)),
        Stmt::Try(stmt) => {
            [&stmt.body, &stmt.orelse, &stmt.finalbody]
                .into_iter()
                .any(|body| has_break(body))
                || stmt.handlers.iter().any(|handler| {
                    handler
                        .as_except_handler()
                        .is_some_and(|handler| has_break(&handler.body))
                })
        }
        _ => false,
    })
}

/// Whether `second`, whenever it runs, runs after `first` has taken everything.
fn follows<'a>(first: AnyNodeRef<'a>, second: &Pass<'a>, cx: &Cx<'a>) -> bool {
    let at = second.read.range();
    if first.range().contains_range(at) || at.start() < first.end() {
        return false;
    }
    // A function or lambda inside runs at its own time.
    if !same_function(first, second.read, cx) {
        return false;
    }
    // Up from the first pass, as long as it runs for certain, to the list of statements that holds the second as well.
    let mut inner = first;
    while let Some(outer) = cx.tree.parent(inner) {
        if inner.is_statement() && (inner.is_stmt_return() || inner.is_stmt_raise()) {
            return false;
        }
        let holds = outer.range().contains_range(at);
        if holds && !inner.is_statement() && !outer.is_statement() && is_certain(inner, outer) {
            // Both in one expression, evaluated from left to right.
            inner = outer;
            if !is_certain_parent(outer) {
                return false;
            }
            if inner.is_expr_call() || inner.is_expr_bin_op() || inner.is_expr_tuple() {
                return true;
            }
            continue;
        }
        if holds && inner.is_statement() {
            return bodies(outer).into_iter().any(|body| {
                let holds =
                    |range: TextRange| body.iter().any(|stmt| stmt.range().contains_range(range));
                holds(inner.range()) && holds(at)
            });
        }
        if !is_certain(inner, outer) {
            return false;
        }
        inner = outer;
    }
    false
}

/// Whether running `outer` certainly runs `inner`, its direct child.
fn is_certain(inner: AnyNodeRef<'_>, outer: AnyNodeRef<'_>) -> bool {
    match outer {
        AnyNodeRef::ExprBoolOp(op) => op
            .values
            .first()
            .is_some_and(|first| first.range() == inner.range()),
        AnyNodeRef::ExprIf(branch) => branch.test.range() == inner.range(),
        AnyNodeRef::StmtIf(branch) => branch.test.range() == inner.range(),
        AnyNodeRef::StmtFor(stmt) => stmt.iter.range() == inner.range(),
        _ => is_certain_parent(outer),
    }
}

fn is_certain_parent(outer: AnyNodeRef<'_>) -> bool {
    !matches!(
        outer,
        AnyNodeRef::ExprLambda(_)
            | AnyNodeRef::Comprehension(_)
            | AnyNodeRef::ExprListComp(_)
            | AnyNodeRef::ExprSetComp(_)
            | AnyNodeRef::ExprDictComp(_)
            | AnyNodeRef::ExprGenerator(_)
            | AnyNodeRef::ExprCompare(_)
            | AnyNodeRef::ElifElseClause(_)
            | AnyNodeRef::StmtWhile(_)
            | AnyNodeRef::StmtTry(_)
            | AnyNodeRef::ExceptHandlerExceptHandler(_)
            | AnyNodeRef::StmtMatch(_)
            | AnyNodeRef::MatchCase(_)
            | AnyNodeRef::StmtAssert(_)
            | AnyNodeRef::StmtFunctionDef(_)
            | AnyNodeRef::StmtClassDef(_)
    )
}

fn same_function<'a>(first: AnyNodeRef<'a>, second: &'a ExprName, cx: &Cx<'a>) -> bool {
    let around = |node: AnyNodeRef<'a>| {
        cx.tree
            .ancestors(node)
            .find(|outer| {
                matches!(
                    outer,
                    AnyNodeRef::StmtFunctionDef(_)
                        | AnyNodeRef::ExprLambda(_)
                        | AnyNodeRef::StmtClassDef(_)
                )
            })
            .map(|outer| outer.range())
    };
    around(first) == around(second.into())
}

/// The loop that brings control back to a pass over an iterator that was made before it.
fn repeated<'a>(
    pass: AnyNodeRef<'a>,
    name: &'a ExprName,
    passes: &[Pass<'a>],
    cx: &Cx<'a>,
) -> Option<Loop<'a>> {
    let outer = cx.in_loop(pass)?;
    let made_inside = outer.range().contains_range(name.range());
    let own = passes.iter().any(|pass| {
        outer
            .iter()
            .is_some_and(|iter| iter.range().contains_range(pass.read.range()))
    });
    if made_inside || own {
        return None;
    }
    match outer {
        // How often it runs depends on what it finds.
        Loop::While(_) => None,
        Loop::For(stmt) => {
            if has_break(&stmt.body) || stmt.is_async {
                return None;
            }
            // It must run in every iteration, and no iteration may be the last because of something else.
            let mut inner = pass;
            while let Some(parent) = cx.tree.parent(inner) {
                if parent.range() == stmt.range() {
                    break;
                }
                if !is_certain(inner, parent) {
                    return None;
                }
                inner = parent;
            }
            let leaves = stmt.body.iter().any(|own| {
                cx.tree.descendants(own).any(|node| {
                    matches!(
                        node,
                        AnyNodeRef::StmtReturn(_)
                            | AnyNodeRef::StmtRaise(_)
                            | AnyNodeRef::StmtContinue(_)
                    ) && !pass.range().contains_range(node.range())
                })
            });
            (!leaves).then_some(outer)
        }
        Loop::Clause { clause, .. } => {
            let certain = clause.ifs.is_empty() && !clause.is_async;
            certain.then_some(outer)
        }
    }
}

/// Whether the code around compares the result with nothing: it knows.
fn expects_nothing<'a>(read: &'a ExprName, cx: &Cx<'a>) -> bool {
    let empty = |expr: &Expr| match expr {
        Expr::List(list) => list.elts.is_empty(),
        Expr::Tuple(tuple) => tuple.elts.is_empty(),
        Expr::Dict(dict) => dict.items.is_empty(),
        Expr::StringLiteral(text) => text.value.is_empty(),
        Expr::BytesLiteral(bytes) => bytes.value.is_empty(),
        Expr::NumberLiteral(number) => {
            matches!(&number.value, hotlint_core::ast::Number::Int(int) if *int == 0)
        }
        Expr::Call(call) => call.arguments.is_empty(),
        _ => false,
    };
    let around = cx
        .tree
        .ancestors(read)
        .take_while(|node| !node.is_statement());
    around.into_iter().any(|node| match node {
        AnyNodeRef::ExprCompare(compare) => {
            empty(&compare.left) || compare.comparators.iter().any(empty)
        }
        AnyNodeRef::ExprCall(call) => call.arguments.args.iter().any(empty),
        AnyNodeRef::ExprUnaryOp(unary) => unary.op == hotlint_core::ast::UnaryOp::Not,
        _ => false,
    })
}

fn header(by: AnyNodeRef<'_>) -> TextRange {
    match by {
        AnyNodeRef::StmtFor(stmt) => Loop::For(stmt).header(),
        other => other.range(),
    }
}
