#!/usr/bin/env python3
"""wheels_all.py [TARGET ...]: wheels of the Python package for the systems that dist_all.py builds for, in
target/wheels-all: the pure one for each of them, and the compiled one for Linux with glibc, whose Python.h is here.
In the stable ABI it is the same on x86_64 and aarch64."""

import shutil
import sys

from dist_all import BUILD, CROSS, ROOT, TARGETS, build, check, compiler, get_tools, link, run

COMPILED = ["x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu"]
# What a build uses; the same as in tests/requirements.txt.
TOOLS = [line for line in (ROOT / "tests" / "requirements.txt").read_text().split() if not line.startswith("pytest")]


def wheel(kind, name, target, libraries):
    environment = {"ZST_WHEEL": kind, "ZST_WHEEL_PLATFORM": target.platform, "ZST_WHEEL_TARGET": name}
    environment["ZST_LIBRARY_DIR"] = str(libraries)
    if kind == "compiled":
        cc = str(compiler(name, target))
        environment |= {"CC": cc, "LDSHARED": f"{cc} -shared -lunwind"}
    directory = BUILD / "wheels-all" / "new"
    shutil.rmtree(directory, ignore_errors=True)
    quiet = ["--quiet", "--disable-pip-version-check", "--no-deps", "--no-build-isolation"]
    run(CROSS / "bin" / "pip", "wheel", *quiet, "--wheel-dir", directory, ROOT / "python", env=environment)
    (made,) = directory.iterdir()
    print(made.replace(directory.parent / made.name), flush=True)
    directory.rmdir()


def main():
    names = sys.argv[1:] or list(TARGETS)
    get_tools(names)
    run(CROSS / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check", *TOOLS)
    for name in names:
        target = TARGETS[name]
        libraries = link(name, target, build(name, target))
        check(name, target, libraries)
        wheel("pure", name, target, libraries)
        if name in COMPILED:
            wheel("compiled", name, target, libraries)


if __name__ == "__main__":
    main()
