//! Accumulators: what a loop makes longer, iteration by iteration, and whether it is the same object all the time.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, ExprContext, Operator};
use ruff_text_size::Ranged;

use super::facts::Facts;
use super::loops::Loop;
use super::symbols::Binding;
use super::tree::NodeId;

/// A statement in a loop that adds to what a variable, an attribute or an item holds: `s += x`, `s = s + x`, `s = x + s`,
/// `d = {**d, k: v}`.
#[derive(Clone, Copy, Debug)]
pub struct Accumulation<'a> {
    pub stmt: AnyNodeRef<'a>,
    pub target: &'a Expr,
    pub value: &'a Expr,
    pub shape: Shape,
    /// The innermost loop.
    pub around: Loop<'a>,
}

/// How an accumulation is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// `s += x`
    Augmented,
    /// `s = s + x`
    Appended,
    /// `s = s + x + y`: the first `+` makes an object that is not yet stored.
    Chained,
    /// `s = x + s`, `s = x + s + y`, `xs = [x, *xs]`
    Prepended,
    /// `s = s | x`, `s = s.union(x)`, `d = {**d, k: v}`, `d = dict(d, k=v)`, `xs = [*xs, x]`
    Merged,
    /// `a = np.append(a, x)`, `df = pd.concat([df, part])`, `df.loc[len(df)] = row`: a new array, frame or tensor of all parts. With the
    /// package that makes it.
    Joined(&'static str),
}

impl<'a> Facts<'a> {
    /// What `stmt` adds to in a loop.
    pub fn accumulation(&self, stmt: impl Into<AnyNodeRef<'a>>) -> Option<Accumulation<'a>> {
        let stmt = stmt.into();
        let (target, value, shape) = self.adds_to(stmt)?;
        Some(Accumulation {
            stmt,
            target,
            value,
            shape,
            around: self.in_loop(stmt)?,
        })
    }

    /// Whether the loop starts the accumulator anew, or may mean another object in each iteration: it does not grow.
    pub fn starts_anew(&self, found: &Accumulation<'a>) -> bool {
        let Accumulation { target, around, .. } = *found;
        let same_owner = match target {
            Expr::Name(_) => true,
            Expr::Attribute(attribute) => self.is_same_place_in(&attribute.value, around),
            Expr::Subscript(item) => {
                self.is_same_place_in(&item.value, around) && self.settles(&item.slice, around)
            }
            _ => false,
        };
        !same_owner || self.is_replaced_in(target, around)
    }

    fn adds_to(&self, stmt: AnyNodeRef<'a>) -> Option<(&'a Expr, &'a Expr, Shape)> {
        match stmt {
            AnyNodeRef::StmtAugAssign(stmt)
                if matches!(stmt.op, Operator::Add | Operator::BitOr) =>
            {
                Some((&stmt.target, &stmt.value, Shape::Augmented))
            }
            AnyNodeRef::StmtAssign(stmt) => {
                let [target] = stmt.targets.as_slice() else {
                    return None;
                };
                if let Some(frame) = self.grows_by_row(target) {
                    return Some((frame, &stmt.value, Shape::Joined("pandas")));
                }
                if let Some(package) = self.joins_into(target, &stmt.value) {
                    return Some((target, &stmt.value, Shape::Joined(package)));
                }
                if let Some(shape) = self.merges_into(target, &stmt.value) {
                    return Some((target, &stmt.value, shape));
                }
                // Nearly every assignment ends here.
                if !matches!(&*stmt.value, Expr::BinOp(op) if op.op == Operator::Add) {
                    return None;
                }
                let operands = summands(&stmt.value);
                let own = operands
                    .iter()
                    .position(|operand| self.same_place(operand, target))?;
                let shape = match (own, operands.len()) {
                    (_, 0 | 1) => return None,
                    (0, 2) => Shape::Appended,
                    (0, _) => Shape::Chained,
                    _ => Shape::Prepended,
                };
                Some((target, &stmt.value, shape))
            }
            _ => None,
        }
    }

    /// Whether two expressions are the same variable, or the same attribute or item of the same variable.
    pub fn same_place(&self, a: &'a Expr, b: &'a Expr) -> bool {
        match (a, b) {
            (Expr::Name(a), Expr::Name(b)) => self.same_symbol(a, b),
            (Expr::Attribute(a), Expr::Attribute(b)) => {
                a.attr.id == b.attr.id && self.same_place(&a.value, &b.value)
            }
            (Expr::Subscript(a), Expr::Subscript(b)) => {
                let literal =
                    a.slice.is_literal_expr() && self.text(&*a.slice) == self.text(&*b.slice);
                (literal || self.same_place(&a.slice, &b.slice))
                    && self.same_place(&a.value, &b.value)
            }
            _ => false,
        }
    }

    /// Whether `place`, a variable or an attribute or item of one, is the same object in every iteration of `around`.
    pub fn is_same_place_in(&self, place: &'a Expr, around: Loop<'a>) -> bool {
        match place {
            Expr::Name(_) => !self.is_replaced_in(place, around),
            Expr::Attribute(attribute) => {
                self.is_same_place_in(&attribute.value, around)
                    && !self.is_replaced_in(place, around)
            }
            Expr::Subscript(item) => {
                self.is_same_place_in(&item.value, around)
                    && self.is_invariant(&item.slice, around)
                    && !self.is_replaced_in(place, around)
            }
            _ => false,
        }
    }

    /// Whether a key is the same in many iterations: bound outside, or now and then, behind a condition.
    fn settles(&self, key: &'a Expr, around: Loop<'a>) -> bool {
        match key {
            Expr::Name(name) => self.symbol(name).is_some_and(|symbol| {
                let mut inside = self
                    .binding_nodes(symbol)
                    .filter(|node| around.repeats(*node));
                inside.all(|node| {
                    let mut way = self.tree.ancestors(node);
                    way.find(|outer| {
                        outer.is_stmt_if() || self.tree.id(*outer) == self.tree.id(around.node())
                    })
                    .is_some_and(|outer| outer.is_stmt_if())
                })
            }),
            key => key.is_literal_expr() || self.is_invariant(key, around),
        }
    }

    /// Whether an iteration of `around` puts another object in `place`, here or in a function of this file that it calls.
    /// Adding to what is there does not count.
    pub fn is_replaced_in(&self, place: &'a Expr, around: Loop<'a>) -> bool {
        let replaces = |node: AnyNodeRef<'a>| {
            self.stores(node, place)
                && self
                    .tree
                    .statement(node)
                    .and_then(|stmt| self.adds_to(stmt))
                    .is_none_or(|(target, ..)| !self.same_place(target, place))
        };
        if let Expr::Name(name) = place
            && self.symbol(name).is_none_or(|symbol| {
                !symbol.shared && !self.binding_nodes(symbol).any(|node| around.repeats(node))
            })
        {
            return false;
        }
        let inside = self.tree.descendants(around.node());
        let mut repeated = inside.filter(|node| around.repeats(*node));
        let mut seen = Vec::new();
        repeated.any(|node| match node {
            AnyNodeRef::ExprCall(call) => self
                .callee(call)
                .is_some_and(|def| self.replaces_alike(def, place, &mut seen)),
            node => replaces(node),
        })
    }

    /// Whether a function puts another object in `place`, itself or through functions of this file that it calls.
    fn replaces_alike(
        &self,
        def: &'a ast::StmtFunctionDef,
        place: &'a Expr,
        seen: &mut Vec<NodeId>,
    ) -> bool {
        let id = self.tree.id(def);
        // A few steps tell; who calls half the file from a loop is not followed.
        if seen.len() >= 16 || seen.contains(&id) {
            return false;
        }
        seen.push(id);
        self.tree.descendants(def).any(|node| match node {
            AnyNodeRef::ExprCall(call) => self
                .callee(call)
                .is_some_and(|def| self.replaces_alike(def, place, seen)),
            node => self.stores_alike(node, place),
        })
    }

    fn stores(&self, node: AnyNodeRef<'a>, place: &'a Expr) -> bool {
        match (node, place) {
            (AnyNodeRef::ExprName(name), Expr::Name(own)) => {
                name.ctx != ExprContext::Load && self.same_symbol(name, own)
            }
            (AnyNodeRef::ExprAttribute(attribute), Expr::Attribute(own)) => {
                attribute.ctx != ExprContext::Load
                    && attribute.attr.id == own.attr.id
                    && self.same_place(&attribute.value, &own.value)
            }
            (AnyNodeRef::ExprSubscript(item), Expr::Subscript(own)) => {
                item.ctx != ExprContext::Load && self.same_place(&item.value, &own.value)
            }
            _ => false,
        }
    }

    /// The same from another function: `self` is another variable there.
    fn stores_alike(&self, node: AnyNodeRef<'a>, place: &'a Expr) -> bool {
        let Some(stmt) = self.tree.statement(node) else {
            return false;
        };
        if self.adds_to(stmt).is_some() {
            return false;
        }
        match (node, place) {
            (AnyNodeRef::ExprAttribute(attribute), Expr::Attribute(own)) => {
                attribute.ctx != ExprContext::Load && attribute.attr.id == own.attr.id
            }
            _ => self.stores(node, place),
        }
    }

    /// Whether a `while` loop divides what it tests: it runs as often as a number has digits.
    pub fn is_logarithmic(&self, around: Loop<'a>) -> bool {
        let Loop::While(stmt) = around else {
            return false;
        };
        let divides = |value: &'a Expr| match value {
            Expr::BinOp(op) => is_division(op.op),
            Expr::Call(call) => self.is(&*call.func, "builtins.divmod"),
            _ => false,
        };
        let inside = self.tree.descendants(stmt);
        let mut stores = inside.filter_map(|node| match node {
            AnyNodeRef::StmtAugAssign(stmt) => is_division(stmt.op).then_some(vec![&*stmt.target]),
            AnyNodeRef::StmtAssign(stmt) if divides(&stmt.value) => {
                Some(stmt.targets.iter().collect())
            }
            AnyNodeRef::StmtAssign(stmt) => match (stmt.targets.as_slice(), &*stmt.value) {
                ([Expr::Tuple(targets)], Expr::Tuple(values)) => {
                    let pairs = targets.elts.iter().zip(&values.elts);
                    Some(
                        pairs
                            .filter(|(_, value)| divides(value))
                            .map(|(target, _)| target)
                            .collect(),
                    )
                }
                _ => None,
            },
            _ => None,
        });
        // `while True: ...; if n == 0: break` tests it in its body.
        let endless = stmt.test.is_boolean_literal_expr() || stmt.test.is_number_literal_expr();
        stores.any(|targets| {
            let mut names = targets
                .into_iter()
                .filter_map(|target| self.target_names(target))
                .flatten();
            names.any(|name| {
                let symbol = self.symbol(name);
                symbol.is_some_and(|symbol| {
                    self.reads(symbol)
                        .any(|read| endless || stmt.test.range().contains_range(read.range()))
                })
            })
        })
    }

    /// Whether an iteration of `around` asks for the length of `place` to decide whether to go on.
    pub fn tests_length(&self, place: &'a Expr, around: Loop<'a>) -> bool {
        match around {
            Loop::While(stmt) => self.reads_length(&stmt.test, place),
            _ => false,
        }
    }

    /// Whether `len(place)` is a part of `expr`.
    pub fn reads_length(&self, expr: &'a Expr, place: &'a Expr) -> bool {
        self.tree.descendants(expr).any(|node| match node {
            AnyNodeRef::ExprCall(call) => {
                matches!(&*call.arguments.args, [arg] if self.same_place(arg, place))
                    && self.is(&*call.func, "builtins.len")
            }
            _ => false,
        })
    }

    /// Whether a variable holds a new and empty list from `bound` on: `[]`, `list()`, and nothing else does.
    pub fn starts_empty(&self, bound: Binding<'a>) -> bool {
        let value = match bound {
            Binding::Assign(stmt) if stmt.targets.len() == 1 => &*stmt.value,
            Binding::Annotated(ast::StmtAnnAssign {
                value: Some(value), ..
            }) => value,
            _ => return false,
        };
        match value {
            Expr::List(list) => list.is_empty(),
            Expr::Call(call) => call.arguments.is_empty() && self.is(&*call.func, "builtins.list"),
            _ => false,
        }
    }
}

fn is_division(op: Operator) -> bool {
    matches!(op, Operator::FloorDiv | Operator::Div | Operator::RShift)
}

/// The operands of a chain of `+`, in the order of the text.
pub fn summands(expr: &Expr) -> Vec<&Expr> {
    let mut found = Vec::new();
    let mut rest = expr;
    while let Expr::BinOp(ast::ExprBinOp {
        left,
        op: Operator::Add,
        right,
        ..
    }) = rest
    {
        found.push(&**right);
        rest = left;
    }
    found.push(rest);
    found.reverse();
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::python::{Source, Versions, parse};

    /// The targets and shapes of all accumulations.
    fn found(code: &str) -> Vec<(String, Shape)> {
        let source = Source::module("example.py", code);
        let parsed = parse(&source).expect("the code parses");
        let facts = Facts::new(&source, &parsed, Versions::default()).expect("the code is flat");
        let nodes = facts.tree.nodes().iter();
        let found = nodes.filter_map(|node| facts.accumulation(*node));
        let found = found.filter(|found| !facts.starts_anew(found));
        found
            .map(|found| (facts.text(found.target).to_string(), found.shape))
            .collect()
    }

    #[test]
    fn what_a_loop_adds_to_is_told_with_its_shape() {
        let code = "\
def f(self, xs):
    for x in xs:
        a += x
        b = b + x
        c = c + x + x
        d = x + d
        self.e += x
        f['g'] += x
    h += 1
";
        let expected = [
            ("a", Shape::Augmented),
            ("b", Shape::Appended),
            ("c", Shape::Chained),
            ("d", Shape::Prepended),
            ("self.e", Shape::Augmented),
            ("f['g']", Shape::Augmented),
        ];
        assert_eq!(
            found(code),
            expected.map(|(name, shape)| (name.to_string(), shape))
        );
    }

    #[test]
    fn what_each_iteration_starts_anew_does_not_accumulate() {
        let code = "\
class C:
    def f(self, nodes):
        for node in nodes:
            a = ''
            a += 'x'
            node.b += 'x'
            self.c += 'x'
            self.flush()
            d[node] += 'x'
            e += 'x'
            if e:
                e = ''

    def flush(self):
        self.reset()
        self.flush()

    def reset(self):
        self.c = ''
";
        assert_eq!(found(code), []);
    }
}
