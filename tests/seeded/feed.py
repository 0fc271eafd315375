"""Newest entries first."""

import json


def tags(entries, hidden):
    banned = [tag.strip() for tag in hidden]
    return [entry for entry in entries if entry["tag"] not in banned]


def flat(groups):
    return sum(groups, [])


def longest(entries):
    return sorted(len(entry["text"]) for entry in entries)[-1]


def newest_first(entries):
    feed = []
    for entry in entries:
        feed.insert(0, entry)  # bottleneck
    return feed


def dump(entries):
    return len(json.dumps(entries))


def main():
    entries = [{"tag": f"t{number % 7}", "text": "x" * (number % 50)} for number in range(24000)]
    few = entries[:40]
    feed = newest_first(entries)
    print(len(tags(few, ["t1", "t2"])), len(flat([few, few])), longest(few), dump(feed[:5000]))


main()
