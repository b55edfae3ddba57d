"""Every function while memory fails: each request for memory that it makes is refused, one after the other."""

import platform
import re
import subprocess
from pathlib import Path

import pytest

from test_c import STRICT

HERE = Path(__file__).parent / "failing_memory"


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="it takes the place of glibc's malloc()")
def test_failing_memory(stage, tool, run, build):
    program = build / "failing_memory"
    paths = [f"-I{stage / 'include'}", f"-L{stage / 'lib'}", f"-Wl,-rpath,{stage / 'lib'}"]
    run([tool("gcc"), *STRICT, *sorted(HERE.glob("*.c")), *paths, "-lzst", "-ldl", "-o", program])
    done = subprocess.run([program], capture_output=True, text=True, timeout=900)
    print(done.stdout)
    assert done.returncode == 0, done.stderr

    # It has refused something at all, in Rust and in libzstd, with and without threads.
    scenarios, failures = map(int, re.search(r"^(\d+) scenarios, (\d+) failures", done.stdout, re.M).groups())
    assert scenarios > 70 and failures > 2000, f"{scenarios} scenarios, {failures} failures"

    # Each function was called while memory failed, and if it is said to ask for none, was seen not to.
    declared = set(re.findall(r"\b(zst_\w+)\(", (stage / "include" / "zst_cdef.h").read_text()))
    called = set(re.findall(r"^called (\w+)$", done.stdout, re.M))
    assert declared - called == set(), "in no scenario of tests/c/failing_memory"
