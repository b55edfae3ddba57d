"""What the tests share: where things are, and tools that may not be there."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def stage():
    """An installation of the library, made by `make stage`."""
    prefix = ROOT / "target" / "stage"
    assert (prefix / "lib" / "libzst.so.1").exists(), "run `make stage` first"
    return prefix


@pytest.fixture(scope="session")
def needed():
    """needed("JNA", found): without it the test is skipped, or fails where CI is set, because there everything is to be
    present, but for what is optional."""

    def check(name, found, optional=False):
        if not found:
            reason = f"{name} was not found"
            if os.environ.get("CI") and not optional:
                pytest.fail(reason)
            pytest.skip(reason)

    return check


@pytest.fixture(scope="session")
def tool(needed):
    """tool("gcc") is the path of a program, which is `needed`."""

    def find(name, optional=False):
        path = shutil.which(name)
        needed(name, path, optional)
        return path

    return find


@pytest.fixture(scope="session")
def run():
    """run([program, argument, ...]) is what the program prints; the test fails unless it ends with 0."""

    def start(command, **options):
        command = [str(part) for part in command]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, **options)
        assert done.returncode == 0, f"{done.returncode}: {' '.join(command)}\n{done.stdout}{done.stderr}"
        return done.stdout

    return start


@pytest.fixture
def build(request):
    """A directory below target/ for what this test builds."""
    name = "".join(c if c.isalnum() else "-" for c in request.node.name)
    directory = ROOT / "target" / "tests" / request.path.stem / name
    directory.mkdir(parents=True, exist_ok=True)
    return directory
