"""Where the C library's sources and results are, from a checkout and from a source distribution."""

import json
import os
import re
import subprocess
import sys
import sysconfig

HERE = os.path.dirname(os.path.abspath(__file__))
# A source distribution brings the C library along.
_brought = os.path.join(HERE, "zst")
ROOT = os.environ.get("ZST_ROOT") or (_brought if os.path.isdir(_brought) else os.path.dirname(HERE))
INCLUDE = os.path.join(ROOT, "include")
SOURCES = ["Cargo.toml", "Cargo.lock", "build.rs", ".cargo", "LICENSE", "src", "include", "packaging/licences.py"]

# The stable ABI has buffers from 3.11 on; a module that was made there works with 3.10 as well. It needs the GIL.
STABLE_ABI = sys.version_info >= (3, 11) and not sysconfig.get_config_var("Py_GIL_DISABLED")


def version():
    with open(os.path.join(ROOT, "Cargo.toml"), encoding="utf-8") as file:
        return re.search('^version = "(.*)"$', file.read(), re.MULTILINE).group(1)


def cargo(*arguments, **options):
    try:
        return subprocess.run(["cargo", *arguments], cwd=ROOT, check=True, **options)
    except FileNotFoundError:
        sys.exit("cargo was not found: the C library zst is written in Rust; install it from https://rustup.rs")


def library_dir():
    """The folder with libzst.a and the shared library: ZST_LIBRARY_DIR, or cargo's, which makes them if they are not there or
    not up to date."""
    if os.environ.get("ZST_LIBRARY_DIR"):
        return os.environ["ZST_LIBRARY_DIR"]
    cargo("build", "--release", "--locked", "--lib")
    metadata = cargo("metadata", "--format-version=1", "--no-deps", "--locked", stdout=subprocess.PIPE)
    return os.path.join(json.loads(metadata.stdout)["target_directory"], "release")


def shared_library():
    """The shared library, which every system calls differently."""
    directory = library_dir()
    paths = [os.path.join(directory, name) for name in ("libzst.so", "libzst.dylib", "zst.dll")]
    return next(path for path in paths if os.path.exists(path))
