"""The library and another libzstd, or another library written in Rust, in one process."""

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
CARGO_TARGET = Path(os.environ.get("CARGO_TARGET_DIR") or ROOT / "target")

MAIN = """
void use_zst(void);
int main(void) {{ {before} use_zst(); {after} return 0; }}
"""
# What a program says that uses a libzstd of its own, of another version.
OTHER_LIBZSTD = """
#include <stdlib.h>
#include <string.h>
#include <zstd.h>
static void use_libzstd(void) {
    static char text[100000], frame[100000], content[100000];
    size_t len;
    if (ZSTD_versionNumber() == 10507) abort();
    memset(text, 'a', sizeof text);
    len = ZSTD_compress(frame, sizeof frame, text, sizeof text, 3);
    if (ZSTD_isError(len) || ZSTD_decompress(content, sizeof content, frame, len) != sizeof text) abort();
    if (memcmp(content, text, sizeof text) != 0) abort();
}
"""


@pytest.fixture
def compile_user(stage, tool, run, build):
    """compile_user([argument, ...], before, after) is a program that calls use_zst() of user.c between what C code there
    is given."""

    def start(arguments, before="", after="", top=""):
        main = build / "main.c"
        main.write_text(top + MAIN.format(before=before, after=after))
        program = build / "program"
        options = ["-std=gnu99", "-Wall", "-Werror", "-pthread", f"-I{stage / 'include'}"]
        run([tool("gcc"), *options, main, HERE / "user.c", *arguments, "-lm", "-ldl", "-o", program])
        return program

    return start


def shared(stage):
    return [f"-L{stage / 'lib'}", f"-Wl,-rpath,{stage / 'lib'}", "-lzst"]


def static(stage):
    return [stage / "lib" / "libzst.a"]


def names_of_libzstd(tool):
    """Every global name in the libzstd that is in our library, and those that it would use if somebody had them."""
    said = subprocess.run([tool("nm"), "-g", CARGO_TARGET / "release" / "libzst.a"], capture_output=True, text=True).stdout
    names = set(re.findall(r" [TDBRVWw] ((?:ZSTD|ZDICT|FSE|HUF|HIST|COVER|FASTCOVER|POOL|ERR|XXH|ZBUFF)\w*)$", said, re.MULTILINE))
    assert len(names) > 200 and {"ZSTD_versionNumber", "ZSTD_trace_compress_begin", "ZDICT_trainFromBuffer"} <= names
    return sorted(names)


@pytest.fixture
def hostile(tool, build):
    """A libzstd that aborts, whatever it is asked."""
    source = build / "hostile.c"
    functions = (f'void {name}(void) {{ puts("{name}"); fflush(stdout); abort(); }}\n' for name in names_of_libzstd(tool))
    source.write_text("#include <stdio.h>\n#include <stdlib.h>\n" + "".join(functions))
    return source


@pytest.mark.parametrize("library", [shared, static])
def test_a_hostile_libzstd_in_the_program(library, hostile, compile_user, stage, run):
    run([compile_user([hostile, "-rdynamic", *library(stage)])])


@pytest.mark.parametrize("library", [shared, static])
def test_a_hostile_libzstd_is_preloaded(library, hostile, compile_user, stage, tool, run, build):
    run([tool("gcc"), "-shared", "-fPIC", hostile, "-Wl,-soname,libzstd.so.1", "-o", build / "libzstd.so.1"])
    program = compile_user(library(stage))
    run([program], env=os.environ | {"LD_PRELOAD": str(build / "libzstd.so.1")})


@pytest.fixture
def other_libzstd(tool, run):
    """The path of a file of the system's libzstd."""

    def find(name):
        path = Path(run([tool("gcc"), f"-print-file-name={name}"]).strip())
        if not path.is_absolute():
            tool(name)  # skips or fails
        return path

    return find


@pytest.mark.parametrize("library", [shared, static])
@pytest.mark.parametrize("name", ["libzstd.a", "libzstd.so"])
@pytest.mark.parametrize("order", ["before", "after"])
def test_beside_the_libzstd_of_the_system(order, name, library, other_libzstd, compile_user, stage, run):
    libraries = [other_libzstd(name), *library(stage)]
    use = "use_libzstd();"
    run([compile_user(libraries if order == "before" else libraries[::-1], use, use, OTHER_LIBZSTD)])


def test_the_libzstd_of_the_system_is_preloaded(other_libzstd, compile_user, stage, run):
    run([compile_user(shared(stage))], env=os.environ | {"LD_PRELOAD": str(other_libzstd("libzstd.so"))})


@pytest.mark.parametrize("library", [shared, static])
@pytest.mark.parametrize("order", ["before", "after"])
def test_beside_another_rust_library(order, library, compile_user, stage, tool, run, build):
    other = build / "libother.a"
    run([tool("rustc"), "--crate-type=staticlib", "--edition=2024", "-O", HERE / "other.rs", "-o", other])
    libraries = [other, *library(stage)]
    use = "if (other_catches_panics(3) != 3) return 1;"
    program = compile_user(libraries if order == "before" else libraries[::-1], use, use, "int other_catches_panics(int);")
    run([program])
