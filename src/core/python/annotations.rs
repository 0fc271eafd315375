//! The types that annotations declare.

use std::rc::Rc;

use ruff_python_ast::{Expr, Operator};
use ruff_python_stdlib::builtins::is_python_builtin;

use super::facts::Facts;
use super::symbols::{Binding, Symbol};
use super::types::{Class, ClassRef, Type, known};
use super::typeshed::Table;

/// Aliases of aliases, and annotations in annotations.
const DEEPEST: u8 = 8;

/// What a name in an annotation stands for.
enum Meaning<'a> {
    Class(ClassRef<'a>),
    /// Something of a library, by its qualified name.
    Library(String),
    /// `Names = list[str]`, `type Names = list[str]`
    Alias(&'a Expr),
}

impl<'a> Facts<'a> {
    /// The type that an annotation declares.
    pub fn annotation(&self, expr: &'a Expr) -> Type<'a> {
        known(self.declared(expr, &|name| self.meaning(name), DEEPEST))
    }

    /// The type that an annotation from elsewhere declares; `qualified` tells what its names stand for.
    pub(super) fn annotation_with(
        &self,
        expr: &Expr,
        qualified: &dyn Fn(&Expr) -> Option<String>,
    ) -> Type<'a> {
        let meaning = |name: &Expr| qualified(name).map(Meaning::Library);
        known(self.declared(expr, &meaning, DEEPEST))
    }

    /// The type that an annotation declares, given what its names mean. A quoted one is no part of the file's tree.
    fn declared<'e>(
        &self,
        expr: &'e Expr,
        meaning: &dyn Fn(&'e Expr) -> Option<Meaning<'a>>,
        depth: u8,
    ) -> Type<'a> {
        let Some(depth) = depth.checked_sub(1) else {
            return Type::Unknown;
        };
        match expr {
            Expr::NoneLiteral(_) => Type::None,
            Expr::BinOp(op) if op.op == Operator::BitOr => {
                let left = self.declared(&op.left, meaning, depth);
                left.join(self.declared(&op.right, meaning, depth))
            }
            Expr::StringLiteral(text) => {
                match ruff_python_parser::parse_expression(text.value.to_str()) {
                    Ok(parsed) => {
                        self.declared(parsed.expr(), &|name| self.quoted_meaning(name), depth)
                    }
                    Err(_) => Type::Unknown,
                }
            }
            Expr::Subscript(subscript) => {
                let args: &'e [Expr] = match &*subscript.slice {
                    Expr::Tuple(tuple) => &tuple.elts,
                    single => std::slice::from_ref(single),
                };
                let arg = |i: usize| {
                    args.get(i).map_or(Type::Unknown, |arg| {
                        known(self.declared(arg, meaning, depth))
                    })
                };
                let name = match meaning(&subscript.value) {
                    Some(Meaning::Library(name)) => name,
                    Some(Meaning::Class(class)) => return Type::Local(class),
                    _ => return Type::Unknown,
                };
                match (is_typing(&name), short_name(&name)) {
                    (true, "Optional") => arg(0).join(Type::None),
                    (true, "Union") => Type::join_all((0..args.len()).map(arg)),
                    (
                        true,
                        "Annotated" | "Final" | "ClassVar" | "Required" | "NotRequired"
                        | "ReadOnly",
                    ) => arg(0),
                    (true, "Literal") => Type::join_all(args.iter().map(literal)),
                    (true, "Type" | "Callable" | "TypeGuard" | "TypeIs") => Type::Unknown,
                    _ if matches!(&*name, "builtins.tuple" | "typing.Tuple") => match args {
                        [one, rest] if rest.is_ellipsis_literal_expr() => {
                            Type::Tuple(Rc::new(known(self.declared(one, meaning, depth))))
                        }
                        _ if args.iter().any(Expr::is_starred_expr) => {
                            Type::Tuple(Rc::new(Type::Unknown))
                        }
                        _ => Type::tuple((0..args.len()).map(arg)),
                    },
                    _ => class_type(&name, (0..args.len()).map(arg)),
                }
            }
            Expr::Name(_) | Expr::Attribute(_) => match meaning(expr) {
                Some(Meaning::Class(class)) => Type::Local(class),
                Some(Meaning::Library(name)) => class_type(&name, std::iter::empty()),
                Some(Meaning::Alias(value)) => {
                    self.declared(value, &|name| self.meaning(name), depth)
                }
                None => Type::Unknown,
            },
            _ => Type::Unknown,
        }
    }

    fn meaning(&self, expr: &'a Expr) -> Option<Meaning<'a>> {
        if let Expr::Name(name) = expr
            && let Some(symbol) = self.symbol(name)
            && let Some(found) = self.meaning_of(symbol)
        {
            return Some(found);
        }
        self.name(expr).map(Meaning::Library)
    }

    /// A class or an alias of this file.
    fn meaning_of(&self, symbol: &Symbol<'a>) -> Option<Meaning<'a>> {
        match self.only_binding(symbol)? {
            Binding::Class(class) => Some(Meaning::Class(ClassRef(class))),
            Binding::Assign(stmt)
                if matches!(&*stmt.value, Expr::Subscript(_) | Expr::BinOp(_)) =>
            {
                Some(Meaning::Alias(&stmt.value))
            }
            // `Names: TypeAlias = list[str]`
            Binding::Annotated(stmt) => stmt.value.as_deref().map(Meaning::Alias),
            Binding::Alias(stmt) => Some(Meaning::Alias(&stmt.value)),
            _ => None,
        }
    }

    /// The same for a name in quotes, which means what it means at the top of the file.
    fn quoted_meaning(&self, expr: &Expr) -> Option<Meaning<'a>> {
        match expr {
            Expr::Name(name) => {
                let id = name.id.as_str();
                let Some(symbol) = self.visible(self.tree.nodes().first().copied()?, id) else {
                    let minor = self.python.newest.minor;
                    let builtin = is_python_builtin(id, minor, false) && !self.tree.star_import;
                    return builtin.then(|| Meaning::Library(format!("builtins.{id}")));
                };
                if let Some(found) = self.meaning_of(symbol) {
                    return Some(found);
                }
                self.imported(symbol).map(Meaning::Library)
            }
            Expr::Attribute(attribute) => match self.quoted_meaning(&attribute.value)? {
                Meaning::Library(base) => {
                    Some(Meaning::Library(format!("{base}.{}", attribute.attr)))
                }
                _ => None,
            },
            _ => None,
        }
    }
}

fn short_name(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

fn is_typing(name: &str) -> bool {
    ["typing.", "typing_extensions.", "collections.abc."]
        .iter()
        .any(|module| name.starts_with(module))
}

/// `Literal["a"]`
fn literal<'a>(expr: &Expr) -> Type<'a> {
    match expr {
        Expr::StringLiteral(_) => Type::Str,
        Expr::BytesLiteral(_) => Type::Bytes,
        Expr::BooleanLiteral(_) => Type::Bool,
        Expr::NoneLiteral(_) => Type::None,
        Expr::NumberLiteral(_) | Expr::UnaryOp(_) => Type::Int,
        _ => Type::Unknown,
    }
}

/// The type that a class name stands for in an annotation.
fn class_type<'a>(name: &str, arguments: impl Iterator<Item = Type<'a>>) -> Type<'a> {
    match name {
        "typing.Text" | "typing.LiteralString" | "typing_extensions.LiteralString" => {
            return Type::Str;
        }
        "typing.AnyStr" => return Type::Str.join(Type::Bytes),
        "typing.NoReturn" | "typing.Never" => return Type::Unknown,
        _ => {}
    }
    if let Some(class) = Table::get().class(name) {
        return Table::get().instance_with(class, arguments);
    }
    match short_name(name) {
        // A class of another library, by the naming convention that everybody keeps.
        last if last.starts_with(char::is_uppercase)
            && !name.starts_with('.')
            && !is_typing(name) =>
        {
            Type::Instance(Class::named(name))
        }
        _ => Type::Unknown,
    }
}
