"""Compiles each C program here as strictly as its users may, and runs it: plainly, and under valgrind."""

import os
import shlex
from pathlib import Path

import pytest

HERE = Path(__file__).parent
STRICT = ["-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-O1", "-g", "-pthread"]
VALGRIND = [
    "--quiet",
    "--error-exitcode=99",
    "--leak-check=full",
    "--errors-for-leak-kinds=definite,indirect,possible",
    "--track-origins=no",
]
STATIC = HERE / "test_static.c"
UNLOAD = HERE / "test_unload.c"
SHARED = sorted(set(HERE.glob("test_*.c")) - {STATIC, UNLOAD})


@pytest.fixture
def pkg_config(stage, tool, run):
    program = tool("pkg-config")
    environment = os.environ | {"PKG_CONFIG_PATH": str(stage / "lib" / "pkgconfig")}

    def ask(*options):
        return shlex.split(run([program, *options, "zst"], env=environment))

    return ask


def compile_shared(source, stage, tool, run, build):
    program = build / source.stem
    lib = stage / "lib"
    paths = [f"-I{stage / 'include'}", f"-L{lib}", f"-Wl,-rpath,{lib}"]
    run([tool("gcc"), *STRICT, source, *paths, "-lzst", "-o", program])
    return program


def compile_static(tool, run, build, pkg_config):
    program = build / STATIC.stem
    libraries = ["-l:libzst.a" if part == "-lzst" else part for part in pkg_config("--cflags", "--libs", "--static")]
    run([tool("gcc"), *STRICT, STATIC, *libraries, "-o", program])
    return program


@pytest.mark.parametrize("source", SHARED, ids=lambda source: source.stem)
def test_under_valgrind(source, stage, tool, run, build):
    valgrind = tool("valgrind")
    run([valgrind, *VALGRIND, compile_shared(source, stage, tool, run, build)])


@pytest.mark.parametrize("source", SHARED, ids=lambda source: source.stem)
def test_plainly(source, stage, tool, run, build):
    print(run([compile_shared(source, stage, tool, run, build)]))


def test_static(tool, run, build, pkg_config):
    program = compile_static(tool, run, build, pkg_config)
    assert "libzst" not in run([tool("readelf"), "--dynamic", program])
    run([program])


def test_static_under_valgrind(tool, run, build, pkg_config):
    valgrind = tool("valgrind")
    run([valgrind, *VALGRIND, compile_static(tool, run, build, pkg_config)])


@pytest.mark.parametrize("under", [[], ["valgrind", *VALGRIND]], ids=["plainly", "under_valgrind"])
def test_unload_after_batches(under, stage, tool, run, build):
    """Not linked with the library, so that dlclose() unloads it."""
    program = build / UNLOAD.stem
    run([tool("gcc"), *STRICT, UNLOAD, f"-I{stage / 'include'}", "-ldl", "-o", program])
    run([*map(tool, under[:1]), *under[1:], program, stage / "lib" / "libzst.so"])


def test_pkg_config(stage, tool, run, build, pkg_config):
    program = build / "test_bytes"
    run([tool("gcc"), *STRICT, HERE / "test_bytes.c", *pkg_config("--cflags", "--libs"), "-o", program])
    run([program], env=os.environ | {"LD_LIBRARY_PATH": str(stage / "lib")})


def test_every_program_is_finished_with_its_contexts():
    """Idle contexts are reachable, not leaked, so valgrind alone would not tell."""
    for source in [*SHARED, STATIC]:
        assert "zst_free_idle_contexts();" in source.read_text().partition("int main(void)")[2], source.name
