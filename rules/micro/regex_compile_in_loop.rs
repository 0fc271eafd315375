//! # `re.compile` of the same pattern in a loop
//!
//! `re.compile(r"\d+")` compiles once and then finds the result in a cache, but the way there costs more than a short match itself:
//! compiling before the loop is 3.0 to 4.9 times faster on short strings, on Python 3.8 to 3.15, and 2.2 times on PyPy.
//!
//! ```python bad
//! import re
//!
//!
//! def numbered(lines):
//!     found = 0
//!     for line in lines:
//!         if re.compile(r"\d+").match(line):
//!             found += 1
//!     return found
//! ```
//!
//! ```python good
//! import re
//!
//!
//! def numbered(lines):
//!     found = 0
//!     pattern = re.compile(r"\d+")
//!     for line in lines:
//!         if pattern.match(line):
//!             found += 1
//!     return found
//! ```
//!
//! ```python input
//! numbered(["12", "a", ""] * n)
//! ```
//!
//! ```python bad
//! import re
//!
//!
//! def words(lines):
//!     for line in lines:
//!         word = re.compile("[a-z]+ ?", re.IGNORECASE | re.ASCII)
//!         yield word.findall(line)
//! ```
//!
//! ```python good
//! import re
//!
//!
//! def words(lines):
//!     word = re.compile("[a-z]+ ?", re.IGNORECASE | re.ASCII)
//!     for line in lines:
//!         yield word.findall(line)
//! ```
//!
//! ```python input
//! words(["ab Cd", ""] * n)
//! ```
//!
//! ```python bad
//! import re
//!
//! SPACE = r"\s+"
//!
//!
//! def squeezed(lines):
//!     return [re.compile(SPACE).sub(" ", line) for line in lines]
//! ```
//!
//! ```python good
//! import re
//!
//! SPACE = r"\s+"
//!
//!
//! def squeezed(lines):
//!     pattern = re.compile(SPACE)
//!     return [pattern.sub(" ", line) for line in lines]
//! ```
//!
//! ```python input
//! squeezed(["a  b", " "] * n)
//! ```
//!
//! ```python bad
//! import re
//!
//!
//! def marked(lines):
//!     for line in lines:
//!         yield re.compile("a+").search(line) or re.compile("b+").search(line)
//! ```
//!
//! ```python good
//! import re
//!
//!
//! def marked(lines):
//!     pattern = re.compile("a+")
//!     pattern_2 = re.compile("b+")
//!     for line in lines:
//!         yield pattern.search(line) or pattern_2.search(line)
//! ```
//!
//! ```python input
//! list(map(bool, marked(["a", "b", "c"] * n)))
//! ```
//!
//! Patterns or flags that differ:
//!
//! ```python fine
//! import re
//!
//!
//! def compiled(names, flags):
//!     for name in names:
//!         yield re.compile(name), re.compile(f"{name}$"), re.compile("a" + name), re.compile("a", flags[name])
//! ```
//!
//! Once, or now and then:
//!
//! ```python fine
//! import re
//!
//! WORD = re.compile("[a-z]+")
//!
//!
//! def first(lines):
//!     digits = None
//!     for line in lines:
//!         if digits is None:
//!             digits = re.compile("[0-9]+")
//!         if WORD.match(line) or digits.match(line):
//!             return re.compile("[A-Z]").match(line)
//!     for kind in ("a", "b"):
//!         print(re.compile("x").match(kind))
//! ```
//!
//! Another module, which is not `re`:
//!
//! ```python fine
//! import regex as re
//!
//!
//! def matches(lines):
//!     return [re.compile(r"\d").match(line) for line in lines]
//! ```
//!
//! A function that is only made in the loop:
//!
//! ```python fine
//! import re
//!
//!
//! def matchers(names):
//!     for name in names:
//!         yield name, lambda text: re.compile("a+").match(text)
//! ```
//!
//! The fix is safe in functions, for patterns of which hotlint can tell that they compile. Elsewhere it is unsafe: a wrong pattern raises
//! even if the loop has nothing to do, and a module gets one more name.

use hotlint_core::ast::{AnyNodeRef, Expr, ExprCall, Operator, StmtAssign};
use hotlint_core::lint::{Cost, Cx, Edit, Finding, Fix, InLoop, Rule};
use hotlint_core::python::{Binding, Loop, ScopeId, ScopeKind, siblings};
use hotlint_core::text_size::{Ranged, TextRange, TextSize};

pub struct RegexCompileInLoop;

impl Rule for RegexCompileInLoop {
    type On = InLoop<ExprCall>;
    const CALLEES: &'static [&'static str] = &["re.compile"];
    const COST: Cost = Cost::Constant("2 to 9 times slower on short strings");

    fn check<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<Finding> {
        let arguments = &call.arguments;
        let pattern = arguments.find_argument_value("pattern", 0)?;
        let text = literal(pattern, cx)?;
        let flags = arguments.find_argument_value("flags", 1);
        let flag_names = match flags {
            Some(flags) => flag_names(flags, cx)?,
            None => Vec::new(),
        };
        if arguments.len() != 1 + usize::from(flags.is_some()) || is_lazy(call, cx) {
            return None;
        }
        let loops = cx.loops(call);
        let finding = Finding::new(
            call,
            "`re.compile` looks the same pattern up in its cache in every iteration",
        )
        .label("longer than a short match takes")
        .because(loops.first()?.header(), "in every iteration")
        .help("compile it once, before the loop or at module level");
        let compiles =
            certainly_compiles(text) && flag_names.iter().all(|flag| is_plain_flag(flag));
        Some(finding.fix(fix(call, compiles, *loops.last()?, cx)))
    }
}

/// The text of a pattern that is a literal, or a constant of the module.
fn literal<'a>(pattern: &'a Expr, cx: &Cx<'a>) -> Option<&'a str> {
    match pattern {
        Expr::StringLiteral(text) => Some(text.value.to_str()),
        // Bytes are the same to Python; their text is not at hand.
        Expr::BytesLiteral(_) => Some("("),
        Expr::Name(name) => {
            let symbol = cx.symbol(name)?;
            let constant = symbol.scope == ScopeId::MODULE;
            let value = cx.only_value(pattern).filter(|_| constant)?;
            let Expr::StringLiteral(text) = value else {
                return None;
            };
            Some(text.value.to_str())
        }
        _ => None,
    }
}

/// The names in `re.I | re.M`; `None` where it is anything else, or has an effect each time, as `re.DEBUG`.
fn flag_names<'a>(flags: &'a Expr, cx: &Cx<'a>) -> Option<Vec<String>> {
    if let Expr::BinOp(op) = flags {
        let mut names = flag_names(&op.left, cx).filter(|_| op.op == Operator::BitOr)?;
        names.extend(flag_names(&op.right, cx)?);
        return Some(names);
    }
    let name = cx.name(flags)?;
    let flag = name.strip_prefix("re.")?;
    let constant = flag.chars().all(|c| c.is_ascii_uppercase()) && flag != "DEBUG";
    constant.then(|| vec![flag.to_string()])
}

/// Flags with which a pattern means what it says: neither `VERBOSE` nor what Python refuses for strings, or together.
fn is_plain_flag(flag: &str) -> bool {
    let plain = [
        "I",
        "IGNORECASE",
        "M",
        "MULTILINE",
        "S",
        "DOTALL",
        "A",
        "ASCII",
    ];
    plain.contains(&flag)
}

/// Whether a test keeps it from being done more than once: `if pattern is None: pattern = re.compile(...)`.
fn is_lazy<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> bool {
    let Some(AnyNodeRef::StmtAssign(stmt)) = cx.tree.parent(call) else {
        return false;
    };
    let tested = |test: &'a Expr| {
        cx.tree.descendants(test).any(|node| {
            let Some(node) = node.as_expr_ref() else {
                return false;
            };
            stmt.targets
                .iter()
                .any(|target| cx.text(target) == cx.text(node))
        })
    };
    matches!(cx.tree.parent(stmt), Some(AnyNodeRef::StmtIf(outer)) if tested(&outer.test))
}

fn fix<'a>(call: &'a ExprCall, compiles: bool, around: Loop<'a>, cx: &Cx<'a>) -> Option<Fix> {
    let whole = cx.tree.statement(around.node())?;
    let above = cx.lines_of(TextRange::empty(whole.start())).start();
    let indentation = cx.indentation(whole);
    let starts_line = above + TextSize::of(indentation) == whole.start();
    let scope = cx.tree.scope(cx.tree.scope_of(whole));
    if !starts_line
        || cx.has_comment(call)
        || scope.kind == ScopeKind::Class
        || !is_imported_before(call, whole.start(), cx)
    {
        return None;
    }
    let line_end = if cx.source().text().contains("\r\n") {
        "\r\n"
    } else {
        "\n"
    };
    let (name, edits) = match moved(call, around, cx) {
        Some((stmt, name)) => {
            let line = format!("{indentation}{}{line_end}", cx.text(stmt));
            (
                name.to_string(),
                [Edit::insert(above, line), cx.delete_lines(stmt)],
            )
        }
        None => {
            let name = pattern_name(call, around, cx)?;
            let line = format!("{indentation}{name} = {}{line_end}", cx.text(call));
            (
                name.clone(),
                [Edit::insert(above, line), Edit::replace(call, name)],
            )
        }
    };
    let fix = Fix::safe(format!("Compile `{name}` before the loop"), edits);
    Some(if !compiles {
        fix.unsafe_because("a wrong pattern raises even if the loop has nothing to do")
    } else if scope.kind == ScopeKind::Module {
        fix.unsafe_because(format!(
            "the module has `{name}` even if the loop has nothing to do"
        ))
    } else {
        fix
    })
}

/// Whether the module that the call names is there before the loop.
fn is_imported_before<'a>(call: &'a ExprCall, at: TextSize, cx: &Cx<'a>) -> bool {
    let names = cx.tree.descendants(call);
    let mut names = names.filter_map(|node| match node {
        AnyNodeRef::ExprName(name) => Some(name),
        _ => None,
    });
    names.all(|name| {
        cx.symbol(name).is_some_and(|symbol| {
            let in_function = cx.tree.scope(cx.tree.scope_of(call)).kind != ScopeKind::Module;
            let elsewhere = symbol.scope == ScopeId::MODULE && in_function;
            match cx.only_binding(symbol) {
                Some(Binding::Import(..) | Binding::ImportFrom(..) | Binding::Assign(_)) => {
                    elsewhere || cx.binding_nodes(symbol).all(|node| node.end() <= at)
                }
                _ => false,
            }
        })
    })
}

/// A free name, and another one for each call in the same loop: their fixes may be applied together.
fn pattern_name<'a>(call: &'a ExprCall, around: Loop<'a>, cx: &Cx<'a>) -> Option<String> {
    let before = cx
        .tree
        .descendants(around.node())
        .filter(|node| match node {
            AnyNodeRef::ExprCall(other) => {
                other.start() < call.start() && cx.is(&*other.func, "re.compile")
            }
            _ => false,
        });
    let names = (1..).map(|n| match n {
        1 => "pattern".to_string(),
        n => format!("pattern_{n}"),
    });
    let mut free = names.filter(|name| cx.fresh_name(name) == *name);
    free.nth(before.count())
}

/// The statement `name = re.compile(...)` at the top of the loop, where it can be moved as it is.
fn moved<'a>(
    call: &'a ExprCall,
    around: Loop<'a>,
    cx: &Cx<'a>,
) -> Option<(&'a StmtAssign, &'a str)> {
    let AnyNodeRef::StmtAssign(stmt) = cx.tree.parent(call)? else {
        return None;
    };
    let [Expr::Name(name)] = stmt.targets.as_slice() else {
        return None;
    };
    let symbol = cx.symbol(name)?;
    cx.only_binding(symbol)?;
    let in_body = matches!(cx.tree.parent(stmt)?, parent if parent.range() == around.range());
    let inside = cx
        .reads(symbol)
        .all(|read| read.start() > stmt.end() && around.repeats(read));
    let alone = siblings(&cx.tree, stmt.into()).len() > 1
        && cx.is_alone_on_its_lines(stmt)
        && !cx.text(stmt).contains('\n');
    (in_body && inside && alone && cx.is_fast_local(symbol)).then_some((stmt, symbol.name))
}

/// Whether `re` is certain to accept a pattern: literal characters, classes, plain groups and their repetition. Whatever
/// else there is may be right or wrong.
fn certainly_compiles(pattern: &str) -> bool {
    let mut rest = pattern.chars().peekable();
    let mut groups = 0u32;
    // What stands before can be repeated: not the start, an anchor, or a repetition.
    let mut repeatable = false;
    while let Some(c) = rest.next() {
        match c {
            '\\' => match rest.next() {
                Some('b' | 'B' | 'A' | 'Z') => repeatable = false,
                Some('d' | 'D' | 's' | 'S' | 'w' | 'W' | 'n' | 'r' | 't') => repeatable = true,
                Some(escaped) if escaped.is_ascii_punctuation() => repeatable = true,
                _ => return false,
            },
            '^' | '$' | '|' => repeatable = false,
            '(' => {
                groups += 1;
                repeatable = false;
                if rest.next_if_eq(&'?').is_some() && rest.next() != Some(':') {
                    return false;
                }
            }
            ')' => {
                let Some(left) = groups.checked_sub(1) else {
                    return false;
                };
                groups = left;
                repeatable = true;
            }
            '*' | '+' | '?' => {
                if !repeatable {
                    return false;
                }
                // Reluctant.
                let _ = rest.next_if_eq(&'?');
                repeatable = false;
            }
            '[' => {
                if !class_compiles(&mut rest) {
                    return false;
                }
                repeatable = true;
            }
            '{' => {
                if !repeatable || !count_compiles(&mut rest) {
                    return false;
                }
                let _ = rest.next_if_eq(&'?');
                repeatable = false;
            }
            '}' | ']' => return false,
            _ => repeatable = true,
        }
    }
    groups == 0
}

/// The rest of `{2}`, `{2,}` or `{2,4}`.
fn count_compiles(rest: &mut std::iter::Peekable<std::str::Chars<'_>>) -> bool {
    let mut inside = String::new();
    loop {
        match rest.next() {
            Some('}') => break,
            Some(c) => inside.push(c),
            None => return false,
        }
    }
    let number = |text: &str| text.parse::<u16>().ok();
    match inside.split_once(',') {
        None => number(&inside).is_some(),
        Some((low, "")) => number(low).is_some(),
        Some((low, high)) => number(low)
            .zip(number(high))
            .is_some_and(|(low, high)| low <= high),
    }
}

/// The rest of a character class, up to its `]`.
fn class_compiles(rest: &mut std::iter::Peekable<std::str::Chars<'_>>) -> bool {
    let _ = rest.next_if_eq(&'^');
    // The start of a possible range; an escape cannot start one.
    let mut before = None;
    let mut members = 0;
    while let Some(c) = rest.next() {
        match c {
            ']' => return members > 0,
            '\\' => {
                let known = rest.next().is_some_and(|c| {
                    matches!(c, 'd' | 's' | 'w' | 'D' | 'S' | 'W' | 'n' | 't' | 'r')
                        || c.is_ascii_punctuation()
                });
                if !known {
                    return false;
                }
                before = None;
            }
            '-' if members > 0 && rest.peek() != Some(&']') => {
                let (Some(low), Some(high)) = (before, rest.next()) else {
                    return false;
                };
                if !high.is_alphanumeric() || low > high {
                    return false;
                }
                before = None;
            }
            // Python warns of what may become a set operation.
            '[' | '&' | '~' | '|' => return false,
            c => before = Some(c),
        }
        members += 1;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::certainly_compiles;

    #[test]
    fn patterns_that_may_be_wrong_are_told_from_those_that_compile() {
        for good in [
            "",
            "abc",
            r"\d+",
            r"^\s*(\w+)\s*=\s*(.*?)$",
            "[a-z_]+ ?",
            r"(?:a|b)*",
            r"[^\]\\]",
            "[-+]x",
            "a|",
            r"\.py$",
            "[0-9]{64}",
            "a{2,}?b{1,3}",
        ] {
            assert!(certainly_compiles(good), "{good}");
        }
        for doubtful in [
            "(",
            ")",
            "*",
            "a**",
            "[",
            "[]",
            "[z-a]",
            r"\",
            r"\q",
            "(?P<a>b)(?P<a>c)",
            "a{2,1}",
            "a{,2}",
            "{2}",
            "a{2",
            "a{x}",
            "^*",
            "(+)",
            "[a--b]",
            "[[a]",
        ] {
            assert!(!certainly_compiles(doubtful), "{doubtful}");
        }
    }
}
