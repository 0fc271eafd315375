//! # A list made to be counted
//!
//! `len(list(xs))` copies everything to learn how many there are. Lists, sets, dicts and their views know their length: `len(xs)` takes
//! the same time for any size.
//!
//! ```python bad
//! def size(table: dict[str, int]):
//!     return len(list(table.values()))
//! ```
//!
//! ```python good
//! def size(table: dict[str, int]):
//!     return len(table.values())
//! ```
//!
//! ```python input
//! table = {str(i): i for i in range(n)}
//! size(table)
//! ```
//!
//! ```python bad
//! def count(numbers: list[int]):
//!     return len([number + 1 for number in numbers])
//! ```
//!
//! ```python good
//! def count(numbers: list[int]):
//!     return len(numbers)
//! ```
//!
//! ```python input
//! count(list(range(n)))
//! ```
//!
//! What is counted is not what is there: some are left out, some are the same, some come from each row:
//!
//! ```python fine
//! def counts(rows: list[list[int]], names: list[str]):
//!     some = len([row for row in rows if row])
//!     distinct = len(set(names))
//!     flat = len([x for row in rows for x in row])
//!     return some, distinct, flat
//! ```
//!
//! What does not know its length, or may not:
//!
//! ```python fine
//! def lengths(source, path):
//!     with open(path) as file:
//!         lines = len(list(file))
//!     return lines, len(list(source)), len(list(map(str, source)))
//! ```
//!
//! Elements with a side effect, which must run for every item:
//!
//! ```python fine
//! def save(items: list):
//!     return len([item.save() for item in items])
//! ```
//!
//! The fix is safe where computing the list cannot raise.

use hotlint_core::ast::{Expr, ExprCall};
use hotlint_core::lint::{Cost, Cx, Edit, Finding, Fix, Rule};
use hotlint_core::python::{Purity, Type};

pub struct LenOfMaterialised;

impl Rule for LenOfMaterialised {
    type On = ExprCall;
    const CALLEES: &'static [&'static str] = &["builtins.len"];
    const COST: Cost = Cost::Growth("O(n)", "O(1)");

    fn check<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<Finding> {
        let [made] = &*call.arguments.args else {
            return None;
        };
        let (source, certain) = source(made, cx)?;
        if !knows_length(&cx.ty(source)) || !call.arguments.keywords.is_empty() {
            return None;
        }
        let text = cx.only_argument(source);
        let fix = (!cx.has_comment(made)).then(|| {
            let fix = Fix::safe("Count without the copy", [Edit::replace(made, &*text)]);
            if certain {
                fix
            } else {
                fix.unsafe_because("what raises while the list is made is no longer run")
            }
        });
        Some(
            Finding::new(made, "this list is made only to be counted")
                .label("makes a list of all items to learn how many there are")
                .help("ask for the length of what it is made from")
                .fix(fix),
        )
    }
}

/// What a list is made from, item by item, and whether making it certainly never raises.
fn source<'a>(made: &'a Expr, cx: &Cx<'a>) -> Option<(&'a Expr, bool)> {
    match made {
        Expr::ListComp(comp) => {
            let [clause] = comp.generators.as_slice() else {
                return None;
            };
            let purity = cx.purity(&*comp.elt);
            if !clause.ifs.is_empty() || clause.is_async || purity == Purity::Impure {
                return None;
            }
            let certain = purity == Purity::Certain
                && clause.target.is_name_expr()
                && !cx.may_raise(&*comp.elt);
            Some((&clause.iter, certain))
        }
        Expr::Call(inner) => {
            let [source] = &*inner.arguments.args else {
                return None;
            };
            let name = cx.name(&*inner.func)?;
            let orders = match name.as_str() {
                "builtins.list" | "builtins.tuple" => false,
                "builtins.sorted" => true,
                _ => return None,
            };
            let plain = inner.arguments.keywords.is_empty();
            let element = cx.ty(source).element();
            let ordered = matches!(element, Type::Int | Type::Str | Type::Bytes);
            plain.then_some((source, !orders || ordered))
        }
        _ => None,
    }
}

fn knows_length(ty: &Type<'_>) -> bool {
    ty.is_builtin_container() || matches!(ty, Type::Bytes | Type::Bytearray | Type::Deque(_))
}
