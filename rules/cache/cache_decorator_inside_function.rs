//! # Cache on a function that is made anew by every call
//!
//! A decorator on a nested function runs each time the outer function does, so each call starts with an empty cache. If the nested
//! function is then called only once, the cache never hits: what remains is the cost of making it, 30 to 68 times the cost of the
//! plain function on Python 3.8 to 3.13. Either the cache is not needed, or the function belongs outside.
//!
//! ```python bad
//! from functools import lru_cache
//!
//!
//! def area(width, height):
//!     @lru_cache(maxsize=None)
//!     def scale(unit: int) -> int:
//!         return unit * 10
//!
//!     return scale(width) * height
//! ```
//!
//! ```python good
//! from functools import lru_cache
//!
//!
//! def area(width, height):
//!     def scale(unit: int) -> int:
//!         return unit * 10
//!
//!     return scale(width) * height
//! ```
//!
//! ```python input
//! area(n, 3)
//! ```
//!
//! ```python bad
//! from functools import lru_cache
//!
//!
//! def labelled(width):
//!     @lru_cache(maxsize=None)
//!     def padded(name: str) -> str:
//!         return name.ljust(10)
//!
//!     return [padded(f"width {width}"), width]
//! ```
//!
//! ```python good
//! from functools import lru_cache
//!
//!
//! def labelled(width):
//!     def padded(name: str) -> str:
//!         return name.ljust(10)
//!
//!     return [padded(f"width {width}"), width]
//! ```
//!
//! ```python input
//! labelled(n)
//! ```
//!
//! The fix is safe where the arguments are known to be hashable; elsewhere the cache may raise `TypeError`, and the fix takes that away.
//!
//! A recursive function uses its cache within one call, and so does a loop or a second caller:
//!
//! ```python fine
//! from functools import lru_cache
//!
//!
//! def solve(n, words):
//!     @lru_cache(maxsize=None)
//!     def fib(k):
//!         return k if k < 2 else fib(k - 1) + fib(k - 2)
//!
//!     @lru_cache(maxsize=None)
//!     def cost(word):
//!         return len(word.encode())
//!
//!     @lru_cache(maxsize=None)
//!     def weight(k):
//!         return k * k
//!
//!     def walk(k):
//!         return weight(k) + (walk(k - 1) if k else 0)
//!
//!     return fib(n) + walk(n) + sum(cost(word) for word in words)
//! ```
//!
//! A function that leaves takes its cache along:
//!
//! ```python fine
//! from functools import cache, lru_cache
//!
//!
//! def make(table):
//!     @cache
//!     def find(name):
//!         return table.index(name)
//!
//!     return find
//!
//!
//! def pick(table, names):
//!     @cache
//!     def rank(name):
//!         return table.index(name)
//!
//!     return sorted(names, key=rank)
//!
//!
//! class Prices:
//!     def __init__(self, table):
//!         @lru_cache(maxsize=128)
//!         def find(name):
//!             return table.index(name)
//!
//!         self.find = find
//! ```
//!
//! What runs once costs nothing worth a word:
//!
//! ```python fine
//! from functools import cache
//!
//!
//! def main():
//!     @cache
//!     def load(path):
//!         return open(path).read()
//!
//!     print(load("input.txt"))
//!
//!
//! if __name__ == "__main__":
//!     main()
//! ```

use hotlint_core::ast::{AnyNodeRef, ExprCall, StmtFunctionDef};
use hotlint_core::lint::{Cost, Cx, Edit, Finding, Fix, Rule};
use hotlint_core::python::{ScopeId, function_around};
use hotlint_core::text_size::Ranged;

pub struct CacheDecoratorInsideFunction;

impl Rule for CacheDecoratorInsideFunction {
    type On = StmtFunctionDef;
    const COST: Cost = Cost::Factor("a new cache for every call, and no hit");

    fn check<'a>(def: &'a StmtFunctionDef, cx: &Cx<'a>) -> Option<Finding> {
        let cached = cx.cached(def)?;
        let around = function_around(&cx.tree, def)?;
        if matches!(cx.tree.parent(def)?, AnyNodeRef::StmtClassDef(_)) {
            return None;
        }
        let symbol = cx.symbol(def)?;
        cx.only_binding(symbol)?;
        let mut reads = cx.reads(symbol);
        let (Some(read), None) = (reads.next(), reads.next()) else {
            return None;
        };
        let call = match cx.tree.parent(read)? {
            AnyNodeRef::ExprCall(call) if call.func.range() == read.range() => call,
            _ => return None,
        };
        if is_repeated(call, around, cx) || runs_once(around, cx) {
            return None;
        }
        let message = format!(
            "the cache of `{}` is made anew by every call of `{}`",
            def.name, around.name
        );
        Some(
            Finding::new(cached.decorator, message)
                .label("starts empty each time")
                .because(call, "the only call: it never hits")
                .help(format!(
                    "take the cache off, or move `{}` out of `{}`",
                    def.name, around.name
                ))
                .fix(fix(def, call, cx)),
        )
    }
}

/// Whether the call may run more than once in one call of the function around it.
fn is_repeated<'a>(call: &'a ExprCall, around: &'a StmtFunctionDef, cx: &Cx<'a>) -> bool {
    for node in cx.tree.ancestors(call) {
        match node {
            AnyNodeRef::StmtFunctionDef(def) => return !std::ptr::eq(def, around),
            AnyNodeRef::StmtFor(_)
            | AnyNodeRef::StmtWhile(_)
            | AnyNodeRef::Comprehension(_)
            | AnyNodeRef::ExprListComp(_)
            | AnyNodeRef::ExprSetComp(_)
            | AnyNodeRef::ExprDictComp(_)
            | AnyNodeRef::ExprGenerator(_)
            | AnyNodeRef::ExprLambda(_)
            | AnyNodeRef::StmtClassDef(_) => return true,
            _ => {}
        }
    }
    true
}

/// Whether the function around runs once: it is cached itself, or called from one place at module level.
fn runs_once<'a>(around: &'a StmtFunctionDef, cx: &Cx<'a>) -> bool {
    if !around.decorator_list.is_empty() && cx.cached(around).is_some() {
        return true;
    }
    let Some(symbol) = cx.symbol(around) else {
        return false;
    };
    let mut reads = cx.reads(symbol);
    match (reads.next(), reads.next()) {
        (Some(read), None) => {
            cx.tree.scope_of(read) == ScopeId::MODULE && cx.in_loop(read).is_none()
        }
        _ => false,
    }
}

fn fix<'a>(def: &'a StmtFunctionDef, call: &'a ExprCall, cx: &Cx<'a>) -> Option<Fix> {
    let cached = cx.cached(def)?;
    if !cx.is_alone_on_its_lines(cached.decorator) || cx.has_comment(cached.decorator) {
        return None;
    }
    let title = format!("Take the cache of `{}` off", def.name);
    let edit = cx.delete_lines(cached.decorator);
    let edits: Vec<Edit> = vec![edit];
    let mut arguments = call.arguments.args.iter();
    let hashable = call.arguments.keywords.is_empty()
        && arguments.all(|argument| cx.ty(argument).is_hashable());
    Some(if hashable {
        Fix::safe(title, edits)
    } else {
        Fix::unsafe_(
            title,
            "unhashable arguments no longer raise `TypeError`",
            edits,
        )
    })
}
