//! What calls give: how much of what they are given, or called on.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, Number, Operator};
use ruff_text_size::Ranged;

use super::{Evidence, Look, MANY, Sight};
use crate::python::libraries::{one_for_each, peculiar};

/// Functions that give as many items as their argument at that position has. Sets and counters are left out: many items may be a few
/// distinct ones.
const AS_MANY: &[(&str, usize)] = &[
    ("builtins.dict", 0),
    ("builtins.enumerate", 0),
    ("builtins.filter", 1),
    ("builtins.iter", 0),
    ("builtins.list", 0),
    ("builtins.map", 1),
    ("builtins.reversed", 0),
    ("builtins.sorted", 0),
    ("builtins.str", 0),
    ("builtins.str.join", 0),
    ("builtins.tuple", 0),
    ("collections.OrderedDict", 0),
    ("collections.deque", 0),
    ("copy.copy", 0),
    ("copy.deepcopy", 0),
    ("heapq.nlargest", 1),
    ("heapq.nsmallest", 1),
    ("itertools.accumulate", 0),
    ("itertools.batched", 0),
    ("itertools.chain.from_iterable", 0),
    ("itertools.combinations", 0),
    ("itertools.compress", 0),
    ("itertools.cycle", 0),
    ("itertools.dropwhile", 1),
    ("itertools.filterfalse", 1),
    ("itertools.groupby", 0),
    ("itertools.pairwise", 0),
    ("itertools.permutations", 0),
    ("itertools.starmap", 1),
    ("itertools.takewhile", 1),
    ("re.Pattern.findall", 0),
    ("re.Pattern.finditer", 0),
    ("re.Pattern.split", 0),
    ("re.Pattern.sub", 1),
    ("re.findall", 1),
    ("re.finditer", 1),
    ("re.split", 1),
    ("re.sub", 2),
    ("tqdm.auto.tqdm", 0),
    ("tqdm.tqdm", 0),
];

/// Functions that give as many items as the longest of their arguments has, or more.
const AS_MANY_AS_ALL: &[&str] = &[
    "builtins.zip",
    "heapq.merge",
    "itertools.chain",
    "itertools.product",
    "itertools.zip_longest",
];

/// Methods of texts and containers that give as much as they are called on.
const KEEPING_METHODS: &[&str] = &[
    "all",
    "copy",
    "decode",
    "encode",
    "items",
    "keys",
    "lower",
    "lstrip",
    "most_common",
    "replace",
    "rsplit",
    "rstrip",
    "split",
    "splitlines",
    "strip",
    "translate",
    "upper",
    "values",
];

impl<'a> Sight<'_, 'a> {
    /// What a call calls; a method of a file is that of a file, by whatever name the file goes: `sys.stdin`.
    pub(super) fn callee_name(&self, call: &'a ast::ExprCall) -> Option<String> {
        match &*call.func {
            Expr::Attribute(method) if self.is_file(&method.value) => {
                Some(format!("io.IOBase.{}", method.attr))
            }
            func => self.facts.name(func),
        }
    }

    pub(super) fn call(&mut self, call: &'a ast::ExprCall) -> Option<Evidence> {
        let args = &call.arguments.args;
        let name = self.callee_name(call);
        if let Some(name) = name.as_deref() {
            if let Some(each) = one_for_each(name) {
                // `read(1)`
                let limited = matches!(name, "io.IOBase.read") && !args.is_empty();
                return (!limited).then(|| Self::evidence(call, each));
            }
            if let Some((_, at)) = AS_MANY.iter().find(|(known, _)| *known == name) {
                return self.items(args.get(*at)?);
            }
            if AS_MANY_AS_ALL.contains(&name) {
                let few = name == "builtins.zip" && args.iter().any(|arg| self.facts.is_few(arg));
                let mut args = args.iter().filter(|_| !few);
                return args.find_map(|arg| match arg {
                    Expr::Starred(spread) => self.items(&spread.value),
                    arg => self.items(arg),
                });
            }
            match name {
                "itertools.islice" => {
                    let endless = args.get(2).is_some_and(Expr::is_none_literal_expr);
                    return endless.then(|| self.items(args.first()?))?;
                }
                "builtins.range" => return self.range(call),
                _ => {}
            }
        }
        if let Some(def) = self.facts.callee(call) {
            return self.result_of(def, |sight, value| sight.items(value));
        }
        let Expr::Attribute(method) = &*call.func else {
            return None;
        };
        let word = method.attr.as_str();
        if let Some(each) = peculiar(word)
            && self.facts.ty(&*method.value).is_unknown()
        {
            return Some(Self::evidence(call, each));
        }
        if self.facts.asks_a_model(call) {
            return Some(Self::evidence(call, "row of the query"));
        }
        if !KEEPING_METHODS.contains(&word) {
            return None;
        }
        if word.ends_with("split") && call.arguments.len() > 1 {
            return None;
        }
        let found = self.items(&method.value)?;
        // Lines and words of a text that is long.
        let each = match word {
            "splitlines" => "line of the text",
            "split" | "rsplit" => "part of the text",
            _ => return Some(found),
        };
        Some(Self::evidence(found.range, each))
    }

    /// `range(len(xs))`, `range(100_000)`
    pub(super) fn range(&mut self, call: &'a ast::ExprCall) -> Option<Evidence> {
        let args = &call.arguments.args;
        let stop = match &**args {
            [stop] | [_, stop] | [_, stop, _] => stop,
            _ => return None,
        };
        let backwards = args.get(2).is_some_and(Expr::is_unary_op_expr);
        let bound = match (backwards, args.first()) {
            (true, Some(start)) => start,
            _ => stop,
        };
        self.count(bound)
    }

    /// What shows that a number is a large one: it counts what is long, or is written down.
    pub(super) fn count(&mut self, number: &'a Expr) -> Option<Evidence> {
        match number {
            Expr::NumberLiteral(literal) => match &literal.value {
                Number::Int(int) if int.as_u64().is_some_and(|n| n >= MANY) => Some(Evidence {
                    range: number.range(),
                    text: format!("{int} times"),
                }),
                _ => None,
            },
            Expr::BinOp(op) if matches!(op.op, Operator::Add | Operator::Sub) => self
                .count(&op.left)
                .or_else(|| self.count(&op.right).filter(|_| op.op == Operator::Add)),
            Expr::Name(_) => {
                let value = self.facts.only_value(number)?;
                self.once(number.range(), |sight| sight.count(value))
            }
            Expr::Call(call) if self.facts.is(&*call.func, "builtins.len") => {
                let counted = call.arguments.args.first()?;
                self.items(counted).or_else(|| self.values(counted))
            }
            // `a.size`, `a.shape[0]`
            Expr::Attribute(size) if size.attr.as_str() == "size" => self.values(&size.value),
            Expr::Subscript(side) => match &*side.value {
                Expr::Attribute(shape) if shape.attr.as_str() == "shape" => {
                    let columns = side
                        .slice
                        .as_number_literal_expr()
                        .is_none_or(|side| !matches!(&side.value, Number::Int(int) if *int == 0));
                    (!columns).then(|| self.values(&shape.value))?
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// What shows that a function of this file gives something long, whatever it returns.
    pub(super) fn result_of(
        &mut self,
        def: &'a ast::StmtFunctionDef,
        look: Look<'a>,
    ) -> Option<Evidence> {
        self.elsewhere(|sight| sight.once(def.name.range(), |sight| sight.result(def, look)))
    }

    pub(super) fn result(
        &mut self,
        def: &'a ast::StmtFunctionDef,
        look: Look<'a>,
    ) -> Option<Evidence> {
        let nodes: Vec<AnyNodeRef<'a>> = self.facts.own_nodes(def).collect();
        if self.facts.is_generator(def) {
            return nodes.into_iter().find_map(|node| match node {
                AnyNodeRef::ExprYieldFrom(all) => self.items(&all.value),
                AnyNodeRef::ExprYield(_) => {
                    let loops = self.facts.loops(node);
                    loops.into_iter().find_map(|around| self.rounds(around))
                }
                _ => None,
            });
        }
        let mut found = None;
        for node in nodes {
            if let AnyNodeRef::StmtReturn(stmt) = node {
                match stmt.value.as_deref() {
                    None | Some(Expr::NoneLiteral(_)) => {}
                    Some(value) if self.facts.known_length(value) == Some(0) => {}
                    Some(value) => found = Some(look(self, value)?),
                }
            }
        }
        found
    }
}
