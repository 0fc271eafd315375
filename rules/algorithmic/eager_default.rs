//! # A costly default that is seldom needed
//!
//! The default of `d.get(key, default)` is computed before the lookup, also where the key is there. A default that goes over a
//! collection, or asks the operating system, costs that much in every iteration; a test of the key computes it only where it is needed.
//!
//! ```python bad
//! def labels(keys: list[str], names: dict[str, str], parts: list[str]):
//!     return [names.get(key, "/".join([part.upper() for part in parts])) for key in keys]
//! ```
//!
//! ```python good
//! def labels(keys: list[str], names: dict[str, str], parts: list[str]):
//!     return [names[key] if key in names else "/".join([part.upper() for part in parts]) for key in keys]
//! ```
//!
//! ```python input
//! keys = [str(i) for i in range(n)]
//! labels(keys, dict.fromkeys(keys, "x"), keys)
//! ```
//!
//! ```python bad
//! def grouped(rows: list[int], members: dict[int, list[int]], everybody: list[int]):
//!     for row in rows:
//!         members.setdefault(row % 7, sorted(everybody))
//!     return members
//! ```
//!
//! ```python good
//! def grouped(rows: list[int], members: dict[int, list[int]], everybody: list[int]):
//!     for row in rows:
//!         if row % 7 not in members:
//!             members[row % 7] = sorted(everybody)
//!     return members
//! ```
//!
//! ```python input
//! grouped(list(range(n)), {}, list(range(n))[::-1])
//! ```
//!
//! Defaults that cost nothing, a lookup that is made once, and a table of another kind:
//!
//! ```python fine
//! def look(keys: list[str], names: dict[str, str], table, parts: list[str]):
//!     for key in keys:
//!         print(names.get(key, ""), names.get(key, key.upper()), table.get(key, sorted(parts)))
//!         print(names.get(key, tuple(("a", "b"))), getattr(key, "size", len(parts)))
//!     return names.get("all", "/".join(sorted(parts)))
//! ```

use hotlint_core::ast::{AnyNodeRef, Expr, ExprCall};
use hotlint_core::lint::{Cost, Cx, Finding, InLoop, Rule};
use hotlint_core::python::comprehension_generators;

pub struct EagerDefault;

impl Rule for EagerDefault {
    type On = InLoop<ExprCall>;
    const CALLEES: &'static [&'static str] = &[
        "builtins.dict.get",
        "builtins.dict.pop",
        "builtins.dict.setdefault",
        "builtins.getattr",
        "collections.OrderedDict.get",
        "collections.OrderedDict.setdefault",
        "os.environ.get",
    ];
    const COST: Cost = Cost::Growth("O(n·m)", "O(n+m)");

    fn check<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<Finding> {
        let default = match (&*call.func, &*call.arguments.args) {
            (Expr::Attribute(_), [_, default]) | (Expr::Name(_), [_, _, default]) => default,
            _ => return None,
        };
        let why = cx
            .tree
            .descendants(default)
            .take_while(|node| !node.is_expr_lambda())
            .find_map(|node| costly(node, cx))?;
        let around = cx.in_loop(call)?;
        let text = cx.text(default);
        let short = if text.len() <= 60 && !text.contains('\n') {
            format!("the default `{text}`")
        } else {
            "the default".to_string()
        };
        Some(
            Finding::new(
                default,
                format!("{short} is computed in every iteration, whether it is needed or not"),
            )
            .label(why)
            .because(around.header(), "for each iteration of this loop")
            .help("test for the key, and compute the default only where it is missing"),
        )
    }
}

/// Why a part of the default takes long.
fn costly<'a>(node: AnyNodeRef<'a>, cx: &Cx<'a>) -> Option<&'static str> {
    match node {
        AnyNodeRef::ExprListComp(_) | AnyNodeRef::ExprSetComp(_) | AnyNodeRef::ExprDictComp(_) => {
            goes_over_many(node, cx).then_some("goes over a collection")
        }
        AnyNodeRef::ExprCall(call) => {
            if cx.is_waiting_call(call) {
                return Some("asks the operating system");
            }
            if let Some(def) = cx.callee(call) {
                let loops = cx.own_nodes(def).any(|inner| {
                    matches!(inner, AnyNodeRef::StmtFor(stmt) if !cx.is_few(&stmt.iter))
                        || inner.is_stmt_while()
                        || (!comprehension_generators(inner).is_empty()
                            && goes_over_many(inner, cx))
                });
                return (loops && !cx.is_generator(def))
                    .then_some("calls a function with a loop in it");
            }
            let [items] = &*call.arguments.args else {
                return None;
            };
            let name = cx.name(&*call.func)?;
            let copies = matches!(
                name.as_str(),
                "builtins.list"
                    | "builtins.tuple"
                    | "builtins.set"
                    | "builtins.frozenset"
                    | "builtins.dict"
                    | "builtins.sorted"
                    | "builtins.sum"
                    | "builtins.min"
                    | "builtins.max"
            );
            let text = matches!(items, Expr::StringLiteral(_)) || cx.ty(items).is_scalar();
            if copies && !items.is_starred_expr() && !text && !cx.is_few(items) {
                Some("goes over a collection")
            } else {
                matches!(
                    name.as_str(),
                    "copy.deepcopy" | "re.compile" | "json.loads" | "json.dumps"
                )
                .then_some("takes much longer than the lookup")
            }
        }
        _ => None,
    }
}

fn goes_over_many<'a>(comprehension: AnyNodeRef<'a>, cx: &Cx<'a>) -> bool {
    comprehension_generators(comprehension)
        .iter()
        .any(|clause| !cx.is_few(&clause.iter))
}
