//! # A key taken from a dict, and looked up in it
//!
//! `for key in table: ... table[key]` searches for what the iteration had at hand. `for key, value in table.items()` gives both: 1.05-2 times
//! faster on CPython 3.8 to 3.15, and 1.25-1.5 times for keys that are strings.
//!
//! ```python bad
//! def shown(table: dict[str, int]):
//!     out = ""
//!     for key in table:
//!         if table[key] > 3:
//!             out = key + str(table[key])
//!     return out, sum(abs(table[key]) for key in table.keys())
//! ```
//!
//! ```python good
//! def shown(table: dict[str, int]):
//!     out = ""
//!     for key, value in table.items():
//!         if value > 3:
//!             out = key + str(value)
//!     return out, sum(abs(value) for value in table.values())
//! ```
//!
//! ```python input
//! shown({str(i): i for i in range(n)})
//! ```
//!
//! What the loop has in hand already:
//!
//! ```python bad
//! def pairs(table: dict[str, int], names: list[str]):
//!     out = ""
//!     for key, value in table.items():
//!         out = key + str(table[key] * 2)
//!     return out, [f"{i} {names[i]}" for i, name in enumerate(names)]
//! ```
//!
//! ```python good
//! def pairs(table: dict[str, int], names: list[str]):
//!     out = ""
//!     for key, value in table.items():
//!         out = key + str(value * 2)
//!     return out, [f"{i} {name}" for i, name in enumerate(names)]
//! ```
//!
//! ```python input
//! pairs({str(i): i for i in range(n)}, [str(i) for i in range(n)])
//! ```
//!
//! Items that are written, a value that has changed meanwhile, and an `else` that runs behind the last key:
//!
//! ```python fine
//! def changed(table: dict, probe):
//!     for key in table:
//!         table[key] = table[key] + 1
//!     for key, value in table.items():
//!         table[key] = value + 1
//!         print(table[key])
//!     for key, value in table.items():
//!         if probe(key):
//!             break
//!     else:
//!         return table[key]
//! ```
//!
//! An item that is looked up now and then, in another table, or by a key that has changed:
//!
//! ```python fine
//! def others(table: dict, other: dict, wanted):
//!     for key in table:
//!         if key == wanted:
//!             return table[key]
//!     for key in table:
//!         print(other[key])
//!     for key in table:
//!         key = key.lower()
//!         print(table[key])
//! ```
//!
//! An object of its own may have nothing but keys, and a list that has grown has other items:
//!
//! ```python fine
//! class Table:
//!     def items(self):
//!         for key in self.keys():
//!             yield key, self[key]
//!
//!     def insert(self, header):
//!         for i, line in enumerate(self.lines):
//!             self.lines.insert(i, header)
//!             print(self.lines[i])
//! ```
//!
//! What is no dict has other items, as a list of indices:
//!
//! ```python fine
//! def followed(chain: list[int], given):
//!     return [chain[i] for i in chain], [given[i] for i in given]
//! ```
//!
//! The fix is safe for dicts and lists that nothing in the loop can change.

use hotlint_core::ast::{AnyNodeRef, Expr, ExprName};
use hotlint_core::lint::{AnyFor, Cost, Cx, Edit, Finding, Fix, OneSided, Rule};
use hotlint_core::python::{FEW, Loop, Type};
use hotlint_core::text_size::Ranged;

pub struct DictKeyThenLookup;

impl Rule for DictKeyThenLookup {
    type On = AnyFor;
    const COST: Cost = Cost::Constant("1.05-2 times slower");

    fn check<'a>(around: Loop<'a>, cx: &Cx<'a>) -> Option<Finding> {
        if !is_key_looked_up(around, cx) {
            return None;
        }
        let walk = walk(around, cx)?;
        let (items, others) = cx.item_reads(walk.base, walk.key, around)?;
        let rebound = walk.item.is_some_and(|item| cx.is_rebound(item, around));
        if rebound
            || !cx.runs_in_place(around)
            || !cx.is_left_alone(walk.base, around)
            || cx.trip_count(around).is_some_and(|n| n < FEW)
        {
            return None;
        }
        // A lookup now and then is cheaper than a pair for each key.
        if walk.item.is_none() && !items.iter().any(|item| cx.is_always_reached(*item, around)) {
            return None;
        }
        let first = *items.first()?;
        let (base, key) = (cx.text(walk.base), walk.key.id.as_str());
        let what = match walk.item {
            Some(item) => format!("`{base}[{key}]` looks up what `{}` is already", item.id),
            None => format!("`{base}[{key}]` looks up a key that comes from `{base}` itself"),
        };
        let edits = || {
            let seen = cx
                .symbol(walk.key)
                .is_none_or(|symbol| cx.is_seen_outside(symbol, around));
            let needs_key = others || seen;
            let name = match walk.item {
                Some(item) => item.id.to_string(),
                None => cx.fresh_target("value", around),
            };
            let mut edits: Vec<Edit> = items
                .iter()
                .map(|item| cx.replace_word(*item, &name))
                .collect();
            edits.extend(header(&walk, &name, needs_key, around, cx)?);
            let lost = items.iter().any(|item| cx.has_comment(*item));
            (!lost).then_some(edits)
        };
        let fix = edits().map(|edits| {
            let fix = Fix::safe("Use the item that the loop has in hand", edits);
            if walk.known && cx.is_steady(walk.base, around) {
                fix
            } else {
                fix.unsafe_because(
                    "code that the loop runs may change the item, or be asked for it",
                )
            }
        });
        Some(
            Finding::new(first, what)
                .label("one more lookup in each iteration")
                .because(around.header(), "the loop has the item in hand")
                .help("take the item from the iteration")
                .fix(fix),
        )
    }
}

/// Whether the first target is the whole index of anything: nearly every loop ends here.
fn is_key_looked_up<'a>(around: Loop<'a>, cx: &Cx<'a>) -> bool {
    let key = match around.target() {
        Some(Expr::Name(key)) => key,
        Some(Expr::Tuple(pair)) => match pair.elts.first() {
            Some(Expr::Name(key)) => key,
            _ => return false,
        },
        _ => return false,
    };
    cx.symbol(key).is_some_and(|symbol| {
        cx.reads(symbol).any(|read| {
            matches!(cx.tree.parent(read), Some(AnyNodeRef::ExprSubscript(item)) if item.slice.range() == read.range())
        })
    })
}

/// A loop over keys or indices of something, with or without the items.
struct Walk<'a> {
    base: &'a Expr,
    key: &'a ExprName,
    /// The variable that holds the item already.
    item: Option<&'a ExprName>,
    /// Whether `base` is certainly a dict, or a list where the keys are indices.
    known: bool,
    how: How<'a>,
}

enum How<'a> {
    /// `for key in table`
    Keys,
    /// `for key in table.keys()`, `for key, value in table.items()`, with the method's name.
    View(&'a hotlint_core::ast::Identifier),
    /// `for i, x in enumerate(xs)`
    Enumerate(&'a hotlint_core::ast::ExprCall),
}

fn walk<'a>(around: Loop<'a>, cx: &Cx<'a>) -> Option<Walk<'a>> {
    let iter = around.iter()?;
    let plain =
        |base: &'a Expr| (base.is_name_expr() && !cx.is_self(base)) || base.is_attribute_expr();
    let (key, item) = match around.target()? {
        Expr::Name(key) => (key, None),
        Expr::Tuple(pair) => match pair.elts.as_slice() {
            [Expr::Name(key), Expr::Name(item)] => (key, Some(item)),
            _ => return None,
        },
        _ => return None,
    };
    let Expr::Call(call) = iter else {
        let keys = plain(iter) && item.is_none() && cx.ty(iter).is_mapping();
        return keys.then_some(Walk {
            base: iter,
            key,
            item,
            known: true,
            how: How::Keys,
        });
    };
    if item.is_some() && cx.is(&*call.func, "builtins.enumerate") {
        let [base] = &*call.arguments.args else {
            return None;
        };
        let ty = cx.ty(base);
        let known = matches!(ty, Type::List(_) | Type::Tuple(_) | Type::Str | Type::Bytes);
        let fits = plain(base) && call.arguments.keywords.is_empty() && (known || ty.is_unknown());
        return fits.then_some(Walk {
            base,
            key,
            item,
            known,
            how: How::Enumerate(call),
        });
    }
    let method = call.func.as_attribute_expr()?;
    let wanted = if item.is_some() { "items" } else { "keys" };
    let base = &*method.value;
    if &*method.attr != wanted || !call.arguments.is_empty() || !plain(base) {
        return None;
    }
    let ty = cx.ty(base);
    let known = ty.is_mapping();
    // Whoever asks for the keys only may have nothing but keys.
    let may_be = item.is_some() && ty.is_unknown();
    (known || may_be).then_some(Walk {
        base,
        key,
        item,
        known,
        how: How::View(&method.attr),
    })
}

/// The edits of the loop's own line: what it binds, and what it iterates over.
fn header<'a>(
    walk: &Walk<'a>,
    name: &str,
    needs_key: bool,
    around: Loop<'a>,
    cx: &Cx<'a>,
) -> Option<Vec<Edit>> {
    let view = if needs_key { "items" } else { "values" };
    if let Some(item) = walk.item {
        if needs_key {
            // Whoever takes the item out of the loop's header must wait for this fix, which reads it.
            return Some(vec![Edit::replace(item, cx.text(item))]);
        }
        let pair = around.target()?.as_tuple_expr()?;
        let kept = pair.elts.last()?;
        let target = cx.keep_side(OneSided {
            pair,
            kept,
            first_unused: true,
        })?;
        let iter = match walk.how {
            How::Enumerate(call) => cx.unwrap_call(call, walk.base)?,
            How::View(method) => Edit::replace(method, view),
            How::Keys => return None,
        };
        return Some(vec![target, iter]);
    }
    let target = if needs_key {
        Edit::insert(walk.key.end(), format!(", {name}"))
    } else {
        Edit::replace(walk.key, name)
    };
    let iter = match walk.how {
        How::Keys => Edit::insert(walk.base.end(), format!(".{view}()")),
        How::View(method) => Edit::replace(method, view),
        How::Enumerate(_) => return None,
    };
    Some(vec![target, iter])
}
