//! # Cache on an instance method
//!
//! `functools.lru_cache` on a method makes one cache for the whole class, and `self` is a part of every key. So the cache keeps the
//! instances alive after everybody else has let go of them: all of them with `maxsize=None` or `functools.cache`, up to `maxsize`
//! otherwise (128 if nothing is said). The instances also share the places: with more instances than places they evict each other, and
//! the cache never hits. The same on every Python version, and for `async_lru.alru_cache` and `cachetools.func`.
//!
//! What lies in a folder of commands (`cli`) ends with its program, and is left alone. A limit bounds the harm: a method with further arguments and a cache with a limit is told only where the file makes many instances.
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
//!     @lru_cache(maxsize=None)
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
//!         self.price = lru_cache(maxsize=None)(self._price)
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
//! ```python bad
//! from functools import lru_cache
//!
//!
//! class Shop:
//!     @lru_cache(maxsize=64)
//!     def price(self, name):
//!         return self.table[name]
//!
//!
//! def shops(names):
//!     found = []
//!     for name in names:
//!         found.append(Shop(name))
//!     return found
//! ```
//!
//! With a limit, and no more instances than anybody knows of; or the author has said that it is meant, to another linter:
//!
//! ```python fine
//! import functools
//!
//!
//! class Dialect:
//!     @functools.lru_cache
//!     def query(self, schema):
//!         return f"select * from {schema}"
//!
//!     @functools.cache  # noqa: B019
//!     def tables(self):
//!         return []
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
//! Nor is one that the class holds on to, and a cache that its author empties is looked after:
//!
//! ```python fine
//! import functools
//!
//!
//! class Menu:
//!     all = {}
//!     shown = []
//!
//!     def __init__(self, name):
//!         self.__class__.all[name] = self
//!
//!     @functools.cache
//!     def links(self, kind):
//!         return [kind]
//!
//!
//! class Field:
//!     all = []
//!
//!     def __init__(self):
//!         Field.all.append(self)
//!
//!     @functools.cache
//!     def kinds(self):
//!         return []
//!
//!
//! class Keys:
//!     def add(self, key):
//!         self.binding.cache_clear()
//!
//!     @functools.cache
//!     def binding(self, key):
//!         return key
//!
//!
//! class Options:
//!     def update(self):
//!         self.__class__.value.fget.cache_clear()
//!
//!     @property
//!     @functools.lru_cache(maxsize=None)
//!     def value(self):
//!         return dict(self.rows)
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
//! What there is one of in a program, as its base tells, and what is cached to be done once:
//!
//! ```python fine
//! import functools
//!
//! from project import Plugin
//!
//!
//! class Lyrics(Plugin):
//!     @functools.cache
//!     def find(self, title):
//!         return title.lower()
//!
//!
//! class Log:
//!     @functools.cache
//!     def warn_once(self, text):
//!         print(text)
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
use hotlint_core::python::{CacheLimit, Cached, Instances};
use hotlint_core::text_size::Ranged;

pub struct CacheOnMethod;

/// The ends of names of base classes whose instances live as long as the program, as everybody calls these.
const LIVE_ON: &[&str] = &[
    "Command",
    "Dialect",
    "Enum",
    "Environment",
    "Flag",
    "Meta",
    "Metaclass",
    "Plugin",
    "Settings",
];

/// What other linters call this.
const SAME_ELSEWHERE: &[&str] = &[
    "B019",
    "W1518",
    "lru-cache-decorating-method",
    "method-cache-max-size-none",
];

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
            base == "builtins.type" || LIVE_ON.iter().any(|end| last.ends_with(end))
        });
        if cx.is_static_or_class_method(def)
            || lives_on
            || cx.is_singleton(class)
            || cx.is_of_command_line()
            || is_wrapped(def, &cached, cx)
            || is_done_once(def, cx)
            || cx.is_cleared(def)
            || cx.registers_itself(class)
            || (cached.limit != CacheLimit::None && cx.has_own_hash(class))
            || cx.is_waived(cached.decorator.range(), SAME_ELSEWHERE)
            || cx.is_waived(def.name.range(), SAME_ELSEWHERE)
        {
            return None;
        }
        let no_arguments = def.parameters.len() == 1;
        let many = || {
            matches!(
                cx.instances(class),
                Instances::Many(..) | Instances::Items(_)
            )
        };
        if cached.limit != CacheLimit::None && !no_arguments && !many() {
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

/// Whether the method gives nothing back: its cache is there to do something only once.
fn is_done_once<'a>(def: &'a StmtFunctionDef, cx: &Cx<'a>) -> bool {
    !cx.tree.descendants(def).any(|node| match node {
        AnyNodeRef::StmtReturn(stmt) => stmt.value.is_some(),
        AnyNodeRef::ExprYield(_) | AnyNodeRef::ExprYieldFrom(_) | AnyNodeRef::StmtRaise(_) => true,
        _ => false,
    })
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
