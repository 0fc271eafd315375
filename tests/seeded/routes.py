"""The cost of routes over a grid."""

import functools
import re


def parse(lines):
    rows = []
    for line in lines:
        rows.append([int(part) for part in re.compile(r"\d+").findall(line)])
    return rows


def best(rows):
    return sorted(min(row) for row in rows)[0]


def closed(rows, shut):
    walls = [list(row) for row in shut]
    return [row for row in rows if row in walls]


def names(rows):
    text = ""
    for row in rows:
        text = str(row) + text
    return text


def cost(width):
    @functools.lru_cache(maxsize=None)  # bottleneck
    def steps(x):
        return x * x + 1

    return steps(width)


def main():
    rows = parse(["1 2 3", "4 5 6", "7 8 9"] * 8)
    total = 0
    for number in range(40000):
        total += cost(number % 90)
    print(best(rows), len(names(rows)), len(closed(rows, rows[:2])), total % 1_000_003)


main()
