"""Reads zst.h: the rules at its top, and what it declares, in groups: one for each file of src/ffi, named as its noun.

For filter.py, which prepares all this for Doxygen, and man.py, which makes manual pages of it."""

import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]

# What groups are about in which no type has their name.
ABOUT = {
    "library": "Versions, sizes and other numbers, and what the library keeps for the next call.",
    "copy_stream": "From a source to a sink in one call, in both directions.",
    "multi_compress_to_buffer": "Many inputs in one call, on many threads.",
    "multi_decompress_to_buffer": "Many frames in one call, on many threads.",
    "train_dictionary": "A dictionary from samples.",
    "frame": "What frames say about themselves, found out without decoding; skippable frames.",
}


class Item(NamedTuple):
    """Something with a comment. Constants may share one; they are several lines of `code` then."""

    name: str
    kind: str  # "constant", "type", "struct" or "function"
    comment: str
    code: str


class Group(NamedTuple):
    name: str  # zst_compressor
    about: str
    items: list


def uncomment(text):
    """What is between /** and */, without the stars before each line."""
    return re.sub(r"^ *\* ?", "", text.strip(), flags=re.MULTILINE).strip()


def rules(text):
    """The comment at the top, without its headings."""
    return uncomment(re.match(r"/\*(.*?)\*/", text, re.DOTALL)[1]).split("\n\n", 2)[2]


def items(text):
    for comment, code in re.findall(r"^/\*\*(.*?)\*/\n((?:[^\n]+\n)+)", text, re.MULTILINE | re.DOTALL):
        code = code.rstrip()
        if code.startswith("#define"):
            name, kind = code.split()[1], "constant"
        elif code.startswith("typedef struct {"):
            name, kind = re.search(r"\} (\w+);$", code)[1], "struct"
        elif code.startswith("typedef"):
            name, kind = re.search(r"(\w+);$", code)[1], "type"
        else:
            name, kind = re.search(r"(\w+)\(", code)[1], "function"
        yield Item(name, kind, uncomment(comment), code)


def nouns():
    """Which file of src/ffi has a name, and the names of those files in the order of zst.h."""
    files, home = re.findall(r"^pub mod (\w+);", (ROOT / "src/ffi/mod.rs").read_text(), re.MULTILINE), {}
    for file in files:
        text = (ROOT / f"src/ffi/{file}.rs").read_text()
        for name in re.findall(r"\bpub (?:const|struct|type) (\w+)|\bfn (zst_\w+)\(", text):
            home["".join(name)] = file
    return files, home


def groups(text):
    files, home = nouns()
    found = {file: [] for file in files}
    for item in items(text):
        # The constants that are not in src/ffi are versions.
        found[home.get(item.name, "library")].append(item)
    for file, members in found.items():
        name = f"zst_{file}"
        own = [item.comment for item in members if item.name == name and item.kind != "function"]
        yield Group(name, first_sentence(own[0]) if own else ABOUT[file], members)


def first_sentence(comment):
    return re.split(r"(?<=\.)\s", comment)[0].replace("\n", " ")


def read():
    return (ROOT / "include/zst.h").read_text()
