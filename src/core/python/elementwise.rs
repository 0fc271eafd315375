//! Computing with one number at a time what an array computes for all at once.

use ruff_python_ast::{AnyNodeRef, CmpOp, Expr, ExprCall, ExprName, ExprRef, Operator};
use ruff_text_size::Ranged;

use super::facts::Facts;
use super::libraries::Does;
use super::loops::Loop;
use super::symbols::{Binding, Symbol};
use super::uses::Use;

/// Builtin functions of numbers that arrays have as operators or functions of the same meaning.
const OF_NUMBERS: &[&str] = &["abs", "bool", "float", "int", "max", "min", "pow", "round"];

/// What the code around does with the object behind a name that stands for a row.
#[derive(Clone, Debug, Default)]
pub struct RowUse<'a> {
    /// Columns that are read by name, in the order of the text, each once.
    pub columns: Vec<&'a str>,
    /// It is handed on, gone over, changed, or read in some other way than by the name of a column.
    pub whole: bool,
}

impl<'a> Facts<'a> {
    /// Whether an expression only computes with numbers: operators, comparisons, conditions and functions of `math` and NumPy on what
    /// `leaf` accepts and on constants. Such an expression can be computed for all items at once.
    pub fn is_elementwise(&self, expr: &'a Expr, leaf: &dyn Fn(&'a Expr) -> bool) -> bool {
        if leaf(expr) {
            return true;
        }
        let all = |parts: &'a [Expr]| parts.iter().all(|part| self.is_elementwise(part, leaf));
        match expr {
            Expr::NumberLiteral(_) | Expr::BooleanLiteral(_) | Expr::StringLiteral(_) => true,
            Expr::BinOp(op) => {
                op.op != Operator::MatMult
                    // `"%s" % x` makes text.
                    && !op.left.is_string_literal_expr()
                    && self.is_elementwise(&op.left, leaf)
                    && self.is_elementwise(&op.right, leaf)
            }
            Expr::UnaryOp(op) => self.is_elementwise(&op.operand, leaf),
            Expr::BoolOp(op) => all(&op.values),
            Expr::If(branch) => {
                self.is_elementwise(&branch.test, leaf)
                    && self.is_elementwise(&branch.body, leaf)
                    && self.is_elementwise(&branch.orelse, leaf)
            }
            Expr::Compare(compare) => {
                let plain =
                    |op: &CmpOp| !matches!(op, CmpOp::In | CmpOp::NotIn | CmpOp::Is | CmpOp::IsNot);
                compare.ops.iter().all(plain)
                    && self.is_elementwise(&compare.left, leaf)
                    && all(&compare.comparators)
            }
            Expr::Call(call) => {
                call.arguments.keywords.is_empty()
                    && !call.arguments.args.is_empty()
                    && self.is_function_of_numbers(call)
                    && all(&call.arguments.args)
            }
            _ => false,
        }
    }

    /// Whether a call is of a function of numbers that has a twin for arrays.
    fn is_function_of_numbers(&self, call: &'a ExprCall) -> bool {
        if self
            .knows(call)
            .is_some_and(|entry| entry.does(Does::Elementwise))
        {
            return true;
        }
        let Some(name) = self.name(&*call.func) else {
            return false;
        };
        match name.split_once('.') {
            Some(("builtins", function)) => OF_NUMBERS.contains(&function),
            Some(("math", _)) => true,
            _ => false,
        }
    }

    /// Whether an expression computes anything: more than a name, an item or a constant.
    pub fn computes(&self, expr: &'a Expr) -> bool {
        self.tree
            .descendants(AnyNodeRef::from(ExprRef::from(expr)))
            .any(|node| {
                matches!(
                    node,
                    AnyNodeRef::ExprBinOp(_)
                        | AnyNodeRef::ExprCompare(_)
                        | AnyNodeRef::ExprCall(_)
                        | AnyNodeRef::ExprBoolOp(_)
                )
            })
    }

    /// Whether an expression reads a name, an attribute of one or an item of one under a fixed key, and no iteration of `around` binds
    /// the name.
    pub fn is_setting_of(&self, expr: &'a Expr, around: Loop<'a>) -> bool {
        match expr {
            Expr::Name(name) => self
                .symbol(name)
                .is_none_or(|symbol| !self.is_bound_in(symbol, around)),
            Expr::Attribute(attribute) => self.is_setting_of(&attribute.value, around),
            Expr::Subscript(item) => {
                item.slice.is_literal_expr() && self.is_setting_of(&item.value, around)
            }
            _ => false,
        }
    }

    /// The same for what a function or lambda computes: no name of its own.
    pub fn is_outside(&self, expr: &'a Expr, function: impl Ranged) -> bool {
        let function = function.range();
        match expr {
            Expr::Name(name) => self
                .symbol(name)
                .is_none_or(|symbol| !self.is_bound_in(symbol, function)),
            Expr::Attribute(attribute) => self.is_outside(&attribute.value, function),
            Expr::Subscript(item) => {
                item.slice.is_literal_expr() && self.is_outside(&item.value, function)
            }
            _ => false,
        }
    }

    /// What becomes of a row of a frame: `row["price"]`, `row.price`.
    pub fn row_use(&self, row: &Symbol<'a>) -> RowUse<'a> {
        let mut found = RowUse::default();
        for read in self.reads(row) {
            match self.column(read) {
                Some(column) if !found.columns.contains(&column) => found.columns.push(column),
                Some(_) => {}
                None => found.whole = true,
            }
        }
        found
    }

    /// The column that a read of a row asks for.
    fn column(&self, row: &'a ExprName) -> Option<&'a str> {
        match self.usage(row) {
            Use::Item(item) if item.ctx.is_load() => match &*item.slice {
                Expr::StringLiteral(key) => Some(key.value.to_str()),
                _ => None,
            },
            Use::Attribute(name) => match self.tree.parent(row) {
                Some(AnyNodeRef::ExprAttribute(attribute)) if attribute.ctx.is_load() => Some(name),
                _ => None,
            },
            _ => None,
        }
    }

    /// The column that an expression reads of a row.
    pub fn column_of(&self, expr: &'a Expr, row: &Symbol<'a>) -> Option<&'a str> {
        let base = match expr {
            Expr::Subscript(item) => item.value.as_name_expr()?,
            Expr::Attribute(attribute) => attribute.value.as_name_expr()?,
            _ => return None,
        };
        (self.symbol(base)?.id == row.id).then(|| self.column(base))?
    }

    /// The text of an expression with whole columns of `frame` in place of those of a row; `None` where it has to be written in other
    /// words: `and`, `if`, functions of single numbers.
    pub fn with_columns(&self, expr: &'a Expr, row: &Symbol<'a>, frame: &str) -> Option<String> {
        let mut text = String::new();
        let mut from = expr.start();
        for node in self.tree.descendants(AnyNodeRef::from(ExprRef::from(expr))) {
            let column = match node {
                AnyNodeRef::ExprSubscript(item) => self.column(item.value.as_name_expr()?),
                AnyNodeRef::ExprAttribute(attribute) => match &*attribute.value {
                    Expr::Name(base) if self.symbol(base).is_some_and(|base| base.id == row.id) => {
                        self.column(base)
                    }
                    _ => None,
                },
                AnyNodeRef::ExprBoolOp(_) | AnyNodeRef::ExprIf(_) | AnyNodeRef::ExprCall(_) => {
                    return None;
                }
                AnyNodeRef::ExprUnaryOp(op) if op.op.is_not() => return None,
                _ => None,
            };
            if let Some(column) = column {
                text.push_str(self.text(ruff_text_size::TextRange::new(from, node.start())));
                text.push_str(&format!("{frame}[\"{column}\"]"));
                from = node.end();
            }
        }
        text.push_str(self.text(ruff_text_size::TextRange::new(from, expr.end())));
        let short = !text.contains('\n') && text.len() < 100;
        short.then_some(text)
    }

    /// The parameter of a function that is called with one thing, and what it gives: of a lambda, or of a function of this file that
    /// is nothing but `return`.
    pub fn formula(&self, function: &'a Expr) -> Option<(&Symbol<'a>, &'a Expr)> {
        let (parameters, body) = match function {
            Expr::Lambda(lambda) => (lambda.parameters.as_deref()?, &*lambda.body),
            Expr::Name(name) => {
                let Binding::Function(def) = self.only_binding(self.symbol(name)?)? else {
                    return None;
                };
                let mut body = def.body.as_slice();
                if let [first, rest @ ..] = body
                    && ruff_python_ast::helpers::is_docstring_stmt(first)
                {
                    body = rest;
                }
                let [ruff_python_ast::Stmt::Return(given)] = body else {
                    return None;
                };
                let plain = def.decorator_list.is_empty() && !def.is_async;
                (plain.then_some(&*def.parameters)?, given.value.as_deref()?)
            }
            _ => return None,
        };
        let only = parameters.vararg.is_none()
            && parameters.kwarg.is_none()
            && parameters.kwonlyargs.is_empty();
        let mut all = parameters.posonlyargs.iter().chain(&parameters.args);
        let one = all.next()?;
        if !only || all.next().is_some() {
            return None;
        }
        Some((self.symbol(&one.parameter)?, body))
    }
}
