//! Functions that remember their results: which decorator, and how many results it keeps.

use ruff_python_ast::{self as ast, AnyNodeRef, Decorator, Expr, NodeKind, Number};

use super::facts::Facts;
use super::symbols::Binding;

/// A decorator that keeps results by the arguments of the call.
#[derive(Clone, Debug)]
pub struct Cached<'a> {
    pub decorator: &'a Decorator,
    /// The qualified name of the decorator.
    pub name: String,
    pub limit: CacheLimit,
}

/// How many results a cache keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CacheLimit {
    None,
    Entries(u64),
    Unknown,
}

impl<'a> Facts<'a> {
    /// Whether any function of the file may have a cache, by the words of the decorators alone.
    pub fn has_caches(&self) -> bool {
        *self.has_caches.get_or_init(|| {
            self.tree.tagged().any(|(tag, node)| match node {
                AnyNodeRef::Decorator(decorator) if tag.is(NodeKind::Decorator) => {
                    self.may_cache(decorator)
                }
                _ => false,
            })
        })
    }

    /// Whether a decorator may be one that keeps results: nearly all are something else, as one word tells.
    fn may_cache(&self, decorator: &'a Decorator) -> bool {
        let called = match &decorator.expression {
            Expr::Call(call) => &*call.func,
            plain => plain,
        };
        match called {
            Expr::Attribute(attribute) => attribute.attr.ends_with("cache"),
            // Under another name: `from functools import cache as memo`, `memo = lru_cache(None)`.
            Expr::Name(name) => {
                let renamed = |symbol| match self.only_binding(symbol) {
                    Some(Binding::ImportFrom(_, alias)) => alias.asname.is_some(),
                    Some(Binding::Assign(_)) => true,
                    _ => false,
                };
                name.id.ends_with("cache") || self.symbol(name).is_some_and(renamed)
            }
            _ => false,
        }
    }

    /// The cache of a function: `functools.lru_cache` and those that follow it, which hash all arguments, `self` as well.
    ///
    /// `maxsize=0` is no cache: it does not even hash.
    pub fn cached(&self, def: &'a ast::StmtFunctionDef) -> Option<Cached<'a>> {
        def.decorator_list.iter().find_map(|decorator| {
            if !self.may_cache(decorator) {
                return None;
            }
            let name = self.decorator_name(decorator)?;
            let arguments = match &decorator.expression {
                Expr::Call(call) => Some(&call.arguments),
                _ => None,
            };
            let limit = match name.as_str() {
                "functools.cache" => CacheLimit::None,
                "functools.lru_cache"
                | "async_lru.alru_cache"
                | "cachetools.func.lru_cache"
                | "cachetools.func.lfu_cache"
                | "cachetools.func.ttl_cache" => {
                    match arguments.and_then(|args| args.find_argument_value("maxsize", 0)) {
                        None => CacheLimit::Entries(128),
                        Some(Expr::NoneLiteral(_)) => CacheLimit::None,
                        Some(Expr::NumberLiteral(number)) => match &number.value {
                            Number::Int(int) => int
                                .as_u64()
                                .map_or(CacheLimit::Unknown, CacheLimit::Entries),
                            _ => CacheLimit::Unknown,
                        },
                        Some(_) => CacheLimit::Unknown,
                    }
                }
                _ => return None,
            };
            (limit != CacheLimit::Entries(0)).then_some(Cached {
                decorator,
                name,
                limit,
            })
        })
    }

    /// Whether the file empties the cache of a method, `self.rows.cache_clear()`, or of the getter of a property,
    /// `type(self).rows.fget.cache_clear()`. Its author looks after it.
    pub fn is_cleared(&self, def: &'a ast::StmtFunctionDef) -> bool {
        self.tree.tagged().any(|(tag, node)| match node {
            AnyNodeRef::ExprAttribute(clear) if tag.is(NodeKind::ExprAttribute) => {
                clear.attr.as_str() == "cache_clear"
                    && match &*clear.value {
                        Expr::Attribute(getter) if getter.attr.as_str() == "fget" => {
                            matches!(&*getter.value, Expr::Attribute(property)
                                if property.attr.as_str() == def.name.as_str())
                        }
                        Expr::Attribute(method) => method.attr.as_str() == def.name.as_str(),
                        _ => false,
                    }
            }
            _ => false,
        })
    }

    /// Whether a function in a class body is a static or class method.
    pub fn is_static_or_class_method(&self, def: &'a ast::StmtFunctionDef) -> bool {
        let implicit = matches!(
            def.name.as_str(),
            "__new__" | "__init_subclass__" | "__class_getitem__"
        );
        implicit
            || def.decorator_list.iter().any(|decorator| {
                self.decorator_name(decorator).is_some_and(|name| {
                    matches!(
                        name.as_str(),
                        "builtins.staticmethod"
                            | "builtins.classmethod"
                            | "abc.abstractclassmethod"
                            | "abc.abstractstaticmethod"
                    )
                })
            })
    }
}
