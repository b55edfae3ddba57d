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
    ("back decompress extra", r"\d+:\w+", "ZstdError", "extra data is always found; the reference's check has a hole"),
    ("back decompress( limit| extra)?", r"0:\w+", "ZstdError", "a cut frame with a recorded size of 0 is cut"),
    ("back stream_writer", r"\[.*\]", r"\[.*\]", "everything that is decodable from cut input is delivered"),
]


def split(line):
    """The seed with the name of a call, and its result."""
    seed, rest = line.split(" ", 1)
    name = re.match(r"(back )?[a-z_]+( limit| extra| buffer)?(?= )", rest)[0]
    return seed, name, rest[len(name) + 1 :]


def deliberate(ours, theirs):
    (seed, name, our_result), (their_seed, their_name, their_result) = split(ours), split(theirs)
    return (seed, name) == (their_seed, their_name) and any(
        re.fullmatch(call, name) and re.fullmatch(before, their_result) and re.fullmatch(now, our_result)
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
    assert len(ours) == len(theirs) > 500
    different = [pair for pair in zip(ours, theirs) if pair[0] != pair[1] and not deliberate(*pair)]
    assert not different
