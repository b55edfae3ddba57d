"""Fixtures: default objects."""

import pytest

import zstandard as z


@pytest.fixture
def cctx():
    return z.ZstdCompressor()


@pytest.fixture
def dctx():
    return z.ZstdDecompressor()
