//! Arrays, frames and tensors that a loop makes longer: none of them can grow, so each time all that is there is copied.

use ruff_python_ast::{Expr, ExprCall};

use super::arrays::Array;
use super::facts::Facts;
use super::libraries::Does;

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
            return (appends && self.is_of(&method.value, Array::Frame, "append"))
                .then_some("pandas");
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
            Expr::Subscript(shape) => &*shape.value,
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
        let Some(first) = call.arguments.args.first() else {
            return false;
        };
        let items: &'a [Expr] = match first {
            Expr::List(list) => &list.elts,
            Expr::Tuple(tuple) => &tuple.elts,
            own => return self.same_place(own, target) && call.arguments.len() > 1,
        };
        items.len() > 1 && items.iter().any(|item| self.same_place(item, target))
    }
}
