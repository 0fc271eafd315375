//! Functions that another compiler runs: what is slow or fast in the interpreter says nothing about them.

use ruff_python_ast::{AnyNodeRef, Decorator, Expr};

use super::facts::Facts;
use super::symbols::Binding;

/// Packages whose decorators hand a function to a compiler, all of them.
const COMPILERS: [&str; 4] = ["numba", "cython", "triton", "taichi"];

/// Decorators, and functions that are called with the function to compile, of packages that do other things as well.
const COMPILING: [&str; 10] = [
    "torch.jit._script_if_tracing",
    "jax.jit",
    "jax.pmap",
    "torch.compile",
    "torch.jit.export",
    "torch.jit.script",
    "torch.jit.script_if_tracing",
    "torch.jit.script_method",
    "tensorflow.function",
    "pythran.export",
];

impl<'a> Facts<'a> {
    /// Whether a node belongs to a function, or stands in one, that a decorator hands to a compiler: `@numba.njit`, `@cython.cfunc`,
    /// `@functools.partial(jax.jit, ...)`.
    pub fn is_compiled(&self, node: impl Into<AnyNodeRef<'a>>) -> bool {
        let node = node.into();
        std::iter::once(node)
            .chain(self.tree.ancestors(node))
            .any(|outer| {
                let decorators = match outer {
                    AnyNodeRef::StmtFunctionDef(def) => &def.decorator_list,
                    AnyNodeRef::StmtClassDef(def) => &def.decorator_list,
                    _ => return false,
                };
                decorators.iter().any(|decorator| self.compiles(decorator))
            })
    }

    fn compiles(&self, decorator: &'a Decorator) -> bool {
        match &decorator.expression {
            Expr::Call(call) => {
                self.is_compiler(&call.func)
                    || self.is(&*call.func, "functools.partial")
                        && (call.arguments.args.first()).is_some_and(|arg| self.is_compiler(arg))
            }
            plain => self.is_compiler(plain),
        }
    }

    fn is_compiler(&self, expr: &'a Expr) -> bool {
        let root = root(expr);
        match self.name(expr) {
            Some(name) => {
                // A project may have a door of its own to one: `from mylib.utils.numba import njit`.
                let (path, last) = name.rsplit_once('.').unwrap_or(("", &name));
                let by_door = path.split('.').any(|part| COMPILERS.contains(&part));
                by_door
                    || (last == "njit" && !path.is_empty())
                    || COMPILING.contains(&name.as_str())
            }
            None => root.is_some_and(|root| self.may_import_compiler(root)),
        }
    }

    /// Whether a name is bound to such a package in one of several ways: `numba = import_optional_dependency("numba")`.
    fn may_import_compiler(&self, name: &'a Expr) -> bool {
        let Some(symbol) = name.as_name_expr().and_then(|name| self.symbol(name)) else {
            return false;
        };
        self.bindings(symbol).any(|bound| match bound {
            Binding::Import(_, alias) => COMPILERS.contains(&alias.name.as_str()),
            Binding::ImportFrom(stmt, _) => stmt.level == 0 && stmt.module.as_ref().is_some_and(|module| {
                let package = module.split('.').next().unwrap_or_default();
                COMPILERS.contains(&package)
            }),
            Binding::Assign(stmt) => match &*stmt.value {
                Expr::Call(call) => call.arguments.args.first().is_some_and(|arg| {
                    matches!(arg, Expr::StringLiteral(text) if COMPILERS.contains(&text.value.to_str()))
                }),
                _ => false,
            },
            _ => false,
        })
    }
}

/// The first name of a chain of attributes.
fn root(expr: &Expr) -> Option<&Expr> {
    match expr {
        Expr::Name(_) => Some(expr),
        Expr::Attribute(attribute) => root(&attribute.value),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::python::{Source, Versions, parse};

    /// The functions that stay with the interpreter.
    fn interpreted(code: &str) -> Vec<String> {
        let source = Source::module("example.py", code);
        let parsed = parse(&source).expect("the code parses");
        let facts = Facts::new(&source, &parsed, Versions::default()).expect("the code is flat");
        let nodes = facts.tree.nodes().iter();
        let found = nodes.filter_map(|node| match node {
            AnyNodeRef::StmtPass(_) if !facts.is_compiled(*node) => {
                let mut outer = facts.tree.ancestors(*node);
                outer.find_map(|outer| Some(outer.as_stmt_function_def()?.name.to_string()))
            }
            _ => None,
        });
        found.collect()
    }

    #[test]
    fn functions_for_another_compiler_are_told_by_their_decorators() {
        let code = "\
import functools
import jax
import numba as nb
import torch
import cython
from numba import njit, prange
from numba.extending import register_jitable
from mylib.utils.numba import jit as own_jit
from .fast import njit as fast
try:
    import numba
except ImportError:
    numba = None

@njit
def a(): pass
@njit(cache=True)
def b():
    def inner(): pass
@nb.jit(nopython=True)
def c(): pass
@register_jitable
def d(): pass
@functools.partial(jax.jit, static_argnums=0)
def e(): pass
@torch.jit.script
def f(): pass
@cython.cclass
class C:
    def g(self): pass
def h():
    if TYPE_CHECKING:
        import numba
    else:
        numba = import_optional_dependency('numba')
    @numba.jit(nogil=True)
    def i(): pass
@numba.vectorize
def j(): pass
@own_jit
def k(): pass
@fast(cache=True)
def l(): pass
";
        assert_eq!(interpreted(code), Vec::<String>::new());
    }

    #[test]
    fn other_decorators_leave_a_function_to_the_interpreter() {
        let code = "\
import functools
import torch
import jit

def njit(function): return function
@njit
def a(): pass
@functools.cache
def b(): pass
@torch.no_grad()
def c(): pass
@jit.numba
def d(): pass
@unknown.numba.jit
def e(): pass
@functools.partial(njit, 1)
def f(): pass
";
        assert_eq!(interpreted(code), ["a", "b", "c", "d", "e", "f"]);
    }
}
