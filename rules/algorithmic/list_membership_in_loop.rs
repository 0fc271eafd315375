//! # Membership in a list, asked in a loop
//!
//! `x in items` compares `x` with one item after the other. In a loop this is one scan of the list for each iteration: O(n·m). A set
//! finds an item by its hash, in the same time however many there are. Measured on CPython 3.8 to 3.15, n lookups in a list of n:
//! 102-224 times faster with a set at n = 1000, 1.5-3 times with 100 lookups in a list of 5.
//!
//! A single lookup is faster in the list than in a set made for it, so the rule wants a list that lives longer than one iteration,
//! and is silent on lists that are known to have fewer than 10 items.
//!
//! ```python bad
//! def count_known(events, known: list):
//!     found = 0
//!     for event in events:
//!         if event in known:
//!             found += 1
//!     return found
//! ```
//!
//! ```python good
//! def count_known(events, known: list):
//!     found = 0
//!     known_set = set(known)
//!     for event in events:
//!         if event in known_set:
//!             found += 1
//!     return found
//! ```
//!
//! ```python input
//! events = [i * 3 % 50 for i in range(n)]
//! count_known(events, list(range(n)))
//! ```
//!
//! A list that serves for nothing else should be a set in the first place:
//!
//! ```python bad
//! def select(rows, lines):
//!     wanted = []
//!     for line in lines:
//!         wanted.append(line.strip())
//!     return [row for row in rows if row not in wanted]
//! ```
//!
//! ```python good
//! def select(rows, lines):
//!     wanted = set()
//!     for line in lines:
//!         wanted.add(line.strip())
//!     return [row for row in rows if row not in wanted]
//! ```
//!
//! ```python input
//! rows = [str(i) for i in range(n)]
//! select(rows, [" %d " % (i * 2) for i in range(n)])
//! ```
//!
//! A list that grows while it is asked needs a set beside it, or the keys of a dictionary, which keep their order:
//!
//! ```python bad
//! def unique(names):
//!     done = []
//!     for name in names:
//!         if name in done:
//!             continue
//!         done.append(name)
//!     return done
//! ```
//!
//! ```python good
//! def unique(names):
//!     return list(dict.fromkeys(names))
//! ```
//!
//! ```python input
//! unique([i % 5 for i in range(n)])
//! ```
//!
//! So does a list that a generator inside of `extend` is asked about:
//!
//! ```python bad
//! def merge(fields):
//!     errors = []
//!     for field in fields:
//!         errors.extend(error for error in field if error not in errors)
//!     return errors
//! ```
//!
//! ```python good
//! def merge(fields):
//!     errors = {}
//!     for field in fields:
//!         errors.update(dict.fromkeys(field))
//!     return list(errors)
//! ```
//!
//! ```python input
//! merge([[i % 5, i % 3] for i in range(n)])
//! ```
//!
//! A few constants are found as fast as a hash is computed:
//!
//! ```python fine
//! def count(lines):
//!     vowels = ["a", "e"]
//!     vowels.append("i")
//!     return sum(1 for line in lines if line in vowels)
//! ```
//!
//! Strings are searched for substrings, and sets are what they should be, also where another function has a list of that name:
//!
//! ```python fine
//! def words_of(words, text: str):
//!     return [word for word in words if word in text]
//!
//!
//! def collect():
//!     seen = []
//!     seen.append(1)
//!     return seen
//!
//!
//! def first_repeated(items):
//!     seen = set()
//!     for item in items:
//!         if item in seen:
//!             return item
//!         seen.add(item)
//! ```
//!
//! One lookup for each list, a loop of few iterations, and a parameter that may be anything:
//!
//! ```python fine
//! def check(lines, rows, allowed):
//!     for line in lines:
//!         parts = line.split()
//!         if "end" in parts:
//!             return True
//!         for key in ("a", "b"):
//!             if key in parts:
//!                 return True
//!     return [row for row in rows if row in allowed]
//! ```
//!
//! A short list that its own selection replaces, and a question that no item of the loop is part of:
//!
//! ```python fine
//! def present(config, names: list):
//!     wanted = ["heads", "layers"]
//!     wanted = [name for name in dir(config) if name in wanted]
//!     for name in wanted:
//!         if "all" in names:
//!             print(name)
//! ```
//!
//! Lists have no hash:
//!
//! ```python fine
//! def missing(pairs, n):
//!     known = [[i, i] for i in range(n)]
//!     return [pair for pair in pairs if pair not in known]
//! ```
//!
//! The fix is unsafe: items and probes must be hashable, with a hash that agrees with their equality.

use hotlint_core::ast::{AnyNodeRef, CmpOp, Expr, ExprCompare, ExprName, Stmt};
use hotlint_core::lint::{Cost, Cx, Edit, Finding, Fix, InLoop, Rule};
use hotlint_core::python::{Binding, FEW, Loop, ScopeKind, Symbol, Type, Use, siblings};
use hotlint_core::text_size::{Ranged, TextRange};

pub struct ListMembershipInLoop;

const CAVEAT: &str = "items and probes must be hashable, and equal ones must have equal hashes";

impl Rule for ListMembershipInLoop {
    type On = InLoop<ExprCompare>;
    const COST: Cost = Cost::Growth("O(n·m)", "O(n+m)");

    fn check<'a>(compare: &'a ExprCompare, cx: &Cx<'a>) -> Option<Finding> {
        let ([CmpOp::In | CmpOp::NotIn], [haystack]) = (&*compare.ops, &*compare.comparators)
        else {
            return None;
        };
        let kind = kind(haystack, cx)?;
        let items = cx.ty(haystack).without_none().element();
        if cx.known_length(haystack).is_some_and(|n| n < FEW)
            || is_written_short(haystack, compare, cx)
            || compare.left.is_literal_expr()
            || cx.is_unhashable(&items)
            || cx.is_unhashable(&cx.ty(&*compare.left))
        {
            return None;
        }
        // `while name in taken` ends soon: it looks for the first free name.
        let loops: Vec<Loop<'a>> = cx
            .loops(compare)
            .into_iter()
            .filter(|around| {
                !matches!(around, Loop::While(stmt) if stmt.test.range().contains_range(compare.range()))
            })
            .take_while(|around| outlives(haystack, *around, cx))
            .collect();
        let around = *loops.first()?;
        let name = cx.text(haystack);
        let probe = cx.text(compare);
        let what = if probe.len() <= 60 && !probe.contains('\n') {
            probe.to_string()
        } else {
            format!("in {name}")
        };
        let mut finding = Finding::new(
            compare,
            format!("`{what}` scans a {kind} in every iteration"),
        )
        .label(format!(
            "compares with one item of `{name}` after the other"
        ))
        .because(around.header(), "for each iteration of this loop");
        if let Some(made) = made(haystack, around, cx) {
            finding = finding.because(made, format!("a {kind}, made here"));
        }
        if let Some(grows) = growth(haystack, around, cx) {
            return Some(finding.because(grows, "and longer here").help(format!(
                "keep a set beside `{name}` and ask that, or collect the keys of a dictionary: `dict.fromkeys`"
            )));
        }
        finding = finding.help(format!("make a set of `{name}` once, before the loop"));
        let fix = set_from_the_start(haystack, cx).or_else(|| set_before(haystack, &loops, cx));
        Some(finding.fix(fix))
    }
}

/// What a reader calls the haystack: `list` or `tuple`; `None` where it is neither for certain, or a tuple of a declared length.
fn kind<'a>(haystack: &'a Expr, cx: &Cx<'a>) -> Option<&'static str> {
    match haystack {
        Expr::Name(_) => {}
        Expr::Attribute(attribute) => {
            cx.class_of_self(attribute.value.as_name_expr()?)?;
        }
        _ => return None,
    }
    match cx.ty(haystack).without_none() {
        Type::List(_) => Some("list"),
        Type::Tuple(_) => {
            let symbol = cx.symbol(haystack.as_name_expr()?)?;
            let long = cx.bindings(symbol).all(|binding| match binding {
                Binding::Assign(stmt) => {
                    cx.call_of(&stmt.value, "builtins.tuple").is_some()
                        || cx.known_length(&stmt.value).is_some_and(|n| n >= FEW)
                }
                Binding::Parameter(parameter) => match parameter.annotation.as_deref() {
                    Some(Expr::Subscript(subscript)) => {
                        matches!(&*subscript.slice, Expr::Tuple(tuple)
                            if tuple.elts.iter().any(Expr::is_ellipsis_literal_expr))
                    }
                    _ => false,
                },
                _ => false,
            });
            long.then_some("tuple")
        }
        _ => None,
    }
}

/// Whether a statement before, in the same block, gives the variable a short list that nothing in between makes longer.
fn is_written_short<'a>(haystack: &'a Expr, compare: &'a ExprCompare, cx: &Cx<'a>) -> bool {
    let Some(symbol) = haystack.as_name_expr().and_then(|name| cx.symbol(name)) else {
        return false;
    };
    let Some(stmt) = cx.tree.statement(compare) else {
        return false;
    };
    let written = siblings(&cx.tree, stmt)
        .iter()
        .take_while(|other| other.start() < stmt.start())
        .filter_map(Stmt::as_assign_stmt)
        .filter(|assign| assign.targets.iter().any(|target| cx.binds(target, symbol)))
        .last();
    let Some(written) = written else {
        return false;
    };
    let between = TextRange::new(written.end(), compare.start());
    let grows = cx.reads(symbol).any(|read| {
        between.contains_range(read.range())
            && matches!(
                cx.usage(read),
                Use::Method("append" | "extend" | "insert", _) | Use::Augmented(_)
            )
    });
    written.targets.len() == 1 && !grows && cx.known_length(&written.value).is_some_and(|n| n < FEW)
}

/// Whether the list is made outside of a loop, and no iteration puts another one in its place.
fn outlives<'a>(haystack: &'a Expr, around: Loop<'a>, cx: &Cx<'a>) -> bool {
    match haystack {
        Expr::Name(name) => cx.symbol(name).is_some_and(|symbol| {
            cx.bindings(symbol)
                .zip(cx.binding_nodes(symbol))
                .all(|(binding, node)| {
                    matches!(binding, Binding::Augmented(_)) || !around.repeats(node)
                })
        }),
        Expr::Attribute(attribute) => !cx.tree.descendants(around.node()).any(|node| {
            matches!(node, AnyNodeRef::ExprAttribute(other)
                if other.attr.id == attribute.attr.id && !other.ctx.is_load() && around.repeats(other))
        }),
        _ => false,
    }
}

/// The place where the list is made: the last one before the loop.
fn made<'a>(haystack: &'a Expr, around: Loop<'a>, cx: &Cx<'a>) -> Option<TextRange> {
    match haystack {
        Expr::Name(name) => {
            let places = cx.binding_nodes(cx.symbol(name)?);
            let before = places.filter(|node| node.start() < around.start());
            before.last().map(|node| node.range())
        }
        Expr::Attribute(attribute) => {
            let class = cx.class_of_self(attribute.value.as_name_expr()?)?;
            cx.tree.descendants(class).find_map(|node| match node {
                AnyNodeRef::ExprAttribute(other)
                    if other.attr.id == attribute.attr.id && other.ctx.is_store() =>
                {
                    Some(other.range())
                }
                _ => None,
            })
        }
        _ => None,
    }
}

/// Where the loop makes the list longer, or otherwise changes it; a generator runs inside of `items.extend(...)` around it.
fn growth<'a>(haystack: &'a Expr, around: Loop<'a>, cx: &Cx<'a>) -> Option<TextRange> {
    let lazy = match around {
        Loop::Clause { comprehension, .. } if comprehension.is_expr_generator() => {
            cx.tree.statement(comprehension).map(|stmt| stmt.range())
        }
        _ => None,
    };
    match haystack {
        Expr::Name(name) => cx
            .reads(cx.symbol(name)?)
            .filter(|read| {
                around.repeats(read) || lazy.is_some_and(|stmt| stmt.contains_range(read.range()))
            })
            .find(|read| cx.may_mutate(cx.usage(*read)))
            .map(Ranged::range),
        Expr::Attribute(attribute) => {
            cx.tree
                .descendants(around.node())
                .find_map(|node| match node {
                    AnyNodeRef::ExprAttribute(other)
                        if other.attr.id == attribute.attr.id
                            && around.repeats(other)
                            && cx.may_mutate(cx.usage(other)) =>
                    {
                        Some(other.range())
                    }
                    _ => None,
                })
        }
        _ => None,
    }
}

/// Makes the variable a set where it is born, if nothing asks for more than a set can do.
fn set_from_the_start<'a>(haystack: &'a Expr, cx: &Cx<'a>) -> Option<Fix> {
    let name = haystack.as_name_expr()?;
    let symbol = cx.symbol(name)?;
    let Binding::Assign(stmt) = cx.only_binding(symbol)? else {
        return None;
    };
    if stmt.targets.len() != 1 || cx.tree.scope(symbol.scope).kind != ScopeKind::Function {
        return None;
    }
    let mut edits = Vec::new();
    let value = stmt.value.range();
    match &*stmt.value {
        Expr::List(list) if list.elts.is_empty() => edits.push(Edit::replace(value, "set()")),
        Expr::List(_) | Expr::ListComp(_) => edits.extend(cx.brackets(value, "{", "}")),
        Expr::Call(call) if cx.is(&*call.func, "builtins.list") => {
            edits.push(Edit::replace(&*call.func, "set"));
        }
        _ => return None,
    }
    for read in cx.reads(symbol) {
        match cx.usage(read) {
            Use::Haystack(_) | Use::Truth => {}
            Use::Method(method, call) if call.arguments.len() == 1 => {
                let adds = match method {
                    "append" => "add",
                    "extend" => "update",
                    _ => return None,
                };
                let attribute = call.func.as_attribute_expr()?;
                edits.push(Edit::replace(&attribute.attr, adds));
            }
            _ => return None,
        }
    }
    let title = format!("Make `{}` a set from the start", name.id);
    Some(Fix::unsafe_(title, CAVEAT, edits))
}

/// Makes a set before the outermost loop in which the list stays as it is, and probes that.
fn set_before<'a>(haystack: &'a Expr, loops: &[Loop<'a>], cx: &Cx<'a>) -> Option<Fix> {
    let steady = loops
        .iter()
        .take_while(|around| cx.is_left_alone(haystack, **around));
    let around = *steady.last()?;
    let stmt = cx.tree.statement(around.node())?;
    // In a lambda or an `elif`, what stands before the statement is evaluated at another time.
    let moved = cx
        .tree
        .ancestors(around.node())
        .take_while(|outer| stmt.range() != outer.range())
        .any(|outer| {
            matches!(
                outer,
                AnyNodeRef::ExprLambda(_) | AnyNodeRef::ElifElseClause(_)
            )
        });
    let scope = cx.tree.scope(cx.tree.scope_of(stmt)).kind;
    if moved || scope == ScopeKind::Class {
        return None;
    }
    let word = match haystack {
        Expr::Name(name) => name.id.as_str(),
        Expr::Attribute(attribute) => attribute.attr.as_str(),
        _ => return None,
    };
    let set = cx.fresh_name(&format!("{word}_set"));
    let text = cx.text(haystack);
    let mut edits = vec![cx.line_before(stmt, &format!("{set} = set({text})"))?];
    let function = cx.tree.scope_of(stmt);
    match haystack {
        Expr::Name(name) => {
            let symbol = cx.symbol(name)?;
            let probes =
                probes(symbol, around, cx).filter(|read| same_function(read, function, cx));
            edits.extend(probes.map(|read| Edit::replace(read, set.clone())));
        }
        _ => edits.push(Edit::replace(haystack, set.clone())),
    }
    let caveat = if around_calls_unknown(haystack, around, cx) {
        format!("{CAVEAT}; nothing that the loop calls may change `{text}`")
    } else {
        CAVEAT.to_string()
    };
    Some(Fix::unsafe_(
        format!("Make a set of `{text}` before the loop"),
        caveat,
        edits,
    ))
}

fn around_calls_unknown<'a>(haystack: &'a Expr, around: Loop<'a>, cx: &Cx<'a>) -> bool {
    !cx.is_invariant(haystack, around)
}

fn probes<'a: 'b, 'b>(
    symbol: &'b Symbol<'a>,
    around: Loop<'a>,
    cx: &'b Cx<'a>,
) -> impl Iterator<Item = &'a ExprName> + 'b {
    cx.reads(symbol)
        .filter(move |read| around.repeats(read) && matches!(cx.usage(*read), Use::Haystack(_)))
}

/// Whether a read runs in a scope itself or in a comprehension there, not in a function that is called who knows when.
fn same_function<'a>(
    read: &'a ExprName,
    function: hotlint_core::python::ScopeId,
    cx: &Cx<'a>,
) -> bool {
    let mut scope = cx.tree.scope_of(read);
    while scope != function && cx.tree.scope(scope).kind == ScopeKind::Comprehension {
        scope = cx.tree.scope(scope).parent;
    }
    scope == function
}
