//! Code that somebody runs by hand, now and then, or that runs once: command lines, scripts, migrations, and what makes up data to
//! show.
//!
//! **Invariant**: says `true` only to leave what rules about round trips find to those who select them; the words by which everybody
//! calls these are good enough for that.

use ruff_python_ast::AnyNodeRef;

use super::blocks::function_around;
use super::facts::Facts;

/// Words for data that nobody has.
const MADE_UP: &[&str] = &["demo", "dummy", "fake"];
/// Words that say so beside [`DATA`] or [`MAKING`] only.
const LIKE_TESTS: &[&str] = &["example", "fixture", "fixtures", "mock", "sample", "test"];
const DATA: &[&str] = &["data", "database", "db"];
/// What a function does that makes up data.
const MAKING: &[&str] = &["create", "generate", "insert", "load", "make", "populate"];

impl<'a> Facts<'a> {
    /// Whether a node runs by hand or once: few wait for it, and not for long. What stands in no function runs as a script, or
    /// once, what prints has somebody who reads it, and what has a `dry_run` somebody who tries it first.
    pub fn is_run_by_hand(&self, node: impl Into<AnyNodeRef<'a>>) -> bool {
        let node = node.into();
        self.is_of_command_line()
            || is_place_by_hand(self.source().path())
            || function_around(&self.tree, node).is_none_or(|def| self.is_dialogue(def))
            || self.tree.ancestors(node).any(|outer| match outer {
                AnyNodeRef::StmtFunctionDef(def) => {
                    let name = def.name.as_str();
                    let rehearses = || {
                        let mut parameters = def.parameters.iter();
                        parameters.any(|one| one.name().as_str() == "dry_run")
                    };
                    matches!(name, "downgrade" | "upgrade")
                        || migrates(name)
                        || is_made_up(name)
                        || rehearses()
                }
                _ => false,
            })
    }
}

/// Whether a file holds scripts, or is called after migrations or made up data.
fn is_place_by_hand(path: &str) -> bool {
    let (folders, file) = path.rsplit_once('/').unwrap_or(("", path));
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    (folders.split('/')).any(|folder| folder == "scripts") || migrates(stem) || is_made_up(stem)
}

fn words(name: &str) -> impl Iterator<Item = &str> + Clone {
    name.split(['_', '-']).filter(|word| !word.is_empty())
}

/// `migrate_tags`, `migrations`
fn migrates(name: &str) -> bool {
    words(name).any(|word| matches!(word, "migrate" | "migration" | "migrations"))
}

/// `roles_demo`, `populate_test_data`, `seed_users`
fn is_made_up(name: &str) -> bool {
    let has = |wanted: &[&str]| words(name).any(|word| wanted.contains(&word));
    has(MADE_UP)
        || words(name).next() == Some("seed")
        || has(LIKE_TESTS) && (has(DATA) || has(MAKING))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::python::{Source, Versions, parse};

    /// Whether `work()` in a function and a file of these names runs by hand.
    fn by_hand(path: &str, function: &str) -> Option<bool> {
        let text = format!("def {function}():\n    work()\n");
        let source = Source::module(path, text.as_str());
        let parsed = parse(&source).ok()?;
        let facts = Facts::new(&source, &parsed, Versions::default()).ok()?;
        let mut nodes = facts.tree.nodes().iter();
        let call = nodes.find(|node| node.is_expr_call())?;
        Some(facts.is_run_by_hand(*call))
    }

    #[test]
    fn scripts_migrations_and_made_up_data_run_by_hand() {
        for (path, function) in [
            ("shop/cli.py", "f"),
            ("scripts/tidy.py", "f"),
            ("shop/migrate_tags.py", "f"),
            ("shop/populate_test_data.py", "f"),
            ("shop/a.py", "upgrade"),
            ("shop/a.py", "_migrate_orders"),
            ("shop/a.py", "roles_demo"),
            ("shop/a.py", "create_sample_orders"),
            ("shop/a.py", "seed"),
        ] {
            assert_eq!(by_hand(path, function), Some(true), "{path} {function}");
        }
    }

    #[test]
    fn scripts_print_and_stand_in_no_function() {
        for (text, wanted) in [
            ("work()\n", true),
            ("def f():\n    work()\n    print(1)\n", true),
            ("def f(shop, dry_run=False):\n    work()\n", true),
            ("def f():\n    work()\n", false),
        ] {
            let source = Source::module("shop/a.py", text);
            let parsed = parse(&source).expect("the code parses");
            let facts = Facts::new(&source, &parsed, Versions::default()).expect("it is flat");
            let call = facts.tree.nodes().iter().find(|node| node.is_expr_call());
            assert_eq!(
                call.map(|call| facts.is_run_by_hand(*call)),
                Some(wanted),
                "{text}"
            );
        }
    }

    #[test]
    fn other_work_does_not() {
        for (path, function) in [
            ("shop/a.py", "f"),
            ("shop/data.py", "sample_rate"),
            ("shop/immigration.py", "test_orders"),
            ("shop/a.py", "upgrade_plan"),
            ("shop/a.py", "populate_cache"),
            ("shop/manuscripts/a.py", "f"),
        ] {
            assert_eq!(by_hand(path, function), Some(false), "{path} {function}");
        }
    }
}
