"""What the tests of zst.hpp share: compilers, and how a program is built."""

import pytest


@pytest.fixture(params=["g++", "clang++"])
def compiler(request, tool):
    return tool(request.param, optional=request.param == "clang++")


@pytest.fixture
def link(stage):
    lib = stage / "lib"
    return [f"-I{stage / 'include'}", f"-L{lib}", f"-Wl,-rpath,{lib}", "-lzst"]
