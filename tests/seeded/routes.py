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
    shut = [list(row) for row in shut]
    return [row for row in rows if row in shut]


def cost(width, height):
    @functools.lru_cache(maxsize=None)  # bottleneck
    def ways(x, y):
        if x == 0 or y == 0:
            return 1
        return ways(x - 1, y) + ways(x, y - 1)

    return ways(width, height)


def main():
    rows = parse(["1 2 3", "4 5 6", "7 8 9"] * 8)
    total = 0
    for number in range(420):
        total += cost(20 + number % 3, 20)
    print(best(rows), len(closed(rows, rows[:2])), total % 1_000_003)


main()
