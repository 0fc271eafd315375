"""Packs records into one stream of bytes."""

import re
import zlib


def wanted(names, patterns):
    kept = []
    for name in names:
        for pattern in patterns:
            if re.compile(pattern).match(name):
                kept.append(name)
    return kept


def first(names):
    return sorted(names)[0]


def known(names, allowed):
    allowed = [name.lower() for name in allowed]
    return [name for name in names if name in allowed]


def pack(records):
    stream = b""
    for record in records:
        stream += record  # bottleneck
    return stream


def main():
    names = [f"file-{number}" for number in range(40)]
    kept = known(wanted(names, ["file-1", "file-2"]), names)
    records = [name.encode() * 12 for name in kept * 170]
    print(first(names), zlib.crc32(pack(records)))


main()
