//! # A dict of the module as a cache that is never emptied
//!
//! A dict at module level that a function looks into, and fills, keeps what it was given for as long as the process lives. Where its keys
//! come from outside, there is no end to them. `functools.lru_cache` has a limit, and `cachetools.TTLCache` forgets what is old.
//!
//! ```python bad
//! _PAGES = {}
//!
//!
//! def page(url, fetch):
//!     if url not in _PAGES:
//!         _PAGES[url] = fetch(url)
//!     return _PAGES[url]
//! ```
//!
//! ```python good
//! from cachetools import TTLCache
//!
//! _PAGES = TTLCache(maxsize=1024, ttl=300)
//!
//!
//! def page(url, fetch):
//!     if url not in _PAGES:
//!         _PAGES[url] = fetch(url)
//!     return _PAGES[url]
//! ```
//!
//! One that something takes out of, or looks at the length of, a registry, and a table that is filled once:
//!
//! ```python fine
//! _PAGES = {}
//! _SEEN = {}
//! _PLUGINS = {}
//! _SIZES = {}
//!
//! for size in range(10):
//!     _SIZES[size] = size * size
//!
//!
//! def page(url, fetch):
//!     if url not in _PAGES:
//!         _PAGES[url] = fetch(url)
//!     return _PAGES[url]
//!
//!
//! def forget(url):
//!     _PAGES.pop(url, None)
//!
//!
//! def seen(url, fetch):
//!     if len(_SEEN) > 100:
//!         return None
//!     if url not in _SEEN:
//!         _SEEN[url] = fetch(url)
//!     return _SEEN[url]
//!
//!
//! def register(name, plugin):
//!     _PLUGINS[name] = plugin
//!
//!
//! def plugin(name):
//!     return _PLUGINS[name], _SIZES[name]
//! ```
//!
//! It is for those who ask, as hotlint cannot see how many keys there are.

use hotlint_core::ast::{AnyNodeRef, Expr, ExprName, ExprSubscript, StmtAssign};
use hotlint_core::lint::{Cost, Cx, Finding, Rule};
use hotlint_core::python::{Binding, ScopeId, Use, function_around};

pub struct ModuleDictCacheUnbounded;

impl Rule for ModuleDictCacheUnbounded {
    type On = StmtAssign;
    const COST: Cost = Cost::Debatable("every value is kept for ever");

    fn check<'a>(stmt: &'a StmtAssign, cx: &Cx<'a>) -> Option<Finding> {
        let [Expr::Name(name)] = stmt.targets.as_slice() else {
            return None;
        };
        let empty = matches!(&*stmt.value, Expr::Dict(dict) if dict.items.is_empty())
            || cx
                .call_of(&stmt.value, "builtins.dict")
                .is_some_and(|call| call.arguments.is_empty());
        if !empty {
            return None;
        }
        let symbol = cx.symbol(name)?;
        if symbol.scope != ScopeId::MODULE || cx.is_script() {
            return None;
        }
        cx.only_binding(symbol)?;
        let mut filled = None;
        for read in cx.reads(symbol) {
            match cx.usage(read) {
                Use::Item(item) if item.ctx.is_store() => {
                    if is_memo(read, item, cx) {
                        filled = Some(item);
                    }
                }
                Use::Item(item) if item.ctx.is_load() => {}
                Use::Haystack(_) | Use::Method("get", _) => {}
                // Something may take entries out, or knows how many there are.
                _ => return None,
            }
        }
        let filled = filled?;
        Some(
            Finding::new(
                filled,
                format!("`{}` keeps a value for every key there ever was", name.id),
            )
            .label("never taken out again")
            .because(stmt, "lives as long as the process")
            .help("use a cache with a limit: `functools.lru_cache`, or `cachetools.TTLCache`"),
        )
    }
}

/// Whether an entry is made for a parameter of the function, which looks for it in the same dict first.
fn is_memo<'a>(read: &'a ExprName, item: &'a ExprSubscript, cx: &Cx<'a>) -> bool {
    let Some(def) = function_around(&cx.tree, item) else {
        return false;
    };
    let given = item
        .slice
        .as_name_expr()
        .and_then(|key| cx.symbol(key))
        .is_some_and(|symbol| {
            cx.bindings(symbol)
                .all(|bound| matches!(bound, Binding::Parameter(_)))
        });
    let key = cx.text(&*item.slice);
    let looked_up = cx.tree.descendants(def).any(|node| match node {
        AnyNodeRef::ExprName(other) if other.id == read.id => match cx.usage(other) {
            Use::Haystack(compare) => cx.text(&*compare.left) == key,
            Use::Method("get", call) => call
                .arguments
                .args
                .first()
                .is_some_and(|probe| cx.text(probe) == key),
            Use::Item(other) => other.ctx.is_load() && cx.text(&*other.slice) == key,
            _ => false,
        },
        _ => false,
    });
    given && looked_up
}
