//! What other files of a project tell: modules are found as Python finds them, and calls are followed through them.

use std::collections::BTreeMap;
use std::sync::Arc;

use hotlint_core::ast::{AnyNodeRef, ExprCall};
use hotlint_core::python::{
    Containers, Does, Effects, Facts, Field, Following, Loader, Project, Source, Versions, parse,
};

/// Files in memory, by path.
struct Memory(BTreeMap<String, String>);

impl Loader for Memory {
    fn list(&self, folder: &str) -> Option<Vec<String>> {
        let inside = |path: &String| match folder {
            "" => Some(path.clone()),
            _ => Some(path.strip_prefix(folder)?.strip_prefix('/')?.to_owned()),
        };
        let names = self
            .0
            .keys()
            .filter_map(inside)
            .map(|rest| match rest.split_once('/') {
                Some((first, _)) => format!("{first}/"),
                None => rest,
            });
        let names: Vec<String> = names.collect();
        (!names.is_empty()).then_some(names)
    }

    fn read(&self, path: &str) -> Option<Source> {
        Some(Source::module(path, self.0.get(path)?.as_str()))
    }
}

fn project(files: &[(&str, &str)]) -> Project {
    let files = files
        .iter()
        .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()));
    let roots = vec![String::new(), "src".to_owned()];
    Project::new(Memory(files.collect()), roots, Versions::default())
}

/// Asks about the last call of `path`.
fn ask<T>(
    project: &Project,
    path: &str,
    text: &str,
    question: impl for<'a> FnOnce(&Facts<'a>, &'a ExprCall) -> T,
) -> T {
    let source = Source::module(path, text);
    let parsed = parse(&source).expect("the example parses");
    let facts = Facts::new(&source, &parsed, Versions::default()).expect("the example is flat");
    let facts = facts.within(Some(project));
    let last = facts.tree.nodes().iter().rev().find_map(|node| match node {
        AnyNodeRef::StmtExpr(stmt) => stmt.value.as_call_expr(),
        _ => None,
    });
    question(&facts, last.expect("the example ends with a call"))
}

/// How the last call of a file comes to ask a database, step by step.
fn steps(project: &Project, path: &str, text: &str) -> Option<String> {
    let queries = Effects::does(Does::Queries);
    let found = ask(project, path, text, |facts, call| {
        facts.leads_to(call, queries, Following::Every)
    })?;
    let told = found
        .iter()
        .map(|step| format!("{} {}:{}", step.name, step.path, step.row));
    Some(told.collect::<Vec<_>>().join(" > "))
}

const DB: &str = "import sqlite3\n\nconnection = sqlite3.connect('a')\n\ndef load(key):\n    return connection.execute('select 1', key)\n";

#[test]
fn a_function_of_another_file_is_found_however_it_is_imported() {
    let way = "load app/use.py:3 > sqlite3.Connection.execute app/db.py:6";
    let project = project(&[
        ("app/__init__.py", ""),
        ("app/db.py", DB),
        ("app/sub/__init__.py", "from ..db import load\n"),
    ]);
    for text in [
        "from app.db import load\n\nload(1)\n",
        "from .db import load\n\nload(1)\n",
        "from . import db\n\ndb.load(1)\n",
        "import app.db\n\napp.db.load(1)\n",
        "import app.db as d\n\nd.load(1)\n",
        "from app import db as d\n\nd.load(1)\n",
        "from app.sub import load\n\nload(1)\n",
        "from app.sub import load as fetch\n\nfetch(1)\n",
    ] {
        assert_eq!(
            steps(&project, "app/use.py", text).as_deref(),
            Some(way),
            "{text}"
        );
    }
}

#[test]
fn layouts_with_src_and_without_init_files() {
    let way = "load tests/test_db.py:2 > sqlite3.Connection.execute src/app/db.py:6";
    let text = "from app.db import load\nload(1)\n";
    let with = project(&[("src/app/__init__.py", ""), ("src/app/db.py", DB)]);
    assert_eq!(steps(&with, "tests/test_db.py", text).as_deref(), Some(way));
    let without = project(&[("src/app/db.py", DB)]);
    assert_eq!(
        steps(&without, "tests/test_db.py", text).as_deref(),
        Some(way)
    );
    // Beside a script.
    let beside = project(&[("tools/db.py", DB)]);
    let text = "import db\ndb.load(1)\n";
    let way = "load tools/run.py:2 > sqlite3.Connection.execute tools/db.py:6";
    assert_eq!(steps(&beside, "tools/run.py", text).as_deref(), Some(way));
    // A file beats a folder without `__init__.py`, a package beats a file.
    let shadowed = project(&[("db.py", DB), ("db/other.py", ""), ("use.py", "")]);
    assert!(steps(&shadowed, "use.py", text).is_some());
    let shadowed = project(&[
        ("db.py", DB),
        ("db/__init__.py", "def load(k): pass\n"),
        ("use.py", ""),
    ]);
    assert_eq!(steps(&shadowed, "use.py", text), None);
}

#[test]
fn stubs_tell_types_where_there_is_nothing_else() {
    let files = [(
        "fast.pyi",
        "import sqlite3\ndef connection() -> sqlite3.Connection: ...\n",
    )];
    let project = project(&files);
    let known = ask(
        &project,
        "use.py",
        "import fast\nfast.connection().execute(q)\n",
        |facts, call| facts.knows(call).map(|entry| entry.name.to_string()),
    );
    assert_eq!(known.as_deref(), Some("sqlite3.Connection.execute"));
}

#[test]
fn calls_are_followed_through_methods_classes_and_circles() {
    let project = project(&[
        (
            "repo.py",
            "import sqlite3\n\nclass Repo:\n    def __init__(self):\n        self.connection = sqlite3.connect('a')\n\n    def load(self, key):\n        return self._fetch(key)\n\n    def _fetch(self, key):\n        return self.connection.execute(key).fetchone()\n\n    @staticmethod\n    def name():\n        return 'repo'\n",
        ),
        (
            "user.py",
            "from repo import Repo\n\nclass Users(Repo):\n    pass\n\ndef make() -> Repo:\n    return Users()\n\nusers = Users()\n",
        ),
        (
            "circle.py",
            "from other import f\n\ndef g():\n    return f()\n",
        ),
        (
            "other.py",
            "from circle import g\nfrom user import users\n\ndef f():\n    g()\n    return users.load(1)\n",
        ),
    ]);
    let fetch =
        "Repo.load use.py:2 > Repo._fetch repo.py:8 > sqlite3.Connection.execute repo.py:11";
    for text in [
        "from user import Users\nUsers().load(1)\n",
        "from user import make\nmake().load(1)\n",
        "from user import users\nusers.load(1)\n",
        "from repo import Repo\nRepo().load(1)\n",
        "import user\nuser.users.load(1)\n",
    ] {
        assert_eq!(
            steps(&project, "use.py", text).as_deref(),
            Some(fetch),
            "{text}"
        );
    }
    let annotated = "from repo import Repo\ndef f(repo: Repo):\n    repo.load(1)\n";
    let way = fetch.replace("use.py:2", "use.py:3");
    assert_eq!(steps(&project, "use.py", annotated), Some(way.clone()));
    let quoted = "from repo import Repo\ndef f(repo: 'Repo'):\n    repo.load(1)\n";
    assert_eq!(steps(&project, "use.py", quoted), Some(way));
    assert_eq!(
        steps(&project, "use.py", "from repo import Repo\nRepo().name()\n"),
        None
    );
    let circle = "g use.py:2 > f circle.py:4 > Repo.load other.py:6 > Repo._fetch repo.py:8 > sqlite3.Connection.execute repo.py:11";
    assert_eq!(
        steps(&project, "use.py", "from circle import g\ng()\n").as_deref(),
        Some(circle)
    );
}

#[test]
fn what_may_not_run_is_not_followed() {
    let project = project(&[(
        "db.py",
        "import functools\nimport sqlite3\nfrom framework import task\n\nc = sqlite3.connect('a')\n\n@functools.cache\ndef cached(k):\n    return c.execute(k)\n\n@task\ndef sent(k):\n    return c.execute(k)\n\ndef lazy(k):\n    yield c.execute(k)\n\ndef later(k):\n    return lambda: c.execute(k)\n\ndef looked_up(k, seen):\n    if k in seen:\n        return seen[k]\n    return c.execute(k)\n\ndef asked(k):\n    if k:\n        c.execute(k)\n\nasync def waited(k):\n    return c.execute(k)\n",
    )]);
    for name in [
        "cached",
        "sent",
        "lazy",
        "later",
        "looked_up",
        "asked",
        "waited",
    ] {
        let text = format!("from db import {name}\n{name}(1)\n");
        assert_eq!(steps(&project, "use.py", &text), None, "{name}");
    }
}

#[test]
fn types_come_from_other_files() {
    let files = [
        (
            "db.py",
            "from sqlalchemy import create_engine\nfrom sqlalchemy.orm import sessionmaker\nengine = create_engine('x')\nmake = sessionmaker(engine)\n",
        ),
        (
            "model.py",
            "from django.db import models\nclass Article(models.Model):\n    pass\n",
        ),
        ("pkg/__init__.py", "from .inner import *\n"),
        ("pkg/inner.py", "import redis\nclient = redis.Redis()\n"),
    ];
    let project = project(&files);
    for (text, name) in [
        (
            "from db import engine\nengine.connect().execute(q)\n",
            Some("sqlalchemy.engine.Connection.execute"),
        ),
        (
            "from db import engine\nwith engine.connect() as c:\n    c.execute(q)\n",
            Some("sqlalchemy.engine.Connection.execute"),
        ),
        (
            "import db\ndb.make().commit()\n",
            Some("sqlalchemy.orm.Session.commit"),
        ),
        (
            "from model import Article\nArticle.objects.get(pk=1)\n",
            Some("django.db.models.manager.Manager.get"),
        ),
        (
            "from pkg import client\nclient.get(k)\n",
            Some("redis.Redis.get"),
        ),
        ("from pkg import nothing\nnothing.get(k)\n", None),
        (
            "from db import engine\nengine = other\nengine.connect().execute(q)\n",
            None,
        ),
    ] {
        let known = ask(&project, "use.py", text, |facts, call| {
            facts.knows(call).map(|entry| entry.name)
        });
        assert_eq!(known, name, "{text}");
    }
}

#[test]
fn threads_and_the_order_of_questions_change_nothing() {
    let mut files: Vec<(String, String)> = Vec::new();
    for i in 0..40 {
        let next = (i * 7 + 3) % 40;
        let body = match i {
            5 => "import sqlite3\n\ndef f(k):\n    return sqlite3.connect('a').execute(k)\n"
                .to_owned(),
            _ => format!(
                "from m{next} import f as g\nfrom m{} import f as h\n\ndef f(k):\n    g(k)\n    h(k)\n",
                (i + 1) % 40
            ),
        };
        files.push((format!("m{i}.py"), body));
    }
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(a, b)| (a.as_str(), b.as_str()))
        .collect();
    let answer = |project: &Project, i: usize| {
        steps(project, "use.py", &format!("from m{i} import f\nf(1)\n"))
    };
    let alone: Vec<Option<String>> = (0..40).map(|i| answer(&project(&files), i)).collect();
    assert!(alone.iter().filter(|way| way.is_some()).count() > 10);
    let shared = Arc::new(project(&files));
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let (shared, alone) = (Arc::clone(&shared), &alone);
            scope.spawn(move || {
                for i in 0..40 {
                    let i = (i * (2 * thread + 1) + thread) % 40;
                    assert_eq!(answer(&shared, i), alone[i], "m{i}");
                }
            });
        }
    });
}

/// Models of Django in a file of their own.
const MODELS: &str = "from django.db import models\n\n\nclass Maker(models.Model):\n    name = models.TextField()\n\n\nclass Product(models.Model):\n    maker = models.ForeignKey(Maker, on_delete=models.CASCADE)\n    owner = models.ForeignKey('auth.User', to_field='mail', on_delete=models.CASCADE)\n\n\nclass Chair(Product):\n    legs = models.IntegerField()\n";

#[test]
fn relations_of_models_in_other_files_are_known() {
    let project = project(&[("shop/__init__.py", ""), ("shop/models.py", MODELS)]);
    let told = |text: &str| {
        let text = format!("from .models import Chair, Product\n\n\n{text}");
        let source = Source::module("shop/list.py", text);
        let parsed = parse(&source).expect("the example parses");
        let facts = Facts::new(&source, &parsed, Versions::default()).expect("the example is flat");
        let facts = facts.within(Some(&project));
        let found = facts.tree.nodes().iter().find_map(|node| match node {
            AnyNodeRef::ExprAttribute(attribute) => facts.relation(attribute),
            _ => None,
        });
        found.map(|found| {
            let place = match found.field {
                Field::There(path, row) => format!("{path}:{row}"),
                Field::Here(_) => "here".to_owned(),
            };
            format!("{} {place} {}", found.name, found.is_primary)
        })
    };
    for text in [
        "def f(one: Product):\n    one.maker\n",
        "def f(one: Chair):\n    one.maker\n",
        "[one.maker for one in Product.objects.all()]\n",
        "[one.maker for one in Chair.objects.order_by('legs').filter(legs=4)]\n",
        "for one in Product.objects.filter(name='x'):\n    print(one.maker.name)\n",
        "Product.objects.get(id=1).maker\n",
    ] {
        assert_eq!(
            told(text).as_deref(),
            Some("maker shop/models.py:9 true"),
            "{text}"
        );
    }
    assert_eq!(
        told("def f(one: Chair):\n    one.owner\n").as_deref(),
        Some("owner shop/models.py:10 false")
    );
    assert_eq!(told("def f(one: Chair):\n    one.legs\n"), None);
}

#[test]
fn what_goes_through_an_argument_is_followed() {
    let project = project(&[
        (
            "sums.py",
            "from deep import last\n\n\ndef total(rows):\n    found = 0\n    for row in rows:\n        found += row\n    return found\n\n\ndef first(rows):\n    for row in rows:\n        return row\n\n\ndef maybe(rows, asked):\n    if asked:\n        return list(rows)\n\n\ndef further(key, rows):\n    return last(rows)\n\n\ndef lazily(rows):\n    return (row for row in rows)\n\n\ndef also(rows):\n    yield from rows\n",
        ),
        (
            "deep.py",
            "import sums\n\n\ndef last(rows):\n    return sorted(rows)[-1]\n\n\ndef one(rows):\n    return other(rows)\n\n\ndef other(rows):\n    return one(rows)\n",
        ),
    ]);
    let told = |call: &str| {
        let text = format!("import deep\nimport sums\n\nrows = iter(x)\n\n{call}\n");
        let found = ask(&project, "use.py", &text, |facts, call| {
            let argument = call.arguments.args.last().expect("an argument");
            facts.takes_all(call, argument)
        })?;
        let told = found
            .iter()
            .map(|step| format!("{} {}:{}", step.name, step.path, step.row));
        Some(told.collect::<Vec<_>>().join(" > "))
    };
    let expected = [
        ("sums.total(rows)", "total use.py:6 > rows sums.py:6"),
        (
            "sums.further(1, rows)",
            "further use.py:6 > last sums.py:22 > rows deep.py:5",
        ),
    ];
    for (call, way) in expected {
        assert_eq!(told(call).as_deref(), Some(way), "{call}");
    }
    for call in [
        "sums.first(rows)",
        "sums.maybe(1, rows)",
        "sums.maybe(rows)",
        "sums.lazily(rows)",
        "sums.also(rows)",
        "sums.total(*rows)",
        "deep.one(rows)",
        "deep.nothing(rows)",
    ] {
        assert_eq!(told(call), None, "{call}");
    }
}

/// Functions that change what they are given, and some that do not.
const FILLS: &str = "import random
import deep
from deep import last as final

def add(rows):
    rows.append(1)

def maybe(rows, asked):
    if asked:
        for i in range(3):
            rows[i] = None

def drop(rows):
    del rows[0]

def more(rows):
    rows += (1, 2)

def mixed(rows):
    random.shuffle(rows)

def wanting(rows=None):
    if rows is None:
        rows = []
    rows.append(1)

def early(rows):
    rows.append(1)
    rows = sorted(rows)
    rows.append(2)
    return rows

async def later(rows):
    rows.clear()

def further(key, rows):
    final(rows=rows)
    return deep.one(rows)

def copied(rows):
    rows = list(rows)
    rows.append(1)
    final(rows)

def turned(rows):
    for one in range(3):
        rows.append(one)
        rows = [one]

def either(rows):
    if not isinstance(rows, list):
        rows = [rows]
    rows.append(1)

def text(rows: str):
    rows += 'x'

def other_kind(rows):
    rows.add(1)

def held(rows):
    return lambda: rows.append(1)

def lazily(rows):
    rows.append(1)
    yield rows

def fresh(rows):
    add(rows[:])
    add(list(rows))
    add(rows.copy())
    add(*rows)

@deep.unknown
def decorated(rows):
    rows.append(1)

def read(rows):
    return len(rows), sorted(rows), rows.index(1), [one.add(1) for one in rows]
";

#[test]
fn what_changes_an_argument_is_followed() {
    let deep = "import fills\n\ndef last(*, rows):\n    rows.sort()\n\ndef one(rows):\n    return other(rows)\n\ndef other(rows):\n    return one(rows)\n";
    let project = project(&[("fills.py", FILLS), ("deep.py", deep)]);
    let told = |call: &str, container: Containers| {
        let text = format!("import deep\nimport fills\n\n\n{call}\n");
        let found = ask(&project, "use.py", &text, |facts, call| {
            let last = call.arguments.args.last();
            let last = last.or(call.arguments.keywords.last().map(|one| &one.value));
            facts.changes_argument(call, last.expect("an argument"), container)
        })?;
        let told = found
            .iter()
            .map(|step| format!("{} {}:{}", step.name, step.path, step.row));
        Some(told.collect::<Vec<_>>().join(" > "))
    };
    for (call, way) in [
        ("fills.add(rows)", "add use.py:5 > rows fills.py:6"),
        ("fills.add(rows=rows)", "add use.py:5 > rows fills.py:6"),
        (
            "fills.maybe(asked=1, rows=rows)",
            "maybe use.py:5 > rows fills.py:11",
        ),
        ("fills.drop(rows)", "drop use.py:5 > rows fills.py:14"),
        ("fills.more(rows)", "more use.py:5 > rows fills.py:17"),
        ("fills.mixed(rows)", "mixed use.py:5 > rows fills.py:20"),
        ("fills.wanting(rows)", "wanting use.py:5 > rows fills.py:25"),
        ("fills.early(rows)", "early use.py:5 > rows fills.py:28"),
        ("fills.later(rows)", "later use.py:5 > rows fills.py:34"),
        (
            "fills.further(1, rows)",
            "further use.py:5 > last fills.py:37 > rows deep.py:4",
        ),
    ] {
        assert_eq!(told(call, Containers::LIST).as_deref(), Some(way), "{call}");
    }
    for call in [
        "fills.copied(rows)",
        "fills.turned(rows)",
        "fills.either(rows)",
        "fills.text(rows)",
        "fills.other_kind(rows)",
        "fills.held(rows)",
        "fills.lazily(rows)",
        "fills.fresh(rows)",
        "fills.decorated(rows)",
        "fills.read(rows)",
        "fills.add(*rows)",
        "fills.add(1, rows)",
        "fills.maybe(1, rows)",
        "fills.nothing(rows)",
        "deep.last(rows)",
        "deep.one(rows)",
        "add(rows)",
    ] {
        assert_eq!(told(call, Containers::LIST), None, "{call}");
    }
    assert!(told("fills.other_kind(rows)", Containers::SET).is_some());
    assert_eq!(told("fills.other_kind(rows)", Containers::DICT), None);
    assert_eq!(told("fills.add(rows)", Containers::DICT), None);
}

#[test]
fn context_managers_properties_and_aliases_of_other_files_are_known() {
    let base = "from contextlib import asynccontextmanager, contextmanager
from typing import Annotated, Iterator
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session, sessionmaker
from flask_sqlalchemy import SQLAlchemy

make = sessionmaker()
db = SQLAlchemy()
SessionDep = Annotated[Session, 1]
Limit = 1 | 2

@contextmanager
def opened():
    session = make()
    yield session

@contextmanager
def declared() -> Iterator[Session]:
    yield other()

@asynccontextmanager
async def opened_async():
    async with AsyncSession() as session:
        yield session

class Store:
    @property
    def session(self):
        return make()

    @hidden
    @property
    def other(self):
        return make()
";
    let project = project(&[("base.py", base)]);
    let sync = Some("sqlalchemy.orm.Session.execute");
    let awaited = Some("sqlalchemy.ext.asyncio.AsyncSession.execute");
    for (text, name) in [
        ("with base.opened() as s:\n    s.execute(q)\n", sync),
        ("with base.declared() as s:\n    s.execute(q)\n", sync),
        (
            "async def f():\n    async with base.opened_async() as s:\n        s.execute(q)\n",
            awaited,
        ),
        ("with base.opened_async() as s:\n    s.execute(q)\n", None),
        ("base.opened().execute(q)\n", None),
        ("def f(s: base.SessionDep):\n    s.execute(q)\n", sync),
        ("def f(s: base.Limit):\n    s.execute(q)\n", None),
        ("base.SessionDep.execute(q)\n", None),
        (
            "def f(store: base.Store):\n    store.session.execute(q)\n",
            sync,
        ),
        (
            "def f(store: base.Store):\n    store.other.execute(q)\n",
            None,
        ),
        (
            "base.db.session.execute(q)\n",
            Some("sqlalchemy.orm.scoped_session.execute"),
        ),
    ] {
        let text = format!("import base\n{text}");
        let known = ask(&project, "use.py", &text, |facts, call| {
            facts.knows(call).map(|entry| entry.name)
        });
        assert_eq!(known, name, "{text}");
    }
}

#[test]
fn managers_of_the_project_make_queries() {
    let models = "from django.contrib.auth.models import UserManager
from django.db import models
from django_scopes import ScopedManager

class Books(models.QuerySet):
    def recent(self):
        return self.filter(year=1)

class Manager(models.Manager):
    def find(self):
        return []

class Shelf(Manager):
    pass

Made = models.Manager.from_queryset(Books)

class Plain(models.Model):
    own = Manager()
    below = Shelf()
    made = Made()
    made_here = models.Manager.from_queryset(Books)()
    of_books = Books.as_manager()
    of_users = UserManager().from_queryset(Books)()
    scoped = ScopedManager(shop='shop')
    other = list()
";
    let project = project(&[("models.py", models)]);
    for (manager, wanted) in [
        ("own", true),
        ("below", true),
        ("made", true),
        ("made_here", true),
        ("of_books", true),
        ("of_users", true),
        ("scoped", true),
        ("other", false),
    ] {
        let elsewhere = format!("from models import Plain\nPlain.{manager}.filter(x=1)\n");
        let here = format!("{models}\nPlain.{manager}.filter(x=1)\n");
        for (path, text) in [("use.py", &elsewhere), ("alone.py", &here)] {
            let found = ask(&project, path, text, |facts, call| {
                let query = call.func.as_attribute_expr().map(|filter| &*filter.value);
                query.is_some_and(|query| facts.is_query(query))
            });
            assert_eq!(found, wanted, "{manager} in {path}");
        }
    }
    for (text, wanted) in [
        (
            "from django.contrib.auth import get_user_model\nUser = get_user_model()\nUser.objects.get(pk=1)\n",
            true,
        ),
        (
            "from django.contrib.contenttypes.models import ContentType\nContentType.objects.get(pk=1)\n",
            true,
        ),
        (
            "from django.apps import apps\nBook = apps.get_model('shop', 'Book')\nBook.objects.create(x=1)\n",
            true,
        ),
        // Kept for the whole process.
        (
            "from django.contrib.contenttypes.models import ContentType\nContentType.objects.get_for_model(x)\n",
            false,
        ),
    ] {
        let found = ask(&project, "use.py", text, |facts, call| {
            facts.knows(call).is_some()
        });
        assert_eq!(found, wanted, "{text}");
    }
    let text = "from models import Plain\nPlain.own.find()\n";
    let found = ask(&project, "use.py", text, |facts, call| {
        facts.knows(call).is_some()
    });
    assert!(!found, "what a manager has of its own is no query");
}

#[test]
fn getting_an_item_is_followed_to_the_class_of_another_file() {
    let data = "from PIL import Image\nfrom torch.utils.data import Dataset\n\n\nclass Files(Dataset):\n    def __getitem__(self, index):\n        \
                return self.load(index)\n\n    def load(self, index):\n        return Image.open(self.paths[index])\n\n\n\
                class Photos(Files):\n    pass\n\n\nclass Rows(Dataset):\n    def __getitem__(self, index):\n        return self.rows[index]\n";
    let project = project(&[("app/__init__.py", ""), ("app/data.py", data)]);
    let way = |text: &str| {
        let steps = ask(&project, "app/use.py", text, |facts, call| {
            let items = call.arguments.args.first()?;
            facts.item_leads_to(items, Effects::does(Does::Decodes))
        })?;
        let told = steps
            .iter()
            .map(|step| format!("{}:{}", step.name, step.row));
        Some(told.collect::<Vec<_>>().join(" > "))
    };
    let found = "Files.__getitem__:3 > Files.load:7 > PIL.Image.open:10";
    for (items, expected) in [
        ("Photos(paths)", Some(found)),
        ("photos", None),
        ("Rows(paths)", None),
    ] {
        let text = format!("from app.data import Photos, Rows\n\nuse({items})\n");
        assert_eq!(way(&text).as_deref(), expected, "{items}");
    }
    let named = "from app.data import Photos\nphotos = Photos(paths)\nuse(photos)\n";
    assert_eq!(way(named).as_deref(), Some(found));
}

#[test]
fn a_step_tells_whether_it_makes_an_object() {
    let text = "from .db import load\n\nclass shelf:\n    def __init__(self, key):\n        self.books = load(key)\n\ndef Fetch(key):\n    return load(key)\n";
    let project = project(&[
        ("app/__init__.py", ""),
        ("app/db.py", DB),
        ("app/shelf.py", text),
    ]);
    for (code, makes) in [
        ("from .shelf import shelf\n\nshelf(1)\n", true),
        ("from .shelf import Fetch\n\nFetch(1)\n", false),
    ] {
        let found = ask(&project, "app/use.py", code, |facts, call| {
            facts.leads_to(call, Effects::does(Does::Queries), Following::Every)
        });
        let told = found.map(|steps| steps.iter().map(|step| step.makes).collect::<Vec<_>>());
        assert_eq!(told, Some(vec![makes, false, false]), "{code}");
    }
}

#[test]
fn who_uses_a_class_is_unknown_where_nobody_knows_all_files() {
    let text = "class Point:\n    x: int\n\n\nprint(Point)\n";
    let project = project(&[("app/__init__.py", ""), ("app/point.py", text)]);
    let needs = ask(&project, "app/point.py", text, |facts, _| {
        facts.tree.nodes().iter().find_map(|node| match node {
            AnyNodeRef::StmtClassDef(class) => Some(facts.needs_dict_elsewhere(class, &["x"])),
            _ => None,
        })
    });
    assert_eq!(needs, Some(true));
}

/// Gives a file its turn among others: its questions are put off.
fn take_turn(project: &Project, path: &str, text: &str) -> Option<hotlint_core::python::Open> {
    let source = Source::module(path, text);
    let parsed = parse(&source).expect("the example parses");
    let facts = Facts::new(&source, &parsed, Versions::default()).expect("the example is flat");
    let facts = facts.within(Some(project)).putting_off(true);
    for node in facts.tree.nodes() {
        if let AnyNodeRef::ExprCall(call) = node {
            let queries = Effects::does(Does::Queries);
            let found = facts.leads_to(call, queries, Following::Every);
            assert!(found.is_none(), "nobody has an answer yet");
        }
    }
    facts.open_questions()
}

#[test]
fn a_file_is_summarised_in_its_turn_where_one_before_it_imports_it() {
    let main = "from app.db import load\nfrom .jobs import run\n\nload(1)\nrun()\n";
    let jobs = "from other import thing\n\ndef run():\n    thing()\n";
    let leaf = "from app.db import load\n\ndef show(key):\n    return load(key)\n";
    let project = project(&[
        ("app/__init__.py", ""),
        ("app/main.py", main),
        ("app/db.py", DB),
        ("app/jobs.py", jobs),
        ("app/leaf.py", leaf),
    ]);
    let main = take_turn(&project, "app/main.py", main);
    assert_eq!(
        project.summarised(),
        Vec::<String>::new(),
        "nobody imports it"
    );
    let leaf = take_turn(&project, "app/leaf.py", leaf);
    take_turn(&project, "app/db.py", DB);
    take_turn(&project, "app/jobs.py", jobs);
    assert_eq!(project.summarised(), ["app/db.py", "app/jobs.py"]);
    for open in [main, leaf] {
        let open = open.expect("it asks about `load`");
        assert!(project.answers(open).is_err(), "`load` asks a database");
    }
}

#[test]
fn what_is_imported_later_is_summarised_when_somebody_asks() {
    let late = "from db import load\n\nload(1)\n";
    let project = project(&[("db.py", DB), ("late.py", late)]);
    assert!(take_turn(&project, "db.py", DB).is_none());
    let open = take_turn(&project, "late.py", late).expect("it asks about `load`");
    assert_eq!(project.summarised(), Vec::<String>::new());
    assert!(project.answers(open).is_err(), "`load` asks a database");
    assert_eq!(project.summarised(), ["db.py"]);
}

#[test]
fn questions_are_told_by_the_classes_of_the_file_first() {
    let text = "from base import Base\nfrom store import Store\n\n\nclass Shop(Base):\n    def __init__(self):\n        \
        self.store = Store()\n\n    def sell(self, key):\n        \
        self.store.load(key)\n        self.log(key)\n";
    let log = "import sqlite3\n\nconnection = sqlite3.connect('a')\n\n\nclass Base:\n    def log(self, key):\n        \
        connection.execute('select 1', key)\n";
    let quiet = "class Store:\n    def load(self, key):\n        return key\n";
    let silent = log.replace("connection.execute('select 1', key)", "return key");
    for (base, has_answer) in [(log, true), (silent.as_str(), false)] {
        let files = [("shop.py", text), ("base.py", base), ("store.py", quiet)];
        let project = project(&files);
        let open = take_turn(&project, "shop.py", text).expect("it asks about `log`");
        assert_eq!(project.answers(open).is_err(), has_answer);
        // The class that asks is no part of any question.
        assert_eq!(project.summarised(), ["base.py", "store.py"]);
    }
}

#[test]
fn a_function_of_the_file_is_asked_about_in_words_of_what_it_calls() {
    let text = "from store import Store\n\n\nclass Shop:\n    def sell(self, key):\n        save(key)\n\n\n\
        def save(key):\n    connection = Store().connection()\n    connection.execute('select 1', key)\n\n\n\
        Shop().sell(1)\n";
    let store = "import sqlite3\n\n\nclass Store:\n    def connection(self) -> sqlite3.Connection:\n        \
        return self.opened\n";
    let other = "class Connection:\n    def execute(self, text, key):\n        pass\n\n\nclass Store:\n    \
        def connection(self) -> Connection:\n        return self.opened\n";
    for (store, has_answer) in [(store, true), (other, false)] {
        let project = project(&[("shop.py", text), ("store.py", store)]);
        let open = take_turn(&project, "shop.py", text).expect("it asks about `connection`");
        assert_eq!(project.answers(open).is_err(), has_answer);
        // The functions of the file are no part of any question.
        assert_eq!(project.summarised(), ["store.py"]);
    }
}

#[test]
fn a_function_of_the_file_that_sends_a_query_is_an_answer() {
    let text = format!("{DB}\n\ndef show(key):\n    return load(key)\n\n\nshow(1)\n");
    let project = project(&[("app/db.py", &text)]);
    let open = take_turn(&project, "app/db.py", &text).expect("`load` asks a database");
    assert!(project.answers(open).is_err());
}

#[test]
fn what_a_class_of_the_file_keeps_of_a_library_is_asked_about() {
    let text = "from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker\nfrom base import Service\n\n\n\
        class Writer(Service):\n    def __init__(self):\n        \
        self.maker: async_sessionmaker | None = None\n\n    def open(self, engine):\n        \
        self.maker = async_sessionmaker(engine, class_=AsyncSession)\n\n    async def write(self):\n        \
        async with self.maker() as session:\n            await session.execute('select 1')\n";
    let files = [("writer.py", text), ("base.py", "class Service: ...\n")];
    let is_known = |facts: &Facts<'_>| {
        facts.tree.nodes().iter().any(|node| match node {
            AnyNodeRef::ExprCall(call) => {
                facts.text(&*call.func) == "session.execute" && facts.knows(call).is_some()
            }
            _ => false,
        })
    };
    let project = project(&files);
    let source = Source::module("writer.py", text);
    let parsed = parse(&source).expect("the example parses");
    let facts = || {
        let facts = Facts::new(&source, &parsed, Versions::default());
        facts.expect("the example is flat").within(Some(&project))
    };
    assert!(is_known(&facts()));
    let later = facts().putting_off(true);
    assert!(!is_known(&later), "nobody has an answer yet");
    let open = later.open_questions().expect("it asks about `execute`");
    assert!(project.answers(open).is_err());
}

#[test]
fn a_function_that_goes_in_circles_is_followed_once() {
    let text = "from db import load\n\n\ndef odd(key):\n    even(key)\n\n\ndef even(key):\n    odd(key)\n    \
        load(key)\n\n\nodd(1)\n";
    for (load, has_answer) in [(DB, true), ("def load(key):\n    return key\n", false)] {
        let project = project(&[("main.py", text), ("db.py", load)]);
        let open = take_turn(&project, "main.py", text).expect("it asks about `load`");
        assert_eq!(project.answers(open).is_err(), has_answer);
    }
}

#[test]
fn of_files_that_are_imported_as_a_whole_those_are_summarised_that_have_the_name() {
    let init = "from .plain import *\nfrom .more import *\n";
    let plain = "def save(key):\n    return key\n";
    let more = "from .db import *\n";
    let main = "from app import load\n\nload(1)\n";
    let files = [
        ("app/__init__.py", init),
        ("app/db.py", DB),
        ("app/more.py", more),
        ("app/plain.py", plain),
        ("main.py", main),
    ];
    let project = project(&files);
    // The one that is imported has its turn after who imports it.
    for (path, text) in [files[0], files[2], files[1], files[3]] {
        assert!(take_turn(&project, path, text).is_none());
    }
    let open = take_turn(&project, "main.py", main).expect("it asks about `load`");
    assert_eq!(project.summarised(), Vec::<String>::new());
    assert!(project.answers(open).is_err(), "`load` asks a database");
    assert_eq!(project.summarised(), ["app/__init__.py", "app/db.py"]);
}

#[test]
fn an_attribute_that_stands_for_itself_has_no_answer() {
    let text = "class Ring:\n    def __init__(self):\n        self.next = self.next.next\n\n    def go(self):\n        \
        self.next.go()\n";
    let project = project(&[("ring.py", text)]);
    let open = take_turn(&project, "ring.py", text);
    assert!(open.is_none_or(|open| project.answers(open).is_ok()));
}
