//! # `split` for the first or last part
//!
//! `line.split(",")[0]` cuts up the whole line and makes a string of each part, for the sake of one. With a limit of 1,
//! `split` and `rsplit` stop at the first separator that they meet: with 10 parts that is 1-1.2 times faster on CPython 3.8 to 3.15, with
//! 1,000 parts more than 100 times. With 3 parts there is no difference.
//!
//! `partition` is a little faster still, but gives a string of another class back as it is where it has no separator, and `split` a `str`.
//!
//! ```python bad
//! def keys(lines: list[str]):
//!     return [line.split(",")[0] for line in lines]
//! ```
//!
//! ```python good
//! def keys(lines: list[str]):
//!     return [line.split(",", 1)[0] for line in lines]
//! ```
//!
//! ```python input
//! keys([",".join(str(i) for i in range(n))] * 20)
//! ```
//!
//! ```python bad
//! def extension(name: str):
//!     return name.split(sep=".")[-1]
//! ```
//!
//! ```python good
//! def extension(name: str):
//!     return name.rsplit(".", 1)[-1]
//! ```
//!
//! ```python input
//! extension("ab." * n + "py")
//! ```
//!
//! Words have any amount of space between them:
//!
//! ```python bad
//! def ends(line: str):
//!     return line.split()[0] + line.split()[-1] if line.strip() else ""
//! ```
//!
//! ```python good
//! def ends(line: str):
//!     return line.split(None, 1)[0] + line.rsplit(None, 1)[-1] if line.strip() else ""
//! ```
//!
//! ```python input
//! ends("  some  words " * n)
//! ```
//!
//! A separator that comes as an argument may be `None`:
//!
//! ```python bad
//! def head(text: str, sep):
//!     return text.split(sep)[0]
//! ```
//!
//! ```python good
//! def head(text: str, sep):
//!     return text.split(sep, 1)[0]
//! ```
//!
//! ```python input
//! head("a,b," * n, ",")
//! ```
//!
//! Parts that may be found differently from the other end, so there is no fix:
//!
//! ```python bad
//! def last(text: str):
//!     return text.split("--")[-1]
//! ```
//!
//! Another part, all of them, a limit already, one string of a few letters, and other classes:
//!
//! ```python fine
//! import re
//!
//!
//! def parts(line: str, column, i, args):
//!     first, *rest = line.split(",")
//!     known = "a.b.c".split(".")[0], re.split(",", line)[0], column.str.split(",")[0]
//!     return first, rest, known, line.split(",")[1], line.split(",")[i], line.split(",", 1)[0], line.split(*args)[0]
//! ```

use hotlint_core::ast::{Expr, ExprCall, ExprSubscript, Number, UnaryOp};
use hotlint_core::lint::{Cost, Cx, Edit, Finding, Fix, Rule};
use hotlint_core::text_size::{Ranged, TextRange};

pub struct SplitForOnePart;

/// A text of that length is split in no time.
const SHORT: u64 = 100;

impl Rule for SplitForOnePart {
    type On = ExprSubscript;
    const COST: Cost =
        Cost::Constant("all parts are made for one: it shows from about 10 parts on");

    fn check<'a>(item: &'a ExprSubscript, cx: &Cx<'a>) -> Option<Finding> {
        let Expr::Call(call) = &*item.value else {
            return None;
        };
        let method = call.func.as_attribute_expr()?;
        let from_left = match &*method.attr {
            "split" => true,
            "rsplit" => false,
            _ => return None,
        };
        let first = is_first(&item.slice)?;
        let sep = separator(call)?;
        let ty = cx.ty(&*method.value);
        let known = ty.is_str() || ty.is_bytes();
        if !known
            || !item.ctx.is_load()
            || cx.known_length(&method.value).is_some_and(|n| n < SHORT)
        {
            return None;
        }
        let receiver = cx.text(&*method.value);
        let (end, wanted) = if first {
            ("first", "split")
        } else {
            ("last", "rsplit")
        };
        let splitting = Splitting {
            call,
            sep,
            first,
            from_left,
        };
        let finding = Finding::new(
            item,
            format!(
                "`{}` cuts up all of `{receiver}` for the {end} part",
                cx.text(&*call.func)
            ),
        )
        .label("the other parts are thrown away")
        .help(format!(
            "`{wanted}` with a limit of 1 stops after the {end} part"
        ));
        Some(finding.fix(fix(&splitting, cx)))
    }
}

struct Splitting<'a> {
    call: &'a ExprCall,
    /// `None` is white space.
    sep: Option<&'a Expr>,
    first: bool,
    from_left: bool,
}

/// Whether an index is the first item's, or the last one's; `None` for all others.
fn is_first(index: &Expr) -> Option<bool> {
    let is = |expr: &Expr, wanted: u64| match expr {
        Expr::NumberLiteral(number) => {
            matches!(&number.value, Number::Int(int) if int.as_u64() == Some(wanted))
        }
        _ => false,
    };
    match index {
        Expr::UnaryOp(unary) if unary.op == UnaryOp::USub => is(&unary.operand, 1).then_some(false),
        index => is(index, 0).then_some(true),
    }
}

/// What a call splits by, if it says nothing else.
fn separator(call: &ExprCall) -> Option<Option<&Expr>> {
    let arguments = &call.arguments;
    let sep = match (&*arguments.args, &*arguments.keywords) {
        ([], []) => None,
        ([sep], []) if !sep.is_starred_expr() => Some(sep),
        ([], [keyword]) if keyword.arg.as_deref() == Some("sep") => Some(&keyword.value),
        _ => return None,
    };
    Some(sep.filter(|sep| !sep.is_none_literal_expr()))
}

fn fix<'a>(splitting: &Splitting<'a>, cx: &Cx<'a>) -> Option<Fix> {
    let Splitting {
        call,
        sep,
        first,
        from_left,
    } = *splitting;
    let method = call.func.as_attribute_expr()?;
    // From the other end, `aa` is found elsewhere in `aaa`.
    if first != from_left && sep.is_some_and(may_overlap) {
        return None;
    }
    let inside = TextRange::new(method.attr.start(), call.end());
    // `(text.split)()`
    let whole = cx.parenthesized(method) == method.range();
    if !whole || cx.has_comment(inside) {
        return None;
    }
    // Not `partition`, which hands out the text itself where it has no separator: a string of another class stays one then.
    let limited = if first { "split" } else { "rsplit" };
    let sep = sep.map_or("None", |sep| cx.text(sep));
    let better = format!("{limited}({sep}, 1)");
    let title = format!("Replace with `{better}`");
    (!better.contains('\n')).then(|| Fix::safe(title, [Edit::replace(inside, better)]))
}

/// Whether two places where the separator stands may share letters.
fn may_overlap(sep: &Expr) -> bool {
    let overlaps = |text: &[u8]| (1..text.len()).any(|n| text.ends_with(&text[..n]));
    match sep {
        Expr::StringLiteral(text) => overlaps(text.value.to_str().as_bytes()),
        Expr::BytesLiteral(bytes) => overlaps(&bytes.value.bytes().collect::<Vec<u8>>()),
        _ => true,
    }
}
