//! Code that waits for something outside of the program: whatever else it does hardly counts.

use ruff_python_ast::{AnyNodeRef, Expr, ExprCall, Number};

use super::facts::Facts;
use super::libraries::{Blocks, Effects};
use super::loops::Loop;
use super::project::Following;

/// Whatever waits for somebody else; the own computing is not meant.
const OUTSIDE: Effects = Effects::blocks(Blocks::Sleep)
    .or(Effects::blocks(Blocks::Http))
    .or(Effects::blocks(Blocks::Socket))
    .or(Effects::blocks(Blocks::File))
    .or(Effects::blocks(Blocks::Subprocess))
    .or(Effects::blocks(Blocks::Start))
    .or(Effects::blocks(Blocks::Database))
    .or(Effects::blocks(Blocks::Input));

/// The same without files: lines are read and written through a buffer.
const FAR: Effects = Effects::blocks(Blocks::Sleep)
    .or(Effects::blocks(Blocks::Http))
    .or(Effects::blocks(Blocks::Socket))
    .or(Effects::blocks(Blocks::Subprocess))
    .or(Effects::blocks(Blocks::Start))
    .or(Effects::blocks(Blocks::Database))
    .or(Effects::blocks(Blocks::Input));

/// Functions that ask the operating system or the network; a name that ends with a dot is a whole module.
const WAITING: &[&str] = &[
    "builtins.input",
    "builtins.open",
    "io.open",
    "os.access",
    "os.chmod",
    "os.chown",
    "os.listdir",
    "os.lstat",
    "os.makedirs",
    "os.mkdir",
    "os.path.exists",
    "os.path.getmtime",
    "os.path.getsize",
    "os.path.isdir",
    "os.path.isfile",
    "os.path.islink",
    "os.path.lexists",
    "os.path.realpath",
    "os.popen",
    "os.readlink",
    "os.remove",
    "os.rename",
    "os.rmdir",
    "os.scandir",
    "os.stat",
    "os.symlink",
    "os.system",
    "os.unlink",
    "os.walk",
    "requests.",
    "shutil.",
    "socket.",
    "subprocess.",
    "time.sleep",
    "urllib.request.",
];

/// Methods that add to a container, whatever it is.
const ADDING: &[&str] = &["add", "append", "extend", "insert", "setdefault", "update"];

/// Whether a call pauses for less than anybody notices: `time.sleep(0.001)`.
pub(super) fn is_short_pause(call: &ExprCall) -> bool {
    let [Expr::NumberLiteral(seconds)] = &*call.arguments.args else {
        return false;
    };
    let last = match &*call.func {
        Expr::Attribute(method) => method.attr.as_str(),
        Expr::Name(name) => name.id.as_str(),
        _ => "",
    };
    last == "sleep"
        && match &seconds.value {
            Number::Int(int) => int.as_u64() == Some(0),
            Number::Float(seconds) => *seconds < SHORTEST,
            Number::Complex { .. } => false,
        }
}

/// In seconds.
const SHORTEST: f64 = 0.01;

impl<'a> Facts<'a> {
    /// Whether an iteration of `around` awaits, or asks the operating system or the network, in so many words.
    pub fn waits_in(&self, around: Loop<'a>) -> bool {
        let mut inside = self.tree.descendants(around.node());
        inside.any(|node| match node {
            AnyNodeRef::ExprAwait(_) => around.repeats(node),
            AnyNodeRef::StmtFor(stmt) => stmt.is_async,
            AnyNodeRef::Comprehension(clause) => clause.is_async,
            AnyNodeRef::ExprCall(call) => around.repeats(call) && self.is_waiting_call(call),
            _ => false,
        })
    }

    /// Whether an iteration of `around` waits for something outside, here or in functions that it calls, or tells somebody something:
    /// what it computes hardly counts then.
    pub fn talks_in(&self, around: Loop<'a>) -> bool {
        self.waits_in(around)
            || self.tree.descendants(around.node()).any(|node| match node {
                AnyNodeRef::ExprCall(call) if around.repeats(call) => {
                    self.is(&*call.func, "builtins.print")
                        || self
                            .knows(call)
                            .is_some_and(|entry| entry.effects.any_of(OUTSIDE))
                        || self.leads_to(call, OUTSIDE, Following::Every).is_some()
                }
                _ => false,
            })
    }

    /// Whether every iteration of `around` asks a server, a database, another process or the user, here or in functions that it calls.
    pub fn always_asks_in(&self, around: Loop<'a>) -> bool {
        self.tree.descendants(around.node()).any(|node| match node {
            AnyNodeRef::ExprCall(call) if around.repeats(call) => {
                self.is_unconditional_in(call, around.node())
                    && (self.is_waiting_call(call)
                        || self
                            .knows(call)
                            .is_some_and(|entry| entry.effects.any_of(FAR))
                        || self.leads_to(call, FAR, Following::Every).is_some())
            }
            _ => false,
        })
    }

    /// Whether an iteration calls something for its effect alone, and nobody knows what that is: `send(row)`. What it does may take
    /// longer than all the rest. Adding to a container, and what the standard library computes, is known.
    pub fn acts_in(&self, around: Loop<'a>) -> bool {
        self.tree.descendants(around.node()).any(|node| {
            let AnyNodeRef::StmtExpr(stmt) = node else {
                return false;
            };
            let Expr::Call(call) = &*stmt.value else {
                return stmt.value.is_await_expr();
            };
            let adds = matches!(&*call.func, Expr::Attribute(method)
                if ADDING.contains(&method.attr.as_str()));
            let known = self.callee(call).is_none() && self.is_harmless_call(call);
            around.repeats(call) && !adds && !known
        })
    }

    /// Whether a call asks the operating system or the network.
    pub fn is_waiting_call(&self, call: &'a ExprCall) -> bool {
        self.name(&*call.func).is_some_and(|name| {
            WAITING
                .iter()
                .copied()
                .any(|known| name == known || (known.ends_with('.') && name.starts_with(known)))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::python::{Source, Versions, parse};

    fn waits(text: &str) -> Option<bool> {
        let source = Source::module("example.py", text);
        let parsed = parse(&source).ok()?;
        let facts = Facts::new(&source, &parsed, Versions::default()).ok()?;
        let mut nodes = facts.tree.nodes().iter();
        nodes.find_map(|node| match node {
            AnyNodeRef::StmtFor(stmt) => Some(facts.waits_in(Loop::For(stmt))),
            _ => None,
        })
    }

    #[test]
    fn an_iteration_that_asks_outside_waits() {
        let asks = "import os.path\nfor x in xs:\n    if os.path.isdir(x):\n        print(x)\n";
        assert_eq!(waits(asks), Some(true));
        let awaits = "async def f(xs):\n    for x in xs:\n        await g(x)\n";
        assert_eq!(waits(awaits), Some(true));
        let once = "import os\nfor x in os.listdir('.'):\n    print(os.path.join('a', x))\n";
        assert_eq!(waits(once), Some(false));
    }
}
