"""make dist: one archive that can be unpacked anywhere; the Debian package's recipe."""

import os
import re
import shutil
import tarfile
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TARGET = Path(os.environ.get("CARGO_TARGET_DIR") or ROOT / "target")
VERSION = tomllib.loads((ROOT / "Cargo.toml").read_text())["package"]["version"]


@pytest.fixture
def host(tool, run):
    return re.search("^host: (.*)", run([tool("rustc"), "-vV"]), re.MULTILINE).group(1)


@pytest.fixture
def dist(stage, host, run, tmp_path):
    """The archive, in a directory with its checksum."""
    out = tmp_path / "dist"
    run([ROOT / "packaging" / "dist.sh", TARGET / "lib", host, out])
    assert sorted(path.name for path in out.iterdir()) == ["SHA256SUMS", f"zst-{VERSION}-{host}.tar.gz"]
    return out / f"zst-{VERSION}-{host}.tar.gz"


def test_archive(dist, host, stage, tool, run, tmp_path):
    run([tool("sha256sum"), "--check", "--strict", "SHA256SUMS"], cwd=dist.parent)
    with tarfile.open(dist) as archive:
        assert {(member.uid, member.gid) for member in archive} == {(0, 0)}
        archive.extractall(tmp_path / "any place")
    prefix = tmp_path / "any place" / f"zst-{VERSION}-{host}"

    def contents(directory):
        files = [path for path in directory.rglob("*") if path.is_file()]
        return {path.relative_to(directory): path.read_bytes() for path in files}

    installed = contents(stage)
    unpacked = contents(prefix)
    assert {path: unpacked.get(path) for path in installed} == installed
    assert (prefix / "lib" / "libzst.so").readlink() == Path("libzst.so.1")

    # A word of each text that has to come along.
    doc = prefix / "share" / "doc" / "zst"
    pages = [*doc.glob("*.md"), *(doc / "docs").glob("*.md")]
    assert (doc / "LICENSE").exists() and len(pages) > 10
    for page in pages:
        for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
            assert ":" in target or (page.parent / target.partition("#")[0]).exists(), f"{page}: {target}"
    assert not list(doc.rglob("__pycache__"))
    licences = {re.sub(r"-\d.*", "", path.name): path for path in (doc / "licences").iterdir()}
    words = {
        "libzst": "the zst authors",
        "libzstd": "Copyright (c) Meta Platforms",
        "zstd-sys": "",
        "parking_lot": "The Rust Project Developers",
        "parking_lot_core": "The Rust Project Developers",
        "lock_api": "The Rust Project Developers",
        "scopeguard": "",
        "smallvec": "",
        "cfg-if": "",
        "libc": "",
        "rust-standard-library": "Copyright notices for The Rust Standard Library",
    }
    assert licences.keys() == words.keys()
    for name, word in words.items():
        assert any(word in path.read_text() for path in licences[name].iterdir()), name


def test_the_same_bytes(dist, host, run):
    before = dist.read_bytes()
    shutil.rmtree(dist.parent)
    run([ROOT / "packaging" / "dist.sh", TARGET / "lib", host, dist.parent])
    assert dist.read_bytes() == before


def test_the_debian_package_has_the_same_version():
    assert (ROOT / "debian" / "changelog").read_text().startswith(f"zst ({VERSION}) ")
    major = VERSION.partition(".")[0]
    packages = re.findall("^Package: (.*)", (ROOT / "debian" / "control").read_text(), re.MULTILINE)
    assert packages == [f"libzst{major}", "libzst-dev"]
    assert f"libzst.so.{major} libzst{major} " in (ROOT / "debian" / f"libzst{major}.symbols").read_text()
