//! What is seen to be long: collections and loops that have one item for each line of a file, row of a query, file below a folder.
//!
//! **Invariant**: says [`Size::Seen`] only with the place that shows it. What no text shows is [`Size::Unknown`], however likely it is.

mod arrays;
mod calls;
mod chosen;
mod models;
mod rounds;
mod rows;
mod variables;

use ruff_python_ast::{self as ast, AnyNodeRef, BoolOp, CmpOp, Expr, Operator};
use ruff_text_size::{Ranged, TextRange};

use super::facts::Facts;
use super::libraries::one_for_each;
use super::loops::Loop;
use super::models::is_query_type;
use super::tree::comprehension_generators;
use super::types::Type;

/// How many items a collection holds, or how often a loop runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Size {
    /// A handful, however large the input.
    Few,
    /// Many, as the text shows.
    Seen(Evidence),
    /// Nothing shows either.
    Unknown,
}

/// What shows that something is long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    pub range: TextRange,
    /// A few words: "one for each line of the file".
    pub text: String,
}

/// From this many iterations on a loop of known length is long.
pub(super) const MANY: u64 = 1000;

/// How many expressions are looked at for one answer.
const MAX_STEPS: u32 = 200;

/// How many functions are looked into, one from the other.
const MAX_HOPS: u8 = 2;

impl<'a> Facts<'a> {
    /// How many items `expr` has, as far as the text shows. Looks far: to be asked last.
    pub fn size(&self, expr: &'a Expr) -> Size {
        if self.is_few(expr) {
            return Size::Few;
        }
        self.sighted(|sight| sight.items(expr))
    }

    /// [`Self::size`] of what is gone through in every iteration of a loop, where that counts: not beside a query or a process.
    pub fn size_in(&self, expr: &'a Expr, around: Option<&Loop<'a>>) -> Size {
        match self.size(expr) {
            Size::Seen(_) if around.is_some_and(|around| self.always_asks_in(*around)) => {
                Size::Unknown
            }
            size => size,
        }
    }

    /// How often `loops` run together.
    pub fn rounds(&self, loops: &[Loop<'a>]) -> Size {
        self.sighted(|sight| loops.iter().find_map(|around| sight.rounds(*around)))
    }

    /// How often a call runs in the innermost of its loops: what shows an outer one to be long counts as well, unless the inner one goes
    /// over what somebody chose.
    pub fn rounds_of_all(&self, call: &'a ast::ExprCall, innermost: Loop<'a>) -> Size {
        let own = self.rounds(&[innermost]);
        match innermost.iter() {
            Some(items) if !self.is_selection(items) => own.or(|| self.rounds(&self.loops(call))),
            _ => own,
        }
    }

    /// How often `node` runs in loops that leave `place`, a variable or an attribute, as it is but for what is added to it.
    pub fn rounds_of(&self, place: &'a Expr, node: impl Into<AnyNodeRef<'a>>) -> Size {
        let loops = self.loops(node);
        let lasting = loops
            .into_iter()
            .take_while(|around| !self.is_replaced_in(place, *around));
        self.rounds(&lasting.collect::<Vec<_>>())
    }

    pub(super) fn sighted(
        &self,
        look: impl FnOnce(&mut Sight<'_, 'a>) -> Option<Evidence>,
    ) -> Size {
        let mut sight = Sight {
            facts: self,
            steps: 0,
            hops: 0,
            open: Vec::new(),
        };
        look(&mut sight).map_or(Size::Unknown, Size::Seen)
    }
}

impl Size {
    /// The first of two that shows something.
    #[must_use]
    pub fn or(self, other: impl FnOnce() -> Size) -> Size {
        match self {
            Size::Seen(_) => self,
            _ => match other() {
                seen @ Size::Seen(_) => seen,
                _ => self,
            },
        }
    }

    pub fn is_seen(&self) -> bool {
        matches!(self, Size::Seen(_))
    }
}

/// What is looked for in a value: items, or the values of an array.
pub(super) type Look<'a> = fn(&mut Sight<'_, 'a>, &'a Expr) -> Option<Evidence>;

/// One search for evidence.
pub(super) struct Sight<'f, 'a> {
    pub(super) facts: &'f Facts<'a>,
    steps: u32,
    /// How many functions lie between: what comes from afar may have been something else on its way.
    hops: u8,
    /// Variables, attributes and functions that are being looked at: what leads back to them shows nothing.
    open: Vec<TextRange>,
}

impl<'a> Sight<'_, 'a> {
    pub(super) fn evidence(place: impl Ranged, each: &str) -> Evidence {
        Evidence {
            range: place.range(),
            text: format!("one for each {each}"),
        }
    }

    /// Runs `look` unless it is running already for the same `place`.
    fn once<T>(
        &mut self,
        place: TextRange,
        look: impl FnOnce(&mut Self) -> Option<T>,
    ) -> Option<T> {
        if self.open.contains(&place) {
            return None;
        }
        self.open.push(place);
        let found = look(self);
        self.open.pop();
        found
    }

    /// Runs `look` in another function, unless that is too far.
    fn elsewhere(&mut self, look: impl FnOnce(&mut Self) -> Option<Evidence>) -> Option<Evidence> {
        if self.hops >= MAX_HOPS {
            return None;
        }
        self.hops += 1;
        let found = look(self);
        self.hops -= 1;
        found
    }

    /// Goes one step further, unless there were too many.
    pub(super) fn step(&mut self) -> bool {
        self.steps += 1;
        self.steps <= MAX_STEPS
    }

    /// What shows that `expr` has many items, or is a long text.
    pub(super) fn items(&mut self, expr: &'a Expr) -> Option<Evidence> {
        if !self.step() {
            return None;
        }
        if let Some(count) = self.facts.known_length(expr) {
            let text = format!("{count} items");
            let range = expr.range();
            return (count >= MANY).then_some(Evidence { range, text });
        }
        let found = match expr {
            Expr::Name(ast::ExprName { id: name, .. })
            | Expr::Attribute(ast::ExprAttribute {
                attr: ast::Identifier { id: name, .. },
                ..
            }) if is_few_by_name(name) => return None,
            Expr::Name(name) => {
                let symbol = self.facts.symbol(name)?;
                self.variable(symbol, name)
            }
            Expr::Attribute(attribute) => self.attribute(attribute),
            Expr::Call(call) => self.call(call),
            Expr::List(ast::ExprList { elts, .. })
            | Expr::Tuple(ast::ExprTuple { elts, .. })
            | Expr::Set(ast::ExprSet { elts, .. }) => elts
                .iter()
                .filter_map(Expr::as_starred_expr)
                .find_map(|spread| self.items(&spread.value)),
            Expr::ListComp(_) | Expr::DictComp(_) | Expr::Generator(_) => {
                comprehension_generators(expr.into())
                    .iter()
                    .filter(|clause| !clause.ifs.iter().any(picks))
                    .find_map(|clause| {
                        let items = self.items(&clause.iter);
                        items.or_else(|| self.records(&clause.iter, &clause.target))
                    })
            }
            Expr::BinOp(op) if matches!(op.op, Operator::Add | Operator::BitOr) => {
                self.items(&op.left).or_else(|| self.items(&op.right))
            }
            Expr::BinOp(op) if op.op == Operator::Sub => self.items(&op.left),
            Expr::BoolOp(either) => either.values.iter().find_map(|value| self.items(value)),
            Expr::If(branch) => self
                .items(&branch.body)
                .or_else(|| self.items(&branch.orelse)),
            Expr::Named(walrus) => self.items(&walrus.value),
            Expr::Await(awaited) => self.items(&awaited.value),
            Expr::Subscript(item) => match &*item.slice {
                // `xs[1:]`, `xs[::-1]`, `xs[:-1]`
                Expr::Slice(slice) if slice.upper.as_deref().is_none_or(Expr::is_unary_op_expr) => {
                    self.items(&item.value)
                }
                _ => None,
            },
            _ => None,
        };
        found.or_else(|| self.of_its_type(expr))
    }

    /// What the class of a value tells: a cursor has rows, a file has lines.
    fn of_its_type(&self, expr: &'a Expr) -> Option<Evidence> {
        let ty = self.facts.ty(expr).without_none();
        let class = ty.class_name()?;
        let each = one_for_each(&format!("{class}.__iter__"))?;
        let is_few = is_query_type(&ty) && self.facts.is_chosen(expr);
        (!is_few).then(|| Self::evidence(expr, each))
    }

    fn is_file(&self, expr: &'a Expr) -> bool {
        matches!(self.facts.ty(expr).without_none(), Type::File(_))
    }
}

/// Whether a name says that it holds what is few by its nature: `existing_columns`.
fn is_few_by_name(name: &str) -> bool {
    let last = name.rsplit('_').next().unwrap_or(name);
    matches!(last, "branches" | "columns")
}

/// Whether a test lets one in many pass: what equals something, what holds something.
pub(super) fn picks(test: &Expr) -> bool {
    match test {
        Expr::Compare(compare) => compare
            .ops
            .iter()
            .any(|op| matches!(op, CmpOp::Eq | CmpOp::In | CmpOp::Is)),
        Expr::BoolOp(tests) => match tests.op {
            BoolOp::And => tests.values.iter().any(picks),
            BoolOp::Or => tests.values.first().is_some_and(picks),
        },
        _ => false,
    }
}

/// In the words of tests: the evidence; "few" and "unknown" else.
#[cfg(test)]
fn told(size: Size) -> String {
    match size {
        Size::Few => "few".to_owned(),
        Size::Seen(evidence) => evidence.text,
        Size::Unknown => "unknown".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::python::facts::probe::probed;

    /// What shows that the argument of the last `probe(...)` of a text is long; "few" and "unknown" else.
    fn size(text: &str) -> String {
        told(probed(text, |facts, expr| facts.size(expr)))
    }

    #[test]
    fn files_folders_and_rows_are_long() {
        let line = "one for each line of the file";
        for (text, seen) in [
            ("with open(p) as f:\n    probe([x for x in f if x])\n", line),
            ("import sys\nprobe(sorted(sys.stdin))\n", line),
            ("import sys\nprobe(sys.stdin.readlines())\n", line),
            (
                "xs = []\nfor x in open(p):\n    xs.append(x)\nprobe(xs)\n",
                line,
            ),
            (
                "xs = []\nfor x in open(p):\n    xs += [x]\nprobe(xs[1:])\n",
                line,
            ),
            (
                "xs = []\nfor x in open(p):\n    if x not in xs:\n        xs.append(x)\nprobe(xs)\n",
                "unknown",
            ),
            (
                "xs = []\nfor x in open(p):\n    if x and x not in xs:\n        xs.append(x)\nprobe(xs)\n",
                "unknown",
            ),
            (
                "xs = []\nfor x in open(p):\n    if p:\n        pass\n    elif x not in xs:\n        xs.append(x)\nprobe(xs)\n",
                "unknown",
            ),
            (
                "xs = []\nfor x in open(p):\n    if x not in ys:\n        xs.append(x)\nprobe(xs)\n",
                line,
            ),
            (
                "d = {}\nfor x in open(p):\n    d[x] = 1\nprobe(list(d.items()))\n",
                line,
            ),
            (
                "import os\nxs = []\nfor top, folders, files in os.walk(p):\n    xs.extend(files)\nprobe(xs)\n",
                "one for each file below the folder",
            ),
            (
                "from .models import Order\nprobe([o.id for o in Order.objects.filter(a=1)])\n",
                "one for each row of the query",
            ),
            (
                "from django.contrib.auth.models import User\ndef f(a):\n    found = User.objects.filter(a=a)\n    if a:\n        found = found | User.objects.filter(b=a)\n    probe(found.values_list('pk'))\n",
                "one for each row of the query",
            ),
            (
                "from .models import Order\ndef f(user):\n    print(user.name)\n    probe(Order.objects.filter(user=user))\n",
                "unknown",
            ),
            (
                "from .models import Order\ndef f(day):\n    probe(Order.objects.filter(day=day))\n",
                "one for each row of the query",
            ),
            (
                "from .models import Setting\nprobe(Setting.objects.filter(a=1))\n",
                "unknown",
            ),
            // Which ones, another query says.
            (
                "from django.contrib.auth.models import User\nfrom .models import Order\nprobe(Order.objects.filter(user__in=User.objects.filter(a=1)))\n",
                "one for each row of the query",
            ),
            (
                "from .models import Order\ndef f(session):\n    probe(session.query(Order.id).filter(a).all())\n",
                "one for each row of the query",
            ),
            (
                "from pathlib import Path\nprobe([p.name for p in Path(p).rglob('*')])\n",
                "one for each file below the folder",
            ),
            (
                "import csv\nrows = list(csv.DictReader(open(p)))\nprobe([r['a'] for r in rows])\n",
                "one for each row of the file",
            ),
            (
                "def f(cursor):\n    probe(cursor.fetchall())\n",
                "one for each row of the result",
            ),
            (
                "text = open(p).read()\nprobe(text.strip().splitlines())\n",
                "one for each line of the text",
            ),
            (
                "from pandas import read_csv\nfor i, row in enumerate(read_csv(p).iterrows()):\n    pass\nprobe(list(read_csv(p)['a']))\n",
                "one for each row of the frame",
            ),
            (
                "xs = []\nfor x in open(p):\n    xs = xs + [x]\nprobe(xs)\n",
                line,
            ),
            (
                "import json\nusers = json.load(f)\nprobe([user['id'] for user in users])\n",
                "one for each record of the document",
            ),
            ("probe(range(100_000))\n", "100000 items"),
            // The next time around it is that.
            (
                "def f(xs, many):\n    for a in many:\n        if a:\n            xs = open(p).readlines()\n        else:\n            probe(xs)\n",
                line,
            ),
            (
                "xs = open(p).readlines()\nprobe(range(len(xs) - 1))\n",
                line,
            ),
            (
                "def read(p):\n    return open(p).readlines()\nprobe(read(p))\n",
                line,
            ),
            (
                "def read(p):\n    for x in open(p):\n        yield x\nprobe(list(read(p)))\n",
                line,
            ),
            ("def f(xs):\n    probe(xs)\nf(open(p).readlines())\n", line),
            (
                "class C:\n    def __init__(self, p):\n        self.xs = []\n        for x in open(p):\n            self.xs.append(x)\n    def f(self):\n        probe(self.xs)\n",
                line,
            ),
            (
                "def f(sock):\n    import socket\n    s = socket.create_connection(a)\n    parts = []\n    while True:\n        part = s.recv(1024)\n        parts.append(part)\n    probe(parts)\n",
                "one for each piece that is read",
            ),
        ] {
            assert_eq!(size(text), seen, "{text}");
        }
    }

    #[test]
    fn what_no_text_shows_is_unknown() {
        for text in [
            "def f(xs):\n    probe(xs)\n",
            "xs = []\nfor y in ys:\n    xs.append(y)\nprobe(xs)\n",
            // Many items may be a few distinct ones.
            "probe({x for x in open(p)})\n",
            "probe(list(set(open(p))))\n",
            "def f(cursor):\n    old_columns = cursor.fetchall()\n    probe(old_columns)\n",
            // One in many.
            "xs = [x for x in open(p) if x == wanted]\nprobe(xs)\n",
            "xs = []\nfor x in open(p):\n    if '\\0' in x or bad(x):\n        xs.append(x)\nprobe(xs)\n",
            // Each iteration starts anew.
            "for x in open(p):\n    xs = []\n    xs.append(x)\n    probe(xs)\n",
            "for x in open(p):\n    probe(x.split())\n",
            "import json\nconfig = json.load(f)\nprobe([key for key in config])\n",
            "n = 0\nfor x in open(p):\n    n += 1\nprobe(n)\n",
            "probe(open(p).readlines()[:n])\n",
            "probe(range(n))\n",
            "import itertools\nprobe(list(itertools.islice(open(p), n)))\n",
            "def f(xs, many):\n    for a in many:\n        if not xs:\n            xs = open(p).readlines()\n        else:\n            probe(xs)\n",
            "from .models import Language\nprobe(Language.objects.all())\n",
            // Another branch.
            "def f(xs, a):\n    if a:\n        xs = open(p).readlines()\n    else:\n        probe(xs)\n",
            // One way out is short.
            "def read(p):\n    if p:\n        return open(p).readlines()\n    return p.names\nprobe(read(p))\n",
            "xs = [start]\nwhile xs:\n    x = xs.pop()\n    xs.extend(x.children)\nprobe(xs)\n",
            "xs = xs + ys\nprobe(xs)\n",
            "from .models import Order\nprobe(list(Order.objects.filter(pk__in=chosen)))\n",
            // The rows of one object.
            "from .models import Line\nclass Order:\n    def f(self):\n        probe(Line.objects.filter(order=self, open=True))\n",
            "def f(order):\n    probe(order.lines.all())\n",
            // One folder.
            "import os\nprobe(os.listdir(p))\n",
            "import os\nfor top, folders, files in os.walk(p):\n    probe(files)\n",
            // Somebody types.
            "import sys\nxs = []\nwhile True:\n    xs.append(sys.stdin.readline())\nprobe(xs)\n",
        ] {
            assert_eq!(size(text), "unknown", "{text}");
        }
        assert_eq!(size("probe([1, 2])\n"), "few");
    }
}
