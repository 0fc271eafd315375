//! # Rows fetched, or counted, to see whether there are any
//!
//! A queryset in a test fetches all rows and makes an object of each; `.count() > 0` counts them all. `.exists()` asks the database
//! for one row and stops there.
//!
//! ```python bad
//! from django.db import models
//!
//!
//! class Book(models.Model):
//!     year = models.IntegerField()
//!
//!
//! def has(year):
//!     if Book.objects.filter(year=year):
//!         return "some"
//!     return "none"
//! ```
//!
//! ```python good
//! from django.db import models
//!
//!
//! class Book(models.Model):
//!     year = models.IntegerField()
//!
//!
//! def has(year):
//!     if Book.objects.filter(year=year).exists():
//!         return "some"
//!     return "none"
//! ```
//!
//! ```python bad
//! from django.db import models
//!
//!
//! class Book(models.Model):
//!     year = models.IntegerField()
//!
//!
//! def has(year):
//!     if Book.objects.filter(year=year).count() > 0:
//!         return "some"
//!     return "none"
//! ```
//!
//! ```python good
//! from django.db import models
//!
//!
//! class Book(models.Model):
//!     year = models.IntegerField()
//!
//!
//! def has(year):
//!     if Book.objects.filter(year=year).exists():
//!         return "some"
//!     return "none"
//! ```
//!
//! Told to those who select the rule: how many rows there are no text tells, and mostly it is a handful.
//!
//! Where the objects are needed afterwards, the test fetches them once and for all:
//!
//! ```python fine
//! from django.db import models
//!
//!
//! class Book(models.Model):
//!     year = models.IntegerField()
//!
//!
//! def show(year, books):
//!     found = Book.objects.filter(year=year)
//!     if found:
//!         print([book.year for book in found])
//!     if books or Book.objects.count() > 10:
//!         return found
//! ```

use hotlint_core::ast::{CmpOp, Expr, Number, StmtIf};
use hotlint_core::lint::{Cost, Cx, Edit, Finding, Fix, Rule};
use hotlint_core::python::is_tested;

pub struct QuerysetTruthiness;

impl Rule for QuerysetTruthiness {
    type On = StmtIf;
    const COST: Cost = Cost::Debatable("fetches or counts all rows where one would tell");

    fn concerns(cx: &Cx<'_>) -> bool {
        cx.may_map_objects()
    }

    fn check<'a>(stmt: &'a StmtIf, cx: &Cx<'a>) -> Option<Finding> {
        let others = stmt
            .elif_else_clauses
            .iter()
            .filter_map(|clause| clause.test.as_ref());
        std::iter::once(&*stmt.test)
            .chain(others)
            .find_map(|test| part(test, cx))
    }
}

/// The first part of a test that asks for more than it needs.
fn part<'a>(test: &'a Expr, cx: &Cx<'a>) -> Option<Finding> {
    match test {
        Expr::BoolOp(op) => op.values.iter().find_map(|value| part(value, cx)),
        Expr::UnaryOp(unary) => part(&unary.operand, cx),
        // `.count() > 0`
        Expr::Compare(compare) => {
            let ([op], [number]) = (&*compare.ops, &*compare.comparators) else {
                return None;
            };
            let Expr::NumberLiteral(literal) = number else {
                return None;
            };
            let Number::Int(limit) = &literal.value else {
                return None;
            };
            let asks = match (op, limit.as_u64()?) {
                (CmpOp::Gt | CmpOp::NotEq, 0) | (CmpOp::GtE, 1) => "",
                (CmpOp::Eq | CmpOp::LtE, 0) | (CmpOp::Lt, 1) => "not ",
                _ => return None,
            };
            counted(&compare.left, asks, test, cx)
        }
        Expr::Call(call) if call.arguments.is_empty() && is_count(call) => {
            counted(test, "", test, cx)
        }
        Expr::Call(_) | Expr::Name(_) => {
            if let Expr::Name(name) = test
                && !cx.is_asked_only(name, |read| is_tested(cx, read))
            {
                return None;
            }
            cx.fetch(test)?;
            let finding = Finding::new(test, "all rows are fetched to see whether there are any");
            Some(
                finding
                    .label("the database can tell")
                    .fix(exists(test, "", test, cx)),
            )
        }
        _ => None,
    }
}

fn is_count(call: &hotlint_core::ast::ExprCall) -> bool {
    matches!(&*call.func, Expr::Attribute(method) if method.attr.as_str() == "count")
}

fn counted<'a>(count: &'a Expr, asks: &str, whole: &'a Expr, cx: &Cx<'a>) -> Option<Finding> {
    let call = count
        .as_call_expr()
        .filter(|call| is_count(call) && call.arguments.is_empty())?;
    let Expr::Attribute(method) = &*call.func else {
        return None;
    };
    if !cx.is_query(&method.value) {
        return None;
    }
    let finding = Finding::new(whole, "all rows are counted to see whether there are any");
    Some(
        finding
            .label("one row would tell")
            .fix(exists(&method.value, asks, whole, cx)),
    )
}

fn exists<'a>(query: &'a Expr, asks: &str, whole: &'a Expr, cx: &Cx<'a>) -> Fix {
    let text = format!("{asks}{}.exists()", cx.atom(query));
    Fix::unsafe_(
        format!("Replace with `{text}`"),
        "asks another statement than before",
        vec![Edit::replace(whole, text.clone())],
    )
}
