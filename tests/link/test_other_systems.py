"""What can be said quickly of archives for other systems; building them takes minutes."""

import os
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LIBRARIES = {
    "libzst.1.0.0.dylib": ["lib/libzst.1.0.0.dylib", "lib/libzst.1.dylib", "lib/libzst.dylib"],
    "zst.dll": ["bin/zst.dll", "lib/libzst.dll.a"],
}


@pytest.fixture
def targets(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "packaging")
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    import dist_all

    return dist_all.TARGETS


def test_the_table_of_the_page_has_every_target(targets, tool, run):
    page = (ROOT / "docs" / "install.md").read_text()
    table = re.search(r"^\| system \| target \|.*?\n\n", page, re.MULTILINE | re.DOTALL).group()
    assert sorted(re.findall(r"`(\w+-\w+-\w+(?:-\w+)?)`", table)) == sorted(targets)
    assert set(targets) <= set(run([tool("rustc"), "--print=target-list"]).split())


@pytest.mark.parametrize("library", LIBRARIES)
def test_layout(library, run, tmp_path):
    built, prefix = tmp_path / "built", tmp_path / "prefix"
    built.mkdir()
    for path in [*LIBRARIES[library], "lib/libzst.a"]:
        (built / Path(path).name).touch()
    (built / "libs.private").write_text("-lone -ltwo\n")
    environment = os.environ | {"PREFIX": str(prefix), "LIBDIR": "lib", "DESTDIR": ""}
    run([ROOT / "packaging" / "install.sh", "install", built], env=environment)
    found = {str(path.relative_to(prefix)) for path in prefix.rglob("*zst*") if path.is_file()}
    libraries = {path for path in found if not path.startswith("include/") and not path.endswith((".cmake", ".pc"))}
    assert libraries == {*LIBRARIES[library], "lib/libzst.a"}
    assert "Libs.private: -lone -ltwo\n" in (prefix / "lib" / "pkgconfig" / "zst.pc").read_text()
