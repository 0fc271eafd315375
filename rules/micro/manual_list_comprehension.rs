//! # A loop that does what a list comprehension does
//!
//! A loop that only appends looks up and calls `append` once for each item. A comprehension has an instruction for it: 1.3-1.7 times
//! faster on CPython 3.8 to 3.10. Since 3.11 such calls are cheap, and 1.06-1.4 times is what is left: the rule speaks up only for
//! projects that support 3.10 or older. Below four items the loop is the faster one.
//!
//! ```python bad
//! def doubled(source):
//!     target = []
//!     for item in source:
//!         if item if item > 3 else item == 0:
//!             target.append(item * 2)
//!     return target
//! ```
//!
//! ```python good
//! def doubled(source):
//!     target = [item * 2 for item in source if (item if item > 3 else item == 0)]
//!     return target
//! ```
//!
//! ```python input
//! doubled(list(range(n)))
//! ```
//!
//! ```python bad
//! def spans(first, second, count):
//!     result: list = []
//!     for left, right in first if count else second:
//!         result.append(left + value for value in [right])
//!     return [list(part) for part in result]
//! ```
//!
//! ```python good
//! def spans(first, second, count):
//!     result: list = [(left + value for value in [right]) for left, right in (first if count else second)]
//!     return [list(part) for part in result]
//! ```
//!
//! An item of several lines keeps its shape:
//!
//! ```python bad
//! def described(names):
//!     found = []
//!     for name in names:
//!         if name:
//!             found.append(
//!                 {
//!                     "name": name,
//!                     "length": len(name),
//!                 }
//!             )
//!     return found
//! ```
//!
//! ```python good
//! def described(names):
//!     found = [
//!         {
//!             "name": name,
//!             "length": len(name),
//!         }
//!         for name in names
//!         if name
//!     ]
//!     return found
//! ```
//!
//! ```python input
//! described(["ab", ""] * n)
//! ```
//!
//! What binds a name cannot move into a comprehension, so there is no fix:
//!
//! ```python bad
//! def found(items, find, source):
//!     results = []
//!     for item in (rows := source()):
//!         results.append(item + 1)
//!     matches = []
//!     for item in items:
//!         if match := find(item):
//!             matches.append(match)
//!     return rows, results, matches
//! ```
//!
//! A list that is there already is extended; an exception on the way leaves it without the items so far:
//!
//! ```python bad
//! def collect(rows, out: list):
//!     for row in rows:
//!         out.append(row * 2)
//!     return out
//! ```
//!
//! ```python good
//! def collect(rows, out: list):
//!     out.extend([row * 2 for row in rows])
//!     return out
//! ```
//!
//! ```python input
//! collect(range(n), [0])
//! ```
//!
//! From 3.11 on:
//!
//! ```python fine 3.11
//! def doubled(source):
//!     target = []
//!     for item in source:
//!         target.append(item * 2)
//!     return target
//! ```
//!
//! The condition reads the list, or code behind the loop reads or deletes its variable:
//!
//! ```python fine
//! def distinct(items):
//!     out = []
//!     for item in items:
//!         if item not in out:
//!             out.append(item + 1)
//!     last = []
//!     for value in items:
//!         last.append(value * 2)
//!     print(value)
//!     rest = []
//!     for number in items:
//!         rest.append(number + 1)
//!     del number
//!     return out, last, rest
//! ```
//!
//! What was collected before an error is of use, and another class may do anything in its `append`:
//!
//! ```python fine
//! class Sink:
//!     def append(self, item):
//!         print(item)
//!
//!
//! def drain(source):
//!     chunks = []
//!     try:
//!         for chunk in source:
//!             chunks.append(chunk * 2)
//!     except ConnectionError:
//!         pass
//!     sink = Sink()
//!     for chunk in chunks:
//!         sink.append(chunk + 1)
//!     return chunks
//! ```
//!
//! The list belongs to the function around, and a loop that suspends:
//!
//! ```python fine
//! def outer(values):
//!     def inner():
//!         for value in values:
//!             result.append(value + 1)
//!
//!     result = []
//!     inner()
//!     return result
//!
//!
//! async def gather(source):
//!     found = []
//!     async for item in source:
//!         found.append(item + 1)
//!     return found
//! ```
//!
//! The fix is safe for a list made right before the loop that nobody else sees. There is none where a comment would be lost.

use hotlint_core::ast::{AnyNodeRef, Expr, StmtFor};
use hotlint_core::lint::{Cost, Cx, Edit, Finding, Fix, Rule};
use hotlint_core::python::{AppendLoop, Loop, Partial};
use hotlint_core::text_size::{Ranged, TextRange};

pub struct ManualListComprehension;

/// Longest line that a fix writes in one piece.
const WIDTH: usize = 110;

impl Rule for ManualListComprehension {
    type On = StmtFor;
    const COST: Cost = Cost::Constant("1.3-1.7 times faster up to Python 3.10");

    fn check<'a>(stmt: &'a StmtFor, cx: &Cx<'a>) -> Option<Finding> {
        if !cx.python().any_before(11) {
            return None;
        }
        let appends = cx.append_loop(stmt)?;
        let partial = cx.partial_result(appends);
        if partial == Partial::Seen || is_copy(appends) {
            return None;
        }
        let list = cx.text(appends.list);
        let finding = Finding::new(
            Loop::For(stmt).header(),
            format!("this loop only appends to `{list}`, as a list comprehension would"),
        )
        .label("one call of `append` for each item");
        let finding = match appends.made {
            Some(made) => finding.because(made, "empty until then"),
            None => finding,
        };
        Some(
            finding
                .help("write a list comprehension")
                .fix(fix(appends, partial, cx)),
        )
    }
}

/// `for x in xs: list.append(x)` is a copy, for which there is something better.
fn is_copy(appends: AppendLoop<'_>) -> bool {
    match (&*appends.stmt.target, appends.item, appends.filter) {
        (Expr::Name(target), Expr::Name(item), None) => target.id == item.id,
        _ => false,
    }
}

fn fix<'a>(appends: AppendLoop<'a>, partial: Partial, cx: &Cx<'a>) -> Option<Fix> {
    let stmt = appends.stmt;
    let start = appends.made.map_or(stmt.start(), Ranged::start);
    let whole = TextRange::new(start, stmt.end());
    let alone = cx.is_alone_on_its_lines(stmt)
        && appends
            .made
            .is_none_or(|made| cx.is_alone_on_its_lines(made));
    // `in (x := y)` is no syntax there.
    let binds = cx
        .tree
        .descendants(&*stmt.iter)
        .any(|node| node.is_expr_named());
    let parts = [Some(appends.item), appends.filter];
    if !alone
        || binds
        || cx.has_comment(whole)
        || parts
            .into_iter()
            .flatten()
            .any(|expr| !moves(expr, appends, cx))
    {
        return None;
    }
    let indentation = cx.indentation(stmt);
    let deeper = format!("{indentation}    ");
    let item = in_brackets(appends.item, &deeper, cx);
    let target = cx.text(&*stmt.target);
    let iter = operand(&stmt.iter, &deeper, cx);
    let filter = appends
        .filter
        .map(|filter| format!("if {}", operand(filter, &deeper, cx)));
    let (before, after) = match appends.made {
        Some(made) => {
            let value = match made {
                hotlint_core::ast::Stmt::Assign(assign) => assign.value.range(),
                hotlint_core::ast::Stmt::AnnAssign(assign) => assign.value.as_ref()?.range(),
                _ => return None,
            };
            let head = cx.text(TextRange::new(made.start(), value.start()));
            (format!("{head}["), "]")
        }
        None => (format!("{}.extend([", cx.text(appends.list)), "])"),
    };
    let tail = filter
        .as_ref()
        .map(|filter| format!(" {filter}"))
        .unwrap_or_default();
    let line = format!("{before}{item} for {target} in {iter}{tail}{after}");
    let text = if indentation.len() + line.len() <= WIDTH && !line.contains('\n') {
        line
    } else {
        let line_end = cx.line_end();
        let deeper = format!("{line_end}{deeper}");
        let tail = filter
            .map(|filter| format!("{deeper}{filter}"))
            .unwrap_or_default();
        format!(
            "{before}{deeper}{item}{deeper}for {target} in {iter}{tail}{line_end}{indentation}{after}"
        )
    };
    let fix = Fix::safe(
        "Replace with a list comprehension",
        [Edit::replace(whole, text)],
    );
    Some(if appends.made.is_none() {
        fix.unsafe_because("an exception on the way leaves the list without the items so far")
    } else if partial == Partial::Possible {
        fix.unsafe_because("other code may see the list half filled")
    } else {
        fix
    })
}

/// Whether an expression means the same inside a comprehension.
fn moves<'a>(expr: &'a Expr, appends: AppendLoop<'a>, cx: &Cx<'a>) -> bool {
    // What runs later sees the loop's variable as it is then.
    let rebound = || {
        cx.target_names(&appends.stmt.target).is_none_or(|names| {
            names.iter().any(|name| {
                cx.symbol(*name).is_none_or(|symbol| {
                    cx.binding_nodes(symbol)
                        .any(|node| !appends.stmt.range().contains_range(node.range()))
                })
            })
        })
    };
    cx.tree.descendants(expr).all(|node| match node {
        AnyNodeRef::ExprNamed(_) | AnyNodeRef::ExprAwait(_) => false,
        // Asynchronous comprehensions nest from 3.11 on only.
        AnyNodeRef::Comprehension(clause) => !clause.is_async,
        AnyNodeRef::ExprLambda(_) | AnyNodeRef::ExprGenerator(_) => !rebound(),
        // Before 3.12 a comprehension is a function of its own.
        AnyNodeRef::ExprName(name) => !matches!(
            name.id.as_str(),
            "super" | "__class__" | "locals" | "vars" | "dir" | "eval" | "exec"
        ),
        _ => true,
    })
}

/// The text of an expression as the element of a comprehension.
fn in_brackets<'a>(expr: &'a Expr, indentation: &str, cx: &Cx<'a>) -> String {
    let text = cx.shifted(expr, indentation);
    match expr {
        Expr::Generator(generator) if !generator.parenthesized => format!("({text})"),
        Expr::Tuple(tuple) if !tuple.parenthesized => format!("({text})"),
        _ => text,
    }
}

/// The text of an expression behind `in` or `if` of a comprehension, where a conditional expression does not end.
fn operand<'a>(expr: &'a Expr, indentation: &str, cx: &Cx<'a>) -> String {
    let text = cx.shifted(expr, indentation);
    let wrap = match expr {
        Expr::If(_) | Expr::Lambda(_) => true,
        Expr::Tuple(tuple) => !tuple.parenthesized,
        _ => false,
    };
    if wrap { format!("({text})") } else { text }
}
