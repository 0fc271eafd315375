//! Functions that run once for each request or call of a service: nothing that is dear to make should be made in them.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr};
use ruff_text_size::Ranged;

use super::facts::Facts;

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

    /// Whether a function starts or ends a service or what it is made of, by the words by which everybody calls these.
    pub fn starts_or_ends(&self, def: &'a ast::StmtFunctionDef) -> bool {
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
        let mut words = def.name.trim_matches('_').split('_');
        words.clone().any(|word| WORDS.contains(&word))
            && words.all(|word| WORDS.contains(&word) || AROUND.contains(&word))
    }

    /// Whether the file belongs to a command line, as its path tells: somebody runs it by hand, now and then.
    pub fn is_of_command_line(&self) -> bool {
        let path = self.source().path();
        let (folders, file) = path.rsplit_once('/').unwrap_or(("", path));
        file == "cli.py"
            || file == "manage.py"
            || folders.split('/').any(|folder| folder == "cli")
            || format!("/{folders}/").contains("/management/commands/")
    }

    /// Whether a function is a command of a command line: nothing else runs while it does. So is whatever lies in a folder of that name.
    pub fn is_command(&self, def: &'a ast::StmtFunctionDef) -> bool {
        self.is_of_command_line()
            || def.decorator_list.iter().any(|decorator| {
                let named = match &decorator.expression {
                    Expr::Call(call) => &*call.func,
                    plain => plain,
                };
                matches!(named, Expr::Attribute(attribute)
                if matches!(attribute.attr.as_str(), "command" | "callback"))
            })
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
            (is_callee && self.in_loop(call).is_some()).then_some(call.into())
        })
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
    fn what_starts_or_ends_is_called_so() {
        for (name, wanted) in [
            ("start", true),
            ("_close", true),
            ("__aexit__", true),
            ("on_startup", true),
            ("start_unsafe", true),
            ("start_upload", false),
            ("closest", false),
            ("fetch", false),
            ("on_event", false),
        ] {
            let text = format!("async def {name}(self): pass\n");
            let found = ask("example.py", &text, |facts| {
                let mut nodes = facts.tree.nodes().iter();
                nodes.find_map(|node| match node {
                    AnyNodeRef::StmtFunctionDef(def) => Some(facts.starts_or_ends(def)),
                    _ => None,
                })
            });
            assert_eq!(found, Some(wanted), "{name}");
        }
    }

    #[test]
    fn command_lines_are_known_by_their_place() {
        for (path, wanted) in [
            ("shop/cli/orders.py", true),
            ("shop/cli.py", true),
            ("manage.py", true),
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
