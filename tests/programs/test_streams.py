"""The example programs that stream, as a user runs them."""

import subprocess
import time
from pathlib import Path

import pytest

PROGRAMS = Path(__file__).resolve().parents[2] / "target" / "examples-c"
TEXT = b"".join(b"%d: %x\n" % (number, number * number * 2654435761 % 2**32) for number in range(200_000))


@pytest.fixture(autouse=True)
def directory(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "text").write_bytes(TEXT)
    return tmp_path


def run(name, *arguments, code=0, stdin=b""):
    command = [PROGRAMS / name, *map(str, arguments)]
    result = subprocess.run(command, input=stdin, capture_output=True, timeout=120)
    assert result.returncode == code, result.stderr
    return result


def parts(directory):
    return [part.read_bytes() for part in sorted(directory.glob("*.part-*"))]


@pytest.mark.parametrize("size", [1000, 100_000, 2**20, 2**30])
def test_parts_of_one_size_that_zstd_restores(directory, size, tool):
    zstd = tool("zstd")
    run("chunked_upload", "text", size)
    pieces = parts(directory)
    assert all(len(piece) == size for piece in pieces[:-1]) and 0 < len(pieces[-1]) <= size
    restored = subprocess.run([zstd, "-d"], input=b"".join(pieces), capture_output=True, check=True)
    assert restored.stdout == TEXT


def test_an_empty_file_is_one_part(directory):
    Path("empty").touch()
    run("chunked_upload", "empty", 100)
    assert parts(directory) == [bytes.fromhex("28b52ffd2000010000")]


@pytest.mark.parametrize("arguments", [[], ["text"], ["text", 0], ["text", "1k"], ["text", 1, 2]])
def test_bad_arguments_of_chunked_upload(arguments):
    assert b"usage" in run("chunked_upload", *arguments, code=2).stderr


def test_a_missing_file():
    assert b"chunked_upload: missing: No such file" in run("chunked_upload", "missing", 100, code=1).stderr


@pytest.mark.parametrize("content", [b"", b"a", TEXT[:16384], TEXT])
def test_a_copy_goes_through_the_socket(content):
    result = run("nonblocking", stdin=content)
    assert result.stdout == content
    assert result.stderr.startswith(b"%d bytes went through the socket as " % len(content))


def test_the_receiver_decodes_at_once_what_a_slow_sender_gives():
    with subprocess.Popen(
        [PROGRAMS / "nonblocking"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        for number in range(3):
            process.stdin.write(b"piece %d\n" % number)
            process.stdin.flush()
            time.sleep(0.1)
        process.stdin.close()
        assert process.stdout.read() == b"piece 0\npiece 1\npiece 2\n"
        assert process.wait(timeout=60) == 0


@pytest.mark.parametrize("name, arguments", [("chunked_upload", ["text", 100_000]), ("nonblocking", [])])
def test_valgrind_finds_nothing(name, arguments, tool):
    command = [tool("valgrind"), "-q", "--error-exitcode=99", "--leak-check=full", PROGRAMS / name, *map(str, arguments)]
    result = subprocess.run(command, input=TEXT[:100_000], capture_output=True, timeout=120)
    assert result.returncode == 0, result.stderr
