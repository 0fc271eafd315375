//! # Strings that are copied each time they grow
//!
//! Strings cannot grow, but CPython makes one exception: `s += x` on a local variable that nothing else refers to is done in place, and
//! takes time for `x` only. Everything else copies the whole string in every iteration, which is O(n²): an attribute, an item or a
//! global variable as the target, `s = s + x + y` (the first `+` makes a string that is not yet stored), `s = x + s`, and a second name
//! for the old string. Since Python 3.11 that includes variables that an inner function shares, and those of modules and classes. 5 to 7
//! times slower after 5,000 iterations, 23 to 66 times after 20,000, on Python 3.8 to 3.15.
//!
//! ```python bad
//! def report(rows):
//!     text = ""
//!     for row in rows:
//!         text = text + str(row) + "\n"
//!     return text
//! ```
//!
//! ```python good
//! def report(rows):
//!     text = ""
//!     for row in rows:
//!         text += str(row) + "\n"
//!     return text
//! ```
//!
//! ```python input
//! report(range(n))
//! ```
//!
//! An attribute is best stored once:
//!
//! ```python bad
//! class Page:
//!     def __init__(self):
//!         self.text = ""
//!
//!     def add(self, rows):
//!         for row in rows:
//!             self.text += f"<li>{row}</li>"
//! ```
//!
//! ```python good
//! class Page:
//!     def __init__(self):
//!         self.text = ""
//!
//!     def add(self, rows):
//!         text = ""
//!         for row in rows:
//!             text += f"<li>{row}</li>"
//!         self.text += text
//! ```
//!
//! ```python input
//! page = Page()
//! page.add(range(n)) or page.text
//! ```
//!
//! ```python bad
//! class Log:
//!     def __init__(self):
//!         self.text = ""
//!
//!     def read(self, lines):
//!         for line in lines:
//!             self.text = self.text + line.strip() + ";"
//! ```
//!
//! ```python good
//! class Log:
//!     def __init__(self):
//!         self.text = ""
//!
//!     def read(self, lines):
//!         self.text += "".join([line.strip() + ";" for line in lines])
//! ```
//!
//! ```python input
//! log = Log()
//! log.read(["a ", "b"] * n) or log.text
//! ```
//!
//! ```python bad
//! def mirrored(words):
//!     text = ""
//!     for word in words:
//!         word = word.lower()
//!         text = word + " " + text
//!     return text
//! ```
//!
//! ```python good
//! def mirrored(words):
//!     parts = []
//!     for word in words:
//!         word = word.lower()
//!         parts.append(word + " ")
//!     parts.reverse()
//!     return "".join(parts)
//! ```
//!
//! ```python input
//! mirrored(["ab", "c"] * n)
//! ```
//!
//! A loop that does nothing but add up strings is `"".join`, 4.5 to 9.5 times faster for whatever target:
//!
//! ```python bad
//! def spelled(letters: list[str]):
//!     word = ""
//!     for letter in letters:
//!         word += letter
//!     return word
//! ```
//!
//! ```python good
//! def spelled(letters: list[str]):
//!     word = ""
//!     word += "".join(letters)
//!     return word
//! ```
//!
//! ```python input
//! spelled(["ab", "c"] * n)
//! ```
//!
//! ```python bad
//! def counted(words):
//!     text = ""
//!
//!     def add(word):
//!         nonlocal text
//!         text += word
//!
//!     for word in words:
//!         text += str(word)
//!         add(",")
//!     return text
//! ```
//!
//! ```python good
//! def counted(words):
//!     parts = []
//!
//!     def add(word):
//!         parts.append(word)
//!
//!     for word in words:
//!         parts.append(str(word))
//!         add(",")
//!     return "".join(parts)
//! ```
//!
//! ```python input
//! counted(range(n))
//! ```
//!
//! A local variable that grows at its end is linear, and faster than a list and `join`:
//!
//! ```python fine
//! def table(rows):
//!     text = ""
//!     for row in rows:
//!         text += str(row) + ","
//!         text = text + ";"
//!     return text
//! ```
//!
//! Strings that are new in each iteration, or handed on and started anew:
//!
//! ```python fine
//! class Writer:
//!     def __init__(self, out):
//!         self.out = out
//!         self.line = ""
//!
//!     def write(self, words):
//!         for word in words:
//!             self.line += word
//!             if len(self.line) > 80:
//!                 self.flush()
//!
//!     def flush(self):
//!         self.out(self.line)
//!         self.line = ""
//!
//!
//! def lines(rows):
//!     for row in rows:
//!         line = row[:10]
//!         line = "> " + line + "..."
//!         yield line
//! ```
//!
//! ```python fine
//! def chunks(words, emit):
//!     text = ""
//!     for word in words:
//!         text = text + word + " "
//!         if len(text) > 80:
//!             emit(text)
//!             text = ""
//!     return text
//! ```
//!
//! A few rounds, padding, and the digits of a number:
//!
//! ```python fine
//! def small(x: str, n: int, width: int):
//!     text = ""
//!     for part in ("a", "b", "c"):
//!         text = x + part + text
//!     while len(x) < width:
//!         x = "0" + x
//!     digits = ""
//!     while n:
//!         digits = str(n % 10) + digits
//!         n //= 10
//!     return text + x + digits
//! ```
//!
//! A name that is not taken yet, the way up a tree, and strings that are wanted at every length:
//!
//! ```python fine
//! def named(name: str, taken, node, words, found):
//!     while any(name == other for other in taken):
//!         name += "_"
//!     while name in taken:
//!         name = name[0] + name
//!     path = ""
//!     while node:
//!         path = node.name + "." + path
//!         node = node.parent
//!     prefix = ""
//!     for word in words:
//!         prefix = prefix + "/" + word
//!         found.append(prefix)
//!     return name, path
//! ```
//!
//! Numbers, lists, bytes and what may be anything:
//!
//! ```python fine
//! class Totals:
//!     def __init__(self, start):
//!         self.sum = 0
//!         self.all = []
//!         self.any = start
//!
//!     def add(self, rows):
//!         for row in rows:
//!             self.sum += row
//!             self.all += [row]
//!             self.any += row
//! ```
//!
//! An object of its own in each iteration:
//!
//! ```python fine
//! class Node:
//!     text: str = ""
//!
//!
//! def mark(nodes: list[Node], names: dict[str, str]):
//!     for node in nodes:
//!         node.text += "!"
//!     for name in names:
//!         names[name] += "!"
//! ```
//!
//! Module level before 3.11 is linear, too, but no project stays there for ever, so it is told as soon as one supported version is
//! newer. The fix of `s = s + x + y` is safe where all are known to be strings; `join` is safe where the items are, in a list, tuple or
//! set, and elsewhere refuses what is no string.

use hotlint_core::ast::{AnyNodeRef, Expr, Stmt, StmtAssign, StmtFor};
use hotlint_core::lint::{Accumulating, Cost, Cx, Edit, Finding, Fix, Rule};
use hotlint_core::python::{Accumulation, Binding, Loop, ScopeKind, Shape, Type, Use, summands};
use hotlint_core::text_size::{Ranged, TextRange};

pub struct StringConcatInLoop;

impl Rule for StringConcatInLoop {
    type On = Accumulating;
    const COST: Cost = Cost::Growth("O(n²)", "O(n)");

    fn check<'a>(found: Accumulation<'a>, cx: &Cx<'a>) -> Option<Finding> {
        if !(cx.ty(found.target).is_str() || starts_as_string(found, cx))
            || cx.stays_short(&found)
            || is_padded(found, cx)
            || cx.starts_anew(&found)
        {
            return None;
        }
        let name = cx.text(found.target);
        if let Some(stmt) = only_concatenates(found) {
            let finding = Finding::new(
                found.stmt,
                "this loop does nothing but join strings: `\"\".join` does it 4.5 to 9.5 times faster",
            )
            .label(format!("one by one onto `{name}`"))
            .because(found.around.header(), "in every iteration")
            .sized(cx.rounds_of(found.target, found.stmt), name)
            .cost("4.5 to 9.5 times slower than `join`")
            .help(format!("`{name} += \"\".join({})`", cx.text(&*stmt.iter)));
            return Some(finding.fix(join(found, stmt, cx)));
        }
        let copied = why_copied(found, cx)?;
        if is_wanted_whole(found, cx) || is_told_already(found, &copied, cx) {
            return None;
        }
        let finding = Finding::new(
            found.stmt,
            format!("all of `{name}` is copied each time something is added to it"),
        )
        .label(copied.label())
        .because(found.around.header(), "in every iteration")
        .sized(cx.rounds_of(found.target, found.stmt), name)
        .help(copied.help(name));
        let finding = match copied {
            Copied::Held(other) => finding.because(other, "keeps the old string"),
            _ => finding,
        };
        Some(finding.fix(add_in_place(found, &copied, cx)))
    }
}

/// Whether a local variable is a string at first: what `x + s` is then, only a class with its own `+` could tell.
fn starts_as_string<'a>(found: Accumulation<'a>, cx: &Cx<'a>) -> bool {
    let Some(symbol) = found.target.as_name_expr().and_then(|name| cx.symbol(name)) else {
        return false;
    };
    let itself = |stmt: &StmtAssign| stmt.range() == found.stmt.range();
    found.shape == Shape::Prepended
        && symbol.bindings.len() > 1
        && cx.bindings(symbol).all(|bound| match bound {
            Binding::Assign(stmt) => itself(stmt) || cx.ty(&*stmt.value).is_str(),
            _ => false,
        })
}

/// Whether a `while` loop adds the same text again and again: padding, or a name that is not taken yet.
fn is_padded<'a>(found: Accumulation<'a>, cx: &Cx<'a>) -> bool {
    let parts = summands(found.value).into_iter();
    let mut added = parts.filter(|part| !cx.same_place(part, found.target));
    matches!(found.around, Loop::While(_)) && added.all(|part| part.is_string_literal_expr())
}

/// Whether each iteration hands on the string as it is by then: that takes as long as the copy, and keeps it alive.
fn is_wanted_whole<'a>(found: Accumulation<'a>, cx: &Cx<'a>) -> bool {
    let Some(symbol) = found.target.as_name_expr().and_then(|name| cx.symbol(name)) else {
        return false;
    };
    cx.reads(symbol)
        .filter(|read| found.around.repeats(read))
        .any(|read| match cx.usage(read) {
            Use::Argument(call) => !cx.is(&*call.func, "builtins.len"),
            Use::Stored => match cx.tree.parent(read) {
                Some(AnyNodeRef::StmtAssign(stmt)) => !matches!(&*stmt.targets, [Expr::Name(_)]),
                _ => true,
            },
            Use::Yielded | Use::Formatted | Use::Iterated(_) => true,
            _ => false,
        })
}

/// Whether the same string, in the same loop, is reported further up.
fn is_told_already<'a>(found: Accumulation<'a>, copied: &Copied, cx: &Cx<'a>) -> bool {
    let loops = cx.loops(found.stmt);
    let outermost = loops.last().copied().unwrap_or(found.around);
    !matches!(copied, Copied::Chained)
        && cx
            .tree
            .descendants(outermost.node())
            .take_while(|node| node.start() < found.stmt.start())
            .filter(|node| node.is_statement())
            .filter_map(|node| cx.accumulation(node))
            .filter(|other| !cx.starts_anew(other))
            .any(|other| {
                cx.same_place(other.target, found.target)
                    && why_copied(other, cx).is_some_and(|why| !matches!(why, Copied::Chained))
            })
}

/// Why CPython cannot add to the string in place.
enum Copied {
    Attribute,
    Item,
    Global,
    /// Of a module or a class.
    Namespace,
    /// Shared with an inner function.
    Cell,
    Chained,
    Prepended,
    /// A second name for the old string, bound here.
    Held(TextRange),
}

impl Copied {
    fn label(&self) -> &'static str {
        match self {
            Copied::Attribute => "an attribute cannot be added to in place",
            Copied::Item => "an item cannot be added to in place",
            Copied::Global => "a global variable cannot be added to in place",
            Copied::Namespace => {
                "since Python 3.11 only a function's local variable is added to in place"
            }
            Copied::Cell => {
                "since Python 3.11 a variable shared with an inner function is not added to in place"
            }
            Copied::Chained => "the first `+` makes a copy",
            Copied::Prepended => "what is put in front moves everything else",
            Copied::Held(_) => "a string with two names cannot be added to in place",
        }
    }

    fn help(&self, name: &str) -> String {
        match self {
            Copied::Chained => format!("`{name} += ...` adds in place"),
            Copied::Prepended => {
                "collect the parts in a list, reverse it, and `\"\".join` it after the loop".to_string()
            }
            Copied::Held(_) => format!("remember `len({name})` in place of the old string"),
            Copied::Namespace => "collect the parts in a list and `\"\".join` it after the loop, or move the loop into a function".to_string(),
            _ => format!("add to a local variable, and to `{name}` once after the loop"),
        }
    }
}

fn why_copied<'a>(found: Accumulation<'a>, cx: &Cx<'a>) -> Option<Copied> {
    let name = match found.target {
        Expr::Attribute(_) => return Some(Copied::Attribute),
        Expr::Subscript(_) => return Some(Copied::Item),
        Expr::Name(name) => name,
        _ => return None,
    };
    match found.shape {
        Shape::Chained => return Some(Copied::Chained),
        Shape::Prepended => return Some(Copied::Prepended),
        Shape::Merged | Shape::Joined(_) => return None,
        Shape::Augmented | Shape::Appended => {}
    }
    let symbol = cx.symbol(name)?;
    let since_3_11 = cx.python().any_since(11);
    match cx.tree.scope(symbol.scope).kind {
        ScopeKind::Module if cx.tree.scope_of(name) != symbol.scope => Some(Copied::Global),
        ScopeKind::Module | ScopeKind::Class => since_3_11.then_some(Copied::Namespace),
        _ if !cx.is_fast_local_on(symbol, cx.python().newest) => since_3_11.then_some(Copied::Cell),
        _ => held(found, cx).map(Copied::Held),
    }
}

/// `other = s` in the same loop: the old string lives on.
fn held<'a>(found: Accumulation<'a>, cx: &Cx<'a>) -> Option<TextRange> {
    let symbol = cx.symbol(found.target.as_name_expr()?)?;
    cx.reads(symbol).find_map(|read| {
        let AnyNodeRef::StmtAssign(stmt) = cx.tree.parent(read)? else {
            return None;
        };
        let repeated = cx
            .in_loop(stmt)
            .is_some_and(|around| around.range() == found.around.range());
        let [Expr::Name(_)] = stmt.targets.as_slice() else {
            return None;
        };
        repeated.then(|| stmt.range())
    })
}

/// `for x in xs: s += x`, and nothing else.
fn only_concatenates(found: Accumulation<'_>) -> Option<&StmtFor> {
    let Loop::For(stmt) = found.around else {
        return None;
    };
    let [Stmt::AugAssign(only)] = stmt.body.as_slice() else {
        return None;
    };
    let (Expr::Name(item), Expr::Name(added)) = (&*stmt.target, &*only.value) else {
        return None;
    };
    let plain = !stmt.is_async && stmt.orelse.is_empty() && item.id == added.id;
    plain.then_some(stmt)
}

fn join<'a>(found: Accumulation<'a>, stmt: &'a StmtFor, cx: &Cx<'a>) -> Option<Fix> {
    if cx.has_comment(stmt) || cx.leaks_target(found.around) || reads(&stmt.iter, found.target, cx)
    {
        return None;
    }
    let name = cx.text(found.target);
    let items = match &*stmt.iter {
        Expr::Tuple(tuple) if !tuple.parenthesized => format!("({})", cx.text(tuple)),
        items => cx.text(items).to_string(),
    };
    let title = format!("Replace the loop with `{name} += \"\".join(...)`");
    let fix = Fix::safe(
        title,
        [Edit::replace(stmt, format!("{name} += \"\".join({items})"))],
    );
    let ty = cx.ty(&*stmt.iter);
    let strings = ty.element().is_str();
    let whole = matches!(
        ty,
        Type::List(_) | Type::Tuple(_) | Type::Set(_) | Type::FrozenSet(_) | Type::Str
    );
    Some(if !found.target.is_name_expr() {
        fix.unsafe_because(format!("stores `{name}` once and not after every item"))
    } else if !strings {
        fix.unsafe_because("refuses items that are no strings, even if they can be added to one")
    } else if !whole {
        fix.unsafe_because(format!(
            "leaves `{name}` as it was if an item cannot be had"
        ))
    } else {
        fix
    })
}

/// `s = s + x + y` becomes `s += x + y`.
fn add_in_place<'a>(found: Accumulation<'a>, copied: &Copied, cx: &Cx<'a>) -> Option<Fix> {
    let (Copied::Chained, Expr::Name(name)) = (copied, found.target) else {
        return None;
    };
    let symbol = cx.symbol(name)?;
    let parts = summands(found.value);
    let (own, second) = (*parts.first()?, *parts.get(1)?);
    // `(s + x) + y`: the parentheses would lose their other half.
    let flat = std::iter::successors(found.value.as_bin_op_expr(), |op| op.left.as_bin_op_expr())
        .take(parts.len() - 1)
        .skip(1)
        .all(|op| cx.parenthesized(op) == op.range());
    let value = cx.parenthesized(found.value);
    let operator = TextRange::new(name.end(), value.start());
    let dropped = TextRange::new(own.start(), cx.parenthesized(second).start());
    let alone = cx.is_fast_local_on(symbol, cx.python().newest) && held(found, cx).is_none();
    let grows = parts[2..]
        .iter()
        .chain([&second])
        .all(|part| !reads(part, found.target, cx));
    if !flat
        || !alone
        || !grows
        || cx.parenthesized(own) != own.range()
        || cx.has_comment(operator)
        || cx.has_comment(dropped)
    {
        return None;
    }
    let equals = cx.text(operator).replacen('=', "+=", 1);
    let fix = Fix::safe(
        format!("Replace with `{} += ...`", name.id),
        [Edit::replace(operator, equals), Edit::delete(dropped)],
    );
    let strings = parts.iter().skip(1).all(|part| cx.ty(*part).is_str());
    Some(if strings {
        fix
    } else {
        fix.unsafe_because(
            "adds the parts to each other first, which matters if they are no strings",
        )
    })
}

fn reads<'a>(expr: &'a Expr, target: &'a Expr, cx: &Cx<'a>) -> bool {
    cx.tree.descendants(expr).any(|node| match node {
        AnyNodeRef::ExprName(name) => target
            .as_name_expr()
            .is_some_and(|own| cx.same_symbol(name, own)),
        _ => false,
    })
}
