//! When code runs: never on the supported versions, once at import, or whenever it is called; and what the file is for.

use std::cmp::Ordering;

use ruff_python_ast::{self as ast, AnyNodeRef, CmpOp, Expr, Number, PythonVersion, UnaryOp};
use ruff_text_size::Ranged;

use super::facts::Facts;

/// How often a piece of code can run in one process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Runs {
    /// Under `TYPE_CHECKING`, `if False`, or a test of `sys.version_info` that no supported version passes.
    Never,
    /// At import, or in the `__main__` block: in no function and in no loop.
    Once,
    /// In a function, which may be called any number of times, or in a loop.
    Often,
}

/// Whether a file belongs to the tests of a project, as everybody calls and places these.
pub(super) fn is_of_tests(path: &str) -> bool {
    let (folders, file) = path.rsplit_once('/').unwrap_or(("", path));
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    stem.starts_with("test_")
        || stem.ends_with("_test")
        || matches!(stem, "tests" | "conftest")
        || (folders.split('/')).any(|folder| matches!(folder, "tests" | "test" | "testing"))
}

impl<'a> Facts<'a> {
    /// How often `node` can run. A function counts as called often, wherever it is called from.
    pub fn runs(&self, node: impl Into<AnyNodeRef<'a>>) -> Runs {
        let mut inner: AnyNodeRef<'a> = node.into();
        let mut often = self.tree.is_looped(inner);
        while let Some(outer) = self.tree.parent(inner) {
            match outer {
                AnyNodeRef::StmtIf(stmt) => {
                    let passed_over = match inner {
                        AnyNodeRef::ElifElseClause(clause) => {
                            let before = stmt
                                .elif_else_clauses
                                .iter()
                                .take_while(|other| other.start() < clause.start())
                                .filter_map(|other| other.test.as_ref());
                            std::iter::once(&*stmt.test)
                                .chain(before)
                                .any(|test| self.always(test) == Some(true))
                        }
                        _ if inner.range() == stmt.test.range() => false,
                        _ => self.always(&stmt.test) == Some(false),
                    };
                    if passed_over {
                        return Runs::Never;
                    }
                }
                AnyNodeRef::ElifElseClause(clause) => {
                    if let Some(test) = &clause.test
                        && inner.range() != test.range()
                        && self.always(test) == Some(false)
                    {
                        return Runs::Never;
                    }
                }
                AnyNodeRef::StmtFunctionDef(def) => {
                    let in_body = def
                        .body
                        .first()
                        .is_some_and(|first| inner.start() >= first.start());
                    often |= in_body;
                }
                AnyNodeRef::ExprLambda(_) => often = true,
                _ => {}
            }
            inner = outer;
        }
        if often { Runs::Often } else { Runs::Once }
    }

    /// Whether `node` stands under `if __name__ == "__main__":`.
    pub fn is_in_main_block(&self, node: impl Into<AnyNodeRef<'a>>) -> bool {
        self.tree.ancestors(node).any(|outer| match outer {
            AnyNodeRef::StmtIf(stmt) => is_main_test(&stmt.test),
            _ => false,
        })
    }

    /// Whether the file is made to be run: it has a `__main__` block, a `#!` line, or script metadata.
    pub fn is_script(&self) -> bool {
        let text = self.source().text();
        text.starts_with("#!")
            || text.contains("\n# /// script")
            || text.starts_with("# /// script")
            || self.tree.nodes().iter().any(|node| match node {
                AnyNodeRef::StmtIf(stmt) => is_main_test(&stmt.test),
                _ => false,
            })
    }

    /// Whether `node` belongs to a test: a function called `test…`, a fixture of pytest, or a class that derives from a `TestCase`.
    pub fn is_in_test(&self, node: impl Into<AnyNodeRef<'a>>) -> bool {
        self.tree.ancestors(node).any(|outer| match outer {
            AnyNodeRef::StmtFunctionDef(def) => {
                def.name.starts_with("test")
                    || def.decorator_list.iter().any(|decorator| {
                        self.decorator_name(decorator).is_some_and(|name| {
                            matches!(name.as_str(), "pytest.fixture" | "pytest_asyncio.fixture")
                        })
                    })
            }
            AnyNodeRef::StmtClassDef(class) => class.bases().iter().any(|base| {
                let last = match base {
                    Expr::Name(name) => name.id.as_str(),
                    Expr::Attribute(attribute) => attribute.attr.as_str(),
                    _ => "",
                };
                last.ends_with("TestCase")
            }),
            _ => false,
        })
    }

    /// What a test comes to at run time on every supported version, where that can be told.
    pub fn always(&self, test: &'a Expr) -> Option<bool> {
        match test {
            Expr::BooleanLiteral(literal) => Some(literal.value),
            Expr::NumberLiteral(literal) => match &literal.value {
                Number::Int(int) => Some(int.as_u64()? != 0),
                _ => None,
            },
            Expr::UnaryOp(unary) if unary.op == UnaryOp::Not => {
                self.always(&unary.operand).map(|truth| !truth)
            }
            Expr::BoolOp(op) => {
                // One operand that decides is enough; else all must be known.
                let decides = op.op == ast::BoolOp::Or;
                let mut all_known = true;
                for value in &op.values {
                    match self.always(value) {
                        Some(truth) if truth == decides => return Some(decides),
                        Some(_) => {}
                        None => all_known = false,
                    }
                }
                all_known.then_some(!decides)
            }
            Expr::Compare(compare) => self.version_test(compare),
            Expr::Name(name) if name.id == "TYPE_CHECKING" => Some(false),
            Expr::Attribute(attribute) if attribute.attr.as_str() == "TYPE_CHECKING" => Some(false),
            // `PY2 = sys.version_info[0] == 2`
            Expr::Name(_) => self.version_test(self.only_value(test)?.as_compare_expr()?),
            _ => None,
        }
    }

    /// A comparison of `sys.version_info`, over the range of supported versions.
    fn version_test(&self, compare: &'a ast::ExprCompare) -> Option<bool> {
        let ([op], [right]) = (&*compare.ops, &*compare.comparators) else {
            return None;
        };
        let left = self.version_part(&compare.left)?;
        let wanted: Vec<u64> = match (right, left) {
            (Expr::Tuple(tuple), Part::From(_)) => {
                tuple.elts.iter().map(whole_number).collect::<Option<_>>()?
            }
            (number, Part::Major) => vec![whole_number(number)?],
            _ => return None,
        };
        let versions = self.python();
        let oldest = holds(*op, left.compare(versions.oldest, &wanted)?)?;
        let newest = holds(*op, left.compare(versions.newest, &wanted)?)?;
        // An order changes its answer once over the range; an equality may hold in the middle.
        let is_order = !matches!(op, CmpOp::Eq | CmpOp::NotEq) || left == Part::Major;
        (oldest == newest && is_order).then_some(oldest)
    }

    fn version_part(&self, expr: &'a Expr) -> Option<Part> {
        let is_info = |expr: &'a Expr| self.is(expr, "sys.version_info");
        match expr {
            Expr::Subscript(subscript) if is_info(&subscript.value) => match &*subscript.slice {
                Expr::Slice(slice) if slice.lower.is_none() && slice.step.is_none() => {
                    let length = whole_number(slice.upper.as_deref()?)?;
                    Some(Part::From(Some(usize::try_from(length).ok()?)))
                }
                index => (whole_number(index)? == 0).then_some(Part::Major),
            },
            Expr::Attribute(attribute) if attribute.attr.as_str() == "major" => {
                is_info(&attribute.value).then_some(Part::Major)
            }
            expr => is_info(expr).then_some(Part::From(None)),
        }
    }
}

/// What of `sys.version_info` is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// `sys.version_info[0]`
    Major,
    /// The whole, or its first elements.
    From(Option<usize>),
}

impl Part {
    /// How that part of any release of `version` compares; `None` if it depends on the release.
    fn compare(self, version: PythonVersion, wanted: &[u64]) -> Option<Ordering> {
        let known = [u64::from(version.major), u64::from(version.minor)];
        let length = match self {
            Part::Major => 1,
            Part::From(length) => length.unwrap_or(5),
        };
        for i in 0..length {
            let Some(wanted) = wanted.get(i) else {
                return Some(Ordering::Greater);
            };
            match known.get(i)?.cmp(wanted) {
                Ordering::Equal => {}
                unequal => return Some(unequal),
            }
        }
        Some(length.cmp(&wanted.len()))
    }
}

fn holds(op: CmpOp, order: Ordering) -> Option<bool> {
    Some(match op {
        CmpOp::Lt => order.is_lt(),
        CmpOp::LtE => order.is_le(),
        CmpOp::Gt => order.is_gt(),
        CmpOp::GtE => order.is_ge(),
        CmpOp::Eq => order.is_eq(),
        CmpOp::NotEq => order.is_ne(),
        _ => return None,
    })
}

fn whole_number(expr: &Expr) -> Option<u64> {
    match &expr.as_number_literal_expr()?.value {
        Number::Int(int) => int.as_u64(),
        _ => None,
    }
}

/// `__name__ == "__main__"`, either way round.
fn is_main_test(test: &Expr) -> bool {
    let Expr::Compare(compare) = test else {
        return false;
    };
    let ([CmpOp::Eq], [right]) = (&*compare.ops, &*compare.comparators) else {
        return false;
    };
    let is_name = |expr: &Expr| {
        expr.as_name_expr()
            .is_some_and(|name| name.id == "__name__")
    };
    let is_main = |expr: &Expr| {
        expr.as_string_literal_expr()
            .is_some_and(|text| text.value.to_str() == "__main__")
    };
    is_name(&compare.left) && is_main(right) || is_main(&compare.left) && is_name(right)
}
