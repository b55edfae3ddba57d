"""Random calls give the same results as the reference package.

ZST_REFERENCE_PYTHON names an interpreter in which the reference, python-zstandard 0.25.0, is installed.
"""

import os
import re
import subprocess
import sys

import pytest

SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "differential.py")
REFERENCE = os.environ.get("ZST_REFERENCE_PYTHON")

# Deliberate differences: the call, the reference's result, ours, the reason. "back" is decompression.
DIFFERENCES = [
    (
        "back decompress extra",
        r"\d+:\w+",
        r"ZstdError compressed input contains \d+ bytes of unused data, which is disallowed",
        "extra data is always found; the reference's check has a hole",
    ),
    ("back decompress( limit| extra)?", r"0:\w+", "ZstdError .*", "a cut frame with a recorded size of 0 is cut"),
    ("back stream_writer", r"\[.*\]", r"\[.*\]", "everything that is decodable from cut input is delivered"),
    (
        "bad chain",
        "ZstdError could not decompress chunk .*",
        r"ZstdError chunk \d+ did not decompress full frame.*",
        "cut input is told from damaged input",
    ),
    (".*", "ZstdError .*", "ZstdError .*", "the text says more than the reference's, and begins with it"),
]


def split(line):
    """The seed with the name of a call, and its result."""
    name, result = line.split("\t")
    return *name.split(" ", 1), result


def deliberate(ours, theirs):
    (seed, name, our_result), (their_seed, their_name, their_result) = split(ours), split(theirs)
    return (seed, name) == (their_seed, their_name) and any(
        re.fullmatch(call, name)
        and re.fullmatch(before, their_result)
        and re.fullmatch(now, our_result)
        and (call != ".*" or our_result.startswith(their_result))
        for call, before, now, _ in DIFFERENCES
    )


def lines(python, first, count, env=None):
    command = [python, SCRIPT, str(first), str(count)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, env=env)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_same_results_as_the_reference():
    if not REFERENCE:
        if os.environ.get("CI"):
            pytest.fail("ZST_REFERENCE_PYTHON is not set")
        pytest.skip("ZST_REFERENCE_PYTHON does not name an interpreter with the reference")
    ours = lines(sys.executable, 0, 60)
    # The reference must not find this package instead of its own.
    theirs = lines(REFERENCE, 0, 60, {name: value for name, value in os.environ.items() if name != "PYTHONPATH"})
    assert len(ours) == len(theirs) > 2000
    different = [pair for pair in zip(ours, theirs) if pair[0] != pair[1] and not deliberate(*pair)]
    assert not different
