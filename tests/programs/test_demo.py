"""demo.py, and the commands around it."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from examples import PROGRAMS, ROOT

DEMO = ROOT / "examples-c" / "demo.py"


@pytest.fixture
def demo():
    spec = importlib.util.spec_from_file_location("demo", DEMO)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_demo(demo, monkeypatch, capsys):
    monkeypatch.setattr(demo, "RUNS", [(1, 0)])
    demo.main()
    output = capsys.readouterr().out
    assert "equals the original, byte for byte" in output
    assert re.search(r"^  gain +\d+ bytes", output, re.M)
    assert "1 frame, 0 skippable" in output
    assert "All of it was verified" in output
    assert not (ROOT / "target" / "demo").exists()


@pytest.fixture
def copy_of_demo(directory):
    """demo.py in a tree of its own, with programs that can be replaced."""
    (directory / "examples-c").mkdir()
    shutil.copy(DEMO, "examples-c/demo.py")
    shutil.copytree(PROGRAMS, "target/examples-c")
    return directory


def demo_fails():
    result = subprocess.run([sys.executable, "examples-c/demo.py"], capture_output=True, text=True, timeout=120)
    assert result.returncode == 1
    assert re.fullmatch(r"demo: [^\n]+\n", result.stderr), result.stderr
    assert not os.path.exists("target/demo")
    return result.stderr


def test_demo_without_programs(copy_of_demo):
    os.remove("target/examples-c/file_oneshot")
    assert "target/examples-c/file_oneshot is not there" in demo_fails()


WRONG_OUTPUT = """
while [ "$1" != -o ]; do shift; done
echo something else > "$2"
echo "x: 5 -> 5 bytes, ratio 1.00, 1.0 MB/s"
"""


@pytest.mark.parametrize(
    "script, sentence",
    [
        ("echo 'file_oneshot: no luck' >&2; exit 1", "file_oneshot failed: file_oneshot: no luck"),
        ("exit 3", "exit code 3, without a word"),
        ("echo something else", "does not understand: something else"),
        (WRONG_OUTPUT, "restored differs from the original"),
    ],
)
def test_demo_with_a_broken_program(copy_of_demo, script, sentence):
    Path("target/examples-c/file_oneshot").write_text("#!/bin/sh\n" + script + "\n")
    assert sentence in demo_fails()


@pytest.mark.parametrize(
    "target, variable", [("demo", "PYTHON"), ("demo", "CARGO"), ("demo", "CC"), ("examples", "CC"), ("test", "CARGO")]
)
def test_make_says_which_tool_is_missing(target, variable, tool):
    make = tool("make")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    words = [make, target, f"{variable}=no-such-tool"]
    result = subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
    assert result.returncode == 2
    assert result.stderr.splitlines()[0].startswith("no-such-tool was not found: ")
