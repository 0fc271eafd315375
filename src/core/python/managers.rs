//! What functions that are context managers give to `with`.

use std::rc::Rc;

use ruff_python_ast::{self as ast, AnyNodeRef, Expr};

use super::blocks::function_around;
use super::facts::Facts;
use super::questions::Question;
use super::types::{Class, Type, known};

/// What makes a context manager of a generator function, and whether it is one for `async with`.
const MAKERS: &[(&str, bool)] = &[
    ("contextlib.contextmanager", false),
    ("contextlib.asynccontextmanager", true),
];

/// What a generator function is declared to return.
const GENERATORS: &[&str] = &[
    "Generator",
    "Iterator",
    "Iterable",
    "AsyncGenerator",
    "AsyncIterator",
    "AsyncIterable",
];

impl<'a> Facts<'a> {
    /// Whether calling a function makes a context manager that gives what the function yields.
    pub(super) fn is_manager(&self, def: &'a ast::StmtFunctionDef) -> bool {
        let mut makes = false;
        for decorator in &def.decorator_list {
            let Some(name) = self.decorator_name(decorator) else {
                return false;
            };
            match MAKERS.iter().find(|(maker, _)| name == *maker) {
                Some((_, is_async)) if *is_async == def.is_async && !makes => makes = true,
                None if matches!(
                    name.as_str(),
                    "builtins.staticmethod" | "builtins.classmethod"
                ) => {}
                _ => return false,
            }
        }
        makes && self.is_generator(def)
    }

    /// The context manager that calling such a function makes.
    pub(super) fn manager_of(&self, def: &'a ast::StmtFunctionDef) -> Type<'a> {
        let given = match self.declared_to_yield(def) {
            Some(declared) => self.annotation(declared),
            None => known(self.ask(Question::Result(self.tree.id(def)))),
        };
        let class = Class::named(match def.is_async {
            true => "contextlib.AbstractAsyncContextManager",
            false => "contextlib.AbstractContextManager",
        });
        match class.id() {
            Some(id) => {
                let arguments = [given, Type::Unknown];
                Type::Instance(Class::library(id, Rc::new(arguments)))
            }
            None => Type::Unknown,
        }
    }

    /// `X` of a function that is declared to return `Iterator[X]`.
    pub(super) fn declared_to_yield(&self, def: &'a ast::StmtFunctionDef) -> Option<&'a Expr> {
        let declared = def.returns.as_deref()?.as_subscript_expr()?;
        let name = self.name(&*declared.value)?;
        let (module, class) = name.rsplit_once('.')?;
        let is_generator = matches!(module, "typing" | "typing_extensions" | "collections.abc")
            && GENERATORS.contains(&class);
        match &*declared.slice {
            _ if !is_generator => None,
            Expr::Tuple(parts) => parts.elts.first(),
            one => Some(one),
        }
    }

    /// What a function yields.
    pub(super) fn yielded(
        &self,
        def: &'a ast::StmtFunctionDef,
    ) -> impl Iterator<Item = Option<&'a Expr>> {
        self.tree.descendants(def).filter_map(move |node| {
            let AnyNodeRef::ExprYield(given) = node else {
                return None;
            };
            let own = function_around(&self.tree, node)?;
            std::ptr::eq(own, def).then_some(given.value.as_deref())
        })
    }
}
