//! Files that are small by what they are for, as their paths tell: settings, credentials, what to leave out.
//!
//! **Invariant**: says `true` only to keep rules silent; conventions of naming are good enough for that.

use ruff_python_ast::{self as ast, Expr, Operator};

use super::facts::Facts;
use super::few::is_constant_name;

/// How many names and calls are looked through.
const MAX_HOPS: u8 = 6;

/// What files end with of which there is one by its name, and that a reader could print.
const ENDINGS: &[&str] = &[
    "cfg",
    "conf",
    "env",
    "ini",
    "json",
    "lock",
    "md",
    "pid",
    "properties",
    "toml",
    "txt",
    "yaml",
    "yml",
];

/// Of the words of a name, what tells that it is of settings.
const WORDS: &[&str] = &[
    "cfg",
    "conf",
    "config",
    "configuration",
    "credentials",
    "dotenv",
    "env",
    "ignore",
    "manifest",
    "preferences",
    "prompt",
    "schema",
    "settings",
    "version",
];

/// What makes a path of its last argument.
const MAKERS: &[&str] = &[
    "builtins.str",
    "os.fspath",
    "os.path.abspath",
    "os.path.expanduser",
    "os.path.expandvars",
    "os.path.join",
    "os.path.normpath",
    "os.path.realpath",
    "pathlib.Path",
    "pathlib.PosixPath",
];

/// Methods that give the same path, written in another way.
const SAME: &[&str] = &["absolute", "as_posix", "expanduser", "resolve"];

impl<'a> Facts<'a> {
    /// Whether a path leads to a file of settings and the like, of which there is one, and that a reader could print: it has the name
    /// of one, or the environment says where it lies.
    pub fn is_small_file(&self, path: &'a Expr) -> bool {
        self.leads_to_small_file(path, 0)
    }

    fn leads_to_small_file(&self, path: &'a Expr, hops: u8) -> bool {
        if hops > MAX_HOPS {
            return false;
        }
        let next = |path: &'a Expr| self.leads_to_small_file(path, hops + 1);
        match path {
            Expr::StringLiteral(text) => is_named_small(last_part(text.value.to_str())),
            // `f"{folder}/config.json"`, but no `f"{name}.ini"`.
            Expr::FString(text) => match text.value.elements().last() {
                Some(ast::InterpolatedStringElement::Literal(end)) => {
                    end.value.contains('/') && is_named_small(last_part(&end.value))
                }
                _ => false,
            },
            Expr::BinOp(op) => match (op.op, &*op.right) {
                (Operator::Div, right) => next(right),
                (Operator::Add, Expr::StringLiteral(end)) => {
                    end.value.to_str().contains('/') && next(&op.right)
                }
                _ => false,
            },
            Expr::BoolOp(either) => either.values.iter().any(next),
            Expr::Subscript(item) => self.is(&*item.value, "os.environ"),
            Expr::Call(call) => self.makes_path_of_small_file(call, hops),
            // `SETTINGS_PATH`: one file for the whole program.
            Expr::Name(name) => {
                has_word(&name.id)
                    || is_constant_name(&name.id)
                    || self.only_value(path).is_some_and(next)
            }
            Expr::Attribute(attribute) => {
                has_word(&attribute.attr) || is_constant_name(&attribute.attr)
            }
            _ => false,
        }
    }

    fn makes_path_of_small_file(&self, call: &'a ast::ExprCall, hops: u8) -> bool {
        let next = |path: &'a Expr| self.leads_to_small_file(path, hops + 1);
        let is_any = |names: &[&str]| names.iter().any(|name| self.is(&*call.func, name));
        if is_any(&["os.getenv", "os.environ.get"]) {
            return true;
        }
        let last = call.arguments.args.last();
        if is_any(MAKERS) {
            return last.is_some_and(next);
        }
        match &*call.func {
            Expr::Attribute(method) if SAME.contains(&method.attr.as_str()) => next(&method.value),
            Expr::Attribute(method) => {
                matches!(method.attr.as_str(), "joinpath" | "with_name") && last.is_some_and(next)
            }
            _ => false,
        }
    }
}

/// The name behind the last slash.
fn last_part(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// `.gitignore`, `settings.toml`, `config.json`
fn is_named_small(file: &str) -> bool {
    let (stem, ending) = file.rsplit_once('.').unwrap_or((file, ""));
    let is_hidden = stem.is_empty() && !ending.is_empty();
    is_hidden || ENDINGS.contains(&ending) || has_word(stem)
}

/// Whether a word of a name tells that it is of settings: `config_path`, `IGNORE_FILE`.
fn has_word(name: &str) -> bool {
    name.split(['_', '-', '.'])
        .any(|word| WORDS.contains(&word.to_ascii_lowercase().as_str()))
}

#[cfg(test)]
mod tests {
    use crate::python::facts::probe::probed;

    #[test]
    fn paths_tell_what_is_small() {
        for (text, wanted) in [
            ("probe('settings.toml')", true),
            ("probe('deploy/.env')", true),
            ("probe(f'{folder}/config.json')", true),
            ("probe(f'{name}.ini')", false),
            ("probe('data/rows.json')", true),
            ("probe('data/rows.csv')", false),
            ("probe(f'{folder}/{name}.json')", false),
            ("probe(folder / '.prefectignore')", true),
            ("probe(folder / name)", false),
            ("probe(folder + '/config.yaml')", true),
            ("probe(name + '.yaml')", false),
            ("import os\nprobe(os.path.join(folder, 'app.cfg'))", true),
            ("import os\nprobe(os.path.join('config', name))", false),
            (
                "from pathlib import Path\npath = Path(folder).joinpath('a.ini').resolve()\nprobe(path)",
                true,
            ),
            (
                "import os\nfrom pathlib import Path\nplace = os.environ.get('KEY')\nprobe(Path(place))",
                true,
            ),
            ("import os\nprobe(os.environ['KEY'])", true),
            ("probe(config_path)", true),
            ("probe(self.IGNORE_FILE)", true),
            ("probe(self.config.path)", false),
            ("probe(configured)", false),
            ("from app import DEMO_PATH\nprobe(DEMO_PATH)", true),
            ("probe(path)", false),
            ("probe(open_path())", false),
        ] {
            let found = probed(text, |facts, path| facts.is_small_file(path));
            assert_eq!(found, wanted, "{text}");
        }
    }
}
