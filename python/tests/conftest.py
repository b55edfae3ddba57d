"""Fixtures: default objects."""

import os
import tempfile

import pytest

# Not into the folder that tests are run from.
os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", os.path.join(tempfile.gettempdir(), "hypothesis"))

import zstandard as z


@pytest.fixture
def cctx():
    return z.ZstdCompressor()


@pytest.fixture
def dctx():
    return z.ZstdDecompressor()
