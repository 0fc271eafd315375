//! Functions that run while a program starts or ends: nothing else runs on the event loop yet, or nothing that still matters.
//!
//! **Invariant**: says `true` only to keep rules silent; the words by which everybody calls these are good enough for
//! [`Facts::starts_or_ends`], and [`Facts::is_start_hook`] wants that a framework is given the function.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr};
use ruff_text_size::Ranged;

use super::blocks::function_around;
use super::facts::Facts;

/// What decorates a function, and whom it is given to, so that it runs before a service answers, or when it no longer does:
/// `@app.before_serving`, `FastAPI(lifespan=f)`, `app.on_startup.append(f)`.
const HOOKS: &[&str] = &[
    "after_serving",
    "after_server_stop",
    "before_server_start",
    "before_serving",
    "cleanup_ctx",
    "lifespan",
    "lifespan_context",
    "main_process_start",
    "main_process_stop",
    "on_cleanup",
    "on_shutdown",
    "on_startup",
    "post_init",
    "post_shutdown",
    "shutdown",
    "startup",
    "while_serving",
];

/// Whom a function is given to with the name of the moment: `@app.on_event("startup")`.
const MOMENTS: &[&str] = &["add_event_handler", "listener", "on_event"];

/// Methods of chat bots and their parts that run before the bot answers, or when it no longer does.
const BOT_HOOKS: &[&str] = &["cog_load", "cog_unload", "setup_hook"];

/// What counts as a start.
#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    /// A framework is given the function.
    Hook,
    /// The same, and whatever is called like one.
    Name,
}

impl By {
    /// How many functions are looked through, each awaited by the next. What only has the name may start while much else runs: the
    /// further from it, the more work is done.
    fn max_hops(self) -> u8 {
        match self {
            By::Hook => 3,
            By::Name => 1,
        }
    }
}

impl<'a> Facts<'a> {
    /// Whether a function starts or ends a service or what it is made of: a framework runs it then, it has one of the words by which
    /// everybody calls these, or all who call it in this file do.
    pub fn starts_or_ends(&self, def: &'a ast::StmtFunctionDef) -> bool {
        self.is_of_start(def, By::Name, 0)
    }

    /// Whether a framework runs a function once, before it answers or when it no longer does, or all who call it in this file are
    /// such functions.
    pub fn is_start_hook(&self, def: &'a ast::StmtFunctionDef) -> bool {
        self.is_of_start(def, By::Hook, 0)
    }

    fn is_of_start(&self, def: &'a ast::StmtFunctionDef, by: By, hops: u8) -> bool {
        if by == By::Name && is_named_start(&def.name)
            || self.is_decorated_hook(def)
            || self.is_bot_hook(def)
        {
            return true;
        }
        let uses = self.uses_of(def);
        uses.iter().any(|used| self.is_given_as_hook(*used))
            || hops < by.max_hops()
                && def.decorator_list.is_empty()
                && !uses.is_empty()
                && uses.into_iter().all(|used| {
                    let caller = function_around(&self.tree, used);
                    self.is_awaited_call(used)
                        && caller.is_some_and(|caller| {
                            self.tree.id(caller) != self.tree.id(def)
                                && self.is_of_start(caller, by, hops + 1)
                        })
                })
    }

    /// Where a file names a function; for a method, every attribute of that name.
    pub(super) fn uses_of(&self, def: &'a ast::StmtFunctionDef) -> Vec<AnyNodeRef<'a>> {
        if let Some(AnyNodeRef::StmtClassDef(_)) = self.tree.parent(def) {
            let nodes = self.tree.nodes().iter().copied();
            return nodes
                .filter(|node| {
                    matches!(node, AnyNodeRef::ExprAttribute(method)
                        if method.attr.as_str() == def.name.as_str())
                })
                .collect();
        }
        match self.symbol(def) {
            Some(symbol) => self.reads(symbol).map(AnyNodeRef::from).collect(),
            None => Vec::new(),
        }
    }

    /// `await f(...)`
    fn is_awaited_call(&self, used: AnyNodeRef<'a>) -> bool {
        match self.tree.parent(used) {
            Some(AnyNodeRef::ExprCall(call)) if call.func.range() == used.range() => {
                matches!(self.tree.parent(call), Some(AnyNodeRef::ExprAwait(_)))
            }
            _ => false,
        }
    }

    /// `@app.on_event("startup")`, `@app.before_serving`
    fn is_decorated_hook(&self, def: &'a ast::StmtFunctionDef) -> bool {
        def.decorator_list
            .iter()
            .any(|decorator| match &decorator.expression {
                Expr::Call(call) => is_hook(&call.func) || is_for_a_moment(call),
                plain => is_hook(plain),
            })
    }

    /// `async def setup_hook(self)` of a class.
    fn is_bot_hook(&self, def: &'a ast::StmtFunctionDef) -> bool {
        BOT_HOOKS.contains(&def.name.as_str())
            && matches!(self.tree.parent(def), Some(AnyNodeRef::StmtClassDef(_)))
    }

    /// `FastAPI(lifespan=f)`, `Starlette(on_startup=[f])`, `app.on_startup.append(f)`, `app.add_event_handler("startup", f)`
    pub(super) fn is_given_as_hook(&self, used: AnyNodeRef<'a>) -> bool {
        let listed = match self.tree.parent(used) {
            Some(list @ (AnyNodeRef::ExprList(_) | AnyNodeRef::ExprTuple(_))) => list,
            _ => used,
        };
        match self.tree.parent(listed) {
            Some(AnyNodeRef::Keyword(keyword)) => keyword
                .arg
                .as_ref()
                .is_some_and(|name| HOOKS.contains(&name.as_str())),
            Some(AnyNodeRef::Arguments(arguments)) => match self.tree.parent(arguments) {
                Some(AnyNodeRef::ExprCall(call)) => {
                    is_for_a_moment(call)
                        || matches!(&*call.func, Expr::Attribute(method)
                            if is_hook(&method.value) && matches!(method.attr.as_str(), "append" | "extend" | "register"))
                        || is_hook(&call.func)
                }
                _ => false,
            },
            // `app.router.lifespan_context = f`
            Some(AnyNodeRef::StmtAssign(assign)) => assign.targets.iter().any(is_hook),
            _ => false,
        }
    }

    /// Whether a call stands in the coroutine that `asyncio.run` is given, before anything there lets others run.
    pub fn is_before_others(&self, call: &'a ast::ExprCall) -> bool {
        let Some(def) = function_around(&self.tree, call) else {
            return false;
        };
        if !self.is_main_coroutine(def) || !self.loops(call).is_empty() {
            return false;
        }
        !self.own_nodes(def).any(|node| {
            node.start() < call.start()
                && match node {
                    AnyNodeRef::ExprAwait(awaiting) => awaiting.end() <= call.start(),
                    AnyNodeRef::StmtFor(stmt) => stmt.is_async,
                    AnyNodeRef::StmtWith(stmt) => stmt.is_async,
                    AnyNodeRef::ExprAttribute(attribute) => {
                        super::handlers::STARTS_TASKS.contains(&attribute.attr.as_str())
                    }
                    AnyNodeRef::ExprName(name) => {
                        super::handlers::STARTS_TASKS.contains(&name.id.as_str())
                    }
                    _ => false,
                }
        })
    }

    /// Whether a coroutine is what an event loop is started for: `asyncio.run(main())`, and nothing else.
    pub fn is_main_coroutine(&self, def: &'a ast::StmtFunctionDef) -> bool {
        if !def.is_async || matches!(self.tree.parent(def), Some(AnyNodeRef::StmtClassDef(_))) {
            return false;
        }
        let uses = self.uses_of(def);
        !uses.is_empty()
            && uses.into_iter().all(|used| {
                let made = match self.tree.parent(used) {
                    Some(AnyNodeRef::ExprCall(call)) if call.func.range() == used.range() => {
                        AnyNodeRef::from(call)
                    }
                    _ => used,
                };
                self.is_run_to_its_end(made)
            })
    }
}

/// Whether a function is called like what starts or ends something.
fn is_named_start(name: &str) -> bool {
    const WORDS: &[&str] = &[
        "aclose",
        "aenter",
        "aexit",
        "bootstrap",
        "close",
        "lifespan",
        "setup",
        "shutdown",
        "start",
        "startup",
        "stop",
        "teardown",
    ];
    // `on_startup`, `start_unsafe`; a name with other words tells of something that is started, as `start_upload`.
    const AROUND: &[&str] = &["all", "async", "do", "event", "on", "unsafe"];
    let mut words = name.trim_matches('_').split('_');
    words.clone().any(|word| WORDS.contains(&word))
        && words.all(|word| WORDS.contains(&word) || AROUND.contains(&word))
}

/// `app.on_startup`, `app.before_serving`
fn is_hook(expr: &Expr) -> bool {
    matches!(expr, Expr::Attribute(hook) if HOOKS.contains(&hook.attr.as_str()))
}

/// `app.on_event("startup")`
fn is_for_a_moment(call: &ast::ExprCall) -> bool {
    let Expr::Attribute(method) = &*call.func else {
        return false;
    };
    MOMENTS.contains(&method.attr.as_str())
        && call
            .arguments
            .args
            .iter()
            .filter_map(Expr::as_string_literal_expr)
            .any(|moment| HOOKS.contains(&moment.value.to_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::python::{Source, Versions, parse};

    /// What is said of the function `f`.
    fn ask(
        text: &str,
        question: impl for<'a> Fn(&Facts<'a>, &'a ast::StmtFunctionDef) -> bool,
    ) -> Option<bool> {
        let source = Source::module("example.py", text);
        let parsed = parse(&source).ok()?;
        let facts = Facts::new(&source, &parsed, Versions::default()).ok()?;
        let mut nodes = facts.tree.nodes().iter();
        nodes.find_map(|node| match node {
            AnyNodeRef::StmtFunctionDef(def) if def.name.as_str() == "f" => {
                Some(question(&facts, def))
            }
            _ => None,
        })
    }

    #[test]
    fn what_starts_or_ends_is_called_so() {
        for (name, wanted) in [
            ("start", true),
            ("_close", true),
            ("__aexit__", true),
            ("on_startup", true),
            ("start_unsafe", true),
            ("async_setup", true),
            ("start_upload", false),
            ("closest", false),
            ("fetch", false),
            ("on_event", false),
        ] {
            assert_eq!(is_named_start(name), wanted, "{name}");
        }
    }

    #[test]
    fn frameworks_run_hooks_before_they_answer() {
        for (text, wanted) in [
            ("@app.on_event('startup')\nasync def f(): pass\n", true),
            ("@app.on_event('message')\nasync def f(): pass\n", false),
            ("@app.before_serving\nasync def f(): pass\n", true),
            ("@app.get('/')\nasync def f(): pass\n", false),
            (
                "@app.listener('before_server_start')\nasync def f(app): pass\n",
                true,
            ),
            ("async def f(app): yield\napp = FastAPI(lifespan=f)\n", true),
            (
                "async def f(): pass\napp = Starlette(on_startup=[f])\n",
                true,
            ),
            ("async def f(app): pass\napp.on_startup.append(f)\n", true),
            ("async def f(app): pass\napp.routes.append(f)\n", false),
            ("async def f(app): pass\napp.cleanup_ctx.append(f)\n", true),
            (
                "async def f(): pass\napp.add_event_handler('startup', f)\n",
                true,
            ),
            (
                "async def f(app): yield\napp.router.lifespan_context = f\n",
                true,
            ),
            ("class Bot:\n    async def f(self): pass\n", false),
            (
                "class Bot:\n    async def setup_hook(self):\n        await self.f()\n    async def f(self): pass\n",
                true,
            ),
            (
                "class Bot:\n    async def setup_hook(self):\n        await self.f()\n    async def on_message(self):\n        await self.f()\n    async def f(self): pass\n",
                false,
            ),
            // Called so, and no framework knows of it.
            (
                "class Server:\n    async def start(self):\n        await self.f()\n    async def f(self): pass\n",
                false,
            ),
            ("async def f():\n    await f()\n", false),
        ] {
            let found = ask(text, |facts, def| facts.is_start_hook(def));
            assert_eq!(found, Some(wanted), "{text}");
        }
    }

    #[test]
    fn what_only_a_start_awaits_belongs_to_it() {
        let class = "class Server:\n    async def start(self):\n        await self.f()\n    async def f(self): pass\n";
        let (once, again) = (
            class.to_owned(),
            format!("{class}    async def answer(self):\n        await self.f()\n"),
        );
        let far = class.replace("self.f()", "self.g()")
            + "    async def g(self):\n        await self.f()\n";
        for (text, wanted) in [(once, true), (again, false), (far, false)] {
            let found = ask(&text, |facts, def| facts.starts_or_ends(def));
            assert_eq!(found, Some(wanted), "{text}");
        }
    }

    #[test]
    fn the_main_coroutine_is_alone_until_it_waits() {
        let first = |text: &str| {
            ask(text, |facts, def| {
                let mut nodes = facts.tree.descendants(def);
                nodes.any(|node| match node {
                    AnyNodeRef::ExprCall(call) => {
                        facts.text(&*call.func) == "g" && facts.is_before_others(call)
                    }
                    _ => false,
                })
            })
        };
        for (body, wanted) in [
            ("    g()\n    await h()\n", true),
            ("    await h(g())\n", true),
            ("    await h()\n    g()\n", false),
            ("    async with h():\n        g()\n", false),
            ("    asyncio.create_task(h())\n    g()\n", false),
            ("    while True:\n        g()\n        await h()\n", false),
        ] {
            let text = format!("import asyncio\nasync def f():\n{body}\nasyncio.run(f())\n");
            assert_eq!(first(&text), Some(wanted), "{text}");
            let text =
                format!("import asyncio\nasync def f():\n{body}\nasyncio.create_task(f())\n");
            assert_eq!(first(&text), Some(false), "{text}");
        }
    }
}
