"""What is in the libraries that are installed: which names, how much, and what they need."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
API = set(re.findall(r"\b(zst_\w+)\(", (ROOT / "include" / "zst_cdef.h").read_text()))


@pytest.fixture
def symbols(stage, tool, run):
    """symbols(file, option, ...) is the set of names that nm lists."""

    def find(name, *options):
        lines = run([tool("nm"), *options, stage / "lib" / name]).splitlines()
        return {line.split()[-1] for line in lines if line and not line.endswith(":")}

    return find


def test_the_static_library_has_the_names_of_the_header_and_no_other(symbols):
    assert symbols("libzst.a", "--extern-only", "--defined-only") == API


def test_the_shared_library_has_them_with_a_version(symbols):
    assert symbols("libzst.so", "--dynamic", "--defined-only") == {f"{name}@@ZST_1" for name in API} | {"ZST_1"}


@pytest.mark.parametrize("name, options", [("libzst.a", []), ("libzst.so", ["--dynamic"])])
def test_what_they_look_for_elsewhere(name, options, symbols):
    """A hook of libzstd, or a name of Rust, would be found in the wrong library some day."""
    names = symbols(name, "--undefined-only", *options)
    assert len(names) > 20
    assert [name for name in names if re.match("ZSTD|ZDICT|FSE|HUF|POOL|XXH|rust|__rust|_R|_ZN|zst_", name)] == []


def test_needed_libraries(stage, tool, run):
    dynamic = run([tool("readelf"), "--dynamic", stage / "lib" / "libzst.so"])
    needed = set(re.findall(r"\(NEEDED\).*\[(.*)\]", dynamic))
    # The last is the C library's own.
    assert "libc.so.6" in needed
    assert [name for name in needed if not re.match(r"libc\.so\.6$|libgcc_s\.so\.1$|ld-linux", name)] == []
    assert not re.search("TEXTREL|RPATH|RUNPATH", dynamic)
    assert "BIND_NOW" in dynamic


def test_size(stage, tool, run, tmp_path):
    run([tool("strip"), "-o", tmp_path / "stripped", stage / "lib" / "libzst.so"])
    assert (tmp_path / "stripped").stat().st_size < 1_600_000
    # Without debug information and bitcode; cargo's has 24 MB.
    assert (stage / "lib" / "libzst.a").stat().st_size < 4_000_000
