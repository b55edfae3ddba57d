"""The programs in examples-cpp/ and the one in the README, as a user runs them."""

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STRICT = ["-std=c++17", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Werror", "-O1", "-g"]
VALGRIND = ["-q", "--error-exitcode=99", "--leak-check=full", "--errors-for-leak-kinds=definite,indirect,possible"]
TEXT = b"".join(b"%d: %x\n" % (number, number * number * 2654435761 % 2**32) for number in range(100_000))


@pytest.fixture
def program(tool, run, build, link):
    """program(name, argument, ..., stdin=b"", code=0) runs an example, which must end with `code`; under=VALGRIND."""

    def start(name, *arguments, stdin=b"", code=0, under=(), **options):
        binary = build / name
        if not binary.exists():
            run([tool("g++"), *STRICT, ROOT / "examples-cpp" / f"{name}.cpp", *link, "-o", binary])
        command = [*under, binary, *arguments]
        options.setdefault("stdout", subprocess.PIPE)
        result = subprocess.run(command, input=stdin, stderr=subprocess.PIPE, timeout=120, **options)
        assert result.returncode == code, result.stderr
        return result

    yield start
    for binary in build.iterdir():
        binary.unlink()


def test_zpipe_there_and_back(program, tool):
    for content in [b"", b"a", TEXT]:
        packed = program("zpipe", stdin=content).stdout
        assert program("zpipe", "-d", stdin=packed).stdout == content
        assert program("zpipe", "-d", stdin=packed + packed).stdout == content + content
    zstd = tool("zstd")
    assert subprocess.run([zstd, "-dc"], input=packed, capture_output=True, check=True).stdout == TEXT


def test_zpipe_and_input_that_is_cut_or_damaged(program):
    packed = program("zpipe", stdin=TEXT).stdout
    cut = program("zpipe", "-d", stdin=packed[: len(packed) // 2], code=1)
    assert cut.stderr == b"zpipe: the input has no end: it was cut\n"
    assert len(cut.stdout) > 100_000 and TEXT.startswith(cut.stdout)
    damaged = program("zpipe", "-d", stdin=packed[:-1000] + bytes(1000), code=1)
    assert damaged.stderr.startswith(b"zpipe: ") and damaged.stderr.count(b"\n") == 1
    assert len(damaged.stdout) > 100_000 and TEXT.startswith(damaged.stdout)
    assert program("zpipe", "-d", stdin=TEXT, code=1).stdout == b""


@pytest.mark.parametrize("arguments", [[], ["-d"]])
def test_zpipe_and_streams_that_fail(arguments, program):
    packed = program("zpipe", stdin=TEXT).stdout
    with open("/dev/full", "wb") as full:
        result = program("zpipe", *arguments, stdin=packed if arguments else TEXT, stdout=full, code=1)
    assert result.stderr.startswith(b"zpipe: ") and b"writ" in result.stderr
    result = program("zpipe", *arguments, stdin=None, code=1, preexec_fn=lambda: os.close(0))
    assert result.stderr.startswith(b"zpipe: ")


def test_usage(program):
    assert b"usage: zpipe" in program("zpipe", "-x", code=2).stderr
    assert b"usage: records" in program("records", code=2).stderr


@pytest.fixture
def lines(tmp_path):
    path = tmp_path / "lines"
    path.write_bytes(b"".join(b'{"id": %d, "name": "user %d", "on": true}\n' % (n, n * 7919 % 10007) for n in range(3000)))
    return path


def test_records(lines, program):
    output = program("records", lines).stdout.decode()
    sizes = [int(number) for number in re.findall(r"(\d+) bytes", output)]
    assert sizes[0] == lines.stat().st_size < sizes[1] and sizes[2] < sizes[0] * 0.7
    assert output.startswith("3000 lines, ")
    assert output.endswith(f"line 1501: {lines.read_text().splitlines()[1500]}\n")


def test_records_that_fail(tmp_path, program):
    assert b"nowhere: it cannot be read" in program("records", "nowhere", code=1, cwd=tmp_path).stderr
    (tmp_path / "few").write_bytes(b"one\ntwo\n")
    assert b"records: few: " in program("records", "few", code=1, cwd=tmp_path).stderr


def test_memory(lines, program, tool):
    valgrind = [tool("valgrind"), *VALGRIND]
    packed = program("zpipe", stdin=TEXT, under=valgrind).stdout
    assert program("zpipe", "-d", stdin=packed, under=valgrind).stdout == TEXT
    program("zpipe", "-d", stdin=TEXT, code=1, under=valgrind)
    program("records", lines, under=valgrind)


def test_the_program_in_the_readme(tool, run, build, link, tmp_path):
    (source,) = re.findall(r"```cpp\n(.*?)```", (ROOT / "README.md").read_text(), flags=re.DOTALL)
    (build / "readme.cpp").write_text(source)
    run([tool("g++"), *STRICT, build / "readme.cpp", *link, "-o", build / "readme"])
    (tmp_path / "app.log").write_text("one\ntwo\n")
    assert run([build / "readme"], cwd=tmp_path) == "one\ntwo\n"
