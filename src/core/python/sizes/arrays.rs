//! What is seen to be long among arrays, series and frames: the rows of a file or a query, the samples of an array that was loaded, a
//! thousand values that the text asks for, and what is computed of these value by value.
//!
//! **Invariant**: says [`Size::Seen`] only with the place that shows it. What picks, groups or sums up leaves nothing seen.

use ruff_python_ast::{self as ast, CmpOp, Expr};

use super::{Evidence, Sight, Size};
use crate::python::facts::Facts;
use crate::python::libraries::many_in;
use crate::python::types::Type;

/// Methods that give as many rows or values as they are called on, or more.
const KEEPING_METHODS: &[&str] = &[
    "abs",
    "add",
    "apply",
    "applymap",
    "argsort",
    "assign",
    "astype",
    "between",
    "bfill",
    "byteswap",
    "clip",
    "copy",
    "cummax",
    "cummin",
    "cumprod",
    "cumsum",
    "diff",
    "div",
    "dot",
    "drop",
    "dropna",
    "explode",
    "ffill",
    "fillna",
    "flatten",
    "ge",
    "gt",
    "interpolate",
    "isna",
    "isnull",
    "items",
    "join",
    "le",
    "lower",
    "lt",
    "map",
    "mask",
    "melt",
    "merge",
    "mul",
    "ne",
    "notna",
    "notnull",
    "pct_change",
    "pow",
    "rank",
    "ravel",
    "rename",
    "replace",
    "reset_index",
    "round",
    "set_index",
    "shift",
    "sort_index",
    "sort_values",
    "stack",
    "strip",
    "sub",
    "to_frame",
    "to_list",
    "to_numpy",
    "to_pandas",
    "tolist",
    "transform",
    "transpose",
    "upper",
    "where",
];

/// Functions that give one value for each value of their first argument, or all that they are given.
const KEEPING: &[&str] = &[
    "copy.copy",
    "copy.deepcopy",
    "geopandas.GeoDataFrame",
    "geopandas.sjoin",
    "numpy.abs",
    "numpy.absolute",
    "numpy.arctan2",
    "numpy.argsort",
    "numpy.array",
    "numpy.asanyarray",
    "numpy.asarray",
    "numpy.ascontiguousarray",
    "numpy.clip",
    "numpy.concatenate",
    "numpy.cos",
    "numpy.cumsum",
    "numpy.diff",
    "numpy.exp",
    "numpy.gradient",
    "numpy.hstack",
    "numpy.isfinite",
    "numpy.isin",
    "numpy.isinf",
    "numpy.isnan",
    "numpy.log",
    "numpy.log10",
    "numpy.logical_and",
    "numpy.logical_not",
    "numpy.logical_or",
    "numpy.nan_to_num",
    "numpy.power",
    "numpy.ravel",
    "numpy.round",
    "numpy.sin",
    "numpy.sort",
    "numpy.sqrt",
    "numpy.square",
    "numpy.tan",
    "numpy.vstack",
    "numpy.where",
    "pandas.DataFrame",
    "pandas.Series",
    "pandas.concat",
    "pandas.isna",
    "pandas.isnull",
    "pandas.merge",
    "pandas.notna",
    "pandas.notnull",
    "pandas.to_datetime",
    "pandas.to_numeric",
    "torch.as_tensor",
    "torch.from_numpy",
    "torch.tensor",
];

/// Those of them that are given lists, as a rule.
const CONVERTS: &[&str] = &[
    "numpy.array",
    "numpy.asarray",
    "pandas.DataFrame",
    "pandas.Series",
    "torch.tensor",
];

/// Functions that make as many values as they are asked for.
const MADE: &[&str] = &[
    "numpy.arange",
    "numpy.empty",
    "numpy.full",
    "numpy.ones",
    "numpy.zeros",
    "torch.arange",
    "torch.empty",
    "torch.ones",
    "torch.rand",
    "torch.randn",
    "torch.zeros",
];

/// Attributes of a frame or an array that are as long as it is.
const LASTING_ATTRIBUTES: &[&str] = &[
    "T", "array", "dt", "flat", "iloc", "imag", "index", "loc", "real", "str", "values",
];

impl<'a> Facts<'a> {
    /// How many values an array or a series has, or rows a frame, as far as the text shows. Looks far: to be asked last.
    pub fn array_size(&self, expr: &'a Expr) -> Size {
        if self.is_small_array(expr) || self.is_few_rows(expr) {
            return Size::Few;
        }
        self.sighted(|sight| sight.values(expr))
    }
}

impl<'a> Sight<'_, 'a> {
    /// What shows that an array has many values, or a frame many rows.
    pub(super) fn values(&mut self, expr: &'a Expr) -> Option<Evidence> {
        if !self.step() {
            return None;
        }
        match expr {
            Expr::Name(name) => {
                let symbol = self.facts.symbol(name)?;
                self.values_of(symbol)
            }
            Expr::Attribute(attribute) => {
                let word = attribute.attr.as_str();
                // `df.price`
                let column = || {
                    !matches!(word, "columns" | "dtypes" | "shape" | "name" | "names")
                        && matches!(self.facts.ty(&*attribute.value), Type::Instance(class) if matches!(
                            class.name(), "pandas.DataFrame" | "geopandas.GeoDataFrame"))
                };
                if LASTING_ATTRIBUTES.contains(&word) || column() {
                    return self.values(&attribute.value);
                }
                self.values_of_attribute(attribute)
            }
            Expr::BinOp(op) => self.values(&op.left).or_else(|| self.values(&op.right)),
            Expr::UnaryOp(op) => self.values(&op.operand),
            Expr::Compare(compare) => {
                let plain =
                    |op: &CmpOp| !matches!(op, CmpOp::In | CmpOp::NotIn | CmpOp::Is | CmpOp::IsNot);
                compare
                    .ops
                    .iter()
                    .all(plain)
                    .then(|| self.values(&compare.left))?
            }
            Expr::Subscript(item) if self.keeps_most(&item.slice) => self.values(&item.value),
            Expr::Call(call) => self.array_call(call),
            Expr::List(ast::ExprList { elts, .. }) | Expr::Tuple(ast::ExprTuple { elts, .. }) => {
                elts.iter().find_map(|part| self.values(part))
            }
            Expr::If(branch) => self
                .values(&branch.body)
                .or_else(|| self.values(&branch.orelse)),
            Expr::Await(awaited) => self.values(&awaited.value),
            _ => None,
        }
    }

    /// Whether `[key]` leaves most of the rows: a column, several, a half of them; what equals something is one in many.
    fn keeps_most(&self, key: &'a Expr) -> bool {
        match key {
            Expr::StringLiteral(_) | Expr::FString(_) | Expr::List(_) => true,
            Expr::Slice(slice) => slice.upper.as_deref().is_none_or(Expr::is_unary_op_expr),
            Expr::Tuple(pair) => pair.elts.first().is_some_and(|rows| match rows {
                Expr::List(_) | Expr::StringLiteral(_) => false,
                rows => self.keeps_most(rows),
            }),
            Expr::Compare(compare) => compare.ops.iter().all(|op| {
                matches!(
                    op,
                    CmpOp::Lt | CmpOp::LtE | CmpOp::Gt | CmpOp::GtE | CmpOp::NotEq
                )
            }),
            Expr::UnaryOp(op) => op.op.is_invert(),
            Expr::BinOp(op) => self.keeps_most(&op.left) && self.keeps_most(&op.right),
            Expr::Call(call) => matches!(&*call.func, Expr::Attribute(method) if matches!(
                method.attr.as_str(), "notna" | "notnull")),
            // `df[column]`, not `a[i]`
            Expr::Name(_) => self.facts.ty(key).is_str(),
            _ => false,
        }
    }

    fn array_call(&mut self, call: &'a ast::ExprCall) -> Option<Evidence> {
        let args = &call.arguments.args;
        if let Some(name) = self.facts.name(&*call.func) {
            let name = name.as_str();
            if let Some(each) = many_in(name) {
                // `read_csv(path, nrows=5)`
                let limited = call.arguments.find_keyword("nrows").is_some();
                return (!limited).then(|| Self::evidence(call, each));
            }
            if KEEPING.contains(&name) {
                let first = args.first()?;
                let found = self.values(first);
                return found.or_else(|| CONVERTS.contains(&name).then(|| self.items(first))?);
            }
            if MADE.contains(&name) {
                return match args.first()? {
                    Expr::Tuple(shape) => shape.elts.iter().find_map(|side| self.count(side)),
                    count => self.count(count),
                };
            }
            if name == "numpy.linspace" {
                return self.count(call.arguments.find_argument_value("num", 2)?);
            }
        }
        if let Some(def) = self.facts.callee(call) {
            return self.result_of(def, |sight, value| sight.values(value));
        }
        let method = call.func.as_attribute_expr()?;
        if !KEEPING_METHODS.contains(&method.attr.as_str()) {
            return None;
        }
        self.values(&method.value)
    }
}

#[cfg(test)]
mod tests {
    use super::super::told;
    use crate::python::facts::probe::probed;

    /// What shows that the argument of the last `probe(...)` of a text is long; "few" and "unknown" else.
    fn size(text: &str) -> String {
        let text = format!("import numpy as np\nimport pandas as pd\n{text}");
        told(probed(&text, |facts, expr| facts.array_size(expr)))
    }

    #[test]
    fn tables_and_arrays_that_are_read_are_long() {
        let row = "one for each row of the table";
        let value = "one for each value of the file";
        for (text, seen) in [
            ("probe(pd.read_csv(p))\n", row),
            ("df = pd.read_sql(q, c)\nprobe(df['a'])\n", row),
            (
                "all = pd.DataFrame()\nfor p in ps:\n    part = pd.read_csv(p)\n    all = pd.concat([all, part])\nprobe(pd.concat([all, part]))\n",
                row,
            ),
            (
                "df = pd.read_csv(p)\ndf = df[df.a > 3].merge(other)\nprobe(df)\n",
                row,
            ),
            (
                "df = pd.read_csv(p)\nprobe(df.loc[:, 'a'].values * 2)\n",
                row,
            ),
            ("def f(df):\n    probe(df)\nf(pd.read_parquet(p))\n", row),
            (
                "def read():\n    df = pd.read_parquet(p)\n    return df.dropna()\nprobe(read())\n",
                row,
            ),
            (
                "class C:\n    def __init__(self, p):\n        self.df = pd.read_csv(p)\n    def f(self):\n        probe(self.df['a'])\n",
                row,
            ),
            ("a = np.loadtxt(p)\nprobe(np.isnan(a))\n", value),
            ("a = np.load(p)\nprobe(a[:, 0] > 3)\n", value),
            ("probe(np.zeros((100_000, 3)))\n", "100000 times"),
            ("probe(np.linspace(0, 1, 5000))\n", "5000 times"),
            (
                "probe(pd.DataFrame([line.split() for line in open(p)]))\n",
                "one for each line of the file",
            ),
        ] {
            assert_eq!(size(text), seen, "{text}");
        }
    }

    #[test]
    fn what_picks_groups_or_sums_up_is_unknown() {
        for text in [
            "def f(df: pd.DataFrame):\n    probe(df)\n",
            "df = pd.read_csv(p)\nprobe(df[df.a == 3])\n",
            "df = pd.read_csv(p)\nprobe(df.groupby('a').sum())\n",
            "df = pd.read_csv(p)\nprobe(df['a'].unique())\n",
            "df = pd.read_csv(p)\nprobe(df.mean())\n",
            "df = pd.read_csv(p, nrows=5)\nprobe(df)\n",
            "df = pd.read_csv(p)\nprobe(df.columns)\n",
            "a = np.load(p)\nprobe(a[i])\n",
            "a = np.load(p)\nprobe(a.mean(axis=0))\n",
            "probe(np.zeros(n))\n",
        ] {
            assert_eq!(size(text), "unknown", "{text}");
        }
        assert_eq!(size("probe(np.array([1, 2, 3]))\n"), "few");
        assert_eq!(size("df = pd.read_csv(p)\nprobe(df.head())\n"), "few");
    }
}
