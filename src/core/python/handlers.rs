//! Functions that run once for each request or call of a service: nothing that is dear to make should be made in them.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr};
use ruff_text_size::Ranged;

use super::blocks::function_around;
use super::facts::Facts;
use super::symbols::Binding;

/// What lets other coroutines run beside the one that calls it.
pub(super) const STARTS_TASKS: &[&str] = &[
    "TaskGroup",
    "as_completed",
    "create_task",
    "create_task_group",
    "ensure_future",
    "gather",
    "open_nursery",
    "start_server",
    "wait",
];

/// Libraries for chat bots, whose commands run on the event loop.
const CHATS: &[&str] = &[
    "crescent",
    "discord",
    "disnake",
    "guilded",
    "hikari",
    "interactions",
    "lightbulb",
    "nextcord",
    "tanjun",
    "twitchio",
];

/// How many functions are looked through, each awaited by the next.
const MAX_HOPS: u8 = 3;

impl<'a> Facts<'a> {
    /// Whether a function answers requests: a decorator binds it to a path, it takes a request of a web framework, or it is the
    /// entry of a cloud function.
    pub fn is_handler(&self, def: &'a ast::StmtFunctionDef) -> bool {
        let routed = def.decorator_list.iter().any(|decorator| {
            // `@app.get("/items")`, `@bp.route("/")`: nothing else is decorated with a path.
            matches!(&decorator.expression, Expr::Call(call)
                if call.func.is_attribute_expr() && call.arguments.args.first().is_some_and(is_path))
        });
        let parameters = || def.parameters.iter_non_variadic_params();
        let takes_request = parameters().any(|parameter| {
            parameter.annotation().is_some_and(|annotation| {
                self.name(annotation).is_some_and(|name| {
                    name.ends_with(".Request") || name.ends_with(".HttpRequest")
                })
            })
        });
        let names: Vec<&str> = parameters()
            .map(|parameter| parameter.name().as_str())
            .collect();
        let is_cloud_function = names == ["event", "context"];
        routed || takes_request || is_cloud_function
    }

    /// Whether a coroutine has an event loop for itself, as far as the file tells: whatever calls it there runs it to its end,
    /// `asyncio.run(fetch())`, or awaits it and has a loop for itself; and nothing in the file starts tasks.
    pub fn has_its_own_loop(&self, def: &'a ast::StmtFunctionDef) -> bool {
        if self.is_told_to_run_alone(def) {
            return true;
        }
        // Whatever else there is, a function that is no coroutine waits for its own.
        let is_inner = function_around(&self.tree, def).is_some_and(|outer| !outer.is_async);
        self.is_run_alone(def, 0) && (is_inner || !self.starts_tasks())
    }

    /// Whether anything in the file lets coroutines run beside each other.
    pub(super) fn starts_tasks(&self) -> bool {
        self.tree.nodes().iter().any(|node| {
            matches!(node, AnyNodeRef::ExprAttribute(attribute)
                if STARTS_TASKS.contains(&attribute.attr.as_str()))
        })
    }

    /// Whether the example in its own documentation, or in that of the function around it, runs it so.
    fn is_told_to_run_alone(&self, def: &'a ast::StmtFunctionDef) -> bool {
        let around = function_around(&self.tree, def);
        [Some(def), around].into_iter().flatten().any(|def| {
            let text = match def.body.first() {
                Some(ast::Stmt::Expr(first)) => first.value.as_string_literal_expr(),
                _ => None,
            };
            let example = format!("asyncio.run({}(", def.name);
            text.is_some_and(|text| text.value.to_str().contains(&example))
        })
    }

    fn is_run_alone(&self, def: &'a ast::StmtFunctionDef, hops: u8) -> bool {
        if hops > MAX_HOPS || !def.is_async || !def.decorator_list.is_empty() {
            return false;
        }
        let reads = self.uses_of(def);
        // Made within a function that is none, for that function to run it, once.
        let outer = function_around(&self.tree, def).filter(|outer| !outer.is_async);
        !reads.is_empty()
            && reads.into_iter().all(|read| {
                let call = match self.tree.parent(read) {
                    Some(AnyNodeRef::ExprCall(call)) if call.func.range() == read.range() => {
                        Some(call)
                    }
                    _ => None,
                };
                let made = call.map_or(read, AnyNodeRef::from);
                let by = function_around(&self.tree, read);
                let is_outer = outer
                    .zip(by)
                    .is_some_and(|(outer, by)| outer.range() == by.range());
                let awaited = || {
                    matches!(self.tree.parent(made), Some(AnyNodeRef::ExprAwait(_)))
                        && by.is_some_and(|by| self.is_run_alone(by, hops + 1))
                };
                is_outer && call.is_some() && self.loops(read).is_empty()
                    || self.is_run_to_its_end(made)
                    || awaited()
            })
    }

    /// `asyncio.run(...)`, `anyio.run(...)`, `loop.run_until_complete(...)`
    pub(super) fn is_run_to_its_end(&self, made: AnyNodeRef<'a>) -> bool {
        let Some(AnyNodeRef::Arguments(arguments)) = self.tree.parent(made) else {
            return false;
        };
        let Some(AnyNodeRef::ExprCall(run)) = self.tree.parent(arguments) else {
            return false;
        };
        let is_first = arguments
            .args
            .first()
            .is_some_and(|first| first.range() == made.range());
        let names = ["asyncio.run", "anyio.run", "trio.run"];
        is_first
            && (names.iter().any(|name| self.is(&*run.func, name))
                || matches!(&*run.func, Expr::Attribute(method)
                    if method.attr.as_str() == "run_until_complete"))
    }

    /// Whether the file belongs to a command line, as its path tells: somebody runs it by hand, now and then.
    pub fn is_of_command_line(&self) -> bool {
        let path = self.source().path();
        let (folders, file) = path.rsplit_once('/').unwrap_or(("", path));
        file == "cli.py"
            || file == "manage.py"
            || file == "upgrade.py"
            || folders.split('/').any(|folder| folder == "cli")
            || format!("/{folders}/").contains("/management/commands/")
    }

    /// Whether a function is a command of a command line: nothing else runs while it does. So is whatever lies in a folder of that name.
    pub fn is_command(&self, def: &'a ast::StmtFunctionDef) -> bool {
        self.is_of_command_line()
            || def.decorator_list.iter().any(|decorator| {
                matches!(decorating(decorator), Expr::Attribute(attribute)
                    if matches!(attribute.attr.as_str(), "command" | "callback"))
            }) && !self.is_chat_command(def, 0)
    }

    /// Whether a function is a command of a chat bot, which answers others meanwhile: `@commands.command()` and `@bot.command()` of
    /// discord.py and its kin, and commands below these.
    fn is_chat_command(&self, def: &'a ast::StmtFunctionDef, hops: u8) -> bool {
        let is_of_chat = |name: &str| {
            CHATS.contains(&name.split('.').next().unwrap_or(name))
                || name.rsplit('.').nth(1) == Some("commands")
        };
        hops < MAX_HOPS
            && def.is_async
            && def.decorator_list.iter().any(|decorator| {
                let Expr::Attribute(method) = decorating(decorator) else {
                    return false;
                };
                let above = method.value.as_name_expr().and_then(|name| {
                    let symbol = self.symbol(name)?;
                    self.only_binding(symbol)
                });
                match above {
                    // `@settings.command()` below `@commands.group() async def settings(...)`
                    Some(Binding::Function(group)) => self.is_chat_command(group, hops + 1),
                    _ => {
                        self.name(method).is_some_and(|name| is_of_chat(&name))
                            || (self.ty(&*method.value).class_name())
                                .is_some_and(|class| is_of_chat(&class))
                    }
                }
            })
    }

    /// Whether a function talks with its user at a terminal: it prints, `console.print(...)`, and starts nothing that could run meanwhile.
    pub fn is_dialogue(&self, def: &'a ast::StmtFunctionDef) -> bool {
        let mut prints = false;
        for node in self.own_nodes(def) {
            match node {
                AnyNodeRef::ExprAttribute(attribute)
                    if STARTS_TASKS.contains(&attribute.attr.as_str()) =>
                {
                    return false;
                }
                AnyNodeRef::ExprCall(call) => {
                    prints |= self.is(&*call.func, "builtins.print")
                        || matches!(&*call.func, Expr::Attribute(method) if method.attr.as_str() == "print");
                }
                _ => {}
            }
        }
        prints
    }

    /// The loop of this file in which a function is called, for each of many items: `for x in xs: f(x)`, `gather(*map(f, xs))`.
    pub fn called_in_loop(&self, def: &'a ast::StmtFunctionDef) -> Option<AnyNodeRef<'a>> {
        let symbol = self.symbol(def)?;
        self.reads(symbol).find_map(|name| {
            let AnyNodeRef::ExprCall(call) = self.tree.parent(name)? else {
                // `map(f, xs)`
                let items = self.per_item(name)?;
                return Some(items.call.into());
            };
            let is_callee = call.func.range() == name.range();
            // Another attempt is not another item.
            let each = self.in_loop(call);
            (is_callee && each.is_some_and(|each| !self.goes_over_batches(each)))
                .then_some(call.into())
        })
    }
}

/// What decorates, without what it is called with.
fn decorating(decorator: &ast::Decorator) -> &Expr {
    match &decorator.expression {
        Expr::Call(call) => &call.func,
        plain => plain,
    }
}

fn is_path(argument: &Expr) -> bool {
    argument
        .as_string_literal_expr()
        .is_some_and(|text| text.value.to_str().starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::python::{Source, Versions, parse};

    fn ask<T>(path: &str, text: &str, question: impl FnOnce(&Facts<'_>) -> T) -> T {
        let source = Source::module(path, text);
        let parsed = parse(&source).expect("the code parses");
        let facts = Facts::new(&source, &parsed, Versions::default()).expect("the code is flat");
        question(&facts)
    }

    #[test]
    fn commands_of_chat_bots_are_no_command_lines() {
        for (text, wanted) in [
            (
                "import typer\napp = typer.Typer()\n@app.command()\nasync def f(): pass\n",
                true,
            ),
            (
                "from shop import app\n@app.command\nasync def f(): pass\n",
                true,
            ),
            (
                "from discord.ext import commands\n@commands.command()\nasync def f(ctx): pass\n",
                false,
            ),
            (
                "from discord.ext import commands\nbot = commands.Bot('!')\n@bot.command()\nasync def f(ctx): pass\n",
                false,
            ),
            (
                "from bot.core import commands\n@commands.command()\nasync def f(ctx): pass\n",
                false,
            ),
            // No coroutine: no bot calls it.
            (
                "from shop import commands\n@commands.command()\ndef f(ctx): pass\n",
                true,
            ),
            (
                "from bot.core import commands\n@commands.group()\nasync def g(ctx): pass\n@g.command()\nasync def f(ctx): pass\n",
                false,
            ),
            (
                "import click\n@click.group()\ndef g(): pass\n@g.command()\nasync def f(): pass\n",
                true,
            ),
        ] {
            let found = ask("example.py", text, |facts| {
                let mut nodes = facts.tree.nodes().iter();
                nodes.find_map(|node| match node {
                    AnyNodeRef::StmtFunctionDef(def) if def.name.as_str() == "f" => {
                        Some(facts.is_command(def))
                    }
                    _ => None,
                })
            });
            assert_eq!(found, Some(wanted), "{text}");
        }
    }

    #[test]
    fn command_lines_are_known_by_their_place() {
        for (path, wanted) in [
            ("shop/cli/orders.py", true),
            ("shop/cli.py", true),
            ("manage.py", true),
            ("shop/upgrade.py", true),
            ("shop/management/commands/tidy.py", true),
            ("shop/client.py", false),
            ("shop/commands/orders.py", false),
            ("client/orders.py", false),
        ] {
            assert_eq!(
                ask(path, "", |facts| facts.is_of_command_line()),
                wanted,
                "{path}"
            );
        }
    }
}
