//! # `re.search` and its like in a loop
//!
//! `re.search(pattern, text)` looks the pattern up in a cache, by way of its type and flags, and then matches: a compiled pattern's own
//! `search` is 3.0 to 4.6 times faster on short strings, on Python 3.8 to 3.15. A program with more than 512 patterns loses them from the
//! cache, too, and compiles them again and again.
//!
//! ```python bad
//! import re
//!
//!
//! def numbered(lines):
//!     found = 0
//!     for line in lines:
//!         if re.match(r"\d+", line):
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
//! def squeezed(lines):
//!     return [re.sub(r"\s+", " ", line, flags=re.ASCII) for line in lines]
//! ```
//!
//! ```python good
//! import re
//!
//!
//! def squeezed(lines):
//!     pattern = re.compile(r"\s+", re.ASCII)
//!     return [pattern.sub(" ", line) for line in lines]
//! ```
//!
//! ```python input
//! squeezed(["a  b", " "] * n)
//! ```
//!
//! A pattern that an outer loop gives is compiled once there:
//!
//! ```python bad
//! import re
//!
//!
//! def matching(lines, patterns):
//!     for pattern in patterns:
//!         for line in lines:
//!             if re.search(pattern, line):
//!                 yield line
//! ```
//!
//! ```python good
//! import re
//!
//!
//! def matching(lines, patterns):
//!     for pattern in patterns:
//!         pattern_2 = re.compile(pattern)
//!         for line in lines:
//!             if pattern_2.search(line):
//!                 yield line
//! ```
//!
//! ```python input
//! matching(["ab", "cd"] * n, ["a", "d"])
//! ```
//!
//! So is one that the module gives a name:
//!
//! ```python bad
//! import re
//!
//! WORD = r"[a-z]+"
//!
//!
//! def worded(lines):
//!     return [re.match(WORD, line) is None for line in lines]
//! ```
//!
//! ```python good
//! import re
//!
//! WORD = r"[a-z]+"
//!
//!
//! def worded(lines):
//!     pattern = re.compile(WORD)
//!     return [pattern.match(line) is None for line in lines]
//! ```
//!
//! ```python input
//! worded(["ab", "1"] * n)
//! ```
//!
//! Another pattern each time, another module, or no loop to speak of:
//!
//! ```python fine
//! import re
//! import regex
//!
//!
//! def search(lines, patterns, text):
//!     found = [re.search(pattern, text) for pattern in patterns]
//!     letters = [regex.search(r"\p{L}", line) for line in lines]
//!     for name in ("a", "b"):
//!         found.append(re.match(r"\w+", name))
//!     for line in lines:
//!         found.append(re.match(rf"{line}\d", text))
//!     return found, letters, re.match(r"\d", text)
//! ```
//!
//! An iteration that waits for a file or the network is not sped up by it:
//!
//! ```python fine
//! import re
//! import subprocess
//!
//!
//! def versions(tools):
//!     for tool in tools:
//!         output = subprocess.run([tool, "--version"], capture_output=True, text=True)
//!         yield re.search(r"\d+(\.\d+)+", output.stdout)
//! ```
//!
//! The fix is safe in functions, for literal patterns and constants of the module that are certain to compile.

use hotlint_core::ast::{AnyNodeRef, Expr, ExprCall};
use hotlint_core::lint::{Cost, Cx, Edit, Finding, Fix, InLoop, Rule};
use hotlint_core::python::{Loop, PatternFlags, Regex, ScopeKind, is_for_an_error};
use hotlint_core::text_size::Ranged;

pub struct RegexModuleFunctionInLoop;

impl Rule for RegexModuleFunctionInLoop {
    type On = InLoop<ExprCall>;
    const CALLEES: &'static [&'static str] = &[
        "re.findall",
        "re.finditer",
        "re.fullmatch",
        "re.match",
        "re.search",
        "re.split",
        "re.sub",
        "re.subn",
    ];
    const COST: Cost =
        Cost::Constant("3 to 5 times slower on short strings, by a third of a microsecond");

    fn check<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<Finding> {
        let pattern = call.arguments.args.first()?;
        let around = cx.in_loop(call)?;
        if pattern.is_starred_expr() || is_for_an_error(&cx.tree, call) {
            return None;
        }
        let constant = pattern.is_string_literal_expr() || pattern.is_bytes_literal_expr();
        // Patterns are immutable: only another one in their place would matter.
        let place = pattern.is_name_expr() || pattern.is_attribute_expr();
        let steady = |around: Loop<'a>| constant || place && !cx.varies(pattern, around);
        if !steady(around) || cx.waits_in(around) {
            return None;
        }
        let outermost = cx
            .loops(call)
            .into_iter()
            .take_while(|outer| steady(*outer));
        let around = outermost.last()?;
        let function = cx.text(&*call.func);
        let finding = Finding::new(
            call,
            format!("`{function}` looks the pattern up in its cache in every iteration"),
        )
        .label("longer than a short match takes")
        .because(around.header(), "with the same pattern in every iteration")
        .help("compile the pattern once, and call its method");
        Some(finding.fix(fix(call, pattern, around, cx)))
    }
}

fn fix<'a>(call: &'a ExprCall, pattern: &'a Expr, around: Loop<'a>, cx: &Cx<'a>) -> Option<Fix> {
    let function = call.func.as_attribute_expr()?;
    let method = function.attr.as_str();
    let flags_at = match method {
        "sub" | "subn" => 4,
        "split" => 3,
        _ => 2,
    };
    let flags = call.arguments.find_argument_value("flags", flags_at);
    // What the flags read is there before the loop.
    let plain_flags =
        flags.is_none_or(|flags| cx.name(flags).is_some_and(|f| f.starts_with("re.")));
    if cx.has_comment(call) || !plain_flags || cx.text(pattern).contains('\n') {
        return None;
    }
    let mut rest: Vec<&str> = Vec::new();
    for arg in call.arguments.args.iter().skip(1) {
        if arg.is_starred_expr() {
            return None;
        }
        if flags.is_none_or(|flags| flags.range() != arg.range()) {
            rest.push(cx.text(cx.parenthesized(arg)));
        }
    }
    for keyword in &call.arguments.keywords {
        match keyword.arg.as_deref()? {
            "flags" => {}
            // A compiled pattern calls it by the same name.
            "string" | "repl" | "count" | "maxsplit" => rest.push(cx.text(keyword)),
            _ => return None,
        }
    }
    let name = name(call, cx)?;
    let module = cx.text(&*function.value);
    let with_flags = flags.map_or(String::new(), |flags| format!(", {}", cx.text(flags)));
    let line = format!(
        "{name} = {module}.compile({}{with_flags})",
        cx.text(pattern)
    );
    let edits = vec![
        cx.line_before_loop(around.node(), &line)?,
        Edit::replace(call, format!("{name}.{method}({})", rest.join(", "))),
    ];
    let fix = Fix::safe(format!("Compile `{name}` before the loop"), edits);
    let literal = pattern
        .as_string_literal_expr()
        .or_else(|| module_constant(pattern, call, cx)?.as_string_literal_expr());
    let compiles = literal.is_some_and(|text| {
        let plain = flags.is_none_or(|flags| {
            let name = cx.name(flags).unwrap_or_default();
            let flag = name.strip_prefix("re.").unwrap_or_default();
            // Others change what may be written, or which types go together.
            ["I", "IGNORECASE", "M", "MULTILINE", "S", "DOTALL"].contains(&flag)
                || ["A", "ASCII"].contains(&flag)
        });
        plain && Regex::parse(text.value.to_str(), PatternFlags::default()).is_some()
    });
    let scope = cx.tree.scope(cx.tree.scope_of(around.node())).kind;
    let imported = cx
        .symbol(function.value.as_name_expr()?)
        .is_some_and(|symbol| symbol.scope == hotlint_core::python::ScopeId::MODULE);
    Some(if !compiles || !imported {
        fix.unsafe_because("a wrong pattern raises even if the loop has nothing to do")
    } else if scope == ScopeKind::Module {
        fix.unsafe_because("the module has one more name")
    } else {
        fix
    })
}

/// The value of a name that the module has got once and for all before the function around `call` is there.
fn module_constant<'a>(name: &'a Expr, call: &'a ExprCall, cx: &Cx<'a>) -> Option<&'a Expr> {
    let value = cx.only_value(name)?;
    let assignment = cx.tree.parent(value)?;
    let at_once = matches!(cx.tree.parent(assignment)?, AnyNodeRef::ModModule(_));
    let function = cx
        .tree
        .ancestors(call)
        .filter(|node| node.is_stmt_function_def())
        .last()?;
    (at_once && assignment.end() < function.start()).then_some(value)
}

/// A free name, and another one for each such call of the function: their fixes may be applied together.
fn name<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<String> {
    let before = cx.tree.nodes().iter().filter(|node| match node {
        AnyNodeRef::ExprCall(other) => {
            other.start() < call.start()
                && other.func.as_attribute_expr().is_some_and(|function| {
                    function
                        .value
                        .as_name_expr()
                        .is_some_and(|name| name.id == "re")
                })
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
