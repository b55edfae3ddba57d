"""The pages for readers, and what is in them."""

import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Block(NamedTuple):
    where: str
    code: str
    output: str  # of a program, in a block of text behind it; None where there is none


def blocks(language):
    for page in PAGES:
        text = page.read_text()
        for found in FENCED.finditer(text):
            if found[1] == language:
                behind = re.match(r"\n\n```text\n(.*?)^```$", text[found.end() :], re.MULTILINE | re.DOTALL)
                line = text.count("\n", 0, found.start()) + 1
                yield Block(f"{page.relative_to(ROOT)}:{line}", found[2], behind and behind[1])


def prose(page):
    """The text of a page without its blocks of code."""
    return FENCED.sub("", page.read_text())
