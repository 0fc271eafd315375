//! What happens to the object behind a variable: how each read uses it, whether it escapes, and who sees it later.

use ruff_python_ast::{self as ast, AnyNodeRef, CmpOp, Expr, ExprContext, ExprName, StmtAugAssign};
use ruff_text_size::{Ranged, TextRange};

use super::blocks::siblings;
use super::effects::Purity;
use super::facts::Facts;
use super::loops::Loop;
use super::symbols::{Binding, Symbol, binding};
use super::tree::ScopeKind;
use super::types::Type;
use super::work::PASSES;

/// How one read uses the object.
#[derive(Clone, Copy, Debug)]
pub enum Use<'a> {
    /// `x.name(...)`
    Method(&'a str, &'a ast::ExprCall),
    /// `x.name` without a call, read or written.
    Attribute(&'a str),
    /// `x[key]`, by context: read, written or deleted.
    Item(&'a ast::ExprSubscript),
    /// `probe in x`
    Haystack(&'a ast::ExprCompare),
    /// `x in other`, `x == other`, `x is None`
    Compared(&'a ast::ExprCompare),
    /// `if x`, `while x`, `not x`, `assert x`
    Truth,
    /// `for y in x`, in a statement or a comprehension.
    Iterated(AnyNodeRef<'a>),
    /// `f(x)`, also `f(*x)` and `f(key=x)`.
    Argument(&'a ast::ExprCall),
    /// `x + y`, `x % y`
    Operand(&'a ast::ExprBinOp),
    /// `x += y`, as the target.
    Augmented(&'a StmtAugAssign),
    /// `y += x`, as the value.
    AddedTo(&'a StmtAugAssign),
    /// `{x}` in an f-string.
    Formatted,
    Returned,
    Yielded,
    Awaited,
    /// `x` alone as a statement.
    Discarded,
    /// Kept somewhere: assigned, put into a container, a default value, or passed on in a way not listed above.
    Stored,
}

/// Methods of builtin containers that leave the container as it is.
const READING_METHODS: &[&str] = &[
    "copy",
    "count",
    "index",
    "get",
    "items",
    "keys",
    "values",
    "issubset",
    "issuperset",
    "isdisjoint",
    "union",
    "intersection",
    "difference",
    "symmetric_difference",
    "most_common",
    "elements",
    "total",
    "__len__",
    "__contains__",
    "__getitem__",
    "__iter__",
];

/// Builtin functions that read their arguments and keep nothing of them.
const READING_BUILTINS: &[&str] = &[
    "len",
    "sum",
    "min",
    "max",
    "any",
    "all",
    "sorted",
    "list",
    "tuple",
    "set",
    "frozenset",
    "dict",
    "str",
    "repr",
    "bool",
    "isinstance",
    "print",
    "id",
    "hash",
    "type",
    "range",
    "abs",
    "round",
    "int",
    "float",
    "bytes",
    "bytearray",
    "ascii",
    "format",
    "callable",
    "hasattr",
    "ord",
    "chr",
];

impl<'a> Facts<'a> {
    /// How a read of a name, an attribute or an item uses the object behind it.
    pub fn usage(&self, name: impl Into<AnyNodeRef<'a>>) -> Use<'a> {
        let name = name.into();
        let is = |expr: &Expr| expr.range() == name.range();
        let Some(parent) = self.tree.parent(name) else {
            return Use::Stored;
        };
        match parent {
            AnyNodeRef::ExprAttribute(attribute) => match self.tree.parent(attribute) {
                Some(AnyNodeRef::ExprCall(call)) if call.func.range() == attribute.range() => {
                    Use::Method(&attribute.attr, call)
                }
                _ => Use::Attribute(&attribute.attr),
            },
            AnyNodeRef::ExprSubscript(subscript) if is(&subscript.value) => Use::Item(subscript),
            AnyNodeRef::ExprSubscript(_) => Use::Stored,
            AnyNodeRef::ExprCompare(compare) => {
                let haystack = compare
                    .ops
                    .iter()
                    .zip(&compare.comparators)
                    .any(|(op, side)| matches!(op, CmpOp::In | CmpOp::NotIn) && is(side));
                if haystack {
                    Use::Haystack(compare)
                } else {
                    Use::Compared(compare)
                }
            }
            AnyNodeRef::StmtIf(_)
            | AnyNodeRef::ElifElseClause(_)
            | AnyNodeRef::StmtWhile(_)
            | AnyNodeRef::StmtAssert(_) => Use::Truth,
            AnyNodeRef::ExprUnaryOp(unary) if unary.op == ast::UnaryOp::Not => Use::Truth,
            AnyNodeRef::ExprIf(branch) if is(&branch.test) => Use::Truth,
            AnyNodeRef::StmtFor(stmt) if is(&stmt.iter) => Use::Iterated(parent),
            AnyNodeRef::Comprehension(clause) => {
                if is(&clause.iter) {
                    Use::Iterated(parent)
                } else {
                    Use::Truth
                }
            }
            AnyNodeRef::Arguments(_) => match self.tree.parent(parent) {
                Some(AnyNodeRef::ExprCall(call)) => Use::Argument(call),
                _ => Use::Stored,
            },
            AnyNodeRef::Keyword(keyword) if self.becomes_item(keyword) => Use::Stored,
            AnyNodeRef::Keyword(_) | AnyNodeRef::ExprStarred(_) => {
                let call = self
                    .tree
                    .ancestors(parent)
                    .take(2)
                    .find_map(|node| match node {
                        AnyNodeRef::ExprCall(call) => Some(call),
                        _ => None,
                    });
                call.map_or(Use::Stored, Use::Argument)
            }
            AnyNodeRef::ExprBinOp(op) => Use::Operand(op),
            AnyNodeRef::StmtAugAssign(stmt) => {
                if is(&stmt.target) {
                    Use::Augmented(stmt)
                } else {
                    Use::AddedTo(stmt)
                }
            }
            AnyNodeRef::InterpolatedElement(_) => Use::Formatted,
            AnyNodeRef::StmtReturn(_) => Use::Returned,
            AnyNodeRef::ExprYield(_) | AnyNodeRef::ExprYieldFrom(_) => Use::Yielded,
            AnyNodeRef::ExprAwait(_) => Use::Awaited,
            AnyNodeRef::StmtExpr(_) => Use::Discarded,
            _ => Use::Stored,
        }
    }

    /// Whether a keyword of a call is put into a dictionary: `dict(x=1)`, `d.update(x=1)`.
    fn becomes_item(&self, keyword: &'a ast::Keyword) -> bool {
        let call = self.tree.ancestors(keyword).nth(1);
        keyword.arg.is_some()
            && matches!(call, Some(AnyNodeRef::ExprCall(call)) if match &*call.func {
                Expr::Name(name) => name.id == "dict",
                Expr::Attribute(method) => method.attr.as_str() == "update",
                _ => false,
            })
    }

    /// Whether a use lets somebody else get hold of the object, or of something that refers to it.
    pub fn lets_go(&self, used: Use<'a>) -> bool {
        match used {
            Use::Returned | Use::Yielded | Use::Stored | Use::Awaited | Use::Attribute(_) => true,
            Use::Argument(call) => !self.reads_only(call),
            _ => false,
        }
    }

    /// Whether a call reads its arguments and keeps nothing of them.
    pub fn reads_only(&self, call: &'a ast::ExprCall) -> bool {
        let Some(name) = self.name(&*call.func) else {
            return false;
        };
        if matches!(&*name, "copy.copy" | "copy.deepcopy") || PASSES.contains(&&*name) {
            return call.arguments.find_keyword("out").is_none();
        }
        name.strip_prefix("builtins.").is_some_and(|name| {
            READING_BUILTINS.contains(&name)
                || matches!(
                    name,
                    "str.join"
                        | "list.extend"
                        | "set.update"
                        | "dict.update"
                        | "str.format"
                        | "bytes.join"
                        | "enumerate"
                        | "zip"
                        | "map"
                        | "filter"
                        | "reversed"
                        | "iter"
                )
        })
    }

    /// Whether a use may change the object: adds, removes or replaces items, or hands it to code that could.
    pub fn may_mutate(&self, used: Use<'a>) -> bool {
        match used {
            Use::Method(method, _) => !READING_METHODS.contains(&method),
            Use::Item(subscript) => subscript.ctx != ExprContext::Load,
            Use::Augmented(_) => true,
            Use::Attribute(_) | Use::Stored | Use::Awaited | Use::Yielded => true,
            Use::Argument(call) => {
                let looked_through = self
                    .callee(call)
                    .is_some_and(|def| self.function_purity(def) > Purity::Impure);
                !looked_through && !self.reads_only(call)
            }
            _ => false,
        }
    }

    /// Whether a binding makes a new object that nobody else knows.
    pub fn is_fresh(&self, bound: Binding<'a>) -> bool {
        let value = match bound {
            Binding::Assign(stmt) if stmt.targets.len() == 1 => &*stmt.value,
            Binding::Annotated(stmt) => match &stmt.value {
                Some(value) => &**value,
                None => return true,
            },
            _ => return false,
        };
        self.makes_new(value)
    }

    /// Whether an expression makes a new object each time: displays, comprehensions, constructors of builtins.
    pub fn makes_new(&self, value: &'a Expr) -> bool {
        match value {
            Expr::List(_)
            | Expr::ListComp(_)
            | Expr::Set(_)
            | Expr::SetComp(_)
            | Expr::Dict(_)
            | Expr::DictComp(_)
            | Expr::Tuple(_)
            | Expr::Generator(_) => true,
            Expr::Call(call) => self.call_makes_new(call),
            Expr::BinOp(_) => matches!(self.ty(value), Type::List(_) | Type::Set(_)),
            _ => false,
        }
    }

    /// [`Self::makes_new`] of a call.
    pub(super) fn call_makes_new(&self, call: &'a ast::ExprCall) -> bool {
        self.name(&*call.func).is_some_and(|name| {
            matches!(
                name.as_str(),
                "builtins.list"
                    | "builtins.sorted"
                    | "builtins.set"
                    | "builtins.dict"
                    | "builtins.bytearray"
                    | "builtins.str.split"
                    | "builtins.str.splitlines"
                    | "collections.deque"
            )
        })
    }

    /// Whether the value that `symbol` has at the end of `inside` is seen by code outside of it.
    ///
    /// A read outside counts unless it is certain to see another binding: one that stands before it on the way from `inside`, or
    /// the target of a loop or comprehension around it.
    pub fn is_seen_outside(&self, symbol: &Symbol<'a>, inside: impl Ranged) -> bool {
        let inside = inside.range();
        let deleted = symbol.bindings.iter().any(|id| {
            !inside.contains_range(self.tree.node(*id).range())
                && matches!(binding(&self.tree, *id), Some(Binding::Deleted))
        });
        // Inner functions run at any time, and names of modules and classes are seen from outside.
        let scope = self.tree.scope(symbol.scope);
        deleted
            || symbol.shared
            || matches!(
                scope.node,
                AnyNodeRef::ModModule(_) | AnyNodeRef::StmtClassDef(_)
            )
            || self.reads(symbol).any(|read| {
                !inside.contains_range(read.range())
                    && !self.sees_another_binding(symbol, read, inside)
            })
    }

    fn sees_another_binding(
        &self,
        symbol: &Symbol<'a>,
        read: &'a ExprName,
        inside: TextRange,
    ) -> bool {
        // Captured by an inner function: called who knows when.
        if self.tree.scope_of(read) != symbol.scope
            && !matches!(
                self.tree.scope(self.tree.scope_of(read)).kind,
                ScopeKind::Comprehension
            )
        {
            return false;
        }
        let mut outer_loop = false;
        let mut child: AnyNodeRef<'a> = read.into();
        for node in self.tree.ancestors(read) {
            if node.range().contains_range(inside) {
                outer_loop |= matches!(node, AnyNodeRef::StmtFor(_) | AnyNodeRef::StmtWhile(_));
            } else {
                let target = match node {
                    AnyNodeRef::StmtFor(stmt) if child.range() != stmt.iter.range() => {
                        Some(&*stmt.target)
                    }
                    _ => None,
                };
                if target.is_some_and(|target| self.binds(target, symbol)) {
                    return true;
                }
            }
            if child.is_statement() && self.bound_before(symbol, child, inside) {
                return true;
            }
            if matches!(
                node,
                AnyNodeRef::StmtFunctionDef(_) | AnyNodeRef::ExprLambda(_)
            ) {
                break;
            }
            child = node;
        }
        // It stands before, and nothing brings control back.
        read.end() <= inside.start() && !outer_loop
    }

    /// Whether a statement of the same list, before `stmt` and after `inside`, certainly binds the symbol anew.
    fn bound_before(&self, symbol: &Symbol<'a>, stmt: AnyNodeRef<'a>, inside: TextRange) -> bool {
        siblings(&self.tree, stmt)
            .iter()
            .filter(|other| other.start() < stmt.start() && !other.range().contains_range(inside))
            .filter(|other| other.start() >= inside.end() || stmt.end() <= inside.start())
            .any(|other| match other {
                ast::Stmt::Assign(assign) => assign
                    .targets
                    .iter()
                    .any(|target| self.binds(target, symbol)),
                ast::Stmt::AnnAssign(assign) => {
                    assign.value.is_some() && self.binds(&assign.target, symbol)
                }
                _ => false,
            })
    }

    /// Whether a target binds a symbol, alone or as a part of a tuple.
    pub fn binds(&self, target: &'a Expr, symbol: &Symbol<'a>) -> bool {
        match target {
            Expr::Name(name) => self
                .symbol(name)
                .is_some_and(|own| std::ptr::eq(own, symbol)),
            Expr::Tuple(tuple) => tuple.elts.iter().any(|elt| self.binds(elt, symbol)),
            Expr::List(list) => list.elts.iter().any(|elt| self.binds(elt, symbol)),
            Expr::Starred(starred) => self.binds(&starred.value, symbol),
            _ => false,
        }
    }

    /// The names that a target binds; `None` where it writes to an attribute or an item as well.
    pub fn target_names(&self, target: &'a Expr) -> Option<Vec<&'a ExprName>> {
        match target {
            Expr::Name(name) => Some(vec![name]),
            Expr::Tuple(ast::ExprTuple { elts, .. }) | Expr::List(ast::ExprList { elts, .. }) => {
                let mut names = Vec::new();
                for elt in elts {
                    names.extend(self.target_names(elt)?);
                }
                Some(names)
            }
            Expr::Starred(starred) => self.target_names(&starred.value),
            _ => None,
        }
    }

    /// Whether code behind the loop, or around it, sees the variables that it binds.
    pub fn leaks_target(&self, around: Loop<'a>) -> bool {
        let Some(target) = around.target() else {
            return false;
        };
        match self.target_names(target) {
            Some(names) => names.into_iter().any(|name| {
                self.symbol(name)
                    .is_none_or(|symbol| self.is_seen_outside(symbol, around.range()))
            }),
            None => true,
        }
    }
}
