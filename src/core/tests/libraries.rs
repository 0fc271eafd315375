//! What the tables of third-party libraries tell: the question is always about the last expression of the example.

mod examples;

use hotlint_core::ast::Stmt;
use hotlint_core::python::{Facts, Source, Versions, parse};

fn ty(code: &str) -> String {
    examples::type_of(code, examples::last_expression, |ty| ty.to_string())
}

fn check(examples: &[(&str, &str)]) {
    examples::check(examples, ty);
}

#[test]
fn values_are_followed_through_calls_attributes_and_context_managers() {
    check(&[
        ("import requests\nrequests.get(u).text", "str"),
        (
            "import requests\nwith requests.Session() as s:\n    s.get(u).content",
            "bytes",
        ),
        (
            "import httpx\nasync def f():\n    async with httpx.AsyncClient() as c:\n        await c.get(u)",
            "httpx.Response",
        ),
        ("import redis\nredis.Redis().pipeline()", "redis.Pipeline"),
        ("import redis\nredis.from_url(u)", "redis.Redis"),
        (
            "import psycopg2\nwith psycopg2.connect(d) as c:\n    with c.cursor() as cur:\n        cur.fetchall()",
            "list[tuple]",
        ),
        (
            "import psycopg\nfor row in psycopg.connect(d).execute(q):\n    pass\npsycopg.connect(d).execute(q)",
            "psycopg.Cursor",
        ),
        (
            "from sqlalchemy import create_engine\nwith create_engine(u).connect() as c:\n    c.execute(q)",
            "sqlalchemy.engine.CursorResult",
        ),
        (
            "from sqlalchemy.orm import Session\nclass User: pass\ndef f(s: Session):\n    s.query(User).filter(x).all()",
            "list[User]",
        ),
        (
            "from sqlalchemy.orm import sessionmaker\nmake = sessionmaker(bind=e)\nmake()",
            "sqlalchemy.orm.Session",
        ),
        (
            "from django.db import connection\nwith connection.cursor() as c:\n    c.fetchone()",
            "tuple | None",
        ),
        (
            "from django.core.cache import cache\ncache",
            "django.core.cache.backends.base.BaseCache",
        ),
    ]);
}

#[test]
fn arrays_frames_and_tensors() {
    check(&[
        ("import numpy as np\nnp.zeros(3) * 2", "numpy.ndarray"),
        ("import numpy as np\n2 * np.zeros(3)", "numpy.ndarray"),
        ("import numpy as np\nnp.zeros(3) > 1", "numpy.ndarray"),
        ("import numpy as np\n-np.zeros(3)", "numpy.ndarray"),
        (
            "import numpy as np\na = np.array(x).reshape(2, 2).T\na",
            "numpy.ndarray",
        ),
        (
            "import numpy as np\nfrom numpy.typing import NDArray\ndef f(a: NDArray[np.float64]):\n    a",
            "numpy.ndarray",
        ),
        ("import pandas as pd\npd.read_csv(p)", "pandas.DataFrame"),
        ("import pandas as pd\npd.read_csv(p)['a']", "pandas.Series"),
        (
            "import pandas as pd\ndf = pd.read_csv(p)\ndf[df['a'] > 1]",
            "pandas.DataFrame",
        ),
        (
            "import pandas as pd\npd.read_csv(p).groupby('a')['b'].sum()",
            "pandas.Series",
        ),
        (
            "import pandas as pd\nfor i, row in pd.DataFrame(x).iterrows():\n    row",
            "pandas.Series",
        ),
        (
            "import pandas as pd\nfrom pandas.core.frame import DataFrame\ndef f(d: DataFrame):\n    d",
            "pandas.DataFrame",
        ),
        (
            "import torch\ntorch.zeros(2) @ torch.ones(2)",
            "torch.Tensor",
        ),
        (
            "import torch.nn as nn\nnn.Linear(1, 2).to(d)(x)",
            "torch.Tensor",
        ),
        (
            "import torch\nfrom torch import nn\nloss = nn.MSELoss()\nloss(a, b)",
            "torch.Tensor",
        ),
    ]);
}

#[test]
fn what_is_not_told_stays_unknown() {
    check(&[
        ("import requests\nrequests.get(u).json()", "unknown"),
        ("import numpy as np\nnp.zeros(3).sum()", "unknown"),
        ("import numpy as np\nnp.no_such_function(3)", "unknown"),
        (
            "import requests\nrequests.Session().no_such_method(3)",
            "unknown",
        ),
    ]);
}

/// What is known of the call that is the last statement.
fn known(text: &str) -> Option<&'static str> {
    let source = Source::module("example.py", text);
    let parsed = parse(&source).expect("the example parses");
    let facts = Facts::new(&source, &parsed, Versions::default()).expect("the example is flat");
    let Some(Stmt::Expr(last)) = parsed.syntax().body.last() else {
        panic!("the example ends with an expression");
    };
    let call = last
        .value
        .as_call_expr()
        .expect("the example ends with a call");
    facts.knows(call).map(|entry| entry.name)
}

#[test]
fn a_call_is_known_by_name_and_by_the_type_of_its_receiver() {
    let import = "import requests\n";
    for (text, name) in [
        ("requests.get(url)", "requests.get"),
        ("requests.Session().get(url)", "requests.Session.get"),
        (
            "s = requests.session()\ns.post(url)",
            "requests.Session.post",
        ),
        (
            "with requests.Session() as s:\n    pass\ns.put(url)",
            "requests.Session.put",
        ),
        (
            "def f(s: requests.Session):\n    return s\nf(x).get(url)",
            "requests.Session.get",
        ),
        (
            "class Api(requests.Session):\n    pass\nApi().get(url)",
            "requests.Session.get",
        ),
        (
            "class Api:\n    def __init__(self):\n        self.s = requests.Session()\nApi().s.get(url)",
            "requests.Session.get",
        ),
        (
            "from requests.api import get as fetch\nfetch(url)",
            "requests.api.get",
        ),
        ("fetch = requests.get\nfetch(url)", "requests.get"),
        (
            "from requests.sessions import Session\nSession().get(url)",
            "requests.Session.get",
        ),
        (
            "import sqlite3\nsqlite3.connect(p).cursor().execute(q)",
            "sqlite3.Cursor.execute",
        ),
        ("open(p).read()", "io.IOBase.read"),
        (
            "import redis\nredis.Redis.from_url(u).pipeline().get(k)",
            "redis.Pipeline.get",
        ),
        (
            "import redis\nredis.StrictRedis().get(k)",
            "redis.StrictRedis.get",
        ),
        (
            "import redis.client\nredis.client.Redis.from_url(u)",
            "redis.Redis.from_url",
        ),
        ("import httpx\nhttpx.Client().get(url)", "httpx.Client.get"),
    ] {
        let known = known(&format!("{import}{text}"));
        assert_eq!(known, Some(name), "{text}");
    }
}

#[test]
fn other_things_of_the_same_name_are_not_known() {
    for text in [
        "requests = {}\nrequests.get(url)",
        "{}.get(url)",
        "import requests\n{}.get(url)",
        "import requests\nclass Api(requests.Session):\n    def get(self, url):\n        pass\nApi().get(url)",
        "def get(url):\n    pass\nget(url)",
        "from mine import get\nget(url)",
        "import mine\nmine.Session().get(url)",
    ] {
        assert_eq!(known(text), None, "{text}");
    }
}

#[test]
fn clients_of_services() {
    check(&[
        (
            "import aiohttp\nasync def f():\n    async with aiohttp.ClientSession() as s:\n        async with s.get(u) as r:\n            await r.text()",
            "str",
        ),
        (
            "import boto3\nboto3.session.Session().client('s3')",
            "botocore.client.BaseClient",
        ),
        (
            "import asyncpg\nasync def f():\n    pool = await asyncpg.create_pool(d)\n    async with pool.acquire() as c:\n        await c.fetch(q)",
            "list",
        ),
        (
            "import pymysql\npymysql.connect().cursor()",
            "pymysql.cursors.Cursor",
        ),
        (
            "from peewee import Model\nModel.select().where(x)",
            "peewee.ModelSelect",
        ),
        (
            "from pymongo import MongoClient\nMongoClient()['a']['b'].find(q)",
            "pymongo.Cursor",
        ),
        (
            "import polars as pl\npl.scan_csv(p).filter(x).collect()['a']",
            "polars.Series",
        ),
        (
            "from PIL import Image\nImage.open(p).resize(s)",
            "PIL.Image.Image",
        ),
        (
            "from sklearn.linear_model import Ridge\nRidge().fit(x, y)",
            "sklearn.linear_model.Ridge",
        ),
    ]);
    for (text, name) in [
        (
            "import openai\nopenai.OpenAI().chat.completions.create()",
            "openai._Completions.create",
        ),
        (
            "import anthropic\nanthropic.AsyncAnthropic().messages.create()",
            "anthropic._AsyncMessages.create",
        ),
        (
            "import boto3\ns3 = boto3.client('s3')\ns3.put_object()",
            "botocore.client.BaseClient.put_object",
        ),
        (
            "import celery\nclass T(celery.Task):\n    pass\nT().delay(1)",
            "celery.Task.delay",
        ),
        (
            "from kafka import KafkaProducer\nKafkaProducer().send('t').get()",
            "kafka._Future.get",
        ),
        ("import bcrypt\nbcrypt.hashpw(p, s)", "bcrypt.hashpw"),
    ] {
        assert_eq!(known(text), Some(name), "{text}");
    }
}

#[test]
fn models_of_the_file_know_what_they_inherit() {
    let model = "from django.db import models\nclass Article(models.Model):\n    title = models.CharField()\n";
    for (text, expected) in [
        ("Article.objects", "django.db.models.manager.Manager"),
        ("Article.objects.filter(a=1).first()", "Article | None"),
        ("for a in Article.objects.all():\n    a", "Article"),
        ("Article.objects.create()", "Article"),
    ] {
        assert_eq!(ty(&format!("{model}{text}")), expected, "{text}");
    }
    for (text, name) in [
        (
            "Article.objects.get(pk=1)",
            "django.db.models.manager.Manager.get",
        ),
        (
            "for a in Article.objects.all():\n    pass\na.save()",
            "django.db.models.Model.save",
        ),
        (
            "from peewee import Model\nclass A(Model):\n    pass\nA.get_by_id(1)",
            "peewee.Model.get_by_id",
        ),
    ] {
        assert_eq!(known(&format!("{model}{text}")), Some(name), "{text}");
    }
}
