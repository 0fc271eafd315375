//! What is few by its nature, so that going over it never grows with the input: dimensions, keyword arguments, base classes,
//! enumerations, and what is written out.
//!
//! **Invariant**: says `true` only to keep rules about growth silent; conventions of naming are good enough for that.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, Number, Operator};
use ruff_text_size::Ranged;

use super::facts::Facts;
use super::infer::Assigned;
use super::sizes::MANY;
use super::symbols::{Binding, Symbol};
use super::tree::comprehension_generators;
use super::uses::Use;

/// Below this many items that stand in the source, a container is a constant of the program and no matter of growth.
pub const WRITTEN_OUT: u64 = 64;

/// How many names, calls and operators are looked through.
const MAX_HOPS: u8 = 6;

/// Attributes that hold a handful: of classes, signatures, calls and arrays.
const FEW_ATTRIBUTES: &[&str] = &[
    "__bases__",
    "__mro__",
    "__slots__",
    "args",
    "dtypes",
    "keywords",
    "kwonlyargs",
    "parameters",
    "posonlyargs",
    "shape",
];

impl<'a> Facts<'a> {
    /// Whether a container holds few items, however large the input.
    pub fn is_few(&self, expr: &'a Expr) -> bool {
        self.few(expr, 0)
    }

    /// Whether an attribute holds a list that its objects were given: nothing in the file adds to it or collects it, so that it is a
    /// setting, as a rule.
    pub fn is_setting(&self, attribute: &'a ast::ExprAttribute) -> bool {
        let Some(class) = attribute
            .value
            .as_name_expr()
            .and_then(|name| self.class_of_self(name))
        else {
            return false;
        };
        let attributes = self.attributes_of(class);
        let collected = attributes
            .get(attribute.attr.as_str())
            .is_some_and(|values| {
                values.iter().any(|assigned| match assigned {
                    Assigned::Value(value) => self.makes_new(value) && !self.few(value, 0),
                    Assigned::Augmented(..) => true,
                    _ => false,
                })
            });
        let grows = || {
            self.tree.nodes().iter().any(|node| {
                matches!(node, AnyNodeRef::ExprAttribute(other) if other.attr.id == attribute.attr.id
                && matches!(self.usage(*other),
                    Use::Method("append" | "extend" | "insert", _) | Use::Augmented(_)))
            })
        };
        !collected && !grows()
    }

    /// Whether a variable holds what a record or the configuration has under a fixed name: `conf["tags"]`, `request.get("tags")`.
    pub fn is_field(&self, name: &'a ast::ExprName) -> bool {
        let fixed = |key: &'a Expr| {
            key.is_string_literal_expr()
                || match key {
                    Expr::Name(name) => is_constant_name(&name.id),
                    Expr::Attribute(attribute) => is_constant_name(&attribute.attr),
                    _ => false,
                }
        };
        // `list(...)` and `... or []` around it change nothing.
        let bare = |value: &'a Expr| {
            let mut value = value;
            loop {
                value = match value {
                    Expr::Call(call) if call.func.is_name_expr() => match &*call.arguments.args {
                        [inner] => inner,
                        _ => return value,
                    },
                    Expr::BoolOp(either) => match either.values.first() {
                        Some(inner) => inner,
                        None => return value,
                    },
                    _ => return value,
                }
            }
        };
        let field = |value: &'a Expr| match bare(value) {
            Expr::Subscript(item) => fixed(&item.slice),
            Expr::Call(call) => {
                let get = call
                    .func
                    .as_attribute_expr()
                    .is_some_and(|method| method.attr.as_str() == "get");
                get && call.arguments.args.first().is_some_and(fixed)
            }
            _ => false,
        };
        self.symbol(name).is_some_and(|symbol| {
            self.bindings(symbol).any(|binding| match binding {
                Binding::Assign(stmt) => field(&stmt.value),
                Binding::Annotated(stmt) => stmt.value.as_deref().is_some_and(field),
                _ => false,
            })
        })
    }

    fn few(&self, expr: &'a Expr, hops: u8) -> bool {
        if hops > MAX_HOPS {
            return false;
        }
        let next = |inner: &'a Expr| self.few(inner, hops + 1);
        if self.known_length(expr).is_some_and(|n| n < WRITTEN_OUT) {
            return true;
        }
        match expr {
            Expr::Name(name) => {
                self.is_class(expr)
                    || match self.symbol(name) {
                        Some(symbol) => self.few_in_symbol(symbol, hops),
                        None => false,
                    }
            }
            Expr::Attribute(attribute) => {
                FEW_ATTRIBUTES.contains(&attribute.attr.as_str())
                    || is_constant_name(&attribute.attr)
                    || self.is_class(expr)
                    || self.is(attribute, "sys.path")
                    || self.is(attribute, "sys.argv")
            }
            Expr::List(ast::ExprList { elts, .. })
            | Expr::Tuple(ast::ExprTuple { elts, .. })
            | Expr::Set(ast::ExprSet { elts, .. }) => {
                // Most of it is written out, or all that is spread into it is few.
                let spread: Vec<&'a Expr> = elts
                    .iter()
                    .filter_map(|elt| Some(&*elt.as_starred_expr()?.value))
                    .collect();
                (elts.len() as u64) < WRITTEN_OUT
                    && (spread.len() * 2 < elts.len() || spread.into_iter().all(next))
            }
            Expr::ListComp(_) | Expr::SetComp(_) | Expr::DictComp(_) | Expr::Generator(_) => {
                comprehension_generators(expr.into())
                    .iter()
                    .all(|clause| next(&clause.iter))
            }
            Expr::BinOp(sum) if sum.op == Operator::Add => next(&sum.left) && next(&sum.right),
            Expr::BoolOp(either) => either.values.iter().all(next),
            Expr::If(branch) => next(&branch.body) && next(&branch.orelse),
            Expr::Named(walrus) => next(&walrus.value),
            Expr::Subscript(item) => match &*item.slice {
                Expr::Slice(slice) => {
                    let number = slice
                        .upper
                        .as_deref()
                        .is_some_and(Expr::is_number_literal_expr);
                    (number && slice.lower.is_none()) || next(&item.value)
                }
                _ => false,
            },
            Expr::Call(call) => self.few_from_call(call, hops),
            _ => false,
        }
    }

    fn few_from_call(&self, call: &'a ast::ExprCall, hops: u8) -> bool {
        let args = &call.arguments.args;
        if let Expr::Attribute(method) = &*call.func {
            match (method.attr.as_str(), args.is_empty()) {
                ("mro", true) => return true,
                ("items" | "keys" | "values" | "copy", true) => {
                    return self.few(&method.value, hops + 1);
                }
                _ => {}
            }
        }
        let Some(name) = self.name(&*call.func) else {
            return false;
        };
        match name.as_str() {
            "inspect.getmro" | "dataclasses.fields" => true,
            "builtins.range" => args.iter().all(|arg| self.is_dimension(arg, hops)),
            "builtins.zip" => args.iter().any(|arg| self.few(arg, hops + 1)),
            "builtins.enumerate" | "builtins.reversed" | "builtins.sorted" | "builtins.list"
            | "builtins.tuple" | "builtins.set" | "builtins.frozenset" | "builtins.dict"
            | "builtins.iter" => args.first().is_some_and(|arg| self.few(arg, hops + 1)),
            "builtins.map" | "builtins.filter" => {
                args.get(1).is_some_and(|arg| self.few(arg, hops + 1))
            }
            _ => false,
        }
    }

    /// Whether a number is the number of dimensions of something, or of things that are few.
    fn is_dimension(&self, number: &'a Expr, hops: u8) -> bool {
        match number {
            Expr::NumberLiteral(literal) => match &literal.value {
                Number::Int(int) => int.as_u64().is_some_and(|n| n < MANY),
                _ => false,
            },
            Expr::Name(name) => name.id.ends_with("ndim"),
            Expr::Attribute(attribute) => attribute.attr.ends_with("ndim"),
            Expr::Call(call) => {
                self.is(&*call.func, "builtins.len")
                    && matches!(&*call.arguments.args, [arg] if self.few(arg, hops + 1))
            }
            Expr::BinOp(op) => {
                self.is_dimension(&op.left, hops) && self.is_dimension(&op.right, hops)
            }
            _ => false,
        }
    }

    /// Whether an expression names a class: what is looped over is an enumeration.
    pub(super) fn is_class(&self, expr: &'a Expr) -> bool {
        let name = self.name(expr);
        let last = name.as_deref().and_then(|name| name.rsplit('.').next());
        last.is_some_and(|last| {
            last.starts_with(char::is_uppercase) && last.contains(char::is_lowercase)
        })
    }

    /// Whether every value of a variable is few, and stays so.
    fn few_in_symbol(&self, symbol: &Symbol<'a>, hops: u8) -> bool {
        if symbol.shared {
            return false;
        }
        // A register of classes or plug-ins, which whoever imports the module adds to.
        if self.is_constant(symbol) {
            return true;
        }
        let few = self.bindings(symbol).all(|binding| match binding {
            Binding::Assign(stmt) => {
                // Whoever computes a constant of the module computes a constant.
                self.is_constant(symbol) || self.few(&stmt.value, hops + 1)
            }
            Binding::Annotated(stmt) => stmt
                .value
                .as_deref()
                .is_none_or(|value| self.is_constant(symbol) || self.few(value, hops + 1)),
            Binding::Augmented(stmt) => {
                self.few(&stmt.value, hops + 1) && self.runs_few_times(stmt.into(), symbol, hops)
            }
            Binding::Walrus(walrus) => self.few(&walrus.value, hops + 1),
            Binding::Import(..) | Binding::ImportFrom(..) => is_constant_name(symbol.name),
            Binding::Parameter(parameter) => self.is_variadic(parameter),
            Binding::Deleted => true,
            // What a constant holds is written out as well.
            Binding::For(stmt) => self.is_of_constant(&stmt.iter),
            Binding::Comprehension(clause) => self.is_of_constant(&clause.iter),
            Binding::Unpacked => {
                let bound: Vec<_> = self.binding_nodes(symbol).collect();
                bound
                    .into_iter()
                    .all(|place| self.is_item_of_constant(place))
            }
            _ => false,
        });
        few && self
            .reads(symbol)
            .all(|read| !self.may_grow(self.usage(read), read.into(), symbol, hops))
    }

    fn may_grow(&self, used: Use<'a>, at: AnyNodeRef<'a>, symbol: &Symbol<'a>, hops: u8) -> bool {
        match used {
            Use::Method("append" | "appendleft" | "insert" | "add" | "setdefault", _) => {
                !self.runs_few_times(at, symbol, hops)
            }
            Use::Method("extend" | "update", call) => {
                let more = call.arguments.args.first();
                !(more.is_some_and(|more| self.few(more, hops + 1))
                    && self.runs_few_times(at, symbol, hops))
            }
            // An empty container that is handed on may be filled there.
            Use::Argument(call) => {
                !self.reads_only(call)
                    && self
                        .bindings(symbol)
                        .any(|binding| self.starts_empty(binding))
            }
            Use::Item(item) => item.ctx.is_store() && !self.runs_few_times(at, symbol, hops),
            _ => false,
        }
    }

    /// Whether a node runs a few times at the most for each value of the variable.
    fn runs_few_times(&self, node: AnyNodeRef<'a>, symbol: &Symbol<'a>, hops: u8) -> bool {
        let home = self.tree.scope(symbol.scope).node;
        self.tree
            .ancestors(node)
            .take_while(|outer| !outer.range().contains_range(home.range()))
            .all(|outer| match outer {
                AnyNodeRef::StmtFor(stmt) => self.few(&stmt.iter, hops + 1),
                AnyNodeRef::StmtWhile(_)
                | AnyNodeRef::StmtFunctionDef(_)
                | AnyNodeRef::ExprLambda(_) => false,
                outer => comprehension_generators(outer)
                    .iter()
                    .all(|clause| self.few(&clause.iter, hops + 1)),
            })
    }

    /// Whether a variable is a constant of the module by its name, and not empty to begin with.
    fn is_constant(&self, symbol: &Symbol<'a>) -> bool {
        is_constant_name(symbol.name)
            && self.tree.scope(symbol.scope).node.is_mod_module()
            && !self
                .bindings(symbol)
                .any(|binding| self.starts_empty(binding))
    }

    /// Whether a place is a part of the target of a loop over a constant.
    fn is_item_of_constant(&self, place: AnyNodeRef<'a>) -> bool {
        let outer = self.tree.ancestors(place).find(|outer| {
            !matches!(
                outer,
                AnyNodeRef::ExprTuple(_) | AnyNodeRef::ExprList(_) | AnyNodeRef::ExprStarred(_)
            )
        });
        match outer {
            Some(AnyNodeRef::StmtFor(stmt)) => self.is_of_constant(&stmt.iter),
            Some(AnyNodeRef::Comprehension(clause)) => self.is_of_constant(&clause.iter),
            _ => false,
        }
    }

    /// `NAMES`, `NAMES.items()` of a module that writes out what it holds.
    fn is_of_constant(&self, items: &'a Expr) -> bool {
        let items = match items {
            Expr::Call(call) if call.arguments.is_empty() => match &*call.func {
                Expr::Attribute(method) if matches!(method.attr.as_str(), "items" | "values") => {
                    &method.value
                }
                _ => return false,
            },
            items => items,
        };
        let is_written_out = |value: &'a Expr| {
            let is_display = value.is_dict_expr() || value.is_list_expr() || value.is_tuple_expr();
            let mut nodes = self.tree.descendants(value);
            is_display && !nodes.any(|node| node.is_expr_name() || node.is_expr_call())
        };
        let symbol = items.as_name_expr().and_then(|name| self.symbol(name));
        symbol.is_some_and(|symbol| self.is_constant(symbol))
            && self.only_value(items).is_some_and(is_written_out)
    }

    /// Whether a parameter is `*args` or `**kwargs`: written out by whoever calls, as a rule.
    fn is_variadic(&self, parameter: &'a ast::Parameter) -> bool {
        let Some(AnyNodeRef::Parameters(parameters)) = self.tree.parent(parameter) else {
            return false;
        };
        let variadic = [&parameters.vararg, &parameters.kwarg];
        let mut variadic = variadic.into_iter().flatten();
        variadic.any(|other| other.range() == parameter.range())
    }
}

/// `NAMES`, `_NAMES`: a constant by the convention that everybody keeps.
pub(super) fn is_constant_name(name: &str) -> bool {
    name.len() > 1 && name.contains(char::is_uppercase) && !name.contains(char::is_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::python::facts::probe::probed;
    use crate::python::{Source, Versions, parse};

    /// Whether the argument of the last `probe(...)` of a text is few.
    fn few(text: &str) -> Option<bool> {
        Some(probed(text, |facts, expr| facts.is_few(expr)))
    }

    #[test]
    fn constants_dimensions_keywords_and_classes_are_few() {
        for text in [
            "probe([1, *(2, 3)])\n",
            "from settings import NAMES\nprobe(NAMES)\n",
            "import settings\nprobe(list(settings.NAMES))\n",
            "NAMES = sorted(names())\nprobe(NAMES)\n",
            "probe(range(array.ndim))\n",
            "axes = [i for i in range(array.ndim) if i in wanted]\nprobe(axes)\n",
            "def f(**options):\n    probe(options.items())\n",
            "def f(*args):\n    probe(args)\n",
            "import sys\nprobe(sys.argv[1:])\n",
            "from colors import Color\nprobe([color.value for color in Color])\n",
            "probe(cls.__mro__[1:])\n",
            "import inspect\nprobe(inspect.signature(f).parameters.values())\n",
            "xs = []\nfor name in ('a', 'b'):\n    xs.append(name)\nprobe(list(xs))\n",
            "NAMES = {'a': ('b', 'c')}\nfor name, others in NAMES.items():\n    probe((name, *others))\n",
            "NAMES = [('a', 'b')]\nprobe([name for names in NAMES for name in names])\n",
        ] {
            assert_eq!(few(text), Some(true), "{text}");
        }
    }

    #[test]
    fn what_grows_with_the_input_is_not() {
        for text in [
            "probe(xs)\n",
            "args = list(expr)\nprobe(args)\n",
            "def f(xs):\n    probe(xs)\n",
            "probe(range(n))\n",
            "xs = []\nfor y in ys:\n    xs.append(y)\nprobe(xs)\n",
            "xs = []\nfill(xs)\nprobe(xs)\n",
            "KNOWN = []\ndef f(x):\n    KNOWN.append(x)\nprobe(KNOWN)\n",
            "xs = [x for x in ys]\nprobe(xs)\n",
            "xs = [1]\nxs += ys\nprobe(xs)\n",
            "NAMES = {'a': names}\nfor name, others in NAMES.items():\n    probe(others)\n",
            "for name, others in names.items():\n    probe(others)\n",
        ] {
            assert_eq!(few(text), Some(false), "{text}");
        }
    }

    /// Whether the attribute `self.names` of the first class is a setting, and whether the name `names` is a field.
    fn given(text: &str) -> Option<(bool, bool)> {
        let source = Source::module("example.py", text);
        let parsed = parse(&source).ok()?;
        let facts = Facts::new(&source, &parsed, Versions::default()).ok()?;
        let nodes = || facts.tree.nodes().iter();
        let setting = nodes().any(|node| {
            matches!(node, AnyNodeRef::ExprAttribute(attribute)
                if attribute.attr.as_str() == "names" && attribute.ctx.is_load() && facts.is_setting(attribute))
        });
        let field = nodes().any(|node| {
            matches!(node, AnyNodeRef::ExprName(name)
                if name.id.as_str() == "names" && name.ctx.is_load() && facts.is_field(name))
        });
        Some((setting, field))
    }

    #[test]
    fn lists_that_somebody_else_chose_are_settings_and_fields() {
        let class = "class C:\n    def __init__(self, names: list):\n        self.names = names\n    def f(self, x):\n";
        let asked = format!("{class}        return x in self.names\n");
        assert_eq!(given(&asked), Some((true, false)));
        let grown = format!("{class}        self.names.append(x)\n");
        assert_eq!(given(&grown), Some((false, false)));
        for field in ["conf['names']", "list(conf.get(NAMES) or [])"] {
            let text = format!("names = {field}\nprint(names)\n");
            assert_eq!(given(&text), Some((false, true)), "{text}");
        }
        let collected = "names = [row['name'] for row in rows]\nprint(names)\n";
        assert_eq!(given(collected), Some((false, false)));
    }
}
