"""The ABI is the one that was written down in abi.txt."""

import re

import abi
import pytest


def differences(now, written):
    """What is wrong with a header that says `now`, as a sentence for each line."""
    gone = [f"gone or changed: {line}" for line in written if line not in now]
    new = [f"new, `make abi` writes it down: {line}" for line in now if line not in written]
    return gone + new


def test_the_abi_is_the_written_one():
    assert not differences(abi.abi(), abi.written())


def test_every_function_is_written():
    declared = re.findall(r"\b(zst_\w+)\(", (abi.INCLUDE / "zst_cdef.h").read_text())
    functions = [line for line in abi.written() if line.startswith("function ")]
    assert [re.search(r"(zst_\w+)\(", line).group(1) for line in functions] == declared


@pytest.mark.parametrize("name, old, new, expected", [
    ("zst.h", "#define ZST_ERROR_LIMIT (-16)\n", "", ["gone or changed: constant ZST_ERROR_LIMIT (-16)"]),
    ("zst.h", "#define ZST_DONE 1\n", "#define ZST_DONE 2\n", ["gone or changed: constant ZST_DONE 1", "new"]),
    ("zst.h", "#define ZST_DONE 1\n", "#define ZST_DONE 1\n#define ZST_MORE 2\n", ["new"]),
    ("zst_cdef.h", "void zst_bytes_free(zst_bytes *bytes);\n", "", ["gone or changed: function void zst_bytes_free(zst_bytes *)"]),
    ("zst_cdef.h", "void zst_bytes_free(zst_bytes *bytes);", "void zst_bytes_free(zst_slice *bytes);", ["gone", "new"]),
    ("zst_cdef.h", "void zst_bytes_free(zst_bytes *bytes);", "void zst_bytes_free(zst_bytes *other_name);", []),
])
def test_changes_are_seen(name, old, new, expected, tmp_path):
    for file in abi.INCLUDE.glob("*.h"):
        text = file.read_text()
        if file.name == name:
            assert text.count(old) == 1
            text = text.replace(old, new)
        (tmp_path / file.name).write_text(text)
    found = differences(abi.abi(tmp_path), abi.written())
    assert [line[: len(start)] for line, start in zip(found, expected, strict=True)] == expected


def test_layouts_are_seen(tmp_path):
    for file in abi.INCLUDE.glob("*.h"):
        (tmp_path / file.name).write_text(file.read_text().replace("  size_t capacity;\n", "  uint32_t capacity;\n"))
    found = differences(abi.abi(tmp_path), abi.written())
    assert "gone or changed: field zst_bytes.capacity at 16 size 8 size_t" in found
