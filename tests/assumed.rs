//! What is seen to be long is reported; what is assumed to be waits for those who ask.

use std::fs;
use std::path::Path;
use std::process::Command;

const APP: &str = "\
def order(xs):
    done = []
    for x in xs:
        if x in done:
            continue
        done.append(x)
    return done


def again(path):
    done = []
    for line in open(path):
        if line in done:
            print(line)
        done.append(line)
";

fn project(config: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("app.py"), APP).expect("a file");
    fs::write(folder.path().join("hotlint.toml"), config).expect("a file");
    folder
}

/// What a program says: its code, standard output and standard error.
fn run(program: &str, folder: &Path, args: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(program)
        .current_dir(folder)
        .args(args)
        .env("NO_COLOR", "1")
        .output()
        .expect("it runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (
        output.status.code(),
        text(&output.stdout),
        text(&output.stderr),
    )
}

fn hotlint(folder: &Path, args: &[&str]) -> (Option<i32>, String, String) {
    run(env!("CARGO_BIN_EXE_hotlint"), folder, args)
}

fn told(args: &[&str], config: &str) -> (Option<i32>, String, String) {
    hotlint(project(config).path(), args)
}

fn rows(args: &[&str], config: &str) -> Vec<usize> {
    rows_in(project(config).path(), args)
}

/// The lines that a check reports.
fn rows_in(folder: &Path, args: &[&str]) -> Vec<usize> {
    let concise = [&["check", "--output-format", "concise"], args].concat();
    let (_, text, _) = hotlint(folder, &concise);
    let row = |line: &str| line.split(':').nth(1)?.parse().ok();
    text.lines().filter_map(row).collect()
}

#[test]
fn who_asks_for_a_rule_is_told_what_it_assumes() {
    assert_eq!(rows(&[], ""), [13]);
    assert_eq!(rows(&["--select", "default"], ""), [13]);
    for word in ["list-membership-in-loop", "algorithmic", "all"] {
        let found = rows(&["--select", word], "");
        assert!(
            found.contains(&4) && found.contains(&13),
            "{word}: {found:?}"
        );
    }
    let config = "extend-select = ['list-membership-in-loop']\n";
    assert_eq!(rows(&[], config), [4, 13]);
}

#[test]
fn silence_is_counted_and_explained() {
    let (code, text, noted) = told(&["check"], "");
    assert_eq!(code, Some(1));
    assert!(text.contains("one for each line of the file"), "{text}");
    assert!(
        noted.contains("1 not shown, as nothing shows that their data are many"),
        "{noted}"
    );
    let (_, why, _) = told(&["why", "app.py:4"], "");
    assert!(
        why.contains("silent by default: nothing shows that `done` is long; select the rule, or bring a profile"),
        "{why}"
    );
}

#[test]
fn what_is_silent_by_default_is_in_no_report_for_machines() {
    let (_, sarif, _) = told(&["check", "--output-format", "sarif"], "");
    assert_eq!(
        sarif
            .matches("\"ruleId\": \"list-membership-in-loop\"")
            .count(),
        1,
        "{sarif}"
    );
    let (_, json, _) = told(&["check", "--output-format", "json"], "");
    assert!(!json.contains("\"assumed\""), "{json}");
}

#[test]
fn a_change_brings_to_light_what_is_seen_and_no_more() {
    let folder = project("");
    let git = |args: &[&str]| {
        let who = ["-c", "user.name=a", "-c", "user.email=a@example.org"];
        let (code, _, noted) = run("git", folder.path(), &[&who[..], args].concat());
        assert_eq!(code, Some(0), "{noted}");
    };
    git(&["init", "-q"]);
    git(&["add", "."]);
    git(&["commit", "-qm", "first"]);
    let changed = APP
        .replace("if x in done:", "if (x in done):")
        .replace("if line in done", "if (line in done)");
    fs::write(folder.path().join("app.py"), changed).expect("a file");
    let args = ["check", "--since", "HEAD", "--output-format", "concise"];
    let (_, text, noted) = hotlint(folder.path(), &args);
    assert!(text.starts_with("app.py:13:"), "{text}{noted}");
    assert_eq!(text.lines().count(), 1, "{text}");
}

#[test]
fn a_baseline_knows_what_was_asked_for_and_is_not_stale_without() {
    let folder = project("baseline = 'baseline.json'\n");
    let rule = ["--select", "list-membership-in-loop"];
    let (code, _, noted) = hotlint(
        folder.path(),
        &[&["baseline", "create"], &rule[..]].concat(),
    );
    assert_eq!(code, Some(0), "{noted}");
    let (code, text, noted) = hotlint(folder.path(), &["check"]);
    assert_eq!((code, text.as_str()), (Some(0), ""), "{noted}");
    assert!(
        noted.contains("2 in the baseline") && !noted.contains("gone"),
        "{noted}"
    );
    let (code, text, noted) = hotlint(folder.path(), &[&["check"], &rule[..]].concat());
    assert_eq!((code, text.as_str()), (Some(0), ""), "{noted}");
}

#[test]
fn a_row_looked_up_by_its_key_is_one_of_many() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = "\
from django.db import models


class Book(models.Model):
    title = models.TextField()


def by_key(keys):
    return [Book.objects.get(pk=key).title for key in keys]


def by_title(titles):
    return [Book.objects.get(title=title).title for title in titles]
";
    fs::write(folder.path().join("app.py"), text).expect("a file");
    let args = ["check", "--output-format", "concise"];
    let (_, text, noted) = hotlint(folder.path(), &args);
    assert!(text.starts_with("app.py:9:"), "{text}{noted}");
    assert_eq!(text.lines().count(), 1, "{text}");
    let asked = [&args[..], &["--select", "orm-get-in-loop"]].concat();
    let (_, text, _) = hotlint(folder.path(), &asked);
    assert_eq!(text.lines().count(), 2, "{text}");
}

#[test]
fn a_file_that_is_read_once_is_told_where_it_may_be_large_or_many_ask() {
    let text = "\
import os

TEXT = None


async def settings(folder):
    with open(os.path.join(folder, 'settings.toml')) as file:
        return file.read()


async def once(path):
    global TEXT
    if TEXT is None:
        with open(path, 'rb') as file:
            TEXT = file.read()
    return TEXT


async def data(path):
    with open(path) as file:
        return file.read()


async def all_settings(folders):
    for folder in folders:
        with open(f'{folder}/settings.toml') as file:
            await show(file.read())


async def many_settings(folders):
    for folder in open(folders):
        with open(f'{folder}/settings.toml') as file:
            await show(file.read())


async def each(paths):
    for path in paths:
        with open(path) as file:
            await show(file.read())


@app.get('/data')
async def show_data(path):
    with open(path) as file:
        return file.read()


async def bytes_of(path):
    with open(path, 'rb') as file:
        return file.read()


async def sent(client, path):
    with open(path, 'rb') as file:
        files = {'data': ('name', file)}
        await client.post('/', files=files)


async def copied(path):
    with open(path) as file:
        return [line.strip() for line in file]
";
    let [quiet, asked] = rows_of(text, "blocking-file-in-async");
    assert_eq!(quiet, [31, 32, 38, 44, 49, 60]);
    assert_eq!(asked, [7, 14, 20, 26, 31, 32, 38, 44, 49, 54, 60]);
}

#[test]
fn a_program_that_is_only_started_is_told_where_many_are() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = "\
import subprocess


class Proxy:
    async def launch(self):
        self.process = subprocess.Popen(['proxy'])

    async def check(self):
        return subprocess.run(['proxy', '--check'])


@app.post('/convert')
async def convert(name):
    return subprocess.Popen(['convert', name]).pid
";
    fs::write(folder.path().join("app.py"), text).expect("a file");
    let rows = |args: &[&str]| rows_in(folder.path(), args);
    assert_eq!(rows(&[]), [9, 14]);
    let asked = rows(&["--select", "blocking-subprocess-in-async"]);
    assert_eq!(asked, [6, 9, 14]);
}

/// The lines that a check of `text` reports by default, and those that it does where a rule is selected.
fn rows_of(text: &str, rule: &str) -> [Vec<usize>; 2] {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("app.py"), text).expect("a file");
    let quiet = rows_in(folder.path(), &[]);
    [quiet, rows_in(folder.path(), &["--select", rule])]
}

#[test]
fn a_commit_may_keep_what_took_long() {
    let text = "\
import sqlite3


def save(connection: sqlite3.Connection, path):
    for user in open(path):
        connection.execute('UPDATE user SET seen = 1 WHERE id = ?', (user,))
        connection.commit()


def score(connection: sqlite3.Connection, path):
    for user in open(path):
        total = 0
        for visit in visits_of(user):
            total += visit
        connection.execute('UPDATE user SET total = ? WHERE id = ?', (total, user))
        connection.commit()


def touch(connection: sqlite3.Connection, users):
    for user in users:
        connection.execute('UPDATE user SET seen = 1 WHERE id = ?', (user,))
        connection.commit()
";
    assert_eq!(rows_of(text, "commit-in-loop")[1], [7, 16, 22]);
    let quiet = rows_of(text, "query-in-loop")[0].clone();
    assert!(quiet.contains(&7), "{quiet:?}");
    assert!(!quiet.contains(&16) && !quiet.contains(&22), "{quiet:?}");
}

#[test]
fn a_query_is_told_where_the_loop_is_long_or_sends_rows() {
    let text = "\
import psycopg


def owners(connection: psycopg.Connection, ids):
    found = {}
    for number in ids:
        row = connection.execute('SELECT name FROM item WHERE id = %s', (number,))
        found[number] = row
    return found


def all_owners(connection: psycopg.Connection, path):
    found = {}
    for number in open(path):
        row = connection.execute('SELECT name FROM item WHERE id = %s', (number,))
        found[number] = row
    return found


def keep(connection: psycopg.Connection, rows):
    for row in rows:
        connection.execute('INSERT INTO item VALUES (%s, %s)', row)


def tell(connection: psycopg.Connection, path, mail):
    for number in open(path):
        row = connection.execute('SELECT name FROM item WHERE id = %s', (number,))
        mail.send(row)
";
    let [quiet, asked] = rows_of(text, "query-in-loop");
    assert_eq!(quiet, [15, 22]);
    assert_eq!(asked, [7, 15, 22, 27]);
}

/// A file with two models, and `code` below.
fn with_models(code: &str) -> String {
    let models = "\
from django.db import models


class Author(models.Model):
    name = models.TextField()


class Book(models.Model):
    author = models.ForeignKey(Author, on_delete=models.CASCADE)
    year = models.IntegerField()


";
    format!("{models}{code}")
}

#[test]
fn a_relation_is_told_where_nothing_else_is_done() {
    let text = with_models(
        "\
def names(year):
    return [book.author.name for book in Book.objects.filter(year=year)]


def tell(year, mail):
    for book in Book.objects.filter(year=year):
        mail.send(book.author.name)


def first(year):
    for book in Book.objects.filter(year=year):
        if book.author.name:
            return book
",
    );
    let [quiet, asked] = rows_of(&text, "orm-lazy-relation-in-loop");
    assert_eq!(quiet, [14]);
    assert_eq!(asked, [14, 19, 24]);
}

#[test]
fn a_count_of_one_row_is_told_to_those_who_ask() {
    let text = with_models(
        "\
def books(year):
    return len(Book.objects.filter(year=year))


def is_known(name):
    return len(Author.objects.filter(name__iexact=name)) > 0


def is_there(pk):
    return len(Author.objects.filter(pk=pk)) > 0
",
    );
    let [quiet, asked] = rows_of(&text, "queryset-len");
    assert_eq!(quiet, [14]);
    assert_eq!(asked, [14, 18, 22]);
}

#[test]
fn what_is_saved_because_it_changed_is_told_to_those_who_ask() {
    let text = with_models(
        "\
def move(year):
    for book in Book.objects.all():
        book.year = year
        book.save()


def mend(years):
    for book in Book.objects.all():
        if book.year != years[book.pk]:
            book.year = years[book.pk]
            book.save()


def follow(sender, instance, **kwargs):
    for book in Book.objects.filter(author=instance):
        book.year = 1
        book.save()
",
    );
    let [quiet, asked] = rows_of(&text, "orm-save-in-loop");
    assert_eq!(quiet, [16]);
    assert_eq!(asked, [16, 23, 29]);
}

#[test]
fn one_query_of_several_is_told_to_those_who_ask() {
    let text = "\
import sqlite3

connection = sqlite3.connect(':memory:')


def owner(key):
    return connection.execute('select owner from items where id = ?', (key,)).fetchone()


def price(key):
    return connection.execute('select price from items where id = ?', (key,)).fetchone()


def size(key):
    return connection.execute('select size from items where id = ?', (key,)).fetchone()


def owners(path):
    found = []
    for line in open(path):
        found.append((owner(line), price(line)))
    return found


def labels(path):
    found = []
    for line in open(path):
        found.append((owner(line), price(line), size(line)))
    return found
";
    let [quiet, asked] = rows_of(text, "cross-function-query-in-loop");
    assert_eq!(quiet, [21, 21]);
    assert_eq!(asked, [21, 21, 28, 28, 28]);
}

#[test]
fn a_query_for_some_items_is_told_to_those_who_ask() {
    let text = "\
import re
import sqlite3

connection = sqlite3.connect(':memory:')


def owner(key):
    return connection.execute('select owner from items where id = ?', (key,)).fetchone()


def all_owners(path):
    found = []
    for line in open(path):
        found.append(owner(line))
    return found


def some_owners(path):
    found = []
    for line in open(path):
        if re.match('x+y', line):
            found.append(owner(line))
    return found


def owners(path):
    for line in open(path):
        yield owner(line)
";
    let found = rows_of(text, "cross-function-query-in-loop");
    assert_eq!(found, [vec![14], vec![14, 22, 28]]);
    // What does much more than ask is another story.
    let long = text.replace(
        "def owner(key):\n",
        &format!("def owner(key):\n{}", "    print(key)\n".repeat(90)),
    );
    let found = rows_of(&long, "cross-function-query-in-loop");
    assert_eq!(found, [Vec::<usize>::new(), Vec::new()]);
}

#[test]
fn what_waits_for_sqlite_is_told_to_who_asks() {
    let text = "\
import psycopg
import sqlite3


def local(path, key):
    connection = sqlite3.connect(path)
    return connection.execute('SELECT name FROM item WHERE id = ?', (key,)).fetchone()


def remote(connection: psycopg.Connection, key):
    return connection.execute('SELECT name FROM item WHERE id = %s', (key,)).fetchone()


async def page(connection, path, key):
    near = local(path, key)
    return near or remote(connection, key)
";
    let [quiet, asked] = rows_of(text, "indirect-blocking-in-async");
    assert_eq!(quiet, [16]);
    assert_eq!(asked, [15, 16]);
}

#[test]
fn a_loop_within_a_long_one_runs_often() {
    let text = "\
from django.db import models


class Member(models.Model):
    joined = models.DateField()


def months():
    yield from range(1, 13)


def by_month(path, year):
    found = []
    for kind in open(path):
        for month in months():
            found.append(Member.objects.filter(kind=kind, joined__year=year, joined__month=month).count())
    return found


def by_chosen_month(path, chosen):
    found = []
    for kind in open(path):
        for month in chosen.keys():
            found.append(Member.objects.filter(kind=kind, joined__month=month).count())
    return found


def of_one_kind(year):
    return [Member.objects.filter(joined__year=year, joined__month=month).count() for month in months()]
";
    let [quiet, asked] = rows_of(text, "orm-get-in-loop");
    assert_eq!(quiet, [16]);
    assert_eq!(asked, [16, 24, 29]);
}

#[test]
fn rows_that_were_chosen_or_belong_to_one_object_are_few() {
    let text = "\
from django.db import models


class Reader(models.Model):
    name = models.TextField()

    def titles(self):
        return [title(loan) for loan in Loan.objects.filter(reader=self)]


class Loan(models.Model):
    reader = models.ForeignKey(Reader, on_delete=models.CASCADE)


def title(loan):
    return Loan.objects.filter(pk=loan.number).first()


def chosen(keys):
    loans = Loan.objects.filter(pk__in=keys)
    return [title(loan) for loan in loans]


def late(day):
    loans = Loan.objects.filter(due__lt=day)
    return [title(loan) for loan in loans]


def all_of_the_late(day):
    readers = Reader.objects.filter(due__lt=day)
    return [title(loan) for loan in Loan.objects.filter(reader__in=readers)]


def with_loops_of_their_own(day):
    found = []
    for loan in Loan.objects.filter(due__lt=day):
        found.append(title(loan))
        for other in loan.others:
            found.append(Loan.objects.get(pk=other))
    return found
";
    let [quiet, asked] = rows_of(text, "cross-function-query-in-loop");
    let of_rule = |rows: &[usize]| -> Vec<usize> {
        let calls = [8, 21, 26, 31, 37];
        rows.iter()
            .copied()
            .filter(|row| calls.contains(row))
            .collect()
    };
    assert_eq!(of_rule(&quiet), [26, 31]);
    assert_eq!(of_rule(&asked), [8, 21, 26, 31, 37]);
}
