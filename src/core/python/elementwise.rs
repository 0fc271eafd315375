//! Computing with one number at a time what an array computes for all at once.

use ruff_python_ast::helpers::is_docstring_stmt;
use ruff_python_ast::{
    AnyNodeRef, CmpOp, Expr, ExprCall, ExprName, ExprRef, Operator, Parameters, Stmt,
    StmtFunctionDef,
};
use ruff_text_size::{Ranged, TextRange};

use super::facts::Facts;
use super::libraries::Does;
use super::loops::Loop;
use super::symbols::{Binding, Symbol, SymbolId};
use super::types::Type;
use super::uses::Use;

/// Builtin functions of numbers that arrays have as operators or functions of the same meaning.
const OF_NUMBERS: &[&str] = &["abs", "bool", "float", "int", "max", "min", "pow", "round"];

/// What the code around does with the object behind a name that stands for a row.
#[derive(Clone, Debug, Default)]
pub struct RowUse<'a> {
    /// Columns that are read by name, in the order of the text, each once.
    pub columns: Vec<&'a str>,
    /// It is gone over, or read in some other way than by the name of a column.
    pub whole: bool,
    /// It has to be a `Series`: it is handed on, kept, or asked for what only a `Series` has.
    pub as_series: bool,
}

/// A function that does nothing but compute.
#[derive(Clone, Debug)]
pub struct Formula<'a> {
    pub(super) parameters: Vec<SymbolId>,
    /// Everything that it computes: what it gives, what it tests, what it keeps under a name meanwhile.
    pub parts: Vec<&'a Expr>,
    place: TextRange,
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
            // `template % x` makes text.
            Expr::BinOp(op)
                if op.op == Operator::Mod
                    && !op.right.is_number_literal_expr()
                    && !matches!(self.ty(&*op.left), Type::Int | Type::Float) =>
            {
                false
            }
            Expr::BinOp(op) => {
                op.op != Operator::MatMult
                    // `"%s" % x` and `x + "%"` make text.
                    && !op.left.is_string_literal_expr()
                    && !op.right.is_string_literal_expr()
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

    /// Whether an expression computes anything: more than a name, an item, a constant or one call.
    pub fn computes(&self, expr: &'a Expr) -> bool {
        self.tree
            .descendants(AnyNodeRef::from(ExprRef::from(expr)))
            .any(|node| {
                matches!(
                    node,
                    AnyNodeRef::ExprBinOp(_)
                        | AnyNodeRef::ExprCompare(_)
                        | AnyNodeRef::ExprBoolOp(_)
                )
            })
    }

    /// The same, or it is a function of numbers such as `math.sqrt(x)`; `float(x)` only converts.
    pub fn computes_number(&self, expr: &'a Expr) -> bool {
        self.computes(expr)
            || match expr {
                Expr::Call(call) => {
                    self.is_function_of_numbers(call)
                        && !self.name(&*call.func).is_some_and(|name| {
                            ["builtins.bool", "builtins.float", "builtins.int"]
                                .contains(&name.as_str())
                        })
                }
                _ => false,
            }
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
                None => {
                    found.whole = true;
                    found.as_series |= self.needs_series(read);
                }
            }
        }
        found
    }

    /// Whether a read of a row is for a `Series` and nothing else would do.
    fn needs_series(&self, row: &'a ExprName) -> bool {
        match self.usage(row) {
            Use::Method(name, _) => {
                !matches!(name, "get" | "items" | "keys" | "to_dict" | "tolist")
            }
            Use::Attribute(name) => name != "values",
            Use::Argument(call) => {
                let name = self.name(&*call.func);
                !name.is_some_and(|name| name.starts_with("builtins."))
            }
            Use::Item(item) => !item.ctx.is_load() || item.slice.is_list_expr(),
            Use::Iterated(_) | Use::Truth | Use::Haystack(_) | Use::Compared(_) => false,
            _ => true,
        }
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
        match expr {
            Expr::Subscript(item) => self.column_behind(&item.value, row),
            Expr::Attribute(attribute) => self.column_behind(&attribute.value, row),
            _ => None,
        }
    }

    fn column_behind(&self, base: &'a Expr, row: &Symbol<'a>) -> Option<&'a str> {
        let base = base.as_name_expr()?;
        (self.symbol(base)?.id == row.id).then(|| self.column(base))?
    }

    /// The text of an expression with whole columns of `frame` in place of those of a row; `None` where it has to be written in other
    /// words: `and`, `if`, functions of single numbers.
    pub fn with_columns(&self, expr: &'a Expr, row: &Symbol<'a>, frame: &str) -> Option<String> {
        let frame_is_item = |facts: &Self, name: &'a ExprName| {
            facts.symbol(name).is_some_and(|symbol| symbol.id == row.id)
                && facts.column(name).is_none()
        };
        let mut text = String::new();
        let mut from = expr.start();
        for node in self.tree.descendants(AnyNodeRef::from(ExprRef::from(expr))) {
            let column = match node {
                AnyNodeRef::ExprSubscript(item) => self.column_behind(&item.value, row),
                AnyNodeRef::ExprAttribute(attribute) => self.column_behind(&attribute.value, row),
                AnyNodeRef::ExprBoolOp(_) | AnyNodeRef::ExprIf(_) | AnyNodeRef::ExprCall(_) => {
                    return None;
                }
                AnyNodeRef::ExprUnaryOp(op) if op.op.is_not() => return None,
                // The item itself, of a column.
                AnyNodeRef::ExprName(name) if frame_is_item(self, name) => {
                    text.push_str(self.text(TextRange::new(from, node.start())));
                    text.push_str(frame);
                    from = node.end();
                    None
                }
                _ => None,
            };
            if let Some(column) = column {
                text.push_str(self.text(TextRange::new(from, node.start())));
                text.push_str(&format!("{frame}[\"{column}\"]"));
                from = node.end();
            }
        }
        text.push_str(self.text(TextRange::new(from, expr.end())));
        let short = !text.contains('\n') && text.len() < 100;
        short.then_some(text)
    }

    /// What a function computes, if it does nothing else: a lambda, or a function of this file made of `return`, `if` and names for what
    /// was computed.
    pub fn formula(&self, function: &'a Expr) -> Option<Formula<'a>> {
        match function {
            Expr::Lambda(lambda) => {
                let parameters = lambda.parameters.as_deref()?;
                self.formula_of(lambda.range(), parameters, vec![&*lambda.body])
            }
            Expr::Name(name) => match self.only_binding(self.symbol(name)?)? {
                Binding::Function(def) if def.decorator_list.is_empty() => self.body_formula(def),
                _ => None,
            },
            _ => None,
        }
    }

    /// The same of the body of a function, whatever its decorators make of it.
    pub fn body_formula(&self, def: &'a StmtFunctionDef) -> Option<Formula<'a>> {
        if def.is_async {
            return None;
        }
        let body = match def.body.as_slice() {
            [first, rest @ ..] if is_docstring_stmt(first) => rest,
            body => body,
        };
        let mut parts = Vec::new();
        gather(body, &mut parts)?;
        self.formula_of(def.range(), &def.parameters, parts)
    }

    fn formula_of(
        &self,
        place: TextRange,
        parameters: &'a Parameters,
        parts: Vec<&'a Expr>,
    ) -> Option<Formula<'a>> {
        let plain = parameters.vararg.is_none()
            && parameters.kwarg.is_none()
            && parameters.kwonlyargs.is_empty();
        let all = parameters.posonlyargs.iter().chain(&parameters.args);
        let parameters: Option<Vec<SymbolId>> = all
            .map(|one| Some(self.symbol(&one.parameter)?.id))
            .collect();
        Some(Formula {
            parameters: parameters.filter(|_| plain)?,
            parts,
            place,
        })
    }

    /// The only parameter of a formula.
    pub fn parameter(&self, formula: &Formula<'a>) -> Option<&Symbol<'a>> {
        match formula.parameters.as_slice() {
            [only] => Some(self.symbols().get(*only)),
            _ => None,
        }
    }

    /// Whether a formula only computes with what `leaf` accepts, with its own names for that, and with what is the same for all calls.
    pub fn is_elementwise_formula(
        &self,
        formula: &Formula<'a>,
        leaf: &dyn Fn(&'a Expr) -> bool,
    ) -> bool {
        let accepts = |expr: &'a Expr| {
            leaf(expr) || self.is_outside(expr, formula.place) || self.is_given_name(expr, formula)
        };
        let mut all = formula.parts.iter();
        all.all(|part| self.is_elementwise(part, &accepts))
            && formula.parts.iter().any(|part| self.computes(part))
    }

    /// Whether an expression is a variable of the formula itself, and none of its parameters.
    fn is_given_name(&self, expr: &'a Expr, formula: &Formula<'a>) -> bool {
        expr.as_name_expr()
            .and_then(|name| self.symbol(name))
            .is_some_and(|symbol| {
                self.is_bound_in(symbol, formula.place) && !formula.parameters.contains(&symbol.id)
            })
    }

    /// Whether an expression is one of the formula's parameters.
    pub fn is_parameter_of(&self, expr: &'a Expr, formula: &Formula<'a>) -> bool {
        expr.as_name_expr()
            .and_then(|name| self.symbol(name))
            .is_some_and(|symbol| formula.parameters.contains(&symbol.id))
    }
}

/// All expressions that a body computes, if it is made of `return`, `if` and assignments to names, and ends with a value on each path.
fn gather<'a>(body: &'a [Stmt], parts: &mut Vec<&'a Expr>) -> Option<()> {
    for stmt in body {
        match stmt {
            Stmt::Return(given) => parts.push(given.value.as_deref()?),
            Stmt::Assign(assign) => match assign.targets.as_slice() {
                [Expr::Name(_)] => parts.push(&assign.value),
                _ => return None,
            },
            Stmt::If(branch) => {
                parts.push(&branch.test);
                gather(&branch.body, parts)?;
                for clause in &branch.elif_else_clauses {
                    parts.extend(&clause.test);
                    gather(&clause.body, parts)?;
                }
            }
            Stmt::Pass(_) => {}
            _ => return None,
        }
    }
    (!body.is_empty()).then_some(())
}
