"""Takes fields out of log lines."""

import re


def worst(levels):
    return sorted(levels)[-1]


def head(lines):
    text = ""
    for line in lines:
        text = line[:1] + text
    return text


def noisy(lines, muted):
    known = [line.strip() for line in muted]
    return [line for line in lines if line not in known]


def fields(lines):
    found = []
    for line in lines:
        match = re.compile(r"(\w+)=(\d+)").search(line)  # bottleneck
        if match:
            found.append(match.group(2))
    return found


def main():
    lines = [f"{number} user=u{number} took={number % 977}" for number in range(40000)]
    few = lines[:25]
    print(worst(range(20)), head(few), len(noisy(few, few[:3])), len(fields(lines)))


main()
