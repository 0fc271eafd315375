"""Joins the pages of many answers."""

import re


def page_numbers(answers):
    numbers = []
    for answer in answers:
        numbers.append(re.compile(r"\d+").findall(answer["page"]))
    return numbers


def oldest(answers):
    return sorted(answer["page"] for answer in answers)[0]


def trail(answers):
    text = ""
    for answer in answers:
        text = answer["page"] + ">" + text
    return text


def rows(answers):
    pages = [answer["rows"] for answer in answers]
    return sum(pages, [])  # bottleneck


def checksum(rows):
    value = 0
    for row in rows:
        value = (value * 31 + row) % 1_000_003
    return value


def main():
    answers = [{"page": f"page {number}", "rows": list(range(number % 40))} for number in range(2600)]
    few = answers[:30]
    print(len(page_numbers(few)), oldest(few), len(trail(few)))
    print(checksum(rows(answers)))


main()
