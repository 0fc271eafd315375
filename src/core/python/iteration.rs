//! What loops and calls do with the items they are given: which calls take them all, which variables of a loop nobody reads.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, ExprContext, ExprName, ExprRef};
use ruff_text_size::Ranged;

use super::facts::Facts;
use super::loops::Loop;
use super::tree::ScopeKind;
use super::types::Type;

/// How a builtin takes the items of its only argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consumer {
    /// Into a new container: may ask for the length first, or read a subclass of a builtin without its own `__iter__`.
    Whole,
    /// Through the iterator, one item after the other.
    Stepwise,
}

impl<'a> Facts<'a> {
    /// How a call takes the items of `argument` at once and forgets what gave them; `None` is another call, or another argument.
    pub fn consumer(&self, call: &'a ast::ExprCall, argument: impl Ranged) -> Option<Consumer> {
        let [only] = &*call.arguments.args else {
            return None;
        };
        if only.range() != argument.range() {
            return None;
        }
        let name = self.name(&*call.func)?;
        match name.strip_prefix("builtins.")? {
            "list" | "tuple" | "set" | "frozenset" | "sorted" | "str.join" | "bytes.join"
            | "list.extend" | "set.update" => Some(Consumer::Whole),
            "sum" | "min" | "max" | "any" | "all" => Some(Consumer::Stepwise),
            _ => None,
        }
    }

    /// The call that takes all items of an expression, and how.
    pub fn consumed_by(
        &self,
        expr: impl Into<ExprRef<'a>>,
    ) -> Option<(&'a ast::ExprCall, Consumer)> {
        let expr: ExprRef<'a> = expr.into();
        let call = self.handed_to(expr)?;
        Some((call, self.consumer(call, expr)?))
    }

    /// Whether values of a type are dicts, of the builtin class or of one that keeps its methods: iterating gives the keys.
    pub fn is_mapping(&self, ty: &Type<'a>) -> bool {
        match ty {
            Type::Dict(..) => true,
            Type::Instance(name) => matches!(
                &**name,
                "collections.OrderedDict"
                    | "collections.defaultdict"
                    | "collections.Counter"
                    | "typing.DefaultDict"
                    | "typing.OrderedDict"
                    | "typing.Counter"
            ),
            _ => false,
        }
    }

    /// Why filling a container from a source of that type in one call may give something else than adding the items one by one.
    pub fn copy_doubt(&self, source: &Type<'a>, into_set: bool) -> Option<&'static str> {
        match source {
            // Read as a table, into a table of the right size from the start.
            Type::Set(_) | Type::FrozenSet(_) | Type::Dict(..) if into_set => {
                Some("the new set may be iterated in another order")
            }
            Type::Bytes | Type::Bytearray | Type::Deque(_) | Type::Iterator(_) | Type::File(_) => {
                None
            }
            ty if ty.is_builtin_container() => None,
            _ => {
                Some("the iterable may be asked for its length, or read without its own `__iter__`")
            }
        }
    }

    /// Whether an expression is there for its length only: `len(expr)`.
    pub fn is_measured(&self, expr: impl Into<ExprRef<'a>>) -> bool {
        self.handed_to(expr.into())
            .is_some_and(|call| self.is(&*call.func, "builtins.len"))
    }

    /// The call that an expression is a positional argument of.
    fn handed_to(&self, expr: ExprRef<'a>) -> Option<&'a ast::ExprCall> {
        let Some(AnyNodeRef::Arguments(arguments)) = self.tree.parent(AnyNodeRef::from(expr))
        else {
            return None;
        };
        match self.tree.parent(arguments) {
            Some(AnyNodeRef::ExprCall(call)) => Some(call),
            _ => None,
        }
    }

    /// Whether an expression is what a loop or a clause iterates over.
    pub fn is_iterated(&self, expr: impl Into<ExprRef<'a>>) -> bool {
        let expr: ExprRef<'a> = expr.into();
        match self.tree.parent(AnyNodeRef::from(expr)) {
            Some(AnyNodeRef::StmtFor(stmt)) => stmt.iter.range() == expr.range(),
            Some(AnyNodeRef::Comprehension(clause)) => clause.iter.range() == expr.range(),
            _ => false,
        }
    }

    /// Whether nobody reads what a loop binds to one of its variables, by name or by looking at all local variables.
    pub fn is_unread(&self, name: &'a ExprName, around: Loop<'a>) -> bool {
        let Some(symbol) = self.symbol(name) else {
            return false;
        };
        let inside = around.range();
        // A name that says that it is not used may be seen from other modules; nobody looks.
        let says_so = name.id.starts_with('_')
            && !symbol.shared
            && self.tree.scope(symbol.scope).kind == ScopeKind::Module;
        let mut reads = self.reads(symbol);
        !self.is_rebound(name, around)
            && !self
                .reads(symbol)
                .any(|read| inside.contains_range(read.range()))
            && (if says_so {
                reads.next().is_none()
            } else {
                !self.is_seen_outside(symbol, inside)
            })
            && !self.looks_at_variables(around)
    }

    /// Whether something in a loop, besides the loop itself, binds one of its variables.
    pub fn is_rebound(&self, name: &'a ExprName, around: Loop<'a>) -> bool {
        self.symbol(name).is_none_or(|symbol| {
            symbol.shared
                || self.binding_nodes(symbol).any(|node| {
                    around.range().contains_range(node.range()) && node.range() != name.range()
                })
        })
    }

    /// Whether the function around a loop looks at its local variables as a whole, or runs code that may.
    pub fn looks_at_variables(&self, around: Loop<'a>) -> bool {
        let mut scope = self.tree.scope(self.tree.scope_of(around.node()));
        while scope.kind == ScopeKind::Comprehension {
            scope = self.tree.scope(scope.parent);
        }
        self.tree.descendants(scope.node).any(|node| match node {
            AnyNodeRef::ExprName(name) => {
                name.ctx == ExprContext::Load
                    && matches!(
                        name.id.as_str(),
                        "locals" | "vars" | "dir" | "eval" | "exec"
                    )
                    && self.symbol(name).is_none()
            }
            _ => false,
        })
    }

    /// Whether a loop takes all its items here and now. A generator that is handed on may be asked for them by code that changes what it
    /// walks over: `xs.extend(x for x in xs)`.
    pub fn runs_in_place(&self, around: Loop<'a>) -> bool {
        match around {
            Loop::Clause {
                comprehension: AnyNodeRef::ExprGenerator(generator),
                ..
            } => self
                .consumed_by(generator)
                .is_some_and(|(call, _)| call.func.is_name_expr()),
            _ => true,
        }
    }

    /// Whether nothing can change `source` while a loop walks over it, by whatever name: it cannot change at all, or only this function
    /// holds it and the loop leaves it alone.
    ///
    /// Stronger than [`Self::is_invariant`]: what belongs to an object or a module may be changed by another thread, too.
    pub fn is_steady(&self, source: &'a Expr, around: Loop<'a>) -> bool {
        let ty = self.ty(source);
        if matches!(
            ty,
            Type::Tuple(_) | Type::FrozenSet(_) | Type::Str | Type::Bytes | Type::Range
        ) || self.makes_new(source)
        {
            return true;
        }
        let own = self.tree.descendants(source).all(|node| match node {
            AnyNodeRef::ExprName(name) => self.symbol(name).is_none_or(|symbol| {
                self.tree.scope(symbol.scope).kind == ScopeKind::Function && !symbol.shared
            }),
            AnyNodeRef::ExprAttribute(attribute) => {
                matches!(self.tree.parent(attribute), Some(AnyNodeRef::ExprCall(call)) if call.func.range() == attribute.range())
            }
            // What lies in a container may have other names.
            AnyNodeRef::ExprSubscript(_) => false,
            _ => true,
        });
        own && self.runs_in_place(around)
            && self.is_invariant(source, around)
            && !self.stores_in_unknown(around)
    }

    /// Whether a loop stores an item in an object of an unknown class, which may do anything then.
    fn stores_in_unknown(&self, around: Loop<'a>) -> bool {
        self.tree.descendants(around.node()).any(|node| match node {
            AnyNodeRef::ExprSubscript(item) if item.ctx != ExprContext::Load => {
                let ty = self.ty(&*item.value);
                !self.is_mapping(&ty)
                    && !matches!(
                        ty,
                        Type::List(_) | Type::Deque(_) | Type::Bytearray | Type::DictView(_)
                    )
            }
            _ => false,
        })
    }

    /// Whether an expression is the object whose method this is.
    pub fn is_self(&self, expr: &'a Expr) -> bool {
        expr.as_name_expr()
            .is_some_and(|name| self.class_of_self(name).is_some())
    }

    /// Reads of `base[index]` in each iteration of `around`, where nothing there binds the variable `index` anew or uses such an item
    /// in another way; `None` otherwise, or where there is no such read.
    ///
    /// The second value tells whether the variable is read in any other way.
    pub fn item_reads(
        &self,
        base: &'a Expr,
        index: &'a ExprName,
        around: Loop<'a>,
    ) -> Option<(Vec<&'a ast::ExprSubscript>, bool)> {
        if self.is_rebound(index, around) {
            return None;
        }
        let symbol = self.symbol(index)?;
        let mut items = Vec::new();
        let mut others = false;
        for read in self.reads(symbol) {
            if !around.range().contains_range(read.range()) {
                continue;
            }
            let item = match self.tree.parent(read) {
                Some(AnyNodeRef::ExprSubscript(item))
                    if item.slice.range() == read.range() && self.same_place(&item.value, base) =>
                {
                    Some(item)
                }
                _ => None,
            };
            match item {
                Some(item) if item.ctx != ExprContext::Load => return None,
                // What runs later may find another item there, and behind the last iteration there is none.
                Some(item) if self.is_at_level(item, around) => items.push(item),
                _ => others = true,
            }
        }
        (!items.is_empty()).then_some((items, others))
    }

    /// Whether a node runs in the very iteration that it stands in: not in a function or lambda, nor behind the loop.
    fn is_at_level(&self, node: &'a ast::ExprSubscript, around: Loop<'a>) -> bool {
        let later = self
            .tree
            .ancestors(node)
            .take_while(|outer| outer.range() != around.range())
            .any(|outer| {
                matches!(
                    outer,
                    AnyNodeRef::StmtFunctionDef(_)
                        | AnyNodeRef::StmtClassDef(_)
                        | AnyNodeRef::ExprLambda(_)
                        | AnyNodeRef::ExprGenerator(_)
                )
            });
        let behind = match around {
            Loop::For(stmt) => stmt
                .orelse
                .first()
                .is_some_and(|first| node.start() >= first.start()),
            _ => false,
        };
        !later && !behind
    }

    /// Whether a node runs in each iteration that does not leave the loop early: nothing between the two chooses.
    pub fn is_always_reached(&self, node: impl Into<AnyNodeRef<'a>>, around: Loop<'a>) -> bool {
        let node: AnyNodeRef<'a> = node.into();
        let mut inner = node.range();
        for outer in self.tree.ancestors(node) {
            if outer.range() == around.range() {
                return true;
            }
            let chooses = match outer {
                AnyNodeRef::StmtIf(stmt) => stmt.test.range() != inner,
                AnyNodeRef::ExprIf(branch) => branch.test.range() != inner,
                AnyNodeRef::ExprBoolOp(op) => op
                    .values
                    .first()
                    .is_some_and(|first| first.range() != inner),
                AnyNodeRef::ElifElseClause(_)
                | AnyNodeRef::StmtTry(_)
                | AnyNodeRef::StmtMatch(_)
                | AnyNodeRef::ExprLambda(_)
                | AnyNodeRef::StmtFunctionDef(_) => true,
                _ => false,
            };
            if chooses {
                return false;
            }
            inner = outer.range();
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::python::{Source, Versions, parse};

    /// Asks about the first loop or clause of a text.
    fn first_loop<T>(text: &str, ask: impl for<'a> Fn(&Facts<'a>, Loop<'a>) -> T) -> Option<T> {
        let source = Source::module("example.py", text);
        let parsed = parse(&source).ok()?;
        let facts = Facts::new(&source, &parsed, Versions::default()).ok()?;
        let around = facts.tree.nodes().iter().find_map(|node| match node {
            AnyNodeRef::StmtFor(stmt) => Some(Loop::For(stmt)),
            AnyNodeRef::Comprehension(clause) => Some(Loop::Clause {
                comprehension: facts.tree.parent(*clause)?,
                clause,
            }),
            _ => None,
        })?;
        Some(ask(&facts, around))
    }

    fn is_unread(text: &str) -> Option<bool> {
        first_loop(text, |facts, around| {
            let target = around.target().and_then(Expr::as_name_expr);
            target.is_some_and(|name| facts.is_unread(name, around))
        })
    }

    #[test]
    fn a_variable_is_unread_if_no_code_sees_it() {
        let inside =
            |body: &str| is_unread(&format!("def f(xs):\n    for x in xs:\n        {body}\n"));
        assert_eq!(inside("print(1)"), Some(true));
        assert_eq!(inside("print(x)"), Some(false));
        assert_eq!(inside("x = 1"), Some(false));
        assert_eq!(inside("print(locals())"), Some(false));
        let behind = "def f(xs):\n    for x in xs:\n        print(1)\n    return x\n";
        assert_eq!(is_unread(behind), Some(false));
        assert_eq!(is_unread("[1 for x in xs]\n"), Some(true));
        assert_eq!(is_unread("for x in xs:\n    print(1)\n"), Some(false));
        assert_eq!(is_unread("for _ in xs:\n    print(1)\n"), Some(true));
    }

    /// How often the item of the loop is read, and whether its key is used otherwise.
    fn item_reads(body: &str) -> Option<(usize, bool)> {
        let text = format!("def f(d):\n    for k in d:\n        {body}\n");
        first_loop(&text, |facts, around| {
            let key = around.target().and_then(Expr::as_name_expr)?;
            let (items, others) = facts.item_reads(around.iter()?, key, around)?;
            Some((items.len(), others))
        })?
    }

    #[test]
    fn items_that_are_only_read_are_found() {
        assert_eq!(item_reads("print(d[k], d[k])"), Some((2, false)));
        assert_eq!(item_reads("print(d[k], k)"), Some((1, true)));
        assert_eq!(item_reads("print(lambda: d[k], d[k])"), Some((1, true)));
        for body in ["d[k] = 1", "del d[k]", "print(e[k])", "k = d[k]"] {
            assert_eq!(item_reads(body), None, "{body}");
        }
    }

    #[test]
    fn a_generator_that_is_handed_on_runs_later() {
        let in_place = |text: &str| first_loop(text, |facts, around| facts.runs_in_place(around));
        assert_eq!(in_place("sum(x for x in xs)\n"), Some(true));
        assert_eq!(in_place("[x for x in xs]\n"), Some(true));
        assert_eq!(in_place("xs = []\nxs.extend(x for x in xs)\n"), Some(false));
        assert_eq!(in_place("f(x for x in xs)\n"), Some(false));
    }

    #[test]
    fn only_what_nobody_else_holds_is_steady() {
        let steady = |text: &str| {
            first_loop(text, |facts, around| {
                around
                    .iter()
                    .is_some_and(|iter| facts.is_steady(iter, around))
            })
        };
        let function = |body: &str| format!("def f(self, other):\n    d = {{}}\n    {body}\n");
        for body in [
            "for x in d: print(x)",
            "for x in (1, 2): other(x)",
            "for x in sorted(other): self.run(x)",
        ] {
            assert_eq!(steady(&function(body)), Some(true), "{body}");
        }
        for body in [
            "for x in d: d.pop(x)",
            "for x in self.items: print(x)",
            "for x in d[0]: print(x)",
            "for x in d: other[0] = x",
        ] {
            assert_eq!(steady(&function(body)), Some(false), "{body}");
        }
        assert_eq!(steady("d = {}\nfor x in d: print(x)\n"), Some(false));
    }

    #[test]
    fn what_an_iteration_may_skip_is_not_always_reached() {
        let reached = |body: &str| {
            let text = format!("def f(xs):\n    for x in xs:\n        {body}\n");
            first_loop(&text, |facts, around| {
                let mut nodes = facts.tree.nodes().iter();
                let probe = nodes
                    .find(|node| matches!(node, AnyNodeRef::ExprName(name) if name.id == "probe"));
                probe.is_some_and(|node| facts.is_always_reached(*node, around))
            })
        };
        assert_eq!(reached("print(probe)"), Some(true));
        assert_eq!(reached("if probe: print(x)"), Some(true));
        assert_eq!(reached("if x: print(probe)"), Some(false));
        assert_eq!(reached("y = x and probe"), Some(false));
        assert_eq!(reached("y = probe if x else 1"), Some(false));
    }
}
