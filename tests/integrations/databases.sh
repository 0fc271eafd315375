#!/usr/bin/env bash
# Runs what hotlint advises against the real thing: round trips of Redis and PostgreSQL, before and after. Both run on loopback, in
# folders of their own, and are gone afterwards; their figures are printed with the conditions. Needs, besides the network once:
#   Debian: redis-server, postgresql (only their programs; no service is started or touched)
#   pip     redis, psycopg
# Usage: tests/integrations/databases.sh
. "$(dirname "$0")/kit.sh"

bin=$(tools databases redis 'psycopg[binary]')
postgres=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)
for program in redis-server "$postgres/initdb"; do
    command -v "$program" >/dev/null || { echo "missing: $program; install Debian's redis-server and postgresql" >&2; exit 2; }
done

# PostgreSQL refuses to run as root.
as=()
[ "$(id -u)" -ne 0 ] || as=(runuser -u postgres --)
home=$(mktemp -d)
chmod 755 "$home"
mkdir "$home/pg"
[ "$(id -u)" -ne 0 ] || chown postgres "$home/pg"
redis_port=$((20000 + RANDOM % 20000))
pg_port=$((redis_port + 1))
stop() {
    redis-cli -p "$redis_port" shutdown nosave >/dev/null 2>&1 || true
    "${as[@]}" "$postgres/pg_ctl" -D "$home/pg/data" -m immediate stop >/dev/null 2>&1 || true
    rm -rf "$home" "$work"
}
trap stop EXIT
cd "$home"
redis-server --bind 127.0.0.1 --port "$redis_port" --save '' --daemonize yes --dir "$home" >/dev/null
"${as[@]}" "$postgres/initdb" -D "$home/pg/data" -A trust -U hotlint >/dev/null
"${as[@]}" "$postgres/pg_ctl" -D "$home/pg/data" -w -l "$home/pg/log" \
    -o "-h 127.0.0.1 -p $pg_port -k $home/pg" start >/dev/null

MAILER_REDIS=redis://127.0.0.1:$redis_port/0 PYTHONPATH=$root/fixtures/worker "$bin/python" -B \
    -m unittest discover -q -s "$root/fixtures/worker" -t "$root/fixtures/worker"
"$bin/python" -B "$root/tests/integrations/databases.py" \
    "redis://127.0.0.1:$redis_port/0" "host=127.0.0.1 port=$pg_port user=hotlint dbname=postgres"
