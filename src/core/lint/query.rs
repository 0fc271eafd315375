//! Queries: what a rule wants to see, said as a type. Node kinds and place are derived from it.

use std::marker::PhantomData;

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, ExprRef, NodeKind, Number};

use super::Cx;
use crate::python::{Accumulation, Loop};

/// What a rule wants to see.
pub trait Query {
    /// What the rule's check gets.
    type Node<'a>: Copy;
    /// The kinds of node that can match; nothing else is ever tried.
    const KINDS: &'static [NodeKind];
    /// Whether only nodes can match that a loop or comprehension of the same function lies around. Nothing else is ever tried.
    const LOOPED: bool = false;
    /// Whether only nodes can match that the event loop runs. Nothing else is ever tried.
    const ASYNC: bool = false;
    /// The node in the shape that the rule asked for, if it matches. Cheap: asked for nodes by the million.
    fn get<'a>(node: AnyNodeRef<'a>, cx: &Cx<'a>) -> Option<Self::Node<'a>>;
    /// The part of the condition that costs something: asked only of nodes in which the rule has found what it looks for.
    fn holds<'a>(_: AnyNodeRef<'a>, _: &Cx<'a>) -> bool {
        true
    }
}

/// A query for each kind of node, by the node's own type: `type On = ExprCall`.
macro_rules! node_queries {
    ($($node:ident)*) => {$(
        impl Query for ast::$node {
            type Node<'a> = &'a ast::$node;
            const KINDS: &'static [NodeKind] = &[NodeKind::$node];
            fn get<'a>(node: AnyNodeRef<'a>, _: &Cx<'a>) -> Option<&'a ast::$node> {
                match node {
                    AnyNodeRef::$node(node) => Some(node),
                    _ => None,
                }
            }
        }
    )*};
}

node_queries! {
    ModModule StmtFunctionDef StmtClassDef StmtReturn StmtDelete StmtAssign StmtAugAssign StmtAnnAssign StmtFor StmtWhile StmtIf
    StmtWith StmtTry StmtExpr StmtImport StmtImportFrom ExprBoolOp ExprBinOp ExprLambda ExprIf ExprDict ExprSet ExprListComp
    ExprSetComp ExprDictComp ExprGenerator ExprAwait ExprCompare ExprCall ExprFString ExprAttribute ExprSubscript ExprName
}

/// The same, in a loop or comprehension that may run [`crate::python::FEW`] times or more.
pub struct InLoop<Q>(PhantomData<Q>);

impl<Q: Query> Query for InLoop<Q> {
    type Node<'a> = Q::Node<'a>;
    const KINDS: &'static [NodeKind] = Q::KINDS;
    const LOOPED: bool = true;
    const ASYNC: bool = Q::ASYNC;
    fn get<'a>(node: AnyNodeRef<'a>, cx: &Cx<'a>) -> Option<Q::Node<'a>> {
        Q::get(node, cx)
    }
    fn holds<'a>(node: AnyNodeRef<'a>, cx: &Cx<'a>) -> bool {
        cx.in_loop(node).is_some() && Q::holds(node, cx)
    }
}

/// The same, with a loop or comprehension around it, however often that runs.
pub struct Looped<Q>(PhantomData<Q>);

impl<Q: Query> Query for Looped<Q> {
    type Node<'a> = Q::Node<'a>;
    const KINDS: &'static [NodeKind] = Q::KINDS;
    const LOOPED: bool = true;
    const ASYNC: bool = Q::ASYNC;
    fn get<'a>(node: AnyNodeRef<'a>, cx: &Cx<'a>) -> Option<Q::Node<'a>> {
        Q::get(node, cx)
    }
    fn holds<'a>(node: AnyNodeRef<'a>, cx: &Cx<'a>) -> bool {
        Q::holds(node, cx)
    }
}

/// The same, in code that the event loop runs: directly in an `async def`, not in a function or lambda inside it.
pub struct InAsync<Q>(PhantomData<Q>);

impl<Q: Query> Query for InAsync<Q> {
    type Node<'a> = Q::Node<'a>;
    const KINDS: &'static [NodeKind] = Q::KINDS;
    const LOOPED: bool = Q::LOOPED;
    const ASYNC: bool = true;
    fn get<'a>(node: AnyNodeRef<'a>, cx: &Cx<'a>) -> Option<Q::Node<'a>> {
        Q::get(node, cx)
    }
    fn holds<'a>(node: AnyNodeRef<'a>, cx: &Cx<'a>) -> bool {
        Q::holds(node, cx)
    }
}

/// `for` statements and the `for` clauses of comprehensions.
pub struct AnyFor;

impl Query for AnyFor {
    type Node<'a> = Loop<'a>;
    const KINDS: &'static [NodeKind] = &[NodeKind::StmtFor, NodeKind::Comprehension];
    fn get<'a>(node: AnyNodeRef<'a>, cx: &Cx<'a>) -> Option<Loop<'a>> {
        match node {
            AnyNodeRef::StmtFor(stmt) => Some(Loop::For(stmt)),
            AnyNodeRef::Comprehension(clause) => {
                let comprehension = cx.tree.parent(clause)?;
                Some(Loop::Clause {
                    comprehension,
                    clause,
                })
            }
            _ => None,
        }
    }
}

/// List, set and dict comprehensions, and generator expressions.
pub struct AnyComprehension;

impl Query for AnyComprehension {
    type Node<'a> = ExprRef<'a>;
    const KINDS: &'static [NodeKind] = &[
        NodeKind::ExprListComp,
        NodeKind::ExprSetComp,
        NodeKind::ExprDictComp,
        NodeKind::ExprGenerator,
    ];
    fn get<'a>(node: AnyNodeRef<'a>, _: &Cx<'a>) -> Option<ExprRef<'a>> {
        node.as_expr_ref()
    }
}

/// Statements in a loop that add to what a variable, an attribute or an item holds.
pub struct Accumulating;

impl Query for Accumulating {
    type Node<'a> = Accumulation<'a>;
    const KINDS: &'static [NodeKind] = &[NodeKind::StmtAugAssign, NodeKind::StmtAssign];
    const LOOPED: bool = true;
    fn get<'a>(node: AnyNodeRef<'a>, cx: &Cx<'a>) -> Option<Accumulation<'a>> {
        cx.accumulation(node)
    }
}

/// `import x` and `from x import y`.
pub struct AnyImport;

impl Query for AnyImport {
    type Node<'a> = AnyNodeRef<'a>;
    const KINDS: &'static [NodeKind] = &[NodeKind::StmtImport, NodeKind::StmtImportFrom];
    fn get<'a>(node: AnyNodeRef<'a>, _: &Cx<'a>) -> Option<AnyNodeRef<'a>> {
        matches!(
            node,
            AnyNodeRef::StmtImport(_) | AnyNodeRef::StmtImportFrom(_)
        )
        .then_some(node)
    }
}

/// Calls, and functions with a decorator: that calls, too.
pub struct CallOrDecorated;

impl Query for CallOrDecorated {
    type Node<'a> = AnyNodeRef<'a>;
    const KINDS: &'static [NodeKind] = &[NodeKind::ExprCall, NodeKind::StmtFunctionDef];
    fn get<'a>(node: AnyNodeRef<'a>, _: &Cx<'a>) -> Option<AnyNodeRef<'a>> {
        match node {
            AnyNodeRef::ExprCall(_) => Some(node),
            AnyNodeRef::StmtFunctionDef(def) => (!def.decorator_list.is_empty()).then_some(node),
            _ => None,
        }
    }
}

/// `something[0]` and `something.pop(0)`, with what is asked for its first item.
pub struct FirstElement;

impl Query for FirstElement {
    type Node<'a> = (AnyNodeRef<'a>, &'a Expr);
    const KINDS: &'static [NodeKind] = &[NodeKind::ExprSubscript, NodeKind::ExprCall];

    fn get<'a>(node: AnyNodeRef<'a>, _: &Cx<'a>) -> Option<Self::Node<'a>> {
        let (list, index) = match node {
            AnyNodeRef::ExprSubscript(item) if item.ctx.is_load() => (&*item.value, &*item.slice),
            AnyNodeRef::ExprCall(call) => match (&*call.func, &*call.arguments.args) {
                (Expr::Attribute(method), [index]) if method.attr.as_str() == "pop" => {
                    (&*method.value, index)
                }
                _ => return None,
            },
            _ => return None,
        };
        let made = matches!(list, Expr::Call(_) | Expr::ListComp(_) | Expr::List(_));
        (made && is_zero(index)).then_some((node, list))
    }
}

fn is_zero(index: &Expr) -> bool {
    matches!(index, Expr::NumberLiteral(number)
        if matches!(&number.value, Number::Int(int) if int.as_u64() == Some(0)))
}
