//! # A comprehension that changes nothing
//!
//! `tuple(x for x in xs)` and `[x for x in xs]` move each item through the interpreter, for nothing. `tuple(xs)` and `list(xs)` copy in
//! one call: 5 to 20 times faster on CPython 3.8 to 3.15 at 1000 items. The same goes for functions that take any iterable: `sum`, `max`
//! and `sorted` are 2 to 6 times faster without the generator.
//!
//! ```python bad
//! def frozen(xs: list[int]):
//!     return tuple(x for x in xs)if xs else[x for x in xs]
//! ```
//!
//! ```python good
//! def frozen(xs: list[int]):
//!     return tuple(xs)if xs else list(xs)
//! ```
//!
//! ```python input
//! frozen(list(range(n)))
//! ```
//!
//! ```python bad
//! def copies(rows: dict[str, int], names: list[str]):
//!     return [row for row in rows], {row: mark for row, mark in rows.items()}, {name for name in names}
//! ```
//!
//! ```python good
//! def copies(rows: dict[str, int], names: list[str]):
//!     return list(rows), dict(rows), set(names)
//! ```
//!
//! ```python input
//! copies({str(i): i for i in range(n)}, [str(i) for i in range(n)])
//! ```
//!
//! ```python bad
//! def best(marks):
//!     return max((mark for mark in marks), default=0)
//! ```
//!
//! ```python good
//! def best(marks):
//!     return max(marks, default=0)
//! ```
//!
//! ```python input
//! best(list(range(n)))
//! ```
//!
//! Items that are chosen or changed, pairs that are made anew, and more than one source:
//!
//! ```python fine
//! def chosen(xs, rows):
//!     some = tuple(x for x in xs if x)
//!     texts = tuple(str(x) for x in xs)
//!     flat = [x for row in rows for x in row]
//!     swapped = {value: key for key, value in rows.items()}
//!     singles = [(x,) for (x,) in rows]
//!     return some, texts, flat, swapped, singles
//! ```
//!
//! A mapping of another class may give other pairs than it holds, and more arguments make another dict:
//!
//! ```python fine
//! def merged(form, pairs):
//!     fields = {name: value for name, value in form.items()}
//!     return fields, dict(((a, b) for a, b in pairs), c=1)
//! ```
//!
//! An asynchronous source has no other way, a handful is not worth it, and a generator that is kept does not copy:
//!
//! ```python fine
//! async def gather(source, a, b):
//!     found = [item async for item in source]
//!     few = [x for x in (a, b)]
//!     later = (item for item in found)
//!     return few, later
//! ```
//!
//! The words of an exception:
//!
//! ```python fine
//! def check(names, known):
//!     if names - known:
//!         raise ValueError(", ".join(name for name in known))
//! ```
//!
//! `list` asks for the length, here forever:
//!
//! ```python fine
//! class Rows:
//!     def __len__(self):
//!         return sum(1 for row in [row for row in self])
//! ```
//!
//! The fix is safe for containers of builtin types, and for functions that do not ask for a length, as `sum` and `any`.

use hotlint_core::ast::{AnyNodeRef, Comprehension, Expr, ExprRef};
use hotlint_core::lint::{AnyComprehension, Cost, Cx, Finding, Fix, Rule};
use hotlint_core::python::{Consumer, FEW, Type, function_around, is_for_an_error};

pub struct IdentityGeneratorCopy;

impl Rule for IdentityGeneratorCopy {
    type On = AnyComprehension;
    const COST: Cost = Cost::Factor("item by item instead of all at once: 2 to 20 times slower");

    fn check<'a>(comp: ExprRef<'a>, cx: &Cx<'a>) -> Option<Finding> {
        let clause = identity(comp)?;
        let few = cx.known_length(&clause.iter).is_some_and(|n| n < FEW);
        if few || is_for_an_error(&cx.tree, AnyNodeRef::from(comp)) {
            return None;
        }
        let copy = copy(comp, clause, cx)?;
        let iter = cx.only_argument(copy.source);
        let (better, message) = match copy.constructor {
            Some(name) => (
                format!("{name}({iter})"),
                format!("this comprehension copies item by item what `{name}` copies in one call"),
            ),
            None => (
                iter,
                "this generator hands on each item as it is".to_string(),
            ),
        };
        let fits = copy
            .constructor
            .is_none_or(|name| cx.visible(comp, name).is_none());
        let fix = (fits && !cx.has_comment(comp)).then(|| {
            let title = match copy.constructor {
                Some(name) => format!("Replace with `{name}(...)`"),
                None => "Leave out the generator".to_string(),
            };
            Fix::safe(title, [cx.replace_word(comp, &better)])
        });
        let fix = fix.map(|fix| match copy.doubt {
            Some(doubt) => fix.unsafe_because(doubt),
            None => fix,
        });
        Some(
            Finding::new(comp, message)
                .label("each item goes through the interpreter")
                .help("hand over the iterable itself")
                .fix(fix),
        )
    }
}

/// The only clause, where the element is what it binds, or the pair of key and value is.
fn identity(comp: ExprRef<'_>) -> Option<&Comprehension> {
    let (generators, parts): (_, [Option<&Expr>; 2]) = match comp {
        ExprRef::ListComp(comp) => (&comp.generators, [Some(&comp.elt), None]),
        ExprRef::SetComp(comp) => (&comp.generators, [Some(&comp.elt), None]),
        ExprRef::Generator(comp) => (&comp.generators, [Some(&comp.elt), None]),
        ExprRef::DictComp(comp) => (&comp.generators, [comp.key.as_deref(), Some(&comp.value)]),
        _ => return None,
    };
    let [clause] = generators.as_slice() else {
        return None;
    };
    let same = |target: &Expr, part: Option<&Expr>| match (target, part) {
        (Expr::Name(target), Some(Expr::Name(part))) => target.id == part.id,
        _ => false,
    };
    let identical = match (&clause.target, parts) {
        (Expr::Tuple(pair), [key, value @ Some(_)]) => match pair.elts.as_slice() {
            [first, second] => same(first, key) && same(second, value),
            _ => false,
        },
        (target, [element, None]) => same(target, element),
        _ => false,
    };
    (identical && clause.ifs.is_empty() && !clause.is_async).then_some(clause)
}

struct Copy<'a> {
    /// What copies in one call; `None` where the call around does.
    constructor: Option<&'static str>,
    source: &'a Expr,
    /// Why the result may be another one.
    doubt: Option<&'static str>,
}

fn copy<'a>(comp: ExprRef<'a>, clause: &'a Comprehension, cx: &Cx<'a>) -> Option<Copy<'a>> {
    let source = &clause.iter;
    let constructor = match comp {
        ExprRef::DictComp(_) => {
            let call = source.as_call_expr()?;
            let method = call.func.as_attribute_expr()?;
            let items = &*method.attr == "items" && call.arguments.is_empty();
            let dict = items && cx.ty(&*method.value).is_dict();
            return dict.then_some(Copy {
                constructor: Some("dict"),
                source: &method.value,
                doubt: None,
            });
        }
        ExprRef::SetComp(_) => Some("set"),
        _ => match cx.consumed_by(comp) {
            Some((_, Consumer::Stepwise)) => {
                return Some(Copy {
                    constructor: None,
                    source,
                    doubt: None,
                });
            }
            Some(_) => None,
            None if comp.is_generator_expr() => return None,
            None => {
                // A snapshot, or a list that need not be: a question of its own. So is one whose length alone is wanted.
                let asks_length = function_around(&cx.tree, comp)
                    .is_some_and(|def| matches!(def.name.as_str(), "__len__" | "__length_hint__"));
                if cx.is_iterated(comp) || asks_length || cx.is_measured(comp) {
                    return None;
                }
                Some("list")
            }
        },
    };
    let makes_set = constructor == Some("set")
        || cx.consumed_by(comp).is_some_and(|(call, _)| {
            matches!(cx.ty(call), Type::Set(_) | Type::FrozenSet(_))
                || cx.is(&*call.func, "builtins.set.update")
        });
    Some(Copy {
        constructor,
        source,
        doubt: cx.copy_doubt(&cx.ty(source), makes_set),
    })
}
