"""Which words of a text are known."""

import re


def shout(words):
    out = ""
    for word in words:
        out = word.upper() + " " + out
    return out


def shortest(words):
    return sorted(map(len, words))[0]


def numbers(words):
    found = 0
    for word in words:
        if re.compile(r"^\d+$").match(word):
            found += 1
    return found


def front(words):
    out = []
    for word in words:
        out.insert(0, word)
    return out


def unknown(words, vocabulary):
    count = 0
    for word in words:
        if word not in set(vocabulary):  # bottleneck
            count += 1
    return count


def main():
    vocabulary = [f"w{number}" for number in range(900)]
    words = [f"w{number * 17 % 1800}" for number in range(9000)]
    few = words[:30]
    print(len(shout(few)), shortest(few), numbers(few), len(front(few)))
    print(unknown(words, vocabulary))


main()
