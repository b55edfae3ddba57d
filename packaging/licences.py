#!/usr/bin/env python3
"""licences.py DIRECTORY [TARGET]: copies the licence texts of all that is in the libraries for a target of rustc, which is
this system if none is given."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def run(*command):
    try:
        return subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    except FileNotFoundError:
        sys.exit(f"{command[0]} was not found, which knows what is linked in and where its licence texts are")


def crates(target):
    """The package of each crate that is linked in, ours first."""
    metadata = json.loads(run("cargo", "metadata", "--locked", "--format-version=1", "--filter-platform", target))
    packages = {package["id"]: package for package in metadata["packages"]}
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    found, waiting = {}, [metadata["resolve"]["root"]]
    while waiting:
        name = waiting.pop()
        found[name] = packages[name]
        linked = [dep["pkg"] for dep in nodes[name]["deps"] if any(kind["kind"] is None for kind in dep["dep_kinds"])]
        waiting += [dep for dep in linked if dep not in found]
    return list(found.values())


def texts(directory):
    files = [path for path in directory.iterdir() if path.is_file()]
    return [path for path in files if re.match("LICEN[CS]E|COPYRIGHT|NOTICE", path.name, re.IGNORECASE)]


def copy(files, directory):
    assert files, f"no licence texts for {directory.name}"
    directory.mkdir(parents=True)
    for file in files:
        shutil.copyfile(file, directory / file.name)


def main():
    out = Path(sys.argv[1])
    target = sys.argv[2] if len(sys.argv) > 2 else re.search("^host: (.*)", run("rustc", "-vV"), re.MULTILINE).group(1)
    shutil.rmtree(out, ignore_errors=True)
    for package in crates(target):
        directory = Path(package["manifest_path"]).parent
        copy(texts(directory), out / f"{package['name']}-{package['version']}")
        if package["name"] == "zstd-sys":
            zstd = directory / "zstd"
            # Not COPYING, which is the GPL, the other choice.
            copy([zstd / "LICENSE"], out / "libzstd")
            sorting = (zstd / "lib" / "dictBuilder" / "divsufsort.c").read_text()
            comment = re.search(r"/\*.*?\*/", sorting, re.DOTALL).group()
            assert "Permission is hereby granted" in comment
            (out / "libzstd" / "LICENSE.divsufsort").write_text(comment + "\n")
    rust = Path(run("rustc", "--print", "sysroot").strip()) / "share" / "doc" / "rust" / "COPYRIGHT-library.html"
    # A Rust that does not come from rustup may have it elsewhere, or not at all.
    if rust.exists():
        copy([rust], out / "rust-standard-library")


if __name__ == "__main__":
    main()
