"""Where the C library's sources and results are, from a checkout and from a source distribution."""

import json
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
# A source distribution brings the C library along.
_brought = os.path.join(HERE, "zst")
ROOT = os.environ.get("ZST_ROOT") or (_brought if os.path.isdir(_brought) else os.path.dirname(HERE))
INCLUDE = os.path.join(ROOT, "include")
SOURCES = ["Cargo.toml", "Cargo.lock", "build.rs", "LICENSE", "src", "include"]


def version():
    with open(os.path.join(ROOT, "Cargo.toml"), encoding="utf-8") as file:
        return re.search('^version = "(.*)"$', file.read(), re.MULTILINE).group(1)


def cargo(*arguments, **options):
    try:
        return subprocess.run(["cargo", *arguments], cwd=ROOT, check=True, **options)
    except FileNotFoundError:
        sys.exit("cargo was not found: the C library zst is written in Rust; install it from https://rustup.rs")


def library_dir():
    """The folder with libzst.a and libzst.so, which cargo makes if they are not there or not up to date."""
    cargo("build", "--release", "--locked", "--lib")
    metadata = cargo("metadata", "--format-version=1", "--no-deps", "--locked", stdout=subprocess.PIPE)
    return os.path.join(json.loads(metadata.stdout)["target_directory"], "release")
