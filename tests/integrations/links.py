"""Checks that every link of a built site leads somewhere: pages, files and places in pages. Links to other sites are counted only.

    links.py FOLDER
"""

import pathlib
import re
import sys
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit


class Page(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.links = []
        self.places = set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.places.add(attributes.get("id"))
        if tag == "a":
            self.places.add(attributes.get("name"))
        for name in ("href", "src"):
            if attributes.get(name) is not None:
                self.links.append(attributes[name])


def main():
    top = pathlib.Path(sys.argv[1]).resolve()
    pages = {path: Page(path.read_text()) for path in top.rglob("*.html")}
    # llms.txt is Markdown.
    links = [(path, link) for path, page in pages.items() for link in page.links]
    guide = top / "llms.txt"
    links += [(guide, link) for link in re.findall(r"\]\(([^)]*)\)", guide.read_text())]
    outside, wrong = set(), set()
    for path, link in links:
        parts = urlsplit(link)
        if parts.scheme or parts.netloc:
            outside.add(link)
            continue
        name = unquote(parts.path)
        base = top if name.startswith("/") else path.parent
        target = (base / name.lstrip("/")).resolve() if name else path
        if target.is_dir():
            target /= "index.html"
        if not target.is_file():
            wrong.add((path, link))
        elif parts.fragment and target in pages and unquote(parts.fragment) not in pages[target].places:
            wrong.add((path, link))
    # The page for what is not there is served from anywhere.
    wrong = {(path, link) for path, link in wrong if path.name != "404.html"}
    for path, link in sorted(wrong):
        print(f"{path.relative_to(top)}: {link} leads nowhere")
    print(f"{len(pages)} pages, {len(links)} links, {len(outside)} to other places, {len(wrong)} wrong")
    return 1 if wrong or len(pages) < 10 else 0


if __name__ == "__main__":
    sys.exit(main())
