"""What an item costs, one by one and all at once, against servers on loopback: the medians of five runs each."""

import os
import platform
import statistics
import sys
import time

import psycopg
import redis

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "fixtures", "worker"))
from mailer import queue, report  # noqa: E402

ITEMS = 1000
RUNS = 5


def median(job, prepare=lambda: None):
    """In milliseconds."""
    times = []
    for _ in range(RUNS):
        prepare()
        started = time.perf_counter()
        job()
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)


def tell(what, before, after):
    print(f"{what:<44} {before:9.1f} ms {after:9.1f} ms {before / after:6.1f}x")


def of_redis(url):
    store = queue.connect(url)
    mails = [{"to": f"user{number}", "text": "hello"} for number in range(ITEMS)]
    addresses = [mail["to"] for mail in mails]
    tell(
        "redis: rpush, one by one / pipeline",
        median(lambda: queue.put(store, mails), store.flushdb),
        median(lambda: queue.put_at_once(store, mails), store.flushdb),
    )
    store.mset({f"sent:{address}": 3 for address in addresses})
    assert report.table(store, addresses) == report.table_at_once(store, addresses)
    tell(
        "redis: get, one by one / mget",
        median(lambda: report.table(store, addresses)),
        median(lambda: report.table_at_once(store, addresses)),
    )

    def anew():
        for address in addresses[:100]:
            with redis.Redis.from_url(url) as client:
                client.get(address)

    def kept():
        with redis.Redis.from_url(url) as client:
            for address in addresses[:100]:
                client.get(address)

    tell("redis: 100 gets, a client each / one client", median(anew), median(kept))


def of_postgres(place):
    rows = [(number, f"name {number}") for number in range(ITEMS)]
    with psycopg.connect(place) as connection:
        connection.execute("create table items (id integer primary key, name text)")
        connection.commit()

        def empty():
            connection.execute("truncate items")
            connection.commit()

        def one_by_one():
            for row in rows:
                connection.execute("insert into items values (%s, %s)", row)
            connection.commit()

        def many():
            with connection.cursor() as cursor:
                cursor.executemany("insert into items values (%s, %s)", rows)
            connection.commit()

        def committing():
            for row in rows:
                connection.execute("insert into items values (%s, %s)", row)
                connection.commit()

        def ask_each():
            return [connection.execute("select name from items where id = %s", (key,)).fetchone()[0] for key, _ in rows]

        def ask_once():
            keys = [key for key, _ in rows]
            found = dict(connection.execute("select id, name from items where id = any(%s)", (keys,)).fetchall())
            return [found[key] for key in keys]

        tell("postgresql: insert, one by one / executemany", median(one_by_one, empty), median(many, empty))
        tell("postgresql: commit, each / once", median(committing, empty), median(one_by_one, empty))
        assert ask_each() == ask_once()
        tell("postgresql: select, one by one / any(...)", median(ask_each), median(ask_once))

    def connect_each():
        for key, _ in rows[:100]:
            with psycopg.connect(place) as own:
                own.execute("select name from items where id = %s", (key,)).fetchone()

    def connect_once():
        with psycopg.connect(place) as own:
            for key, _ in rows[:100]:
                own.execute("select name from items where id = %s", (key,)).fetchone()

    tell("postgresql: 100 queries, a connection each / one", median(connect_each), median(connect_once))


def main():
    url, place = sys.argv[1:]
    server = redis.Redis.from_url(url).info("server")["redis_version"]
    with psycopg.connect(place) as connection:
        version = connection.info.server_version // 10000
    print(
        f"{ITEMS} items where nothing else is said, medians of {RUNS} runs, servers on loopback: Redis {server}, PostgreSQL {version}, "
        f"CPython {platform.python_version()}, redis-py {redis.__version__}, psycopg {psycopg.__version__}, {os.cpu_count()} processors"
    )
    of_redis(url)
    of_postgres(place)


if __name__ == "__main__":
    main()
