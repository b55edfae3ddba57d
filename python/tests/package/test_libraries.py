"""Libraries of others that import `zstandard` work with this package in its place."""

import os
import subprocess

import pytest

import run_tests

pytestmark = pytest.mark.slow
HERE = os.path.dirname(os.path.abspath(__file__))


@pytest.fixture(scope="module")
def python(environment):
    requirements = [
        "urllib3==2.5.0",
        "httpx==0.28.1",
        "fsspec==2025.9.0",
        "conda-package-streaming==0.12.0",
        "kafka-python==2.2.15",
        "pandas==2.2.3",
        "smart_open==7.1.0",
    ]
    python = environment("libraries", *requirements)
    # Some want the distribution `zstandard`, whose files are where ours belong.
    pip = [python, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "uninstall", "--yes", "zstandard"], check=True, capture_output=True)
    subprocess.run([*pip, "install", "--force-reinstall", "--no-deps", run_tests.wheel("abi3")], check=True)
    return python


@pytest.mark.parametrize(
    "library", ["urllib3", "httpx", "pandas", "conda_package_streaming", "fsspec", "kafka", "smart_open"]
)
def test_library(python, run, library, tmp_path):
    run([python, os.path.join(HERE, "libraries.py"), library, str(tmp_path)])
