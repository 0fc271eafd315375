//! # The first item taken off a list in a loop
//!
//! `queue.pop(0)` and `del queue[0]` move all other items one place forward. A loop that takes a list apart this way is O(n²). A
//! `collections.deque` gives its first item away at once: 2 to 3 times faster for 1,000 items, 11 to 20 times for 10,000, 30 to 57 times
//! for 30,000, on Python 3.8 to 3.15. For queues of fewer than 1,000 items there is little to gain.
//!
//! ```python bad
//! def reachable(graph, start):
//!     queue = [start]
//!     seen = {start}
//!     while queue:
//!         node = queue.pop(0)
//!         for other in graph[node]:
//!             if other not in seen:
//!                 seen.add(other)
//!                 queue.append(other)
//!     return seen
//! ```
//!
//! ```python good
//! from collections import deque
//! def reachable(graph, start):
//!     queue = deque([start])
//!     seen = {start}
//!     while queue:
//!         node = queue.popleft()
//!         for other in graph[node]:
//!             if other not in seen:
//!                 seen.add(other)
//!                 queue.append(other)
//!     return seen
//! ```
//!
//! ```python input
//! reachable({i: [(i * 2) % (n or 1), (i + 1) % (n or 1)] for i in range(n + 1)}, n)
//! ```
//!
//! A deque is slow to index, so a list that is indexed or handed on is for the author to decide:
//!
//! ```python bad
//! def merged(left: list, right: list):
//!     out = []
//!     while left and right:
//!         if left[0] <= right[0]:
//!             out.append(left.pop(0))
//!         else:
//!             out.append(right[0])
//!             del right[0]
//!     return out + left + right
//! ```
//!
//! ```python good
//! def merged(left: list, right: list):
//!     out = []
//!     i = j = 0
//!     while i < len(left) and j < len(right):
//!         if left[i] <= right[j]:
//!             out.append(left[i])
//!             i += 1
//!         else:
//!             out.append(right[j])
//!             j += 1
//!     return out + left[i:] + right[j:]
//! ```
//!
//! ```python input
//! merged([i * 2 for i in range(n)], [i * 3 for i in range(n)])
//! ```
//!
//! A deque is what one wants, and the end of a list is as good:
//!
//! ```python fine
//! from collections import deque
//!
//!
//! def drain(items):
//!     queue = deque(items)
//!     stack = list(items)
//!     other = {0: 1}
//!     while queue and stack:
//!         del queue[0]
//!         stack.pop()
//!         stack.pop(-1)
//!         other.pop(0)
//!         items.pop(0)
//! ```
//!
//! Lists that are new in each iteration:
//!
//! ```python fine
//! def commands(lines, rows: list[list[int]]):
//!     for line in lines:
//!         words = line.split()
//!         words.pop(0)
//!         yield words
//!     for row in rows:
//!         del row[0]
//! ```
//!
//! Once, or a few times:
//!
//! ```python fine
//! def first(items: list):
//!     steps = ["read", "check", "write"]
//!     while steps:
//!         print(steps.pop(0))
//!     while items:
//!         return items.pop(0)
//!     for _ in range(3):
//!         items.pop(0)
//! ```
//!
//! The front of a list, cut off as long as it is of some kind:
//!
//! ```python fine
//! def stripped(lines: list[str], frames: list):
//!     while lines and not lines[0]:
//!         lines.pop(0)
//!     while frames:
//!         if frames[0].hidden:
//!             del frames[0]
//!         else:
//!             break
//!     return lines, frames
//! ```
//!
//! A window of fixed length:
//!
//! ```python fine
//! def means(values, width):
//!     window = []
//!     for value in values:
//!         window.append(value)
//!         if len(window) > width:
//!             window.pop(0)
//!         yield sum(window) / len(window)
//! ```
//!
//! The arguments of a program:
//!
//! ```python fine
//! def parse(args: list[str]):
//!     options = {}
//!     while args:
//!         word = args.pop(0)
//!         if word == "--output":
//!             options["output"] = args.pop(0)
//!     return options
//! ```
//!
//! What is only taken apart, and was short: words split at their dots, the arguments of a call, callbacks of an object, the subclasses of a
//! class:
//!
//! ```python fine
//! class Node:
//!     def __init__(self):
//!         self.callbacks = []
//!
//!     def stop(self):
//!         while self.callbacks:
//!             self.callbacks.pop(0)()
//!
//!     def find(self, name: str, *args):
//!         parts = name.split(".")
//!         while parts:
//!             self = getattr(self, parts.pop(0))
//!         rest = list(args)
//!         while rest:
//!             print(rest.pop(0))
//!         classes = [type(self)]
//!         while classes:
//!             cls = classes.pop(0)
//!             classes.extend(cls.__subclasses__())
//! ```
//!
//! The fix is unsafe: the variable holds a `deque`, which prints and compares differently.

use hotlint_core::ast::{
    AnyNodeRef, Expr, ExprCall, ExprContext, ExprName, NodeKind, Number, Operator, Parameter,
};
use hotlint_core::lint::{Cost, Cx, Edit, Finding, Fix, Query, Rule};
use hotlint_core::python::{Binding, FEW, Leaves, Loop, Use, leaves};
use hotlint_core::text_size::{Ranged, TextRange};

pub struct ListPopFrontInLoop;

/// `list.pop(0)` or `del list[0]`.
#[derive(Clone, Copy)]
pub struct Removal<'a> {
    list: &'a Expr,
    node: AnyNodeRef<'a>,
}

/// Calls and `del` statements that take the first item off something.
pub struct TakesFirst;

impl Query for TakesFirst {
    type Node<'a> = Removal<'a>;
    const KINDS: &'static [NodeKind] = &[NodeKind::ExprCall, NodeKind::ExprSubscript];
    fn get<'a>(node: AnyNodeRef<'a>, _: &Cx<'a>) -> Option<Removal<'a>> {
        let list = match node {
            AnyNodeRef::ExprCall(call) => popped(call)?,
            AnyNodeRef::ExprSubscript(item)
                if item.ctx == ExprContext::Del && is_zero(&item.slice) =>
            {
                &item.value
            }
            _ => return None,
        };
        Some(Removal { list, node })
    }
}

impl Rule for ListPopFrontInLoop {
    type On = TakesFirst;
    const COST: Cost = Cost::Growth("O(n²)", "O(n)");
    const METHODS: &'static [&'static str] = &["pop"];

    fn check<'a>(removal: Removal<'a>, cx: &Cx<'a>) -> Option<Finding> {
        let Removal { list, node } = removal;
        if !cx.ty(list).is_list() {
            return None;
        }
        let loops = cx.loops(node);
        let around = *loops.first()?;
        if !cx.is_same_place_in(list, around)
            || is_window(removal, &loops, cx)
            || is_short(list, cx)
            || is_trim(removal, around, cx)
            || cx.reads_options(around)
            || is_told_already(removal, &loops, cx)
            || !may_be_long(list, around, &loops, cx)
        {
            return None;
        }
        let name = cx.text(list);
        let finding = Finding::new(
            node,
            format!("taking the first item off `{name}` moves all the others, in every iteration"),
        )
        .label(format!("O(len({name}))"))
        .because(around.header(), "in every iteration")
        .sized(cx.size_in(list, Some(&around)), name)
        .help(format!("let `{name}` be a `collections.deque` and use `popleft()`, or step through it with an index; pays from about 1,000 items on"));
        Some(finding.fix(fix(list, around, cx)))
    }
}

/// The receiver of `.pop(0)`.
fn popped(call: &ExprCall) -> Option<&Expr> {
    match (&*call.func, &*call.arguments.args) {
        (Expr::Attribute(attribute), [index])
            if attribute.attr.as_str() == "pop"
                && is_zero(index)
                && call.arguments.keywords.is_empty() =>
        {
            Some(&attribute.value)
        }
        _ => None,
    }
}

fn is_zero(index: &Expr) -> bool {
    match index {
        Expr::NumberLiteral(number) => {
            matches!(&number.value, Number::Int(int) if int.as_u64() == Some(0))
        }
        _ => false,
    }
}

/// Whether items go only when there are more than some number of them: the list stays as short as it is.
fn is_window<'a>(removal: Removal<'a>, loops: &[Loop<'a>], cx: &Cx<'a>) -> bool {
    let Some(outermost) = loops.last() else {
        return false;
    };
    let mut inner = removal.node;
    for outer in cx.tree.ancestors(removal.node) {
        let test = match outer {
            AnyNodeRef::StmtIf(stmt) if stmt.test.range() != inner.range() => Some(&*stmt.test),
            AnyNodeRef::ElifElseClause(clause) => clause.test.as_ref(),
            // A loop that only takes away is no window; one in a loop that adds is.
            AnyNodeRef::StmtWhile(stmt) if loops.len() > 1 => Some(&*stmt.test),
            _ => None,
        };
        if test.is_some_and(|test| limits(test, removal.list, cx)) {
            return true;
        }
        if outer.range() == outermost.range() || outer.is_stmt_function_def() {
            return false;
        }
        inner = outer;
    }
    false
}

/// Whether items go only as long as those that are there are of some kind: usually a few at the front.
fn is_trim<'a>(removal: Removal<'a>, around: Loop<'a>, cx: &Cx<'a>) -> bool {
    let Loop::While(stmt) = around else {
        return false;
    };
    let looks_at_items = cx
        .tree
        .descendants(stmt.test.as_ref())
        .any(|node| match node {
            AnyNodeRef::ExprSubscript(item) => cx.same_place(&item.value, removal.list),
            _ => false,
        });
    // `if queue: queue.pop(0)` takes them all.
    let asks_for_more =
        |test: &'a Expr| cx.same_place(test, removal.list) || cx.reads_length(test, removal.list);
    let mut inside = cx.ancestors_within(removal.node, around);
    let or_else_breaks = inside.any(|outer| match outer {
        AnyNodeRef::StmtIf(branch) => {
            !asks_for_more(&branch.test)
                && branch.elif_else_clauses.last().is_some_and(|clause| {
                    clause.test.is_none() && leaves(&clause.body) == Some(Leaves::Loop)
                })
        }
        _ => false,
    });
    looks_at_items || or_else_breaks
}

/// Whether the same list, in the same loop, is reported further up.
fn is_told_already<'a>(removal: Removal<'a>, loops: &[Loop<'a>], cx: &Cx<'a>) -> bool {
    let Some(outermost) = loops.last() else {
        return false;
    };
    cx.tree
        .descendants(outermost.node())
        .take_while(|node| node.start() < removal.node.start())
        .filter_map(|node| TakesFirst::get(node, cx))
        .any(|other| {
            cx.same_place(other.list, removal.list)
                && cx.loops(other.node).first().map(Ranged::range)
                    == loops.first().map(Ranged::range)
        })
}

/// `len(list) > n`, but not `len(list) > 0`.
fn limits<'a>(test: &'a Expr, list: &'a Expr, cx: &Cx<'a>) -> bool {
    cx.tree.descendants(test).any(|node| match node {
        AnyNodeRef::ExprCompare(compare) => {
            let sides = || std::iter::once(&*compare.left).chain(&compare.comparators);
            let tiny = |side: &Expr| match side {
                Expr::NumberLiteral(number) => {
                    matches!(&number.value, Number::Int(int) if int.as_u64().is_some_and(|n| n < 2))
                }
                _ => false,
            };
            sides().any(|side| cx.reads_length(side, list)) && !sides().any(tiny)
        }
        _ => false,
    })
}

/// Whether there is a sign that the list gets long: the loop, adds to it, the caller made it, or it is a copy of such a list.
///
/// What is only taken apart, a word split at its dots or the arguments of a call, holds a few items as a rule.
fn may_be_long<'a>(list: &'a Expr, around: Loop<'a>, loops: &[Loop<'a>], cx: &Cx<'a>) -> bool {
    let same = loops
        .iter()
        .take_while(|outer| cx.is_same_place_in(list, **outer));
    let outermost = same.last().copied().unwrap_or(around);
    let mut grown = cx
        .tree
        .descendants(outermost.node())
        .filter(|node| adds(*node, list, cx));
    if let Some(first) = grown.next() {
        // The subclasses of a class are few.
        let classes = |node: AnyNodeRef<'a>| {
            cx.tree.descendants(node).any(|inside| match inside {
                AnyNodeRef::ExprAttribute(attribute) => {
                    matches!(attribute.attr.as_str(), "__subclasses__" | "__bases__")
                }
                _ => false,
            })
        };
        return !classes(first) || grown.any(|node| !classes(node));
    }
    let Some(symbol) = list.as_name_expr().and_then(|name| cx.symbol(name)) else {
        return false;
    };
    let is_given_or_copied = cx.bindings(symbol).any(|bound| match bound {
        Binding::Parameter(parameter) => !is_variadic(parameter, cx),
        Binding::Assign(stmt) => match &*stmt.value {
            Expr::ListComp(comprehension) => {
                let clauses = comprehension.generators.iter();
                clauses
                    .clone()
                    .all(|clause| cx.known_length(&clause.iter).is_none())
            }
            Expr::Call(call) => match &*call.arguments.args {
                // A copy of somebody else's items.
                [items @ (Expr::Name(_) | Expr::Attribute(_))]
                    if loops.iter().any(|around| around.iter().is_none()) =>
                {
                    let copies = ["builtins.list", "builtins.sorted"];
                    let named = items.as_name_expr().and_then(|name| cx.symbol(name));
                    let variadic = named.is_some_and(|symbol| {
                        cx.bindings(symbol).any(|bound| match bound {
                            Binding::Parameter(parameter) => is_variadic(parameter, cx),
                            _ => false,
                        })
                    });
                    copies.iter().any(|name| cx.is(&*call.func, name)) && !variadic
                }
                [] => cx.is(&*call.func, "builtins.str.splitlines"),
                _ => false,
            },
            _ => false,
        },
        _ => false,
    });
    is_given_or_copied || cx.size(list).is_seen()
}

/// Whether `node` adds to the list, or gives it to code that may.
fn adds<'a>(node: AnyNodeRef<'a>, list: &'a Expr, cx: &Cx<'a>) -> bool {
    match node {
        AnyNodeRef::ExprCall(call) => {
            let given = || {
                let given = call
                    .arguments
                    .args
                    .iter()
                    .any(|arg| cx.same_place(arg, list));
                given && !cx.reads_only(call)
            };
            match &*call.func {
                Expr::Attribute(method) if cx.same_place(&method.value, list) => {
                    // `insert(0, x)` puts back what was taken.
                    let inside = method.attr.as_str() == "insert"
                        && !call.arguments.args.first().is_some_and(is_zero);
                    inside || matches!(method.attr.as_str(), "append" | "extend")
                }
                _ => given(),
            }
        }
        AnyNodeRef::StmtAugAssign(_) | AnyNodeRef::StmtAssign(_) => cx
            .accumulation(node)
            .is_some_and(|found| cx.same_place(found.target, list)),
        _ => false,
    }
}

/// `*args`
fn is_variadic<'a>(parameter: &'a Parameter, cx: &Cx<'a>) -> bool {
    match cx.tree.parent(parameter) {
        Some(AnyNodeRef::Parameters(all)) => all
            .vararg
            .as_deref()
            .is_some_and(|vararg| vararg.range() == parameter.range()),
        _ => false,
    }
}

/// Whether the list is a display of a few items that nobody makes longer.
fn is_short<'a>(list: &'a Expr, cx: &Cx<'a>) -> bool {
    let Some(Expr::List(display)) = cx.only_value(list) else {
        return false;
    };
    let Some(symbol) = list.as_name_expr().and_then(|name| cx.symbol(name)) else {
        return false;
    };
    let plain = display.elts.iter().all(|elt| !elt.is_starred_expr());
    let grows = cx.reads(symbol).any(|read| match cx.usage(read) {
        Use::Method(method, _) => !matches!(method, "pop" | "remove" | "clear" | "index" | "count"),
        Use::Item(item) => item.slice.is_slice_expr() && !item.ctx.is_load(),
        Use::Augmented(_) => true,
        used => cx.lets_go(used),
    });
    plain && !grows && (display.elts.len() as u64) < FEW
}

/// Makes a local list a deque, where it is used as a queue and as nothing else.
fn fix<'a>(list: &'a Expr, around: Loop<'a>, cx: &Cx<'a>) -> Option<Fix> {
    let symbol = cx.symbol(list.as_name_expr()?)?;
    let Binding::Assign(start) = cx.only_binding(symbol)? else {
        return None;
    };
    if !cx.is_fast_local(symbol)
        || start.targets.len() != 1
        || !cx.makes_new(&start.value)
        || around.range().contains_range(start.range())
    {
        return None;
    }
    let import = cx.import(list, "collections", "deque")?;
    let value = match &*start.value {
        Expr::List(display) if display.is_empty() => String::new(),
        Expr::Call(call) if call.arguments.is_empty() => String::new(),
        // `deque(items)` copies as `list(items)` does.
        Expr::Call(call) if cx.is(&*call.func, "builtins.list") && !cx.has_comment(call) => {
            match &*call.arguments.args {
                [items] => cx.text(items).to_string(),
                _ => return None,
            }
        }
        value => cx.text(value).to_string(),
    };
    let range = cx.parenthesized(&*start.value);
    let made = format!("{}({value})", import.expression);
    let mut edits = vec![Edit::replace(range, made)];
    for read in cx.reads(symbol) {
        if let Some(edit) = as_deque(read, cx)? {
            edits.push(edit);
        }
    }
    edits.extend(import.edits());
    Some(Fix::unsafe_(
        format!("Make `{}` a `deque`", symbol.name),
        format!("`{}` is a `deque` and no list", symbol.name),
        edits,
    ))
}

/// What a use of the list has to become, if anything; `None` where a deque cannot do it, or only slowly.
#[expect(clippy::option_option, reason = "the outer one is for `?`")]
fn as_deque<'a>(read: &'a ExprName, cx: &Cx<'a>) -> Option<Option<Edit>> {
    let as_it_is = Some(None);
    match cx.usage(read) {
        Use::Method("append" | "extend" | "clear" | "remove" | "count", _)
        | Use::Truth
        | Use::Haystack(_) => as_it_is,
        Use::Method("pop", call) if call.arguments.is_empty() => as_it_is,
        Use::Method("pop", call) => {
            popped(call)?;
            let range = TextRange::new(read.end(), call.end());
            let edit = Edit::replace(range, ".popleft()");
            let plain = cx.parenthesized(read) == read.range()
                && cx.parenthesized(&*call.func) == call.func.range();
            (plain && !cx.has_comment(range)).then_some(Some(edit))
        }
        Use::Item(item) => (item.ctx == ExprContext::Del && is_zero(&item.slice)).then_some(None),
        Use::Augmented(stmt) => (stmt.op == Operator::Add).then_some(None),
        Use::Argument(call) => cx.is(&*call.func, "builtins.len").then_some(None),
        _ => None,
    }
}
