"""`make docs` makes pages of everything, without a complaint of the tools that make and read them."""

import re
import subprocess
import sys

import pytest

from guide import ROOT


@pytest.fixture(scope="module")
def functions():
    return re.findall(r"^\w[\w ]*[ *](zst_\w+)\(", (ROOT / "include/zst.h").read_text(), re.MULTILINE)


def test_html(tool, run, functions):
    tool("doxygen")
    run([tool("make"), "--no-print-directory", "docs"], cwd=ROOT)
    html = ROOT / "target" / "docs" / "html"
    groups = "".join(page.read_text() for page in html.glob("group__*.html"))
    # In the list, and where there is more to say, in a section of its own.
    assert [name for name in functions if not re.search(rf"{name} ?</(b|a|td)>", groups)] == []
    for name in ["index", "rules", "namespacezst", "classzst_1_1compressor", "hello_8c-example", "page_errors"]:
        assert (html / f"{name}.html").exists(), name
    # What is left of markup that was not understood.
    for page in html.glob("*.html"):
        assert not re.search(r"[@\\](?:ref|par|ingroup)\b|```", page.read_text()), page


def test_manual_pages(tool, run, build, functions):
    man, mandoc = tool("man"), tool("mandoc")
    run([sys.executable, ROOT / "docs/reference/man.py", build / "man3"])
    pages = sorted((build / "man3").iterdir())
    assert {page.stem for page in pages} > {"zst", "zst_compressor", "zst_error", *functions}
    whole = [page for page in pages if not page.read_text().startswith(".so ")]
    assert len(whole) == 29
    for page in whole:
        assert run([mandoc, "-Tlint", "-Wwarning", page]) == ""
        done = subprocess.run([man, "--warnings=w", "--local-file", page], capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, "")
    # Every function has the page of its group.
    assert "zst_compress_bound" in run([man, f"--manpath={build}", "zst_compressor_compress"])
