"""One program in many languages, each of which prints what expected.txt says; and the programs of docs/hosts.md."""

import fcntl
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
PROGRAMS = {
    "ctypes": "python_ctypes.py",
    "cffi": "python_cffi.py",
    "LuaJIT": "luajit.lua",
    "PHP": "php.php",
    "Perl": "perl.pl",
    "Ruby": "ruby.rb",
    "Node": "node.js",
    "Java": "Zst.java",
    "Go": "go.go",
}
# Told to take each object's memory from malloc(), these can be watched by valgrind: what is lent must not be freed.
WATCHED = ["ctypes", "cffi", "PHP", "Perl"]
EACH_FROM_MALLOC = {"PYTHONMALLOC": "malloc", "USE_ZEND_ALLOC": "0"}
VALGRIND = ["--quiet", "--undef-value-errors=no", "--error-exitcode=99"]
# The page has a section for each, which begins with a program.
PAGE = (ROOT / "docs" / "hosts.md").read_text()
SECTIONS = dict(re.findall(r"^## (\w+)\n\n```\w+\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL))

EXPECTED_OF_PAGE = """\
67 bytes became 27 and 67
decompression error: did not decompress full frame: the input ends inside it, after 20 bytes
"""

# Below target/, where npm puts it once.
KOFFI = "koffi@3.3.4"
NODE = ROOT / "target" / "hosts" / KOFFI
JNA = Path("/usr/share/java/jna.jar")


def succeeds(*command):
    return subprocess.run(command, capture_output=True, timeout=60).returncode == 0


@pytest.fixture
def host(stage, tool, needed, run, build, tmp_path):
    """host("Perl", file) is what the program in the file prints. Its argument is the path of zst_cdef.h."""
    environment = os.environ | {
        "LD_LIBRARY_PATH": str(stage / "lib"),
        "PKG_CONFIG_PATH": str(stage / "lib" / "pkgconfig"),
        "NODE_PATH": str(NODE / "node_modules"),
        "GOCACHE": str(ROOT / "target" / "hosts" / "go"),
    }

    def python(source):
        return [sys.executable, "-W", "error", source]

    def luajit(source):
        return [tool("luajit"), source]

    def php(source):
        return [tool("php"), "-d", "ffi.enable=1", source]

    def perl(source):
        needed("FFI::Platypus", succeeds(tool("perl"), "-MFFI::Platypus=2.00", "-e", "1"))
        return ["perl", source]

    def ruby(source):
        needed("Ruby's ffi", succeeds(tool("ruby"), "-rffi", "-e", "1"))
        return ["ruby", "-w", source]

    def node(source):
        npm = tool("npm")
        NODE.mkdir(parents=True, exist_ok=True)
        with open(NODE / "lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (NODE / "ready").exists():
                run([npm, "install", "--no-audit", "--no-fund", "--prefix", NODE, KOFFI])
                (NODE / "ready").touch()
        return [tool("node"), "--gc-interval=200", source]

    def java(source):
        needed("JNA", JNA.exists())
        return [tool("java"), "-cp", JNA, source]

    def go(source):
        program = build / "program"
        minor = int(re.match(r"go1\.(\d+)", run([tool("go"), "env", "GOVERSION"]))[1])
        # It takes what pkg-config says apart at every blank.
        without_blanks = tmp_path / "stage"
        without_blanks.symlink_to(stage)
        environment["PKG_CONFIG_PATH"] = str(without_blanks / "lib" / "pkgconfig")
        # Looks at every pointer that is stored in memory of C.
        environment.update({"GODEBUG": "cgocheck=2"} if minor < 21 else {"GOEXPERIMENT": "cgocheck2"})
        run(["go", "vet", source], env=environment)
        run(["go", "build", "-o", program, source], env=environment)
        # Collects garbage all the time.
        environment["GOGC"] = "1"
        return [program]

    commands = {
        "ctypes": python,
        "cffi": python,
        "LuaJIT": luajit,
        "PHP": php,
        "Perl": perl,
        "Ruby": ruby,
        "Node": node,
        "Java": java,
        "Go": go,
    }

    def start(name, source, under=(), variables={}):
        command = [*under, *commands[name](source), stage / "include" / "zst_cdef.h"]
        # Warnings count.
        return run(["sh", "-c", 'exec "$@" 2>&1', "sh", *command], env=environment | variables)

    return start


@pytest.mark.parametrize("name", PROGRAMS)
def test_program(name, host):
    assert host(name, HERE / PROGRAMS[name]) == (HERE / "expected.txt").read_text()


@pytest.mark.parametrize("name", WATCHED)
def test_program_under_valgrind(name, host, tool):
    under = [tool("valgrind"), *VALGRIND]
    assert host(name, HERE / PROGRAMS[name], under, EACH_FROM_MALLOC) == (HERE / "expected.txt").read_text()


@pytest.mark.parametrize("name", PROGRAMS)
def test_program_of_the_page(name, host, stage, build):
    program = SECTIONS[name]
    assert len([line for line in program.splitlines() if line]) < 40
    source = build / PROGRAMS[name]
    source.write_text(program.replace("/usr/local", str(stage)))
    assert host(name, source) == EXPECTED_OF_PAGE


def test_the_page_has_a_section_for_each():
    assert list(SECTIONS) == list(PROGRAMS)
