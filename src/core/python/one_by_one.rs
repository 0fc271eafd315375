//! Calls that are made for one item of a loop after the other, where one call could be made for all.

use ruff_python_ast::{AnyNodeRef, CmpOp, Expr, ExprCall, StmtIf, UnaryOp};
use ruff_text_size::Ranged;

use super::facts::Facts;
use super::libraries::Entry;
use super::loops::Loop;
use super::symbols::Binding;

/// How many assignments are followed back to the item at hand.
const STEPS: u32 = 4;

impl<'a> Facts<'a> {
    /// The `for` loop or comprehension in which a call is made for each item: it names something that the loop binds.
    ///
    /// A loop over steps of a range goes over batches already, what is said of an error is said once, and a handful is a handful.
    pub fn per_item_loop(&self, call: &'a ExprCall) -> Option<Loop<'a>> {
        let around = self.in_loop(call)?;
        let iter = around.iter()?;
        let steps = self
            .call_of(iter, "builtins.range")
            .is_some_and(|range| range.arguments.len() == 3);
        let is_each = !self.handles_error_in(call, around)
            && !steps
            && !self.goes_over_batches(around)
            && !self.goes_over_structure(around)
            && !self.is_of_command_line()
            && !self.is_asked_on_a_miss(call, around)
            && !self.takes_many(call, around);
        (is_each && self.names_bound_in(call, around) && !self.is_few(iter)).then_some(around)
    }

    /// Whether a call only runs where something that is kept does not have the item: `if key not in known:`,
    /// `if not (found := known.get(key)):`, `if found is None:`.
    fn is_asked_on_a_miss(&self, call: &'a ExprCall, around: Loop<'a>) -> bool {
        let is_lookup = |value: &'a Expr| {
            matches!(value, Expr::Call(found)
                if matches!(&*found.func, Expr::Attribute(method) if method.attr.as_str() == "get")
                    && self.knows(found).is_none())
        };
        let looks_up = |expr: &'a Expr| match expr {
            Expr::Named(named) => is_lookup(&named.value),
            Expr::Name(name) => self.symbol(name).is_some_and(|symbol| {
                self.bindings(symbol).any(|binding| match binding {
                    Binding::Assign(stmt) => around.repeats(stmt) && is_lookup(&stmt.value),
                    _ => false,
                })
            }),
            other => is_lookup(other),
        };
        self.ancestors_within(call, around).any(|outer| {
            let AnyNodeRef::StmtIf(branch) = outer else {
                return false;
            };
            let in_body = branch
                .body
                .iter()
                .any(|stmt| stmt.range().contains_range(call.range()));
            in_body
                && match &*branch.test {
                    Expr::UnaryOp(not) => not.op == UnaryOp::Not && looks_up(&not.operand),
                    Expr::Compare(compare) => match &*compare.ops {
                        [CmpOp::Is] => looks_up(&compare.left),
                        // What the branch then adds to: a memory of what was asked.
                        [CmpOp::NotIn] => compare
                            .comparators
                            .first()
                            .is_some_and(|kept| self.is_filled_in(kept, branch)),
                        _ => false,
                    },
                    _ => false,
                }
        })
    }

    /// Whether a branch puts something into a container: `known[key] = value`, `seen.add(key)`.
    fn is_filled_in(&self, kept: &'a Expr, branch: &'a StmtIf) -> bool {
        self.tree.descendants(branch).any(|node| match node {
            AnyNodeRef::ExprSubscript(item) => {
                item.ctx.is_store() && self.same_place(&item.value, kept)
            }
            AnyNodeRef::ExprCall(call) => matches!(&*call.func, Expr::Attribute(method)
                if matches!(method.attr.as_str(), "add" | "setdefault")
                    && self.same_place(&method.value, kept)),
            _ => false,
        })
    }

    /// Whether what an expression gives depends on the item at hand: it names what the loop goes over, or what was made of that in
    /// the same iteration.
    pub fn names_bound_in(&self, expr: impl Into<AnyNodeRef<'a>>, around: Loop<'a>) -> bool {
        self.depends_on_item(expr.into(), around, STEPS)
    }

    fn depends_on_item(&self, expr: AnyNodeRef<'a>, around: Loop<'a>, steps: u32) -> bool {
        self.tree.descendants(expr).any(|node| {
            let AnyNodeRef::ExprName(name) = node else {
                return false;
            };
            let Some(symbol) = self.symbol(name) else {
                return false;
            };
            let inside: Vec<AnyNodeRef<'a>> = self
                .binding_nodes(symbol)
                .filter(|bound| {
                    around.repeats(*bound) && !expr.range().contains_range(bound.range())
                })
                .collect();
            let is_item = |bound: &AnyNodeRef<'a>| {
                (around.target()).is_some_and(|target| target.range().contains_range(bound.range()))
            };
            if inside.is_empty() || inside.iter().any(is_item) {
                return !inside.is_empty();
            }
            let sources = self.bindings(symbol).filter_map(|bound| match bound {
                Binding::Assign(assign) => Some(AnyNodeRef::from(&*assign.value)),
                Binding::Annotated(assign) => assign.value.as_deref().map(AnyNodeRef::from),
                Binding::Walrus(named) => Some((&*named.value).into()),
                Binding::For(stmt) => Some((&*stmt.iter).into()),
                Binding::Comprehension(clause) => Some((&clause.iter).into()),
                Binding::With(item, _) => Some((&item.context_expr).into()),
                _ => None,
            });
            let mut sources = sources.filter(|value| around.repeats(*value)).peekable();
            // Parts of a tuple and the like: nobody knows.
            if sources.peek().is_none() {
                return true;
            }
            steps > 0 && sources.any(|value| self.depends_on_item(value, around, steps - 1))
        })
    }

    /// Whether the item at hand stands for many where a call takes it: `f(*item)`, `column.in_(item)`, `filter(id__in=item)`.
    fn takes_many(&self, call: &'a ExprCall, around: Loop<'a>) -> bool {
        let is_item = |expr: &'a Expr| self.names_bound_in(expr, around);
        self.tree.descendants(call).any(|node| match node {
            AnyNodeRef::ExprStarred(starred) => is_item(&starred.value),
            AnyNodeRef::Keyword(keyword) => {
                keyword
                    .arg
                    .as_ref()
                    .is_some_and(|name| name.ends_with("__in"))
                    && is_item(&keyword.value)
            }
            AnyNodeRef::ExprCall(inner) => {
                matches!(&*inner.func, Expr::Attribute(method)
                    if matches!(method.attr.as_str(), "in_" | "not_in" | "any_"))
                    && inner.arguments.args.iter().any(is_item)
            }
            _ => false,
        })
    }

    /// Whether the items of a loop are batches: it goes over as few of them as can be.
    ///
    /// What no type tells, the words do: `for chunk in chunks(ids)`.
    pub fn goes_over_batches(&self, around: Loop<'a>) -> bool {
        let (Some(iter), Some(target)) = (around.iter(), around.target()) else {
            return false;
        };
        let callee = match iter {
            Expr::Call(call) => self.text(&*call.func),
            _ => "",
        };
        says_batch(self.text(target)) || says_batch(callee)
    }

    /// Whether what is gone over is one batch of many, as its name says.
    pub fn is_batch(&self, items: &'a Expr) -> bool {
        matches!(items, Expr::Name(_) | Expr::Attribute(_)) && says_batch(self.text(items))
    }

    /// Whether a call further up in the same loop is known to libraries as `wanted`: one of them is told.
    pub fn was_done_before(
        &self,
        call: &'a ExprCall,
        around: Loop<'a>,
        wanted: impl Fn(&'static Entry) -> bool,
    ) -> bool {
        self.tree.descendants(around.node()).any(|node| match node {
            AnyNodeRef::ExprCall(other) => {
                other.end() <= call.start()
                    && around.repeats(other)
                    && self
                        .in_loop(other)
                        .is_some_and(|its| its.range() == around.range())
                    && self.knows(other).is_some_and(&wanted)
            }
            _ => false,
        })
    }

    /// Whether the loop calls a method of that name: it rolls back what failed, or sleeps between items.
    pub fn calls_in(&self, around: Loop<'a>, method: &str) -> bool {
        self.tree.descendants(around.node()).any(|node| match node {
            AnyNodeRef::ExprCall(call) => match &*call.func {
                Expr::Attribute(attribute) => attribute.attr.as_str() == method,
                Expr::Name(name) => name.id.as_str() == method,
                _ => false,
            },
            _ => false,
        })
    }
}

fn says_batch(text: &str) -> bool {
    const WORDS: &[&str] = &["batch", "chunk", "bulk", "attempt", "retr"];
    let text = text.to_ascii_lowercase();
    WORDS.iter().any(|word| text.contains(word))
}
