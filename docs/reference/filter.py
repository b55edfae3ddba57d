"""filter.py FILE: what Doxygen reads instead of FILE, so that neither the headers nor the guide need its commands."""

import re
import sys
from pathlib import Path

import header

ROOT = header.ROOT
TEXT = header.read()
GROUPS = list(header.groups(TEXT))
# How Doxygen finds what a name means.
TARGETS = {group.name: group.name + "_group" for group in GROUPS}
TARGETS |= {item.name: item.name for group in GROUPS for item in group.items}
TARGETS |= {name: name for name in re.findall(r"#define (\w+)", TEXT)}
CODE_SPAN = re.compile(r"(`[^`]+`)")
# What only looks like markup: *err, ZST_C_*, _free; a field; another name.
WORD = re.compile(r'(?<!\w)(\*\w+|\w+_\*|\w+_\.\.\.|_\w+|\w+->\w+)|\b(zst_\w+)\.(\w+)|(?<!")\b((?:zst|ZST)_\w+)(\(\))?')


def word(found):
    code, struct, field, name, call = found.groups()
    if code:
        return f"`{code}`"
    if struct:
        return f'@ref {struct}::{field} "{struct}.{field}"'
    return f'@ref {TARGETS[name]} "{found[0]}"' if name in TARGETS else found[0]


def markup(comment):
    """A comment of zst.h. What it says of its sources comes last."""
    comment = "".join(part if part.startswith("`") else WORD.sub(word, part) for part in CODE_SPAN.split(comment))
    source = re.search(r"\s*\bSource: (.*?)(?=\n\n|\Z)", comment, re.DOTALL)
    if source:
        comment = f"{comment.replace(source[0], '').rstrip()}\n\n@par Source\n{source[1]}"
    return comment


def documented(group, item):
    def of_field(found):
        return f"/** {markup(header.uncomment(found[1]))} */"

    inside = re.sub(r"/\*\*(.*?)\*/", of_field, item.code, flags=re.DOTALL)
    lines = inside.splitlines() if item.kind == "constant" else [inside]
    return "\n".join(f"/** @ingroup {group.name}_group\n{markup(item.comment)} */\n{line}" for line in lines)


def c_header():
    yield f"/** @page rules Rules for every function\n{markup(header.rules(TEXT))} */"
    yield "/** @file zst.h\nThe header for C. See @ref rules. */"
    for group in GROUPS:
        yield f"/** @defgroup {group.name}_group {group.name}\n{markup(group.about)} */"
    for group in GROUPS:
        for item in group.items:
            yield documented(group, item)
    for example in sorted([*ROOT.glob("examples-c/*.c"), *ROOT.glob("examples-cpp/*.cpp")]):
        yield f"/** @example {example.name} */"


def cpp_header(path):
    """The comment at the top is of the file, or of everything."""
    text = path.read_text()
    if path.name == "zst.hpp":
        about = header.uncomment(re.match(r"/\*(.*?)\*/", text, re.DOTALL)[1])
        return re.sub(r"/\*.*?\*/", lambda _: f"/** @namespace zst\n{about} */", text, count=1, flags=re.DOTALL)
    return f"/// @file\n{text}"


def page_name(path):
    return f"page_{path.stem.replace('-', '_')}"


def slug(heading):
    """The name that a heading has in links."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def page(path):
    """A page of the guide: links to other pages, headings, files and names become Doxygen's."""

    def heading(found):
        if found[1] == "#":
            return f"{found[0]} {{#{'mainpage' if path.stem == 'README' else page_name(path)}}}"
        return f"{found[0]} {{#{page_name(path)}_{slug(found[2])}}}"

    def follow(found):
        text, target = found[1], found[2]
        file, _, part = target.partition("#")
        to = (path.parent / file).resolve() if file else path
        if ":" in target:
            return found[0]
        if to.suffix == ".md" and to.parent == path.parent:
            name = page_name(to) if to.stem != "README" else "index"
            return f"[{text}](@ref {name}{'_' + part if part else ''})"
        if to.name == "zst.h":
            return f"[{text}](@ref rules)"
        if to.name == "zst.hpp":
            return f"[{text}](@ref zst)"
        return f"[{text}](@ref {to.name})" if to.parent.name.startswith("examples-") else text

    def name(found):
        name = found[1].partition("(")[0]
        return f"[{found[1]}](@ref {TARGETS[name]})" if name in TARGETS else found[0]

    for number, part in enumerate(re.split(r"(^```.*?^```$)", path.read_text(), flags=re.MULTILINE | re.DOTALL)):
        if number % 2 == 0:
            part = re.sub(r"(?<!\[)`((?:zst|ZST)_\w+(?:\(\))?)`(?!\])", name, part)
            part = re.sub(r"\[([^\]]+)\]\(((?!@ref)[^)]+)\)", follow, part)
            part = re.sub(r"^(#+) (.*)$", heading, part, flags=re.MULTILINE)
        yield part


if __name__ == "__main__":
    path = Path(sys.argv[1]).resolve()
    if path.name == "zst.h":
        print("\n\n".join(c_header()))
    elif path.suffix == ".hpp":
        print(cpp_header(path))
    else:
        print("".join(page(path)))
