//! Types of expressions, as far as the file itself tells: literals, annotations, constructors, builtins, and what is assigned.

use std::rc::Rc;

use ruff_python_ast::{
    self as ast, AnyNodeRef, Expr, ExprContext, ExprRef, Number, Operator, Stmt,
};
use ruff_text_size::Ranged;
use rustc_hash::FxHashMap;

use super::accumulation::summands;
use super::facts::Facts;
use super::names::imported_name;
use super::operations::{SAMPLE, augmented, special_method};
use super::questions::Question;
use super::symbols::{Binding, Symbol, SymbolId, binding};
use super::tree::NodeId;
use super::types::{Class, ClassRef, Type, known, list_of};
use super::typeshed::{Entry, Given, Member, Table};

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
        let expr = expr.into();
        let is_idle = self.inference.get().is_idle();
        // A name is one question already; the rest is put together anew, and many rules ask of the same node.
        if !is_idle || (matches!(expr, ExprRef::Name(_)) && self.told.is_none()) {
            return known(self.infer(expr));
        }
        let id = self.tree.id(expr);
        if let Some(found) = self.types.borrow().get(&id) {
            return found.clone();
        }
        let found = match known(self.infer(expr)) {
            Type::Unknown => self.told(expr),
            found => found,
        };
        self.types.borrow_mut().insert(id, found.clone());
        found
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

    pub(super) fn infer(&self, expr: impl Into<ExprRef<'a>>) -> Type<'a> {
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
            ExprRef::Tuple(tuple) => self.infer_tuple(tuple),
            ExprRef::Set(set) => Type::Set(Rc::new(self.elements(&set.elts))),
            ExprRef::Dict(dict) => self.infer_dict(dict),
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
            ExprRef::Compare(compare) => self.infer_compare(compare),
            ExprRef::UnaryOp(unary) => self.infer_unary(unary),
            ExprRef::BoolOp(op) => self.infer_choice(op),
            ExprRef::If(branch) => self.infer(&*branch.body).join(self.infer(&*branch.orelse)),
            ExprRef::Named(walrus) => self.infer(&*walrus.value),
            ExprRef::BinOp(op) => self.infer_binary(op),
            ExprRef::Subscript(subscript) => self.infer_item(subscript),
            ExprRef::Name(name) => match self.symbol_id(name) {
                Some(id) => self.infer_name(name, id),
                None => Type::Unknown,
            },
            ExprRef::Attribute(attribute) => self.infer_attribute(attribute),
            ExprRef::Call(call) => self.infer_call(call),
            ExprRef::Slice(_) => Type::Instance(Class::named("builtins.slice")),
            ExprRef::Await(awaiting) => awaited(&self.infer(&*awaiting.value)),
            _ => Type::Unknown,
        }
    }

    pub(super) fn elements(&self, elts: &'a [Expr]) -> Type<'a> {
        let sample = elts.iter().take(SAMPLE);
        Type::join_all(sample.map(|elt| match elt {
            Expr::Starred(starred) => known(self.infer(&*starred.value).element()),
            elt => self.infer(elt),
        }))
    }

    pub(super) fn infer_symbol(&self, id: SymbolId) -> Type<'a> {
        self.ask(Question::Symbol(id))
    }

    /// The join of all that a variable is bound to; `own` is what is known of it so far.
    pub(super) fn life_of(&self, id: SymbolId, own: &Type<'a>) -> Type<'a> {
        let bindings = &self.symbols().get(id).bindings;
        Type::join_all(bindings.iter().map(|id| self.infer_binding_at(*id, own)))
    }

    /// What the place that binds a name gives it; `own` is what the name held before.
    pub(super) fn infer_binding_at(&self, id: NodeId, own: &Type<'a>) -> Type<'a> {
        match binding(&self.tree, id) {
            Some(Binding::Unpacked) => self.infer_unpacked(id),
            Some(binding) => self.infer_binding(binding, own),
            None => Type::Never,
        }
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
                self.lean();
                augmented(stmt.op, own, || self.infer(&*stmt.value))
            }
            Binding::Walrus(walrus) => self.infer(&*walrus.value),
            Binding::For(stmt) if !stmt.is_async => known(self.infer(&*stmt.iter).element()),
            Binding::Comprehension(clause) if !clause.is_async => {
                known(self.infer(&clause.iter).element())
            }
            Binding::With(item, is_async) => {
                let manager = self.infer(&item.context_expr);
                let enter = if is_async { "__aenter__" } else { "__enter__" };
                let entered = self.call_method(&manager, enter, Given::operands(&[]));
                match entered.unwrap_or(Type::Unknown) {
                    awaitable if is_async => awaited(&awaitable),
                    entered => entered,
                }
            }
            Binding::Parameter(parameter) => self.infer_parameter(parameter),
            Binding::ImportFrom(stmt, alias) if stmt.level == 0 => {
                match Table::get().lookup(&imported_name(stmt, alias)) {
                    Some(Entry {
                        member: Member::Value(ty),
                        ..
                    }) => Table::get().value(ty),
                    _ => Type::Unknown,
                }
            }
            Binding::Deleted => Type::Never,
            _ => Type::Unknown,
        }
    }

    pub(super) fn infer_parameter(&self, parameter: &'a ast::Parameter) -> Type<'a> {
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
        let Some(annotation) = &parameter.annotation else {
            return Type::Unknown;
        };
        let declared = self.annotation(annotation);
        // `x: list = None` means `x: list | None`.
        let default = match self.tree.parent(parameter) {
            Some(AnyNodeRef::ParameterWithDefault(with)) => with.default.as_deref(),
            _ => None,
        };
        match default {
            Some(Expr::NoneLiteral(_)) => declared.join(Type::None),
            _ => declared,
        }
    }

    fn infer_attribute(&self, attribute: &'a ast::ExprAttribute) -> Type<'a> {
        let class = match self.receiver(&attribute.value) {
            Type::Local(class) => class.0,
            Type::Never => return Type::Never,
            Type::Unknown => match self.local_class(&attribute.value) {
                Some(class) => class,
                None => return self.constant(attribute),
            },
            receiver => return library_attribute(&receiver, attribute.attr.as_str()),
        };
        self.instance_attribute(class, attribute.attr.as_str())
    }

    /// The type of what stands before a dot; `self` is an instance of the class around.
    fn receiver(&self, value: &'a Expr) -> Type<'a> {
        if let Expr::Name(name) = value
            && let Some(class) = self.class_of_self(name)
        {
            return Type::Local(ClassRef(class));
        }
        self.infer(value)
    }

    /// A constant of a module of the library.
    fn constant(&self, attribute: &'a ast::ExprAttribute) -> Type<'a> {
        if !matches!(&*attribute.value, Expr::Name(_) | Expr::Attribute(_)) {
            return Type::Unknown;
        }
        let Some(name) = self.path(attribute) else {
            return Type::Unknown;
        };
        match Table::get().lookup(&name).map(|entry| entry.member) {
            Some(Member::Value(ty)) => Table::get().value(ty),
            _ => Type::Unknown,
        }
    }

    /// What a class assigns to an attribute of its own.
    pub(super) fn infer_assigned(&self, assigned: &[Assigned<'a>]) -> Type<'a> {
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
                            continue;
                        }
                        for name in self.target_names(target).into_iter().flatten() {
                            let entry = table.entry(name.id.as_str()).or_default();
                            entry.push(Assigned::Other);
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
        match &*call.func {
            Expr::Name(name) => {
                if let Some(symbol) = self.symbol(name) {
                    match self.only_binding(symbol) {
                        Some(Binding::Class(class)) => return Type::Local(ClassRef(class)),
                        Some(Binding::Function(def)) => return self.returned(def),
                        _ => {}
                    }
                }
            }
            Expr::Attribute(attribute) => match self.receiver(&attribute.value) {
                // A module, or what an import brought: its name tells. The name of anything else hangs on the type that is unknown,
                // and asking again at each link of a chain would double the work with every link.
                Type::Unknown if !is_dotted(&attribute.value) => return Type::Unknown,
                Type::Unknown => {
                    if let Some(class) = self.local_class(&attribute.value) {
                        let given = (&call.arguments).into();
                        return self.method_result(class, attribute.attr.as_str(), given);
                    }
                }
                // The symbol being inferred: what it is called with is not known yet.
                Type::Never => return Type::Never,
                receiver => {
                    let method = attribute.attr.as_str();
                    if let Some(found) = special_method(&receiver, method) {
                        return found;
                    }
                    if let Type::Local(ClassRef(class)) = receiver {
                        return self.method_result(class, method, (&call.arguments).into());
                    }
                    let found = self.call_method(&receiver, method, (&call.arguments).into());
                    return found.unwrap_or(Type::Unknown);
                }
            },
            Expr::Call(_) => return self.call_of_value(call),
            _ => return Type::Unknown,
        }
        match self.path(&*call.func) {
            Some(name) => self.called(&name, call),
            None if call.func.is_name_expr() => self.call_of_value(call),
            None => Type::Unknown,
        }
    }

    /// What calling an instance gives.
    fn call_of_value(&self, call: &'a ast::ExprCall) -> Type<'a> {
        match self.infer(&*call.func) {
            Type::Local(ClassRef(class)) => {
                self.method_result(class, "__call__", (&call.arguments).into())
            }
            value @ Type::Instance(_) => self
                .call_method(&value, "__call__", (&call.arguments).into())
                .unwrap_or(Type::Unknown),
            Type::Never => Type::Never,
            _ => Type::Unknown,
        }
    }

    /// What calling the thing with a qualified name gives.
    fn called(&self, name: &str, call: &'a ast::ExprCall) -> Type<'a> {
        if matches!(name, "builtins.open" | "io.open") {
            return opened(call);
        }
        let given: Given<'a> = (&call.arguments).into();
        let entry = Table::get().lookup(name);
        match entry.map(|entry| entry.member) {
            Some(Member::Class(class)) => match self.construct(class, given) {
                // `Iterator` and the like are made by generators, not by calls.
                Type::Iterator(_) if name.starts_with("typing.") => Type::Unknown,
                made => made,
            },
            Some(Member::Function(function)) => {
                match self.call_function(function, entry.and_then(|entry| entry.class), given) {
                    // Whatever it is made of, it is an iterator: Python checks that.
                    Type::Unknown if name == "builtins.iter" => {
                        Type::Iterator(Rc::new(Type::Unknown))
                    }
                    result => result,
                }
            }
            Some(Member::Module(_) | Member::Value(_)) => Type::Unknown,
            None => match name.rsplit('.').next() {
                // A class by the naming convention that everybody keeps: its call gives an instance.
                Some(last) if last.starts_with(char::is_uppercase) && !name.starts_with('.') => {
                    Type::Instance(Class::named(name))
                }
                _ => Type::Unknown,
            },
        }
    }

    /// What calling a value gives, where that does not depend on what it is called with.
    pub(super) fn result_of(&self, callee: &'a Expr) -> Option<Type<'a>> {
        match callee {
            Expr::Lambda(lambda) => return Some(known(self.infer(&*lambda.body))),
            Expr::Name(name) => {
                if let Some(symbol) = self.symbol(name)
                    && let Some(Binding::Function(def)) = self.only_binding(symbol)
                {
                    return Some(self.returned(def));
                }
            }
            Expr::Attribute(_) => {}
            _ => return None,
        }
        if let Some(instance) = self.instance_of(callee) {
            return Some(instance);
        }
        let name = self.name(callee)?;
        match Table::get().lookup(&name)?.member {
            Member::Function(function) => Table::get().result_alone(function),
            _ => None,
        }
    }

    /// An instance of the class that an expression names.
    pub(super) fn instance_of(&self, class: &'a Expr) -> Option<Type<'a>> {
        if !matches!(class, Expr::Name(_) | Expr::Attribute(_)) {
            return None;
        }
        if let Expr::Name(name) = class
            && let Some(symbol) = self.symbol(name)
            && let Some(Binding::Class(class)) = self.only_binding(symbol)
        {
            return Some(Type::Local(ClassRef(class)));
        }
        let id = Table::get().class(&self.path(class)?)?;
        Some(Table::get().instance_alone(id))
    }
}

/// What an attribute of an instance of the library holds.
fn library_attribute<'a>(receiver: &Type<'a>, name: &str) -> Type<'a> {
    if let Type::Union(parts) = receiver {
        // `None` has no attributes: who gets a value had something else.
        let parts = parts.iter().filter(|part| **part != Type::None);
        return Type::join_all(parts.map(|part| library_attribute(part, name)));
    }
    Table::get()
        .attribute(receiver, name)
        .unwrap_or(Type::Unknown)
}

/// What awaiting a value gives.
fn awaited<'a>(value: &Type<'a>) -> Type<'a> {
    Table::get().awaited(value).unwrap_or(Type::Unknown)
}

fn opened<'a>(call: &ast::ExprCall) -> Type<'a> {
    match call.arguments.find_argument_value("mode", 1) {
        None => Type::File(true),
        Some(Expr::StringLiteral(mode)) => Type::File(!mode.value.to_str().contains('b')),
        Some(_) => Type::Unknown,
    }
}

/// A name, or attributes of one.
fn is_dotted(expr: &Expr) -> bool {
    match expr {
        Expr::Attribute(attribute) => is_dotted(&attribute.value),
        other => other.is_name_expr(),
    }
}
