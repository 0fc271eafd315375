//! Whether names alone lead from a call to a function of the project: what is worth following when every call of a loop is asked about.

use ruff_python_ast::{Expr, ExprCall, ExprName};

use crate::python::facts::Facts;
use crate::python::symbols::Binding;

impl<'a> Facts<'a> {
    /// Whether a call is of a function of this file, of an imported one, or of a method of an imported module, of `self`, or of what a
    /// call or an annotation of this file tells. Others could be found out only by asking for the types of all receivers, which costs
    /// more than it finds.
    pub fn is_told_by_name(&self, call: &'a ExprCall) -> bool {
        let bound = |name: &'a ExprName| {
            let symbol = self.symbol(name)?;
            self.only_binding(symbol)
        };
        let brought = |name: &'a ExprName| {
            matches!(
                bound(name),
                Some(Binding::Import(..) | Binding::ImportFrom(..))
            )
        };
        match &*call.func {
            Expr::Name(name) => matches!(
                bound(name),
                Some(Binding::ImportFrom(..) | Binding::Function(_) | Binding::Class(_))
            ),
            Expr::Attribute(method) => match &*method.value {
                Expr::Name(name) => match bound(name) {
                    Some(Binding::Import(..) | Binding::ImportFrom(..)) => true,
                    Some(Binding::Assign(stmt)) => stmt.value.is_call_expr(),
                    Some(Binding::Parameter(parameter)) => {
                        parameter.annotation.is_some() || self.is_self(&method.value)
                    }
                    _ => false,
                },
                // `package.module.load(...)`
                Expr::Attribute(_) => first_name(&method.value).is_some_and(brought),
                // `Users().load(...)`
                Expr::Call(made) => made.func.as_name_expr().is_some_and(|name| {
                    matches!(
                        bound(name),
                        Some(Binding::ImportFrom(..) | Binding::Function(_) | Binding::Class(_))
                    )
                }),
                _ => false,
            },
            _ => false,
        }
    }
}

/// What a chain of attributes begins with.
fn first_name(expr: &Expr) -> Option<&ExprName> {
    match expr {
        Expr::Name(name) => Some(name),
        Expr::Attribute(attribute) => first_name(&attribute.value),
        _ => None,
    }
}
