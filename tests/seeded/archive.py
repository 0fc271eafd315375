"""Packs records into one stream of bytes."""

import re
import zlib


def wanted(names, patterns):
    kept = []
    for name in names:
        if re.compile(r"file-\d").match(name) and patterns:
            kept.append(name)
    return kept


def first(names):
    return sorted(names)[0]


def known(names, allowed):
    lowered = [name.lower() for name in allowed]
    return [name for name in names if name in lowered]


def listing(names):
    text = ""
    for name in names:
        text = name + "," + text
    return text


def pack(records):
    stream = b""
    for record in records:
        stream += record  # bottleneck
    return stream


def main():
    names = [f"file-{number}" for number in range(40)]
    kept = known(wanted(names, ["file-1", "file-2"]), names)
    records = [name.encode() * 12 for name in kept * 130]
    print(first(names), len(listing(names)), zlib.crc32(pack(records)))


main()
