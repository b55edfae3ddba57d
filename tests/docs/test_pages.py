"""What the pages name and link to is there, and the page for users of libzstd forgets nothing."""

import ast
import re

import pytest

from guide import FENCED, PAGES, ROOT, prose

# Where names with ZST_ come from that are not of the C API.
BUILD = ["Makefile", "build.rs", "CMakeLists.txt", "cmake/*", "packaging/*", "python/*.py", "tests/header/*.py"]

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def slugs(page):
    """The names that the headings of a page have in links."""
    headings = re.findall(r"^#+ (.*)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@each_page
def test_links(page):
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, part = target.partition("#")
        to = page.parent / file if file else page
        assert to.exists(), target
        assert not part or part in slugs(to), target


@each_page
def test_names(page):
    known = set(re.findall(r"\bzst_\w+|\bZST_\w+", (ROOT / "include/zst.h").read_text())) | {"zst_cdef"}
    for pattern in BUILD:
        for path in ROOT.glob(pattern):
            if path.is_file():
                known |= set(re.findall(r"\bZST_\w+", path.read_text()))
    for name in set(re.findall(r"\b(?:zst|ZST)_\w*", prose(page))):
        assert name in known or name.endswith("_") and any(other.startswith(name) for other in known), name


def stable(text, end):
    """The functions of a header of libzstd before `end`, but for those that are deprecated."""
    text = re.sub(r"/\*.*?\*/", "", text.rpartition(end)[0] or text, flags=re.DOTALL)
    text = re.sub(r"^Z\w+_DEPRECATED\(.*\)\n.*?;", "", text, flags=re.MULTILINE)
    return set(re.findall(r"^Z\w+LIB_API .*?\b(Z\w+_\w+)\(", text, re.MULTILINE))


def test_every_stable_function_of_libzstd_has_its_row(zstd_headers):
    functions = stable((zstd_headers / "zstd.h").read_text(), "#if defined(ZSTD_STATIC_LINKING_ONLY)")
    functions |= stable((zstd_headers / "zdict.h").read_text(), "#if defined(ZDICT_STATIC_LINKING_ONLY)")
    functions |= stable((zstd_headers / "zstd_errors.h").read_text(), "no end")
    assert len(functions) > 70
    rows = re.findall(r"^\| (`Z.*?) \| (.*?) \|(.*)\|$", (ROOT / "docs/from-libzstd.md").read_text(), re.MULTILINE)
    told = {name: row for row in rows for name in re.findall(r"`(Z\w+)", row[0])}
    assert functions - set(told) == set()
    for name, (_, ours, note) in told.items():
        assert ours and (ours != "none" or note.strip() or name not in functions), name


def test_functions_that_the_libzstd_page_names_are_libzstds(zstd_headers):
    text = "".join(path.read_text() for path in zstd_headers.glob("*.h"))
    for name in set(re.findall(r"\b(?:ZSTD|ZDICT)_\w+", prose(ROOT / "docs/from-libzstd.md"))):
        assert re.search(rf"\b{name}\b", text), name


def public_names():
    """The classes, methods and arguments of the Python package."""
    stubs = ast.parse((ROOT / "python/src/zstandard/__init__.pyi").read_text())
    for node in [node for top in stubs.body for node in (top, *getattr(top, "body", []))]:
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
            yield node.name
        if isinstance(node, ast.FunctionDef) and (node.name == "__init__" or not node.name.startswith("_")):
            yield from (argument.arg for argument in node.args.args + node.args.kwonlyargs)


def test_every_name_of_the_python_package_has_its_row():
    page = (ROOT / "docs/from-python-zstandard.md").read_text()
    names = {name for name in public_names() if not name.startswith("_")} - {"self", "cls"}
    assert len(names) > 100
    assert [name for name in sorted(names) if not re.search(rf"\b{name}\b", page)] == []


def test_blocks_are_closed():
    for page in PAGES:
        assert "```" not in FENCED.sub("", page.read_text()), page
