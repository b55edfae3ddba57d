"""The type stubs: what type checkers accept and refuse with them, and whether they say what the package has."""

import glob
import os
import re
import subprocess

import pytest

pytestmark = pytest.mark.slow
HERE = os.path.dirname(os.path.abspath(__file__))

# What stubtest need not agree with, and why.
ALLOWED = r"""
zstandard\._.*                                      # private, and not in the stubs
zstandard\.__main__
zstandard\.BufferSegment\.(__getitem__|__iter__)    # there to raise TypeError
zstandard\.Buffer\w+\.__buffer__                    # in C it has no name before Python 3.12
zstandard\.BufferWithSegments\.__init__             # __new__ takes the arguments
zstandard\.BufferSegments\.__call__                 # in C it has no parameter list
zstandard\.ZstdCompressionReader\.seek              # absent; BinaryIO has it
zstandard\.ZstdDecompressionWriter\.tell            # raises
zstandard\.\w+\.__signature__                       # for help()
"""


@pytest.fixture(scope="module")
def python(environment):
    return environment("types", "mypy==2.4.1")


def test_a_program_that_uses_everything(python, run):
    run([python, "-m", "mypy", "--strict", "--cache-dir", os.devnull, "typed.py"], cwd=HERE)


def test_mistakes_are_found(python):
    command = [python, "-m", "mypy", "--strict", "--cache-dir", os.devnull, "not_typed.py"]
    done = subprocess.run(command, cwd=HERE, capture_output=True, text=True)
    found = {int(number) for number in re.findall(r"^not_typed\.py:(\d+): error", done.stdout, re.MULTILINE)}
    with open(os.path.join(HERE, "not_typed.py"), encoding="utf-8") as file:
        wrong = {number for number, line in enumerate(file, 1) if line.endswith("# wrong\n")}
    assert found == wrong, done.stdout


def test_stubs_say_what_there_is(python, run, tmp_path):
    (package,) = run([python, "-c", "import zstandard; print(*zstandard.__path__)"]).splitlines()
    private = ["zstandard." + os.path.basename(path).split(".")[0] for path in glob.glob(os.path.join(package, "_[a-z]*"))]
    config, allowed = tmp_path / "mypy.ini", tmp_path / "allowed"
    modules = ",".join(sorted(private) + ["cffi", "__pypy__"])
    config.write_text("[mypy]\nstrict = True\n[mypy-%s]\nignore_errors = True\nignore_missing_imports = True\n" % modules)
    allowed.write_text(ALLOWED)
    options = ["--mypy-config-file", config, "--allowlist", allowed, "--ignore-unused-allowlist", "--concise"]
    run([python, "-m", "mypy.stubtest", "zstandard", *map(str, options)], cwd=tmp_path)
