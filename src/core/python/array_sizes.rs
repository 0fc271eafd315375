//! How many values an array holds, as far as the text tells: as many as a list that Python has gone through already, or a handful.
//!
//! **Invariant**: says `true` only to keep rules silent on loops over arrays.

use ruff_python_ast::{AnyNodeRef, Expr, ExprCall, ExprRef, Number, Operator};

use super::blocks::function_around;
use super::facts::Facts;
use super::infer::Assigned;
use super::symbols::Binding;

/// What makes an array of something else.
const CONVERTS: &[&str] = &["numpy.array", "numpy.asarray", "numpy.atleast_1d"];

/// What gives one value for each value.
const PER_VALUE: &[&str] = &[
    "numpy.abs",
    "numpy.clip",
    "numpy.diff",
    "numpy.isclose",
    "numpy.isfinite",
    "numpy.isin",
    "numpy.isnan",
];

const MAX_HOPS: u8 = 2;

/// The length that is compared with: nobody asks whether there are exactly so many of something that grows.
const HANDFUL: std::ops::RangeInclusive<u64> = 2..=30;

impl<'a> Facts<'a> {
    /// Whether an array was made of a list: that takes as long as a loop over its values.
    pub fn is_made_of_list(&self, values: &'a Expr) -> bool {
        self.was_list(values, 0)
    }

    fn was_list(&self, values: &'a Expr, hops: u8) -> bool {
        if hops > MAX_HOPS {
            return false;
        }
        let of_list = |value: &'a Expr| {
            self.tree
                .descendants(AnyNodeRef::from(ExprRef::from(value)))
                .any(|node| matches!(node, AnyNodeRef::ExprCall(call) if self.converts_list(call)))
                || self.is_per_value(value) && self.was_list(value, hops + 1)
        };
        self.tree
            .descendants(AnyNodeRef::from(ExprRef::from(values)))
            .any(|node| match node {
                AnyNodeRef::ExprCall(call) => self.converts(call),
                AnyNodeRef::ExprName(name) => self.symbol(name).is_some_and(|symbol| {
                    self.bindings(symbol).any(|binding| match binding {
                        Binding::Assign(stmt) => of_list(&stmt.value),
                        Binding::Annotated(stmt) => stmt.value.as_deref().is_some_and(of_list),
                        _ => false,
                    })
                }),
                AnyNodeRef::ExprAttribute(attribute) => {
                    let class = attribute.value.as_name_expr();
                    let class = class.and_then(|name| self.class_of_self(name));
                    class.is_some_and(|class| {
                        let attributes = self.attributes_of(class);
                        let values = attributes.get(attribute.attr.as_str());
                        values.is_some_and(|values| {
                            values.iter().any(|assigned| match assigned {
                                Assigned::Value(value) => of_list(value),
                                _ => false,
                            })
                        })
                    })
                }
                _ => false,
            })
    }

    /// Whether the function asks if there are exactly so many values, a handful: `len(limits) == 3`.
    pub fn is_counted_small(&self, values: &'a Expr) -> bool {
        let Some(def) = function_around(&self.tree, AnyNodeRef::from(ExprRef::from(values))) else {
            return false;
        };
        let mut names = Vec::new();
        for node in self
            .tree
            .descendants(AnyNodeRef::from(ExprRef::from(values)))
        {
            if let AnyNodeRef::ExprName(name) = node {
                names.push(name);
            }
        }
        self.tree.descendants(def).any(|node| {
            let AnyNodeRef::ExprCompare(compare) = node else {
                return false;
            };
            let [right] = &*compare.comparators else {
                return false;
            };
            let exact = compare.ops.iter().all(|op| op.is_eq() || op.is_not_eq());
            let Expr::Call(call) = &*compare.left else {
                return false;
            };
            let [Expr::Name(counted)] = &*call.arguments.args else {
                return false;
            };
            exact
                && is_handful(right)
                && self.is(&*call.func, "builtins.len")
                && names.iter().any(|name| self.same_symbol(name, counted))
        })
    }

    /// Whether an expression gives one value for each value of an array: `a > 0`, `np.isin(a, b)`.
    fn is_per_value(&self, expr: &'a Expr) -> bool {
        match expr {
            Expr::Compare(_) | Expr::BinOp(_) | Expr::UnaryOp(_) => true,
            Expr::Call(call) => PER_VALUE.iter().any(|name| self.is(&*call.func, name)),
            _ => false,
        }
    }

    fn converts(&self, call: &'a ExprCall) -> bool {
        CONVERTS.iter().any(|name| self.is(&*call.func, name))
    }

    fn converts_list(&self, call: &'a ExprCall) -> bool {
        let Some(first) = call.arguments.args.first() else {
            return false;
        };
        // `asarray` is for what may be an array already; who copies what a caller gives means settings, as a rule.
        let given = self.is(&*call.func, "numpy.array")
            && first.is_name_expr()
            && self.ty(first).is_unknown();
        self.converts(call) && (given || self.is_list_made(first))
    }

    /// A list, or what repeats one: `[x for x in xs]`, `[0] * n`.
    fn is_list_made(&self, expr: &'a Expr) -> bool {
        match expr {
            Expr::List(_) | Expr::ListComp(_) => true,
            Expr::BinOp(op) if op.op == Operator::Add => {
                self.is_list_made(&op.left) || self.is_list_made(&op.right)
            }
            other => self.ty(other).is_list(),
        }
    }
}

fn is_handful(expr: &Expr) -> bool {
    match expr {
        Expr::NumberLiteral(number) => match &number.value {
            Number::Int(int) => int.as_u64().is_some_and(|int| HANDFUL.contains(&int)),
            _ => false,
        },
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::python::facts::probe::probed;

    /// The argument of the last `probe(...)` of a text: whether it was made of a list, and whether it is counted.
    fn probe(text: &str) -> (bool, bool) {
        let text = format!("import numpy as np\n{text}");
        probed(&text, |facts, values| {
            (
                facts.is_made_of_list(values),
                facts.is_counted_small(values),
            )
        })
    }

    #[test]
    fn arrays_that_were_lists_are_known() {
        for (text, wanted) in [
            ("a = np.array([f(x) for x in xs])\nprobe(a > 0)\n", true),
            (
                "def g(xs):\n    a = [x for x in xs]\n    a = np.asarray(a)\n    probe(a == 0)\n",
                true,
            ),
            (
                "class C:\n    def __init__(self, xs):\n        self.a = np.array([x for x in xs])\n    def g(self):\n        probe(self.a)\n",
                true,
            ),
            ("def g(limit):\n    probe(np.atleast_1d(limit))\n", true),
            (
                "a = np.array(sorted(xs))\nb = np.isin(a, xs)\nprobe(b)\n",
                true,
            ),
            (
                "def g(points):\n    a = np.array(points)\n    probe(a > 1)\n",
                true,
            ),
            (
                "def g(data):\n    a = np.asarray(data)\n    probe(a > 1)\n",
                false,
            ),
            ("a = np.zeros(n)\nprobe(a)\n", false),
            (
                "def g(a: np.ndarray):\n    b = a * 2\n    probe(b)\n",
                false,
            ),
        ] {
            assert_eq!(probe(text).0, wanted, "{text}");
        }
    }

    #[test]
    fn what_is_asked_to_be_three_is_few() {
        for (test, wanted) in [
            ("len(a) == 3", true),
            ("len(a) != 6", true),
            ("len(a) == 0", false),
            ("len(a) > 3", false),
            ("len(b) == 3", false),
            ("len(a) == 1000", false),
        ] {
            let text = format!(
                "def f(a: np.ndarray, b):\n    if {test}:\n        g()\n    probe(np.diff(a) < 0)\n"
            );
            assert_eq!(probe(&text).1, wanted, "{test}");
        }
    }
}
