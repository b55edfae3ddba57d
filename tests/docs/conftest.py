"""libzstd's own headers, from the crate that it comes with."""

import json
from pathlib import Path

import pytest

from guide import ROOT


@pytest.fixture(scope="session")
def zstd_headers(tool, run):
    metadata = json.loads(run([tool("cargo"), "metadata", "--locked", "--format-version", "1"], cwd=ROOT))
    (manifest,) = (package["manifest_path"] for package in metadata["packages"] if package["name"] == "zstd-sys")
    return Path(manifest).parent / "zstd" / "lib"
