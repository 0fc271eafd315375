//! What somebody chose or what belongs to one thing: views of a mapping, sets, parts of a text, an item of something. As a rule a
//! handful, and where it is not, nothing shows it.
//!
//! **Invariant**: a guess by form. It decides what is reported unasked, never whether a finding is right.

use ruff_python_ast::{Expr, Operator};

use super::facts::Facts;
use super::sizes::picks;
use super::tree::comprehension_generators;

/// Functions that give what they are given.
const PASSING: &[&str] = &[
    "builtins.enumerate",
    "builtins.iter",
    "builtins.list",
    "builtins.reversed",
    "builtins.sorted",
    "builtins.tuple",
];

/// How many names and calls are looked through.
const MAX_HOPS: u8 = 4;

impl<'a> Facts<'a> {
    /// Whether what a loop goes over looks like a choice: `names & known`, `config.items()`, `path.split("/")`, `plurals[code]`.
    pub fn is_selection(&self, items: &'a Expr) -> bool {
        self.selects(items, 0)
    }

    /// Whether it is what something has under a fixed name: `movie.get("genres")`, `movie["genres"]`.
    pub(super) fn is_of_a_record(&self, items: &'a Expr) -> bool {
        match items {
            Expr::Name(_) => self
                .only_value(items)
                .is_some_and(|value| !value.is_name_expr() && self.is_of_a_record(value)),
            Expr::Subscript(item) => item.slice.is_string_literal_expr(),
            Expr::Call(call) => {
                matches!(&*call.func, Expr::Attribute(method) if method.attr.as_str() == "get")
                    && (call.arguments.args.first()).is_some_and(Expr::is_string_literal_expr)
            }
            _ => false,
        }
    }

    fn selects(&self, items: &'a Expr, hops: u8) -> bool {
        if hops > MAX_HOPS {
            return false;
        }
        match items {
            Expr::Subscript(item) => !item.slice.is_slice_expr() || self.selects(&item.value, hops),
            Expr::BinOp(op) => matches!(
                op.op,
                Operator::Sub | Operator::BitAnd | Operator::BitOr | Operator::BitXor
            ),
            Expr::Set(_) | Expr::SetComp(_) | Expr::Dict(_) | Expr::DictComp(_) => true,
            // `[x for x in xs if x.kind == kind]`
            Expr::ListComp(_) | Expr::Generator(_) => comprehension_generators(items.into())
                .iter()
                .any(|clause| clause.ifs.iter().any(picks)),
            Expr::Attribute(attribute) => {
                let of_self = attribute.value.as_name_expr();
                says_few(&attribute.attr)
                    || is_of_settings(&attribute.value)
                    || of_self.is_some_and(|name| self.class_of_self(name).is_some())
                        && self.is_setting(attribute)
            }
            Expr::Call(call) => {
                let args = &call.arguments.args;
                if PASSING.iter().any(|name| self.is(&*call.func, name)) {
                    return args
                        .first()
                        .is_some_and(|inner| self.selects(inner, hops + 1));
                }
                match &*call.func {
                    Expr::Attribute(method) => match method.attr.as_str() {
                        "items" | "keys" | "values" => args.is_empty(),
                        "split" | "rsplit" => !args.is_empty(),
                        "get" => self.is_of_a_record(items),
                        "difference" | "intersection" | "union" => true,
                        _ => self.ty(items).is_set(),
                    },
                    Expr::Name(name) => says_few(&name.id) || self.ty(items).is_set(),
                    _ => self.ty(items).is_set(),
                }
            }
            Expr::Name(name) if says_few(&name.id) => true,
            Expr::Name(_) => {
                let ty = self.ty(items).without_none();
                ty.is_set()
                    || ty.is_mapping()
                    || self
                        .only_value(items)
                        .is_some_and(|value| self.selects(value, hops + 1))
            }
            _ => false,
        }
    }
}

/// `errors`, `first_five`, `supported_languages`: what went wrong, what was picked, or what the program comes with.
fn says_few(name: &str) -> bool {
    name.split('_').any(|word| {
        matches!(
            word,
            "builtin"
                | "builtins"
                | "errors"
                | "failures"
                | "few"
                | "first"
                | "plugins"
                | "problems"
                | "supported"
                | "warnings"
        )
    })
}

/// `settings.names`, `service.config.names`: what somebody wrote down.
fn is_of_settings(owner: &Expr) -> bool {
    let name = match owner {
        Expr::Name(name) => name.id.as_str(),
        Expr::Attribute(part) => part.attr.as_str(),
        _ => return false,
    };
    matches!(
        name.rsplit('_').next(),
        Some("conf" | "config" | "configuration" | "options" | "settings")
    )
}

#[cfg(test)]
mod tests {
    use crate::python::facts::probe::probed;

    fn selection(text: &str) -> bool {
        probed(text, |facts, expr| facts.is_selection(expr))
    }

    #[test]
    fn choices_are_told_by_their_form() {
        for (text, wanted) in [
            ("probe(config.items())\n", true),
            ("probe(list(new - old))\n", true),
            ("added = new.difference(old)\nprobe(added)\n", true),
            ("def f(ids: set[int]):\n    probe(sorted(ids))\n", true),
            ("probe(enumerate(path.split('/')))\n", true),
            ("probe(plurals[code])\n", true),
            ("genres = movie.get('genres')\nprobe(genres)\n", true),
            ("probe(kept.get(key))\n", false),
            ("probe(service.settings.names)\n", true),
            ("probe(first_rows)\n", true),
            ("probe(backend.supported_languages)\n", true),
            ("probe(get_builtin_formats())\n", true),
            ("probe([x for x in xs if x.kind == kind])\n", true),
            ("probe([x for x in xs if x.kind])\n", false),
            ("probe(firstborn)\n", false),
            ("probe(service.names)\n", false),
            (
                "class C:\n    def __init__(self, names: list):\n        self.names = names\n    def f(self):\n        probe(self.names)\n",
                true,
            ),
            ("def f(ids):\n    probe(ids)\n", false),
            ("def f(ids: list[int]):\n    probe(ids[1:])\n", false),
            ("probe(session.query(Order))\n", false),
            ("probe(text.split())\n", false),
            ("probe(first + second)\n", false),
        ] {
            assert_eq!(selection(text), wanted, "{text}");
        }
    }
}
