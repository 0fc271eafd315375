//! Arrays, series, frames and tensors: what a file knows of the libraries that hold many values at once.
//!
//! **Invariant**: a file that imports none of these libraries is told so before any type is looked for.

use ruff_python_ast::{AnyNodeRef, Expr, ExprCall, Number};
use ruff_text_size::Ranged;

use super::facts::Facts;
use super::libraries::{Does, root_number};
use super::loops::Loop;
use super::types::Type;

/// Up to about so many values, an array computes no faster than a loop.
const SMALL: u64 = 30;

/// Methods of frames that give a few rows.
const ROWS_OF: &[&str] = &["describe", "head", "mode", "nlargest", "nsmallest", "tail"];
/// Methods that give as many rows as they were given.
const CHAINED: &[&str] = &[
    "copy",
    "fillna",
    "rename",
    "reset_index",
    "set_index",
    "sort_values",
];

/// A class whose objects hold many values, and compute with all of them at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Array {
    /// `numpy.ndarray`
    Numpy,
    /// `pandas.Series`
    Series,
    /// `pandas.DataFrame`
    Frame,
    /// `torch.Tensor`
    Tensor,
}

impl Array {
    /// The package by which it is known.
    pub fn package(self) -> &'static str {
        match self {
            Array::Numpy => "numpy",
            Array::Series | Array::Frame => "pandas",
            Array::Tensor => "torch",
        }
    }

    fn of<'a>(ty: &Type<'a>) -> Option<Array> {
        let Type::Instance(class) = ty else {
            return None;
        };
        Some(match class.name() {
            "numpy.ndarray" | "numpy.recarray" | "numpy.memmap" => Array::Numpy,
            "pandas.Series" => Array::Series,
            "pandas.DataFrame" | "geopandas.GeoDataFrame" => Array::Frame,
            "torch.Tensor" | "torch.nn.Parameter" => Array::Tensor,
            _ => return None,
        })
    }
}

impl<'a> Facts<'a> {
    /// Whether the file imports a package, anywhere; one that some library table is about.
    pub fn imports(&self, package: &str) -> bool {
        root_number(package).is_some_and(|root| self.imported_libraries().has(root))
    }

    /// Whether the file imports a library of arrays or frames.
    pub fn has_arrays(&self) -> bool {
        ["numpy", "pandas", "torch"]
            .iter()
            .any(|package| self.imports(package))
    }

    /// Whether the file imports pandas, or what is built on its frames.
    pub fn has_frames(&self) -> bool {
        ["pandas", "geopandas"]
            .iter()
            .any(|package| self.imports(package))
    }

    /// What kind of array an expression gives, by its type; `None` also where nothing is known.
    pub fn array(&self, expr: &'a Expr) -> Option<Array> {
        // Most files have none.
        if !self.has_arrays() {
            return None;
        }
        Array::of(&self.ty(expr).without_none())
    }

    /// Whether an expression gives a certain kind of array, by its type, or by an attribute that no other class has: where nothing is
    /// known of `expr`, the file imports the library, and no class of this file has `attribute`.
    ///
    /// For attributes that nobody else calls so: `iterrows`, `iloc`.
    pub fn is_of(&self, expr: &'a Expr, kind: Array, attribute: &str) -> bool {
        let of_pandas = kind.package() == "pandas" && self.imports("geopandas");
        if !self.imports(kind.package()) && !of_pandas {
            return false;
        }
        let ty = self.ty(expr).without_none();
        match Array::of(&ty) {
            Some(found) => found == kind,
            None => {
                ty.is_unknown() && !self.defines_method(attribute) && !self.is_of_other_class(expr)
            }
        }
    }

    /// Whether a variable holds what a class of some other library made, by the naming convention that everybody keeps.
    fn is_of_other_class(&self, expr: &'a Expr) -> bool {
        let value = self.only_value(expr).unwrap_or(expr);
        let Some(call) = value.as_call_expr() else {
            return false;
        };
        self.path(&*call.func).is_some_and(|name| {
            let last = name.rsplit('.').next().unwrap_or_default();
            last.starts_with(char::is_uppercase) && !name.starts_with("pandas.")
        })
    }

    /// Whether an expression gives a few rows of something longer: `df.head()`, `df.iloc[:5]`, `df.nlargest(3, "price")`.
    pub fn is_few_rows(&self, expr: &'a Expr) -> bool {
        let value = self.only_value(expr).unwrap_or(expr);
        match value {
            Expr::Call(call) => matches!(&*call.func, Expr::Attribute(method)
                if ROWS_OF.contains(&method.attr.as_str())
                    || CHAINED.contains(&method.attr.as_str()) && self.is_few_rows(&method.value)),
            Expr::Subscript(item) => match &*item.slice {
                Expr::Slice(slice) => {
                    let end = slice.upper.as_deref();
                    end.is_some_and(|end| end.is_literal_expr() || end.is_unary_op_expr())
                        || end.is_none()
                            && slice.lower.as_deref().is_some_and(Expr::is_unary_op_expr)
                }
                _ => false,
            },
            _ => false,
        }
    }

    /// Whether an array is made of a few values that are written down: `np.array([1, 2, 3])`, `np.zeros(3)`.
    pub fn is_small_array(&self, expr: &'a Expr) -> bool {
        let value = self.only_value(expr).unwrap_or(expr);
        let Some(call) = value.as_call_expr() else {
            return self.is_few(expr);
        };
        // The parts are few, not what is in them.
        let joins = self
            .knows(call)
            .is_some_and(|entry| entry.does(Does::Joins));
        if joins {
            return false;
        }
        let spaced = self.is(&*call.func, "numpy.linspace");
        let at = if spaced { 2 } else { 0 };
        let Some(first) = call.arguments.find_argument_value("num", at) else {
            return self.is_few(expr);
        };
        let whole = |expr: &Expr| match expr {
            Expr::NumberLiteral(number) => match &number.value {
                Number::Int(int) => int.as_u64(),
                _ => None,
            },
            _ => None,
        };
        let converts = ["numpy.array", "numpy.asarray", "torch.tensor"]
            .iter()
            .any(|name| self.is(&*call.func, name));
        let small = match first {
            Expr::NumberLiteral(_) => whole(first).is_some_and(|int| int <= SMALL),
            // `np.zeros((2, 3))`
            Expr::Tuple(shape) if !converts => shape
                .elts
                .iter()
                .try_fold(1_u64, |all, side| all.checked_mul(whole(side)?))
                .is_some_and(|all| all <= SMALL),
            other => self
                .known_length(other)
                .is_some_and(|length| length <= SMALL),
        };
        small && call.arguments.args.len() == at + 1 || self.is_few(expr)
    }

    /// The loop that goes over what a call gives, as it comes or through one more call: `for i, row in enumerate(df.iterrows())`.
    pub fn loop_over(&self, call: &'a ExprCall) -> Option<Loop<'a>> {
        let mut items = AnyNodeRef::from(call);
        for _ in 0..4 {
            let parent = self.tree.parent(items)?;
            items = match parent {
                AnyNodeRef::StmtFor(stmt) => {
                    let own = stmt.iter.range() == items.range() && !stmt.is_async;
                    return own.then_some(Loop::For(stmt));
                }
                AnyNodeRef::Comprehension(clause) => {
                    let own = clause.iter.range() == items.range() && !clause.is_async;
                    let comprehension = self.tree.parent(clause)?;
                    return own.then_some(Loop::Clause {
                        comprehension,
                        clause,
                    });
                }
                AnyNodeRef::Arguments(_) => parent,
                AnyNodeRef::ExprCall(outer) => {
                    let first = outer.arguments.args.first()?;
                    if !first.range().contains_range(call.range())
                        || self.is(&*outer.func, "itertools.islice")
                    {
                        return None;
                    }
                    parent
                }
                _ => return None,
            };
        }
        None
    }

    /// Whether a function or class of this file goes by a name.
    fn defines_method(&self, name: &str) -> bool {
        self.named_functions().contains_key(name)
    }
}
