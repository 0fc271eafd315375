//! # Every item compared with every other
//!
//! `any(a == b for a in left for b in right)` compares all pairs: O(n·m). Whether two collections share an item is what sets answer at once:
//! `not set(left).isdisjoint(right)` is 75 to 105 times faster for 100 items each, on Python 3.8 to 3.13. `all(a != b ...)` is the same
//! question.
//!
//! ```python bad
//! def overlap(left: list[int], right: list[int]):
//!     return any(a == b for a in left for b in right)
//! ```
//!
//! ```python good
//! def overlap(left: list[int], right: list[int]):
//!     return not set(left).isdisjoint(right)
//! ```
//!
//! ```python input
//! overlap(list(range(n)), list(range(n, 2 * n)))
//! ```
//!
//! ```python bad
//! def fresh(names, taken):
//!     if all(name != other for name in names for other in taken):
//!         return names
//! ```
//!
//! ```python good
//! def fresh(names, taken):
//!     if set(names).isdisjoint(taken):
//!         return names
//! ```
//!
//! ```python input
//! fresh([str(i) for i in range(n)], [str(i) for i in range(n, 2 * n)])
//! ```
//!
//! A part of the items makes sets as well:
//!
//! ```python bad
//! def known(users, admins):
//!     return any(user.id == admin.id for user in users for admin in admins)
//! ```
//!
//! ```python good
//! def known(users, admins):
//!     ids = {admin.id for admin in admins}
//!     return any(user.id in ids for user in users)
//! ```
//!
//! ```python input
//! from types import SimpleNamespace
//! known([SimpleNamespace(id=i) for i in range(n)], [SimpleNamespace(id=-1 - i) for i in range(n)])
//! ```
//!
//! Rows of a table, another comparison, a filter, and a handful of items:
//!
//! ```python fine
//! def checks(rows, left, right, value, same):
//!     return (
//!         any(cell == value for row in rows for cell in row)
//!         or any(a == b for a in left for b in a.others)
//!         or any(a < b for a in left for b in right)
//!         or any(same(a, b) for a in left for b in right)
//!         or any(a == b for a in left if a for b in right)
//!         or any(a == b for a in ("x", "y") for b in right)
//!     )
//! ```
//!
//! The fix is safe where both are containers of numbers or strings. Elsewhere items may have no hash, or be equal without being alike.

use hotlint_core::ast::{CmpOp, Expr, ExprCall, ExprGenerator};
use hotlint_core::lint::{Cost, Cx, Edit, Finding, Fix, Rule};
use hotlint_core::python::{FEW, Type};
use hotlint_core::text_size::{Ranged, TextRange};

pub struct AnyPairwiseEquality;

impl Rule for AnyPairwiseEquality {
    type On = ExprCall;
    const CALLEES: &'static [&'static str] = &["builtins.any", "builtins.all"];
    const COST: Cost = Cost::Growth("O(n·m)", "O(n+m)");

    fn check<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<Finding> {
        let pairs = pairs(call, cx)?;
        let few = |items: &'a Expr| cx.known_length(items).is_some_and(|n| n < FEW);
        let unhashable = |items: &'a Expr| cx.is_unhashable(&cx.ty(items).element());
        if few(pairs.left) || few(pairs.right) || pairs.plain && unhashable(pairs.left) {
            return None;
        }
        let (left, right) = (cx.text(pairs.left), cx.text(pairs.right));
        let help = if pairs.plain {
            format!("`set({left}).isdisjoint({right})` looks at each item once")
        } else {
            format!(
                "make a set of what is compared of `{right}` first, and look it up for each item of `{left}`"
            )
        };
        let finding = Finding::new(
            call,
            format!("each item of `{left}` is compared with each one of `{right}`"),
        )
        .label("compares all pairs")
        .sized(cx.size(pairs.left).or(|| cx.size(pairs.right)), left)
        .help(help);
        Some(finding.fix(fix(call, &pairs, cx)))
    }
}

struct Pairs<'a> {
    left: &'a Expr,
    right: &'a Expr,
    /// The items themselves are compared, and not a part of them.
    plain: bool,
    /// Asked is whether there is no such pair.
    none: bool,
}

/// `any(a == b for a in left for b in right)`, `all(a != b ...)`.
fn pairs<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<Pairs<'a>> {
    let [
        Expr::Generator(ExprGenerator {
            elt, generators, ..
        }),
    ] = &*call.arguments.args
    else {
        return None;
    };
    let ([outer, inner], Expr::Compare(compare)) = (generators.as_slice(), &**elt) else {
        return None;
    };
    let plainly = [outer, inner]
        .iter()
        .all(|clause| !clause.is_async && clause.ifs.is_empty() && clause.target.is_name_expr());
    let none = match (&*compare.ops, cx.is(&*call.func, "builtins.all")) {
        ([CmpOp::Eq], false) => false,
        ([CmpOp::NotEq], true) => true,
        _ => return None,
    };
    let [side] = &*compare.comparators else {
        return None;
    };
    let about = |expr: &'a Expr, target: &'a Expr| match expr {
        Expr::Attribute(attribute) => cx.same_place(&attribute.value, target),
        expr => cx.same_place(expr, target),
    };
    let sides = [&*compare.left, side];
    let crosses = about(sides[0], &outer.target) && about(sides[1], &inner.target)
        || about(sides[1], &outer.target) && about(sides[0], &inner.target);
    let depends = cx.tree.descendants(&inner.iter).any(|node| match node {
        hotlint_core::ast::AnyNodeRef::ExprName(name) => outer
            .target
            .as_name_expr()
            .is_some_and(|target| cx.same_symbol(name, target)),
        _ => false,
    });
    let one_pass =
        matches!(cx.ty(&inner.iter), Type::Iterator(_)) || inner.iter.is_generator_expr();
    (plainly && crosses && !depends && !one_pass).then(|| Pairs {
        left: &outer.iter,
        right: &inner.iter,
        plain: sides.iter().all(|side| side.is_name_expr()),
        none,
    })
}

fn fix<'a>(call: &'a ExprCall, pairs: &Pairs<'a>, cx: &Cx<'a>) -> Option<Fix> {
    let free = cx.visible(call, "set").is_none();
    if !pairs.plain || !free || cx.has_comment(call) {
        return None;
    }
    let argument = |expr: &'a Expr| match expr {
        Expr::Tuple(tuple) if !tuple.parenthesized => format!("({})", cx.text(expr)),
        Expr::Generator(generator) if !generator.parenthesized => format!("({})", cx.text(expr)),
        expr => cx.text(expr).to_string(),
    };
    let asked = format!(
        "set({}).isdisjoint({})",
        argument(pairs.left),
        argument(pairs.right)
    );
    let asked = if pairs.none {
        asked
    } else {
        format!("not {asked}")
    };
    let (range, asked) = whole(call, asked, pairs, cx);
    let fix = Fix::safe("Ask with `set.isdisjoint`", [Edit::replace(range, asked)]);
    let sure = |items: &'a Expr| {
        let ty = cx.ty(items);
        ty.is_builtin_container()
            && matches!(
                ty.element(),
                Type::Int | Type::Str | Type::Bytes | Type::Bool
            )
            && items.is_name_expr()
    };
    Some(if sure(pairs.left) && sure(pairs.right) {
        fix
    } else {
        fix.unsafe_because("all items must have a hash that agrees with their equality, and both are gone through to the end")
    })
}

/// What is replaced, and by what: `not any(...)` loses its `not`, and an operand of something else gets parentheses.
fn whole<'a>(
    call: &'a ExprCall,
    asked: String,
    pairs: &Pairs<'a>,
    cx: &Cx<'a>,
) -> (TextRange, String) {
    use hotlint_core::ast::{AnyNodeRef, UnaryOp};
    match cx.tree.parent(call) {
        Some(AnyNodeRef::ExprUnaryOp(unary)) if unary.op == UnaryOp::Not && !pairs.none => {
            (unary.range(), asked.trim_start_matches("not ").to_string())
        }
        Some(
            AnyNodeRef::ExprBinOp(_)
            | AnyNodeRef::ExprUnaryOp(_)
            | AnyNodeRef::ExprCompare(_)
            | AnyNodeRef::ExprAwait(_)
            | AnyNodeRef::ExprAttribute(_)
            | AnyNodeRef::ExprSubscript(_)
            | AnyNodeRef::ExprCall(_)
            | AnyNodeRef::ExprStarred(_),
        ) if !pairs.none => (call.range(), format!("({asked})")),
        _ => (call.range(), asked),
    }
}
