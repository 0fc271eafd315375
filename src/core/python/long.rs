//! What is seen to be long: collections and loops that have one item for each line of a file, row of a query, file below a folder.
//!
//! **Invariant**: says [`Size::Seen`] only with the place that shows it. What no text shows is [`Size::Unknown`], however likely it is.

use ruff_python_ast::{self as ast, AnyNodeRef, BoolOp, CmpOp, Expr, Number, Operator};
use ruff_text_size::{Ranged, TextRange};

use super::arrays::Array;
use super::facts::Facts;
use super::infer::Assigned;
use super::libraries::{Blocks, Entry, one_for_each, peculiar};
use super::loops::Loop;
use super::symbols::{Binding, Symbol};
use super::tree::comprehension_generators;
use super::types::Type;
use super::uses::Use;

/// How many items a collection holds, or how often a loop runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Size {
    /// A handful, however large the input.
    Few,
    /// Many, as the text shows.
    Seen(Evidence),
    /// Nothing shows either.
    Unknown,
}

/// What shows that something is long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    pub range: TextRange,
    /// A few words: "one for each line of the file".
    pub text: String,
}

/// From this many iterations on a loop of known length is long.
pub(super) const MANY: u64 = 1000;

/// How many expressions are looked at for one answer.
const MAX_STEPS: u32 = 200;

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

/// How many functions are looked into, one from the other.
const MAX_HOPS: u8 = 2;

impl<'a> Facts<'a> {
    /// How many items `expr` has, as far as the text shows. Looks far: to be asked last.
    pub fn size(&self, expr: &'a Expr) -> Size {
        if self.is_few(expr) {
            return Size::Few;
        }
        self.sighted(|sight| sight.items(expr))
    }

    /// [`Self::size`] of what is gone through in every iteration of a loop, where that counts: not beside a query or a process.
    pub fn size_in(&self, expr: &'a Expr, around: Option<&Loop<'a>>) -> Size {
        match self.size(expr) {
            Size::Seen(_) if around.is_some_and(|around| self.always_asks_in(*around)) => {
                Size::Unknown
            }
            size => size,
        }
    }

    /// How often `loops` run together.
    pub fn rounds(&self, loops: &[Loop<'a>]) -> Size {
        self.sighted(|sight| loops.iter().find_map(|around| sight.rounds(*around)))
    }

    /// How often `node` runs in loops that leave `place`, a variable or an attribute, as it is but for what is added to it.
    pub fn rounds_of(&self, place: &'a Expr, node: impl Into<AnyNodeRef<'a>>) -> Size {
        let loops = self.loops(node);
        let lasting = loops
            .into_iter()
            .take_while(|around| !self.is_replaced_in(place, *around));
        self.rounds(&lasting.collect::<Vec<_>>())
    }

    pub(super) fn sighted(
        &self,
        look: impl FnOnce(&mut Sight<'_, 'a>) -> Option<Evidence>,
    ) -> Size {
        let mut sight = Sight {
            facts: self,
            steps: 0,
            hops: 0,
            open: Vec::new(),
        };
        look(&mut sight).map_or(Size::Unknown, Size::Seen)
    }
}

/// Methods that ask the manager or the query of a model for all that there is of a kind.
const QUERY_METHODS: &[&str] = &[
    "all",
    "annotate",
    "defer",
    "distinct",
    "exclude",
    "filter",
    "filter_by",
    "iterator",
    "join",
    "only",
    "options",
    "order_by",
    "outerjoin",
    "prefetch_related",
    "select_related",
    "using",
    "values",
    "values_list",
    "where",
    "with_entities",
    "yield_per",
];

impl<'a> Facts<'a> {
    /// Whether a call asks a database for the objects of a class: `Order.objects.filter(...)`, `session.query(Order).all()`. The class
    /// is another file's, and tells no type.
    fn asks_a_model(&self, call: &'a ast::ExprCall) -> bool {
        let mut call = call;
        let mut ends_with_all = false;
        for _ in 0..MAX_CHAIN {
            let Expr::Attribute(method) = &*call.func else {
                return false;
            };
            let word = method.attr.as_str();
            let of_classes = |args: &'a [Expr]| {
                !args.is_empty()
                    && args.iter().all(|arg| match arg {
                        Expr::Attribute(column) => {
                            self.is_class(arg) || self.is_class(&column.value)
                        }
                        arg => self.is_class(arg),
                    })
            };
            if word == "query" && ends_with_all {
                return of_classes(&call.arguments.args);
            }
            // `filter(pk__in=chosen)`, `filter(Order.id.in_(chosen))`: gives no more than was chosen.
            let picks = call.arguments.keywords.iter().any(|keyword| {
                let name = keyword.arg.as_deref();
                name.is_some_and(|name| name.ends_with("__in"))
            });
            // `filter(job=self)`: what belongs to one object.
            let picks = picks
                || call.arguments.keywords.iter().any(|keyword| {
                    matches!(&keyword.value, Expr::Name(name) if self.class_of_self(name).is_some())
                });
            let picks = picks
                || call.arguments.args.iter().any(|arg| {
                    matches!(arg, Expr::Call(test) if matches!(&*test.func, Expr::Attribute(method)
                        if method.attr.as_str() == "in_"))
                });
            if picks || !QUERY_METHODS.contains(&word) {
                return false;
            }
            ends_with_all |= word == "all";
            match &*method.value {
                Expr::Call(inner) => call = inner,
                // What a manager is called is the project's choice, `published`; mostly it is `objects`.
                Expr::Attribute(manager) => {
                    return manager.attr.as_str().ends_with("objects")
                        && self.is_class(&manager.value);
                }
                _ => return false,
            }
        }
        false
    }
}

/// How many calls of a query are looked through.
const MAX_CHAIN: usize = 12;

impl Size {
    /// The first of two that shows something.
    #[must_use]
    pub fn or(self, other: impl FnOnce() -> Size) -> Size {
        match self {
            Size::Seen(_) => self,
            _ => match other() {
                seen @ Size::Seen(_) => seen,
                _ => self,
            },
        }
    }

    pub fn is_seen(&self) -> bool {
        matches!(self, Size::Seen(_))
    }
}

/// What is looked for in a value: items, or the values of an array.
pub(super) type Look<'a> = fn(&mut Sight<'_, 'a>, &'a Expr) -> Option<Evidence>;

/// One search for evidence.
pub(super) struct Sight<'f, 'a> {
    pub(super) facts: &'f Facts<'a>,
    steps: u32,
    /// How many functions lie between: what comes from afar may have been something else on its way.
    hops: u8,
    /// Variables, attributes and functions that are being looked at: what leads back to them shows nothing.
    open: Vec<TextRange>,
}

impl<'a> Sight<'_, 'a> {
    pub(super) fn evidence(place: impl Ranged, each: &str) -> Evidence {
        Evidence {
            range: place.range(),
            text: format!("one for each {each}"),
        }
    }

    /// Runs `look` unless it is running already for the same `place`.
    fn once<T>(
        &mut self,
        place: TextRange,
        look: impl FnOnce(&mut Self) -> Option<T>,
    ) -> Option<T> {
        if self.open.contains(&place) {
            return None;
        }
        self.open.push(place);
        let found = look(self);
        self.open.pop();
        found
    }

    /// Runs `look` in another function, unless that is too far.
    fn elsewhere(&mut self, look: impl FnOnce(&mut Self) -> Option<Evidence>) -> Option<Evidence> {
        if self.hops >= MAX_HOPS {
            return None;
        }
        self.hops += 1;
        let found = look(self);
        self.hops -= 1;
        found
    }

    /// Goes one step further, unless there were too many.
    pub(super) fn step(&mut self) -> bool {
        self.steps += 1;
        self.steps <= MAX_STEPS
    }

    /// What shows that `expr` has many items, or is a long text.
    pub(super) fn items(&mut self, expr: &'a Expr) -> Option<Evidence> {
        if !self.step() {
            return None;
        }
        if let Some(count) = self.facts.known_length(expr) {
            let text = format!("{count} items");
            let range = expr.range();
            return (count >= MANY).then_some(Evidence { range, text });
        }
        let found = match expr {
            Expr::Name(ast::ExprName { id: name, .. })
            | Expr::Attribute(ast::ExprAttribute {
                attr: ast::Identifier { id: name, .. },
                ..
            }) if is_few_by_name(name) => return None,
            Expr::Name(name) => {
                let symbol = self.facts.symbol(name)?;
                self.variable(symbol)
            }
            Expr::Attribute(attribute) => self.attribute(attribute),
            Expr::Call(call) => self.call(call),
            Expr::List(ast::ExprList { elts, .. })
            | Expr::Tuple(ast::ExprTuple { elts, .. })
            | Expr::Set(ast::ExprSet { elts, .. }) => elts
                .iter()
                .filter_map(Expr::as_starred_expr)
                .find_map(|spread| self.items(&spread.value)),
            Expr::ListComp(_) | Expr::DictComp(_) | Expr::Generator(_) => {
                comprehension_generators(expr.into())
                    .iter()
                    .filter(|clause| !clause.ifs.iter().any(picks))
                    .find_map(|clause| {
                        let items = self.items(&clause.iter);
                        items.or_else(|| self.records(&clause.iter, &clause.target))
                    })
            }
            Expr::BinOp(op) if matches!(op.op, Operator::Add | Operator::BitOr) => {
                self.items(&op.left).or_else(|| self.items(&op.right))
            }
            Expr::BinOp(op) if op.op == Operator::Sub => self.items(&op.left),
            Expr::BoolOp(either) => either.values.iter().find_map(|value| self.items(value)),
            Expr::If(branch) => self
                .items(&branch.body)
                .or_else(|| self.items(&branch.orelse)),
            Expr::Named(walrus) => self.items(&walrus.value),
            Expr::Await(awaited) => self.items(&awaited.value),
            Expr::Subscript(item) => match &*item.slice {
                // `xs[1:]`, `xs[::-1]`, `xs[:-1]`
                Expr::Slice(slice) if slice.upper.as_deref().is_none_or(Expr::is_unary_op_expr) => {
                    self.items(&item.value)
                }
                _ => None,
            },
            _ => None,
        };
        found.or_else(|| self.of_its_type(expr))
    }

    /// What the class of a value tells: a cursor has rows, a file has lines.
    fn of_its_type(&self, expr: &'a Expr) -> Option<Evidence> {
        let ty = self.facts.ty(expr).without_none();
        let class = ty.class_name()?;
        let each = one_for_each(&format!("{class}.__iter__"))?;
        Some(Self::evidence(expr, each))
    }

    fn is_file(&self, expr: &'a Expr) -> bool {
        matches!(self.facts.ty(expr).without_none(), Type::File(_))
    }

    /// What a call calls; a method of a file is that of a file, by whatever name the file goes: `sys.stdin`.
    fn callee_name(&self, call: &'a ast::ExprCall) -> Option<String> {
        match &*call.func {
            Expr::Attribute(method) if self.is_file(&method.value) => {
                Some(format!("io.IOBase.{}", method.attr))
            }
            func => self.facts.name(func),
        }
    }

    fn call(&mut self, call: &'a ast::ExprCall) -> Option<Evidence> {
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
    fn range(&mut self, call: &'a ast::ExprCall) -> Option<Evidence> {
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

    fn result(&mut self, def: &'a ast::StmtFunctionDef, look: Look<'a>) -> Option<Evidence> {
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

    fn variable(&mut self, symbol: &Symbol<'a>) -> Option<Evidence> {
        let place = self.facts.binding_nodes(symbol).next()?.range();
        self.once(place, |sight| {
            let facts = sight.facts;
            let bindings: Vec<_> = facts.bindings(symbol).collect();
            let bound = bindings
                .into_iter()
                .find_map(|binding| sight.bound(symbol, binding));
            bound.or_else(|| {
                let reads: Vec<_> = facts.reads(symbol).collect();
                reads.into_iter().find_map(|read| {
                    let lasting = |around: &Loop<'a>| lasts(facts, symbol, *around);
                    sight.added(facts.usage(read), read.into(), &lasting)
                })
            })
        })
    }

    /// The same of a variable that holds an array or a frame.
    pub(super) fn values_of(&mut self, symbol: &Symbol<'a>) -> Option<Evidence> {
        let place = self.facts.binding_nodes(symbol).next()?.range();
        self.once(place, |sight| {
            let bindings: Vec<_> = sight.facts.bindings(symbol).collect();
            bindings.into_iter().find_map(|binding| match binding {
                Binding::Assign(stmt) => sight.values(&stmt.value),
                Binding::Annotated(stmt) => sight.values(stmt.value.as_deref()?),
                Binding::Walrus(walrus) => sight.values(&walrus.value),
                Binding::Parameter(parameter) => {
                    sight.given(symbol, parameter, |sight, value| sight.values(value))
                }
                _ => None,
            })
        })
    }

    /// The same of an attribute.
    pub(super) fn values_of_attribute(
        &mut self,
        attribute: &'a ast::ExprAttribute,
    ) -> Option<Evidence> {
        let class = self.facts.class_of_self(attribute.value.as_name_expr()?)?;
        let attributes = self.facts.attributes_of(class);
        let assigned = attributes.get(attribute.attr.as_str())?;
        assigned.iter().find_map(|assigned| match assigned {
            Assigned::Value(value) => self.once(value.range(), |sight| sight.values(value)),
            _ => None,
        })
    }

    /// What one binding of a variable shows.
    fn bound(&mut self, symbol: &Symbol<'a>, binding: Binding<'a>) -> Option<Evidence> {
        match binding {
            Binding::Assign(stmt) if self.facts.accumulation(stmt).is_some() => self
                .items(&stmt.value)
                .or_else(|| self.collected(symbol, stmt.into())),
            Binding::Assign(stmt) => self.items(&stmt.value),
            Binding::Annotated(stmt) => self.items(stmt.value.as_deref()?),
            Binding::Walrus(walrus) => self.items(&walrus.value),
            Binding::Augmented(stmt) => {
                let added = self.items(&stmt.value);
                added.or_else(|| self.collected(symbol, stmt.into()))
            }
            Binding::Parameter(parameter) => {
                self.given(symbol, parameter, |sight, value| sight.items(value))
            }
            _ => None,
        }
    }

    /// What shows that a statement adds to a variable often.
    fn collected(&mut self, symbol: &Symbol<'a>, stmt: AnyNodeRef<'a>) -> Option<Evidence> {
        let facts = self.facts;
        // A sum grows no longer.
        let collects = matches!(
            facts.symbol_type(symbol).class_name()?.as_str(),
            "builtins.list" | "builtins.str" | "builtins.bytes" | "builtins.set"
        );
        let loops = facts.loops(stmt).into_iter();
        let mut loops = loops.filter(|around| collects && lasts(facts, symbol, *around));
        loops.find_map(|around| self.rounds(around))
    }

    /// What the calls of a function of this file pass as one of its parameters.
    fn given(
        &mut self,
        symbol: &Symbol<'a>,
        parameter: &'a ast::Parameter,
        look: Look<'a>,
    ) -> Option<Evidence> {
        let facts = self.facts;
        let AnyNodeRef::StmtFunctionDef(def) = facts.tree.scope(symbol.scope).node else {
            return None;
        };
        let names: Vec<&str> = def
            .parameters
            .posonlyargs
            .iter()
            .chain(&def.parameters.args)
            .map(|parameter| parameter.parameter.name.as_str())
            .collect();
        let name = parameter.name.as_str();
        let at = names.iter().position(|other| *other == name);
        let calls: Vec<&'a ast::ExprCall> = match facts.tree.parent(def) {
            Some(AnyNodeRef::StmtClassDef(class)) => facts
                .tree
                .descendants(class)
                .filter_map(|node| match node {
                    AnyNodeRef::ExprCall(call) => Some(call),
                    _ => None,
                })
                .filter(|call| {
                    call.func
                        .as_attribute_expr()
                        .is_some_and(|method| method.attr.as_str() == def.name.as_str())
                })
                .collect(),
            _ => facts
                .reads(facts.symbol(def)?)
                .filter_map(|read| match facts.tree.parent(read) {
                    Some(AnyNodeRef::ExprCall(call)) => Some(call),
                    _ => None,
                })
                .collect(),
        };
        calls.into_iter().find_map(|call| {
            if facts.callee(call)?.range() != def.range() {
                return None;
            }
            let skipped = usize::from(call.func.is_attribute_expr());
            let positional = at.and_then(|at| call.arguments.args.get(at.checked_sub(skipped)?));
            let passed = match call.arguments.find_keyword(name) {
                Some(keyword) => &keyword.value,
                None => {
                    positional.filter(|_| !call.arguments.args.iter().any(Expr::is_starred_expr))?
                }
            };
            self.elsewhere(|sight| look(sight, passed))
        })
    }

    /// What a class makes of an attribute of its instances.
    fn attribute(&mut self, attribute: &'a ast::ExprAttribute) -> Option<Evidence> {
        let facts = self.facts;
        let class = facts.class_of_self(attribute.value.as_name_expr()?)?;
        let name = attribute.attr.as_str();
        let attributes = facts.attributes_of(class);
        let assigned = attributes.get(name)?;
        let place = TextRange::new(class.name.start(), class.name.end());
        let key = match assigned.first() {
            Some(Assigned::Value(value)) => value.range(),
            _ => place,
        };
        self.once(key, |sight| {
            let value = assigned.iter().find_map(|assigned| match assigned {
                Assigned::Value(value) | Assigned::Augmented(_, value) => sight.items(value),
                _ => None,
            });
            value.or_else(|| {
                let same: Vec<&'a ast::ExprAttribute> = facts
                    .tree
                    .descendants(class)
                    .filter_map(|node| match node {
                        AnyNodeRef::ExprAttribute(other)
                            if other.attr.as_str() == name && facts.is_self(&other.value) =>
                        {
                            Some(other)
                        }
                        _ => None,
                    })
                    .collect();
                same.iter().find_map(|other| {
                    let lasting = |around: &Loop<'a>| {
                        !same.iter().any(|store| {
                            store.ctx.is_store()
                                && around.repeats(*store)
                                && !matches!(facts.usage(*store), Use::Augmented(_))
                        })
                    };
                    sight.added(facts.usage(*other), (*other).into(), &lasting)
                })
            })
        })
    }

    /// What one use of a variable or attribute adds to it, again and again: `lasting` tells whether a loop leaves it what it is.
    fn added(
        &mut self,
        used: Use<'a>,
        at: AnyNodeRef<'a>,
        lasting: &dyn Fn(&Loop<'a>) -> bool,
    ) -> Option<Evidence> {
        let more = match used {
            // What is added to a set may be there already.
            Use::Method("append" | "appendleft" | "insert", _) => None,
            Use::Method("extend" | "extendleft", call) => call.arguments.args.first(),
            Use::Item(item) if item.ctx.is_store() => None,
            Use::Argument(call) if self.facts.is(&*call.func, "heapq.heappush") => None,
            _ => return None,
        };
        if let Some(found) = more.and_then(|more| self.items(more)) {
            return Some(found);
        }
        let tree = &self.facts.tree;
        let loops = self.facts.loops(at);
        let mut loops = loops.into_iter().take_while(lasting).filter(|around| {
            let mut within = tree
                .ancestors(at)
                .take_while(|outer| outer.range() != around.node().range());
            !within.any(|outer| matches!(outer, AnyNodeRef::StmtIf(branch)
                if picks(&branch.test) && branch.body.iter().any(|stmt| stmt.range().contains_range(at.range()))))
        });
        loops.find_map(|around| self.rounds(around))
    }

    /// What shows that a loop runs often.
    fn rounds(&mut self, around: Loop<'a>) -> Option<Evidence> {
        let (iter, target) = match around {
            Loop::For(stmt) => (&*stmt.iter, &*stmt.target),
            Loop::Clause { clause, .. } => (&clause.iter, &clause.target),
            Loop::While(stmt) => return self.while_rounds(stmt),
        };
        let found = self.items(iter).or_else(|| self.records(iter, target));
        found.or_else(|| {
            // A frame is gone through by its columns.
            let by_value = |kind| kind != Array::Frame;
            let passed = match iter {
                Expr::Call(call) => call.arguments.args.first(),
                _ => None,
            };
            let array = [Some(iter), passed]
                .into_iter()
                .flatten()
                .find(|values| self.facts.array(values).is_some_and(by_value))?;
            self.values(array)
        })
    }

    /// `for user in json.load(file): user["id"]`: a document that is a list of records, and no configuration.
    fn records(&self, iter: &'a Expr, target: &'a Expr) -> Option<Evidence> {
        let facts = self.facts;
        let value = match iter {
            Expr::Name(_) => facts.only_value(iter)?,
            value => value,
        };
        let call = value.as_call_expr()?;
        let name = facts.name(&*call.func)?;
        let parses = matches!(name.as_str(), "json.load" | "json.loads");
        let symbol = facts.symbol(target.as_name_expr().filter(|_| parses)?)?;
        let is_record = facts.reads(symbol).any(|read| match facts.usage(read) {
            Use::Item(item) => item.slice.is_string_literal_expr(),
            Use::Method("get", _) => true,
            _ => false,
        });
        is_record.then(|| Self::evidence(call, "record of the document"))
    }

    fn while_rounds(&mut self, stmt: &'a ast::StmtWhile) -> Option<Evidence> {
        self.once(stmt.range(), |sight| {
            sight.chunks(stmt).or_else(|| {
                let Expr::Compare(compare) = &*stmt.test else {
                    return None;
                };
                // `while i < len(xs)`
                let sides = std::iter::once(&*compare.left).chain(&compare.comparators);
                sides
                    .filter(|side| side.is_call_expr())
                    .find_map(|side| sight.count(side))
            })
        })
    }

    /// `while chunk := file.read(size)`
    fn chunks(&self, stmt: &'a ast::StmtWhile) -> Option<Evidence> {
        self.facts.tree.descendants(stmt).find_map(|node| {
            let AnyNodeRef::ExprCall(call) = node else {
                return None;
            };
            let method = call.func.as_attribute_expr()?;
            if !matches!(
                method.attr.as_str(),
                "read" | "read1" | "readline" | "recv" | "recvfrom"
            ) {
                return None;
            }
            // Somebody types.
            if self.facts.is(&*method.value, "sys.stdin") {
                return None;
            }
            // `read(size - len(data))` asks for what a read left out: a few rounds at the most.
            let counts = call.arguments.args.iter().any(|arg| {
                self.facts.tree.descendants(arg).any(|node| {
                    matches!(node, AnyNodeRef::ExprCall(call) if self.facts.is(&*call.func, "builtins.len"))
                })
            });
            if counts {
                return None;
            }
            let reads = |entry: &Entry| entry.blocks(Blocks::File) || entry.blocks(Blocks::Socket);
            let waits = self.is_file(&method.value)
                || self.facts.knows(call).is_some_and(reads);
            let innermost = self.facts.in_loop(call)?;
            (waits && innermost.range() == stmt.range())
                .then(|| Self::evidence(call, "piece that is read"))
        })
    }
}

/// Whether a name says that it holds what is few by its nature: `existing_columns`.
fn is_few_by_name(name: &str) -> bool {
    let last = name.rsplit('_').next().unwrap_or(name);
    matches!(last, "branches" | "columns")
}

/// Whether a test lets one in many pass: what equals something, what holds something.
fn picks(test: &Expr) -> bool {
    match test {
        Expr::Compare(compare) => compare
            .ops
            .iter()
            .any(|op| matches!(op, CmpOp::Eq | CmpOp::In | CmpOp::Is)),
        Expr::BoolOp(tests) => match tests.op {
            BoolOp::And => tests.values.iter().any(picks),
            BoolOp::Or => tests.values.first().is_some_and(picks),
        },
        _ => false,
    }
}

/// Whether a loop leaves a variable what it is, but for what is added to it.
fn lasts<'a>(facts: &Facts<'a>, symbol: &Symbol<'a>, around: Loop<'a>) -> bool {
    facts
        .bindings(symbol)
        .zip(facts.binding_nodes(symbol))
        .all(|(binding, node)| {
            let adds = match binding {
                Binding::Augmented(_) => true,
                Binding::Assign(stmt) => facts.accumulation(stmt).is_some(),
                _ => false,
            };
            adds || !around.repeats(node)
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::python::{Source, Versions, parse};

    /// What shows that the argument of the last `probe(...)` of a text is long; "few" and "unknown" else.
    fn size(text: &str) -> String {
        let source = Source::module("example.py", text);
        let parsed = parse(&source).expect("the text parses");
        let facts = Facts::new(&source, &parsed, Versions::default()).expect("the text is flat");
        let mut calls = facts.tree.nodes().iter().filter_map(|node| match node {
            AnyNodeRef::ExprCall(call) => match &*call.func {
                Expr::Name(name) if name.id.as_str() == "probe" => Some(call),
                _ => None,
            },
            _ => None,
        });
        let probe = calls.next_back().expect("a probe").arguments.args.first();
        match facts.size(probe.expect("an argument")) {
            Size::Few => "few".to_owned(),
            Size::Seen(evidence) => evidence.text,
            Size::Unknown => "unknown".to_owned(),
        }
    }

    #[test]
    fn files_folders_and_rows_are_long() {
        let line = "one for each line of the file";
        for (text, seen) in [
            ("with open(p) as f:\n    probe([x for x in f if x])\n", line),
            ("import sys\nprobe(sorted(sys.stdin))\n", line),
            ("import sys\nprobe(sys.stdin.readlines())\n", line),
            (
                "xs = []\nfor x in open(p):\n    xs.append(x)\nprobe(xs)\n",
                line,
            ),
            (
                "xs = []\nfor x in open(p):\n    xs += [x]\nprobe(xs[1:])\n",
                line,
            ),
            (
                "d = {}\nfor x in open(p):\n    d[x] = 1\nprobe(list(d.items()))\n",
                line,
            ),
            (
                "import os\nxs = []\nfor top, folders, files in os.walk(p):\n    xs.extend(files)\nprobe(xs)\n",
                "one for each file below the folder",
            ),
            (
                "from .models import Order\nprobe([o.id for o in Order.objects.filter(a=1)])\n",
                "one for each row of the query",
            ),
            (
                "from .models import Order\ndef f(session):\n    probe(session.query(Order.id).filter(a).all())\n",
                "one for each row of the query",
            ),
            (
                "from pathlib import Path\nprobe([p.name for p in Path(p).rglob('*')])\n",
                "one for each file below the folder",
            ),
            (
                "import csv\nrows = list(csv.DictReader(open(p)))\nprobe([r['a'] for r in rows])\n",
                "one for each row of the file",
            ),
            (
                "def f(cursor):\n    probe(cursor.fetchall())\n",
                "one for each row of the result",
            ),
            (
                "text = open(p).read()\nprobe(text.strip().splitlines())\n",
                "one for each line of the text",
            ),
            (
                "from pandas import read_csv\nfor i, row in enumerate(read_csv(p).iterrows()):\n    pass\nprobe(list(read_csv(p)['a']))\n",
                "one for each row of the frame",
            ),
            (
                "xs = []\nfor x in open(p):\n    xs = xs + [x]\nprobe(xs)\n",
                line,
            ),
            (
                "import json\nusers = json.load(f)\nprobe([user['id'] for user in users])\n",
                "one for each record of the document",
            ),
            ("probe(range(100_000))\n", "100000 items"),
            (
                "xs = open(p).readlines()\nprobe(range(len(xs) - 1))\n",
                line,
            ),
            (
                "def read(p):\n    return open(p).readlines()\nprobe(read(p))\n",
                line,
            ),
            (
                "def read(p):\n    for x in open(p):\n        yield x\nprobe(list(read(p)))\n",
                line,
            ),
            ("def f(xs):\n    probe(xs)\nf(open(p).readlines())\n", line),
            (
                "class C:\n    def __init__(self, p):\n        self.xs = []\n        for x in open(p):\n            self.xs.append(x)\n    def f(self):\n        probe(self.xs)\n",
                line,
            ),
            (
                "def f(sock):\n    import socket\n    s = socket.create_connection(a)\n    parts = []\n    while True:\n        part = s.recv(1024)\n        parts.append(part)\n    probe(parts)\n",
                "one for each piece that is read",
            ),
        ] {
            assert_eq!(size(text), seen, "{text}");
        }
    }

    #[test]
    fn what_no_text_shows_is_unknown() {
        for text in [
            "def f(xs):\n    probe(xs)\n",
            "xs = []\nfor y in ys:\n    xs.append(y)\nprobe(xs)\n",
            // Many items may be a few distinct ones.
            "probe({x for x in open(p)})\n",
            "probe(list(set(open(p))))\n",
            "def f(cursor):\n    old_columns = cursor.fetchall()\n    probe(old_columns)\n",
            // One in many.
            "xs = [x for x in open(p) if x == wanted]\nprobe(xs)\n",
            "xs = []\nfor x in open(p):\n    if '\\0' in x or bad(x):\n        xs.append(x)\nprobe(xs)\n",
            // Each iteration starts anew.
            "for x in open(p):\n    xs = []\n    xs.append(x)\n    probe(xs)\n",
            "for x in open(p):\n    probe(x.split())\n",
            "import json\nconfig = json.load(f)\nprobe([key for key in config])\n",
            "n = 0\nfor x in open(p):\n    n += 1\nprobe(n)\n",
            "probe(open(p).readlines()[:n])\n",
            "probe(range(n))\n",
            "import itertools\nprobe(list(itertools.islice(open(p), n)))\n",
            // One way out is short.
            "def read(p):\n    if p:\n        return open(p).readlines()\n    return p.names\nprobe(read(p))\n",
            "xs = [start]\nwhile xs:\n    x = xs.pop()\n    xs.extend(x.children)\nprobe(xs)\n",
            "xs = xs + ys\nprobe(xs)\n",
            "from .models import Order\nprobe(list(Order.objects.filter(pk__in=chosen)))\n",
            // The rows of one object.
            "from .models import Line\nclass Order:\n    def f(self):\n        probe(Line.objects.filter(order=self, open=True))\n",
            "def f(order):\n    probe(order.lines.all())\n",
            // One folder.
            "import os\nprobe(os.listdir(p))\n",
            "import os\nfor top, folders, files in os.walk(p):\n    probe(files)\n",
            // Somebody types.
            "import sys\nxs = []\nwhile True:\n    xs.append(sys.stdin.readline())\nprobe(xs)\n",
        ] {
            assert_eq!(size(text), "unknown", "{text}");
        }
        assert_eq!(size("probe([1, 2])\n"), "few");
    }
}
