"""Fixtures for tests of the package as a whole: environments of their own, below target/python."""

import os
import subprocess
import sys

import pytest

PYTHON_DIR = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, PYTHON_DIR)
import run_tests  # noqa: E402

# It is the installed package that is tested.
os.environ.pop("PYTHONPATH", None)


@pytest.fixture(scope="session")
def root():
    """The folder of the repository."""
    return run_tests.ROOT


@pytest.fixture(scope="session")
def environment():
    """environment(name, requirement, ...): the interpreter of a virtual environment with these and the compiled wheel."""

    def make(name, *requirements):
        return run_tests.environment(sys.executable, name, list(requirements), run_tests.wheel("abi3"))

    return make


@pytest.fixture(scope="session")
def run():
    """run([program, argument, ...]): what it prints; it must end with 0."""

    def start(command, timeout=600, **options):
        done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, **options)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return start
