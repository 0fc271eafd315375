//! Arrays, frames and tensors that a loop makes longer: none of them can grow, so each time all that is there is copied.

use ruff_python_ast::{AnyNodeRef, Expr, ExprCall, Number};
use ruff_text_size::Ranged;

use super::accumulation::Accumulation;
use super::arrays::Array;
use super::facts::Facts;
use super::libraries::Does;
use super::loops::Loop;
use super::uses::Use;

impl<'a> Facts<'a> {
    /// The package whose function makes of `target` and other parts what is assigned to `target`: `a = np.append(a, x)`,
    /// `df = pd.concat([df, part])`, `df = df.append(row)`.
    pub(super) fn joins_into(&self, target: &'a Expr, value: &'a Expr) -> Option<&'static str> {
        let call = value.as_call_expr()?;
        // A look at the text answers for nearly every assignment.
        let is_method = self.is_receiver(target, call);
        if !is_method && !self.is_part(target, call) {
            return None;
        }
        if is_method {
            let method = call.func.as_attribute_expr()?;
            let appends = method.attr.as_str() == "append" && !call.arguments.is_empty();
            let kind = appends.then(|| self.array(&method.value)).flatten();
            return matches!(kind, Some(Array::Frame | Array::Series)).then_some("pandas");
        }
        let entry = self.knows(call).filter(|entry| entry.does(Does::Joins))?;
        ["numpy", "pandas", "torch"]
            .into_iter()
            .find(|package| entry.name.starts_with(package))
    }

    /// The frame to which an assignment adds one row: `df` of `df.loc[len(df)] = row`.
    pub(super) fn grows_by_row(&self, target: &'a Expr) -> Option<&'a Expr> {
        let item = target.as_subscript_expr()?;
        let indexer = item.value.as_attribute_expr()?;
        if indexer.attr.as_str() != "loc" {
            return None;
        }
        let row = match &*item.slice {
            Expr::Tuple(pair) => pair.elts.first()?,
            row => row,
        };
        // `len(df)`, `len(df.index)`, `df.shape[0]`, and one more.
        let row = match row {
            Expr::BinOp(sum) if sum.op.is_add() => &*sum.left,
            row => row,
        };
        let counted = match row {
            Expr::Call(call) if self.is(&*call.func, "builtins.len") => {
                call.arguments.args.first()?
            }
            Expr::Subscript(shape) if matches!(&*shape.value, Expr::Attribute(part) if part.attr.as_str() == "shape") => {
                &*shape.value
            }
            _ => return None,
        };
        let counted = match counted {
            Expr::Attribute(part) if matches!(part.attr.as_str(), "index" | "shape") => &part.value,
            whole => whole,
        };
        let frame = &*indexer.value;
        (self.same_place(frame, counted) && self.is_of(frame, Array::Frame, "loc")).then_some(frame)
    }

    fn is_receiver(&self, target: &'a Expr, call: &'a ExprCall) -> bool {
        call.func
            .as_attribute_expr()
            .is_some_and(|method| self.same_place(&method.value, target))
    }

    /// Whether `target` is one of the arguments, or of the items of the first.
    fn is_part(&self, target: &'a Expr, call: &'a ExprCall) -> bool {
        let args = &call.arguments.args;
        let items: &'a [Expr] = match args.first() {
            Some(Expr::List(list)) => &list.elts,
            Some(Expr::Tuple(tuple)) => &tuple.elts,
            _ => args,
        };
        items.len() > 1 && items.iter().any(|item| self.same_place(item, target))
    }

    /// Whether a loop does nothing with what it makes longer but that, so that the parts can be gathered in a list first.
    pub fn is_only_gathered(&self, found: &Accumulation<'a>) -> bool {
        // As a part of the whole: what is computed from it on the way needs all of it.
        let in_join = |read: AnyNodeRef<'a>| {
            let stmt = self.tree.statement(read);
            let grown = stmt.and_then(|stmt| self.accumulation(stmt));
            let call = self.tree.ancestors(read).find(|outer| outer.is_expr_call());
            let is_part = call
                .is_some_and(|call| grown.is_some_and(|grown| grown.value.range() == call.range()));
            let is_receiver = |grown: &Accumulation<'a>| {
                !grown.value.is_call_expr()
                    || grown
                        .value
                        .as_call_expr()
                        .is_some_and(|call| call.func.range().contains_range(read.range()))
            };
            grown.is_some_and(|grown| {
                self.same_place(grown.target, found.target) && (is_part || is_receiver(&grown))
            })
        };
        let reads = self.reads_of(found.target, found.around);
        reads
            .into_iter()
            .filter(|read| !in_join(*read))
            .all(|read| match self.usage(read) {
                Use::Argument(call) => self.is(&*call.func, "builtins.len"),
                Use::Attribute(name) => matches!(name, "shape" | "size" | "empty" | "ndim"),
                Use::Compared(compare) => compare.ops.iter().all(|op| op.is_is() || op.is_is_not()),
                Use::Truth | Use::Augmented(_) => true,
                Use::Item(item) => {
                    matches!(&*item.slice, Expr::NumberLiteral(_) | Expr::UnaryOp(_))
                }
                _ => false,
            })
            && self.is_never_restarted(found)
            && !self.goes_over_folds(found.around)
            && !self.joins_columns(found.value)
    }

    /// `for train, test in folds.split(X)`: a handful, each of which takes long.
    fn goes_over_folds(&self, around: Loop<'a>) -> bool {
        let mut iter = around.iter();
        while let Some(Expr::Call(call)) = iter {
            match &*call.func {
                Expr::Attribute(method) => {
                    return method.attr.as_str() == "split" && !self.ty(&*method.value).is_str();
                }
                // `enumerate(...)`
                _ => iter = call.arguments.args.first(),
            }
        }
        false
    }

    /// `axis=1`: columns beside each other, of which there are few.
    fn joins_columns(&self, value: &'a Expr) -> bool {
        let call = value.as_call_expr();
        let axis = call.and_then(|call| call.arguments.find_keyword("axis"));
        axis.is_some_and(|axis| match &axis.value {
            Expr::NumberLiteral(number) => {
                matches!(&number.value, Number::Int(int) if int.as_u8() == Some(1))
                    && self.call_is_of_pandas(call)
            }
            Expr::StringLiteral(text) => text.value.to_str() == "columns",
            _ => false,
        })
    }

    fn call_is_of_pandas(&self, call: Option<&'a ExprCall>) -> bool {
        call.and_then(|call| self.knows(call))
            .is_some_and(|entry| entry.name.starts_with("pandas."))
    }

    /// Whether the loop goes on with the same thing: what begins it stands in another branch of the same `if`.
    fn is_never_restarted(&self, found: &Accumulation<'a>) -> bool {
        if !self.starts_anew(found) {
            return true;
        }
        let Some(symbol) = found
            .target
            .as_name_expr()
            .and_then(|name| self.symbol(name))
        else {
            return false;
        };
        let mut bound = self
            .binding_nodes(symbol)
            .filter(|node| found.around.repeats(*node));
        bound.all(|node| {
            let stmt = self.tree.statement(node);
            let grows = stmt
                .and_then(|stmt| self.accumulation(stmt))
                .is_some_and(|grown| self.same_place(grown.target, found.target));
            grows
                || self
                    .tree
                    .ancestors(node)
                    .take_while(|outer| outer.range() != found.around.range())
                    .any(|outer| {
                        outer.is_stmt_if() && outer.range().contains_range(found.stmt.range())
                    })
        })
    }
}
