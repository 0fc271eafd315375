//! Types of expressions, as far as the file itself tells: literals, annotations, constructors, builtins, and what is assigned.

use std::rc::Rc;

use ruff_python_ast::{
    self as ast, AnyNodeRef, Expr, ExprContext, ExprRef, Number, Operator, Stmt,
};
use ruff_text_size::Ranged;
use rustc_hash::FxHashMap;

use super::accumulation::summands;
use super::facts::Facts;
use super::operations::{augmented, binary, method_type};
use super::symbols::{Binding, Symbol, SymbolId};
use super::types::{ClassRef, Type, known, list_of};

/// What is known of a symbol's type so far.
pub(super) struct Inferred<'a> {
    ty: Type<'a>,
    /// The round in which this was assumed; `None` once it is certain.
    assumed: Option<u32>,
}

/// Where the inference of symbols that define each other is.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Inference {
    /// How many symbols are being inferred right now, one for the sake of the other.
    depth: u32,
    /// Counts on and on, over all symbols.
    round: u32,
    /// Whether an assumption was read since this was last reset.
    leaning: bool,
    /// Whether an assumption of this round turned out wrong.
    changed: bool,
}

/// What a class assigns to each attribute of `self`, and in its body.
pub(super) type Attributes<'a> = Rc<FxHashMap<&'a str, Vec<Assigned<'a>>>>;

#[derive(Clone, Copy, Debug)]
pub(super) enum Assigned<'a> {
    Value(&'a Expr),
    Annotation(&'a Expr),
    /// `self.x += value`
    Augmented(Operator, &'a Expr),
    /// Unpacked, deleted, bound by a loop: anything.
    Other,
}

impl<'a> Facts<'a> {
    /// The type of an expression; [`Type::Unknown`] where the file does not tell.
    pub fn ty(&self, expr: impl Into<ExprRef<'a>>) -> Type<'a> {
        known(self.infer(expr))
    }

    /// The type of a variable over its whole life.
    pub fn symbol_type(&self, symbol: &Symbol<'a>) -> Type<'a> {
        known(self.infer_symbol(symbol.id))
    }

    /// Whether values of a type certainly have no hash: besides the builtin ones, those of classes that define an equality without.
    pub fn is_unhashable(&self, ty: &Type<'a>) -> bool {
        let Type::Local(ClassRef(class)) = ty else {
            return ty.is_unhashable();
        };
        let defines = |wanted: &str| {
            class.body.iter().any(|stmt| match stmt {
                Stmt::FunctionDef(def) => def.name.as_str() == wanted,
                Stmt::Assign(assign) => assign
                    .targets
                    .iter()
                    .any(|target| target.as_name_expr().is_some_and(|name| name.id == wanted)),
                _ => false,
            })
        };
        // `@dataclass` writes an `__eq__`, and a `__hash__` only when asked.
        let compares = class.decorator_list.iter().any(|decorator| {
            let (callee, asked) = match &decorator.expression {
                Expr::Call(call) => (&*call.func, !call.arguments.keywords.is_empty()),
                other => (other, false),
            };
            !asked && self.is(callee, "dataclasses.dataclass")
        });
        (compares || defines("__eq__")) && !defines("__hash__")
    }

    fn infer(&self, expr: impl Into<ExprRef<'a>>) -> Type<'a> {
        self.infer_ref(expr.into())
    }

    fn infer_ref(&self, expr: ExprRef<'a>) -> Type<'a> {
        match expr {
            ExprRef::StringLiteral(_) | ExprRef::FString(_) => Type::Str,
            ExprRef::BytesLiteral(_) => Type::Bytes,
            ExprRef::BooleanLiteral(_) => Type::Bool,
            ExprRef::NoneLiteral(_) => Type::None,
            ExprRef::NumberLiteral(number) => match number.value {
                Number::Int(_) => Type::Int,
                Number::Float(_) => Type::Float,
                Number::Complex { .. } => Type::Complex,
            },
            ExprRef::List(list) => list_of(self.elements(&list.elts)),
            ExprRef::Tuple(tuple) => Type::Tuple(Rc::new(self.elements(&tuple.elts))),
            ExprRef::Set(set) => Type::Set(Rc::new(self.elements(&set.elts))),
            ExprRef::Dict(dict) => {
                let mut keys = Type::Never;
                let mut values = Type::Never;
                for item in &dict.items {
                    keys = keys.join(
                        item.key
                            .as_ref()
                            .map_or(Type::Unknown, |key| self.infer(key)),
                    );
                    values = values.join(match item.key {
                        Some(_) => self.infer(&item.value),
                        None => Type::Unknown,
                    });
                }
                Type::Dict(Rc::new(keys), Rc::new(values))
            }
            ExprRef::ListComp(comp) => list_of(known(self.infer(&*comp.elt))),
            ExprRef::SetComp(comp) => Type::Set(Rc::new(known(self.infer(&*comp.elt)))),
            ExprRef::DictComp(comp) => {
                let key = comp
                    .key
                    .as_deref()
                    .map_or(Type::Unknown, |key| self.infer(key));
                Type::Dict(
                    Rc::new(known(key)),
                    Rc::new(known(self.infer(&*comp.value))),
                )
            }
            ExprRef::Generator(comp) => Type::Iterator(Rc::new(known(self.infer(&*comp.elt)))),
            ExprRef::Compare(compare) => {
                // `==` of arrays is an array: only `is`, `in` and `not` always give a bool.
                let plain = compare.ops.iter().all(|op| {
                    matches!(
                        op,
                        ast::CmpOp::Is | ast::CmpOp::IsNot | ast::CmpOp::In | ast::CmpOp::NotIn
                    )
                });
                let scalar = || {
                    self.infer(&*compare.left).is_scalar()
                        || compare
                            .comparators
                            .iter()
                            .all(|side| self.infer(side).is_scalar())
                };
                if plain || scalar() {
                    Type::Bool
                } else {
                    Type::Unknown
                }
            }
            ExprRef::UnaryOp(unary) => match (unary.op, self.infer(&*unary.operand)) {
                (ast::UnaryOp::Not, _) => Type::Bool,
                (_, Type::Bool | Type::Int) => Type::Int,
                (_, Type::Float) => Type::Float,
                _ => Type::Unknown,
            },
            ExprRef::BoolOp(bool_op) => {
                Type::join_all(bool_op.values.iter().map(|value| self.infer(value)))
            }
            ExprRef::If(branch) => self.infer(&*branch.body).join(self.infer(&*branch.orelse)),
            ExprRef::Named(walrus) => self.infer(&*walrus.value),
            ExprRef::BinOp(op) => binary(op.op, &self.infer(&*op.left), || self.infer(&*op.right)),
            ExprRef::Subscript(subscript) => {
                let base = self.infer(&*subscript.value);
                if subscript.slice.is_slice_expr() {
                    return match base {
                        // `data = data[n:]` with nothing known of `data` yet: whatever it is, it stays.
                        Type::Never
                        | Type::Str
                        | Type::Bytes
                        | Type::Bytearray
                        | Type::List(_)
                        | Type::Tuple(_) => base,
                        _ => Type::Unknown,
                    };
                }
                match base {
                    Type::Str => Type::Str,
                    Type::Bytes | Type::Bytearray | Type::Range => Type::Int,
                    Type::List(element) | Type::Tuple(element) | Type::Deque(element) => {
                        known((*element).clone())
                    }
                    Type::Dict(_, value) => known((*value).clone()),
                    _ => Type::Unknown,
                }
            }
            ExprRef::Name(name) => match self.symbol_id(name) {
                Some(id) => self.infer_symbol(id),
                None => Type::Unknown,
            },
            ExprRef::Attribute(attribute) => self.infer_attribute(attribute),
            ExprRef::Call(call) => self.infer_call(call),
            _ => Type::Unknown,
        }
    }

    fn elements(&self, elts: &'a [Expr]) -> Type<'a> {
        // A long literal is uniform or it is not: the first elements tell as much as all of them.
        let sample = elts.iter().take(50);
        Type::join_all(sample.map(|elt| match elt {
            Expr::Starred(starred) => known(self.infer(&*starred.value).element()),
            elt => self.infer(elt),
        }))
    }

    fn infer_symbol(&self, id: SymbolId) -> Type<'a> {
        let mut state = self.inference.get();
        let mut assumed = Type::Never;
        if let Some(entry) = self.types.borrow().get(&id) {
            match entry.assumed {
                None => return entry.ty.clone(),
                Some(round) if round == state.round => {
                    state.leaning = true;
                    self.inference.set(state);
                    return entry.ty.clone();
                }
                Some(_) => assumed = entry.ty.clone(),
            }
        }
        if state.depth == 0 {
            return self.infer_rounds(id);
        }
        // Symbols that define each other in a large circle are nobody's idea of readable code: give up.
        if state.depth > 40 {
            return Type::Unknown;
        }
        self.infer_round(id, assumed)
    }

    /// Infers a symbol and all that it leans on: each once a round, from what the round before found, until nothing changes.
    fn infer_rounds(&self, id: SymbolId) -> Type<'a> {
        let mut assumed = Type::Never;
        for _ in 0..4 {
            let mut state = self.inference.get();
            state.round += 1;
            state.changed = false;
            self.inference.set(state);
            let found = self.infer_round(id, assumed);
            let mut types = self.types.borrow_mut();
            if types.get(&id).is_some_and(|entry| entry.assumed.is_none()) {
                return found;
            }
            if !self.inference.get().changed {
                // Every assumption of this round was borne out.
                types.retain(|_, entry| {
                    let certain = entry.assumed.is_none_or(|round| round == state.round);
                    entry.assumed = None;
                    certain
                });
                return found;
            }
            assumed = found;
        }
        let mut types = self.types.borrow_mut();
        types.retain(|_, entry| entry.assumed.is_none());
        let ty = Type::Unknown;
        types.insert(id, Inferred { ty, assumed: None });
        Type::Unknown
    }

    /// Infers a symbol once. Its own reads, and those of the symbols that it is being inferred for, see what is assumed.
    fn infer_round(&self, id: SymbolId, assumed: Type<'a>) -> Type<'a> {
        let before = self.inference.get();
        self.inference.set(Inference {
            depth: before.depth + 1,
            leaning: false,
            ..before
        });
        let keep = |ty: &Type<'a>, assumed| {
            let ty = ty.clone();
            self.types.borrow_mut().insert(id, Inferred { ty, assumed });
        };
        keep(&assumed, Some(before.round));
        let bindings = self.bindings(self.symbols().get(id));
        let found = Type::join_all(bindings.map(|binding| self.infer_binding(binding, &assumed)));
        let mut after = self.inference.get();
        keep(&found, after.leaning.then_some(before.round));
        after.changed |= after.leaning && found != assumed;
        after.leaning |= before.leaning;
        after.depth = before.depth;
        self.inference.set(after);
        found
    }

    fn infer_binding(&self, binding: Binding<'a>, own: &Type<'a>) -> Type<'a> {
        match binding {
            Binding::Assign(stmt) => self.infer(&*stmt.value),
            Binding::Annotated(stmt) => {
                let declared = self.annotation(&stmt.annotation);
                match &stmt.value {
                    Some(value) if declared.is_unknown() => self.infer(value),
                    _ => declared,
                }
            }
            Binding::Augmented(stmt) => {
                let mut state = self.inference.get();
                state.leaning = true;
                self.inference.set(state);
                augmented(stmt.op, own, || self.infer(&*stmt.value))
            }
            Binding::Walrus(walrus) => self.infer(&*walrus.value),
            Binding::For(stmt) if !stmt.is_async => known(self.infer(&*stmt.iter).element()),
            Binding::Comprehension(clause) if !clause.is_async => {
                known(self.infer(&clause.iter).element())
            }
            Binding::With(item, false) => match self.infer(&item.context_expr) {
                file @ Type::File(_) => file,
                _ => Type::Unknown,
            },
            Binding::Parameter(parameter) => self.infer_parameter(parameter),
            Binding::Deleted => Type::Never,
            _ => Type::Unknown,
        }
    }

    fn infer_parameter(&self, parameter: &'a ast::Parameter) -> Type<'a> {
        let variadic = self.tree.parent(parameter).and_then(|parent| match parent {
            AnyNodeRef::Parameters(parameters) => Some(parameters),
            _ => None,
        });
        if let Some(parameters) = variadic {
            let is = |other: &Option<Box<ast::Parameter>>| {
                other
                    .as_ref()
                    .is_some_and(|other| other.range() == parameter.range())
            };
            let element = parameter
                .annotation
                .as_deref()
                .map_or(Type::Unknown, |a| self.annotation(a));
            if is(&parameters.vararg) {
                return Type::Tuple(Rc::new(element));
            }
            if is(&parameters.kwarg) {
                return Type::Dict(Rc::new(Type::Str), Rc::new(element));
            }
        }
        match &parameter.annotation {
            Some(annotation) => self.annotation(annotation),
            None => Type::Unknown,
        }
    }

    fn infer_attribute(&self, attribute: &'a ast::ExprAttribute) -> Type<'a> {
        let class = match &*attribute.value {
            Expr::Name(name) => self.class_of_self(name),
            _ => None,
        };
        let class = class.or_else(|| match self.infer(&*attribute.value) {
            Type::Local(class) => Some(class.0),
            _ => None,
        });
        let Some(class) = class else {
            return Type::Unknown;
        };
        let key = (self.tree.id(class), attribute.attr.as_str());
        if let Some(found) = self.attribute_types.borrow().get(&key) {
            return found.clone();
        }
        // Attributes that are made from each other stay unknown.
        self.attribute_types.borrow_mut().insert(key, Type::Unknown);
        let found = self.infer_assigned(class, attribute.attr.as_str());
        self.attribute_types.borrow_mut().insert(key, found.clone());
        found
    }

    fn infer_assigned(&self, class: &'a ast::StmtClassDef, attribute: &str) -> Type<'a> {
        let attributes = self.attributes_of(class);
        let Some(assigned) = attributes.get(attribute) else {
            return Type::Unknown;
        };
        let declared = assigned.iter().find_map(|assigned| match assigned {
            Assigned::Annotation(annotation) => Some(self.annotation(annotation)),
            _ => None,
        });
        if let Some(declared) = declared.filter(|declared| !declared.is_unknown()) {
            return declared;
        }
        let plain = Type::join_all(assigned.iter().map(|assigned| match assigned {
            Assigned::Value(value) => self.infer(*value),
            Assigned::Annotation(_) | Assigned::Augmented(..) => Type::Never,
            Assigned::Other => Type::Unknown,
        }));
        assigned.iter().fold(plain, |own, assigned| match assigned {
            Assigned::Augmented(op, value) => augmented(*op, &own, || self.infer(*value)),
            _ => own,
        })
    }

    pub(super) fn attributes_of(&self, class: &'a ast::StmtClassDef) -> Attributes<'a> {
        let id = self.tree.id(class);
        if let Some(found) = self.attributes.borrow().get(&id) {
            return found.clone();
        }
        let mut table: FxHashMap<&'a str, Vec<Assigned<'a>>> = FxHashMap::default();
        for stmt in &class.body {
            match stmt {
                Stmt::Assign(assign) => {
                    for target in &assign.targets {
                        if let Expr::Name(name) = target {
                            table
                                .entry(name.id.as_str())
                                .or_default()
                                .push(Assigned::Value(&assign.value));
                        }
                    }
                }
                Stmt::AnnAssign(assign) => {
                    if let Expr::Name(name) = &*assign.target {
                        let entry = table.entry(name.id.as_str()).or_default();
                        entry.push(Assigned::Annotation(&assign.annotation));
                        entry.extend(assign.value.as_deref().map(Assigned::Value));
                    }
                }
                _ => {}
            }
        }
        for node in self.tree.descendants(class) {
            let AnyNodeRef::ExprAttribute(attribute) = node else {
                continue;
            };
            if attribute.ctx == ExprContext::Load {
                continue;
            }
            let Expr::Name(receiver) = &*attribute.value else {
                continue;
            };
            if !self
                .class_of_self(receiver)
                .is_some_and(|of| std::ptr::eq(of, class))
            {
                continue;
            }
            let entry = table.entry(attribute.attr.as_str()).or_default();
            match self.tree.parent(attribute) {
                Some(AnyNodeRef::StmtAssign(assign)) => {
                    let parts = summands(&assign.value);
                    let own = parts.first().and_then(|first| first.as_attribute_expr());
                    // `self.x = self.x + a + b` tells as much as `self.x += a; self.x += b`.
                    let itself = |own: &'a ast::ExprAttribute| {
                        own.attr.id == attribute.attr.id
                            && self.same_place(&own.value, &attribute.value)
                    };
                    // `self.x = self.x[n:]` tells nothing.
                    if let Expr::Subscript(part) = &*assign.value
                        && part.slice.is_slice_expr()
                        && part.value.as_attribute_expr().is_some_and(itself)
                    {
                        continue;
                    }
                    if own.is_some_and(itself) {
                        let added = parts.iter().skip(1);
                        entry.extend(added.map(|part| Assigned::Augmented(Operator::Add, part)));
                    } else {
                        entry.push(Assigned::Value(&assign.value));
                    }
                }
                Some(AnyNodeRef::StmtAnnAssign(assign)) => {
                    entry.push(Assigned::Annotation(&assign.annotation));
                    entry.extend(assign.value.as_deref().map(Assigned::Value));
                }
                Some(AnyNodeRef::StmtAugAssign(assign)) => {
                    entry.push(Assigned::Augmented(assign.op, &assign.value));
                }
                Some(AnyNodeRef::StmtDelete(_)) => {}
                _ => entry.push(Assigned::Other),
            }
        }
        let table = Rc::new(table);
        self.attributes.borrow_mut().insert(id, Rc::clone(&table));
        table
    }

    fn infer_call(&self, call: &'a ast::ExprCall) -> Type<'a> {
        let first = || {
            call.arguments
                .args
                .first()
                .map_or(Type::Never, |arg| self.infer(arg))
        };
        if let Expr::Name(name) = &*call.func
            && let Some(symbol) = self.symbol(name)
        {
            match self.only_binding(symbol) {
                Some(Binding::Class(class)) => return Type::Local(ClassRef(class)),
                Some(Binding::Function(def)) => return self.returned(def),
                _ => {}
            }
        }
        let Some(name) = self.name(&call.func) else {
            // `s = s.union(x)` with nothing known of `s` yet: the next round tells.
            return match &*call.func {
                Expr::Attribute(method)
                    if method.value.is_name_expr() && self.infer(&*method.value) == Type::Never =>
                {
                    Type::Never
                }
                _ => Type::Unknown,
            };
        };
        let element = || Rc::new(known(first().element()));
        if let Some(builtin) = name.strip_prefix("builtins.") {
            return match builtin {
                "list" | "sorted" => Type::List(element()),
                "tuple" => Type::Tuple(element()),
                "set" => Type::Set(element()),
                "frozenset" => Type::FrozenSet(element()),
                "dict" => match first() {
                    dict @ Type::Dict(..) => dict,
                    _ => Type::Dict(Rc::new(Type::Unknown), Rc::new(Type::Unknown)),
                },
                "str" | "repr" | "ascii" | "chr" | "bin" | "hex" | "oct" | "format" | "input" => {
                    Type::Str
                }
                "bytes" => Type::Bytes,
                "bytearray" => Type::Bytearray,
                "int" | "len" | "ord" | "hash" | "id" => Type::Int,
                "float" => Type::Float,
                "bool" | "isinstance" | "issubclass" | "callable" | "hasattr" | "any" | "all" => {
                    Type::Bool
                }
                "range" => Type::Range,
                "enumerate" | "zip" | "map" => Type::Iterator(Rc::new(Type::Unknown)),
                "iter" | "reversed" => Type::Iterator(element()),
                "filter" => {
                    let items = call
                        .arguments
                        .args
                        .get(1)
                        .map_or(Type::Unknown, |arg| self.infer(arg));
                    Type::Iterator(Rc::new(known(items.element())))
                }
                "open" => opened(call),
                "abs" | "min" | "max" if call.arguments.args.len() == 1 => match first() {
                    number @ (Type::Int | Type::Float) => number,
                    other => match other.element() {
                        scalar if scalar.is_scalar() && builtin != "abs" => scalar,
                        _ => Type::Unknown,
                    },
                },
                method => match (&*call.func, method.split_once('.')) {
                    (Expr::Attribute(attribute), Some((_, method))) => {
                        method_type(&self.infer(&*attribute.value), method)
                    }
                    _ => Type::Unknown,
                },
            };
        }
        if let (Some(method), Expr::Attribute(attribute)) =
            (name.strip_prefix("io.IOBase."), &*call.func)
        {
            return method_type(&self.infer(&*attribute.value), method);
        }
        match name.as_str() {
            "collections.deque" => Type::Deque(element()),
            "collections.OrderedDict" | "collections.defaultdict" | "collections.Counter" => {
                Type::Instance(name.into())
            }
            "io.open" | "codecs.open" | "gzip.open" | "bz2.open" | "lzma.open" => {
                if name == "io.open" {
                    opened(call)
                } else {
                    Type::Unknown
                }
            }
            "re.compile" => Type::Instance("re.Pattern".into()),
            "os.listdir" => Type::List(Rc::new(Type::Unknown)),
            "os.getcwd" | "os.path.join" | "os.path.basename" | "os.path.dirname" => Type::Unknown,
            // Those of itertools that end; `csv` and `os` give iterators of their own.
            "itertools.chain"
            | "itertools.islice"
            | "itertools.chain.from_iterable"
            | "itertools.accumulate"
            | "itertools.combinations"
            | "itertools.compress"
            | "itertools.dropwhile"
            | "itertools.filterfalse"
            | "itertools.groupby"
            | "itertools.pairwise"
            | "itertools.permutations"
            | "itertools.product"
            | "itertools.starmap"
            | "itertools.takewhile"
            | "itertools.zip_longest"
            | "re.finditer"
            | "re.Pattern.finditer"
            | "os.walk"
            | "glob.iglob"
            | "csv.reader" => Type::Iterator(Rc::new(Type::Unknown)),
            _ => match name.rsplit('.').next() {
                // A class by the naming convention that everybody keeps: its call gives an instance.
                Some(last) if last.starts_with(char::is_uppercase) && !name.starts_with('.') => {
                    Type::Instance(name.into())
                }
                _ => Type::Unknown,
            },
        }
    }

    /// What a function of this file returns, where its annotation or its returns tell.
    fn returned(&self, def: &'a ast::StmtFunctionDef) -> Type<'a> {
        if def.is_async || !def.decorator_list.is_empty() {
            return Type::Unknown;
        }
        if self.is_generator(def) {
            return Type::Iterator(Rc::new(Type::Unknown));
        }
        match &def.returns {
            Some(returns) => self.annotation(returns),
            None => Type::Unknown,
        }
    }
}

fn opened<'a>(call: &ast::ExprCall) -> Type<'a> {
    match call.arguments.find_argument_value("mode", 1) {
        None => Type::File(true),
        Some(Expr::StringLiteral(mode)) => Type::File(!mode.value.to_str().contains('b')),
        Some(_) => Type::Unknown,
    }
}
