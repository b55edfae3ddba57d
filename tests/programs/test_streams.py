"""The example programs that stream, as a user runs them."""

import os
import pty
import re
import resource
import signal
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


# pipe


def start(*words, **options):
    options.setdefault("stdin", subprocess.PIPE)
    options.setdefault("stdout", subprocess.PIPE)
    options.setdefault("stderr", subprocess.PIPE)
    # A shell starts what is in the background without this signal.
    options.setdefault("preexec_fn", lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
    return subprocess.Popen([PROGRAMS / words[0], *map(str, words[1:])], **options)


@pytest.mark.parametrize("content", [b"", b"a", TEXT])
def test_pipe_there_and_back(content):
    packed = run("pipe", "-z", stdin=content).stdout
    assert len(packed) <= len(content) + 17
    assert run("pipe", "-d", stdin=packed).stdout == content
    assert run("pipe", "-d", stdin=packed + packed).stdout == content + content


def test_pipe_and_zstd_understand_each_other(tool):
    zstd = tool("zstd")
    theirs = subprocess.run([zstd, "-c"], input=TEXT, capture_output=True, check=True).stdout
    assert run("pipe", "-d", stdin=theirs).stdout == TEXT
    ours = run("pipe", "-z", stdin=TEXT).stdout
    assert subprocess.run([zstd, "-dc"], input=ours, capture_output=True, check=True).stdout == TEXT


def test_each_line_comes_out_before_the_next_is_written():
    with start("pipe", "-z") as packer, start("pipe", "-d", stdin=packer.stdout) as unpacker:
        packer.stdout.close()
        for number in range(5):
            line = b"line %d\n" % number
            packer.stdin.write(line)
            packer.stdin.flush()
            assert unpacker.stdout.readline() == line
        packer.stdin.close()
        assert unpacker.stdout.read() == b""
        assert (packer.wait(60), unpacker.wait(60)) == (0, 0)


def test_input_without_a_pause_is_not_flushed():
    with open("text", "rb") as file:
        packed = subprocess.run([PROGRAMS / "pipe", "-z"], stdin=file, capture_output=True, check=True).stdout
    assert len(packed) < len(run("nonblocking", stdin=TEXT).stdout) / 2
    assert run("pipe", "-d", stdin=packed).stdout == TEXT


@pytest.mark.parametrize("mode", ["-z", "-d"])
def test_an_output_that_would_block(mode):
    """The pipe is full most of the time."""
    Path("input").write_bytes(TEXT if mode == "-z" else run("pipe", "-z", stdin=TEXT).stdout)
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    with open("input", "rb") as file, start("pipe", mode, stdin=file, stdout=writing) as process:
        os.close(writing)
        with os.fdopen(reading, "rb") as out:
            received = out.read()
        assert process.wait(60) == 0, process.stderr.read()
    assert (received if mode == "-d" else run("pipe", "-d", stdin=received).stdout) == TEXT


@pytest.mark.parametrize("mode", ["-z", "-d"])
def test_a_reader_that_has_gone(mode):
    noise = os.urandom(1_000_000)
    content = run("pipe", "-z", stdin=noise).stdout if mode == "-d" else noise
    Path("input").write_bytes(content)
    reading, writing = os.pipe()
    os.close(reading)
    with open("input", "rb") as file, start("pipe", mode, stdin=file, stdout=writing) as process:
        os.close(writing)
        assert process.wait(60) == 1
        assert process.stderr.read() == b""


def test_input_that_was_cut_is_restored_as_far_as_it_goes():
    packed = run("pipe", "-z", stdin=TEXT).stdout
    for length in [1, 10, len(packed) // 2, len(packed) - 1]:
        result = run("pipe", "-d", stdin=packed[:length], code=1)
        assert TEXT.startswith(result.stdout)
        assert result.stderr == b"pipe: zstd decompress error: input ends inside a frame\n"
    assert len(result.stdout) > len(TEXT) // 2


def test_damaged_input():
    assert b"Unknown frame descriptor" in run("pipe", "-d", stdin=b"no frame at all", code=1).stderr
    packed = run("pipe", "-z", stdin=TEXT).stdout
    middle = len(packed) // 2
    damaged = packed[:middle] + bytes(byte ^ 255 for byte in packed[middle:middle + 1000]) + packed[middle + 1000:]
    result = run("pipe", "-d", stdin=damaged, code=1)
    assert result.stderr.startswith(b"pipe: zstd decompress error: ")


@pytest.mark.parametrize("arguments", [[], ["-x"], ["-z", "-d"]])
def test_bad_arguments_of_pipe(arguments):
    assert b"usage" in run("pipe", *arguments, code=2).stderr


def test_a_full_disk():
    with open("/dev/full", "wb") as full, start("pipe", "-z", stdout=full) as process:
        assert b"No space left" in process.communicate(TEXT)[1]
        assert process.returncode == 1


def test_no_input_at_all():
    with start("pipe", "-z", stdin=os.open(".", os.O_RDONLY)) as process:
        assert process.communicate()[1] == b"pipe: standard input: Is a directory\n"
        assert process.returncode == 1


# stream_file


@pytest.mark.parametrize("options", [[], ["-l", 9], ["-l", -5], ["-t", 2], ["-t", -1]])
def test_a_file_there_and_back(options, tool):
    run("stream_file", "-z", *options, "text", "text.zst")
    run("stream_file", "-d", "text.zst", "copy")
    assert Path("copy").read_bytes() == TEXT
    zstd = tool("zstd")
    assert f"{len(TEXT)} B" in subprocess.run([zstd, "-lv", "text.zst"], capture_output=True, text=True).stdout
    assert subprocess.run([zstd, "-dc", "text.zst"], capture_output=True, check=True).stdout == TEXT


def test_an_empty_file_and_two_frames():
    Path("empty").touch()
    assert run("stream_file", "-z", "empty", "empty.zst").stderr == b""
    run("stream_file", "-d", "empty.zst", "copy")
    assert Path("copy").read_bytes() == b""
    run("stream_file", "-z", "text", "text.zst")
    Path("both.zst").write_bytes(Path("text.zst").read_bytes() + Path("empty.zst").read_bytes())
    run("stream_file", "-d", "-f", "both.zst", "copy")
    assert Path("copy").read_bytes() == TEXT


def test_files_of_unknown_size():
    run("stream_file", "-z", "/proc/self/status", "status.zst")
    run("stream_file", "-d", "status.zst", "status")
    assert Path("status").read_text().startswith("Name:\tstream_file")
    os.mkfifo("fifo")
    with start("stream_file", "-z", "fifo", "fifo.zst") as process:
        Path("fifo").write_bytes(TEXT)
        assert process.wait(60) == 0
    run("stream_file", "-d", "fifo.zst", "copy")
    assert Path("copy").read_bytes() == TEXT


def test_permissions_are_kept():
    os.chmod("text", 0o600)
    run("stream_file", "-z", "text", "text.zst")
    assert os.stat("text.zst").st_mode & 0o777 == 0o600


@pytest.mark.parametrize("mode, source", [("-z", "text"), ("-d", "text.zst")])
def test_progress_is_shown_on_request_and_on_a_terminal(mode, source):
    run("stream_file", "-z", "text", "text.zst")
    shown = run("stream_file", mode, "-p", source, "out").stderr.decode()
    pattern = r"\r[\d.]+ MB -> [\d.]+ MB, ratio (\d\.\d\d), [\d.]+ MB/s  \r?\n$"
    ratio = len(TEXT) / os.path.getsize("text.zst")
    assert float(re.search(pattern, shown)[1]) == pytest.approx(ratio, abs=0.01)
    master, slave = pty.openpty()
    with start("stream_file", mode, "-f", source, "out", stderr=slave) as process:
        os.close(slave)
        assert process.wait(60) == 0
    assert re.search(pattern, os.read(master, 100_000).decode())
    os.close(master)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_cancels(number):
    """The program waits for more input while the signal comes; with the input it finds out."""
    os.mkfifo("fifo")
    with start("stream_file", "-z", "-p", "fifo", "fifo.zst") as process, open("fifo", "wb") as fifo:
        fifo.write(b"begin")
        fifo.flush()
        assert process.stderr.read(1) == b"\r"
        assert len(list(Path().glob("fifo.zst.*.tmp"))) == 1
        process.send_signal(number)
        fifo.write(b"more")
        fifo.flush()
        assert process.wait(60) == -number
        assert process.stderr.read().endswith(b"\nstream_file: fifo: stopped, nothing was written\n")
    assert sorted(os.listdir()) == ["fifo", "text"]


@pytest.mark.parametrize(
    "arguments, words",
    [
        ("-z nothing out", "nothing: No such file or directory"),
        ("-z . out", ".: Is a directory"),
        ("-z text missing/out", "missing/out: No such file or directory"),
        ("-z text /proc/out", "/proc/out: No such file or directory"),
        ("-z text exists", "exists: it exists; -f replaces it"),
        ("-z -f text dir", "dir: Is a directory"),
        ("-d text out", "text: zstd decompressor error: Unknown frame descriptor"),
        ("-d cut.zst out", "cut.zst: zstd decompressor error: input ends inside a frame"),
        ("-d damaged.zst out", "damaged.zst: zstd decompressor error: "),
        ("-d -f cut.zst exists", "cut.zst: zstd decompressor error: input ends inside a frame"),
    ],
)
def test_failures_leave_nothing_behind(arguments, words):
    run("stream_file", "-z", "text", "text.zst")
    packed = Path("text.zst").read_bytes()
    Path("cut.zst").write_bytes(packed[:-1])
    Path("damaged.zst").write_bytes(packed[:100] + b"damage" + packed[106:])
    Path("exists").write_bytes(b"as it was")
    os.mkdir("dir")
    before = sorted(os.listdir())
    message = run("stream_file", *arguments.split(), code=1).stderr.decode()
    assert message.startswith(f"stream_file: {words}") and message.count("\n") == 1
    assert sorted(os.listdir()) == before
    assert Path("exists").read_bytes() == b"as it was"


def test_too_large_a_file():
    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    command = [PROGRAMS / "stream_file", "-z", "text", "out"]
    result = subprocess.run(command, capture_output=True, text=True, preexec_fn=limit)
    assert (result.returncode, result.stderr) == (1, "stream_file: out: File too large\n")
    assert os.listdir() == ["text"]


@pytest.mark.parametrize("arguments", ["", "-z text", "text out", "-z -d text out", "-z -l x text out", "-z a b c"])
def test_bad_arguments_of_stream_file(arguments):
    assert b"usage" in run("stream_file", *arguments.split(), code=2).stderr


# every_stream


@pytest.mark.parametrize("content", [b"", b"a", TEXT, bytes(3_000_000)])
def test_every_form(content):
    Path("file").write_bytes(content)
    lines = run("every_stream", "file").stdout.decode().splitlines()
    assert [line.split()[0] for line in lines] == ["reader", "iterator", "writer", "copy_stream", "chunker", "obj"]
    assert len({line.split()[1] for line in lines}) == 1


def test_bad_arguments_of_every_stream():
    assert b"usage" in run("every_stream", code=2).stderr
    assert b"every_stream: missing: No such file" in run("every_stream", "missing", code=1).stderr


@pytest.mark.parametrize(
    "name, arguments, code",
    [
        ("chunked_upload", ["text", 100_000], 0),
        ("nonblocking", [], 0),
        ("pipe", ["-z"], 0),
        ("pipe", ["-d"], 1),
        ("stream_file", ["-z", "-t", 2, "text", "out"], 0),
        ("stream_file", ["-d", "text", "out"], 1),
        ("stream_file", ["-d", "missing", "out"], 1),
        ("every_stream", ["text"], 0),
    ],
)
def test_valgrind_finds_nothing(name, arguments, code, tool):
    command = [tool("valgrind"), "-q", "--error-exitcode=99", "--leak-check=full", PROGRAMS / name, *map(str, arguments)]
    result = subprocess.run(command, input=TEXT[:100_000], capture_output=True, timeout=120)
    assert result.returncode == code, result.stderr
    assert b"==" not in result.stderr
