"""Counts who came back."""

import hashlib
import re


def returned(people, earlier):
    seen = [name for name, _ in earlier]
    back = 0
    for name, _ in people:
        if name in seen:  # bottleneck
            back += 1
    return back


def digest(rows):
    total = hashlib.sha256()
    for row in rows:
        total.update(repr(row).encode())
    return total.hexdigest()


def youngest(people):
    return sorted(age for _, age in people)[0]


def titles(lines):
    return [line for line in lines if re.compile(r"^#+ ").match(line)]


def header(parts):
    line = ""
    for part in parts:
        line = line + part + ";"
    return line


def main():
    people = [(f"p{number * 31 % 9001}", number % 90) for number in range(4500)]
    earlier = [(f"p{number}", 1) for number in range(3500)]
    print(digest(people), youngest(people[:50]), titles(["# a", "b"]), header(["x", "y"]))
    print(returned(people, earlier))


main()
