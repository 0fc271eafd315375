//! # Cache on an instance method
//!
//! `functools.lru_cache` on a method makes one cache for the whole class, and `self` is a part of every key. So the cache keeps the
//! instances alive after everybody else has let go of them: all of them with `maxsize=None` or `functools.cache`, up to `maxsize`
//! otherwise (128 if nothing is said). The instances also share the places: with more instances than places they evict each other, and
//! the cache never hits. The same on every Python version, and for `async_lru.alru_cache` and `cachetools.func`.
//!
//! For a method without further arguments, `functools.cached_property` keeps the result on the instance and dies with it. For a method
//! with arguments, make the cache in `__init__`.
//!
//! ```python bad
//! import functools
//!
//!
//! class Report:
//!     def __init__(self, rows):
//!         self.rows = rows
//!
//!     @functools.lru_cache(maxsize=None)
//!     def total(self):
//!         return sum(self.rows)
//!
//!
//! def run(rows):
//!     return Report(rows).total()
//! ```
//!
//! ```python good
//! import functools
//!
//!
//! class Report:
//!     def __init__(self, rows):
//!         self.rows = rows
//!
//!     @functools.cached_property
//!     def total(self):
//!         return sum(self.rows)
//!
//!
//! def run(rows):
//!     return Report(rows).total
//! ```
//!
//! ```python input
//! rows = list(range(n))
//! run(rows)
//! ```
//!
//! With arguments:
//!
//! ```python bad
//! from functools import lru_cache
//!
//!
//! class Prices:
//!     def __init__(self, table):
//!         self.table = table
//!
//!     @lru_cache
//!     def price(self, name):
//!         return self.table.get(name)
//!
//!
//! def run(table, names):
//!     prices = Prices(table)
//!     return [prices.price(name) for name in names]
//! ```
//!
//! ```python good
//! from functools import lru_cache
//!
//!
//! class Prices:
//!     def __init__(self, table):
//!         self.table = table
//!         self.price = lru_cache(self._price)
//!
//!     def _price(self, name):
//!         return self.table.get(name)
//!
//!
//! def run(table, names):
//!     prices = Prices(table)
//!     return [prices.price(name) for name in names]
//! ```
//!
//! ```python input
//! table = {str(i): i for i in range(n)}
//! names = [str(i % 5) for i in range(n)]
//! run(table, names)
//! ```
//!
//! One place pins one instance, and two instances already take it from each other:
//!
//! ```python bad
//! import functools
//!
//!
//! class Api:
//!     @functools.lru_cache(1)
//!     def paths(self):
//!         return [1]
//! ```
//!
//! Static methods and class methods hold no instance, in whatever order the decorators stand:
//!
//! ```python fine
//! import functools
//!
//!
//! class Shape:
//!     @classmethod
//!     @functools.cache
//!     def make(cls, sides):
//!         return cls()
//!
//!     @functools.lru_cache(maxsize=8)
//!     @staticmethod
//!     def area(sides):
//!         return sides * sides
//!
//!     @functools.cache
//!     def __new__(cls):
//!         return super().__new__(cls)
//! ```
//!
//! The members of an enumeration live for ever anyway, and so do classes, the instances of a metaclass:
//!
//! ```python fine
//! import abc
//! import enum
//! import functools
//!
//!
//! class Color(enum.Enum):
//!     RED = 1
//!
//!     @functools.cache
//!     def hexadecimal(self):
//!         return hex(self.value)
//!
//!
//! class Registry(abc.ABCMeta):
//!     @functools.cache
//!     def fields(cls):
//!         return dir(cls)
//! ```
//!
//! A single instance that lives as long as the module is not leaked:
//!
//! ```python fine
//! import functools
//!
//!
//! class Settings:
//!     @functools.lru_cache(maxsize=None)
//!     def load(self, name):
//!         return open(name).read()
//!
//!
//! settings = Settings()
//! ```
//!
//! Instances that are values, with a hash of their own, are looked up by value: a cache with a limit is then what it is for a function.
//! And a decorator from elsewhere may hand over the class:
//!
//! ```python fine
//! import functools
//! from dataclasses import dataclass
//!
//! from project import classproperty
//!
//!
//! class Address:
//!     def __init__(self, number):
//!         self.number = number
//!
//!     def __eq__(self, other):
//!         return self.number == other.number
//!
//!     def __hash__(self):
//!         return hash(self.number)
//!
//!     @property
//!     @functools.lru_cache
//!     def is_private(self):
//!         return self.number < 10
//!
//!
//! @dataclass(frozen=True)
//! class Point:
//!     x: int
//!
//!     @functools.lru_cache(maxsize=32)
//!     def square(self):
//!         return self.x ** 2
//!
//!
//! class Expression:
//!     @classproperty
//!     @functools.cache
//!     def signature(cls):
//!         return dir(cls)
//!
//!     @functools.cache
//!     def _lookups(cls):
//!         return dir(cls)
//!
//!     lookups = classmethod(_lookups)
//! ```
//!
//! A cache per instance, and one that keeps nothing:
//!
//! ```python fine
//! import functools
//!
//!
//! class Report:
//!     def __init__(self):
//!         @functools.cache
//!         def total(year):
//!             return year * 2
//!
//!         self.total = total
//!
//!     @functools.cached_property
//!     def rows(self):
//!         return []
//!
//!     @functools.lru_cache(maxsize=0)
//!     def count(self):
//!         return 0
//! ```

use hotlint_core::ast::{AnyNodeRef, StmtFunctionDef};
use hotlint_core::lint::{Cost, Cx, Finding, Rule};
use hotlint_core::python::{CacheLimit, Cached};
use hotlint_core::text_size::Ranged;

pub struct CacheOnMethod;

impl Rule for CacheOnMethod {
    type On = StmtFunctionDef;
    const COST: Cost = Cost::Leak("keeps instances alive");

    fn check<'a>(def: &'a StmtFunctionDef, cx: &Cx<'a>) -> Option<Finding> {
        let AnyNodeRef::StmtClassDef(class) = cx.tree.parent(def)? else {
            return None;
        };
        let cached = cx.cached(def)?;
        let own = def.parameters.iter_non_variadic_params().next()?;
        let lives_on = cx.derives_from(class, &|base| {
            let last = base.rsplit('.').next().unwrap_or(base);
            // Of classes from elsewhere the name has to do: no instance method is worth a guess.
            base == "builtins.type"
                || ["Enum", "Flag", "Meta", "Metaclass"]
                    .iter()
                    .any(|end| last.ends_with(end))
        });
        if cx.is_static_or_class_method(def)
            || lives_on
            || cx.is_singleton(class)
            || is_wrapped(def, &cached, cx)
            || (cached.limit != CacheLimit::None && cx.has_own_hash(class))
        {
            return None;
        }
        let (name, receiver) = (&def.name, &own.parameter.name);
        let (message, cost, label) = match cached.limit {
            CacheLimit::None => (
                format!(
                    "the cache of `{name}` keeps every instance of `{}` alive for ever",
                    class.name
                ),
                "instances are never freed".to_string(),
                "never lets go of `self`".replace("self", receiver),
            ),
            CacheLimit::Entries(1) => (
                format!(
                    "the cache of `{name}` has one place for all instances of `{}`",
                    class.name
                ),
                "pins one instance; with more, it never hits".to_string(),
                "each instance takes it from the one before".to_string(),
            ),
            CacheLimit::Entries(n) => (
                format!(
                    "the cache of `{name}` keeps up to {n} instances of `{}` alive",
                    class.name
                ),
                format!("up to {n} instances are never freed"),
                format!("{n} results for all instances together"),
            ),
            CacheLimit::Unknown => (
                format!(
                    "the cache of `{name}` keeps instances of `{}` alive",
                    class.name
                ),
                String::new(),
                "one cache for all instances".to_string(),
            ),
        };
        let no_arguments = def.parameters.len() == 1;
        let help = if def.is_async {
            "keep the result, or a cache of its own, on the instance"
        } else if no_arguments {
            "use `functools.cached_property`, which keeps the result on the instance"
        } else {
            "make the cache in `__init__`, one for each instance, or cache a function that does not take `self`"
        };
        let finding = Finding::new(cached.decorator, message)
            .label(label)
            .because(own, format!("`{receiver}` is a part of every key"))
            .help(help);
        Some(if cost.is_empty() {
            finding
        } else {
            finding.cost(cost)
        })
    }
}

/// Whether something unknown stands between the cache and the instance: `@classproperty` above it, `classmethod(name)` below.
fn is_wrapped<'a>(def: &'a StmtFunctionDef, cached: &Cached<'a>, cx: &Cx<'a>) -> bool {
    let above = def
        .decorator_list
        .iter()
        .take_while(|decorator| decorator.start() < cached.decorator.start());
    let unknown = above.into_iter().any(|decorator| {
        !cx.decorator_name(decorator).is_some_and(|name| {
            matches!(
                name.as_str(),
                "builtins.property"
                    | "abc.abstractmethod"
                    | "typing.override"
                    | "typing_extensions.override"
                    | "typing.final"
            )
        })
    });
    let passed_on = cx
        .symbol(def)
        .is_none_or(|symbol| cx.reads(symbol).next().is_some());
    unknown || passed_on
}
