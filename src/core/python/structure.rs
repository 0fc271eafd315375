//! Loops over what a program or a database is built of: tables, columns, migrations, shards, the levels of a tree, the folders of a
//! path. There are a handful of them, and each is asked in its own way.
//!
//! **Invariant**: says `true` only to keep rules about round trips silent; the words by which everybody calls them are good enough for
//! that.

use ruff_python_ast::{AnyNodeRef, Expr};

use super::facts::Facts;
use super::loops::Loop;

/// What a loop variable is called, as one of the words of its name.
const PARTS: &[&str] = &[
    "column",
    "columns",
    "db",
    "database",
    "dialect",
    "engine",
    "executor",
    "migration",
    "schema",
    "shard",
    "shards",
    "table",
    "tables",
    "tablename",
];

/// What an attribute is called that holds all of these.
const SETS: &[&str] = &[
    "columns",
    "constraints",
    "databases",
    "engines",
    "foreign",
    "indexes",
    "migrations",
    "schemas",
    "shards",
    "tables",
];

impl<'a> Facts<'a> {
    /// Whether a loop goes over tables, columns, shards and the like, over the levels of a tree, or over the folders of a path.
    pub fn goes_over_structure(&self, around: Loop<'a>) -> bool {
        let named = (around.target()).is_some_and(|target| {
            self.tree.descendants(target).any(|node| match node {
                AnyNodeRef::ExprName(name) => is_part(&name.id),
                _ => false,
            })
        });
        let Some(iter) = around.iter() else {
            return named;
        };
        let all = match iter {
            Expr::Attribute(all) => all.attr.split('_').any(|word| SETS.contains(&word)),
            _ => false,
        };
        // `for i in range(num_shards)`, `for level in range(1, depth + 1)`
        let counted = || {
            self.call_of(iter, "builtins.range").is_some_and(|range| {
                matches!(&*range.arguments.args, [Expr::Name(count)] if is_part(&count.id))
                    || (around.target().into_iter().map(AnyNodeRef::from))
                        .chain(range.arguments.args.iter().map(AnyNodeRef::from))
                        .flat_map(|part| self.tree.descendants(part))
                        .any(|node| match node {
                            AnyNodeRef::ExprName(name) => is_level(&name.id),
                            AnyNodeRef::ExprAttribute(attribute) => is_level(&attribute.attr),
                            _ => false,
                        })
            })
        };
        named || all || counted() || self.is_path_split(iter, 0)
    }

    /// Whether an expression gives the folders of a path: `path.split("/")`.
    fn is_path_split(&self, expr: &'a Expr, hops: u8) -> bool {
        if hops > 3 {
            return false;
        }
        match expr {
            Expr::Name(_) => self
                .only_value(expr)
                .is_some_and(|value| self.is_path_split(value, hops + 1)),
            Expr::Call(call) => match (&*call.func, &*call.arguments.args) {
                (Expr::Attribute(method), [separator, ..])
                    if matches!(method.attr.as_str(), "split" | "rsplit") =>
                {
                    matches!(separator, Expr::StringLiteral(text)
                        if matches!(text.value.to_str(), "/" | "\\"))
                        || self.is(separator, "os.sep")
                        || self.is(separator, "os.path.sep")
                }
                (_, [inner, ..]) => {
                    self.is(&*call.func, "builtins.enumerate")
                        && self.is_path_split(inner, hops + 1)
                }
                _ => false,
            },
            _ => false,
        }
    }
}

fn is_part(name: &str) -> bool {
    name.split('_').any(|word| PARTS.contains(&word))
}

/// Whether a number counts the levels of a tree.
fn is_level(name: &str) -> bool {
    name.split('_')
        .any(|word| matches!(word, "depth" | "level" | "levels"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::python::{Source, Versions, parse};

    /// Whether the only loop of a text goes over parts of something.
    fn structure(text: &str) -> Option<bool> {
        let source = Source::module("example.py", text);
        let parsed = parse(&source).ok()?;
        let facts = Facts::new(&source, &parsed, Versions::default()).ok()?;
        let mut loops = facts.tree.nodes().iter().filter_map(|node| match node {
            AnyNodeRef::StmtFor(stmt) => Some(Loop::For(stmt)),
            _ => None,
        });
        Some(facts.goes_over_structure(loops.next()?))
    }

    #[test]
    fn tables_shards_and_folders_are_parts() {
        for text in [
            "for table in tables: pass\n",
            "for table_name, config in configs.items(): pass\n",
            "for i in range(num_shards): pass\n",
            "for key in item.foreign_keys: pass\n",
            "for item in metadata.sorted_tables: pass\n",
            "for level in range(1, deepest + 1): pass\n",
            "for i in range(1, node_depth + 1): pass\n",
            "for i in range(self.levels): pass\n",
            "parts = path.split('/')\nfor i, part in enumerate(parts): pass\n",
            "import os\nfor part in path.split(os.sep): pass\n",
        ] {
            assert_eq!(structure(text), Some(true), "{text}");
        }
    }

    #[test]
    fn rows_are_not() {
        for text in [
            "for row in table: pass\n",
            "for row in self.table: pass\n",
            "for timetable in xs: pass\n",
            "for i in range(count): pass\n",
            "for level in log: pass\n",
            "for part in text.split(','): pass\n",
        ] {
            assert_eq!(structure(text), Some(false), "{text}");
        }
    }
}
