//! How many instances of a class there may be, as far as its file tells.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr};
use ruff_text_size::Ranged;

use super::facts::Facts;
use super::loops::Loop;
use super::symbols::Binding;
use super::uses::Use;

/// How many instances of a class the file makes or handles.
#[derive(Clone, Copy, Debug)]
pub enum Instances<'a> {
    /// A loop makes one in each iteration, and keeps it.
    Many(AnyNodeRef<'a>, Loop<'a>),
    /// An annotation says that a container holds them.
    Items(AnyNodeRef<'a>),
    /// The file makes some, and none of them in a loop that keeps them.
    Few,
    /// The file makes none.
    Unknown,
}

/// What holds many objects, in annotations. Dictionaries are left out: they hold one of each kind as often.
const CONTAINERS: &[&str] = &[
    "AsyncGenerator",
    "AsyncIterable",
    "AsyncIterator",
    "Collection",
    "Deque",
    "FrozenSet",
    "Generator",
    "Iterable",
    "Iterator",
    "List",
    "MutableSequence",
    "Sequence",
    "Set",
    "deque",
    "frozenset",
    "list",
    "set",
];

impl<'a> Facts<'a> {
    /// How many instances of `class` the file makes or handles.
    pub fn instances(&self, class: &'a ast::StmtClassDef) -> Instances<'a> {
        let Some(symbol) = self.symbol(class) else {
            return Instances::Unknown;
        };
        let mut found = Instances::Unknown;
        for read in self.reads(symbol) {
            let made = match self.tree.parent(read) {
                Some(AnyNodeRef::ExprCall(call)) if call.func.range() == read.range() => Some(call),
                // `Point.parse(text)`: another way to make one.
                _ => match self.usage(read) {
                    Use::Method(name, call) if self.is_constructor(class, name) => Some(call),
                    _ => None,
                },
            };
            if let Some(call) = made {
                match self.kept_in_loop(call) {
                    Some(around) if !self.is_mostly_shared(call, around) => {
                        return Instances::Many(call.into(), around);
                    }
                    _ if matches!(found, Instances::Unknown) => found = Instances::Few,
                    _ => {}
                }
            } else if self.is_item_of_annotation(read) {
                found = Instances::Items(read.into());
            }
        }
        found
    }

    /// Whether every instance puts itself into something that the class holds, and lives on anyway: `self.__class__.all[name] = self`.
    pub fn registers_itself(&self, class: &'a ast::StmtClassDef) -> bool {
        let init = class.body.iter().find_map(|stmt| match stmt {
            ast::Stmt::FunctionDef(def) if def.name.as_str() == "__init__" => Some(def),
            _ => None,
        });
        let Some(init) = init else {
            return false;
        };
        let is_own = |expr: &'a Expr| {
            expr.as_name_expr()
                .is_some_and(|name| self.class_of_self(name).is_some())
        };
        // `self.__class__.all`, `Menu.all`
        let is_of_class = |held: &'a Expr| {
            self.tree.descendants(held).any(|node| match node {
                AnyNodeRef::ExprAttribute(part) => part.attr.as_str() == "__class__",
                AnyNodeRef::ExprName(name) => {
                    let bound = self
                        .symbol(name)
                        .and_then(|symbol| self.only_binding(symbol));
                    matches!(bound, Some(Binding::Class(own)) if own.range() == class.range())
                }
                _ => false,
            })
        };
        self.own_nodes(init).any(|node| match node {
            AnyNodeRef::StmtAssign(assign) if is_own(&assign.value) => assign
                .targets
                .iter()
                .any(|target| target.is_subscript_expr() && is_of_class(target)),
            AnyNodeRef::ExprCall(call) => match &*call.func {
                Expr::Attribute(method) if matches!(method.attr.as_str(), "append" | "add") => {
                    call.arguments.args.first().is_some_and(is_own) && is_of_class(&method.value)
                }
                _ => false,
            },
            _ => false,
        })
    }

    /// Whether a class method of that name makes instances.
    fn is_constructor(&self, class: &'a ast::StmtClassDef, name: &str) -> bool {
        class.body.iter().any(|stmt| match stmt {
            ast::Stmt::FunctionDef(def) if def.name == *name => def
                .decorator_list
                .iter()
                .any(|decorator| self.is(&decorator.expression, "builtins.classmethod")),
            _ => false,
        })
    }

    /// Whether what an instance is made of is mostly the same for all of them: an object that does something, not one that records
    /// something.
    fn is_mostly_shared(&self, call: &'a ast::ExprCall, around: Loop<'a>) -> bool {
        let given = call
            .arguments
            .iter_source_order()
            .map(|argument| argument.value());
        let (mut shared, mut own) = (0, 0);
        for value in given {
            match value {
                value if value.is_literal_expr() => {}
                Expr::Name(_) | Expr::Attribute(_) if self.is_same_place_in(value, around) => {
                    shared += 1;
                }
                _ => own += 1,
            }
        }
        shared > own
    }

    /// Whether a read stands in an annotation as what a container holds: `list[Point]`.
    fn is_item_of_annotation(&self, read: &'a ast::ExprName) -> bool {
        let container = self
            .tree
            .ancestors(read)
            .take_while(|outer| outer.is_expression())
            .find_map(|outer| match outer {
                AnyNodeRef::ExprSubscript(subscript) => Some(&*subscript.value),
                _ => None,
            });
        let word = match container {
            Some(Expr::Name(name)) => name.id.as_str(),
            Some(Expr::Attribute(attribute)) => attribute.attr.as_str(),
            _ => return false,
        };
        CONTAINERS.contains(&word)
    }

    /// The loop in which each iteration keeps, or gives away, the object that `call` makes: an element of a comprehension, an item of a
    /// container, what a generator yields.
    pub fn kept_in_loop(&self, call: &'a ast::ExprCall) -> Option<Loop<'a>> {
        let around = self.in_loop(call)?;
        if self.is_stored_as_item(call.into()) {
            return Some(around);
        }
        // `point = Point(x)`, then `points.append(point)`.
        let AnyNodeRef::StmtAssign(stmt) = self.tree.parent(call)? else {
            return None;
        };
        let [Expr::Name(target)] = stmt.targets.as_slice() else {
            return None;
        };
        let symbol = self.symbol(target)?;
        let Some(Binding::Assign(_)) = self.only_binding(symbol) else {
            return None;
        };
        let mut reads = self.reads(symbol);
        reads
            .any(|read| around.repeats(read) && self.is_stored_as_item(read.into()))
            .then_some(around)
    }

    fn is_stored_as_item(&self, node: AnyNodeRef<'a>) -> bool {
        match self.tree.parent(node) {
            Some(
                AnyNodeRef::ExprListComp(_) | AnyNodeRef::ExprSetComp(_) | AnyNodeRef::ExprYield(_),
            ) => true,
            Some(AnyNodeRef::ExprDictComp(comp)) => comp.value.range() == node.range(),
            Some(AnyNodeRef::StmtAssign(stmt)) => {
                stmt.value.range() == node.range()
                    && stmt.targets.iter().any(Expr::is_subscript_expr)
            }
            Some(AnyNodeRef::Arguments(arguments)) => match self.tree.parent(arguments) {
                Some(AnyNodeRef::ExprCall(outer)) => {
                    let word = match &*outer.func {
                        Expr::Attribute(method) => method.attr.as_str(),
                        _ => return false,
                    };
                    let keeps = matches!(
                        word,
                        "append" | "appendleft" | "add" | "insert" | "setdefault"
                    );
                    // On a builtin container, or on what may well be one.
                    keeps
                        && self.name(&*outer.func).is_none_or(|name| {
                            name.starts_with("builtins.") || name.starts_with("collections.")
                        })
                }
                _ => false,
            },
            _ => false,
        }
    }
}
