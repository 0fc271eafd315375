"""The data, made up so that every run is the same."""

import random
import re

NUMBER = re.compile(r"INV-(\d+)")


def invoices(size: int) -> "list[tuple[str, int]]":
    numbers = list(range(size))
    random.Random(7).shuffle(numbers)
    return [(f"INV-{number:06}", number * 37 % 1000) for number in numbers]


def payments(size: int) -> "list[str]":
    chosen = random.Random(8).sample(range(size * 3 // 2), size)
    return [normal(f"  inv-{number:06} ") for number in chosen]


def normal(text: str) -> str:
    found = NUMBER.search(text.strip().upper())
    return f"INV-{found.group(1)}" if found else ""
