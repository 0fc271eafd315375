//! Loops whose rounds are few by nature: up a tree, through the digits of a number, until a length is reached.

use ruff_python_ast::{AnyNodeRef, Expr};

use ruff_text_size::Ranged;

use super::accumulation::Accumulation;
use super::facts::Facts;
use super::loops::Loop;

impl<'a> Facts<'a> {
    /// Whether a `while` loop goes from an object to one that it refers to, up a tree or along a chain: `node = node.parent`,
    /// `path = os.path.dirname(path)`. As a rule that takes a few steps.
    pub fn climbs(&self, around: Loop<'a>) -> bool {
        let Loop::While(stmt) = around else {
            return false;
        };
        self.tree.descendants(stmt).any(|node| {
            let AnyNodeRef::StmtAssign(step) = node else {
                return false;
            };
            match step.targets.as_slice() {
                [Expr::Name(_)] => {
                    let from = &step.targets[0];
                    self.steps_on(from, &step.value)
                }
                [Expr::Tuple(targets)] => match &*step.value {
                    Expr::Call(_) => targets
                        .elts
                        .iter()
                        .any(|target| target.is_name_expr() && self.steps_on(target, &step.value)),
                    _ => false,
                },
                _ => false,
            }
        })
    }

    /// Whether `value` is what the object in `from` refers to.
    fn steps_on(&self, from: &'a Expr, value: &'a Expr) -> bool {
        match value {
            Expr::Attribute(attribute) => self.same_place(from, root(&attribute.value)),
            Expr::Call(call) => match (&*call.func, &*call.arguments.args) {
                (Expr::Attribute(method), []) => {
                    self.same_place(from, &method.value) && !self.ty(from).is_builtin_container()
                }
                (func, [only]) => {
                    self.same_place(from, only)
                        && ["os.path.dirname", "os.path.split"]
                            .iter()
                            .any(|name| self.is(func, name))
                }
                _ => false,
            },
            _ => false,
        }
    }

    /// Whether what a loop adds to gets no longer than a few items or steps: padding, digits, the way up a tree.
    pub fn stays_short(&self, found: &Accumulation<'a>) -> bool {
        let around = found.around;
        self.is_logarithmic(around)
            || self.climbs(around)
            || self.tests_length(found.target, around)
            || self.searches(found)
            || self.grows_to_length(found)
    }

    /// Whether a condition on its own length decides whether it grows: `if i >= len(counts): counts = counts + [0]`.
    fn grows_to_length(&self, found: &Accumulation<'a>) -> bool {
        let inside = self.tree.ancestors(found.stmt);
        let mut inside = inside.take_while(|outer| outer.range() != found.around.range());
        inside.any(|outer| match outer {
            AnyNodeRef::StmtIf(branch) => self.reads_length(&branch.test, found.target),
            _ => false,
        })
    }

    /// Whether the loop compares with `-x` or `--name`: what it takes apart is a command line.
    pub fn reads_options(&self, around: Loop<'a>) -> bool {
        self.tree.descendants(around.node()).any(|node| match node {
            AnyNodeRef::ExprStringLiteral(text) => {
                let compared = self.tree.ancestors(text).take(3).any(|outer| {
                    matches!(
                        outer,
                        AnyNodeRef::ExprCompare(_)
                            | AnyNodeRef::ExprCall(_)
                            | AnyNodeRef::PatternMatchValue(_)
                    )
                });
                let text = text.value.to_str();
                let word = text.trim_start_matches('-');
                compared
                    && text.starts_with('-')
                    && word
                        .chars()
                        .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '=')
            }
            _ => false,
        })
    }

    /// Whether the loop runs until what it makes longer is, or is not, in some set, or has some value: `while name in taken: name += "_"`.
    fn searches(&self, found: &Accumulation<'a>) -> bool {
        let Loop::While(stmt) = found.around else {
            return false;
        };
        self.tree.descendants(&*stmt.test).any(|node| match node {
            AnyNodeRef::ExprCompare(compare) => self.same_place(&compare.left, found.target),
            _ => false,
        })
    }
}

/// What a chain of attributes begins with.
fn root(expr: &Expr) -> &Expr {
    match expr {
        Expr::Attribute(attribute) => root(&attribute.value),
        other => other,
    }
}
